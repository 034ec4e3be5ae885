from odoo import api, models

from .spain import REGION_OF


class CobranzaHoliday(models.Model):
    _inherit = "cobranza.holiday"

    @api.model
    def _region(self, state):
        """Holidays are set by autonomous communities, states are provinces."""
        if state.country_id.code == "ES":
            return REGION_OF.get(state.code, "")
        return super()._region(state)
