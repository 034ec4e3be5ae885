from datetime import timedelta

from odoo import api, fields, models

from ..kernel.errors import KernelError
from ..models.contact_limits import Limiter
from ..models.kernel_words import say_error

UNREACHED = {"no_answer", "voicemail", "third_party"}
"""Outcomes after which one usually calls again."""


class CobranzaContactOutcome(models.TransientModel):
    """Call again, when it is permitted."""

    _inherit = "cobranza.contact.outcome"

    call_again = fields.Boolean(
        string="Call again", compute="_compute_call_again", store=True, readonly=False
    )
    again_from = fields.Datetime(
        string="Not before",
        compute="_compute_again_from",
        store=True,
        readonly=False,
    )
    again_at = fields.Datetime(string="Next call", compute="_compute_again_at")
    again_note = fields.Char(
        string="Why there is no next call", compute="_compute_again_at"
    )

    @api.depends("outcome")
    def _compute_call_again(self):
        for wizard in self:
            wizard.call_again = wizard.outcome in UNREACHED

    @api.depends("made_at")
    def _compute_again_from(self):
        for wizard in self:
            wizard.again_from = wizard.made_at and wizard.made_at + timedelta(days=1)

    @api.depends("contact_id", "made_at", "again_from", "call_again")
    def _compute_again_at(self):
        for wizard in self:
            wizard.again_at = wizard.again_note = False
            contact = wizard.contact_id
            if contact and wizard.call_again and wizard.made_at and wizard.again_from:
                slot, note = wizard._again_slot()
                wizard.again_at, wizard.again_note = slot, note

    def _again_slot(self):
        """(first permitted moment after this call, why there is none)."""
        contact, debtor = self.contact_id, self.debtor_id
        try:
            limiter = Limiter(contact.company_id, debtor)
            made = limiter.local(debtor.id, self.made_at)
            limiter.count(debtor.id, contact.channel, made, contact.id)
            asked = max(self.again_from, limiter.now)
            slot, _waiting, note = limiter.slot(debtor.id, contact.channel, asked)
        except KernelError as error:
            return False, say_error(self.env, error)
        return slot, note

    def action_confirm(self):
        result = super().action_confirm()
        if self.call_again and self.outcome not in ("wrong_number", "will_pay"):
            asked = max(self.again_from or self.made_at, fields.Datetime.now())
            self.contact_id._plan_again(asked)
        return result
