from decimal import Decimal
from itertools import groupby

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...kernel.dunning import Ladder, Level
from ..text import shipped

WORDS = ("channel", "text_purpose", "phase")


SWITCHES = ("automatic", "waits", "charge")
"""The booleans of a level besides its effects."""


LADDERS = """
    SELECT p.id, p.entry, p.on_reopen, l.id, l.number, l.days,
           NULLIF(l.minimum, 0)::text, COALESCE(l.gap, 0), l.waits IS TRUE
      FROM cobranza_policy p
      LEFT JOIN cobranza_policy_level l ON l.policy_id = p.id AND l.active
     WHERE p.active AND (p.company_id = %s OR p.company_id IS NULL)
     ORDER BY p.sequence, p.id, l.number, l.id
"""


def pack_ladders(ladders):
    """{policy id: ``Ladder``} as JSON."""
    return {
        str(policy): {
            "entry": ladder.entry,
            "reopen": ladder.reopen,
            "levels": [
                [
                    *(level.id, level.number, level.days),
                    None if level.minimum is None else str(level.minimum),
                    *(level.gap, level.waits),
                ]
                for level in ladder.levels
            ],
        }
        for policy, ladder in ladders.items()
    }


def unpack_ladders(packed):
    """{policy id: ``Ladder``} of what ``pack_ladders`` has made."""
    return {
        int(policy): Ladder(
            int(policy),
            tuple(
                Level(*one[:3], Decimal(one[3]) if one[3] else None, *one[4:])
                for one in ladder["levels"]
            ),
            ladder["entry"],
            ladder["reopen"],
        )
        for policy, ladder in packed.items()
    }


class CobranzaPolicy(models.Model):
    """A collection policy: the levels that a debt passes, by days from its due date.

    A shipped policy that was changed here is compared with its newer shipped version.
    """

    _name = "cobranza.policy"
    _inherit = [
        "cobranza.shared.mixin",
        "cobranza.traced.mixin",
        "cobranza.jurisdiction.mixin",
        "mail.thread",
        "cobranza.shipped.mixin",
    ]
    _traced = ("active", "entry", "on_reopen", "sequence", "company_id")
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

    @api.model
    def _ladders(self, company):
        """{policy id: ``Ladder``}, the kernel's view of the active policies that a debt
        of this company may follow, in their order. One without levels leaves alone
        whom it was chosen for. As superuser."""
        self.flush_model(["active", "company_id", "entry", "on_reopen", "sequence"])
        self.env["cobranza.policy.level"].flush_model()
        rows = self.env.execute_query(SQL(LADDERS, company.id))
        result = {}
        for policy, group in groupby(rows, lambda row: row[:3]):
            levels = tuple(
                Level(*row[3:6], Decimal(row[6]) if row[6] else None, *row[7:])
                for row in group
                if row[3]
            )
            result[policy[0]] = Ladder(policy[0], levels, *policy[1:])
        return result

    def _touched(self):
        return self._touched_by_policies(self)

    @api.model
    def _touched_by_policies(self, policies):
        """The debtors with a debt under these policies."""
        self.env["cobranza.debt"].flush_model(["policy_id", "debtor_id"])
        query = "id IN (SELECT debtor_id FROM cobranza_debt WHERE policy_id = ANY(%s))"
        return SQL(query, policies.ids)

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

    def _newer_lines(self):
        module, name = self._shipped_origin()
        own = {level.get_external_id()[level.id]: level for level in self.level_ids}
        coming = []
        for node in self._shipped_levels(module, name):
            level = own.get(f"{module}.{node.get('id')}", self.level_ids.browse())
            coming.append(self._shipped_level(node, level))
        coming.sort(key=lambda values: values["days"])
        switches = self.level_ids._switches()
        names = ("name", "days", "gap", *WORDS, *switches, "instructions")
        summary = self.level_ids.browse()._summary
        return (
            [
                summary({name: level[name] for name in names})
                for level in self.level_ids.sorted("days")
            ],
            [summary(values) for values in coming],
        )

    @staticmethod
    def _shipped_levels(module, name):
        """The ``record`` elements of the levels of the shipped policy ``name``."""
        found = f"field[@name='policy_id'][@ref='{name}']"
        records = shipped.shipped_records(module).values()
        return [node for node in records if node.find(found) is not None]

    def _shipped_level(self, node, level):
        """The values of a shipped level, an unchanged name in the user's language."""
        levels = self.env["cobranza.policy.level"].sudo().with_context(lang=None)
        switches = self.level_ids._switches()
        names = ("name", "days", "gap", *WORDS, *switches, "instructions")
        written = shipped.shipped_values(node)
        values = {**dict.fromkeys(names, False), **levels.default_get(names), **written}
        for name in ("days", "gap"):
            values[name] = int(values[name])
        for name in ("name", "instructions"):
            if level and level.with_context(lang=None)[name] == values[name]:
                values[name] = level[name]
        return {name: values[name] for name in names}

    def action_take_shipped(self):
        """Make the policy what is shipped; levels that it lacks are archived."""
        self.ensure_one()
        self.check_access("write")
        self._check_shared()
        module, name = self._shipped_origin()
        nodes = self._shipped_levels(module, name)
        policy = shipped.shipped_records(module)[name]
        # external ids are the administrator's; access has been checked
        ids = shipped.load_shipped(self.sudo().env, module, [policy, *nodes])
        levels = self.with_context(active_test=False).level_ids
        loaded = levels.filtered(lambda level: level.id in ids.values())
        loaded.active = True
        (levels - loaded).active = False
        return True

    # -- shared by companies -----------------------------------------------------------

    def _using_companies(self):
        shared = self.filtered(lambda one: not one.company_id and one._origin)
        companies = self.env["res.company"].sudo()
        if not shared:
            return companies
        self.env["cobranza.debt"].flush_model(["policy_id", "company_id"])
        companies.flush_model(["cobranza_policy_id"])
        for model in ("res.partner", "res.partner.category"):
            self.env[model].flush_model(["cobranza_policy_id"])
        query = SQL(
            """SELECT company_id FROM cobranza_debt WHERE policy_id = ANY(%(ids)s)
               UNION SELECT id FROM res_company WHERE cobranza_policy_id = ANY(%(ids)s)
               UNION SELECT chosen.key::int
                       FROM res_partner, jsonb_each_text(cobranza_policy_id) AS chosen
                      WHERE chosen.value = ANY(%(texts)s)
               UNION SELECT chosen.key::int
                       FROM res_partner_category,
                            jsonb_each_text(cobranza_policy_id) AS chosen
                      WHERE chosen.value = ANY(%(texts)s)""",
            ids=shared._origin.ids,
            texts=[str(one) for one in shared._origin.ids],
        )
        found = companies.browse(row[0] for row in self.env.execute_query(query))
        for company in self._companies_of(None) - found:
            if company._cobranza_default_policy() in shared._origin:
                found |= company
        return found.exists()

    def _way_out(self):
        return self.env._(
            "Make a copy for your company with the button on the policy, and change "
            "the copy."
        )

    def action_copy_for_company(self):
        """A copy of this policy for the current company, which takes it as its default
        if it followed the original."""
        self.ensure_one()
        self.check_access("write")
        company = self.env.company._cobranza_creditor()
        follows = company._cobranza_default_policy() == self
        own = self.copy({"company_id": company.id})
        own.name = f"{self.name} · {company.name}"
        if follows:
            # sudo: a collection manager need not be an administrator of companies
            company.sudo().cobranza_policy_id = own
        return own.get_formview_action()
