from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..common.deletion import discard, discarding


class CobranzaCharge(models.Model):
    """What happens to charges when the documents that bill them are posted, drafted,
    cancelled, deleted or credited, by whomever; and how charges that should not have
    been made are reversed, in the ledger too.
    """

    _inherit = "cobranza.charge"

    @api.model
    def _of_bills(self, moves, *states):
        """Charges in these documents, for whoever posts or cancels them."""
        domain = [("bill_move_id", "in", moves.ids), ("state", "in", states)]
        return self.sudo().search(domain, order="id")

    @api.model
    def _bills_posted(self, moves):
        """The charges of posted documents are billed: their debts are opened, or hang
        on again. What was taken off a draft is free."""
        charges = self._of_bills(moves, "assessed")
        if not charges:
            return
        dropped = charges.filtered(
            lambda charge: charge not in charge.bill_move_id.line_ids.cobranza_charge_id
        )
        dropped._detach_from_bill(self.env._("Taken off the draft"))
        charges -= dropped
        debts = self._bill_debts(charges)
        for charge in charges:
            move = charge.bill_move_id
            line = charge._billed_items()[:1]
            charge._through_gate().write(
                {
                    "bill_line_id": line.id,
                    "bill_debt_id": debts[line.id].id,
                    "billed_on": move.date,
                }
            )
        charges._set_state("billed")

    def _billed_items(self):
        """The items by which the document of this charge is owed: its own one of an
        entry, those of the whole document else."""
        lines = self.bill_move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        own = lines.filtered(lambda line: line.cobranza_charge_id == self)
        return (own or lines).sorted(lambda line: (line.date_maturity, line.id))

    @api.model
    def _bill_debts(self, charges):
        """{journal item id: debt} of the documents of these charges; those that hung on
        them before are used again."""
        model = self.env["cobranza.debt"].sudo()
        known = {
            (debt.move_id.id, debt.instalment_no): debt
            for debt in model.search([("move_id", "in", charges.bill_move_id.ids)])
        }
        places, wanted = {}, {}
        for charge in charges:
            move = charge.bill_move_id
            for line in charge._billed_items():
                if line.id not in wanted:
                    places[move.id] = places.get(move.id, 0) + 1
                    vals = charge._prepare_bill_debt(line, places[move.id])
                    wanted[line.id] = vals
        debts, new = {}, []
        used = [
            known.get((one["move_id"], one["instalment_no"])) for one in wanted.values()
        ]
        model.concat(*filter(None, used)).write({"move_line_id": False})
        model.flush_model(["move_line_id"])
        for (line, vals), debt in zip(wanted.items(), used, strict=True):
            if debt:
                debt.write({**vals, "void_reason": False})
                debts[line] = debt
            else:
                new.append(vals)
        made = model.create(new)
        return debts | {debt.move_line_id.id: debt for debt in made}

    def _prepare_bill_debt(self, line, number):
        costs = set(self.bill_move_id.cobranza_charge_ids.mapped("kind")) == {"cost"}
        own = line.cobranza_charge_id
        is_cost = own.kind == "cost" if own else costs
        vals = self.debt_id._prepare_item_vals(line, self.debtor_id, number)
        return {
            **vals,
            "nature": "cost" if is_cost else "charge",
            "parent_id": self.debt_id.id,
            "assigned_user_ids": [Command.set(self.debt_id.assigned_user_ids.ids)],
        }

    @api.model
    def _check_bills_own(self, moves):
        """A document whose charges were freed when it was cancelled would put them
        into the ledger a second time."""
        lost = moves.sudo().line_ids.filtered(
            lambda line: (
                line.cobranza_charge_id
                and line.cobranza_charge_id.bill_move_id != line.move_id
            )
        )
        if lost:
            raise UserError(
                self.env._(
                    "%s billed charges that were freed when it was cancelled: bill "
                    "them again in a new document.",
                    ", ".join(name or "–" for name in lost.move_id.mapped("name")),
                )
            )

    @api.model
    def _check_bills_unpaid(self, moves):
        """A document that was paid in part is reversed, not drafted. Returns what these
        documents bill."""
        charges = self._of_bills(moves, "billed")
        paid = charges.filtered(
            lambda charge: (
                charge.bill_line_id.matched_credit_ids or charge.bill_line_id.reconciled
            )
        )
        if paid:
            raise UserError(
                self.env._(
                    "%s bills charges and something has been paid or credited of it: "
                    "reverse the charges instead.",
                    ", ".join(paid.bill_move_id.mapped("name")),
                )
            )
        return charges

    def _bills_drafted(self):
        """The documents of these charges are drafts again, nothing is in the ledger:
        the charges wait in them."""
        self._set_state("assessed", self.env._("Its document was set to draft"))
        self._through_gate().write({"billed_on": False})

    @api.model
    def _bills_gone(self, moves, text):
        """The documents were cancelled or deleted: their charges may be billed again.

        ``text`` takes the name of the document.
        """
        charges = self._of_bills(moves, "billed", "assessed")
        for move, group in charges.grouped("bill_move_id").items():
            reason = text % (move.name or self.env._("the draft"))
            group._set_state("assessed", reason)
            group._detach_from_bill(reason)

    def _detach_from_bill(self, reason):
        """These charges are in no document any more."""
        if not self:
            return
        self._through_gate().write(
            {
                "bill_move_id": False,
                "bill_line_id": False,
                "bill_debt_id": False,
                "billed_on": False,
            }
        )
        self._log(reason)
        self.debtor_id._redecide_later()

    def _detach_from_draft(self):
        """Take these charges off the drafts that would bill them; a draft that bills
        nothing else goes away."""
        drafts = self.filtered(lambda charge: charge.bill_move_id.state == "draft")
        for move, group in drafts.grouped("bill_move_id").items():
            own = move.line_ids.filtered(
                lambda line, group=group: line.cobranza_charge_id in group
            )
            rest = move.line_ids.filtered("cobranza_charge_id") - own
            group._detach_from_bill(self.env._("Taken off the draft"))
            if rest:
                name = "line_ids" if move.move_type == "entry" else "invoice_line_ids"
                move.write({name: discarding(own)})
            elif move.posted_before:
                move.button_cancel()
            else:
                discard(move)

    @api.model
    def _bills_credited(self, debts):
        """Somebody credited or reversed what billed these charges, in full."""
        debts = debts.filtered("settled")
        if not debts:
            return
        settlements = self.env["cobranza.settlement"].sudo()
        unowed = settlements._kinds(unowed=True)
        rows = settlements._read_group(
            [("debt_id", "in", debts.ids), ("kind", "in", unowed)],
            ["debt_id"],
            ["amount_currency:sum"],
        )
        credited = {debt.id: amount for debt, amount in rows}
        gone = debts.filtered(
            lambda debt: (
                debt.currency_id.compare_amounts(
                    credited.get(debt.id, 0), debt.original_amount
                )
                >= 0
            )
        )
        charges = self.sudo().search(
            [("bill_debt_id", "in", gone.ids), ("state", "=", "billed")]
        )
        charges._set_state("reversed", self.env._("What billed it was credited"))

    def _reverse(self, reason):
        """These charges are not owed any more, with the reason; the documents that
        take back what was billed. What was waived stays waived. AccessError for whoever
        is no accountant, UserError without a reason."""
        self._check_may_reverse(reason)
        # the engine takes documents back for the accountant
        return self.sudo()._withdraw(reason).with_env(self.env)

    def _unbill(self, reason):
        """Take back what is billed of these charges by credit notes or reversing
        entries, matched with what is open of the bills; those documents.

        The charges are reversed. Those that wait in a draft leave it and stay assessed.
        """
        self._check_may_reverse(reason)
        charges = self.sudo()  # the engine takes documents back for the accountant
        charges.filtered(lambda charge: charge.state == "assessed")._detach_from_draft()
        return charges._reverse_bills(reason).with_env(self.env)

    def _check_may_reverse(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        self._check_may_bill()

    def _withdraw(self, reason):
        """Reverse what stands of these charges, billed or not, whoever caused it."""
        moves = self._reverse_bills(reason)
        self.filtered(lambda charge: charge.state == "assessed")._set_state(
            "reversed", reason
        )
        return moves

    def _reverse_bills(self, reason):
        """Reverse the billed ones; the credit notes and reversing entries."""
        billed = self.filtered(lambda charge: charge.state == "billed")
        moves = self.env["account.move"]
        for company, group in billed.grouped("company_id").items():
            moves |= group.with_company(company)._reverse_company_bills(reason)
        return moves

    def _reverse_company_bills(self, reason):
        # first: posting and matching what takes them back asks what is still billed
        self._set_state("reversed", reason)
        groups = list(self.grouped("bill_move_id").items())
        day = self.env.company._cobranza_today()
        backs = self.env["account.move"].create(
            [charges._prepare_back_vals(move, day, reason) for move, charges in groups]
        )
        backs._post(soft=False)
        plan = []
        for back, (move, charges) in zip(backs, groups, strict=True):
            if move.move_type == "entry":
                back.reversed_entry_id = move
                plan += charges._back_pairs(back)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)
        return backs

    def _back_pairs(self, back):
        """[the open item of each charge and the one that takes it back]."""
        items = back.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        owed = self.bill_line_id.sorted("id")
        owed._cobranza_take_off()
        pairs = zip(owed, items.sorted("id"), strict=True)
        return [own | other for own, other in pairs if not own.reconciled]

    def _prepare_back_vals(self, move, day, reason):
        common = {
            "company_id": move.company_id.id,
            "journal_id": move.journal_id.id,
            "partner_id": move.partner_id.id,
            "currency_id": move.currency_id.id,
            "ref": self.env._(
                "Reversal of %(document)s: %(reason)s",
                document=move.name,
                reason=reason,
            ),
        }
        lines = move.line_ids.filtered(lambda line: line.cobranza_charge_id in self)
        if move.move_type == "entry":
            date = self._first_open_day(move.company_id, day, move.journal_id, False)
            commands = [
                Command.create(vals) for vals in self._prepare_back_entry(lines)
            ]
            return {**common, "move_type": "entry", "date": date, "line_ids": commands}
        commands = [Command.create(self._prepare_back_line(line)) for line in lines]
        return {
            **common,
            "move_type": "out_refund",
            "invoice_date": day,
            "invoice_payment_term_id": False,
            "reversed_entry_id": move.id,
            "fiscal_position_id": move.fiscal_position_id.id,
            "invoice_origin": move.name,
            "invoice_line_ids": commands,
        }

    @staticmethod
    def _prepare_back_entry(lines):
        receivable = lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        ordered = receivable.sorted("id") + (lines - receivable)
        return [
            {
                "name": line.name,
                "account_id": line.account_id.id,
                "partner_id": line.partner_id.id,
                "currency_id": line.currency_id.id,
                "analytic_distribution": line.analytic_distribution,
                "amount_currency": -line.amount_currency,
                "balance": -line.balance,
            }
            for line in ordered
        ]

    @staticmethod
    def _prepare_back_line(line):
        return {
            "product_id": line.product_id.id,
            "name": line.name,
            "quantity": line.quantity,
            "price_unit": line.price_unit,
            "account_id": line.account_id.id,
            "analytic_distribution": line.analytic_distribution,
            "tax_ids": [Command.set(line.tax_ids.ids)],
        }
