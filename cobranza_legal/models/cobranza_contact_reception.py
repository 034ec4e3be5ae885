from odoo import api, fields, models


class CobranzaContact(models.Model):
    """Whether the debtor received it, as the country judges its events."""

    _inherit = "cobranza.contact"

    received_on = fields.Date(compute="_compute_received_on")
    reception_note = fields.Char(compute="_compute_received_on", string="Reception")

    @api.depends(
        "event_ids",
        "sent_at",
        "state",
        "channel",
        "debtor_id.contract_address",
        "debtor_id.certified_email",
    )
    @api.depends_context("lang")
    def _compute_received_on(self):
        for company, contacts in self.grouped("company_id").items():
            sent = contacts.filtered(lambda one: one.state in ("sent", "in_doubt"))
            rules = company._cobranza_rules()
            found = rules._reception(sent) if sent else {}
            for contact in contacts:
                one = found.get(contact.id)
                contact.received_on = one.day if one else False
                contact.reception_note = one and rules._say_reception(one)
