from odoo import models


class CobranzaContact(models.Model):
    _inherit = "cobranza.contact"

    def _on_events(self, events):
        result = super()._on_events(events)
        self.env["cobranza.charge"]._reassess(self)
        return result
