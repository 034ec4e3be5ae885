from odoo import models
from odoo.exceptions import UserError

DEBTOR = "cobranza.debtor"


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _action_send_sms(self):
        """SMS to debtors are messages of their chatter, which are asked for and
        logged; in bulk they are planned."""
        if self.res_model == DEBTOR and self.composition_mode != "comment":
            raise UserError(
                self.env._(
                    "Debtors get an SMS one by one, or by a level of the policy."
                )
            )
        return super()._action_send_sms()


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        if self.model == DEBTOR:
            raise UserError(
                self.env._(
                    "Debtors get an e-mail one by one, or by a level of the policy."
                )
            )
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)
