from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...kernel.deadlines import CourtCalendar, deadline, since
from ...kernel.errors import KernelError
from ...kernel.lifecycle import INSOLVENCY_CLAIM
from ..common.tasks import raise_tasks
from ..common.words import say_error
from .case import RUNNING

STATES = [
    ("open", "To be claimed"),
    ("sent", "Claim lodged"),
    ("recognised", "Recognised"),
    ("refused", "Not recognised"),
    ("left", "Not told"),
]


ALARM_DAYS = 7
"""Days before the last one from which somebody is told every day that passes."""


class CobranzaInsolvencyClaim(models.Model):
    """What a debtor in insolvency proceedings owes, as it is told to them in time: to
    the administrator or the court, until a day that follows from the publication."""

    _name = "cobranza.insolvency.claim"
    _inherit = ["cobranza.claim.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Claim in an insolvency"
    _order = "id desc"

    _lifecycle = INSOLVENCY_CLAIM
    _logged = ("published_on", "typed_due_on", "recipient_id", "debt_ids", "user_id")
    _after_close = frozenset({"note", "user_id"})

    debtor_id = fields.Many2one(ondelete="restrict")
    case_id = fields.Many2one(
        "cobranza.case",
        "Legal case",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('debtor_id', '=', debtor_id)]",
    )
    insolvent_on = fields.Date(related="debtor_id.insolvent_on")
    insolvency_kind = fields.Selection(related="debtor_id.insolvency_kind")
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_insolvency_claim_debt_rel",
        string="Debts",
        ondelete="restrict",
        domain="[('debtor_id', '=', debtor_id), ('nature', '=', 'principal'), "
        "('settled', '=', False), ('void_reason', '=', False)]",
    )
    line_ids = fields.One2many(
        "cobranza.insolvency.claim.line", "claim_id", "What is told", readonly=True
    )
    published_on = fields.Date(
        "Published on", help="When the opening of the proceedings was published."
    )
    typed_due_on = fields.Date(
        "Last day, typed",
        help="Where no law is known, or a court has said another day. The earlier of "
        "both counts.",
    )
    due_on = fields.Date(
        "To be told until", compute="_compute_due_on", store=True, index=True
    )
    due_words = fields.Char("How it is counted", compute="_compute_due_words")
    recipient_id = fields.Many2one(
        "res.partner",
        "Told to",
        ondelete="restrict",
        help="The insolvency administrator, the liquidator or the court.",
    )
    state = fields.Selection(
        STATES,
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    sent_on = fields.Date("Lodged on", readonly=True, copy=False)
    recognised_amount = fields.Monetary(readonly=True, copy=False)
    note = fields.Text()

    _once = models.UniqueIndex(
        "(case_id) WHERE state <> 'left'",
        "What the debtor of this case owes is told in one claim.",
    )

    @api.depends("name", "debtor_id")
    def _compute_display_name(self):
        for one in self:
            parts = (one.name.strip("/"), one.debtor_id.display_name)
            one.display_name = " · ".join(part for part in parts if part)

    # -- the term ----------------------------------------------------------------------

    @api.depends("published_on", "typed_due_on", "debtor_id.insolvency_kind")
    def _compute_due_on(self):
        for one, (found, _words) in self._term_ends():
            days = [day for day in (found, one.typed_due_on) if day]
            one.due_on = min(days, default=False)

    @api.depends("published_on", "typed_due_on", "debtor_id.insolvency_kind")
    def _compute_due_words(self):
        for one, (_found, words) in self._term_ends():
            one.due_words = words

    def _term_ends(self):
        """[(claim, what ``_term_end`` says of it)]; the legal values are read once for
        each company."""
        result = []
        for company, mine in self.grouped("company_id").items():
            days = [one.published_on for one in mine if one.published_on]
            table = days and company._cobranza_legal_table(min(days), max(days))
            result += [(one, one._term_end(table)) for one in mine]
        return result

    def _term_end(self, table):
        """(last day by the law or None, in words how it is counted or why not).
        ``table``: the ``LegalTable`` of the day of the publication."""
        self.ensure_one()
        if not self.published_on:
            return None, self.env._("Type the day of the publication.")
        company, on = self.company_id, self.published_on
        rules = company._cobranza_rules()
        # sudo: what proceedings are about is no secret of those who claim in them
        kind = self.sudo().debtor_id.insolvency_kind
        try:
            term = rules._insolvency_claim_term(kind, on, table)
            if term is None:
                return None, self.env._("No term is known: type the last day.")
            work = rules._calendar("court", self.env["res.country.state"], on)
            calendar = CourtCalendar(self.env._("nationwide holidays"), work)
            found = deadline(term, since(on, [calendar]))
        except KernelError as error:
            return None, say_error(self.env, error)
        words = f"{term.article}; {', '.join(found.calendars)}"
        return found.last, words

    # -- beginning ---------------------------------------------------------------------

    @api.model
    def _follow(self, company, today):
        """Claims of debtors of a company whose insolvency is known and of whom a case
        runs; and a task of each that waits. Run again, nothing is added. As
        superuser."""
        cases = self.env["cobranza.case"].search(
            Domain("company_id", "=", company.id)
            & Domain("state", "in", RUNNING)
            & Domain("debtor_id.insolvent_on", "!=", False)
        )
        self._prepare(cases, today)
        domain = [("company_id", "=", company.id), ("state", "=", "open")]
        waiting = self.search_fetch(domain, ["due_on"])
        # a legal value or a holiday may have come since
        self.env.add_to_compute(self._fields["due_on"], waiting)
        waiting._keep_tasks(today)

    @api.model
    def _prepare(self, cases, today):
        """Claims of the debtors of these cases that have none, over what is open of
        them. As superuser."""
        known = self.search([("debtor_id", "in", cases.debtor_id.ids)])
        debts = self.env["cobranza.debt"].search(
            [
                ("debtor_id", "in", (cases.debtor_id - known.debtor_id).ids),
                ("nature", "=", "principal"),
                ("settled", "=", False),
                ("void_reason", "=", False),
            ]
        )
        debts = debts.filtered(lambda one: not one._is_ceded(today))
        by_debtor = cases.grouped("debtor_id")
        self.create(
            [
                {
                    "debtor_id": debtor.id,
                    "case_id": by_debtor[debtor][:1].id,
                    "debt_ids": [Command.set(own.ids)],
                    "user_id": by_debtor[debtor][:1]._worker().id,
                }
                for debtor, own in debts.grouped("debtor_id").items()
            ]
        )

    def _keep_tasks(self, today):
        """One task of each that waits to be told, in step with its last day."""
        new = []
        for one in self:
            words, day = one._task(today)
            task = one.activity_ids.filtered("automated")[:1]
            if not task:
                new.append((one, day, words, one.user_id))
            elif (task.summary, task.date_deadline) != (words, day):
                task.write({"summary": words, "date_deadline": day})
        raise_tasks(self, new)

    def _task(self, today):
        if not self.due_on:
            name = self.debtor_id.display_name
            words = self.env._("Insolvency of %s: type when it was published", name)
            # of the day on which it was found, so that it does not move every day
            known = self.activity_ids.filtered(
                lambda task: task.automated and task.summary == words
            )
            return words, known[:1].date_deadline or today
        words = self.env._(
            "Tell the credit to the insolvency until %s",
            format_date(self.env, self.due_on),
        )
        return words, fields.Date.subtract(self.due_on, days=ALARM_DAYS)

    # -- telling -----------------------------------------------------------------------

    def _check_worked(self):
        """AccessError for who neither works on its case nor hands cases over."""
        self.check_access("read")
        cases = self.env["cobranza.case"]
        for one in self:
            if one.case_id:
                one.case_id._check_worked()
            else:
                cases._check_assigner()

    def action_tell(self):
        """It was told today: what is owed is worked out for the last time. UserError
        where nobody knows to whom."""
        self._check_worked()
        self._expect("open")
        for one in self.sudo():
            if not one.recipient_id:
                raise UserError(self.env._("Say to whom it was told."))
            if not one.debt_ids:
                raise UserError(self.env._("Choose the debts that are told."))
            today = one.company_id._cobranza_today()
            one._claim()
            late = one.due_on and today > one.due_on
            words = self.env._("After the term") if late else None
            one._set_state("sent", words, sent_on=today)
        return True

    def action_leave(self):
        """It is not told after all."""
        self._check_worked()
        self._expect("open")
        self.sudo()._set_state("left")
        return True

    def action_reopen(self):
        self._check_worked()
        self._expect("left")
        self.sudo()._set_state("open")
        return True

    def action_recognised(self):
        """All of it was recognised."""
        self._check_worked()
        self._expect("sent")
        for one in self.sudo():
            one._set_state("recognised", recognised_amount=one.amount)
        return True

    def action_refused(self):
        self._check_worked()
        self._expect("sent")
        self.sudo()._set_state("refused")
        return True

    def _on_state(self, target, reason):
        # sudo: whoever did it, nothing waits any more
        self.sudo().activity_ids.filtered("automated").action_feedback()
        labels = dict(self._fields["state"]._description_selection(self.env))
        for one in self.filtered("case_id"):
            words = self.env._("Claim in the insolvency: %s", labels[target])
            one.case_id.sudo()._write_down("note", words, reason)
        return super()._on_state(target, reason)

    def action_refresh(self):
        """Work out anew what is owed today."""
        self._check_worked()
        self._expect("open")
        self.sudo()._claim()
        return True

    # -- privacy -----------------------------------------------------------------------

    def _over_before(self, begin):
        """Those that were over before a moment and have a note."""
        return self.filtered(
            lambda one: (
                one.state in ("recognised", "refused", "left")
                and (one.note or one.recipient_id)
                and not any(row.moment >= begin for row in one.history_ids)
            )
        )

    def _erase(self):
        """What was written about these goes. Run through the gate."""
        self.write({"note": False, "recipient_id": False})
        self._forget_changes()


class CobranzaInsolvencyClaimLine(models.Model):
    """One debt as it is told to insolvency proceedings."""

    _name = "cobranza.insolvency.claim.line"
    _inherit = "cobranza.claim.line.mixin"
    _description = "Debt that is told to an insolvency"
    _order = "claim_id, id"
    _rec_name = "debt_id"

    claim_id = fields.Many2one(
        "cobranza.insolvency.claim",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True)

    _debt_uniq = models.Constraint(
        "UNIQUE (claim_id, debt_id)", "This debt is told already."
    )

    def _whole(self):
        return self.claim_id

    def _discardable(self):
        """Those of claims that were not told yet."""
        return self.filtered(lambda one: one.claim_id.state == "open")
