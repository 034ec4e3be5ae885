from datetime import timedelta

from odoo import models

from odoo.addons.cobranza_legal.kernel.periods import add_months
from odoo.addons.cobranza_legal.kernel.published import Rate
from odoo.addons.cobranza_legal.models.law.rate_client import (
    SourceTrouble,
    read_list,
    to_day,
    to_number,
    to_number_with_comma,
)

from . import law

RESOURCES = {law.UF: ("uf", "UFs"), law.UTM: ("utm", "UTMs"), law.IPC: ("ipc", "IPCs")}


KEYS = ("34", "35", "44", "45")
"""Types of operation of the CMF whose highest interest is kept."""


CURRENT_KEY = "35"


SURCHARGES = {"44": 14, "45": 21}
"""Points over the current interest of 200 to 5,000 UF (Ley 18.010 art. 6 bis)."""


NO_DATA = "404"


BAD_KEY = ("420", "421", "422")


SERIES = {
    law.UF: ("uf", "Pesos"),
    law.UTM: ("utm", "Pesos"),
    law.IPC: ("ipc", "Porcentaje"),
}


class CobranzaRateClientCmf(models.AbstractModel):
    """Comisión para el Mercado Financiero, API SBIF v3, with the user's own free key.

    UF, UTM and IPC are written with a decimal comma and thousands points, the rates of
    interest with a decimal point.
    """

    _name = "cobranza.rate.client.cmf"
    _inherit = "cobranza.rate.client"
    _description = "Rates of the CMF"

    _address = "https://api.cmfchile.cl/api-sbifv3/recursos_api"
    _citation = "CMF, api.cmfchile.cl"
    _needs_key = True

    def _codes(self):
        return (*RESOURCES, law.INTEREST_CURRENT, law.INTEREST_MAX)

    def _rates(self, code, first, last):
        if code in RESOURCES:
            path, name = RESOURCES[code]
            today = self.env.company._cobranza_today()
            rates = []
            # a year that has not begun is an error of theirs
            for year in range(first.year, min(last, today).year + 1):
                rows = self._ask_rows(f"{path}/{year}", name)
                rates += [self._rate(row) for row in rows]
            return rates
        found = self._highest(first, last)
        return found if code == law.INTEREST_MAX else self._current(found)

    def _ask_rows(self, path, name):
        """The rows of an answer; none when the CMF has no data for it."""
        key = self._key()
        if not key:
            raise SourceTrouble("key")
        try:
            data = self._ask_json(path, apikey=key, formato="json")
        except SourceTrouble as trouble:
            if trouble.detail == NO_DATA:
                return []
            if trouble.detail in BAD_KEY:
                raise SourceTrouble("key") from None
            raise
        return read_list(data, name)

    @staticmethod
    def _rate(row):
        day = to_day(row.get("Fecha"))
        return Rate(day, None, to_number_with_comma(row.get("Valor")))

    # -- interest --------------------------------------------------------------------

    def _highest(self, first, last):
        """The highest interest of each type and period.

        The period in force has no last day: it gets the usual one, the day before the
        same day of the next month, and is prolonged when the next is published later.
        """
        last = min(last, self.env.company._cobranza_today())
        path = f"{first.year}/{first.month:02}/{last.year}/{last.month:02}"
        rows = self._ask_rows(f"tmc/periodo/{path}", "TMCs")
        found = {}
        for row in rows:
            if str(row.get("Tipo")) in KEYS:
                key, start = str(row["Tipo"]), to_day(row.get("Fecha"))
                value = to_number(row.get("Valor"))
                if found.setdefault((key, start), (value, row))[0] != value:
                    raise SourceTrouble("format", f"{key} {start}")
        return [
            Rate(start, self._end(start, row.get("Hasta")), value, key)
            for (key, start), (value, row) in sorted(found.items())
        ]

    @staticmethod
    def _end(start, until):
        return to_day(until) if until else add_months(start, 1) - timedelta(days=1)

    def _current(self, highest):
        """The current interest of 200 to 5,000 UF, from which art. 6 bis adds up those
        of smaller amounts; what does not add up is not believed."""
        periods = {}
        for rate in highest:
            periods.setdefault((rate.first, rate.last), {})[rate.key] = rate.value
        rates = []
        for (first, last), values in periods.items():
            found = {
                values[key] - points
                for key, points in SURCHARGES.items()
                if key in values
            }
            if len(found) != 1:
                raise SourceTrouble("format", f"TMC 44, 45 {first}")
            rates.append(Rate(first, last, found.pop(), CURRENT_KEY))
        return rates


class CobranzaRateClientMindicador(models.AbstractModel):
    """mindicador.cl, which is not official and asks for no key.

    Its days are midnights of Santiago written in UTC: the first ten characters count.
    """

    _name = "cobranza.rate.client.mindicador"
    _inherit = "cobranza.rate.client"
    _description = "Rates of mindicador.cl"

    _address = "https://mindicador.cl/api"
    _citation = "mindicador.cl"

    def _codes(self):
        return tuple(SERIES)

    def _rates(self, code, first, last):
        name, unit = SERIES[code]
        rates = []
        today = self.env.company._cobranza_today()
        for year in range(first.year, min(last, today).year + 1):
            data = self._ask_json(f"{name}/{year}")
            rows = read_list(data, "serie")
            for label, expected in (("codigo", name), ("unidad_medida", unit)):
                if data.get(label) != expected:
                    raise SourceTrouble("format", f"{label}: {data.get(label)}"[:60])
            rates += [self._rate(row) for row in rows]
        return rates

    @staticmethod
    def _rate(row):
        return Rate(to_day(row.get("fecha")), None, to_number(row.get("valor")))
