from odoo import models

from odoo.addons.cobranza_legal.kernel.published import Rate
from odoo.addons.cobranza_legal.models.rate_http import (
    SourceTrouble,
    read_list,
    to_day,
    to_number,
)

from . import law

SERIES = {
    law.UF: ("uf", "Pesos"),
    law.UTM: ("utm", "Pesos"),
    law.IPC: ("ipc", "Porcentaje"),
}


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
