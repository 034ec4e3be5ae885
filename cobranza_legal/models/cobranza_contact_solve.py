from odoo import models

from ..kernel.errors import KernelError
from .cobranza_contact_obstacle import WAITING
from .contact_limits import Limiter


class CobranzaContact(models.Model):
    """The screen that says why contacts wait, and the ways out that it offers."""

    _inherit = "cobranza.contact"

    def action_why_waits(self):
        """Everything that keeps these contacts from being made now."""
        wizard = self.env["cobranza.contact.why"]._of_contacts(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why it waits"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _next_slot(self):
        """The next permitted moment of this contact (UTC), False if there is none."""
        if self.state not in ("draft", "planned"):
            return False
        try:
            limiter = Limiter(self.company_id, self.debtor_id)
        except KernelError:  # a legal value is not known: another line says which
            return False
        arguments = (self.debtor_id.id, self.channel, limiter.now, self.id)
        slot, _waiting, _note = limiter.slot(*arguments)
        return slot or False

    def action_solve_mode(self):
        return self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_go_live"
        )

    def action_solve_debtor(self):
        return self.debtor_id.get_formview_action()

    def action_solve_recipient(self):
        recipient = self._current_recipient() or self.debtor_id
        return recipient.get_formview_action()

    def action_solve_text(self):
        return self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_text"
        )

    def action_solve_opt_out(self):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_opt_out"
        )
        return {**action, "domain": [("debtor_id", "=", self.debtor_id.id)]}


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def action_why_waits(self):
        """What stops the contacts of this debtor that have not been made."""
        contacts = self.contact_ids.filtered(lambda one: one.state in WAITING)
        return contacts.sorted("planned_at").action_why_waits()
