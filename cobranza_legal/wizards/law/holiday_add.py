from odoo import fields, models


class CobranzaHolidayAdd(models.TransientModel):
    _name = "cobranza.holiday.add"
    _inherit = "cobranza.dialog.mixin"
    _description = "Add years of holidays"

    country_id = fields.Many2one(
        "res.country",
        required=True,
        default=lambda self: self.env.company.account_fiscal_country_id,
    )
    last_year = fields.Integer(
        string="Until the year",
        required=True,
        default=lambda self: self.env.company._cobranza_today().year + 1,
    )

    def action_add(self):
        self.ensure_one()
        added = self.env["cobranza.holiday"]._add_years(self.country_id, self.last_year)
        return added._get_records_action(name=self.env._("Added holidays"))
