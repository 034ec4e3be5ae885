"""What is measured: one row for each indicator, to which any addon adds its own."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

from ...kernel.kpi import HUNDRED, YEAR, fraction

_lt = LazyTranslate(__name__)


FACTORS = {"days": YEAR, "percent": HUNDRED, "money": Decimal(1)}
"""{unit: by what a fraction is multiplied}."""


class Measure(NamedTuple):
    """What one indicator measured: raw, not rounded, money in company currency.

    ``inputs``: {code of ``cobranza.kpi.input``: number as text, or text} of what the
    figure is made of. ``split``: "" for the whole company, else "<dimension>:<id or
    code>", several joined by "|". ``factor``: None for that of the unit.
    """

    numerator: Decimal
    denominator: Decimal
    inputs: dict = {}
    split: str = ""
    factor: "Decimal | None" = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """``formula`` in words, as it is shown. ``unit``: days, percent or money.
    ``every``: how often it is reported: day, week or month; it is measured every day.
    ``better``: lower or higher. ``target``: where a company has none of its own;
    ``strict``: the target itself does not meet it. ``tab``: who looks at it:
    direction, collector or lawyer.

    ``measure`` is the name of an ``api.model`` method of ``source``: it takes a
    ``kpi.book.KpiBook`` and gives [Measure] by set-based queries, as superuser.
    ``behind`` is the name of one that takes a record of ``cobranza.kpi`` and gives the
    action of the list behind its figure; empty: there is none.
    """

    code: str
    label: LazyGettext = field(compare=False)
    formula: LazyGettext = field(compare=False)
    unit: str
    every: str
    better: str
    measure: str
    target: "Decimal | None" = None
    strict: bool = True
    tab: str = "direction"
    source: str = "cobranza.kpi.sources"
    behind: str = ""
    sequence: int = 100

    def factor(self, measure: Measure):
        """By what the fraction of a measure is multiplied."""
        return FACTORS[self.unit] if measure.factor is None else measure.factor

    def value(self, measure: Measure):
        """The figure, to two decimals; None where there is nothing to divide by."""
        factor = self.factor(measure)
        return fraction(measure.numerator, measure.denominator, factor)


DSO = Decimal(30)
LATE = Decimal(5)
COLLECTED = Decimal(95)


INDICATORS = (
    Indicator(
        "dso",
        _lt("Days sales outstanding"),
        _lt("Receivables / sales of the window × its days"),
        unit="days",
        every="month",
        better="lower",
        target=DSO,
        measure="_measure_dso",
        behind="_behind_items",
        sequence=10,
    ),
    Indicator(
        "overdue_rate",
        _lt("Overdue rate"),
        _lt("Overdue / open in all × 100, as documents stand"),
        unit="percent",
        every="week",
        better="lower",
        target=LATE,
        measure="_measure_overdue",
        behind="_behind_late",
        sequence=20,
    ),
    Indicator(
        "overdue_rate_adjusted",
        _lt("Overdue rate, adjusted"),
        _lt(
            "The same with credits that nobody has matched taken off the oldest debts, "
            "and of debts in an agreement the missed instalments alone"
        ),
        unit="percent",
        every="week",
        better="lower",
        target=LATE,
        measure="_measure_overdue_adjusted",
        behind="_behind_late",
        sequence=21,
    ),
    Indicator(
        "effectiveness",
        _lt("Collection effectiveness"),
        _lt("Paid in the period / fell due in the period × 100: arrears count, too"),
        unit="percent",
        every="month",
        better="higher",
        target=COLLECTED,
        measure="_measure_effectiveness",
        behind="_behind_cash",
        sequence=30,
    ),
    Indicator(
        "effectiveness_adjusted",
        _lt("Collection effectiveness, adjusted"),
        _lt(
            "Paid in the period of what fell due in it / fell due in the period × 100, "
            "payments that came back taken off"
        ),
        unit="percent",
        every="month",
        better="higher",
        target=COLLECTED,
        measure="_measure_effectiveness_adjusted",
        behind="_behind_cash",
        sequence=31,
    ),
    Indicator(
        "promise_kept",
        _lt("Promises kept"),
        _lt("Promises paid in time / promises that fell due × 100"),
        unit="percent",
        every="week",
        better="higher",
        tab="collector",
        measure="_measure_promises",
        behind="_behind_promises",
        sequence=40,
    ),
    Indicator(
        "promise_kept_amount",
        _lt("Promised money kept"),
        _lt("Paid in time of promises / promised × 100"),
        unit="percent",
        every="week",
        better="higher",
        tab="collector",
        measure="_measure_promised_money",
        behind="_behind_promises",
        sequence=41,
    ),
    Indicator(
        "agreement_kept",
        _lt("Instalments kept"),
        _lt("Instalments paid in time / instalments that fell due × 100"),
        unit="percent",
        every="month",
        better="higher",
        measure="_measure_instalments",
        behind="_behind_instalments",
        sequence=42,
    ),
    Indicator(
        "recovered",
        _lt("Recovered"),
        _lt("Paid in the period after its due date, less what came back"),
        unit="money",
        every="month",
        better="higher",
        measure="_measure_recovered",
        behind="_behind_recovered",
        sequence=50,
    ),
    Indicator(
        "recovered_phase",
        _lt("Recovered by phase"),
        _lt("Recovered of debts in this phase, with its cost"),
        unit="money",
        every="month",
        better="higher",
        measure="_measure_recovered_phase",
        behind="_behind_recovered",
        sequence=51,
    ),
    Indicator(
        "recovered_channel",
        _lt("Recovered by channel"),
        _lt("Recovered after the last contact by this channel"),
        unit="money",
        every="month",
        better="higher",
        measure="_measure_recovered_channel",
        behind="_behind_recovered",
        sequence=52,
    ),
    Indicator(
        "recovered_collector",
        _lt("Recovered by collector"),
        _lt("Recovered of the debtors of this collector, with its cost"),
        unit="money",
        every="month",
        better="higher",
        tab="collector",
        measure="_measure_recovered_collector",
        behind="_behind_recovered",
        sequence=53,
    ),
    Indicator(
        "collection_cost",
        _lt("Cost of collection"),
        _lt("Costs of the period / recovered × 100"),
        unit="percent",
        every="month",
        better="lower",
        measure="_measure_cost",
        behind="_behind_costs",
        sequence=60,
    ),
    Indicator(
        "best_dso",
        _lt("Best possible days sales outstanding"),
        _lt("What is not yet due / sales of the window × its days"),
        unit="days",
        every="month",
        better="lower",
        measure="_measure_best_dso",
        sequence=70,
    ),
    Indicator(
        "average_delay",
        _lt("Average days delinquent"),
        _lt("Days sales outstanding less the best possible ones"),
        unit="days",
        every="month",
        better="lower",
        measure="_measure_delay",
        sequence=71,
    ),
    Indicator(
        "collection_index",
        _lt("Collection effectiveness index"),
        _lt(
            "(Receivables before + sales − receivables) / (receivables before + sales "
            "− not yet due) × 100"
        ),
        unit="percent",
        every="month",
        better="higher",
        measure="_measure_index",
        sequence=72,
    ),
    Indicator(
        "roll_rate",
        _lt("Roll rate"),
        _lt("Of what was in these days past due, still open in the next ones × 100"),
        unit="percent",
        every="month",
        better="lower",
        measure="_measure_roll",
        sequence=73,
    ),
    Indicator(
        "ageing",
        _lt("Open by phase and days past due"),
        _lt("Open in all of this phase and these days past due"),
        unit="money",
        every="week",
        better="lower",
        measure="_measure_ageing",
        sequence=80,
    ),
)


FORECAST = Indicator(
    "forecast",
    _lt("Forecast of the week"),
    _lt("What is promised, agreed, being debited, or usual of its debtors"),
    unit="money",
    every="day",
    better="higher",
    measure="_measure_forecast",
    source="cobranza.forecast",
    sequence=200,
)
"""Kept every day, so that it can be said how often it was right."""


class CobranzaKpiIndicator(models.AbstractModel):
    """Indicators; blocks and addons add theirs."""

    _name = "cobranza.kpi.indicator"
    _inherit = "cobranza.rows"
    _description = "Indicators"

    def _rows(self):
        return (*INDICATORS, FORECAST)
