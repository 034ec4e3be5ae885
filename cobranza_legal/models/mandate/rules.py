from typing import NamedTuple

from odoo import models

from ...kernel.debit import DebitTerms


class CreditorForm(NamedTuple):
    """How the creditor identifier of a company is made: of which country, of how many
    characters (None: nobody says), of which tax number (empty: of none)."""

    country: str = ""
    length: int | None = None
    national: str = ""


class CobranzaRules(models.AbstractModel):
    """What the law of a country says of direct debits."""

    _inherit = "cobranza.rules"

    def _mandate_schemes(self, on, table):
        """The ``kernel.mandate.Scheme`` in which a company may debit accounts on a day,
        that which is proposed first. ``table``: the ``LegalTable`` of that day; a value
        that lacks raises MissingValue. Neutral: none."""
        return ()

    def _creditor_form(self, company):
        """``CreditorForm`` of the identifier of a company. Neutral: only its check
        digits are looked at."""
        return CreditorForm()

    def _debit_terms(self, scheme, on, table):
        """``kernel.debit.DebitTerms`` of the code of a scheme on a day; ``table`` as
        for ``_mandate_schemes``. Neutral: nobody says how long banks take."""
        return DebitTerms(target=False)
