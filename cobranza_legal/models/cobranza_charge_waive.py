from odoo import models
from odoo.exceptions import AccessError, UserError


class CobranzaCharge(models.Model):
    """Waive and reinstate, with reason, and with approval above the limit."""

    _inherit = "cobranza.charge"

    def _waive(self, reason):
        """Waive what is within the limit, ask for approval of the rest.

        Returns the requests made. UserError without a reason.
        """
        self._check_may_decide(reason)
        self._check_not_billed()
        requests = self.env["cobranza.approval"]
        for charge in self:
            if charge._needs_approval():
                requests |= charge._ask_approval(
                    "waive", reason, charge.amount, charge.currency_id
                )
                charge._log(self.env._("Approval to waive asked for"), reason)
            else:
                charge._set_state("waived", reason)
        return requests

    def _reinstate(self, reason):
        """A waived charge is owed again."""
        self._check_may_decide(reason)
        self._set_state("assessed", reason)

    def _check_not_billed(self):
        billed = self.filtered(lambda charge: charge.state == "billed")
        if billed:
            raise UserError(
                self.env._(
                    "%s has been billed: an accountant has to reverse it.",
                    ", ".join(billed.mapped("display_name")),
                )
            )

    def _check_may_decide(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        groups = ("group_collector", "group_accountant")
        allowed = any(
            self.env.user.has_group(f"cobranza_legal.{group}") for group in groups
        )
        if not self.env.su and not allowed:
            raise AccessError(
                self.env._(
                    "Only collectors and accountants waive or reinstate charges."
                )
            )
        self.check_access("write")

    def _needs_approval(self):
        self.ensure_one()
        company = self.company_id.sudo()  # the limit is not a secret of the manager
        amount = self.currency_id._convert(
            self.amount, company.currency_id, company, company._cobranza_today()
        )
        limit = company.cobranza_waive_limit
        return company.currency_id.compare_amounts(amount, limit) > 0

    def _on_answer(self, approval):
        if approval.kind == "waive" and approval.state == "approved":
            # sudo: the approval is the right to waive, whatever the approver's roles
            self.sudo()._set_state("waived", approval.reason)
        return super()._on_answer(approval)

    def _on_state(self, target, reason):
        if target == "reversed":
            self._cancel_approvals(reason)
        return super()._on_state(target, reason)

    def _action_reason(self, verb):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_charge_reason"
        )
        context = {"default_charge_ids": self.ids, "default_verb": verb}
        return {**action, "context": context}

    def action_waive(self):
        return self._action_reason("waive")

    def action_reinstate(self):
        return self._action_reason("reinstate")
