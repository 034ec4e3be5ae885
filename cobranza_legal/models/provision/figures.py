"""How much of what is overdue is provided for."""

from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ...kernel.provision import ZERO
from ..kpi.indicator import Indicator, Measure
from ..kpi.input import Input
from .reader import ALLOWANCE

_lt = LazyTranslate(__name__)


SOURCE = "cobranza.provision.figures"


INDICATORS = (
    Indicator(
        "provision_coverage",
        _lt("Provision coverage"),
        _lt("Allowance in the books / overdue, unmatched credits taken off × 100"),
        unit="percent",
        every="month",
        better="higher",
        source=SOURCE,
        measure="_measure_coverage",
        behind="_behind_coverage",
        sequence=65,
    ),
)


INPUTS = (Input("allowance", _lt("Allowance in the books")),)


class CobranzaProvisionFigures(models.AbstractModel):
    """Indicators of provisions, see ``cobranza.kpi.indicator``."""

    _name = "cobranza.provision.figures"
    _description = "Figures of provisions"

    @api.model
    def _measure_coverage(self, book):
        """[Measure]; none where the company has no account of the allowance."""
        account = book.company._cobranza_provision_accounts()["allowance"]
        if not account:
            return []
        self.env["account.move.line"].flush_model()
        query = SQL(ALLOWANCE, account.id, book.tree, book.day)
        allowance = Decimal(self.env.execute_query(query)[0][0])
        net = book.netted
        overdue = sum((net.get(one.line, ZERO) for one in book.late), ZERO)
        inputs = {"allowance": str(allowance), "overdue": str(overdue)}
        return [Measure(allowance, overdue, inputs)]

    @api.model
    def _behind_coverage(self, kpi):
        """The lines of the last run that was booked until the day."""
        run = self.env["cobranza.provision.run"].search(
            [
                ("company_id", "=", kpi.company_id.id),
                ("day", "<=", kpi.day),
                ("state", "=", "posted"),
            ],
            order="day desc",
            limit=1,
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env["cobranza.kpi.indicator"]._label(kpi.code),
            "res_model": "cobranza.provision.line",
            "view_mode": "list",
            "domain": [("run_id", "=", run.id)],
        }
