from odoo import api, fields, models
from odoo.tools import html2plaintext
from odoo.tools.mail import unfold_references


class CobranzaContact(models.Model):
    """What comes back from debtors by e-mail."""

    _inherit = "cobranza.contact"

    @api.model
    def _of_message_ids(self, message_ids):
        """Contacts that left under these Message-IDs."""
        ids = [one.strip() for one in message_ids]
        # the mail gateway may run as any user
        return self.sudo().search([("attempt", "in", ids)]) if ids else self.browse()

    @api.model
    def _receive_bounce(self, message_ids, body):
        contacts = self._of_message_ids(message_ids)
        contacts = contacts.filtered(
            lambda one: "bounced" not in one.event_ids.mapped("kind")
        )
        if not contacts:
            return
        note = html2plaintext(body or "")[:2000]
        contacts._add_events("bounced", self.env._("Mail server"), note=note)
        contacts._alert(self.env._("An e-mail came back"), note)

    def _receive_answer(self, message):
        """The debtor answered one of these contacts: log it, tell the responsible."""
        for contact in self:
            contact._add_events("answered", message.get("email_from"))
            contact._log(
                {
                    "debtor_id": contact.debtor_id.id,
                    "channel": contact.channel,
                    "direction": "inbound",
                    "step_id": contact.id,
                    "subject": message.get("subject"),
                    "body": message.get("body"),
                    "address": message.get("email_from"),
                    "sent_at": fields.Datetime.now(),
                }
            )
            note = html2plaintext(message.get("body") or "")[:500]
            contact._alert(self.env._("The debtor answered"), note)

    @api.model
    def _log(self, vals):
        """A contact that a person made or received without a plan."""
        debtor = self.env["cobranza.debtor"].browse(vals["debtor_id"])
        values = {
            "company_id": debtor.company_id.id,
            "currency_id": debtor.currency_id.id,
            "state": "sent",
            "recipient_id": debtor._recipient().id,
            **vals,
        }
        contact = self._through_gate().create(values).with_env(self.env)
        debtor._touch()
        return contact


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def message_update(self, msg_dict, update_vals=None):
        """An e-mail arrived in this chatter."""
        result = super().message_update(msg_dict, update_vals)
        if not self.env.su:  # the gateway is superuser; anybody can call this
            return result
        references = f"{msg_dict.get('references')} {msg_dict.get('in_reply_to')}"
        contacts = self.env["cobranza.contact"]._of_message_ids(
            unfold_references(references)
        )
        contacts.filtered(lambda one: one.debtor_id in self)._receive_answer(msg_dict)
        return result
