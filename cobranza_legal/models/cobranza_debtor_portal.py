from odoo import models


class CobranzaDebtor(models.Model):
    """The debtor's own page."""

    _inherit = "cobranza.debtor"

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for debtor in self:
            debtor.access_url = f"/my/collections/{debtor.id}"
        return result

    def _portal_link(self):
        """Absolute address of the debtor's page, with the token that opens it."""
        self.ensure_one()
        return self.get_base_url() + self.get_portal_url()
