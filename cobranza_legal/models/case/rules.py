from odoo import models

from ...kernel.deadlines import Must, NoticeRule, SuspensionRule


class CobranzaRules(models.AbstractModel):
    """What the law of a country says of debts that are with a lawyer."""

    _inherit = "cobranza.rules"

    def _case_stops_letters(self, regime):
        """Whether the ladder leaves debts of a debtor of this regime alone while they
        are in a case. Neutral, and the strict default: yes."""
        return True

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
