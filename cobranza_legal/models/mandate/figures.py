"""What of the direct debits comes back."""

from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ..kpi.indicator import Indicator, Measure
from ..kpi.input import Input

_lt = LazyTranslate(__name__)


SOURCE = "cobranza.mandate.figures"


INDICATORS = (
    Indicator(
        "returned_debits",
        _lt("Direct debits that came back"),
        _lt("Debits of the period that came back / debits of the period × 100"),
        unit="percent",
        every="month",
        better="lower",
        source=SOURCE,
        measure="_measure_returned",
        behind="_behind_returned",
        sequence=45,
    ),
)


INPUTS = (
    Input("debit", _lt("Direct debits")),
    Input("debits", _lt("Direct debits"), "number"),
    Input("returned_debits", _lt("Came back"), "number"),
    Input("debited", _lt("Debited")),
    Input("debited_back", _lt("Of it came back")),
)


DEBITS = """
    SELECT d.id, d.currency_id, d.amount::text,
           COALESCE(d.returned_on <= %(day)s, FALSE)
      FROM cobranza_debit d
     WHERE d.company_id = %(company)s AND d.presented_on IS NOT NULL
       AND d.presented_on <= %(day)s
       AND d.collect_on BETWEEN %(since)s AND %(day)s
     ORDER BY d.id
"""


class CobranzaMandateFigures(models.AbstractModel):
    """Indicators of direct debits, see ``cobranza.kpi.indicator``."""

    _name = "cobranza.mandate.figures"
    _description = "Figures of direct debits"

    def _debits(self, book):
        """[(id, amount in company currency, whether it came back until the day)]."""
        self.env["cobranza.debit"].flush_model()
        values = {"company": book.company.id, "since": book.since, "day": book.day}
        rows = self.env.execute_query(SQL(DEBITS, **values))
        run = self.env["cobranza.run"]
        rates = run._read_rates(book.company, {row[1] for row in rows}, book.day)
        return [
            (key, Decimal(amount) * rates[currency], back)
            for key, currency, amount, back in rows
        ]

    @api.model
    def _measure_returned(self, book):
        """[Measure] by their number."""
        rows = self._debits(book)
        back = [amount for _key, amount, is_back in rows if is_back]
        inputs = {
            "returned_debits": str(len(back)),
            "debits": str(len(rows)),
            "debited": str(sum((row[1] for row in rows), Decimal(0))),
            "debited_back": str(sum(back, Decimal(0))),
        }
        return [Measure(Decimal(len(back)), Decimal(len(rows)), inputs)]

    @api.model
    def _behind_returned(self, kpi):
        """The debits of the period."""
        rows = self.sudo()._debits(kpi._book())
        return {
            "type": "ir.actions.act_window",
            "name": self.env["cobranza.kpi.indicator"]._label(kpi.code),
            "res_model": "cobranza.debit",
            "view_mode": "list,form",
            "domain": [("id", "in", [row[0] for row in rows])],
        }
