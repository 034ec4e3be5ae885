"""What is done with a proceeding: it is filed, ends; its powers are revoked."""

from odoo import api, fields, models

from ...kernel.errors import KernelError
from ...models.common.rows import Row


class CobranzaProceedingFile(models.TransientModel):
    """When and where a proceeding was filed, and what the law still asks for."""

    _name = "cobranza.proceeding.file"
    _inherit = "cobranza.dialog.mixin"
    _description = "Filing of a proceeding"

    proceeding_id = fields.Many2one("cobranza.proceeding", required=True)
    company_id = fields.Many2one(related="proceeding_id.company_id")
    has_nig = fields.Boolean(related="proceeding_id.has_nig")
    currency_id = fields.Many2one(related="company_id.currency_id")
    day = fields.Date(
        "Filed on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    court_id = fields.Many2one(
        "cobranza.court",
        required=True,
        compute="_compute_where",
        store=True,
        readonly=False,
    )
    docket = fields.Char(
        "Docket number", compute="_compute_where", store=True, readonly=False
    )
    nig = fields.Char(
        "General number", compute="_compute_where", store=True, readonly=False
    )
    problems = fields.Text("What lacks", compute="_compute_problems")
    amount = fields.Monetary("Amount claimed", compute="_compute_amounts")
    principal = fields.Monetary(compute="_compute_amounts")
    interest = fields.Monetary("Late interest", compute="_compute_amounts")
    fees = fields.Monetary("Other charges", compute="_compute_amounts")
    costs = fields.Monetary(compute="_compute_amounts")

    @api.depends("proceeding_id")
    def _compute_where(self):
        for dialog in self:
            one = dialog.proceeding_id
            dialog.court_id, dialog.docket = one.court_id, one.docket
            dialog.nig = one.nig

    @api.depends("proceeding_id", "day")
    def _compute_problems(self):
        for dialog in self:
            one, day = dialog.proceeding_id, dialog.day
            found = one._filing_problems(day) if one and day else ()
            dialog.problems = "\n".join(f"• {words}" for words in found)

    @api.depends("proceeding_id", "day")
    def _compute_amounts(self):
        for dialog in self:
            one, day = dialog.proceeding_id, dialog.day
            try:
                found = one._frozen(day) if one and day else {}
            except KernelError:  # the problems say it
                found = {}
            dialog.amount = found.get("amount", 0)
            for name in ("principal", "interest", "fees", "costs"):
                dialog[name] = found.get(f"filed_{name}", 0)

    def action_confirm(self):
        self.ensure_one()
        self.proceeding_id._file(self.day, self.court_id, self.docket, self.nig)
        return {"type": "ir.actions.act_window_close"}


class CobranzaProceedingEnd(models.TransientModel):
    """How a proceeding ended."""

    _name = "cobranza.proceeding.end"
    _inherit = "cobranza.dialog.mixin"
    _description = "End of a proceeding"

    proceeding_id = fields.Many2one("cobranza.proceeding", required=True)
    outcome = Row(
        "cobranza.proceeding.outcome",
        string="How it ended",
        required=True,
        only=lambda row: row.by_hand,
        compute="_compute_outcome",
        store=True,
        readonly=False,
    )
    day = fields.Date(
        "On", required=True, default=lambda self: self.env.company._cobranza_today()
    )
    reason = fields.Text("Why")

    @api.depends("proceeding_id")
    def _compute_outcome(self):
        for dialog in self:
            one = dialog.proceeding_id
            dialog.outcome = one.stage_id.ends_as or one.expected_outcome or False

    def action_confirm(self):
        self.ensure_one()
        self.proceeding_id._finish(self.outcome, self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}


class CobranzaPowerRevoke(models.TransientModel):
    """Why powers act for the company no more, and since when."""

    _name = "cobranza.power.revoke"
    _inherit = "cobranza.dialog.mixin"
    _description = "Revocation of powers"

    power_ids = fields.Many2many("cobranza.power", string="Powers", required=True)
    day = fields.Date(
        "Since", required=True, default=lambda self: self.env.company._cobranza_today()
    )
    reason = fields.Text("Why", required=True)

    def action_confirm(self):
        self.ensure_one()
        self.power_ids._revoke(self.reason, self.day)
        return {"type": "ir.actions.act_window_close"}
