from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.dunning import Ladder


class CobranzaPolicy(models.Model):
    _name = "cobranza.policy"
    _description = "Collection policy"
    _inherit = ["cobranza.gate.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True)
    company_currency_id = fields.Many2one(
        "res.currency", compute="_compute_company_currency"
    )
    entry = fields.Selection(
        [("first", "At the first level"), ("age", "At the level of its age")],
        string="Old debts enter",
        default="first",
        required=True,
        tracking=True,
    )
    on_reopen = fields.Selection(
        [("restart", "Start again"), ("resume", "Go on at the same level")],
        string="A settled debt that comes back",
        default="restart",
        required=True,
        tracking=True,
        help="A bounced payment opens a settled debt again.",
    )
    description = fields.Html(translate=True)
    level_ids = fields.One2many("cobranza.policy.level", "policy_id", copy=True)
    debt_count = fields.Integer(compute="_compute_debt_count")

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_company_currency(self):
        for policy in self:
            company = policy.company_id or self.env.company
            policy.company_currency_id = company.currency_id

    def _compute_debt_count(self):
        groups = self.env["cobranza.debt"]._read_group(
            [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]
        )
        counts = {policy.id: count for policy, count in groups}
        for policy in self:
            policy.debt_count = counts.get(policy.id, 0)

    def _ladder(self):
        """The kernel's view of this policy and its active levels."""
        self.ensure_one()
        levels = self.level_ids.sorted("number")
        return Ladder(
            id=self.id,
            levels=tuple(level._kernel_level() for level in levels),
            entry=self.entry,
        )

    def _ladders(self):
        return {policy.id: policy._ladder() for policy in self}

    def write(self, vals):
        result = super().write(vals)
        if {"active", "entry", "sequence", "company_id"} & set(vals):
            self.env["cobranza.debtor"]._touch_policies(self)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        for policy in self:
            if policy.debt_count:
                raise UserError(
                    self.env._(
                        "%(policy)s has been followed by %(count)s debts. "
                        "Archive it instead.",
                        policy=policy.name,
                        count=policy.debt_count,
                    )
                )

    def action_view_debts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_debt"
        )
        return {**action, "domain": [("policy_id", "=", self.id)], "context": {}}
