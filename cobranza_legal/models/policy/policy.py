from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.dunning import Ladder
from ..text.shipped import (
    load_shipped,
    shipped_children,
    shipped_records,
    shipped_values,
)

WORDS = ("channel", "text_purpose", "phase")


SWITCHES = ("automatic", "waits", "charge")
"""The booleans of a level besides its effects."""


class CobranzaPolicy(models.Model):
    """A collection policy: the levels that a debt passes, by days from its due date.

    A shipped policy that was changed here is compared with its newer shipped version.
    """

    _name = "cobranza.policy"
    _inherit = ["cobranza.gate.mixin", "mail.thread", "cobranza.shipped.mixin"]
    _description = "Collection policy"
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
    origin_version = fields.Char(copy=False)

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
            self.env["cobranza.debtor"]._schedule_review_of_policies(self)
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

    def _newer_rows(self):
        module, name = self._shipped_origin()
        nodes = shipped_children(module, name, "policy_id")
        mine = {self._level_name(level): level for level in self.level_ids}
        rows = []
        for node in nodes:
            level = mine.pop(f"{module}.{node.get('id')}", self.level_ids.browse())
            shipped = self._shipped_level(module, node, level)
            own = level and level._summary({name: level[name] for name in shipped})
            rows.append((shipped["days"], own or "—", level._summary(shipped)))
        for level in mine.values():
            names = ("name", "days", *WORDS, *level._switches())
            own = {name: level[name] for name in names}
            rows.append((level.days, level._summary(own), "—"))
        rows.sort(key=lambda row: row[0])
        return [
            {"mine": own, "shipped": shipped, "same": own == shipped}
            for _days, own, shipped in rows
        ]

    def _level_name(self, level):
        return level.get_external_id()[level.id] or level.id

    def _shipped_level(self, module, node, level):
        """The values of a shipped level, an unchanged name in the user's language."""
        env = self.sudo().with_context(lang=None).env
        values = shipped_values(env, module, node)
        levels = env["cobranza.policy.level"]
        switches = levels._switches()
        names = ("name", "days", "gap", *WORDS, *switches, "instructions")
        values = {**dict.fromkeys(names, False), **levels.default_get(names), **values}
        for name in ("name", "instructions"):
            if level and level.with_context(lang=None)[name] == values[name]:
                values[name] = level[name]
        return {name: values[name] for name in names}

    def action_take_shipped(self):
        """Make the policy what is shipped; levels that it lacks are archived."""
        self.ensure_one()
        self.check_access("write")
        module, name = self._shipped_origin()
        nodes = shipped_children(module, name, "policy_id")
        # external ids are the administrator's; access has been checked
        env = self.sudo().env
        ids = load_shipped(env, module, [shipped_records(module)[name], *nodes])
        levels = self.with_context(active_test=False).level_ids
        shipped = levels.filtered(lambda one: one.id in ids.values())
        shipped.active = True
        (levels - shipped).active = False
        return True
