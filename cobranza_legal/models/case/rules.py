from dataclasses import dataclass

from odoo import models

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

    def _negotiation_words(self, negotiation):
        """When a claim may be filed after a negotiation, in words; empty where the law
        asks for none, as here."""
        return ""
