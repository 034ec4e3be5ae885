from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_cobranza_agencies = fields.Boolean(
        "Collection agencies", implied_group="cobranza_legal.group_agencies"
    )
