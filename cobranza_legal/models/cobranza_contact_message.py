from markupsafe import Markup, escape

from odoo import api, fields, models

from ..kernel.message import plain_text, sms_size


class CobranzaContact(models.Model):
    """Messages of plain text, and what their providers report."""

    _inherit = "cobranza.contact"

    message_size = fields.Char(compute="_compute_message_size", string="Size")

    @api.depends("preview")
    def _compute_message_size(self):
        """How many SMS are paid."""
        for contact in self:
            contact.message_size = False
            if contact.channel == "sms" and contact.preview:
                size = sms_size(plain_text(contact.preview))
                contact.message_size = self.env._(
                    "%(count)s SMS, %(length)s characters",
                    count=size.parts,
                    length=size.units,
                )

    def _render(self):
        """A channel of plain text gets the words alone, and they are what is kept."""
        values = super()._render()
        if values.get("body") and self._channel_model()._is_plain:
            lines = plain_text(values["body"]).split("\n")
            body = Markup("<br/>").join(escape(line) for line in lines)
            values = {**values, "subject": False, "body": Markup("<p>%s</p>") % body}
        return values

    def _report(self, kind, note=None):
        """The provider tells what became of these contacts; each kind counts once."""
        for contact in self:
            if kind in contact.event_ids.mapped("kind"):
                continue
            if contact.state in ("sending", "in_doubt"):  # now it is known
                contact._set_state("sent")
            sms = contact.channel == "sms"
            source = self.env._("SMS provider") if sms else self.env._("Mail server")
            contact._add_events(kind, source, note=note)
            if kind in ("bounced", "expired"):
                contact._alert(self.env._("A message was not delivered"), note)
