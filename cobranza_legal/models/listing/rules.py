from odoo import models

from .facts import ListingReader


class CobranzaRules(models.AbstractModel):
    """What the law of a country says of credit registers."""

    _inherit = "cobranza.rules"

    def _credit_registers(self):
        """Codes of ``cobranza.register`` to which a company may report. Neutral: none,
        so that nothing is ever reported where nobody knows the law."""
        return ()

    def _listing_terms(self, register, on, table):
        """``kernel.listing.ListingTerms`` of the code of a register on a day; None for
        one that is not of this country. ``table``: the ``LegalTable`` of that day; a
        value that lacks raises MissingValue. Neutral: None."""
        return None

    def _listing_blockers(self, listings, on):
        """{listing id: ``facts.Judged``} of listings of one company: every guard of the
        law on a day, with what it was judged by. A fixed number of queries;
        MissingValue where a legal value lacks. Countries say their law in
        ``_listing_terms``; what is no term of a register they add here."""
        return ListingReader(self.env, self, on).judge(listings)
