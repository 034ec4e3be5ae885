from odoo import api, models

from ...demo.residence import Residence


class CobranzaDemoEs(models.AbstractModel):
    """The student residence of the demo data."""

    _name = "cobranza.demo.es"
    _description = "Demo company of Spain"

    @api.model
    def _load(self):
        """The company, made once."""
        return Residence(self.env).build()
