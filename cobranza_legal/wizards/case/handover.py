from odoo import api, fields, models

from ...models.company.company import OWN


class CobranzaHandover(models.TransientModel):
    """To whom debts are handed over: debtors or debts of a list, or cases that are
    prepared; and who works from now on on cases that run."""

    _name = "cobranza.handover"
    _inherit = "cobranza.dialog.mixin"
    _description = "Handover to a lawyer"

    case_ids = fields.Many2many(
        "cobranza.case", string="Cases", default=lambda self: self._chosen_cases()
    )
    debt_ids = fields.Many2many(
        "cobranza.debt",
        string="Debts",
        domain="[('nature', '=', 'principal'), ('void_reason', '=', False)]",
        default=lambda self: self._chosen_debts(),
    )
    is_assigner = fields.Boolean(compute="_compute_is_assigner")
    lawyer_ids = fields.Many2many(
        "res.users",
        string="Lawyers",
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", self.env.ref(OWN).id),
        ],
        default=lambda self: self._chosen_cases()[:1].lawyer_ids,
    )
    firm_id = fields.Many2one(
        "res.partner",
        string="Law firm",
        domain="[('is_company', '=', True)]",
        default=lambda self: self._chosen_cases()[:1].firm_id,
        help="All users of this firm that have the role see the cases.",
    )
    note = fields.Text("Message to the lawyer")

    @api.depends_context("uid")
    def _compute_is_assigner(self):
        self.is_assigner = self.env["cobranza.case"]._is_assigner()

    @api.model
    def _active(self, model):
        context = self.env.context
        ids = context.get("active_ids") if context.get("active_model") == model else ()
        return self.env[model].browse(ids or ())

    @api.model
    def _chosen_cases(self):
        return self._active("cobranza.case")

    @api.model
    def _chosen_debts(self):
        """What can be claimed of the debtors or debts on the screen."""
        open_ones = self.env["cobranza.debt"]._chosen_open()
        return self.env["cobranza.case"]._free_debts(open_ones)

    def action_prepare(self):
        """Cases for a manager to hand over."""
        self.ensure_one()
        return self._show(self._prepared())

    def action_hand_over(self):
        self.ensure_one()
        cases = self._prepared()
        cases._hand_over_to(self.lawyer_ids, self.firm_id, self.note)
        return self._show(cases)

    def _prepared(self):
        """The cases that are named, and new ones over the debts."""
        cases = self.case_ids
        if not cases:
            debtors = self.debt_ids.debtor_id or self._active("cobranza.debtor")
            cases = debtors._hand_over(self.debt_ids)
        return cases

    def _show(self, cases):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_case"
        )
        if len(cases) == 1:
            action |= {"views": [(False, "form")], "res_id": cases.id}
        return {**action, "domain": [("id", "in", cases.ids)], "context": {}}
