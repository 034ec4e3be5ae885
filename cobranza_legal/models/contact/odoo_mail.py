"""What Odoo itself sends, which claims nothing and is not asked for."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..common.gate import GATE
from .written import DEBTOR

ODOO_TEMPLATES = frozenset(
    {
        "account.email_template_edi_credit_note",
        "account.email_template_edi_invoice",
        "account.email_template_edi_self_billing_credit_note",
        "account.email_template_edi_self_billing_invoice",
        "account.mail_template_data_payment_receipt",
        "account.mail_template_einvoice_notification",
        "account.mail_template_invoice_subscriber",
    }
)
"""Templates of Odoo about documents and partners that claim nothing."""


ODOO_METHODS = frozenset(
    {
        ("account.move.send", "_send_mail"),
        ("digest.digest", "_action_send_to_user"),
        ("mail.thread", "_message_track"),
        ("mail.thread", "_message_track_post_template"),
        ("mail.thread", "_routing_create_bounce_email"),
        ("portal.share", "action_send_mail"),
        ("res.users", "_action_reset_password"),
        ("res.users", "_notify_security_setting_update"),
    }
)
"""What Odoo itself sends to people outside about a document, or without a record."""


ODOO_KEY = "cobranza_odoo_sends"


def odoo_sends(records):
    """These records with the mark that what they send is Odoo's own."""
    return records.with_context(**{ODOO_KEY: GATE})


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _cobranza_is_odoo(self):
        """Whether this template of Odoo claims nothing."""
        return self.get_external_id().get(self.id) in ODOO_TEMPLATES

    def send_mail_batch(self, res_ids, *args, **kwargs):
        self.ensure_one()
        template = odoo_sends(self) if self._cobranza_is_odoo() else self
        return super(MailTemplate, template).send_mail_batch(res_ids, *args, **kwargs)


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

    def _action_send_mail(self, auto_commit=False):
        composers = self
        if all(one._cobranza_is_odoo() for one in self):
            composers = odoo_sends(self)
        sup = super(MailComposeMessage, composers)
        return sup._action_send_mail(auto_commit=auto_commit)

    def _cobranza_is_odoo(self):
        """Whether what is sent is a template of Odoo, with nothing changed in it."""
        # whoever writes need not read templates
        template = self.template_id.sudo()
        if not template or not template._cobranza_is_odoo():
            return False
        if self.composition_mode == "mass_mail":
            return html2plaintext(self.body or "") == html2plaintext(template.body_html)
        ids = self._evaluate_res_ids()
        made = template._generate_template(ids, ("body_html",))
        return all(
            html2plaintext(self.body or "") == html2plaintext(made[one]["body_html"])
            for one in ids
        )


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    def _send_mail(self, move, mail_template, **kwargs):
        return super()._send_mail(odoo_sends(move), mail_template, **kwargs)


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    def _action_send_to_user(self, *args, **kwargs):
        sup = super(DigestDigest, odoo_sends(self))
        return sup._action_send_to_user(*args, **kwargs)


class PortalShare(models.TransientModel):
    _inherit = "portal.share"

    def action_send_mail(self):
        return super(PortalShare, odoo_sends(self)).action_send_mail()


class ResUsers(models.Model):
    _inherit = "res.users"

    def _action_reset_password(self, *args, **kwargs):
        sup = super(ResUsers, odoo_sends(self))
        return sup._action_reset_password(*args, **kwargs)

    def _notify_security_setting_update(self, *args, **kwargs):
        sup = super(ResUsers, odoo_sends(self))
        return sup._notify_security_setting_update(*args, **kwargs)
