from dataclasses import dataclass

from odoo import models
from odoo.tools import format_date

from ...kernel.attachment import AssetOrder
from ...kernel.deadlines import Must, NoticeRule, SuspensionRule
from ...kernel.interest import DayCount, InterestTerms
from ...kernel.judgment import JudgmentTerms, Part
from ...kernel.periods import Series
from ..common.money import to_decimal, unit

PRINCIPAL_FIRST = (
    *(Part.PRINCIPAL, Part.INTEREST, Part.DEFAULT, Part.FEES),
    *(Part.AFTER, Part.COSTS),
)
"""Neutral order of what a realisation brings: what lets least interest run."""


NO_SUIT = ("notarial", "administrative")
"""Natures of procedures that are no lawsuit."""


@dataclass(frozen=True, slots=True)
class SuitStop:
    """What a lawsuit that is before a court stops: the ladder of the debts that are
    ``claimed`` in it, and ``everything`` of the debtor once it is served."""

    claimed: bool = True
    everything: bool = True


class CobranzaRules(models.AbstractModel):
    """What the law of a country says of debts that are with a lawyer."""

    _inherit = "cobranza.rules"

    def _case_stops_letters(self, regime):
        """Whether the ladder leaves debts of a debtor of this regime alone while they
        are in a case. Neutral, and the strict default: yes."""
        return True

    def _docket_clean(self, docket, procedure):
        """A docket number of a procedure (a row, or none) as courts of the country
        write it. Neutral: without the spaces around it."""
        return " ".join((docket or "").split())

    def _docket_problem(self, docket, procedure):
        """What is wrong with a docket number of a procedure (a row, or none), in words
        with an example; empty: nothing, or nobody knows how they are written, as
        here."""
        return ""

    def _has_general_number(self):
        """Whether files have a number beside the docket that no other file of the
        country has. Neutral: no."""
        return False

    def _general_number_problem(self, number):
        """What is wrong with such a number, in words with an example; empty:
        nothing."""
        return ""

    def _power_problem(self, proceeding, day, lawyer):
        """Why nobody may act for the creditor in a proceeding on a day, in words;
        empty: somebody may. ``lawyer``: whether the law wants a lawyer in it. Neutral:
        where it does, a power has to be in force."""
        if not lawyer or proceeding._powers_on(day):
            return ""
        company = proceeding.company_id.display_name
        return self._power_words(company, format_date(self.env, day))

    def _power_words(self, company, day):
        """That no power of a company (its name) is in force on a day (in words), and
        which one has to be recorded."""
        return self.env._(
            "No power of %(company)s is in force on %(day)s: record who represents it.",
            company=company,
            day=day,
        )

    def _suit_stops(self, regime):
        """``SuitStop`` of a debtor of a regime. Neutral, and the strict default: what
        is claimed, and everything once the debtor is served."""
        return SuitStop()

    def _suit_interrupts(self, procedure):
        """From when a procedure (``cobranza.proceeding.type``) interrupts the
        limitation of what is claimed against each who is sued: "filed", "served", None:
        not at all. Neutral, and the strict default: when served, and what only prepares
        a suit does not."""
        return "served" if procedure.nature != "preparatory" else None

    def _withdrawn_suit_interrupts(self):
        """Whether limitation stays interrupted by a suit that was withdrawn. Neutral,
        and the strict default: no."""
        return False

    def _title_deposit(self, procedure):
        """The article by which originals of titles on paper are deposited at the court
        when a suit of this procedure is filed; empty: they are not. Neutral: empty."""
        return ""

    def _insolvency_claim_term(self, kind, on, table):
        """Kernel ``deadlines.Term`` from the publication of insolvency proceedings of a
        kind (``cobranza.insolvency.kind``; empty: not known, the shortest that may
        apply) in which a credit has to be told to them. MissingValue without its
        figure. Neutral: None, no term is known and the day is typed."""
        return None

    def _insolvency_suspends(self, procedure):
        """Whether a proceeding of this procedure stands still once insolvency
        proceedings of the debtor are open. Neutral, and the strict default: every
        execution does."""
        return procedure.nature == "executive"

    def _insolvency_bars(self, procedure, kind):
        """The article by which no proceeding of this procedure may begin once
        insolvency proceedings of a kind (``cobranza.insolvency.kind``; empty: not
        known) of the debtor are open; empty where it is barred by no article, None: it
        may begin. Neutral, and the strict default: no execution may."""
        return "" if self._insolvency_suspends(procedure) else None

    def _later_debts_join(self, procedure):
        """The article by which debts that fall due after a claim was filed may be added
        to it in this procedure; empty: they may not, and are claimed in a suit of their
        own. Neutral, and the strict default: empty."""
        return ""

    def _negotiation_lacks(self, case, procedure, on):
        """[words] of what a negotiation still lacks before this procedure, which asks
        for one, may be filed on a day. Neutral: nothing."""
        return []

    def _negotiation_notes(self, negotiation):
        """[words] that stand under the statement of an attempt. Neutral: none."""
        return []

    def _sworn_notes(self):
        """[words] that stand under the statement that nobody knows where somebody is.
        Neutral: none."""
        return []

    def _negotiation_words(self, negotiation):
        """When a claim may be filed after a negotiation, in words; empty where the law
        asks for none, as here."""
        return ""

    # -- measures, judgments, what they bring ------------------------------------------

    def _asset_order(self, on):
        """``kernel.attachment.AssetOrder``: in which order the law attaches assets on a
        day. Neutral: none."""
        return AssetOrder()

    def _wage_rule(self, company, on, table):
        """``kernel.attachment.WageRule`` of a month, by the legal values of ``table``.
        MissingValue without them. Neutral: None, nobody knows what of wages may be
        attached."""
        return None

    def _measure_validity(self, measure, on):
        """Last day of what a register entered of a measure on a day; None, as here,
        where it has to be typed."""
        return None

    def _measure_duties(self, measure, on, table):
        """[(words, ``kernel.deadlines.Term``)] of what has to follow the order of a
        precautionary measure on a day, else it lapses. MissingValue without what they
        rest on. Neutral: none."""
        return []

    def _realisation_order(self, on):
        """(parts, article): in which order what a realisation brings goes to the
        ``kernel.judgment.Part``s, if the court's certificate says nothing else."""
        return PRINCIPAL_FIRST, ""

    def _judgment_interest(self, judgment, table):
        """``kernel.judgment.JudgmentTerms`` from the day of a judgment on. Neutral: no
        interest but the yearly rate that the judgment names, on the principal."""
        order, article = self._realisation_order(judgment.day)
        return JudgmentTerms(
            order=order, interest=self._named_interest(judgment), article=article
        )

    def _named_interest(self, judgment, **values):
        """The ``InterestTerms`` of the yearly rate that a judgment names itself; None
        if it names none."""
        rate = to_decimal(judgment.rate)
        if not rate:
            return None
        return InterestTerms(
            series=Series.flat(rate, "judgment"),
            day_count=values.pop("day_count", DayCount.ACT_365),
            article=self.env._("Rate of the judgment"),
            rounding_unit=unit(judgment.currency_id),
            **values,
        )

    def _judgment_terms(self, judgment, table):
        """{name: value} of the terms that a firm judgment opens, None where the law has
        none. Neutral: none.

        ``voluntary``: ``kernel.deadlines.Term`` that the debtor has to pay by itself;
        ``enforcement``: ``kernel.judgment.EnforcementTerm``; ``same_court``: that in
        which it may be asked for before the court that judged, where it is shorter;
        ``ceiling``: share of the sum that an enforcement asks for which may be added
        for its interest and costs.
        """
        return dict.fromkeys(("voluntary", "enforcement", "same_court", "ceiling"))

    # -- terms before courts -----------------------------------------------------------

    def _notice_rule(self, way, on, table):
        """``kernel.deadlines.NoticeRule`` of a notice served in a ``way``
        (``cobranza.notice.way``) on a day. MissingValue without what it rests on.
        Neutral: it counts on the day on which it was received."""
        return NoticeRule()

    def _grace_rule(self, on, table):
        """``kernel.deadlines.GraceRule`` by which the courts forgive what is filed
        after the last day. Neutral: None, they forgive nothing."""
        return None

    def _suspension_rule(self, on, table):
        """``kernel.deadlines.SuspensionRule``: how often and how long the parties may
        agree that terms do not run. Neutral: without limit."""
        return SuspensionRule()

    def _term_rolls(self, unit, must):
        """Whether a last day that does not work moves to the next one that does.
        Neutral: only where a term has to pass, so that nobody acts too late nor goes on
        too early."""
        return must is Must.ELAPSE

    def _has_local_holidays(self):
        """Whether municipalities have holidays of their own on which its courts rest.
        Neutral: yes, so that it is said where they are not known."""
        return True
