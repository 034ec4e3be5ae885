from odoo import models

from .request_origin import as_house


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        """What becomes of the messages to debtors becomes of their contacts. E-mails
        are marked as failed before they leave: their failures are told afterwards."""
        result = super().write(vals)
        if "notification_status" in vals:
            told = self.filtered(
                lambda one: (
                    one.notification_status != "exception"
                    or one.notification_type == "sms"
                )
            )
            # mail servers and providers run as anybody
            as_house(told).mail_message_id._follow_debtors()
        return result


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _follow_debtors(self):
        messages = self.filtered(lambda one: one.model == "cobranza.debtor")
        ids = [one for one in messages.mapped("message_id") if one]
        self.env["cobranza.contact"]._of_message_ids(ids)._follow_notifications()


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, **kwargs):
        messages = as_house(self).mail_message_id
        result = super()._postprocess_sent_message(
            success_pids, success_emails, **kwargs
        )
        messages.exists()._follow_debtors()  # mails take some with them
        return result
