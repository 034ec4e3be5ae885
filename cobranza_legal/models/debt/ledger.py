from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from ...kernel.money import allocate
from ..charge.charge import STANDING
from ..common.checklist import among
from ..common.deletion import discard
from ..common.money import to_money, unit
from ..common.owed import FLUSHED, OpenAmount, flush_open, open_sql
from ..company.company import STAFF
from .chain import Chain, read_chain

BLOCKED = "blocked"
"""State of a document that nobody shall pay, nor ask for."""


IMPUTED = "cobranza_imputed"
"""Context key: these reconciliations follow an imputation."""


AMOUNT_DUE = """
    CASE WHEN %(state)s = 'posted' THEN COALESCE(
        (SELECT sum(%(open)s) FROM account_move_line l
           JOIN account_account a ON a.id = l.account_id
          WHERE l.move_id = %(move)s AND a.account_type = 'asset_receivable'), 0)
        * CASE WHEN %(kind)s = 'out_refund' THEN -1 ELSE 1 END
    ELSE 0 END
"""


class AccountMove(models.Model):
    """A document of debts: what is posted, drafted, cancelled or deleted changes the
    debts of its items and the charges that it bills."""

    _inherit = ["account.move", "cobranza.guest.mixin"]

    cobranza_policy_id = fields.Many2one(
        "cobranza.policy",
        string="Collection policy",
        copy=False,
        index="btree_not_null",
        groups=STAFF,
    )
    cobranza_posted_on = fields.Date(
        string="First posted on",
        readonly=True,
        copy=False,
        help="Since collections are installed.",
        groups=STAFF,
    )
    cobranza_debt_ids = fields.One2many("cobranza.debt", "move_id", groups=STAFF)
    cobranza_level_id = fields.Many2one(
        "cobranza.policy.level",
        compute="_compute_cobranza_level",
        compute_sudo=True,
        string="Collection level",
        groups=STAFF,
    )
    cobranza_charge_ids = fields.One2many(
        "cobranza.charge", "bill_move_id", string="Charges billed", groups=STAFF
    )
    # no groups: printed by whoever prints the document, who need not see its charges
    cobranza_bill_note = fields.Char(
        compute="_compute_cobranza_bill_note", compute_sudo=True
    )
    cobranza_why = fields.Html(
        compute="_compute_cobranza_why", sanitize=False, string="Why", groups=STAFF
    )
    cobranza_charge_amount = fields.Monetary(
        compute="_compute_cobranza_charge_amount", string="Charges", groups=STAFF
    )
    cobranza_obligor_words = fields.Char(
        compute="_compute_cobranza_obligor_words",
        string="Who else answers",
        groups=STAFF,
    )
    cobranza_amount_due = OpenAmount(
        compute="_compute_cobranza_amount_due",
        sql="_cobranza_sql_amount_due",
        string="Owed",
        help="What is open of it. What is matched with an entry that is not posted, or "
        "with a payment that was rejected, is.",
        groups=STAFF,
    )

    @api.depends("cobranza_debt_ids.level_id")
    def _compute_cobranza_level(self):
        for move in self:
            debts = move.cobranza_debt_ids.filtered(lambda debt: not debt.void_reason)
            reached = debts.filtered("level").sorted("level")
            move.cobranza_level_id = reached[-1:].level_id

    @api.depends("cobranza_charge_ids")
    def _compute_cobranza_bill_note(self):
        """Why charges are billed in this form, for the note of charges."""
        for move in self:
            charges = move.cobranza_charge_ids
            forms = self.env["cobranza.charge.form"]._of(charges)
            keys = {(one.company_id.id, one.kind, one.basis) for one in charges}
            articles = [forms[key].article for key in sorted(keys) if key in forms]
            move.cobranza_bill_note = "; ".join(dict.fromkeys(filter(None, articles)))

    def _compute_cobranza_charge_amount(self):
        charges = self.env["cobranza.charge"]
        if not charges.has_access("read"):
            self.cobranza_charge_amount = 0
            return
        domain = [("debt_id.move_id", "in", self.ids), ("state", "in", STANDING)]
        found = charges.search(domain).grouped(lambda charge: charge.debt_id.move_id)
        for move in self:
            total = 0
            for charge in found.get(move, ()):
                if charge.amount_due:
                    total += charge.currency_id._convert(
                        charge.amount_due,
                        move.currency_id,
                        move.company_id,
                        move.company_id._cobranza_today(),
                    )
            move.cobranza_charge_amount = total

    @api.depends("cobranza_debt_ids.obligor_words")
    def _compute_cobranza_obligor_words(self):
        """Who else answers for its debts; of one that is not all of them."""
        debts = self.cobranza_debt_ids
        if not debts.has_access("read"):
            self.cobranza_obligor_words = False
            return
        for move in self:
            words = (debt.obligor_words for debt in move.cobranza_debt_ids)
            move.cobranza_obligor_words = "; ".join(dict.fromkeys(filter(None, words)))

    @api.depends("amount_residual", "state")
    def _compute_cobranza_amount_due(self):
        flush_open(self.env)
        query = SQL(
            "SELECT m.id, %s FROM account_move m WHERE m.id = ANY(%s)",
            self._cobranza_sql_amount_due("m"),
            self.ids,
        )
        found = dict(self.env.execute_query(query)) if self.ids else {}
        for move in self:
            move.cobranza_amount_due = float(found.get(move._origin.id, 0))

    def _cobranza_sql_amount_due(self, alias):
        """What is open of a posted customer document, as a positive amount."""
        read = [
            self.env[model]._fields[name]
            for model, names in FLUSHED.items()
            for name in names
        ]
        read += [
            self._fields["move_type"],
            self.env["account.account"]._fields["account_type"],
        ]
        return SQL(
            AMOUNT_DUE,
            open=open_sql(in_currency=True),
            move=SQL.identifier(alias, "id"),
            state=SQL.identifier(alias, "state"),
            kind=SQL.identifier(alias, "move_type"),
            to_flush=read,
        )

    @api.depends_context("lang", "tz")
    def _compute_cobranza_why(self):
        debts = self.cobranza_debt_ids
        if not debts.has_access("read"):
            self.cobranza_why = False
            return
        panels = self.env["cobranza.why"]._panels(
            {move: move.cobranza_debt_ids for move in self}
        )
        for move in self:
            shown, more = panels[move]
            move.cobranza_why = self.env["ir.qweb"]._render(
                "cobranza_legal.why_document", {"debts": shown, "more": more}
            )

    # -- what Odoo does with a document ----------------------------------------------

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "cobranza_documents_missing":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields[groupby_spec], "read")
        return among(alias, "id", self._cobranza_lacking())

    def write(self, vals):
        told = self if "payment_state" in vals else self.browse()
        before = {move: move.payment_state == BLOCKED for move in told}
        result = super().write(vals)
        if {"cobranza_policy_id", "payment_state", "is_move_sent"} & set(vals):
            self._cobranza_redecide()
        told._cobranza_log_blocked(before)
        return result

    def _cobranza_log_blocked(self, before):
        """Who blocks a document for payment takes its debts out of the process."""
        changed = self.filtered(
            lambda move: (move.payment_state == BLOCKED) != before[move]
        )
        for blocked, moves in changed.grouped(
            lambda move: move.payment_state == BLOCKED
        ).items():
            change = self.env._("Blocked for payment")
            if not blocked:
                change = self.env._("No longer blocked for payment")
            # sudo: whoever blocks it need not see its debts
            debts = moves.sudo().cobranza_debt_ids.with_env(self.env)
            debts._log_left("blocked", blocked, change)

    def _post(self, soft=True):
        charges = self.env["cobranza.charge"]
        charges._check_bills_own(self)
        posted = super()._post(soft=soft)
        posted._cobranza_note_posted()
        self.env["cobranza.debt"]._relink(posted)
        posted._cobranza_follow_debts()
        posted._cobranza_redecide()
        charges._bills_posted(posted)
        posted._cobranza_tell_blocks()
        return posted

    def _cobranza_tell_blocks(self):
        """What blocks have booked by these entries, or take back by them, follows."""
        entries = self.filtered(lambda move: move.move_type == "entry")
        if entries:
            for block in self.env["cobranza.block"]._blocks():
                block._entries_changed(entries)

    def _cobranza_follow_debts(self):
        """What these posted entries do with debts: they carry them on, pay them again,
        or take back what had paid them."""
        lines, debts = self.line_ids, self.env["cobranza.debt"]
        partials, back = lines.matched_debit_ids, lines._cobranza_back_to_debtors()

        def act(chain):
            undone = self.env["cobranza.settlement.undone"]
            undone._follow_entries(self._cobranza_counting_or_not())
            chain.follow(partials, debts._of_lines(partials.debit_move_id))
            chain.take_returns(back)

        if partials or back:
            Chain(self.env).safely(lines, act)

    def _cobranza_note_posted(self):
        """Keep the day on which customer invoices were first posted."""
        for company, moves in self.grouped("company_id").items():
            sales = moves.filtered(lambda move: move.move_type == "out_invoice")
            if sales:
                self.env.cr.execute(
                    SQL(
                        "UPDATE account_move SET cobranza_posted_on = %s "
                        "WHERE id = ANY(%s) AND cobranza_posted_on IS NULL",
                        company._cobranza_today(),
                        sales.ids,
                    )
                )
        self.invalidate_model(["cobranza_posted_on"], flush=False)

    def button_draft(self):
        billed = self.env["cobranza.charge"]._check_bills_unpaid(self)
        result = super().button_draft()
        self._cobranza_redecide()
        billed._bills_drafted()
        self._cobranza_no_longer_settles()
        self._cobranza_tell_blocks()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._cobranza_no_longer_settles()
        for move in self:
            debts = move.sudo().cobranza_debt_ids  # whoever may cancel the document
            debts._void(self.env._("%s was cancelled", move.name))
        self.env["cobranza.charge"]._bills_gone(self, self.env._("%s was cancelled"))
        self._cobranza_tell_blocks()
        return result

    def unlink(self):
        self.env["cobranza.charge"]._bills_gone(self, self.env._("%s was deleted"))
        # sudo: whoever may delete the document need not see its debts
        for debts in self.sudo().cobranza_debt_ids.grouped("move_id").values():
            name = debts.move_id.name or debts[:1].document
            debts._void(self.env._("%s was deleted", name))
        return super().unlink()

    def _cobranza_no_longer_settles(self):
        """These entries are not posted any more, or their payment was rejected: what
        they settled is owed again. Odoo may keep their reconciliations."""
        debits = self.line_ids.matched_debit_ids.debit_move_id
        found = read_chain(self.env["cobranza.debt"], debits | self.line_ids)
        debts = self.env["cobranza.debt"].sudo().browse(found)
        if not debts:
            return
        moved = any(one.moved for one in found.values())
        partials = self._cobranza_counting_or_not()

        def act(chain):
            if moved:
                chain.step_back(self.line_ids)
            self.env["cobranza.settlement.undone"]._follow_entries(partials)

        if moved or partials:
            Chain(self.env).safely(self.line_ids | debits, act)
        debts._money_moved()
        self.env["cobranza.charge"]._mark_stale(debts)
        debtors = self.env["cobranza.debtor"].sudo()
        debtors.browse({one.debtor for one in found.values()})._redecide_later()

    def _cobranza_counting_or_not(self):
        """The matches of which it has to be remembered whether they count: those of
        these entries, and those that these entries had undone."""
        partials = self.line_ids.matched_debit_ids
        returned = (
            self.env["cobranza.settlement.undone"]
            .sudo()
            .search(
                [("return_line_id", "in", self.line_ids.ids), ("redone_on", "=", False)]
            )
        )
        return partials | partials.browse(returned.mapped("partial_no")).exists()

    def _cobranza_redecide(self):
        """Review the partners of the documents with items on followed accounts."""
        accounts = self.env["account.account"]
        for company in self.company_id:
            accounts |= company._cobranza_followed_accounts()
        lines = self.line_ids.filtered(lambda line: line.account_id in accounts)
        if lines:
            self.env["cobranza.debtor"]._redecide_of_partners(lines.partner_id)

    # -- the debts and charges of a document ------------------------------------------

    def _cobranza_principals(self):
        """The principals of this document; of one that bills charges, the charged
        ones."""
        self.ensure_one()
        debts = self.cobranza_debt_ids.filtered(lambda debt: not debt.void_reason)
        return (debts.parent_id | debts).filtered(lambda debt: not debt.parent_id)

    def _share_over_charges(self, open_amounts):
        """{charge id: part} of what is open of this invoice, by {debt: open amount},
        over all charges that it bills."""
        charges = self.cobranza_charge_ids.filtered(
            lambda charge: charge.state == "billed"
        )
        currency = self.currency_id
        rest = sum(open_amounts[debt] for debt in self.cobranza_debt_ids)
        weights = [to_money(one.amount, currency).amount for one in charges]
        shares = allocate(to_money(rest, currency), weights, unit(currency))
        found = zip(charges.ids, shares, strict=True)
        return {charge: share.amount for charge, share in found}

    def action_cobranza_debts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_debt"
        )
        return {**action, "domain": [("move_id", "=", self.id)], "context": {}}

    def action_cobranza_charges(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_charge"
        )
        return {**action, "domain": [("bill_move_id", "=", self.id)], "context": {}}

    def action_cobranza_debt_statement(self):
        """What would be owed of this document on a day."""
        debts = self._cobranza_principals()
        return debts.debtor_id[:1]._open_debt_statement(debts)

    def action_cobranza_payment(self):
        """Register what has been paid of this document."""
        debts = self._cobranza_principals()
        return debts.debtor_id[:1]._open_payment_split(debts)


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "cobranza.guest.mixin"]

    cobranza_debt_ids = fields.One2many(
        "cobranza.debt", "move_line_id", string="Debts on it", groups=STAFF
    )
    cobranza_former_debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_debt_former_line_rel",
        "line_id",
        "debt_id",
        string="Debts that it carried",
        copy=False,
        groups=STAFF,
    )
    cobranza_charge_id = fields.Many2one(
        "cobranza.charge",
        string="Charge billed",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups=STAFF,
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # a bank's line gets its counterpart when it is posted already
        back = lines._cobranza_back_to_debtors()
        back._cobranza_take_returns()
        return lines

    def write(self, vals):
        told = self if "no_followup" in vals else self.browse()
        before = {line: line.no_followup for line in told}
        result = super().write(vals)
        told._cobranza_log_followup(before)
        if {"no_followup", "date_maturity", "partner_id"} & set(vals):
            debtors = self.env["cobranza.debt"]._of_lines(self).debtor_id
            label = self._fields["date_maturity"]._description_string(self.env)
            moved = [label] if "date_maturity" in vals else []
            debtors._redecide_later(debtors._changed_words(moved))
        if {"account_id", "partner_id"} & set(vals):
            self._cobranza_back_to_debtors()._cobranza_take_returns()
        return result

    def unlink(self):
        """Items that go from a posted entry carry debts no more."""
        before = self._cobranza_leaving()
        result = super().unlink()
        if before:
            debts, partials = before
            partials = partials.exists()

            def act(chain):
                chain.come_back(debts.exists())
                self.env["cobranza.settlement.undone"]._follow_entries(partials)

            Chain(self.env).safely(debts.line_ids, act)
        return result

    def _cobranza_leaving(self):
        """(debts that these items carry after others, reconciliations whose payments
        came back by them), or None."""
        debts = self.env["cobranza.debt"]._of_lines(self)
        debts = debts.filtered("former_line_ids")
        undone = self.env["cobranza.settlement.undone"].sudo()
        rows = undone.search(
            [("return_line_id", "in", self.ids), ("redone_on", "=", False)]
        )
        if not debts and not rows:
            return None
        # sudo: whoever deletes items need not see what they had paid
        partials = self.env["account.partial.reconcile"].sudo()
        return debts, partials.browse(rows.mapped("partial_no"))

    def _cobranza_take_returns(self):
        """Find the payments that came back by these items of posted entries."""
        if self:
            Chain(self.env).safely(self, lambda chain: chain.take_returns(self))

    def _cobranza_log_followup(self, before):
        """Who leaves items out of the follow-up, or takes them up again."""
        changed = self.filtered(lambda line: line.no_followup != before[line])
        for left, lines in changed.grouped("no_followup").items():
            change = self.env._("Followed up again")
            if left:
                change = self.env._("Left out of the follow-up")
            debts = self.env["cobranza.debt"]._of_lines(lines)
            debts.with_env(self.env)._log_left("not_followed", left, change)

    def _cobranza_take_off(self):
        """Undo the matches of these items with what settles nothing, so that something
        else can settle them."""
        matches = self.matched_debit_ids | self.matched_credit_ids
        discard(matches.filtered(lambda one: not one._cobranza_settles()))

    def _cobranza_back_to_debtors(self):
        """Those of these posted items that debit a customer outside of a document."""
        return self.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.balance > 0
                and line.account_id.account_type == "asset_receivable"
                and line.move_id.move_type == "entry"
            )
        )


class AccountPartialReconcile(models.Model):
    """Reconciliations of debts: a payment acts in the same transaction, the removal of
    one leaves it to the next run to start again."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        lines = partials.debit_move_id | partials.credit_move_id
        found = read_chain(self.env["cobranza.debt"], lines)
        debts = self.env["cobranza.debt"].sudo().browse(found)
        if debts:
            debts = partials._cobranza_chain(lines, debts, found.values())
        partials._cobranza_redecide(lines)
        if debts:
            partials._cobranza_settle(debts, partials._cobranza_days(debts))
            debts._money_moved()
        return partials

    def _cobranza_chain(self, lines, known, states):
        """Carry the ``known`` debts of these lines on, or back; returns those that are
        owed on them then. ``states`` as ``read_chain`` says."""
        moved = []

        def act(chain):
            if any(one.undone for one in states):
                self.env["cobranza.settlement.undone"]._matched_again(self)
            moved.extend(chain.follow(self, known))
            if moved or any(one.moved for one in states):
                moved.extend(chain.step_back(lines))

        if Chain(self.env).safely(lines, act) and not moved:
            return known.filtered(lambda debt: debt.move_line_id in lines)
        return self.env["cobranza.debt"]._of_lines(lines)

    def _cobranza_pays(self):
        """Whether the credit of this reconciliation is posted, and not that of a
        payment that was rejected."""
        self.ensure_one()
        entry = self.sudo().credit_move_id.move_id
        refused = entry.origin_payment_id.state in ("rejected", "canceled")
        return entry.state == "posted" and not refused

    def _cobranza_settles(self):
        """Whether this reconciliation settles anything: both entries are posted, and
        neither is that of a payment that was rejected."""
        self.ensure_one()
        entries = (self.debit_move_id | self.credit_move_id).move_id
        states = {*entries.mapped("state"), *entries.origin_payment_id.mapped("state")}
        return not states & {"draft", "cancel", "rejected"}

    def _cobranza_settle(self, debts, days):
        """What these reconciliations of ``debts`` do in the same transaction: planned
        contacts about settled debts are cancelled, charges are assessed up to the day
        of payment, and charges whose bill was credited or reversed are credited.

        ``days``: {debt: earliest day}, as ``_cobranza_days`` gives them. With IMPUTED
        in the context the amounts follow an imputation, and nobody is asked for one.
        """
        charges = self.env["cobranza.charge"]
        if not self.env.context.get(IMPUTED):
            self._cobranza_mark_unimputed()
        settled = debts.filtered("settled")
        if settled:
            # whoever may reconcile
            self.env["cobranza.contact"].sudo()._cancel_settled(settled)
        charges._settled_on(days)
        credited = self.filtered(
            lambda partial: partial._cobranza_is_credit_or_reversal()
        ).debit_move_id
        charges._bills_credited(
            debts.filtered(
                lambda debt: (
                    debt.nature != "principal" and debt.move_line_id in credited
                )
            )
        )

    def unlink(self):
        if not self:
            return super().unlink()
        lines = self.debit_move_id | self.credit_move_id
        found = read_chain(self.env["cobranza.debt"], lines)
        debts = self.env["cobranza.debt"].sudo().browse(found)
        undone = self.env["cobranza.settlement.undone"]
        gone = undone._read(self, debts) if debts else []
        pairs = {(one.debit_move_id.id, one.credit_move_id.move_id.id) for one in self}
        result = super().unlink()
        debts, lines = debts.exists(), lines.exists()
        back = debts.browse()

        def act(chain):
            nonlocal back
            undone._keep(gone, debts)
            if any(one.moved for one in found.values()):
                back = chain.step_back(lines, pairs)

        if debts:
            Chain(self.env).safely(lines, act)
        self._cobranza_redecide(lines)
        self.env["cobranza.charge"]._mark_stale(debts | back)
        debts._money_moved()
        if debts:
            self.env["cobranza.late"]._look_again([("debt_id", "in", debts.ids)])
        for block in self.env["cobranza.block"]._blocks():
            block._taken_off(lines)
        return result

    def _cobranza_days(self, debts):
        """{debt: earliest day of these settlements of it}, ``date.min`` where a credit
        note or reversal settles it: then it was never owed."""
        owner = {debt.move_line_id: debt for debt in debts}
        days = {}
        for partial in self:
            debt = owner.get(partial.debit_move_id)
            if debt:
                credit = partial.credit_move_id
                note = partial._cobranza_is_credit_or_reversal()
                paid = credit.move_id.origin_payment_id.date or credit.date
                day = date.min if note else paid
                days[debt] = min(days.get(debt, day), day)
        return days

    def _cobranza_is_credit_or_reversal(self):
        """Whether it credits or reverses the document that it settles."""
        back = self.credit_move_id.move_id
        document = self.debit_move_id.move_id
        return back.move_type == "out_refund" or back.reversed_entry_id == document

    def _cobranza_redecide(self, lines):
        if lines:
            self.env["cobranza.debtor"]._redecide_of_partners(lines.partner_id)
