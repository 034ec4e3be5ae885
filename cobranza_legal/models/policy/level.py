from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

from ..common.rows import Row
from .policy import SWITCHES, WORDS

PHASES = [
    ("reminder", "Reminder"),
    ("formal", "Formal demand"),
    ("prejudicial", "Prejudicial"),
    ("judicial", "Judicial"),
]


ROLES = [
    ("invoice", "Invoice contact"),
    ("dunning", "Collection contact"),
    ("legal", "Legal contact"),
    ("guarantor", "Each guarantor"),
]


_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class LevelEffect:
    """Something that a level proposes to people. ``code`` is the level's boolean that
    switches it on. Who makes drafts of it says so by ``_propose``; else somebody gets a
    task."""

    code: str
    label: LazyGettext = field(compare=False)


class CobranzaLevelEffect(models.AbstractModel):
    _name = "cobranza.level.effect"
    _inherit = "cobranza.rows"
    _description = "Effects of levels"

    def _rows(self):
        return EFFECTS


EFFECTS = (
    LevelEffect("propose_suspension", _lt("Proposes to suspend services")),
    LevelEffect("hand_over", _lt("Hands over to the lawyers")),
    LevelEffect("propose_listing", _lt("Proposes the credit register")),
)


def _writes(channel):
    return not channel._is_inbound_only


def _climbs(purpose):
    return purpose.ladder


class CobranzaPolicyLevel(models.Model):
    """A level of a policy: from which day it applies, by which channel and to whom it
    writes, what it does when that channel is closed, and what it proposes."""

    _name = "cobranza.policy.level"
    _inherit = ["cobranza.shared.mixin", "cobranza.traced.mixin"]
    _traced = ("days", "sequence", "active", "gap", "minimum", "waits", "charge")
    _description = "Level of a collection policy"
    _order = "policy_id, days, sequence, id"

    policy_id = fields.Many2one(
        "cobranza.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    number = fields.Integer(compute="_compute_number", store=True)
    days = fields.Integer(
        string="Days from due date",
        required=True,
        help="Negative: before the due date.",
    )
    gap = fields.Integer(string="Days since the previous level", default=1)
    phase = fields.Selection(PHASES, required=True, default="reminder")
    channel = Row("cobranza.channel", only=_writes, required=True)
    text_purpose = Row("cobranza.text.purpose", only=_climbs, string="Text")
    automatic = fields.Boolean(
        default=True,
        help="Leaves by itself when the company works in automatic mode. Otherwise a "
        "person releases it.",
    )
    waits = fields.Boolean(
        string="Next level waits",
        default=True,
        help="The next level only comes after this one has been done.",
    )
    currency_id = fields.Many2one(related="policy_id.company_currency_id")
    minimum = fields.Monetary(
        help="The debtor's total below which this level is not reached."
    )
    charge = fields.Boolean(string="Charges fees and interest")
    propose_suspension = fields.Boolean(string="Proposes to suspend services")
    hand_over = fields.Boolean(string="Hands over to the lawyers")
    propose_listing = fields.Boolean(string="Proposes the credit register")
    instructions = fields.Text(
        translate=True, help="What the person in charge has to do."
    )
    _days_gap = models.Constraint(
        "CHECK (gap >= 0)", "The days since the previous level are not negative."
    )
    recipient_role = fields.Selection(
        ROLES,
        string="Writes to",
        help="Empty: the legal contact in the judicial phase, else the collection "
        "contact. A debtor without that contact is written to by its invoice contact "
        "or address; each guarantor gets a contact of its own.",
    )
    fallback_channel = Row(
        "cobranza.channel",
        string="Fallback channel",
        only=_writes,
        help="The way to go when the recipient cannot be reached by the channel: no "
        "address, an address that failed, or an opt-out. Empty: somebody gets a task.",
    )
    effects_text = fields.Char(compute="_compute_effects_text", string="Proposes")

    @api.depends(
        "policy_id.level_ids.days",
        "policy_id.level_ids.sequence",
        "policy_id.level_ids.active",
        "days",
        "active",
    )
    def _compute_number(self):
        """1..n among the active levels; an archived one has the number of the last
        active level that is not later, so that debts on it are never moved down."""
        for policy in self.policy_id:
            levels = policy.with_context(active_test=False).level_ids
            levels = levels.sorted(
                lambda level: (level.days, level.sequence, level.id or 0)
            )
            number = 0
            for level in levels:
                number += bool(level.active)
                level.number = number

    def _letter_key(self, debtor_id, currency_id, channel=None):
        """Steps of one key share one contact, in a run and when they join one that
        waits: one debtor, currency and channel (by default that of the level). A free
        notice is not part of a letter that charges, and what goes to guarantors is not
        part of what goes to the debtor."""
        self.ensure_one()
        to_guarantors = self._recipient_role() == "guarantor"
        channel = channel or self.channel
        return (debtor_id, currency_id, channel, bool(self.charge), to_guarantors)

    @api.model
    def _switches(self):
        """The booleans of a level: what it does, then what it proposes."""
        return [*SWITCHES, *self.env["cobranza.level.effect"]._by_code()]

    def _effects(self):
        """What this level proposes to people: [(field name, label)]."""
        effects = self.env["cobranza.level.effect"]
        codes = [code for code in effects._by_code() if self[code]]
        return [(code, effects._label(code)) for code in codes]

    @api.model_create_multi
    def create(self, vals_list):
        levels = super().create(vals_list)
        levels._check_shared()
        levels._renumber_debts()
        return levels

    def write(self, vals):
        result = super().write(vals)
        if {"days", "sequence", "active", "gap", "minimum", "waits"} & set(vals):
            self._renumber_debts()
        return result

    def _using_companies(self):
        return self.policy_id._using_companies()

    def _way_out(self):
        return self.policy_id[:1]._way_out()

    def _renumber_debts(self):
        """After a change of levels: renumber the levels of debts."""
        self.env["cobranza.debt"]._renumber(self.policy_id)

    def _touched(self):
        return self.env["cobranza.policy"]._touched_by_policies(self.policy_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        for level in self:
            domain = [("level_id", "=", level.id)]
            used = self.env["cobranza.debt"].sudo().search_count(domain, limit=1)
            if used or self.env["cobranza.contact"].sudo().search_count(
                domain, limit=1
            ):
                raise UserError(
                    self.env._(
                        "Level %(level)s of %(policy)s is in use. Archive it instead.",
                        level=level.name,
                        policy=level.policy_id.name,
                    )
                )

    def _recipient_role(self):
        """Role ("legal", "dunning", …) of the recipient; also of an empty level."""
        if self.recipient_role:
            return self.recipient_role
        return "legal" if self.phase == "judicial" else "dunning"

    @api.constrains("channel", "fallback_channel")
    def _check_fallback(self):
        for level in self:
            if level.fallback_channel and level.fallback_channel == level.channel:
                raise ValidationError(
                    self.env._(
                        "%s: the other way is the same as the first one.", level.name
                    )
                )

    @api.depends(lambda self: list(self.env["cobranza.level.effect"]._by_code()))
    def _compute_effects_text(self):
        for level in self:
            level.effects_text = ", ".join(label for _name, label in level._effects())

    def _summary(self, values):
        """A level in one line, from {field: value}."""
        parts = [f"{values['days']}: {values['name']}"]
        for name in WORDS:
            labels = dict(self._fields[name]._description_selection(self.env))
            parts.append(labels.get(values[name]))
        for name in self._switches():
            if values[name]:
                parts.append(self._fields[name]._description_string(self.env))
        for name in ("gap", "instructions"):
            if values.get(name):
                label = self._fields[name]._description_string(self.env)
                parts.append(f"{label}: {values[name]}")
        return " · ".join(part for part in parts if part)


class CobranzaPolicy(models.Model):
    """The levels of a policy in a few words, for lists and cards."""

    _inherit = "cobranza.policy"

    archived_level_ids = fields.One2many(
        "cobranza.policy.level",
        "policy_id",
        domain=[("active", "=", False)],
        context={"active_test": False},
        string="Archived levels",
    )
    level_count = fields.Integer(compute="_compute_ladder_text")
    ladder_text = fields.Char(compute="_compute_ladder_text", string="Ladder")

    @api.depends("level_ids.days", "level_ids.name")
    def _compute_ladder_text(self):
        for policy in self:
            levels = policy.level_ids.sorted("number")
            policy.level_count = len(levels)
            policy.ladder_text = " → ".join(
                f"{level.days}: {level.name}" for level in levels
            )
