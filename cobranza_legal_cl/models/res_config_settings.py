from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_cl_fee_mode = fields.Selection(
        related="company_id.l10n_cl_fee_mode", readonly=False
    )
    l10n_cl_email_hours = fields.Boolean(
        related="company_id.l10n_cl_email_hours", readonly=False
    )
    l10n_cl_week_mode = fields.Selection(
        related="company_id.l10n_cl_week_mode", readonly=False
    )
    l10n_cl_strict_gap = fields.Boolean(
        related="company_id.l10n_cl_strict_gap", readonly=False
    )
    l10n_cl_bounce_days = fields.Integer(
        related="company_id.l10n_cl_bounce_days", readonly=False
    )
    l10n_cl_interest_terms = fields.Selection(
        related="company_id.l10n_cl_interest_terms", readonly=False
    )
    l10n_cl_contract_rate = fields.Float(
        related="company_id.l10n_cl_contract_rate", readonly=False
    )
    l10n_cl_rate_period = fields.Selection(
        related="company_id.l10n_cl_rate_period", readonly=False
    )
    l10n_cl_indexation = fields.Selection(
        related="company_id.l10n_cl_indexation", readonly=False
    )
    l10n_cl_penalty = fields.Selection(
        related="company_id.l10n_cl_penalty", readonly=False
    )
    l10n_cl_penalty_value = fields.Float(
        related="company_id.l10n_cl_penalty_value", readonly=False
    )
