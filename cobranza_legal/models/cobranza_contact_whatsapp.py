from odoo import api, fields, models
from odoo.exceptions import LockError, UserError


class CobranzaContact(models.Model):
    """Contacts that a person makes by opening the chat."""

    _inherit = "cobranza.contact"

    channel_kind = fields.Char(string="Kind of channel", compute="_compute_class_kind")

    @api.depends("channel")
    def _compute_class_kind(self):
        for contact in self:
            contact.channel_kind = contact._channel_model()._class_kind

    def action_open_whatsapp(self):
        """Freeze the text and open the chat, if that is permitted at this minute."""
        self.ensure_one()
        self.check_access("write")
        self._expect("planned", "sending")
        self._lock_debtor()
        if self.state == "planned" and not self._recompute():
            return True  # nothing is left to claim: it is cancelled
        self._check_may_leave()
        now = fields.Datetime.now()
        warning = self._limit_warning(now)
        if warning:
            raise UserError(warning)
        values = {"sent_at": now, "user_id": self.env.uid}
        if self.state == "planned":
            values |= {"released": True, "waiting": False, "waiting_note": False}
            self._set_state("sending", **self._frozen_values(), **values)
        else:
            self._through_gate().write(values)
        url = self._channel_model()._link(self)
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def _lock_debtor(self):
        """Nobody else contacts the debtor until this transaction ends."""
        try:
            # whoever makes contacts may not change the debtor
            self.debtor_id.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            name = self.debtor_id.display_name
            raise UserError(
                self.env._("%s is being written to now: try again.", name)
            ) from error

    def action_whatsapp_sent(self):
        """It went out."""
        self.ensure_one()
        self.check_access("write")
        self._expect("sending")
        self._set_state("sent")
        self._add_events("accepted", self.env.user.name)
        # the task may have been given to somebody else
        self.activity_id.sudo().filtered("active").action_done()
        return True

    def action_whatsapp_not_sent(self):
        """The chat was closed without sending: it may be opened again."""
        self.ensure_one()
        self.check_access("write")
        self._expect("sending")
        reason = self.env._("Declared not sent by %s", self.env.user.name)
        self._set_state("failed", reason, sent_at=False)
        self._set_state("planned", content_hash=False)
        return True


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def action_whatsapp(self):
        """The message that is waiting to be sent, else one with the text of the
        debtor's level."""
        self.ensure_one()
        contact = self._waiting_contact("whatsapp", "planned", "sending")
        contact = contact or self.env["cobranza.contact"]._plan_extra(self, "whatsapp")
        if contact.state == "planned":
            contact._check_may_leave()
        return contact.get_formview_action()

    def _waiting_contact(self, channel, *states):
        domain = [("debtor_id", "=", self.id), ("channel", "=", channel)]
        domain += [("state", "in", states), ("direction", "=", "outbound")]
        return self.env["cobranza.contact"].search(domain, limit=1, order="planned_at")
