from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class CobranzaCharge(models.Model):
    """Reverse: what should not have been charged, in the ledger too."""

    _inherit = "cobranza.charge"

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
        charges.filtered(lambda one: one.state == "assessed")._leave_draft()
        return charges._take_back(reason).with_env(self.env)

    def _check_may_reverse(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        self._check_may_bill()

    def _withdraw(self, reason):
        """Reverse what stands of these charges, billed or not, whoever caused it."""
        moves = self._take_back(reason)
        self.filtered(lambda one: one.state == "assessed")._set_state(
            "reversed", reason
        )
        return moves

    def _take_back(self, reason):
        """Reverse the billed ones; the credit notes and reversing entries."""
        billed = self.filtered(lambda one: one.state == "billed")
        moves = self.env["account.move"]
        for company, group in billed.grouped("company_id").items():
            moves |= group.with_company(company)._take_back_company(reason)
        return moves

    def _take_back_company(self, reason):
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
