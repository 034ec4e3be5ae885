import re
from decimal import Decimal

from odoo import models

from odoo.addons.cobranza_legal.kernel.attachment import (
    AssetOrder,
    WageRule,
    WageScale,
)
from odoo.addons.cobranza_legal.kernel.deadlines import NoticeRule, SuspensionRule, Term
from odoo.addons.cobranza_legal.kernel.fees import Tier
from odoo.addons.cobranza_legal.kernel.interest import DayCount
from odoo.addons.cobranza_legal.kernel.judgment import (
    EnforcementTerm,
    JudgmentTerms,
    Part,
)
from odoo.addons.cobranza_legal.models.case.rules import NO_SUIT

from ..law import law

WAGES_FREE, ENFORCEMENT = "cl.wages.free", "cl.enforcement"


PRECAUTIONARY = "cl.precautionary"


COURT_SUSPENSION = "cl.court.suspension"
"""How often and how many days together, by key."""


INSOLVENCY = {
    "reorganisation": "Ley 20.720, art. 57",
    "liquidation": "Ley 20.720, art. 135",
    "renegotiation": "Ley 20.720, art. 264",
}
"""What bars executions, by the kind of proceedings."""


UNKNOWN_INSOLVENCY = "Ley 20.720, arts. 57, 135 y 264"


ASSETS = ("money", "movable", "real_estate", "wages")
"""CPC art. 449, best first."""


REALISATION = (
    *(Part.COSTS, Part.INTEREST, Part.DEFAULT, Part.AFTER),
    *(Part.FEES, Part.PRINCIPAL),
)
"""Costs of the execution (CPC art. 513), then interest and what the law puts before the
capital (CC art. 1595; Ley 19.983 arts. 2 bis and 2 ter), then the capital."""


ROL = re.compile(r"([A-Z])\s*-\s*0*([1-9]\d*)\s*-\s*(\d{4})", re.IGNORECASE)
"""Letter of the book, number, year."""


class CobranzaRulesCl(models.AbstractModel):
    """Chile: how files of the courts are numbered and who may act, terms before them,
    what may be attached, what a judgment bears and opens, and what the money of a court
    pays first."""

    _inherit = "cobranza.rules.cl"

    def _asset_order(self, on):
        """CPC art. 449."""
        return AssetOrder(ASSETS, "CPC, art. 449")

    def _wage_rule(self, company, on, table):
        """Nothing up to 56 UF of the day, all above. C. del Trabajo art. 57."""
        free = table.number(WAGES_FREE, on)
        steps = (Tier(free, Decimal(0)), Tier(None, Decimal(1)))
        scale = WageScale("CLP", steps, Decimal(1), "Código del Trabajo, art. 57")
        return WageRule(scale, table.number(law.UF, on))

    def _measure_duties(self, measure, on, table):
        """What was ordered before the suit lapses without it (CPC arts. 279 and 280),
        and what was taken before notice without that (art. 302)."""

        def days(key):
            return int(table.number(PRECAUTIONARY, on, key))

        duties = []
        if measure.before_suit:
            words = self.env._("File the suit, or the measure lapses")
            duties.append((words, Term(days("suit"), article="CPC, art. 280")))
        if measure.before_notice:
            words = self.env._("Have the debtor notified, or the measure lapses")
            duties.append((words, Term(days("notice"), article="CPC, art. 302")))
        return duties

    def _realisation_order(self, on):
        """CPC art. 513, CC art. 1595."""
        return REALISATION, "CPC, art. 513; CC, art. 1595"

    def _judgment_interest(self, judgment, table):
        """The rate that the judgment names, by years of 360 days; else that of Ley
        19.983 goes on where all debts of the case bear it; always on the capital alone
        (CC art. 1559 N° 3)."""
        interest = self._named_interest(judgment, day_count=DayCount.ACT_360)
        keys = {self._interest_key(debt).kind for debt in judgment.case_id.debt_ids}
        if interest is None and keys == {"statutory"}:
            regime = judgment.debtor_id.regime
            interest = self._interest_terms(regime, "statutory", judgment.day, table)
        return JudgmentTerms(
            order=REALISATION,
            interest=interest,
            article="CC, arts. 1559 N° 3 y 1595",
        )

    def _judgment_terms(self, judgment, table):
        """Three years as an executive action (CC art. 2515), of which the first before
        the court that gave it (CPC art. 233); the end of both is told as long before.
        """

        def months(key):
            return int(table.number(ENFORCEMENT, judgment.day, key))

        found = super()._judgment_terms(judgment, table)
        year, action = months("same_court"), months("action")
        before = year - months("alarm")
        return {
            **found,
            "enforcement": EnforcementTerm(action, action - before, "CC, art. 2515"),
            "same_court": EnforcementTerm(year, year - before, "CPC, art. 233"),
        }

    def _notice_rule(self, way, on, table):
        """Served on a day that does not work, the next working day is the first one of
        the term (CPC art. 41)."""
        return NoticeRule(first_working=True, article="CPC, art. 41")

    def _suspension_rule(self, on, table):
        """Twice, and ninety days together, in one instance (CPC art. 64)."""
        most = table.get(COURT_SUSPENSION, on, "number")
        days = int(table.number(COURT_SUSPENSION, on, "days"))
        return SuspensionRule(most=int(most.value), days=days, article=most.article)

    def _has_local_holidays(self):
        """Feriados are set by laws: of the country, and of a few regions and communes
        that are shipped."""
        return False

    def _docket_clean(self, docket, procedure):
        text = super()._docket_clean(docket, procedure)
        found = ROL.fullmatch(text)
        if not found:
            return text
        letter, number, year = found.groups()
        return f"{letter.upper()}-{number}-{year}"

    def _docket_problem(self, docket, procedure):
        """A ROL: letter, number and year; outside the courts there is none."""
        if procedure and procedure.nature in NO_SUIT:
            return ""
        if ROL.fullmatch(docket.strip()):
            return ""
        return self.env._(
            "“%s” is no ROL: write the letter, the number and the year, such as "
            "C-1234-2026.",
            docket,
        )

    def _title_deposit(self, procedure):
        """Ley 20.886, art. 6: without the paper the execution counts as not begun."""
        return "Ley 20.886, art. 6" if procedure.nature == "executive" else ""

    def _insolvency_bars(self, procedure, kind):
        """No execution begins in any of the proceedings of Ley 20.720: protection in a
        reorganisation (57), liquidation (135), renegotiation (264)."""
        barred = super()._insolvency_bars(procedure, kind)
        return barred if barred is None else INSOLVENCY.get(kind, UNKNOWN_INSOLVENCY)

    def _power_words(self, company, day):
        """Ley 18.120, arts. 1 y 2: without patrocinio and power a first writing counts
        as not presented."""
        return self.env._(
            "No patrocinio and power of %(company)s is in force on %(day)s (Ley "
            "18.120, arts. 1 and 2): record it.",
            company=company,
            day=day,
        )
