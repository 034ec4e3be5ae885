from odoo import api, fields, models
from odoo.tools import format_date

from .figures import say_figures


class CobranzaCharge(models.Model):
    """How a charge was worked out, in the figures of whoever reads it.

    What is stored is evidence, with a decimal point, whatever the language.
    """

    _inherit = "cobranza.charge"

    formula_text = fields.Char(compute="_compute_figures", string="Calculation")
    rate_shown = fields.Char(compute="_compute_figures", string="Rate charged")

    @api.depends("formula", "rate_text")
    @api.depends_context("lang")
    def _compute_figures(self):
        for charge in self:
            charge.formula_text = say_figures(self.env, charge.formula)
            charge.rate_shown = say_figures(self.env, charge.rate_text)

    @api.model
    def _value_line(self, value):
        name = f"{value['code']}[{value['key']}]" if value["key"] else value["code"]
        number = say_figures(self.env, value["value"])
        origin = " · ".join(filter(None, (value.get("article"), value.get("source"))))
        line = f"{name} = {number} ({format_date(self.env, value['day'])})"
        return f"{line} · {origin}" if origin else line
