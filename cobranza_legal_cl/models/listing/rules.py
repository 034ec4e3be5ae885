from odoo import models

from odoo.addons.cobranza_legal.kernel.listing import ListingTerms

from .register import ARTICLE_17, REGISTERS

YEARS = "cl.register.years"
TOLD_DAYS = "cl.register.told_days"


INSTRUMENTS = frozenset({"promissory_note", "bill_of_exchange", "cheque"})


ARTICLES = {
    "age": "Ley 19.628, art. 18",
    "debt": "Ley 19.628, arts. 17 y 18",
    "agreement": ARTICLE_17,
    "origin": ARTICLE_17,
    "consent": "Ley 19.628, arts. 4 y 17",
    "instrument": ARTICLE_17,
    "dispute": "Ley 19.628, art. 12",
    "privacy": "Ley 19.628, art. 12",
}


class CobranzaRulesCl(models.AbstractModel):
    """Commercial registers in Chile (Ley 19.628, arts. 17 to 19)."""

    _inherit = "cobranza.rules.cl"

    def _credit_registers(self):
        return tuple(row.code for row in REGISTERS)

    def _listing_terms(self, register, on, table):
        """No letter may warn of a register here (Ley 19.496 art. 37). Somebody says
        what the debt comes from, for much of it is never reported, nor what was agreed
        anew (art. 17); of natural persons what an instrument proves and they have
        agreed to in writing (arts. 4 and 17). Five years (art. 18); a payment is told
        within seven working days, Monday to Saturday (art. 19)."""
        if register not in self._credit_registers():
            return super()._listing_terms(register, on, table)
        return ListingTerms(
            years=int(table.number(YEARS, on)),
            told_days=int(table.number(TOLD_DAYS, on)),
            calendar=self._calendar("register", self.env["res.country.state"], on),
            warns=False,
            demands=False,
            consents=True,
            titles=INSTRUMENTS,
            states_origin=True,
            renegotiable=False,
            articles=ARTICLES,
        )
