from odoo import fields, models


class CobranzaPortalRevoke(models.TransientModel):
    _name = "cobranza.portal.revoke"
    _description = "Revoke the link of the debtor's page"

    debtor_id = fields.Many2one("cobranza.debtor", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.debtor_id.check_access("write")
        self.debtor_id._portal_revoke(self.reason)
        return {"type": "ir.actions.act_window_close"}


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def action_portal_open(self):
        """The debtor's page as the debtor sees it."""
        self.ensure_one()
        self.check_access("write")
        return {"type": "ir.actions.act_url", "url": self._portal_link()}

    def action_portal_revoke(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_portal_revoke"
        )
        return {**action, "context": {"default_debtor_id": self.id}}
