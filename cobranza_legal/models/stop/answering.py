"""Until when an objection is answered, what reminds of it, how the debtor is told."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ...kernel.errors import KernelError
from ..rules.rules import VIA

AHEAD = timedelta(days=3)
"""The responsible is reminded so many days before the last one."""


PURPOSE = "dispute_answer"


ANSWERED = ("upheld", "rejected")
"""States of which the debtor is told."""


DUE = """
    SELECT d.id
      FROM cobranza_dispute d
     WHERE d.company_id = %(company)s AND d.answer_on <= %(soon)s
       AND (d.state = 'open' OR d.state IN ('upheld', 'rejected')
            AND d.answer_limit IS NOT NULL AND d.answer_via IS NULL
            AND NOT EXISTS (SELECT 1 FROM cobranza_contact c
                             WHERE c.dispute_id = d.id AND c.state = 'sent'))
       AND (d.reminded_of IS DISTINCT FROM d.answer_on
            OR d.answer_on < %(today)s AND d.late_told_of IS DISTINCT FROM d.answer_on)
     ORDER BY d.id
     LIMIT %(limit)s
"""


class CobranzaDispute(models.Model):
    """An objection has a day on which it is answered: that of the law where it gives
    one, else that which the company promises."""

    _inherit = "cobranza.dispute"

    via = fields.Selection(VIA, string="Received by")
    reference = fields.Char(
        string="Number",
        help="Under which the authority or the debtor files it.",
    )
    received_on = fields.Date(
        compute="_compute_received_on", store=True, readonly=False
    )
    answer_on = fields.Date(
        string="Answer due on",
        compute="_compute_answer_on",
        store=True,
        readonly=False,
    )
    answer_limit = fields.Date(
        "Last day of the law", compute="_compute_answer_limit", store=True
    )
    answer_article = fields.Char(
        "Article of the answer", compute="_compute_answer_limit", store=True
    )
    answer_via = fields.Selection(
        VIA, string="Answered by", readonly=True, copy=False, help="How we told it."
    )
    answer_number = fields.Char(
        string="Number of the answer", readonly=True, copy=False
    )
    answer_file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_dispute_answer_rel",
        string="Files of the answer",
        readonly=True,
        copy=False,
    )
    told_contact_ids = fields.One2many("cobranza.contact", "dispute_id", "Answers sent")
    untold = fields.Boolean(
        compute="_compute_untold", string="The debtor was not told yet"
    )
    task_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )
    reminded_of = fields.Date(
        "Day of which the responsible was reminded", readonly=True, copy=False
    )
    late_told_of = fields.Date(
        "Day of which the manager was told", readonly=True, copy=False
    )

    # -- until when --------------------------------------------------------------------

    @api.depends("opened_on")
    def _compute_received_on(self):
        for dispute in self:
            dispute.received_on = dispute.received_on or dispute.opened_on

    @api.depends("via", "received_on", "debtor_id")
    def _compute_answer_limit(self):
        for dispute in self:
            found = dispute.answer_limit, dispute.answer_article
            if dispute.state == "open":  # what was decided stays as it was
                found = self._answer_term(
                    dispute.debtor_id, dispute.via, dispute.received_on
                )
            dispute.answer_limit, dispute.answer_article = found

    @api.depends("answer_limit", "received_on", "debtor_id")
    def _compute_answer_on(self):
        for dispute in self:
            day, found = dispute.received_on, dispute.answer_on
            if dispute.state == "open" and day and dispute.debtor_id:
                company, limit = dispute.debtor_id.company_id, dispute.answer_limit
                found = self._first_of(company, day, limit)
            dispute.answer_on = found

    @api.model
    def _first_of(self, company, received, limit):
        """What the company promises, or the law's last day where that comes first."""
        own = received + timedelta(days=company.cobranza_portal_answer_days)
        return min(own, limit) if limit else own

    @api.model
    def _answer_term(self, debtor, via, received):
        """(last day on which the law lets an objection be answered that came in ``via``
        on a day, its article); (False, False) where it gives none. The day itself where
        a value of the law is not known: the strictest."""
        if not (debtor and received):
            return False, False
        company = debtor.company_id
        rules = company._cobranza_rules()
        try:
            table = company._cobranza_legal_table(received, received)
            term = rules._answer_term(via, debtor.regime, received, table)
            if not term:
                return False, False
            nowhere = self.env["res.country.state"]
            calendar = rules._calendar("contact", nowhere, received)
            return term.deadline(received, calendar), term.article
        except KernelError:
            return received, False

    @api.model
    def _answer_day(self, debtor, via, received):
        """The day by which an objection is answered."""
        # sudo: debtors ask too, on their page
        debtor = debtor.sudo()
        limit, _article = self._answer_term(debtor, via, received)
        return self._first_of(debtor.company_id, received, limit)

    @api.constrains("answer_on", "received_on", "opened_on")
    def _check_answer(self):
        # with another limit the day itself is worked out anew
        for dispute in self:
            if dispute.received_on and dispute.received_on > dispute.opened_on:
                raise ValidationError(
                    self.env._(
                        "It was received on the day on which it was written "
                        "down here, or before."
                    )
                )
            day, limit = dispute.answer_on, dispute.answer_limit
            if dispute.state == "open" and day and limit and day > limit:
                raise ValidationError(
                    self.env._(
                        "The law has it answered by %(day)s (%(article)s).",
                        day=format_date(self.env, limit),
                        article=dispute.answer_article or "–",
                    )
                )

    # -- an authority ------------------------------------------------------------------

    def _stop_for_authority(self):
        """A claim before an authority stops us, whoever writes it down."""
        for dispute in self.filtered(lambda one: one.via == "authority"):
            debtor = dispute.debtor_id.sudo()  # sudo: as said
            if not debtor.authority_claim_on:
                debtor.authority_claim_on = dispute.received_on

    # -- reminding ---------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Objections that have to be answered soon, or had to be."""
        self.flush_model()
        self.env["cobranza.contact"].flush_model(["dispute_id", "state"])
        query = SQL(
            DUE, company=company.id, today=today, soon=today + AHEAD, limit=limit
        )
        return self.browse(row[0] for row in self.env.execute_query(query))

    def _upkeep(self, today):
        """A task for the responsible before the day, one for the manager once it has
        passed."""
        late = self.filtered(lambda one: one.answer_on < today)
        self._tell_answer(
            self - late,
            lambda name: self.env._("Answer the objection of %s", name),
            lambda one: one.user_id,
        )
        self._tell_answer(
            late,
            lambda name: self.env._("Not answered in time: objection of %s", name),
            lambda one: one.company_id._cobranza_manager() or one.user_id,
        )
        gate = self._through_gate()
        for day, own in gate.grouped("answer_on").items():
            own.write({"reminded_of": day})
        for day, own in (late & self).grouped("answer_on").items():
            own._through_gate().write({"late_told_of": day})

    @api.model
    def _tell_answer(self, disputes, summary, owner):
        told = [(one.debtor_id, owner(one), one._say_answer_day()) for one in disputes]
        if not told:
            return
        tasks = self.env["cobranza.debtor"]._tell(told, summary)
        for dispute, task in zip(disputes, tasks, strict=True):
            dispute._through_gate().task_id = task

    def _say_answer_day(self):
        day = format_date(self.env, self.answer_on)
        words = self.env._("Answer due on %s", day)
        parts = (self.display_name, self.reference, words, self.answer_article)
        return " · ".join(filter(None, parts))

    # -- answering ---------------------------------------------------------------------

    @api.depends("state", "answer_via", "told_contact_ids.state")
    def _compute_untold(self):
        for dispute in self:
            told = dispute.sudo().told_contact_ids  # sudo: only their states
            sent = "sent" in told.mapped("state")
            dispute.untold = (
                dispute.state in ANSWERED and not dispute.answer_via and not sent
            )

    def _on_state(self, target, reason):
        result = super()._on_state(target, reason)
        # sudo: the task is of whoever had to answer
        tasks = self.sudo().task_id.filtered("active")
        if tasks:
            tasks.action_feedback(feedback=reason or "")
        return result

    def _keep_answer(self, via, number, files):
        """How the debtor was told: by which way, under which number, with which files
        (``ir.attachment``)."""
        if not (via or number or files):
            return
        for dispute in self:
            dispute._through_gate().write(
                {
                    "answer_via": via or False,
                    "answer_number": number or False,
                    "answer_file_ids": [fields.Command.set(files.ids)],
                }
            )
            place = {"res_model": self._name, "res_id": dispute.id}
            loose = files.filtered(lambda file: not file.res_id)
            gate = self._through_gate().env.context
            loose.with_context(**gate).write(place)  # it is evidence from now on

    def action_tell(self):
        """Send the debtor an e-mail with the outcome, by the rules for all contacts."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ANSWERED:
            raise UserError(self.env._("Close it with its outcome first."))
        known = self.told_contact_ids.filtered(
            lambda one: one.state in ("draft", "planned")
        )
        contact = known[:1] or self.env["cobranza.contact"]._plan_letter(
            self.debtor_id, PURPOSE, dispute_id=self.id, is_answer=True
        )
        contact._check_may_be_sent()
        return contact.action_release()

    @api.model
    def _merge_of_contact(self, contact):
        """The merge fields of the objection that a contact answers; none for another
        one."""
        if contact.text_purpose != PURPOSE or not contact.dispute_id:
            return {}
        # sudo: the letter is the debtor's own
        dispute = contact.sudo().dispute_id.with_env(contact.env(su=True))
        amount = formatLang(
            contact.env, dispute.amount, currency_obj=dispute.currency_id
        )
        return {
            "dispute_document": dispute.debt_id.display_name,
            "dispute_received": format_date(contact.env, dispute.received_on),
            "dispute_amount": amount,
            "dispute_result": self._result_words(contact.env, dispute.state),
            "dispute_outcome": dispute.outcome or "",
        }

    @api.model
    def _result_words(self, env, state):
        if state == "upheld":
            return env._(
                "You are right: we do not claim this amount, and a credit note follows."
            )
        return env._("We have looked at it and cannot agree: the amount is still owed.")

    @api.model
    def _samples(self):
        """{merge field: example} of what is said of objections, in the context's
        language."""
        company = self.env.company
        currency, today = company.currency_id, company._cobranza_today()
        amount = 250 if currency.decimal_places else 250_000
        return {
            "dispute_document": f"F/{today.year}/0042",
            "dispute_received": format_date(self.env, today - timedelta(days=6)),
            "dispute_amount": formatLang(self.env, amount, currency_obj=currency),
            "dispute_result": self._result_words(self.env, "upheld"),
            "dispute_outcome": self.env._(
                "The delivery note shows eight boxes, not ten."
            ),
        }
