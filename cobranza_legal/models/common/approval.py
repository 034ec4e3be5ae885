import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...kernel.lifecycle import Lifecycle

_logger = logging.getLogger(__name__)


APPROVAL = Lifecycle(
    "approval", "asked", {"asked": frozenset({"approved", "refused", "cancelled"})}
)


GROUP = "cobranza_legal.group_approver"


class CobranzaApproval(models.Model):
    """A request for approval and its answer; kept for ever, one list for all kinds."""

    _name = "cobranza.approval"
    _inherit = "cobranza.state.mixin"
    _description = "Approval"
    _order = "asked_on desc, id desc"
    _lifecycle = APPROVAL

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, ondelete="restrict", index=True
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    kind = fields.Selection([("waive", "Waive a charge")], required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    reason = fields.Char(required=True, readonly=True, string="Asked because")
    state = fields.Selection(
        [
            ("asked", "Asked"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        default="asked",
        required=True,
        readonly=True,
    )
    asked_by_id = fields.Many2one("res.users", required=True, readonly=True)
    asked_on = fields.Datetime(required=True, readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)
    answered_on = fields.Datetime(readonly=True)
    answer = fields.Char(readonly=True)
    alone = fields.Boolean(
        readonly=True, help="Who asked also approved, alone and with a reason."
    )

    _pending_uniq = models.UniqueIndex(
        "(res_model, res_id, kind) WHERE state = 'asked'",
        "This approval is being asked for already.",
    )

    @api.depends("subject", "kind")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for approval in self:
            approval.display_name = f"{labels[approval.kind]}: {approval.subject}"

    def write(self, vals):
        if not self._is_through_gate():
            raise UserError(self.env._("An approval is never changed, only answered."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An approval is kept as evidence."))

    @api.model
    def _approvers(self, company):
        """Active people who may approve for the company."""
        group = self.env.ref(GROUP).sudo()  # who asks may not read the users' groups
        return group.all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )

    def _is_strict(self):
        """Two persons are needed: two hold the right and nobody allowed one alone."""
        self.ensure_one()
        company = self.company_id.sudo()
        return not company.cobranza_approve_alone and len(self._approvers(company)) > 1

    def _answer(self, approved, reason=None):
        """Approve or refuse as the present user, then let the record act on it.

        AccessError without the right; UserError for one's own request under two
        persons, and for an approval alone without a reason.
        """
        for approval in self:
            alone = approval._check_answer(approved, reason)
            # sudo: approvers write through this method only
            approval.sudo()._set_state(
                "approved" if approved else "refused",
                reason,
                answered_by_id=self.env.user.id,
                answered_on=fields.Datetime.now(),
                answer=reason,
                alone=alone,
            )
            if alone:
                approval._report_alone(reason)
            record = self.env[approval.res_model].browse(approval.res_id)
            record._on_answer(approval)

    def _check_answer(self, approved, reason):
        """Whether the approval is given alone; raises if it may not be given."""
        self.ensure_one()
        user = self.env.user
        self.check_access("read")
        if not user.has_group(GROUP):
            raise AccessError(
                self.env._("Only approvers answer “%s”.", self.display_name)
            )
        alone = approved and self.asked_by_id == user
        if alone and self._is_strict():
            raise UserError(
                self.env._(
                    "You asked for “%(approval)s”: another approver (%(names)s) has to "
                    "approve it.",
                    approval=self.display_name,
                    names=", ".join(
                        (self._approvers(self.company_id) - user).mapped("name")
                    ),
                )
            )
        if alone and not (reason or "").strip():
            raise UserError(
                self.env._("Give the reason why “%s” is approved alone.", self.subject)
            )
        return alone

    def _report_alone(self, reason):
        _logger.warning(
            "%s approved alone by %s: %s", self, self.env.user.login, reason
        )
        note = self.env._(
            "“%(approval)s” was asked for and approved by the same person: %(reason)s",
            approval=self.display_name,
            reason=reason,
        )
        # sudo: an approver need not be a collector to leave this note
        self.debtor_id.sudo().message_post(body=note)

    def action_answer(self):
        self.ensure_one()
        return self.env["cobranza.reason"]._ask("approve", self)

    def action_open_record(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).get_formview_action()


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
