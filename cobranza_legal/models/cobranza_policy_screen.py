from odoo import api, fields, models


class CobranzaPolicy(models.Model):
    """The ladder in a few words, for lists and cards."""

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


class CobranzaPolicyLevel(models.Model):
    _inherit = "cobranza.policy.level"

    effects_text = fields.Char(compute="_compute_effects_text", string="Proposes")

    @api.depends("propose_suspension", "hand_over", "propose_listing")
    def _compute_effects_text(self):
        for level in self:
            level.effects_text = ", ".join(label for _name, label in level._effects())
