from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..common.owed import FLUSHED, UNDONE, OpenAmount, flush_open, open_sql
from ..common.rows import Row
from ..common.searching import search_each
from ..common.words import NATURES, POLICY_REASONS
from ..obligor.answers import Answers

TOUCHING = {
    *("ceded_on", "ceded_back_on", "void_reason", "move_line_id", "debtor_id"),
    *("protested_on", "kept_due_date"),
}
"""A change of one of these makes the run look at the debtor again."""


JUDGED_BY_MONEY = (
    "cobranza.promise",
    "cobranza.agreement",
    "cobranza.suspension",
)
"""Models of what was promised, agreed and suspended. Each has ``_judged_by(debts)``,
the domain of what is judged by what settles these debts, and ``_judge_again()``, which
judges it."""


OPEN_AMOUNT = """
    COALESCE((SELECT %(open)s FROM account_move_line l
               WHERE l.id = %(line)s AND l.parent_state = 'posted'), 0)
"""


INVOICE = "account.account_invoices"
"""Odoo's report of invoices."""


class CobranzaDebt(models.Model):
    """One instalment of one document.

    Identified by (document, number of the instalment): editing a draft invoice reuses,
    renumbers or deletes its journal items, the debt stays and is linked again when the
    document is posted. The open amount is read from the current item, never stored.
    """

    _name = "cobranza.debt"
    _inherit = "cobranza.gate.mixin"
    _description = "Debt"
    _order = "original_due_date, id"
    _rec_name = "document"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one("res.partner", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    move_id = fields.Many2one(
        "account.move", ondelete="set null", readonly=True, index=True
    )
    instalment_no = fields.Integer(required=True, readonly=True, default=1)
    instalment_count = fields.Integer(
        compute="_compute_instalment_count",
        compute_sudo=True,  # of the document, which lawyers may not read
        help="Instalments that are debts.",
    )
    document = fields.Char(readonly=True)
    has_invoice = fields.Boolean(compute="_compute_has_invoice", compute_sudo=True)
    original_due_date = fields.Date(readonly=True)
    kept_due_date = fields.Date(
        readonly=True,
        string="Due before it was covered",
        help="Due date of the debt while a cheque or bill with its own day carries it.",
    )
    protested_on = fields.Date(
        readonly=True,
        string="Protested on",
        help="Day on which the cheque or bill that covers it was not paid.",
    )
    original_amount = fields.Monetary(readonly=True)
    move_line_id = fields.Many2one(
        "account.move.line", ondelete="set null", readonly=True
    )
    former_line_ids = fields.Many2many(
        "account.move.line",
        "cobranza_debt_former_line_rel",
        "debt_id",
        "line_id",
        readonly=True,
        string="Former journal items",
        help="Journal items that carried this debt before it was reclassified.",
    )
    line_ids = fields.Many2many(
        "account.move.line",
        compute="_compute_line_ids",
        compute_sudo=True,
        string="Journal items",
    )
    nature = fields.Selection(
        NATURES, required=True, default="principal", readonly=True
    )
    title = Row(
        "cobranza.debt.title",
        readonly=True,
        copy=False,
        help="What proves it, stated by a person. Empty: what the document is.",
    )
    assigned_user_ids = fields.Many2many(
        "res.users",
        "cobranza_debt_assigned_rel",
        string="Assigned",
        readonly=True,
        copy=False,
        help="Who works on this debt: with the role of own cases, these users see it "
        "and what is about it alone.",
    )
    parent_id = fields.Many2one("cobranza.debt", readonly=True, index="btree_not_null")
    level = fields.Integer("Level number", readonly=True, default=0)
    level_id = fields.Many2one(
        "cobranza.policy.level", readonly=True, index="btree_not_null"
    )
    phase = fields.Selection(related="level_id.phase")
    level_since = fields.Date(readonly=True)
    episode = fields.Integer(readonly=True, default=1)
    policy_id = fields.Many2one("cobranza.policy", readonly=True, index=True)
    policy_reason = fields.Selection(POLICY_REASONS, readonly=True)
    reason = Row("cobranza.decision.reason", readonly=True, string="Status")
    reason_tone = fields.Char("Colour of the status", compute="_compute_reason_tone")
    decision = fields.Json(readonly=True)
    decided_on = fields.Date(readonly=True)
    next_on = fields.Date(readonly=True, string="Next act on")
    charge_pending = fields.Boolean(
        readonly=True, help="A level charges this debt and it could not be done yet."
    )
    charge_lacking = fields.Boolean(
        readonly=True, help="A legal value is missing: contacts about it wait."
    )
    step_dropped = fields.Boolean(
        readonly=True,
        help="It was taken off the contact of its level at the last minute, because "
        "something stopped it; that contact is planned again.",
    )
    charge_stale = fields.Boolean(
        readonly=True, help="A settlement was undone: its charges are judged again."
    )
    charge_note = fields.Text(readonly=True, string="Why it is not charged")
    void_reason = fields.Char(readonly=True)
    sent_on = fields.Date(
        readonly=True,
        copy=False,
        string="Invoice sent on",
        help="Said by a person, of an invoice that did not leave from here.",
    )
    sent_note = fields.Char(
        readonly=True, copy=False, string="How it was sent", help="And what proves it."
    )
    sent_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, string="Sent, says"
    )
    ceded_on = fields.Date(readonly=True)
    ceded_to_id = fields.Many2one("res.partner", readonly=True, string="Ceded to")
    ceded_back_on = fields.Date(
        readonly=True,
        string="Given back on",
        help="With recourse: the buyer returned it because it was not paid.",
    )
    charge_ids = fields.One2many("cobranza.charge", "debt_id")
    settlement_ids = fields.One2many("cobranza.settlement", "debt_id")
    contact_line_ids = fields.One2many("cobranza.contact.line", "debt_id")
    # of the current journal item
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due date")
    amount_residual = OpenAmount(
        compute="_compute_amount_residual",
        compute_sudo=True,  # of the debt's item, which lawyers may not read by itself
        sql="_sql_amount_residual",
        currency_field="company_currency_id",
        string="Amount due (company currency)",
        help="What is open of it. What is matched with an entry that is not posted, or "
        "with a payment that was rejected, is.",
    )
    amount_residual_currency = OpenAmount(
        compute="_compute_amount_residual",
        compute_sudo=True,
        sql="_sql_amount_residual_currency",
        string="Amount due",
    )
    parent_state = fields.Selection(
        related="move_line_id.parent_state", string="Document state"
    )
    settled = fields.Boolean(
        compute="_compute_settled",
        compute_sudo=True,  # of the debt's item, which lawyers may not read by itself
        search="_search_settled",
    )
    days_late = fields.Integer(compute="_compute_days_late")
    obligor_words = fields.Char(
        compute="_compute_obligor_words", string="Who else answers"
    )
    _identity_uniq = models.UniqueIndex(
        "(move_id, instalment_no) WHERE move_id IS NOT NULL",
        "This instalment is a debt already.",
    )
    _line_uniq = models.UniqueIndex(
        "(move_line_id) WHERE move_line_id IS NOT NULL",
        "This journal item is a debt already.",
    )
    _stale_idx = models.Index("(debtor_id) WHERE charge_stale")
    dispute_ids = fields.One2many("cobranza.dispute", "debt_id")

    @api.depends("move_line_id", "former_line_ids")
    def _compute_line_ids(self):
        for debt in self:
            debt.line_ids = debt.former_line_ids | debt.move_line_id

    def _assign(self, users):
        """Let these users, and no others, work on these debts and on those by which
        their charges are owed: with the role of own cases they see them and what hangs
        from them. Debtors have the users of all their debts. The caller has checked
        who may decide it."""
        # sudo: whoever decides who works on a debt need not be a collector
        debts = self.sudo()
        debts |= debts.search([("parent_id", "in", debts.ids)])
        debts.assigned_user_ids = users
        for debtor in debts.debtor_id:
            domain = [("debtor_id", "=", debtor.id), ("assigned_user_ids", "!=", False)]
            debtor.assigned_user_ids = debts.search(domain).assigned_user_ids

    @api.depends("reason")
    def _compute_reason_tone(self):
        reasons = self.env["cobranza.decision.reason"]
        for debt in self:
            debt.reason_tone = reasons._tone(debt.reason)

    @api.depends(
        "move_line_id.amount_residual",
        "move_line_id.amount_residual_currency",
        "move_line_id.parent_state",
        "move_line_id.matched_credit_ids.credit_move_id.parent_state",
    )
    def _compute_amount_residual(self):
        """What is open of the items; one query more where anything is matched."""
        lines = self.move_line_id.filtered(lambda one: one.parent_state == "posted")
        matched = lines.filtered(
            lambda one: (
                one.amount_residual != one.balance
                or one.amount_residual_currency != one.amount_currency
            )
        )
        found = self._read_open(matched)
        for debt in self:
            line = debt.move_line_id & lines
            own, amount = line.amount_residual, line.amount_residual_currency
            own, amount = found.get(line.id, (own, amount))
            debt.amount_residual, debt.amount_residual_currency = own, amount

    def _read_open(self, lines):
        """{journal item: what is open in company currency, in its own}."""
        if not lines.ids:
            return {}
        flush_open(self.env)
        query = SQL(
            "SELECT l.id, %s, %s FROM account_move_line l WHERE l.id = ANY(%s)",
            open_sql(),
            open_sql(in_currency=True),
            lines.ids,
        )
        rows = self.env.execute_query(query)
        return {line: (float(own), float(amount)) for line, own, amount in rows}

    def _sql_amount_residual(self, alias):
        return self._sql_open(alias, open_sql())

    def _sql_amount_residual_currency(self, alias):
        return self._sql_open(alias, open_sql(in_currency=True))

    def _sql_open(self, alias, amount):
        line = self._fields["move_line_id"]
        read = [
            self.env[model]._fields[name]
            for model, names in FLUSHED.items()
            for name in names
        ]
        return SQL(
            OPEN_AMOUNT,
            open=amount,
            line=SQL.identifier(alias, "move_line_id", to_flush=line),
            to_flush=read,
        )

    @api.depends(
        "move_line_id.reconciled",
        "move_line_id.matched_credit_ids.credit_move_id.parent_state",
    )
    def _compute_settled(self):
        """Whether nothing is left of it; what is matched with an entry that is not
        posted, or with a payment that was rejected, is."""
        lines = self.move_line_id.filtered("reconciled")
        credits = lines.matched_credit_ids.filtered(
            lambda partial: (
                partial.credit_move_id.parent_state != "posted"
                or partial.credit_move_id.move_id.origin_payment_id.state == "rejected"
            )
        )
        settled = lines - credits.debit_move_id
        for debt in self:
            debt.settled = bool(debt.move_line_id & settled)

    def _search_settled(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        flush_open(self.env)
        undone = Domain("move_line_id", "in", UNDONE)
        result = Domain.FALSE
        for settled in (True, False):
            if (settled in value) == (operator == "in"):
                # of the debt's item, which lawyers may not read by itself
                lines = Domain("move_line_id", "any!", [("reconciled", "=", settled)])
                result |= lines & ~undone if settled else lines | undone
        return result

    def _due_on(self):
        """The day on which it is due: its own, whatever the day of a cheque or bill
        that covers it."""
        return self.kept_due_date or self.date_maturity or self.original_due_date

    def _is_ceded(self, on):
        """Whether the document belongs to somebody else on a day."""
        back = self.ceded_back_on and self.ceded_back_on <= on
        return bool(self.ceded_on and self.ceded_on <= on and not back)

    def _obligors(self, day):
        """{debt id: [``Answer``]}: who answers for each of these debts on a day, the
        debtor itself first. Two queries, which see past record rules."""
        return Answers(self.env, day).of_debts(self)

    @api.depends("debtor_id.obligor_ids", "debtor_id.partner_id")
    @api.depends_context("lang")
    def _compute_obligor_words(self):
        """Who else answers for it today."""
        for company, debts in self.grouped("company_id").items():
            today = company and company._cobranza_today()
            found = debts._obligors(today) if today else {}
            for debt in debts:
                others = [one for one in found.get(debt._origin.id, ()) if one.obligor]
                debt.obligor_words = ", ".join(one.words() for one in others)

    @api.depends("date_maturity", "kept_due_date", "settled")
    def _compute_days_late(self):
        for debt in self:
            due = debt._due_on()
            today = debt.company_id._cobranza_today()
            late = (today - due).days if due and not debt.settled else 0
            debt.days_late = max(0, late)

    @api.depends("move_id.cobranza_debt_ids", "instalment_no")
    def _compute_instalment_count(self):
        """Number of debts of the document; 1 for an entry, whose items are no
        instalments."""
        invoices = self.move_id.filtered(lambda move: move.is_invoice(True))
        groups = self._read_group(
            [("move_id", "in", invoices.ids)], ["move_id"], ["instalment_no:max"]
        )
        counts = {move.id: count for move, count in groups}
        for debt in self:
            debt.instalment_count = counts.get(debt.move_id.id, 1)

    @api.depends("document", "instalment_no", "instalment_count")
    def _compute_display_name(self):
        for debt in self:
            debt.display_name = debt.document
            if debt.instalment_count > 1:
                debt.display_name = self.env._(
                    "%(document)s · instalment %(number)s",
                    document=debt.document,
                    number=debt.instalment_no,
                )

    @api.model_create_multi
    def create(self, vals_list):
        debts = super().create(vals_list)
        debts.debtor_id._redecide_later()
        return debts

    def write(self, vals):
        if vals and not self.env.su:
            raise UserError(
                self.env._(
                    "%(debt)s follows its document and the run: %(fields)s cannot be "
                    "edited.",
                    debt=", ".join(self.mapped("display_name")),
                    fields=", ".join(sorted(vals)),
                )
            )
        told = self if {"ceded_on", "ceded_back_on"} & set(vals) else self.browse()
        before = {debt: debt._ceded_now() for debt in told}
        result = super().write(vals)
        self._log_ceded(before)
        if TOUCHING & set(vals):
            label = self._fields["ceded_on"]._description_string(self.env)
            ceded = [label] if "ceded_on" in vals else []
            self.debtor_id._redecide_later(self.debtor_id._changed_words(ceded))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_without_history(self):
        for debt in self:
            if debt.contact_line_ids or debt.charge_ids:
                raise UserError(
                    self.env._(
                        "%s has contacts or charges: it is kept as evidence.",
                        debt.display_name,
                    )
                )

    @api.model
    def _renumber(self, policies):
        """Copy the numbers of the levels of ``policies`` to the debts that reached
        them."""
        self.flush_model(["level", "level_id", "policy_id"])
        self.env["cobranza.policy.level"].flush_model(["number"])
        self.env.cr.execute(
            SQL(
                """UPDATE cobranza_debt d SET level = v.number
                     FROM cobranza_policy_level v
                    WHERE d.level_id = v.id AND d.level <> v.number
                      AND v.policy_id = ANY(%s)""",
                policies.ids,
            )
        )
        self.invalidate_model(["level"], flush=False)

    def _claimable(self, today=None):
        """{debt id: kernel ``Claim``} of what may be claimed at this moment, in the
        debt's currency. A debt that anything stops is missing."""
        result = {}
        for company, debts in self.grouped("company_id").items():
            run = self.env["cobranza.run"].with_company(company)
            day = today or company._cobranza_today()
            book = run._book(company, day).collect(debts.debtor_id.ids)
            result |= book.claimable(debts.ids)
        return result

    def action_open_document(self):
        self.ensure_one()
        return self.move_id.get_formview_action()

    def action_print_invoice(self):
        """Download the invoice, also for who has no rights in accounting."""
        self.ensure_one()
        self._check_invoice()
        url = f"/collections/invoice/{self.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    @api.depends("move_id.state")
    def _compute_has_invoice(self):
        for debt in self:
            move = debt.move_id
            posted = move.state == "posted"
            debt.has_invoice = posted and move.is_invoice(include_receipts=True)

    def _check_invoice(self):
        """The posted invoice of one debt that the user sees, as superuser. UserError
        where there is none."""
        self.check_access("read")
        move = self.sudo().move_id  # sudo: who sees the debt may see what proves it
        if not self.has_invoice:
            raise UserError(
                self.env._("%s has no invoice to be printed.", self.display_name)
            )
        return move

    def _invoice_pdf(self):
        """(file name, PDF) of the invoice of one debt, as it was sent if it was."""
        self.ensure_one()
        move = self._check_invoice()
        if sent := move.invoice_pdf_report_id:
            return sent.name, sent.raw
        reports = self.env["ir.actions.report"].sudo()  # sudo: as above
        content, _kind = reports._render_qweb_pdf(INVOICE, move.ids)
        return move._get_invoice_report_filename(), content

    def _relink(self, moves):
        """Link the debts of posted documents to their current journal items.

        Items and debts of one debtor are paired in the order of their dates. A debt
        that is left over is void; an item that is left over is a new debt. Documents
        without debts are left to the run.
        """
        # any user may post; documents that bill charges know theirs
        domain = [("move_id", "in", moves.ids), ("nature", "=", "principal")]
        debts = self.sudo().search(domain)
        for move in debts.move_id:
            own = debts.filtered(lambda debt, move=move: debt.move_id == move)
            own._relink_move(move)

    def _relink_move(self, move):
        accounts = move.company_id._cobranza_followed_accounts()
        lines = move.line_ids.filtered(lambda line: line.account_id in accounts)
        lines = lines.filtered(lambda line: line.balance > 0)
        # free the items first: two debts may swap them and each has one owner
        self.move_line_id = False
        self.flush_recordset(["move_line_id"])
        number = max(self.mapped("instalment_no"))
        by_partner = self.grouped("partner_id")
        for partner, group in lines.grouped(self._line_partner).items():
            group = group.sorted(
                lambda line: (line.date_maturity or line.date, line.id)
            )
            debts = by_partner.get(partner, self.browse()).sorted("instalment_no")
            for debt, line in zip(debts, group, strict=False):
                debt._hang_on(line)
            debts[len(group) :]._void(
                self.env._("No longer an instalment of %s", move.name)
            )
            for line in group[len(debts) :]:
                number += 1
                self._open_from(line, partner, number)
        gone = self.filtered(
            lambda debt: debt.partner_id not in lines.mapped(self._line_partner)
        )
        gone._void(self.env._("%s is now owed by another partner", move.name))

    @staticmethod
    def _line_partner(line):
        return line.partner_id.commercial_partner_id

    def _hang_on(self, line):
        """Link the debt to the journal item ``line``; an earlier void is undone."""
        self.write(
            {
                "move_line_id": line.id,
                "document": line.move_id.name,
                "currency_id": line.currency_id.id,
                "void_reason": False,
            }
        )

    def _open_from(self, line, partner, number):
        company = line.company_id.root_id
        debtor = self.env["cobranza.run"]._ensure_debtors(company, partner)
        return self.create(self._prepare_item_vals(line, debtor, number))

    @staticmethod
    def _prepare_item_vals(line, debtor, number):
        """The debt that a journal item opens, as an instalment of its document."""
        return {
            "company_id": debtor.company_id.id,
            "debtor_id": debtor.id,
            "partner_id": debtor.partner_id.id,
            "currency_id": line.currency_id.id,
            "move_id": line.move_id.id,
            "instalment_no": number,
            "document": line.move_id.name,
            "original_due_date": line.date_maturity or line.date,
            "original_amount": line.amount_currency,
            "move_line_id": line.id,
        }

    def _void(self, reason):
        """Mark the debts as not owed any more: their document was cancelled or
        deleted."""
        if self:
            self.write({"void_reason": reason, "move_line_id": False})
            self.env["cobranza.contact"]._cancel_settled(self)
            self.env["cobranza.charge"]._document_gone(self, reason)

    def _of_lines(self, lines):
        """The debts linked to these journal items; also for users who may not read
        them."""
        if not lines.ids:
            return self.browse()
        self.flush_model(["move_line_id"])
        rows = self.env.execute_query(
            SQL("SELECT id FROM cobranza_debt WHERE move_line_id = ANY(%s)", lines.ids)
        )
        return self.sudo().browse(row[0] for row in rows)

    def _money_moved(self):
        """What settles these debts has changed: what was promised and agreed about
        them, and what is suspended until they are paid, is judged by it."""
        if self:
            # sudo: whoever books a payment need not see promises and agreements
            models = [self.env[name].sudo() for name in JUDGED_BY_MONEY]
            searches = [(model, model._judged_by(self)) for model in models]
            for found in search_each(*searches):
                found._judge_again()

    def _open_amount(self):
        """What is open of it in its own currency; nothing when its document is void or
        no longer posted."""
        return 0 if self.void_reason else self.amount_residual_currency

    def _whole_amount(self):
        """What its document asks for, in the debt's currency."""
        self.ensure_one()
        if self.former_line_ids or not self.move_line_id:
            return self.original_amount
        return self.move_line_id.amount_currency

    def action_was_sent(self):
        """Say when the invoices of these debts were sent, and what proves it."""
        return self.env["cobranza.reason"]._ask("sent", self)

    def _was_sent(self, day, note):
        """The invoices of these debts were sent on a day, says the user; what stops
        them for never having been sent ends. UserError for a day before the invoice or
        to come."""
        self.check_access("read")
        for debt in self:
            issued = debt.sudo().move_id.invoice_date or day  # of a debt that is seen
            if not issued <= day <= debt.company_id._cobranza_today():
                raise UserError(
                    self.env._(
                        "%(debt)s was sent on a day between its own and today.",
                        debt=debt.display_name,
                    )
                )
        # sudo: debts are the engine's to write
        debts = self.sudo().move_id.cobranza_debt_ids | self.sudo()
        debts.write({"sent_on": day, "sent_note": note, "sent_by_id": self.env.uid})
        debts.debtor_id._redecide_later()
        said = self.env._("Invoice sent on %s, says", format_date(self.env, day))
        self.env["cobranza.history"]._append((debt, said, note) for debt in debts)

    def action_debt_statement(self):
        """What would be owed of this debt on a day."""
        self.ensure_one()
        principal = self.parent_id or self
        return self.debtor_id._open_debt_statement(principal)

    def action_register_payment(self):
        """Register what has been paid of this debt."""
        self.ensure_one()
        return self.debtor_id._open_payment_split(self.parent_id or self)
