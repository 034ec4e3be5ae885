from markupsafe import Markup

from odoo import api, models


class CobranzaText(models.Model):
    _inherit = "cobranza.text"

    @api.model
    def _merge_fields(self):
        return {
            **super()._merge_fields(),
            "register_warning": Markup("<p>ASNEF-Equifax</p>"),
        }
