"""Phone numbers as machines need them.

What a failed request to a service tells of what the service has seen.
"""

import logging
import re
from dataclasses import dataclass
from urllib.parse import quote

import requests
import urllib3

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.iap.tools.iap_tools import InsufficientCreditError
from odoo.addons.phone_validation.tools import phone_validation

from ...kernel.message import plain_text
from .channel import NotDelivered, SessionUnavailable

_logger = logging.getLogger(__name__)


ROUTE = "/sms/status"


UUID = slice(1, 33)
"""Where a Message-ID of ours has the 32 hexadecimal digits that name the attempt."""


NO_ACCOUNT = frozenset({"sms_credit", "sms_acc"})


NOT_TAKEN = frozenset(
    {
        "incompatible_content",
        "registration_needed",
        "sms_country_not_supported",
        "sms_number_format",
        "sms_number_missing",
    }
)
"""Answers of a provider that has surely not taken the message, in Odoo's names."""


@dataclass(frozen=True, slots=True)
class SmsParcel:
    number: str
    text: str
    uuid: str


try:
    import phonenumbers
except ImportError:  # numbers have to be written in full then
    phonenumbers = None


E164 = re.compile(r"\+[1-9]\d{7,14}")


PUNCTUATION = re.compile(r"[\s()./-]")


def e164(partner):
    """The phone of ``partner`` in E.164 (+34600111222), read in its country or the
    company's; empty when it is none."""
    number = partner.phone and partner._phone_format(number=partner.phone)
    number = PUNCTUATION.sub("", number or "")
    return number if E164.fullmatch(number) else ""


def is_landline(number):
    """Whether an E.164 number surely gets no messages."""
    if not (phonenumbers and number):
        return False
    parsed = phone_validation.phone_parse(number, None)
    return phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE


def never_reached(error):
    """Whether the provider surely saw nothing: no connection was made, or it refused to
    answer before reading."""
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or error.__context__
    for one in seen:
        if isinstance(one, requests.exceptions.ConnectTimeout):
            return True
        if isinstance(one, urllib3.exceptions.NewConnectionError):
            return True
        reason = getattr(one.args[0], "reason", None) if one.args else None
        if isinstance(reason, urllib3.exceptions.NewConnectionError):
            return True
        if isinstance(one, requests.exceptions.HTTPError):
            return one.response.status_code in (401, 403, 404, 405, 429)
    return False


class CobranzaChannelPhone(models.AbstractModel):
    """Messages of plain text to a phone number."""

    _name = "cobranza.channel.phone"
    _inherit = "cobranza.channel.base"
    _description = "Message to a phone"

    _class_kind = "remote"
    _way = "sms"
    _is_plain = True
    _needs_text = True

    def _address(self, partner):
        return e164(partner)

    def _missing_address(self, partner):
        return self.env._(
            "%s has no valid mobile number (with its country, like +34 600 111 222).",
            partner.display_name,
        )

    def _blacklisted(self, partners):
        # whoever plans may not read the blacklist
        blacklist = self.env["phone.blacklist"].sudo()
        numbers = {partner: self._address(partner) for partner in partners}
        found = [("number", "in", [one for one in numbers.values() if one])]
        barred = set(blacklist.search(found).mapped("number"))
        return partners.filtered(lambda partner: numbers[partner] in barred)


class CobranzaChannelCall(models.AbstractModel):
    _name = "cobranza.channel.call"
    _inherit = "cobranza.channel.base"
    _description = "Phone call"

    _abstract_channel = False
    _class_kind = "voice"
    _way = "call"
    _activity_xmlid = "mail.mail_activity_data_call"
    _default_purpose = "call_script"
    _needs_text = True

    def _address(self, partner):
        return partner.phone

    def _missing_address(self, partner):
        return self.env._("%s has no phone number.", partner.display_name)

    def _task_summary(self, contact):
        return self.env._(
            "Call %(name)s, %(phone)s",
            name=contact.recipient_id.display_name,
            phone=contact.address,
        )


class CobranzaChannelSms(models.AbstractModel):
    """SMS handed to the provider that the company has in Odoo, one by one and at once.

    No ``sms.sms`` is made: what is never in Odoo's queue cannot leave from it later, or
    twice. An ``sms.tracker`` takes the delivery reports.
    """

    _name = "cobranza.channel.sms"
    _inherit = "cobranza.channel.phone"
    _description = "SMS"

    _abstract_channel = False
    _is_automatic = True
    _default_purpose = "sms_reminder"
    _on_screen = True
    _message_type = "sms"

    def _address(self, partner):
        number = super()._address(partner)
        return "" if is_landline(number) else number

    def _open_session(self, company):
        # settings of the provider are for administrators only
        company = company.sudo()
        try:
            api = company._get_sms_api_class()(company.env)
        except UserError as error:  # no service of that name
            raise SessionUnavailable(str(error)) from error
        api._set_company(company)
        return api

    def _payload(self, contact, values):
        text = plain_text(values["body"])
        return SmsParcel(values["address"], text, values["attempt"][UUID])

    def _before_delivery(self, contact, payload):
        """Reports may arrive before the answer: who listens is there beforehand."""
        trackers = self.env["sms.tracker"].sudo()
        trackers.create({"sms_uuid": payload.uuid, "cobranza_contact_id": contact.id})

    def _deliver(self, payload, session):
        number = {"number": payload.number, "uuid": payload.uuid}
        message = {"content": payload.text, "numbers": [number]}
        url = f"{self.env['sms.tracker'].get_base_url()}{ROUTE}"
        try:
            answers = session._send_sms_batch([message], delivery_reports_url=url)
        except InsufficientCreditError as error:
            raise SessionUnavailable(self._reasons()["sms_credit"]) from error
        except Exception as error:
            if never_reached(error):
                _logger.warning("SMS provider: %s", error)
                note = self.env._("The SMS provider cannot be reached.")
                raise SessionUnavailable(note) from error
            raise
        [answer] = [one for one in answers if one.get("uuid") == payload.uuid]
        self._interpret_answer(answer, session)
        return self.env._("SMS provider")

    def _interpret_answer(self, answer, api):
        """None when the provider took the message. NotDelivered or SessionUnavailable
        when it surely did not; ValueError when it is not known."""
        state = answer.get("state")
        if state in self.env["sms.sms"].IAP_TO_SMS_STATE_SUCCESS:
            return
        failure = api.PROVIDER_TO_SMS_FAILURE_TYPE.get(state, state)
        reason = self._reasons().get(failure, state)
        note = ": ".join(one for one in (reason, answer.get("failure_reason")) if one)
        if failure in NO_ACCOUNT:
            raise SessionUnavailable(note)
        if failure in NOT_TAKEN:
            raise NotDelivered(note)
        raise ValueError(note)

    def _reasons(self):
        """{failure as Odoo names it: what to tell people}. The provider's own words
        carry the key of the account."""
        return {
            "sms_credit": self.env._("There is no credit left at the SMS provider."),
            "sms_acc": self.env._("The SMS provider does not know this account."),
            "sms_server": self.env._("The SMS provider had a fault."),
            "sms_country_not_supported": self.env._(
                "The SMS provider does not serve this country."
            ),
            "registration_needed": self.env._(
                "This country asks senders of SMS to register first."
            ),
            "incompatible_content": self.env._(
                "The SMS provider does not accept this text."
            ),
            "sms_number_format": self.env._("The SMS provider refuses the number."),
            "sms_number_missing": self.env._("The SMS provider refuses the number."),
        }


class CobranzaChannelWhatsapp(models.AbstractModel):
    """Click to chat: a person sends the frozen text from the own WhatsApp."""

    _name = "cobranza.channel.whatsapp"
    _inherit = "cobranza.channel.phone"
    _description = "WhatsApp"

    _abstract_channel = False
    _on_screen = True

    def _task_summary(self, contact):
        return self.env._("Write by WhatsApp to %s", contact.recipient_id.display_name)

    def _link(self, contact):
        """Address that opens the chat with the words of ``contact`` ready to go."""
        words = quote(plain_text(contact.body or ""), safe="")
        return f"https://wa.me/{contact.address.lstrip('+')}?text={words}"
