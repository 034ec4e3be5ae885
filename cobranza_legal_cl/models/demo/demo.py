from odoo import api, models

from ...demo.wholesaler import Wholesaler


class CobranzaDemoCl(models.AbstractModel):
    """The wholesaler of the demo data."""

    _name = "cobranza.demo.cl"
    _description = "Demo company of Chile"

    @api.model
    def _load(self):
        """The company, made once."""
        return Wholesaler(self.env).build()
