from odoo import api, fields, models


class CobranzaDebtor(models.Model):
    """Proven costs of a debtor, which limit the fee in the mode "costs incurred"."""

    _inherit = "cobranza.debtor"

    l10n_cl_cost_ids = fields.One2many(
        "cobranza.cost.cl",
        "debtor_id",
        groups="cobranza_legal.group_collector,cobranza_legal.group_accountant",
    )
    l10n_cl_cost_total = fields.Monetary(
        compute="_compute_l10n_cl_cost_total",
        string="Costs incurred",
        groups="cobranza_legal.group_collector,cobranza_legal.group_accountant",
    )
    l10n_cl_incurred = fields.Boolean(compute="_compute_l10n_cl_incurred")

    @api.depends("l10n_cl_cost_ids.amount")
    def _compute_l10n_cl_cost_total(self):
        for debtor in self:
            debtor.l10n_cl_cost_total = sum(debtor.l10n_cl_cost_ids.mapped("amount"))

    @api.depends("company_id.l10n_cl_fee_mode")
    def _compute_l10n_cl_incurred(self):
        for debtor in self:
            company = debtor.company_id
            chilean = company._cobranza_rules()._name == "cobranza.rules.cl"
            incurred = company.l10n_cl_fee_mode == "incurred"
            debtor.l10n_cl_incurred = chilean and incurred

    def action_l10n_cl_costs(self):
        return self._action_related("cobranza_legal_cl.action_cobranza_cost_cl")
