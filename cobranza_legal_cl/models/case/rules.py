import re

from odoo import models
from odoo.tools import format_date

ROL = re.compile(r"([A-Z])\s*-\s*0*([1-9]\d*)\s*-\s*(\d{4})", re.IGNORECASE)
"""Letter of the book, number, year."""


OUTSIDE_COURTS = ("notarial", "administrative")
"""Natures of procedures that have no ROL."""


class CobranzaRulesCl(models.AbstractModel):
    """Chile: how files of the courts are numbered, and who may act before them."""

    _inherit = "cobranza.rules.cl"

    def _docket_clean(self, docket, procedure):
        text = super()._docket_clean(docket, procedure)
        found = ROL.fullmatch(text)
        if not found:
            return text
        letter, number, year = found.groups()
        return f"{letter.upper()}-{number}-{year}"

    def _docket_problem(self, docket, procedure):
        """A ROL: letter, number and year."""
        if procedure and procedure.nature in OUTSIDE_COURTS:
            return ""
        if ROL.fullmatch(docket.strip()):
            return ""
        return self.env._(
            "“%s” is no ROL: write the letter, the number and the year, such as "
            "C-1234-2026.",
            docket,
        )

    def _power_problem(self, proceeding, day, lawyer):
        """Ley 18.120, arts. 1 y 2: without patrocinio and power a first writing counts
        as not presented."""
        if not lawyer or proceeding._powers_on(day):
            return ""
        return self.env._(
            "No patrocinio and power of %(company)s is in force on %(day)s (Ley "
            "18.120, arts. 1 and 2): record it.",
            company=proceeding.company_id.display_name,
            day=format_date(self.env, day),
        )
