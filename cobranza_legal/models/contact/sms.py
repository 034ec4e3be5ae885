"""SMS of Odoo: their gate, and their delivery reports."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.history import as_house
from ..company.company import STAFF
from .written import ABOUT_DEBTS, DEBTOR, TOLD_KEY, Told, is_ours

KINDS = {"sms_expired": "expired"}
"""Kind of event of a delivery error; the others are bounces."""


class SmsSms(models.Model):
    """SMS that are made without a thread pass the same gate."""

    _inherit = "sms.sms"

    @api.model_create_multi
    def create(self, vals_list):
        asked = self.env.context.get(TOLD_KEY)
        contacts = self.env["cobranza.contact"]
        opened = []
        for vals in vals_list:
            message = self.env["mail.message"].sudo()
            message = message.browse(vals.get("mail_message_id") or ())
            through = isinstance(asked, Told) and message == asked.message
            if through or vals.get("state", "outgoing") != "outgoing":
                opened.append(contacts)
                continue
            told = self.env["res.partner"]._cobranza_reached(
                [vals["partner_id"]] if vals.get("partner_id") else [],
                numbers=[vals.get("number")],
            )
            if is_ours(message.model) and told:
                raise UserError(
                    self.env._("Debtors get an SMS from their own chatter only.")
                )
            if message.model and message.model not in ABOUT_DEBTS:
                opened.append(contacts)
                continue
            found = contacts._open_told(message.model, message.res_id, "sms", told)
            opened.append(found)
        texts = super().create(vals_list)
        for text, found in zip(texts, opened, strict=True):
            for contact in found:
                contact._was_texted(text)
        return texts


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


class SmsTracker(models.Model):
    """Delivery reports of our SMS."""

    _inherit = "sms.tracker"

    cobranza_contact_id = fields.Many2one(
        "cobranza.contact",
        string="Contact with a debtor",
        ondelete="cascade",
        index="btree_not_null",
        groups=STAFF,
        copy=False,
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
