from odoo import fields, models


class CobranzaDebt(models.Model):
    """The cases of a debt."""

    _inherit = "cobranza.debt"

    case_ids = fields.Many2many(
        "cobranza.case", "cobranza_case_debt_rel", string="Legal cases", readonly=True
    )
