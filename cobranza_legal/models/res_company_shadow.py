from odoo import fields, models

from .res_company import INTERNAL


class ResCompany(models.Model):
    """Since when the company only proposes."""

    _inherit = "res.company"

    cobranza_proposal_on = fields.Date(
        string="In proposal mode since", readonly=True, groups=INTERNAL
    )

    def _cobranza_switch(self, mode):
        if mode == "proposal" and self.cobranza_mode != "proposal":
            # a collection manager need not be an administrator of companies
            self.sudo().cobranza_proposal_on = self._cobranza_today()
        return super()._cobranza_switch(mode)

    def _cobranza_shadow_start(self):
        """The first day of the present time in proposal mode; a new company's is that
        of its first run."""
        self.ensure_one()
        company = self.sudo()  # the run may be started by any manager
        if not company.cobranza_proposal_on:
            company.cobranza_proposal_on = self._cobranza_today()
        return company.cobranza_proposal_on
