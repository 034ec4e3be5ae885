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

    ``inputs``: {name: number or text} of what the figure is made of, for JSON; names
    are codes of ``INPUTS`` of some indicator or plain words. ``split``: "" for the
    whole company, else "<dimension>:<id or code>", several joined by "|". ``factor``:
    None for that of the unit.
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


INDICATORS = (
    Indicator(
        "dso",
        _lt("Days sales outstanding"),
        _lt("Receivables / sales of the window × its days"),
        unit="days",
        every="month",
        better="lower",
        target=Decimal(30),
        measure="_measure_dso",
        behind="_behind_receivables",
        sequence=10,
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
