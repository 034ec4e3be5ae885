from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cobranza_bill_when = fields.Selection(
        related="company_id.cobranza_bill_when", readonly=False
    )
    cobranza_bill_day = fields.Integer(
        related="company_id.cobranza_bill_day", readonly=False
    )
    cobranza_window = fields.Selection(
        related="company_id.cobranza_window", readonly=False
    )
    cobranza_portal_days = fields.Integer(
        related="company_id.cobranza_portal_days", readonly=False
    )
    cobranza_portal_answer_days = fields.Integer(
        related="company_id.cobranza_portal_answer_days", readonly=False
    )
    cobranza_portal_paid_days = fields.Integer(
        related="company_id.cobranza_portal_paid_days", readonly=False
    )
    cobranza_portal_promise_days = fields.Integer(
        related="company_id.cobranza_portal_promise_days", readonly=False
    )
    cobranza_portal_promise_percent = fields.Integer(
        related="company_id.cobranza_portal_promise_percent", readonly=False
    )
    cobranza_log_years = fields.Integer(
        related="company_id.cobranza_log_years", readonly=False
    )
    cobranza_mode = fields.Selection(related="company_id.cobranza_mode")
    cobranza_live_on = fields.Date(related="company_id.cobranza_live_on")
    cobranza_policy_id = fields.Many2one(
        related="company_id.cobranza_policy_id", readonly=False
    )
    cobranza_user_id = fields.Many2one(
        related="company_id.cobranza_user_id", readonly=False
    )
    cobranza_contact_gap = fields.Integer(
        related="company_id.cobranza_contact_gap", readonly=False
    )
    cobranza_bank_guard_days = fields.Integer(
        related="company_id.cobranza_bank_guard_days", readonly=False
    )
    cobranza_email_from = fields.Char(
        related="company_id.cobranza_email_from", readonly=False
    )
    cobranza_bank_account_id = fields.Many2one(
        related="company_id.cobranza_bank_account_id", readonly=False
    )
    cobranza_account_ids = fields.Many2many(
        related="company_id.cobranza_account_ids", readonly=False
    )
    cobranza_instrument_account_ids = fields.Many2many(
        related="company_id.cobranza_instrument_account_ids", readonly=False
    )
    cobranza_loss_account_ids = fields.Many2many(
        related="company_id.cobranza_loss_account_ids", readonly=False
    )
    cobranza_instrument_interest = fields.Selection(
        related="company_id.cobranza_instrument_interest", readonly=False
    )
    cobranza_promise_tolerance = fields.Integer(
        related="company_id.cobranza_promise_tolerance", readonly=False
    )
    cobranza_agreement_before = fields.Integer(
        related="company_id.cobranza_agreement_before", readonly=False
    )
    cobranza_agreement_after = fields.Integer(
        related="company_id.cobranza_agreement_after", readonly=False
    )
    cobranza_suspension_days = fields.Integer(
        related="company_id.cobranza_suspension_days", readonly=False
    )
    cobranza_suspension_services = fields.Text(
        related="company_id.cobranza_suspension_services", readonly=False
    )
    cobranza_terms_required = fields.Selection(
        related="company_id.cobranza_terms_required", readonly=False
    )
    cobranza_sent_check = fields.Selection(
        related="company_id.cobranza_sent_check", readonly=False
    )
    cobranza_sent_days = fields.Integer(
        related="company_id.cobranza_sent_days", readonly=False
    )
    cobranza_claim_kind = fields.Selection(
        related="company_id.cobranza_claim_kind", readonly=False
    )
    cobranza_limitation_alarm_days = fields.Integer(
        related="company_id.cobranza_limitation_alarm_days", readonly=False
    )
    cobranza_payment_interrupts = fields.Boolean(
        related="company_id.cobranza_payment_interrupts", readonly=False
    )
    cobranza_late_mode = fields.Selection(
        related="company_id.cobranza_late_mode", readonly=False
    )
    cobranza_late_days = fields.Integer(
        related="company_id.cobranza_late_days", readonly=False
    )
    cobranza_late_sum = fields.Monetary(
        related="company_id.cobranza_late_sum",
        readonly=False,
        currency_field="cobranza_currency_id",
    )
    cobranza_waive_limit = fields.Monetary(
        related="company_id.cobranza_waive_limit",
        readonly=False,
        currency_field="cobranza_currency_id",
    )
    cobranza_ageing_days = fields.Char(
        related="company_id.cobranza_ageing_days", readonly=False
    )
    cobranza_report_user_ids = fields.Many2many(
        related="company_id.cobranza_report_user_ids", readonly=False
    )
    cobranza_weekly_list = fields.Boolean(
        related="company_id.cobranza_weekly_list", readonly=False
    )
    cobranza_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Collection currency"
    )

    def action_cobranza_go_live(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_go_live"
        )

    def action_cobranza_first_day(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_first_day"
        )

    def set_values(self):
        """What blocks have to go on with is not switched off."""
        switches = (
            (field.implied_group, self[name])
            for name, field in self._fields.items()
            if getattr(field, "implied_group", None)
        )
        on = {group for group, value in switches if value}
        self.env["cobranza.block"]._check_switches(on)
        return super().set_values()
