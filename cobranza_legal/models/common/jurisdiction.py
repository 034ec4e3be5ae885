from odoo import api, fields, models
from odoo.fields import Domain


class CobranzaJurisdictionMixin(models.AbstractModel):
    """A record made for the law of one country, or for any."""

    _name = "cobranza.jurisdiction.mixin"
    _description = "Made for a jurisdiction"

    country_id = fields.Many2one(
        "res.country", string="Jurisdiction", help="Empty: where no law says more."
    )
    of_my_jurisdiction = fields.Boolean(
        "Of my jurisdiction",
        compute="_compute_of_my_jurisdiction",
        search="_search_of_my_jurisdiction",
        help="Made for the fiscal country of one of the chosen companies, or for any.",
    )

    @api.depends("country_id")
    @api.depends_context("allowed_company_ids")
    def _compute_of_my_jurisdiction(self):
        countries = self.env.companies._cobranza_jurisdictions()
        for record in self:
            country = record.country_id
            record.of_my_jurisdiction = not country or country in countries

    def _search_of_my_jurisdiction(self, operator, value):
        if operator != "in":
            return NotImplemented
        countries = self.env.companies._cobranza_jurisdictions()
        return Domain("country_id", "in", [*countries.ids, False])
