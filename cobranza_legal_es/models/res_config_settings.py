from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_es_interest_terms = fields.Selection(
        related="company_id.l10n_es_interest_terms", readonly=False
    )
    l10n_es_interest_points = fields.Float(
        related="company_id.l10n_es_interest_points", readonly=False
    )
    l10n_es_contract_rate = fields.Float(
        related="company_id.l10n_es_contract_rate", readonly=False
    )
    l10n_es_grace_days = fields.Integer(
        related="company_id.l10n_es_grace_days", readonly=False
    )
    l10n_es_grace_retroactive = fields.Boolean(
        related="company_id.l10n_es_grace_retroactive", readonly=False
    )
    l10n_es_contact_from = fields.Float(
        related="company_id.l10n_es_contact_from", readonly=False
    )
    l10n_es_contact_to = fields.Float(
        related="company_id.l10n_es_contact_to", readonly=False
    )
    l10n_es_contact_weekly = fields.Integer(
        related="company_id.l10n_es_contact_weekly", readonly=False
    )
    l10n_es_refused_received = fields.Boolean(
        related="company_id.l10n_es_refused_received", readonly=False
    )
    l10n_es_credit_registers = fields.Char(
        related="company_id.l10n_es_credit_registers", readonly=False
    )
    l10n_es_costs_first = fields.Boolean(
        related="company_id.l10n_es_costs_first", readonly=False
    )
