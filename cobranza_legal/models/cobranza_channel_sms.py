import logging
from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.iap.tools.iap_tools import InsufficientCreditError

from ..kernel.message import plain_text
from .cobranza_channel_base import NotDelivered, SessionUnavailable
from .iap_fault import never_reached
from .phone_number import is_landline

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

    def _leaving(self, contact, payload):
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
        self._judge(answer, session)
        return self.env._("SMS provider")

    def _judge(self, answer, api):
        """Nothing when the provider took the message. ValueError when nobody knows."""
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
