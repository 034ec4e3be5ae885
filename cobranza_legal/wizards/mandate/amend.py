from odoo import api, fields, models
from odoo.exceptions import UserError


class CobranzaMandateAmend(models.TransientModel):
    """What changes in a mandate that was signed."""

    _name = "cobranza.mandate.amend"
    _inherit = "cobranza.dialog.mixin"
    _description = "Change of a mandate"

    mandate_id = fields.Many2one("cobranza.mandate", required=True)
    holder_ids = fields.Many2many(related="mandate_id.holder_ids")
    reference = fields.Char(
        "New reference", compute="_compute_now", store=True, readonly=False
    )
    bank_account_id = fields.Many2one(
        "res.partner.bank",
        string="New account",
        domain="[('partner_id', 'in', holder_ids)]",
        compute="_compute_now",
        store=True,
        readonly=False,
    )
    creditor = fields.Boolean(
        "Our own data changed",
        help="Takes the creditor identifier and the name that the company has now.",
    )
    reason = fields.Char(required=True)

    @api.depends("mandate_id")
    def _compute_now(self):
        for dialog in self:
            dialog.reference = dialog.mandate_id.reference
            dialog.bank_account_id = dialog.mandate_id.bank_account_id

    def action_confirm(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give the reason."))
        self.mandate_id._amend(
            reason,
            reference=self.reference,
            account=self.bank_account_id,
            creditor=self.creditor,
        )
        return {"type": "ir.actions.act_window_close"}
