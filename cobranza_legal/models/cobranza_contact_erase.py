from odoo import fields, models
from odoo.fields import Command, Domain

from .cobranza_state_mixin import CONTEXT_KEY, GATE

GONE = (
    *("subject", "body", "courtesy", "address", "recipient_id", "outcome_note"),
    *("waiting_note", "origin", "attachment_id", "state_reason"),
)


class CobranzaContact(models.Model):
    """What is left of a contact when its time is over: hash, dates and reason."""

    _inherit = "cobranza.contact"

    def _erase(self, reason):
        """Remove text, recipient, address and files, and the copy in the chatter."""
        contacts = self.sudo()._through_gate()  # the engine or a manager decided
        events = contacts.event_ids._through_gate()
        files = contacts.attachment_id | events.attachment_id
        attempts = [one for one in contacts.mapped("attempt") if one]
        contacts.write(
            {
                **dict.fromkeys(GONE, False),
                "recipient_chosen": False,
                "recipient_ref": 0,
                "erased_on": fields.Datetime.now(),
                "erased_reason": reason,
            }
        )
        gone = dict.fromkeys(("note", "source", "origin", "attachment_id"), False)
        events.write(gone)
        self.env.flush_all()
        messages = self.env["mail.message"].sudo()
        messages.search([("message_id", "in", attempts)])._cobranza_erase()
        files._cobranza_erase()


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def _erase_matters(self, cutoff):
        """What was written about closed matters, and in the chatter, before a day."""
        gate = {CONTEXT_KEY: GATE}
        debtor = self.sudo().with_context(**gate)  # the engine or a manager decided
        files = debtor.dispute_ids.attachment_ids
        debtor.dispute_ids.write(
            {
                "description": False,
                "outcome": False,
                "attachment_ids": [Command.clear()],
            }
        )
        debtor.promise_ids.write({"note": False})
        debtor.hold_ids.write({"note": False})
        # one in force is still to be obeyed
        ended = debtor.opt_out_ids.filtered(lambda one: one.state == "ended")
        files |= ended.attachment_ids
        words = dict.fromkeys(("reason", "note", "address"), False)
        ended.write({**words, "attachment_ids": [Command.clear()]})
        own = Domain("debtor_id", "=", self.id) & Domain("moment", "<", cutoff)
        # who exported the log and why is about us, not about the debtor
        own &= Domain("res_model", "!=", self._name)
        history = debtor.env["cobranza.history"].search(own)
        history.write({"reason": False, "origin": False})
        said = [
            ("model", "=", self._name),
            ("res_id", "=", self.id),
            ("date", "<", cutoff),
        ]
        self.env.flush_all()
        debtor.env["mail.message"].search(said)._cobranza_erase()
        files._cobranza_erase()


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _cobranza_erase(self):
        files = self.attachment_ids
        self.with_context(**{CONTEXT_KEY: GATE}).unlink()
        files._cobranza_erase()


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _cobranza_erase(self):
        """Delete these files, except those that another contact keeps."""
        kept = self._cobranza_evidence()
        (self - kept).with_context(**{CONTEXT_KEY: GATE}).unlink()
