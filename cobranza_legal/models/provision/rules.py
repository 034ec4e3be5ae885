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
