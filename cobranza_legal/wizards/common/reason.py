from odoo import api, fields, models


class CobranzaApprovalAnswer(models.TransientModel):
    _name = "cobranza.approval.answer"
    _description = "Answer a request for approval"

    approval_id = fields.Many2one("cobranza.approval", required=True)
    asked_because = fields.Char(related="approval_id.reason")
    alone = fields.Boolean(compute="_compute_alone")
    reason = fields.Char()

    @api.depends("approval_id")
    def _compute_alone(self):
        for wizard in self:
            wizard.alone = wizard.approval_id.asked_by_id == self.env.user

    def action_approve(self):
        self.approval_id._answer(True, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_refuse(self):
        self.approval_id._answer(False, self.reason)
        return {"type": "ir.actions.act_window_close"}


class CobranzaChargeReason(models.TransientModel):
    _name = "cobranza.charge.reason"
    _description = "Waive, reinstate or reverse charges"

    charge_ids = fields.Many2many("cobranza.charge", required=True, string="Charges")
    verb = fields.Selection(
        [
            ("waive", "Waive"),
            ("reinstate", "Reinstate"),
            ("reverse", "Reverse"),
        ],
        required=True,
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        if self.verb == "reinstate":
            self.charge_ids._reinstate(self.reason)
            return {"type": "ir.actions.act_window_close"}
        if self.verb == "reverse":
            moves = self.charge_ids._reverse(self.reason)
            if moves:
                return self.charge_ids._action_moves(moves)
            return {"type": "ir.actions.act_window_close"}
        requests = self.charge_ids._waive(self.reason)
        if not requests:
            return {"type": "ir.actions.act_window_close"}
        names = ", ".join(requests._approvers(requests.company_id[:1]).mapped("name"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._("Waits for approval by: %s", names),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class CobranzaDisputeAnswer(models.TransientModel):
    _name = "cobranza.dispute.answer"
    _description = "Close a dispute with its outcome"

    dispute_id = fields.Many2one("cobranza.dispute", required=True)
    state = fields.Selection(
        [
            ("upheld", "Upheld: the debtor is right"),
            ("rejected", "Rejected: the debt goes on"),
            ("withdrawn", "Withdrawn by the debtor"),
        ],
        string="Outcome",
        required=True,
    )
    outcome = fields.Text(string="What was found and answered", required=True)

    def action_confirm(self):
        self.dispute_id._answer(self.state, self.outcome)
        return {"type": "ir.actions.act_window_close"}


class CobranzaHoldRelease(models.TransientModel):
    _name = "cobranza.hold.release"
    _description = "Lift holds"

    hold_ids = fields.Many2many("cobranza.hold", required=True, string="Holds")
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.hold_ids._release(self.reason)
        return {"type": "ir.actions.act_window_close"}


class CobranzaOptOutEnd(models.TransientModel):
    _name = "cobranza.opt.out.end"
    _description = "End opt-outs"

    opt_out_ids = fields.Many2many("cobranza.opt.out", required=True, string="Opt-outs")
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.opt_out_ids._set_state("ended", self.reason)
        return {"type": "ir.actions.act_window_close"}


class CobranzaPortalRevoke(models.TransientModel):
    _name = "cobranza.portal.revoke"
    _description = "Revoke the link of the debtor's page"

    debtor_id = fields.Many2one("cobranza.debtor", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.debtor_id.check_access("write")
        self.debtor_id._portal_revoke(self.reason)
        return {"type": "ir.actions.act_window_close"}


class CobranzaDebtorArchive(models.TransientModel):
    _name = "cobranza.debtor.archive"
    _description = "Archive debtors"

    debtor_ids = fields.Many2many("cobranza.debtor", required=True, string="Debtors")
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.debtor_ids._set_active(False, self.reason)
        return {"type": "ir.actions.act_window_close"}


class CobranzaContactCancel(models.TransientModel):
    _name = "cobranza.contact.cancel"
    _description = "Cancel contacts"

    contact_ids = fields.Many2many("cobranza.contact", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.contact_ids._expect("draft", "planned", "failed")
        self.contact_ids._set_state("cancelled", self.reason)
        return {"type": "ir.actions.act_window_close"}


class CobranzaContactDone(models.TransientModel):
    _name = "cobranza.contact.done"
    _description = "Tasks done"

    contact_ids = fields.Many2many("cobranza.contact", required=True)
    made_at = fields.Datetime(
        string="When", required=True, default=lambda self: fields.Datetime.now()
    )
    note = fields.Text(required=True)

    def action_confirm(self):
        self.contact_ids._expect("planned")
        self.contact_ids._complete(self.made_at, outcome_note=self.note)
        return {"type": "ir.actions.act_window_close"}
