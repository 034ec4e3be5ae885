from odoo import models

ROLES = ("allowance", "charge", "release")
"""Accounts of the entry of a run."""
DOUBTFUL, SUED = "doubtful", "sued"
"""Accounts to which what is doubtful is moved at the end of a period."""


class CobranzaRules(models.AbstractModel):
    """What the law of a country says of allowances for bad debts."""

    _inherit = "cobranza.rules"

    def _provision_accounts(self):
        """{role: ``ChartAccount``}: *allowance*, *charge* (expense), *release* (income,
        or the expense again), *doubtful* and *sued* (receivables to which the balance
        is moved for the day of closing; without *sued* there is one for all). Neutral:
        none, the company chooses its accounts in the settings."""
        return {}

    def _provision_frees_tax(self):
        """Whether the tax of what is never paid may come back, so that a company may
        leave it out of the base. Neutral: no."""
        return False

    def _tax_facts(self):
        """What ``_tax_allowance`` asks of claims beside their own facts and those of
        their debtors: *contacts* (``contacted``, ``received``), *sales*
        (``last_sale_on``). Neutral: nothing."""
        return frozenset()

    def _tax_allowance(self, claims, on):
        """{key: kernel ``TaxVerdict``} of kernel ``TaxClaim`` of one company at the end
        of a period ``on``: what the tax on profits lets be deducted of the allowance
        for each, since when, why and what evidence is missing, in the context's
        language. A fixed number of queries. Neutral: nothing is known of any."""
        return {}

    def _tax_general(self, remaining, booked, on):
        """Kernel ``TaxGeneral`` of the day ``on``: what is deductible of what is
        ``booked`` for debts whose verdict is *general*, of which ``remaining`` is owed,
        in company currency. None: there is no such allowance, or the company has not
        chosen it. Neutral: None."""
        return None
