from odoo import models

from odoo.addons.cobranza_legal.kernel.listing import ListingTerms

from .register import REGISTERS

MINIMUM = "es.register.minimum"
YEARS = "es.register.years"
BLOCK_DAYS = "es.register.block_days"
RAI_MINIMUM = "es.register.rai_minimum"


LAW = "LOPDGDD, art. 20.1"


ARTICLES = {
    "membership": "RGPD, art. 26; LOPDGDD, art. 20.2",
    "debt": f"{LAW}.b",
    "minimum": "LOPDGDD, disposición adicional 6.ª",
    "age": f"{LAW}.d",
    "dispute": f"{LAW}.b",
    "suit": f"{LAW}.b",
    "agreement": f"{LAW}.b",
    "privacy": "RGPD, arts. 17, 18 y 21",
    "warning": f"{LAW}.c",
    "demand": f"{LAW}.c; STS 945/2022",
}


class CobranzaRulesEs(models.AbstractModel):
    """Credit registers in Spain (LOPDGDD, art. 20 and DA 6)."""

    _inherit = "cobranza.rules.es"

    def _credit_registers(self):
        return tuple(row.code for row in REGISTERS)

    def _listing_terms(self, register, on, table):
        """The debtor was told of the register by name (20.1.c) and asked to pay, with
        reasonable proof of reception (STS 945/2022); the principal of *each* debt
        reaches 50 EUR (DA 6), for firms too: the strict reading. Five years from the
        due date (20.1.d); blocked for 30 days (20.1.c); what is paid is told the same
        day. RAI takes signed bills, notes and cheques of legal persons from banks."""
        row = next((one for one in REGISTERS if one.code == register), None)
        if row is None:
            return super()._listing_terms(register, on, table)
        least = RAI_MINIMUM if row.lenders else MINIMUM
        return ListingTerms(
            minimum=table.number_or_none(least, on),
            years=int(table.number(YEARS, on)),
            block_days=int(table.number(BLOCK_DAYS, on)),
            persons=row.persons,
            papers=row.papers,
            lenders=row.lenders,
            articles=ARTICLES,
        )
