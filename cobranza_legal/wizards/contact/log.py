from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.rows import Row


class CobranzaContactLog(models.TransientModel):
    """A contact that nobody had planned, written down by hand."""

    _name = "cobranza.contact.log"
    _inherit = "cobranza.dialog.mixin"
    _description = "Log a contact"

    debtor_id = fields.Many2one("cobranza.debtor", required=True)
    direction = fields.Selection(
        [("outbound", "To the debtor"), ("inbound", "From the debtor")],
        default="inbound",
        required=True,
    )
    channel = Row("cobranza.channel", required=True, default="call")
    made_at = fields.Datetime(
        string="When", required=True, default=lambda self: fields.Datetime.now()
    )
    recipient_id = fields.Many2one(
        "res.partner",
        string="With whom",
        compute="_compute_recipient",
        store=True,
        readonly=False,
    )
    step_id = fields.Many2one(
        "cobranza.contact",
        string="Belongs to",
        domain="[('debtor_id', '=', debtor_id), ('state', '=', 'sent')]",
        help="The contact of which this is a copy, an extra call or the answer.",
    )
    confidential = fields.Boolean(
        compute="_compute_confidential",
        store=True,
        readonly=False,
        help="Offers, answers and talks of a negotiation before a lawsuit: no paper "
        "for a court shows them.",
    )
    is_spoken = fields.Boolean(compute="_compute_is_spoken")
    outcome = Row("cobranza.outcome")
    note = fields.Text(required=True)
    warning = fields.Char(compute="_compute_warning")

    @api.depends("debtor_id")
    def _compute_recipient(self):
        for wizard in self:
            wizard.recipient_id = wizard.debtor_id and wizard.debtor_id._recipient()

    @api.depends("step_id")
    def _compute_confidential(self):
        for wizard in self:
            secret = wizard.step_id._answers_are_confidential()
            wizard.confidential = secret or wizard.confidential

    @api.depends("channel")
    def _compute_is_spoken(self):
        channels = self.env["cobranza.channel"]
        for wizard in self:
            row = channels._row(wizard.channel)
            wizard.is_spoken = row and row._class_kind == "voice"

    @api.depends("debtor_id", "direction", "channel", "made_at")
    def _compute_warning(self):
        for wizard in self:
            wizard.warning = False
            if wizard.debtor_id and wizard.direction == "outbound" and wizard.made_at:
                wizard.warning = wizard.debtor_id._limit_warning(
                    wizard.channel, wizard.made_at
                )

    def action_confirm(self):
        self.ensure_one()
        if self.made_at > fields.Datetime.now():
            raise UserError(self.env._("The contact lies in the future."))
        contact = self.env["cobranza.contact"]._log(
            {
                "debtor_id": self.debtor_id.id,
                "direction": self.direction,
                "channel": self.channel,
                "sent_at": self.made_at,
                "planned_at": self.made_at,
                "recipient_id": self.recipient_id.id,
                "step_id": self.step_id.id,
                "confidential": self.confidential,
                "outcome": self.outcome,
                "outcome_note": self.note,
                "user_id": self.env.uid,
            }
        )
        outcome = self.env["cobranza.outcome"]._row(self.outcome)
        event = outcome and outcome.event
        if event and self.direction == "outbound":
            contact._add_events(event, self.env.user.name, self.made_at)
        return {"type": "ir.actions.act_window_close"}
