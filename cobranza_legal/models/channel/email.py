import base64
import logging
import re
import smtplib

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, email_split, formataddr

from .channel import NotDelivered, SessionUnavailable

_logger = logging.getLogger(__name__)


REFUSALS = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
)
"""The server said no: the message surely did not leave."""


PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,([A-Za-z0-9+/=\s]+)")


def addresses_of(partner):
    """The valid addresses of the e-mail field of ``partner``, which may hold several
    (``a@x.cl; b@x.cl``), each once and as Odoo normalizes them."""
    email = partner.email or ""
    # parsing an address is slow, and most are plain
    if email and email == partner.email_normalized:
        return [email]
    found = (email_normalize(one) for one in email_split(email.replace(";", ",")))
    return list(dict.fromkeys(one for one in found if one))


def missing_email(env, partner):
    """Message about an e-mail field without a valid address, with what it says."""
    if not partner.email:
        return env._("%s has no valid e-mail address.", partner.display_name)
    return env._(
        "%(person)s has no valid e-mail address: %(written)s",
        person=partner.display_name,
        written=partner.email,
    )


class CobranzaChannelEmail(models.AbstractModel):
    """E-mail handed over synchronously on an SMTP session of our own.

    Odoo's mail queue would send later, or twice: neither is lawful here.
    """

    _name = "cobranza.channel.email"
    _inherit = "cobranza.channel.base"
    _description = "E-mail"

    _abstract_channel = False
    _is_automatic = True
    _class_kind = "remote"
    _way = "email"
    _activity_xmlid = "mail.mail_activity_data_email"
    _needs_text = True

    def _address(self, partner):
        return next(iter(self._addresses(partner)), "")

    def _addresses(self, partner):
        return addresses_of(partner)

    def _missing_address(self, partner):
        return missing_email(self.env, partner)

    def _barred(self, addresses):
        # whoever plans may not read the blacklist
        blacklist = self.env["mail.blacklist"].sudo()
        return set(blacklist.search([("email", "in", addresses)]).mapped("email"))

    def _blacklisted(self, partners):
        addresses = {partner: self._addresses(partner) for partner in partners}
        barred = self._barred([one for own in addresses.values() for one in own])
        return partners.filtered(
            lambda partner: addresses[partner] and barred >= set(addresses[partner])
        )

    def _check_data(self, contacts):
        missing = super()._check_data(contacts)
        for company in contacts.company_id:
            if self._sender(company):
                continue
            note = self.env._(
                "%s has no sender address for collection e-mails (settings).",
                company.display_name,
            )
            own = [one.id for one in contacts if one.company_id == company]
            missing |= dict.fromkeys(own, note)
        return missing

    def _sender(self, company):
        if company.cobranza_email_from:
            return company.cobranza_email_from
        return formataddr((company.name, company.email)) if company.email else ""

    def _server(self, company):
        """The mail server, with the bounce and sender addresses of the company."""
        return self.env["ir.mail_server"].with_context(
            domain_bounce_address=company.bounce_email or None,
            domain_notifications_email=company.default_from_email or None,
        )

    def _open_session(self, company):
        """An SMTP session (None in test mode). SessionUnavailable with the reason."""
        try:
            return self._server(company)._connect__(smtp_from=self._sender(company))
        except (OSError, smtplib.SMTPException, UserError) as error:
            _logger.warning("Mail server of %s: %s", company.name, error)
            raise SessionUnavailable(str(error)) from error

    def _is_alive(self, session):
        """Whether the server still listens, asked before a message is at stake."""
        try:
            return session is None or session.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _close_session(self, session):
        try:
            if session:
                session.quit()
        except (OSError, smtplib.SMTPException):
            _logger.debug("The mail server had closed the session already.")

    def _payload(self, contact, values):
        company = contact.company_id
        server = self._server(company)
        attempt = values["attempt"]
        recipient = self.env["res.partner"].browse(values["recipient_id"])
        message = server._build_email__(
            email_from=self._sender(company),
            email_to=[formataddr((recipient.name, values["address"]))],
            subject=values["subject"],
            body=values["body"],
            reply_to=values["reply_to"],
            attachments=[
                (file["name"], file["raw"], file["mimetype"])
                for file in values.get("files", ())
            ],
            message_id=attempt,
            references=attempt,
            subtype="html",
            headers={"X-Odoo-Message-Id": attempt},
        )
        domain = attempt.strip("<>").rpartition("@")[2]
        for part in list(message.walk()):
            if part.get_content_type() == "text/html":
                inline_pictures(part, domain)  # mail clients show no data addresses
        return server, message

    def _deliver(self, payload, session):
        server, message = payload
        try:
            server.send_email(message, smtp_session=session)
        except AssertionError as error:  # no valid sender or recipient
            raise NotDelivered(str(error)) from error
        except Exception as error:
            # the server's answer is wrapped in a MailDeliveryException
            for cause in (error, error.__context__):
                if isinstance(cause, REFUSALS):
                    raise NotDelivered(str(cause)) from error
            raise
        return self.env._("Mail server")


def inline_pictures(part, domain):
    """Make every picture that the HTML of ``part`` holds a related part of its own."""
    pictures = []

    def take(found):
        name = f"picture{len(pictures) + 1}@{domain}"
        pictures.append((name, found[1], base64.b64decode(found[2])))
        return f"cid:{name}"

    html = PICTURE.sub(take, part.get_content())
    if not pictures:
        return
    part.set_content(html, subtype="html", charset="utf-8")
    for name, kind, content in pictures:
        part.add_related(content, "image", kind, cid=f"<{name}>", disposition="inline")
