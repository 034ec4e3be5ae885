"""How far a case is: the report that its creditor reads."""

from functools import cached_property

from odoo import api, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..common.files import safe_name
from ..common.money import to_decimal
from .risk import CaseRisk

REPORT = "cobranza_legal.action_report_case_progress"


COMPONENTS = ("principal", "interest", "fees", "costs")


SOON = 8
"""Deadlines and hearings of a report, at most."""


class CaseProgress:
    """What a report says of one case today, in the language of its environment. Nothing
    of it is confidential: of what lawyers write down as such, and of what was
    negotiated, it shows nothing. As superuser."""

    def __init__(self, case):
        case.ensure_one()
        self.case = case.sudo()  # sudo: who sees the case may read its report
        self.env, self.company = self.case.env, self.case.company_id
        self.today = self.company._cobranza_today()
        self.currency = self.company.currency_id

    @cached_property
    def advice(self):
        """``risk.Advice`` of the case."""
        return CaseRisk(self.case).advice()

    def claimed(self):
        """[(label, amount)] of the components of the claim that are not zero, in the
        currency of the company."""
        found = []
        for name in COMPONENTS:
            field = self.case.line_ids._fields[name]
            amounts = {one: one[name] for one in self.case.line_ids}
            amount = self.case._in_company(amounts)
            if amount:
                found.append((field._description_string(self.env), amount))
        return found

    def budget(self):
        """What is planned to be spent on the case, or else what a suit was said to
        cost, without the lawyer's part of what it brings; None where nobody has said
        it."""
        if self.case.cost_budget:
            return self.case.cost_budget
        terms = self.advice.terms
        if not terms.is_said:
            return None
        return float(terms.fee + terms.lawyer + terms.agent)

    def expected(self):
        """(the worst light, what the company expects with it in words: empty where it
        has not said how often it wins)."""
        advice = self.advice
        lights = dict(self.case._fields["risk_light"]._description_selection(self.env))
        light = lights[advice.worst.name.lower()]
        if advice.odds is None:
            return light, self.outcome()
        worth = float(to_decimal(advice.brings) * advice.odds)
        words = self.outcome() + self.env._(
            "The company expects to win %(odds)s %% of its suits with this light: this "
            "one is worth %(worth)s today, before costs.",
            odds=f"{float(advice.odds) * 100:g}",
            worth=formatLang(self.env, worth, currency_obj=self.currency),
        )
        return light, words

    def outcome(self):
        """What the lawyer expects, as a sentence; empty where nobody has said it."""
        if not self.case.expected_outcome:
            return ""
        outcomes = self.env["cobranza.proceeding.outcome"]
        label = outcomes._label(self.case.expected_outcome)
        return self.env._("The lawyer expects: %s.", label) + " "

    def proceedings(self):
        """Those of the case that were not cancelled, the last one first."""
        return self.case.proceeding_ids.filtered(lambda one: one.state != "cancelled")

    def last_report(self):
        """The act of the report before this one; empty: it is the first."""
        acts = self.case.act_ids.filtered(lambda one: one.kind == "report")
        return acts.sorted("id")[-1:]

    def done(self):
        """[(day, kind in words, what)] since the last report, the oldest first. Of a
        mail only who sent it."""
        last, kinds = self.last_report(), self.env["cobranza.case.act.kind"]
        acts = self.case.act_ids.filtered(
            lambda one: one.id > last.id and not one.confidential
        )
        mails = {one.act_id: one for one in self.case.mail_ids if one.act_id}
        return [
            (
                act.day,
                kinds._label(act.kind),
                (mails[act].sender_name or mails[act].sender)
                if act in mails
                else act.summary,
            )
            for act in acts.sorted(lambda one: (one.day, one.id))
        ]

    def ahead(self):
        """[(day, what)] of what is due next, the soonest first."""
        return sorted(self._agenda(), key=lambda row: row[0])[:SOON]

    def _agenda(self):
        """[(day, what)]: each open deadline, one that has passed too, whose it is, and
        each planned hearing from today on."""
        about = [("case_id", "=", self.case.id)]
        deadlines = self.env["cobranza.deadline"].search(
            [*about, ("state", "=", "open"), ("due_on", "!=", False)]
        )
        who = dict(deadlines._fields["who"]._description_selection(self.env))
        found = [(one.due_on, f"{one.name} ({who[one.who]})") for one in deadlines]
        hearings = self.env["cobranza.hearing"].search(
            [*about, ("state", "=", "planned"), ("day", ">=", self.today)]
        )
        kinds = self.env["cobranza.hearing.kind"]
        return found + [(one.day, kinds._label(one.kind)) for one in hearings]


class CobranzaCaseProgress(models.AbstractModel):
    """Makes the report of a case."""

    _name = "cobranza.case.progress"
    _description = "Progress of legal cases"

    @api.model
    def _of(self, case):
        """``CaseProgress`` of one case."""
        return CaseProgress(case)

    @api.model
    def _make(self, case):
        """The report of today as a PDF, which is kept as an act of the case: the new
        act."""
        reports = self.env["ir.actions.report"]
        sheet, _kind = reports._render_qweb_pdf(REPORT, case.ids)
        title = case._document_title()
        # sudo: the file hangs from the act, which this button alone writes
        files = self.env["ir.attachment"].sudo()
        name = safe_name(title, default="report", extension=".pdf")
        file = files.create({"name": name, "raw": sheet})
        spoken = self.with_context(lang=case._paper_lang())
        day = format_date(spoken.env, case.company_id._cobranza_today())
        return case._write_down("report", f"{title} · {day}", files=file)
