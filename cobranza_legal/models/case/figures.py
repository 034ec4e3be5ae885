"""What cases bring in by lawyer and court, and what of the money entrusted."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import LazyTranslate

from ...kernel.kpi import ZERO
from ..common.money import to_decimal
from ..kpi.dimension import Dimension
from ..kpi.indicator import Indicator, Measure
from ..kpi.input import Input

_lt = LazyTranslate(__name__)


SOURCE = "cobranza.case.figures"


ONE = Decimal(1)


DIMENSIONS = (
    Dimension("lawyer", _lt("Lawyer"), "res.users", person=True),
    Dimension("court", _lt("Court"), "cobranza.court"),
)


INDICATORS = (
    Indicator(
        "recovered_lawyer",
        _lt("Recovered by lawyer"),
        _lt("Paid in the period of debts in the cases of this lawyer, with their cost"),
        unit="money",
        every="month",
        better="higher",
        tab="lawyer",
        source=SOURCE,
        measure="_measure_by_lawyer",
        behind="_behind_cases",
        sequence=55,
    ),
    Indicator(
        "recovered_court",
        _lt("Recovered by court"),
        _lt("Paid in the period of debts in lawsuits before this court, with its cost"),
        unit="money",
        every="month",
        better="higher",
        source=SOURCE,
        measure="_measure_by_court",
        behind="_behind_cases",
        sequence=56,
    ),
    Indicator(
        "case_recovery",
        _lt("Recovered of what was entrusted"),
        _lt("Paid of the cases handed over in twelve months / claimed in them × 100"),
        unit="percent",
        every="month",
        better="higher",
        source=SOURCE,
        measure="_measure_entrusted",
        behind="_behind_cases",
        sequence=57,
    ),
)


INPUTS = (
    Input("entrusted", _lt("Claimed in cases")),
    Input("cases", _lt("Cases"), "number"),
)


class CobranzaCaseFigures(models.AbstractModel):
    """Indicators of cases, see ``cobranza.kpi.indicator``."""

    _name = "cobranza.case.figures"
    _description = "Figures of cases"

    def _had(self, book):
        """{debt id: its cases} of what was recovered in the period."""
        debts = {one.debt for one in book.recovered if one.debt}
        cases = self.env["cobranza.case"].search(
            [
                ("company_id", "=", book.company.id),
                ("handed_on", "!=", False),
                ("debt_ids", "in", list(debts)),
            ],
            order="handed_on desc, id desc",
        )
        had = defaultdict(list)
        for case in cases:
            for debt in case.debt_ids.ids:
                had[debt].append(case)
        return had

    def _case_at(self, cases, day):
        """The latest of these cases that a lawyer had on a day; None."""
        running = (
            one
            for one in cases
            if one.handed_on <= day and (not one.closed_on or day <= one.closed_on)
        )
        return next(running, None)

    def _by(self, book, dimension, key_of):
        """[Measure] by what ``key_of`` says of a case: the id of a record, or none."""
        had, found = self._had(book), defaultdict(lambda: [ZERO, ZERO])
        for receipt in book.recovered:
            case = self._case_at(had.get(receipt.debt, ()), receipt.day)
            key = case and key_of(case)
            if key:
                found[key][0] += receipt.amount
        costs = self.env["cobranza.cost"].browse([one.id for one in book.costs])
        cases = {cost.id: cost.case_id for cost in costs}
        for cost in book.costs:
            key = cases[cost.id] and key_of(cases[cost.id])
            if key:
                found[key][1] += cost.amount
        return [
            Measure(
                money,
                ONE,
                {"recovered": str(money), "cost": str(cost)},
                f"{dimension}:{key}",
            )
            for key, (money, cost) in sorted(found.items())
        ]

    @api.model
    def _lawyer_of(self, case):
        """The id of the lawyer of a case: the first one who is named, else who works
        on it; None."""
        return (case.lawyer_ids[:1] or case.assigned_user_ids[:1]).id or None

    @api.model
    def _court_of(self, case):
        """The id of the court of its latest lawsuit; None."""
        suits = case.proceeding_ids.filtered("court_id")
        return suits.sorted("id")[-1:].court_id.id or None

    @api.model
    def _measure_by_lawyer(self, book):
        return self._by(book, "lawyer", self._lawyer_of)

    @api.model
    def _measure_by_court(self, book):
        return self._by(book, "court", self._court_of)

    def _entrusted(self, book):
        """The cases that were handed over in the twelve months until the day."""
        return self.env["cobranza.case"].search(
            [
                ("company_id", "=", book.company.id),
                ("handed_on", ">", book.year),
                ("handed_on", "<=", book.day),
                ("state", "!=", "cancelled"),
            ]
        )

    @api.model
    def _measure_entrusted(self, book):
        """[Measure] of what was paid until the day of what was claimed."""
        cases = self._entrusted(book)
        entrusted, paid = ZERO, ZERO
        run = self.env["cobranza.run"]
        lines = cases.line_ids
        currencies = set(lines.currency_id.ids)
        rates = run._read_rates(book.company, currencies, book.day)
        for line in lines:
            entrusted += to_decimal(line.principal) * rates[line.currency_id.id]
        kinds = self.env["cobranza.settlement"]._kinds(collects=True)
        settled = self.env["cobranza.settlement"].search(
            [
                ("debt_id", "in", cases.debt_ids.ids),
                ("kind", "in", kinds),
                ("date", ">", book.year),
                ("date", "<=", book.day),
            ]
        )
        by_debt = settled.grouped("debt_id")
        for case in cases:
            for debt in case.debt_ids:
                for one in by_debt.get(debt, ()):
                    if one.date >= case.handed_on:
                        paid += to_decimal(one.amount)
        inputs = {
            "recovered": str(paid),
            "entrusted": str(entrusted),
            "cases": str(len(cases)),
        }
        return [Measure(paid, entrusted, inputs)]

    @api.model
    def _behind_cases(self, kpi):
        """The cases of the split, of those that whoever asks may see."""
        code, _colon, key = (kpi.split or "").partition(":")
        domain = [("company_id", "=", kpi.company_id.id), ("handed_on", "<=", kpi.day)]
        if code == "lawyer":
            domain += [("assigned_user_ids", "in", int(key))]
        elif code == "court":
            domain += [("proceeding_ids.court_id", "=", int(key))]
        return {
            "type": "ir.actions.act_window",
            "name": self.env["cobranza.kpi.indicator"]._label(kpi.code),
            "res_model": "cobranza.case",
            "view_mode": "list,form",
            "domain": domain,
        }
