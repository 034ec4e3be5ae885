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
        env, gone = debtor.env, self._domains_of_closed(cutoff)
        disputes = env["cobranza.dispute"].search(gone["cobranza.dispute"])
        files = disputes.attachment_ids
        emptied = {"attachment_ids": [Command.clear()]}
        disputes.write({"description": False, "outcome": False, **emptied})
        for name in ("cobranza.promise", "cobranza.hold"):
            env[name].search(gone[name]).write({"note": False})
        ended = env["cobranza.opt.out"].search(gone["cobranza.opt.out"])
        files |= ended.attachment_ids
        words = dict.fromkeys(("reason", "note", "address"), False)
        ended.write({**words, **emptied})
        # a file of another matter stays
        files -= debtor.dispute_ids.attachment_ids | debtor.opt_out_ids.attachment_ids
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

    def _domains_of_closed(self, cutoff):
        """{model: domain} of the matters of this debtor that were over before a day.
        What is open is still to be obeyed, whatever its age."""
        own = Domain("debtor_id", "=", self.id) & Domain("state", "!=", "open")
        closed = own & Domain("closed_on", "<", cutoff)
        lifted = Domain("state", "=", "released") & Domain("released_on", "<", cutoff)
        expired = Domain("state", "=", "expired") & Domain("date_to", "<", cutoff)
        # the day of an end that was not written down is that of the last change
        ended = Domain("until", "<", cutoff)
        ended |= Domain("until", "=", False) & Domain("write_date", "<", cutoff)
        return {
            "cobranza.dispute": closed,
            "cobranza.promise": closed,
            "cobranza.hold": own & (lifted | expired),
            "cobranza.opt.out": own & ended,
        }


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
