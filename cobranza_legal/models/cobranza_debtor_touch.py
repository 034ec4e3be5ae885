from odoo import api, models
from odoo.tools import SQL

from .cobranza_reason import SITUATIONS


class CobranzaDebtor(models.Model):
    """Who has to be looked at again by the next run."""

    _inherit = "cobranza.debtor"

    def write(self, vals):
        result = super().write(vals)
        watched = {*SITUATIONS, "regime", "active"}
        watched |= {"terms_informed_on", "terms_file_ids"}
        if watched & set(vals):
            self._touch()
        return result

    def _touch(self):
        """The next run looks at these debtors, whatever day it is."""
        if self:
            self._touch_where(SQL("id = ANY(%s)", self.ids))

    @api.model
    def _touch_where(self, condition):
        self.flush_model(["check_on"])
        self.env.cr.execute(
            SQL(
                "UPDATE cobranza_debtor SET check_on = NULL "
                "WHERE check_on IS NOT NULL AND %s",
                condition,
            )
        )
        self.invalidate_model(["check_on"], flush=False)

    @api.model
    def _touch_companies(self, companies):
        self._touch_where(SQL("company_id = ANY(%s)", companies.ids))

    @api.model
    def _touch_partners(self, partners):
        partners = partners.commercial_partner_id
        if not partners:
            return
        self._touch_where(SQL("partner_id = ANY(%s)", partners.ids))

    @api.model
    def _touch_uncharged(self):
        """Debtors with a charge that could not be made, when a value was loaded."""
        self._touch_where(
            SQL("id IN (SELECT debtor_id FROM cobranza_debt WHERE charge_pending)")
        )

    @api.model
    def _touch_policies(self, policies):
        self.env["cobranza.debt"].flush_model(["policy_id", "debtor_id"])
        self._touch_where(
            SQL(
                "id IN (SELECT debtor_id FROM cobranza_debt WHERE policy_id = ANY(%s))",
                policies.ids,
            )
        )
