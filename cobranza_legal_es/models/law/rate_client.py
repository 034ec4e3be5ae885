from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from odoo import models

from odoo.addons.cobranza_legal.kernel.published import Rate
from odoo.addons.cobranza_legal.models.law.rate_client import (
    SourceTrouble,
    to_day,
    to_number,
)

MAIN_RATE, EURIBOR = "es.ecb.main", "es.euribor.12m"


SERIES = {
    MAIN_RATE: "FM/D.U2.EUR.4F.KR.MRR_FR.LEV",
    EURIBOR: "FM/M.U2.EUR.RT.MM.EURIBOR1YD_.HSTA",
}


COLUMNS = ("KEY", "TIME_PERIOD", "OBS_VALUE")


THOUSANDTH = Decimal("0.001")
"""The Euribor is official with three decimals (Orden EHA/2899/2011)."""


MISSING = ("", "NaN")


class CobranzaRateClientEcb(models.AbstractModel):
    """The data portal of the European Central Bank, which asks for no key (SDMX)."""

    _name = "cobranza.rate.client.ecb"
    _inherit = "cobranza.rate.client"
    _description = "Rates of the European Central Bank"

    _address = "https://data-api.ecb.europa.eu/service/data"
    _citation = "BCE, data-api.ecb.europa.eu"

    def _codes(self):
        return tuple(SERIES)

    def _rates(self, code, first, last):
        series = SERIES[code]
        monthly = code == EURIBOR
        rows = self._ask_csv(
            series,
            COLUMNS,
            format="csvdata",
            detail="dataonly",
            startPeriod=f"{first:%Y-%m}" if monthly else first.isoformat(),
        )
        name = series.replace("/", ".")
        values = {}
        for row in rows:
            if row["KEY"] != name:
                raise SourceTrouble("format", str(row["KEY"])[:60])
            if (row["OBS_VALUE"] or "").strip() in MISSING:
                continue
            text = row["TIME_PERIOD"] or ""
            day = to_day(f"{text}-01" if monthly else text)
            values[day] = to_number(row["OBS_VALUE"])
        return self._months(values) if monthly else self._runs(values)

    @staticmethod
    def _months(values):
        return [
            Rate(day, None, value.quantize(THOUSANDTH, ROUND_HALF_UP))
            for day, value in sorted(values.items())
        ]

    @staticmethod
    def _runs(values):
        """A rate from the day on which it changed to the one before the next change;
        the last one is in force until another is published."""
        if not values:
            return []
        starts = [
            next(group) for _value, group in groupby(sorted(values.items()), _value_of)
        ]
        ends = [day - timedelta(days=1) for day, _value in starts[1:]]
        return [
            Rate(day, last, value)
            for (day, value), last in zip(starts, [*ends, None], strict=True)
        ]


def _value_of(item):
    return item[1]
