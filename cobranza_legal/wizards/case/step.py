from odoo import api, fields, models

MEASURE_STEPS = [
    ("asked", "Ask for the measure"),
    ("ordered", "The court ordered it"),
    ("registered", "Registered"),
    ("refused", "The court refused it"),
    ("released", "Release it"),
    ("realised", "Turned into money"),
    ("dropped", "Do not ask for it"),
]


NEED_REASON = ("refused", "released", "dropped")


class CobranzaMeasureStep(models.TransientModel):
    """When something happened to measures, and why."""

    _name = "cobranza.measure.step"
    _inherit = "cobranza.dialog.mixin"
    _description = "Step of a measure"

    measure_ids = fields.Many2many("cobranza.measure", string="Measures", required=True)
    step = fields.Selection(MEASURE_STEPS, required=True)
    day = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    needs_reason = fields.Boolean(compute="_compute_needs_reason")
    warning = fields.Text(compute="_compute_warning")
    reason = fields.Text("Why")
    register = fields.Char("Public register")
    register_number = fields.Char("Entry in the register")
    expires_on = fields.Date("Entry ends on")

    @api.model
    def _title(self, step):
        """The name of a step in the user's language."""
        labels = dict(self._fields["step"]._description_selection(self.env))
        return labels.get(step, "")

    @api.depends("step")
    def _compute_needs_reason(self):
        for dialog in self:
            dialog.needs_reason = dialog.step in NEED_REASON

    @api.depends("measure_ids", "step")
    def _compute_warning(self):
        for dialog in self:
            asked = dialog.step == "asked"
            found = dialog.measure_ids.mapped("order_warning") if asked else ()
            dialog.warning = "\n".join(one for one in found if one) or False

    def action_confirm(self):
        self.ensure_one()
        values = {}
        if self.step == "registered":
            names = ("register", "register_number", "expires_on")
            values = {name: self[name] for name in names if self[name]}
        self.measure_ids._step(self.step, self.day, self.reason, **values)
        return {"type": "ir.actions.act_window_close"}


class CobranzaJudgmentStep(models.TransientModel):
    """Since when a judgment is firm, or why it is no more."""

    _name = "cobranza.judgment.step"
    _inherit = "cobranza.dialog.mixin"
    _description = "Step of a judgment"

    judgment_id = fields.Many2one("cobranza.judgment", required=True)
    step = fields.Selection(
        [("firm", "It is firm"), ("revoked", "It was revoked")], required=True
    )
    day = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    reason = fields.Text("Why")

    def action_confirm(self):
        self.ensure_one()
        if self.step == "firm":
            self.judgment_id._become_firm(self.day)
        else:
            self.judgment_id._revoke(self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}
