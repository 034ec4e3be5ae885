from odoo import api, fields, models

from .res_company import STAFF


class AccountMove(models.Model):
    _inherit = "account.move"

    cobranza_policy_id = fields.Many2one(
        "cobranza.policy",
        string="Collection policy",
        copy=False,
        index="btree_not_null",
        groups=STAFF,
    )
    cobranza_debt_ids = fields.One2many("cobranza.debt", "move_id", groups=STAFF)
    cobranza_level_id = fields.Many2one(
        "cobranza.policy.level",
        compute="_compute_cobranza_level",
        compute_sudo=True,
        string="Collection level",
        groups=STAFF,
    )

    @api.depends("cobranza_debt_ids.level_id")
    def _compute_cobranza_level(self):
        for move in self:
            debts = move.cobranza_debt_ids.filtered(lambda one: not one.void_reason)
            reached = debts.filtered("level").sorted("level")
            move.cobranza_level_id = reached[-1:].level_id

    def write(self, vals):
        result = super().write(vals)
        if {"cobranza_policy_id", "payment_state"} & set(vals):
            self._cobranza_touch()
        return result

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        self.env["cobranza.debt"]._relink(posted)
        posted._cobranza_touch()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._cobranza_touch()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        for move in self:
            debts = move.sudo().cobranza_debt_ids  # whoever may cancel the document
            debts._void(self.env._("%s was cancelled", move.name))
        return result

    def unlink(self):
        # sudo: whoever may delete the document need not see its debts
        for debts in self.sudo().cobranza_debt_ids.grouped("move_id").values():
            name = debts.move_id.name or debts[:1].document
            debts._void(self.env._("%s was deleted", name))
        return super().unlink()

    def _cobranza_touch(self):
        """What was posted or drafted may change what its partners owe."""
        accounts = self.env["account.account"]
        for company in self.company_id:
            accounts |= company._cobranza_followed_accounts()
        lines = self.line_ids.filtered(lambda line: line.account_id in accounts)
        if lines:
            self.env["cobranza.debtor"]._touch_partners(lines.partner_id)

    def action_cobranza_debts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_debt"
        )
        return {**action, "domain": [("move_id", "=", self.id)], "context": {}}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        result = super().write(vals)
        if {"no_followup", "date_maturity", "partner_id"} & set(vals):
            self.env["cobranza.debt"]._of_lines(self).debtor_id._touch()
        return result
