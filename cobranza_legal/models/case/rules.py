from odoo import models
from odoo.tools import format_date


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
        return self.env._(
            "No power of %(company)s is in force on %(day)s: record who represents it.",
            company=proceeding.company_id.display_name,
            day=format_date(self.env, day),
        )

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
