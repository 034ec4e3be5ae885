from odoo import fields, models

from .request_origin import as_house
from .res_company import STAFF

KINDS = {"sms_expired": "expired"}
"""Kind of event of a delivery error; the others are bounces."""


class SmsTracker(models.Model):
    """Delivery reports of our SMS."""

    _inherit = "sms.tracker"

    cobranza_contact_id = fields.Many2one(
        "cobranza.contact",
        string="Contact with a debtor",
        ondelete="cascade",
        index="btree_not_null",
        groups=STAFF,
    )

    def _action_update_from_sms_state(
        self, sms_state, failure_type=False, failure_reason=False
    ):
        result = super()._action_update_from_sms_state(
            sms_state, failure_type, failure_reason
        )
        # whoever sends or hears of the SMS need not read contacts
        contacts = as_house(self).cobranza_contact_id
        written = contacts.filtered("in_chatter")
        if written and sms_state in ("process", "pending", "sent"):
            written._has_left()
        if sms_state == "sent":
            contacts._report("delivered")
        elif sms_state == "error":
            self._report_error(failure_type, failure_reason)
        return result

    def _action_update_from_provider_error(self, provider_error):
        result = super()._action_update_from_provider_error(provider_error)
        _status, failure, reason = result
        self._report_error(failure, reason)
        return result

    def _report_error(self, failure, reason):
        labels = dict(
            self.env["mail.notification"]
            ._fields["failure_type"]
            ._description_selection(self.env)
        )
        words = [labels.get(failure) if failure != "unknown" else None, reason]
        note = ": ".join(one for one in words if one) or failure
        # as above
        contacts = as_house(self).cobranza_contact_id
        for contact in contacts.filtered("in_chatter"):
            if contact.state == "sending":
                contact._end_failed(note)
                return
        contacts._report(KINDS.get(failure, "bounced"), note)
