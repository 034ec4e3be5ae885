from odoo import models

from .cobranza_contact_chatter import ABOUT_DEBTS
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
        """Contacts may have been written from other records than debtors, too."""
        known = {"cobranza.debtor", False, *ABOUT_DEBTS}
        messages = self.filtered(lambda one: one.model in known)
        ids = [one for one in messages.mapped("message_id") if one]
        contacts = self.env["cobranza.contact"]._of_message_ids(ids)
        contacts._follow_notifications()


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, **kwargs):
        messages = as_house(self).mail_message_id
        # mails that notify nobody take their message with them
        lone = messages.filtered(
            lambda one: not one.notification_ids and one.model != "cobranza.debtor"
        )
        ids = [one for one in lone.mapped("message_id") if one]
        result = super()._postprocess_sent_message(
            success_pids, success_emails, **kwargs
        )
        failure = kwargs.get("failure_reason") or kwargs.get("failure_type")
        contacts = self.env["cobranza.contact"]._of_message_ids(ids)
        contacts._follow_mail(success_pids or success_emails, failure)
        messages.exists()._follow_debtors()  # mails take some with them
        return result
