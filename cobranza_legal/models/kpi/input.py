"""Words for what a figure is made of: one row for each input."""

from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

from ..common.money import say_amount

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Input:
    """``kind``: how its value is shown: money, number, days or text."""

    code: str
    label: LazyGettext = field(compare=False)
    kind: str = "money"


INPUTS = (
    Input("receivables", _lt("Receivables")),
    Input("balance", _lt("Trial balance of these accounts")),
    Input("sales", _lt("Sales")),
    Input("days", _lt("Days"), "days"),
    Input("taxed", _lt("Tax"), "text"),
    Input("open", _lt("Open in all")),
    Input("overdue", _lt("Overdue")),
    Input("agreed", _lt("Missed instalments of agreements")),
    Input("current", _lt("Not yet due")),
    Input("begin", _lt("Receivables before the period")),
    Input("since", _lt("From"), "text"),
    Input("until", _lt("Until"), "text"),
    Input("paid", _lt("Paid in the period")),
    Input("came_back", _lt("Of it came back")),
    Input("due", _lt("Fell due in the period")),
    Input("kept", _lt("Kept"), "number"),
    Input("promised", _lt("Fell due"), "number"),
    Input("kept_amount", _lt("Paid in time")),
    Input("promised_amount", _lt("Promised")),
    Input("recovered", _lt("Recovered")),
    Input("cost", _lt("Cost")),
    Input("before", _lt("In it before the period")),
    Input("rolled", _lt("Of it in the next one")),
    Input("items", _lt("Items"), "number"),
    Input("promise", _lt("Promises")),
    Input("agreement", _lt("Payment agreements")),
    Input("habit", _lt("Habits of payers")),
)


class CobranzaKpiInput(models.AbstractModel):
    """Inputs of figures; blocks add theirs."""

    _name = "cobranza.kpi.input"
    _inherit = "cobranza.rows"
    _description = "Inputs of figures"

    def _rows(self):
        return INPUTS

    @api.model
    def _say(self, inputs, currency):
        """[(label, value in words)] of what a figure is made of."""
        found = []
        for code, value in (inputs or {}).items():
            row = self._row(code)
            kind = row.kind if row else "text"
            text = str(value)
            if kind == "money":
                text = say_amount(self.env, float(value), currency)
            found.append((self._label(code), text))
        return found
