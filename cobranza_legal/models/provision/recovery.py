from odoo import api, fields, models


class CobranzaWriteOffRecovery(models.Model):
    """Money that came for a debt after it was written off: it is income, and the debt
    stays written off."""

    _name = "cobranza.write.off.recovery"
    _inherit = "cobranza.gate.mixin"
    _description = "Recovery of a write-off"
    _order = "day desc, id desc"

    line_id = fields.Many2one(
        "cobranza.write.off.line",
        "Debt",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    debtor_id = fields.Many2one(related="line_id.debtor_id")
    day = fields.Date("Paid on", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(required=True, readonly=True)
    note = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", "Registered by", readonly=True)
    move_id = fields.Many2one(
        "account.move", "Entry", readonly=True, ondelete="restrict", index=True
    )
    counts = fields.Boolean(
        compute="_compute_counts",
        compute_sudo=True,
        help="Its entry is posted and was not reversed.",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "What is recovered is more than nothing."
    )

    @api.depends("day", "line_id")
    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.line_id.display_name}: {one.day}"

    @api.depends("move_id.state", "move_id.reversal_move_ids.state")
    def _compute_counts(self):
        for one in self:
            back = one.move_id.reversal_move_ids
            taken = any(entry.state == "posted" for entry in back)
            one.counts = one.move_id.state == "posted" and not taken
