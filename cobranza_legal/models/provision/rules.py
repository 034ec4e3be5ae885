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

    # -- relief of the tax of what is never paid ---------------------------------------

    def _vat_relief_law(self, company, on):
        """``kernel.vat_relief.ReliefLaw`` for this creditor on a day. MissingValue
        where a value of the law is not known. Neutral: None, there is no relief."""
        return None

    def _vat_relief_answer(self, company):
        """What the law of the country says of relief, in the user's words, with the
        article. Neutral: that none is known."""
        return self.env._("No relief of the tax of unpaid invoices is known here.")

    def _vat_relief_taxes(self, lines):
        """Those of these tax items whose tax may come back. Neutral: none."""
        return lines.browse()

    def _vat_relief_places(self, partners, ground):
        """{id of a partner: *outside* or *unknown*} of those that are not established
        where the tax is in force, or of whom it is not known. Neutral: nobody."""
        return {}
