from odoo import api, fields, models

from ...models.contact.obstacles import SendVerdict


class CobranzaContactWhy(models.TransientModel):
    """Why contacts wait: each obstacle, until when, its article and its way out."""

    _name = "cobranza.contact.why"
    _inherit = "cobranza.dialog.mixin"
    _description = "Why contacts wait"

    line_ids = fields.One2many("cobranza.contact.why.line", "why_id", readonly=True)
    single = fields.Boolean(compute="_compute_single", string="About one contact")

    @api.depends("line_ids.contact_id")
    def _compute_single(self):
        for why in self:
            why.single = len(why.line_ids.contact_id) == 1

    @api.model
    def _of_contacts(self, contacts):
        rows = []
        verdict = SendVerdict(contacts, every=True)
        for contact in contacts:
            found = verdict.found[contact.id]
            rows += [self._row(contact, obstacle) for obstacle in found]
            if not found:
                rows.append(self._row_of_free(contact))
        return self.create({"line_ids": [(0, 0, row) for row in rows]})

    def _row(self, contact, obstacle):
        return {
            "contact_id": contact.id,
            "code": obstacle.code,
            "message": obstacle.message,
            "until": obstacle.until,
            "article": obstacle.article,
            "details": "\n".join(obstacle.details),
            "solution": self._lawful_solution(contact, obstacle),
        }

    def _row_of_free(self, contact):
        text = self.env._("Nothing stops it: it leaves with the next sending.")
        if contact.state not in ("draft", "planned"):
            text = self.env._("It has been made or cancelled.")
        return {"contact_id": contact.id, "code": "free", "message": text}

    def _lawful_solution(self, contact, obstacle):
        """The way out, where this user has it and the country gives it."""
        if obstacle.solve == "action_override":
            may = self.env["cobranza.contact.override"].has_access("create")
            rules = contact.company_id._cobranza_rules()
            return may and not rules._override_blockers(contact) and obstacle.solve
        if obstacle.solve == "action_solve_mode":
            may = self.env["cobranza.go.live"].has_access("create")
            return may and obstacle.solve
        return obstacle.solve


class CobranzaContactWhyLine(models.TransientModel):
    _name = "cobranza.contact.why.line"
    _inherit = "cobranza.dialog.mixin"
    _description = "Why a contact waits"

    why_id = fields.Many2one("cobranza.contact.why", required=True, ondelete="cascade")
    contact_id = fields.Many2one("cobranza.contact", readonly=True)
    code = fields.Char(readonly=True)
    message = fields.Text(string="What stops it", readonly=True)
    until = fields.Datetime(readonly=True)
    next_slot = fields.Datetime(
        compute="_compute_next_slot", string="Next permitted moment"
    )
    article = fields.Text(readonly=True)
    details = fields.Text(string="What counts", readonly=True)
    solution = fields.Char(readonly=True)

    @api.depends("contact_id")
    def _compute_next_slot(self):
        for line in self:
            line.next_slot = bool(line.contact_id) and line.contact_id._next_slot()

    def action_solve(self):
        """Do or open what ends this obstacle."""
        self.ensure_one()
        solutions = {
            "action_try_again",
            "action_release",
            "action_override",
            "action_solve_mode",
            "action_solve_debtor",
            "action_solve_recipient",
            "action_solve_text",
            "action_solve_opt_out",
        }
        if self.solution not in solutions:
            return False
        action = getattr(self.contact_id, self.solution)()
        close = {"type": "ir.actions.act_window_close"}
        return action if isinstance(action, dict) else close
