import time
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.company.company import MANAGERS
from ...models.kpi.twin import Twin

SHOWN = 500
"""Debts that are listed; the others are counted."""


KINDS = [
    ("differs", "Would have gone another way"),
    ("early", "Not replayable: it begins before its first record"),
    ("wrong", "The replay does not give what happened"),
]


class CobranzaTwin(models.TransientModel):
    """The past months of a company under another policy, beside what happened.

    The replay of the policies that were followed has to give what happened; where it
    does not, or where nothing was written down, it says so.
    """

    _name = "cobranza.twin"
    _inherit = "cobranza.dialog.mixin"
    _description = "What if"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    first = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_first(),
    )
    last = fields.Date(
        string="To",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    policy_id = fields.Many2one(
        "cobranza.policy",
        string="Policy to try",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="As it is now. Empty: only what happened is replayed.",
    )
    instead_id = fields.Many2one(
        "cobranza.policy",
        string="In the place of",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        context={"active_test": False},
        help="Empty: in the place of every policy.",
    )
    played = fields.Boolean(readonly=True)
    seconds = fields.Float(readonly=True)
    result = fields.Json(readonly=True)
    figures = fields.Html(compute="_compute_figures", sanitize=False)
    debt_ids = fields.One2many("cobranza.twin.debt", "twin_id", readonly=True)
    more = fields.Integer(readonly=True, string="Debts that are not listed")

    def _default_first(self):
        return self.env.company._cobranza_today() - relativedelta(years=1, days=-1)

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for twin in self:
            twin.display_name = self.env._("What if: %s", twin.company_id.name)

    def action_play(self):
        """Replay, and show the same dialog with what came of it."""
        self.ensure_one()
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("This act is for others to do."))
        today = self.company_id._cobranza_today()
        if not self.first <= self.last <= today:
            raise UserError(
                self.env._("Choose days of the past: the first one before the last.")
            )
        if self.last - self.first > timedelta(days=366):
            raise UserError(self.env._("A year at most is replayed."))
        self._play()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What if"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _play(self):
        started, rows = time.monotonic(), []
        twin = Twin(
            self.company_id, self.first, self.last, self.policy_id, self.instead_id
        )
        count = 0

        def note(result):
            nonlocal count
            kind = self._kind(result, bool(self.policy_id))
            if kind:
                count += 1
                if len(rows) < SHOWN or kind == "wrong":
                    rows.append(self._prepare_debt_vals(result, kind))

        found = twin.play(note)
        self.sudo().write(
            {
                "played": True,
                "seconds": time.monotonic() - started,
                "more": count - len(rows),
                "result": self._pack(found),
                "debt_ids": [Command.clear(), *map(Command.create, rows)],
            }
        )

    @staticmethod
    def _kind(result, other):
        if not result.agrees:
            return "wrong"
        if other and result.other is None:
            return "early"
        return "differs" if result.differs else None

    @staticmethod
    def _prepare_debt_vals(result, kind):
        vals = {"debt_id": result.debt, "kind": kind}
        sides = (("happened", result.happened), ("other", result.other))
        if kind == "wrong":
            sides = (("happened", result.happened), ("other", result.again))
        for side, steps in sides:
            if steps:
                vals |= {
                    f"{side}_steps": len(steps),
                    f"{side}_first": steps[0].day,
                    f"{side}_last": steps[-1].day,
                    f"{side}_level_id": steps[-1].level,
                }
        return vals

    @staticmethod
    def _pack(found):
        """The ``TwinFigures`` as JSON."""
        sides = {}
        for name in ("happened", "again", "other"):
            tally = getattr(found, name)
            per, first = tally.per_debtor, tally.days_to_first
            sides[name] = {
                "steps": tally.steps,
                "letters": sum(tally.letters.values()),
                "debtors": len(tally.letters),
                "per_debtor": None if per is None else str(round(per, 2)),
                "limited": tally.limited,
                "first": None if first is None else str(round(first, 1)),
                "levels": {
                    str(level): [one.steps, one.letters, one.limited]
                    for level, one in tally.levels.items()
                },
            }
        return {
            **sides,
            "debts": found.debts,
            "wrong": len(found.wrong),
            "early": len(found.early),
            "unrecorded": len(found.unrecorded),
            "made": sum(found.made.values()),
            "by_hand": found.by_hand,
            "made_levels": {str(one): n for one, n in found.made_by_level.items()},
        }

    @api.depends("result")
    @api.depends_context("lang")
    def _compute_figures(self):
        for twin in self:
            twin.figures = twin.result and self.env["ir.qweb"]._render(
                "cobranza_legal.twin_figures", twin._values()
            )

    def _values(self):
        """What the template shows."""
        found = self.result
        names = ("happened", "again", "other")
        ids = {int(one) for name in names for one in found[name]["levels"]}
        # sudo: levels of policies that were followed, archived ones too
        levels = self.env["cobranza.policy.level"].sudo().browse(sorted(ids)).exists()
        rows = [
            {
                "name": level.name,
                "policy": level.policy_id.name,
                "days": level.days,
                "made": found["made_levels"].get(str(level.id), 0),
                **{
                    name: found[name]["levels"].get(str(level.id), (0, 0, 0))
                    for name in names
                },
            }
            for level in levels.sorted(lambda one: (one.days, one.id))
        ]
        return {
            "found": found,
            "rows": rows,
            "policy": self.policy_id.name,
            "other": bool(self.policy_id),
        }


class CobranzaTwinDebt(models.TransientModel):
    """A debt that would have gone another way, or that cannot be replayed."""

    _name = "cobranza.twin.debt"
    _inherit = "cobranza.dialog.mixin"
    _description = "Debt of a replay"
    _order = "id"
    _rec_name = "debt_id"

    twin_id = fields.Many2one(
        "cobranza.twin", "What if", required=True, readonly=True, ondelete="cascade"
    )
    debt_id = fields.Many2one(
        "cobranza.debt", required=True, readonly=True, ondelete="cascade"
    )
    debtor_id = fields.Many2one(related="debt_id.debtor_id")
    kind = fields.Selection(KINDS, readonly=True, string="What is to be said")
    happened_steps = fields.Integer(readonly=True, string="Steps that happened")
    happened_first = fields.Date(readonly=True, string="First step")
    happened_last = fields.Date(readonly=True, string="Last step")
    happened_level_id = fields.Many2one(
        "cobranza.policy.level", readonly=True, string="Level", ondelete="cascade"
    )
    other_steps = fields.Integer(readonly=True, string="Steps of the replay")
    other_first = fields.Date(readonly=True, string="First step of the replay")
    other_last = fields.Date(readonly=True, string="Last step of the replay")
    other_level_id = fields.Many2one(
        "cobranza.policy.level",
        readonly=True,
        string="Level of the replay",
        ondelete="cascade",
    )
