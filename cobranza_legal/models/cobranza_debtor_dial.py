from odoo import api, fields, models


class CobranzaDebtor(models.Model):
    """Numbers that are called with a click."""

    _inherit = "cobranza.debtor"

    dial = fields.Char(string="Phone to call", compute="_compute_dial")
    partner_phone = fields.Char(string="Phone", related="partner_id.phone")

    @api.depends("partner_id.phone", "dunning_contact_id", "invoice_contact_id")
    def _compute_dial(self):
        for debtor in self:
            debtor.dial = debtor._recipient().phone
