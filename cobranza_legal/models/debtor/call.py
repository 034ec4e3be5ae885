from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from ...kernel.errors import KernelError
from ..common.limits import Limiter

PROMISE_DAYS = timedelta(days=7)
"""How far away the day is that a promise is offered."""


class CobranzaDebtor(models.Model):
    """Calls from the debtor's form: whether one is permitted now, and how it ended."""

    _inherit = "cobranza.debtor"

    call_warning = fields.Char(
        compute="_compute_call_warning", string="Why not to call at this moment"
    )

    @api.depends("partner_id", "contact_ids.state")
    @api.depends_context("lang")
    def _compute_call_warning(self):
        for debtor in self:
            debtor.call_warning = debtor._call_warning()

    def _planned_call(self):
        """The call that is planned first, if there is one."""
        return self.env["cobranza.contact"].search(
            [
                ("debtor_id", "=", self.id),
                ("channel", "=", "call"),
                ("state", "=", "planned"),
            ],
            order="planned_at, id",
            limit=1,
        )

    def _call_warning(self):
        """Why no call is permitted now, with the next moment at which it is."""
        self.ensure_one()
        now, planned = fields.Datetime.now(), self._planned_call().id or None
        warning = self._limit_warning("call", now, planned)
        if not warning:
            return False
        slot = self._next_call(now, planned)
        if not slot:
            return warning
        moment = format_datetime(self.env, slot, tz=self._tz(), dt_format="short")
        return self.env._(
            "%(warning)s The next permitted moment is %(moment)s in the debtor's time.",
            warning=warning,
            moment=moment,
        )

    def _next_call(self, now, planned):
        try:
            limiter = Limiter(self.company_id, self, now)
            slot, _waiting, _note = limiter.slot(self.id, "call", now, planned)
        except KernelError:  # the warning says what is not known
            return False
        return slot

    def action_call(self):
        """How a call to this debtor ended (``call_outcome`` of the context): written
        down at once, or in a dialog where more has to be known. A planned call is
        done by it."""
        self.ensure_one()
        self.check_access("write")
        outcome = self.env.context.get("call_outcome", "answered")
        values = {
            "contact_id": self._planned_call().id,
            "debtor_id": self.id,
            "outcome": outcome,
        }
        wizards = self.env["cobranza.contact.outcome"]
        if self.env["cobranza.outcome"]._is(outcome, "asks"):
            return self._ask_outcome(values)
        wizards.create(values).action_confirm()
        labels = dict(wizards._fields["outcome"]._description_selection(self.env))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Call written down: %s", labels[outcome]),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _ask_outcome(self, values):
        view = self.env.ref("cobranza_legal.cobranza_contact_outcome_view_small")
        defaults = {f"default_{name}": value for name, value in values.items()}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Outcome of the call"),
            "res_model": "cobranza.contact.outcome",
            "views": [[view.id, "form"]],
            "target": "new",
            "context": {**defaults, "default_promise_on": self._usual_promise_day()},
        }

    def _usual_promise_day(self):
        """A week from now, on a working day."""
        company = self.company_id
        day = company._cobranza_today() + PROMISE_DAYS
        rules, state = company._cobranza_rules(), self.partner_id.state_id
        try:
            return rules._calendar("contact", state, day).next_working(day)
        except KernelError:  # the holidays of that year are not known
            return day
