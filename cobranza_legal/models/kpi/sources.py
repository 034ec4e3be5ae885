from odoo import api, models

from ...kernel.kpi import YEAR
from .indicator import Measure


class CobranzaKpiSources(models.AbstractModel):
    """How the indicators of the core are measured; each method takes a ``KpiBook``."""

    _name = "cobranza.kpi.sources"
    _description = "Sources of indicators"

    @api.model
    def _measure_dso(self, book):
        """[Measure] of the days sales outstanding."""
        sales, _net = book.sales(book.year, book.day)
        inputs = {"receivables": str(book.receivables), "sales": str(sales)}
        return [Measure(book.receivables, sales, inputs, factor=YEAR)]

    @api.model
    def _behind_receivables(self, kpi):
        """The items that are open today, of the followed accounts."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_debt"
        )
