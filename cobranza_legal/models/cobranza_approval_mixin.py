from odoo import api, fields, models
from odoo.exceptions import UserError


class CobranzaApprovalMixin(models.AbstractModel):
    """One way to ask for approval. The record needs company and debtor."""

    _name = "cobranza.approval.mixin"
    _description = "Record that asks for approval"

    approval_ids = fields.One2many(
        "cobranza.approval",
        "res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        string="Approvals",
    )
    approval_pending = fields.Boolean(compute="_compute_approval_pending")

    @api.depends("approval_ids.state")
    def _compute_approval_pending(self):
        asked = self.env["cobranza.approval"]._read_group(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("state", "=", "asked"),
            ],
            ["res_id"],
        )
        pending = {record_id for (record_id,) in asked}
        for record in self:
            record.approval_pending = record.id in pending

    def _ask_approval(self, kind, reason, amount=0, currency=None):
        """A request of the present user; UserError while another one waits."""
        self.ensure_one()
        if self.approval_pending:
            raise UserError(
                self.env._(
                    "Approval for %s is being asked for already. Wait for the answer.",
                    self.display_name,
                )
            )
        # sudo: requests are made through this method only
        approvals = self.env["cobranza.approval"].sudo()
        approval = approvals.create(
            {
                "company_id": self.company_id.id,
                "debtor_id": self.debtor_id.id,
                "res_model": self._name,
                "res_id": self.id,
                "kind": kind,
                "subject": self.display_name,
                "amount": amount,
                "currency_id": currency and currency.id,
                "reason": reason,
                "asked_by_id": self.env.user.id,
                "asked_on": fields.Datetime.now(),
            }
        )
        return approval.sudo(self.env.su)

    def _cancel_approvals(self, reason):
        """What was asked for is no longer needed."""
        pending = self.sudo().approval_ids.filtered(lambda one: one.state == "asked")
        pending._set_state("cancelled", reason)

    def _on_answer(self, approval):
        """Hook: do what was approved, or nothing when it was refused."""
