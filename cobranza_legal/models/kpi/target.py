from decimal import Decimal

from odoo import api, fields, models

from ..common.money import to_decimal
from ..common.rows import Row


class CobranzaKpiTarget(models.Model):
    """What a company wants of an indicator, from a day on; without a row the target of
    the indicator stands."""

    _name = "cobranza.kpi.target"
    _inherit = "cobranza.gate.mixin"
    _description = "Target of a figure"
    _order = "company_id, code, valid_from desc, id"
    _rec_name = "code"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    code = Row("cobranza.kpi.indicator", "Indicator", required=True)
    valid_from = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    value = fields.Float("Target", digits=(24, 2))
    off = fields.Boolean("No target")
    unit = fields.Selection(
        [("days", "Days"), ("percent", "%"), ("money", "Money")],
        compute="_compute_unit",
    )

    _day_uniq = models.Constraint(
        "UNIQUE (company_id, code, valid_from)",
        "This indicator has a target from that day already.",
    )

    @api.depends("code")
    def _compute_unit(self):
        rows = self.env["cobranza.kpi.indicator"]
        for one in self:
            row = rows._row(one.code)
            one.unit = row.unit if row else False

    @api.model
    def _targets(self, companies):
        """A function of (company id, code, day) that gives the target as Decimal, None
        where there is none; one query. Whoever asks."""
        # sudo: who may see a figure may know what it is measured by
        rows = self.sudo().search([("company_id", "in", companies.ids)])
        known = {}
        for row in rows:
            known.setdefault((row.company_id.id, row.code), []).append(row)
        indicators = self.env["cobranza.kpi.indicator"]

        def target(company, code, day) -> "Decimal | None":
            for row in known.get((company, code), ()):
                if row.valid_from <= day:
                    return None if row.off else to_decimal(row.value)
            found = indicators._row(code)
            return found.target if found else None

        return target
