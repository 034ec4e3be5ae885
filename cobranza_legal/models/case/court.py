from odoo import api, fields, models


class CobranzaCourt(models.Model):
    """A court, a notary or a public body before which debts are claimed."""

    _name = "cobranza.court"
    _inherit = ["cobranza.shared.mixin", "cobranza.traced.mixin"]
    _description = "Court"
    _order = "name, id"

    name = fields.Char(required=True, help="As it is called today.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company uses it."
    )
    country_id = fields.Many2one(
        "res.country",
        required=True,
        default=lambda self: self.env.company.account_fiscal_country_id,
    )
    state_id = fields.Many2one(
        "res.country.state",
        string="Province or region",
        domain="[('country_id', '=', country_id)]",
    )
    city = fields.Char(
        "Municipality of its seat",
        help="Its local holidays count. Empty: unknown, none counts.",
    )
    email = fields.Char()
    phone = fields.Char()
    note = fields.Text()

    _traced = ("name", "active", "company_id", "country_id", "state_id", "city")

    def _using_companies(self):
        shared = self.filtered(lambda row: not row.company_id and row._origin)
        if not shared:
            return self.env["res.company"].sudo()
        return self._companies_of(shared.country_id)

    @api.depends("name", "city")
    def _compute_display_name(self):
        for court in self:
            seat = court.city if court.city and court.city not in court.name else ""
            court.display_name = f"{court.name} ({seat})" if seat else court.name
