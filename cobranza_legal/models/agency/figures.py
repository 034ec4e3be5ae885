"""What collection agencies bring in, and what they take for it."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import LazyTranslate

from ...kernel.kpi import HUNDRED, ZERO
from ..common.money import to_decimal
from ..kpi.dimension import Dimension
from ..kpi.indicator import Indicator, Measure

_lt = LazyTranslate(__name__)


SOURCE = "cobranza.agency.figures"


DIMENSIONS = (Dimension("agency", _lt("Agency"), "cobranza.agency"),)


INDICATORS = (
    Indicator(
        "recovered_agency",
        _lt("Recovered by agency"),
        _lt("Paid in the period of debts that the agency had, with its commission"),
        unit="money",
        every="month",
        better="higher",
        source=SOURCE,
        measure="_measure_recovered",
        behind="_behind_recovered",
        sequence=54,
    ),
)


class CobranzaAgencyFigures(models.AbstractModel):
    """Indicators of agencies, see ``cobranza.kpi.indicator``."""

    _name = "cobranza.agency.figures"
    _description = "Figures of collection agencies"

    def _shares(self, book):
        """{agency id: [recovered, commission]}: as the handover itself counts, what
        came after the day of the handover."""
        debts = {one.debt for one in book.recovered if one.debt}
        placements = self.env["cobranza.placement"].search(
            [
                ("company_id", "=", book.company.id),
                ("placed_on", "!=", False),
                ("debt_ids", "in", list(debts)),
            ]
        )
        had = defaultdict(list)
        for one in placements:
            for debt in one.debt_ids.ids:
                had[debt].append(one)
        found = defaultdict(lambda: [ZERO, ZERO])
        for receipt in book.recovered:
            for one in had.get(receipt.debt, ()):
                last = one._last_day()
                if one.placed_on < receipt.day and (not last or receipt.day <= last):
                    sums = found[one.agency_id.id]
                    sums[0] += receipt.amount
                    sums[1] += receipt.amount * to_decimal(one.commission) / HUNDRED
                    break
        return found

    @api.model
    def _measure_recovered(self, book):
        """[Measure], one for each agency."""
        return [
            Measure(
                money,
                Decimal(1),
                {"recovered": str(money), "cost": str(cost)},
                f"agency:{agency}",
            )
            for agency, (money, cost) in sorted(self._shares(book).items())
        ]

    @api.model
    def _behind_recovered(self, kpi):
        """The handovers of this agency."""
        agency = int(kpi.split.partition(":")[2])
        return {
            "type": "ir.actions.act_window",
            "name": self.env["cobranza.kpi.indicator"]._label(kpi.code),
            "res_model": "cobranza.placement",
            "view_mode": "list,form",
            "domain": [
                ("agency_id", "=", agency),
                ("company_id", "=", kpi.company_id.id),
            ],
        }
