from odoo import fields, models
from odoo.fields import Domain

from ...kernel.procedure import Band
from ..common.money import to_decimal


class CobranzaProceedingPreference(models.Model):
    """By which procedure a company prefers to claim amounts of a band, where the law
    leaves it the choice. It opens nothing that the law does not open."""

    _name = "cobranza.proceeding.preference"
    _inherit = "cobranza.catalog.mixin"
    _description = "Preferred procedure"
    _order = "sequence, above, id"

    procedure_code = fields.Char("Code of the procedure", required=True)
    above = fields.Float("Claims above", digits=(16, 2))
    up_to = fields.Float("Claims up to", digits=(16, 2), help="0: without limit.")

    _amounts = models.Constraint(
        "CHECK (above >= 0 AND (up_to = 0 OR up_to > above))",
        "A band of amounts ends above its beginning.",
    )
    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(country_id, 0), COALESCE(company_id, 0)) WHERE active",
        "There is a preference of this code already.",
    )

    def _bands(self, company):
        """[``kernel.procedure.Band``] of a company, in their order."""
        country = company._cobranza_rules()._country()
        return [
            Band(
                one.procedure_code,
                to_decimal(one.above) or None,
                to_decimal(one.up_to) or None,
            )
            for one in self._standing(company, country, Domain.TRUE)
        ]
