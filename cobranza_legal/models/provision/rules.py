from odoo import models

ROLES = ("allowance", "charge", "release")
"""Accounts of the entry of a run."""
DOUBTFUL, SUED = "doubtful", "sued"
"""Accounts to which what is doubtful is moved at the end of a period."""
LOSS, RECOVERY = "loss", "recovery"
"""Accounts of what is written off, and of what is paid of it after all."""


class CobranzaRules(models.AbstractModel):
    """What the law of a country says of allowances for bad debts."""

    _inherit = "cobranza.rules"

    def _provision_accounts(self):
        """{role: ``ChartAccount``}: *allowance*, *charge* (expense), *release* (income,
        or the expense again), *doubtful* and *sued* (receivables to which the balance
        is moved for the day of closing; without *sued* there is one for all), *loss*
        (expense of what is written off), *recovery* (income of what is paid of it after
        all). Neutral: none, the company chooses its accounts in the settings."""
        return {}

    def _provision_frees_tax(self):
        """Whether the tax of what is never paid may come back, so that a company may
        leave it out of the base. Neutral: no."""
        return False

    def _write_off_uses_allowance(self):
        """Whether what is written off is booked against its allowance and only the rest
        is a loss; else all of it is a loss and the allowance is released. Neutral: all
        of it is."""
        return False

    def _write_off_without_term(self):
        """Codes of ``cobranza.write.off.ground`` for which a debt need not be provided
        for in whole for a year before it is written off. Neutral: none."""
        return frozenset()

    def _write_off_evidence(self, debts, on):
        """{debt id: [words]} of what is not there on a day that the law asks for of
        debts, of one company, that are written off; it is said to whoever declares and
        approves. Debts that lack nothing are missing. Where the law tells by tiers,
        ``claims_of`` and ``cobranza.provision.tier`` say the same here as about the tax
        of a run. Neutral: nothing lacks."""
        return {}

    def _write_off_notes(self):
        """[words] in the certificate: by which law it is booked. Neutral: none."""
        return []

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

    def _vat_relief_notes(self, relief, raises):
        """[words] in the rectifying document of a ``cobranza.vat.relief``: by which law
        and why the base is changed, ``raises``: raised again; in the context's
        language. Neutral: none."""
        return []

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
