"""What is being assessed: the debts of one company on one day, and what came of it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ...kernel.errors import MissingValue, NoSuchRule
from ...kernel.legal_table import LegalTable, LegalValue
from ..rules.charge import InterestSpan

NO_BOUNDS = InterestSpan()


def percents(rates):
    """Distinct percentages in the order given: "9% / 6%"."""
    return " / ".join(dict.fromkeys(f"{rate.normalize():f}%" for rate in rates))


class UsedValues:
    """A ``LegalTable`` that remembers every value it gave, with the day asked for."""

    def __init__(self, table: LegalTable):
        self.table = table
        self.used: dict[tuple[LegalValue, date], None] = {}

    @property
    def parameters(self):
        return self.table.parameters

    @property
    def codes(self):
        return self.table.codes

    def get(self, code, on, key=""):
        value = self.table.get(code, on, key)
        self.used[value, on] = None
        return value

    def number(self, code, on, key=""):
        value = self.get(code, on, key).value
        if value is None:
            raise NoSuchRule(code, on, key)
        return value

    def number_or_none(self, code, on, key=""):
        return self.get(code, on, key).value

    def series(self, code, key=""):
        return self.table.series(code, key)

    def until(self, code, key=""):
        return self.table.until(code, key)

    def note_series(self, series, days):
        """Remember what a series gave on ``days``; a contract's own is not law."""
        for day in days:
            try:
                self.get(series.code, day, series.key)
            except MissingValue:
                row = series.row(day)
                value = LegalValue(
                    series.code, series.key, row.first, row.last, row.value
                )
                self.used[value, day] = None

    def as_json(self):
        return [
            {
                "code": value.code,
                "key": value.key,
                "day": day.isoformat(),
                "value": None if value.value is None else str(value.value),
                "source": value.source,
                "article": value.article,
            }
            for value, day in self.used
        ]


@dataclass(slots=True)
class Assessment:
    """``bases`` is what may be charged of each debt, a record, in its own currency;
    ``covered`` what unallocated payments and credit notes took off it, ``credits``
    those payments with their days; ``asked`` are by debt the values that its terms of
    interest rest on.

    ``known_until``: only what was paid and charged by that day counts; None: all that
    is known.

    ``drafts`` are values of charges to be; ``refused`` tells by debt id why a charge
    that the law knows was not made, ``lacking`` those for which a legal value is
    missing, ``early`` those whose fee has to wait some days more; ``used`` are the
    legal values behind the drafts, ``missing`` the errors about those that
    lack, by code, key and day.
    """

    company: object
    rules: object
    on: date
    table: LegalTable
    bases: dict[object, Decimal]
    due: dict[object, date]
    covered: dict[object, Decimal] = field(default_factory=dict)
    credits: dict[object, tuple[tuple[date, Decimal], ...]] = field(
        default_factory=dict
    )
    known_until: "date | None" = None
    paid_until: "date | None" = None
    asked: dict[object, UsedValues] = field(default_factory=dict)
    drafts: list[dict] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    lacking: set[int] = field(default_factory=set)
    early: set[int] = field(default_factory=set)
    used: set[LegalValue] = field(default_factory=set)
    pending: set[int] = field(default_factory=set)
    missing: dict[tuple, MissingValue] = field(default_factory=dict)
    spans: "dict[int, InterestSpan] | None" = None
    deferred: "dict[int, list] | None" = None

    def span(self, debt):
        """The ``InterestSpan`` of one of these debts; the law is asked once for all."""
        if self.spans is None:
            self.spans = self.rules._interest_spans(debt.concat(*self.bases))
        return self.spans.get(debt.id, NO_BOUNDS)

    def deferral(self, debt):
        """[(first day, last day, Decimal)] of the interest that agreements which were
        not kept have charged one of these debts for days whose late interest came
        back; asked once for all."""
        if self.deferred is None:
            agreements = self.rules.env["cobranza.agreement"]
            ids = [one.id for one in (debt, *self.bases)]
            self.deferred = agreements._deferral_credits(ids)
        return self.deferred.get(debt.id, ())

    def days_late(self, debt):
        return (self.on - self.due[debt]).days

    def by_regime(self):
        """{regime: debts}, in the order of the debts."""
        groups = {}
        for debt in self.bases:
            groups.setdefault(debt.debtor_id.regime, []).append(debt)
        return groups

    def refuse(self, debts, message, pending=True):
        """Say why not; ``pending``: to be tried again."""
        for debt in debts:
            known = (self.refused.get(debt.id) or "").split("\n")
            if message not in known:
                self.refused[debt.id] = "\n".join(filter(None, [*known, message]))
            if pending:
                self.pending.add(debt.id)

    def lack(self, debts, message, error):
        """Refuse because a legal value is missing, as ``error`` says."""
        name = error.code, error.key, error.on
        self.missing[name] = error.with_traceback(None)  # frames are heavy
        self.refuse(debts, message)
        self.lacking |= {debt.id for debt in debts}

    def notes(self, debt_ids):
        """[(id, whether a charge is still pending, whether a legal value is missing,
        why)] of these debts, for the debts to keep."""
        return [
            (
                debt,
                debt in self.pending or debt in self.early,
                debt in self.lacking,
                self.refused.get(debt),
            )
            for debt in debt_ids
        ]

    def add(self, debt, kind, money, values, **more):
        """One more draft; ``money`` carries the amount."""
        self.used |= {value for value, _day in values.used}
        self.drafts.append(
            {
                "company_id": self.company.id,
                "debtor_id": debt.debtor_id.id,
                "debt_id": debt.id,
                "move_id": debt.move_id.id,
                "level_id": debt.level_id.id,
                "kind": kind,
                "amount": float(money.amount),
                "base": float(self.bases[debt]),
                "covered": float(self.covered.get(debt, 0)),
                "assessed_on": self.on,
                "values": values.as_json(),
                **more,
            }
        )
