from odoo import models


class CobranzaDebtor(models.Model):
    """What collectors write to the debtor from the chatter."""

    _inherit = "cobranza.debtor"

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        self._log_written(message)
        return message

    def _log_written(self, message):
        """A message of ours to people outside is a contact: it is logged, counts for
        the limits, and finds the answers to it."""
        comment = self.env.ref("mail.mt_comment")
        ours = self.env.user._is_internal() and message.message_type == "comment"
        if not ours or message.subtype_id != comment:
            return
        # who may write here may not read partners or make contacts
        told = message.sudo().notified_partner_ids.filtered("partner_share")
        if not told:
            return
        self.env["cobranza.contact"].sudo()._log(
            {
                "debtor_id": self.id,
                "channel": "email",
                "recipient_id": (told & self.sudo()._permitted_people() or told)[0].id,
                "address": ", ".join(told.mapped("email_formatted")),
                "subject": message.subject,
                "body": message.body,
                "attempt": message.message_id,
                "in_chatter": True,
                "sent_at": message.date,
                "planned_at": message.date,
                "user_id": self.env.uid,
            }
        )
