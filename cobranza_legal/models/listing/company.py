from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_cobranza_registers = fields.Boolean(
        "Registers", implied_group="cobranza_legal.group_registers"
    )
