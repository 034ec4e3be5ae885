"""What a company would have done in its shadow month, in figures."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from odoo.tools import SQL

from .bridge import to_decimal
from .cobranza_settlement import COLLECTING
from .shadow_sql import ACTS, CHARGES, CLAIMED, FIRST_CLAIMS, FIRST_SHADOWS, SHARE

WITHIN = 30
"""Days after the first claim in which a payment counts as its answer."""
LOOKBACK = 365
"""Days of claims that make the company's own history."""
LEAST = 20
"""Claimed debts that make a history; of fewer no share is said."""
ZERO = Decimal(0)


class Act(NamedTuple):
    """A contact that would have been made; amounts in company currency."""

    day: date
    debtor: int
    channel: str
    planned_at: "datetime | None"
    automatic: bool
    level: int
    amount: Decimal
    debts: int
    settled: bool
    cash: bool
    paid_on: "date | None"

    @property
    def is_spared(self):
        """The debtor paid everything that it claims, and never received it."""
        return self.settled and self.cash

    @property
    def paid_before(self):
        """Paid before it would have left."""
        leaves = self.planned_at.date() if self.planned_at else None
        return self.is_spared and (leaves is None or self.paid_on < leaves)


class Share(NamedTuple):
    """Of ``claimed``, on so many debts, ``paid`` came in within ``WITHIN`` days."""

    debts: int
    claimed: Decimal
    paid: Decimal

    @property
    def rate(self):
        """None when there is too little to say it."""
        if self.debts < LEAST or not self.claimed:
            return None
        return self.paid / self.claimed


class ShadowFigures:
    """The figures of a company from ``since`` to ``until``, read once each."""

    def __init__(self, company, since, until):
        # figures of the whole company, for whoever may open the report
        self.env = company.sudo().env
        self.company = company.with_env(self.env)
        self.since, self.until = since, until
        self.env.flush_all()

    def _sql(self, template, **values):
        common = {
            "company": self.company.id,
            "since": self.since,
            "until": self.until,
            "currency": self.company.currency_id.id,
            "cash": list(COLLECTING),
            "settlements": self.env["cobranza.settlement"]._table_sql,
        }
        return SQL(template, **common, **values)

    @cached_property
    def acts(self):
        rows = self.env.execute_query(self._sql(ACTS))
        return [Act(*row[:6], Decimal(row[6]), *row[7:]) for row in rows]

    @cached_property
    def spared(self):
        return [act for act in self.acts if act.is_spared]

    def by_level(self):
        """[(channel, level record, contacts, by themselves, spared, amount)], in the
        order of the ladder."""
        groups = defaultdict(list)
        for act in self.acts:
            groups[act.channel, act.level].append(act)
        levels = self.env["cobranza.policy.level"]
        rows = []
        for (channel, level), acts in groups.items():
            rows.append(
                (
                    channel,
                    levels.browse(level),
                    len(acts),
                    sum(act.automatic for act in acts),
                    sum(act.is_spared for act in acts),
                    sum((act.amount for act in acts), ZERO),
                )
            )
        return sorted(rows, key=lambda row: (row[1].days, row[0], row[1].id))

    def weeks(self):
        """[(Monday, contacts, by themselves, claimed, spared, charges)]."""
        weeks = defaultdict(lambda: [0, 0, ZERO, 0, ZERO])
        for act in self.acts:
            week = weeks[_monday(act.day)]
            week[0] += 1
            week[1] += act.automatic
            week[2] += act.amount
            week[3] += act.is_spared
        for day, amount in self._charge_days:
            weeks[_monday(day)][4] += amount
        return [(monday, *weeks[monday]) for monday in sorted(weeks)]

    # -- charges -------------------------------------------------------------------

    @cached_property
    def _shadow_charges(self):
        """[(day, kind, amount)]: what each act would have added to the one before."""
        before, result = defaultdict(lambda: ZERO), []
        for debt, day, charges in self.env.execute_query(self._sql(CHARGES)):
            for kind, text in charges.items():
                amount = Decimal(text)
                result.append((day, kind, amount - before[debt, kind]))
                before[debt, kind] = amount
        return result

    @cached_property
    def _real_charges(self):
        """[(day, kind, amount)] of what the runs assessed: none was told to anybody."""
        charges = self.env["cobranza.charge"].search(
            [
                ("company_id", "=", self.company.id),
                ("run_id.mode", "=", "proposal"),
                ("assessed_on", ">=", self.since),
                ("assessed_on", "<=", self.until),
                ("state", "!=", "reversed"),
            ]
        )
        return [(one.assessed_on, one.kind, self._own(one)) for one in charges]

    def _own(self, charge):
        """The amount of a charge in company currency, at the rate of its day."""
        own = self.company.currency_id
        return to_decimal(
            charge.currency_id._convert(
                charge.amount, own, self.company, charge.assessed_on
            )
        )

    @property
    def _charge_days(self):
        rows = self._shadow_charges + self._real_charges
        return [(day, amount) for day, _kind, amount in rows]

    def charges(self):
        """{kind: amount} that would have been assessed."""
        sums = defaultdict(lambda: ZERO)
        for _day, kind, amount in self._shadow_charges + self._real_charges:
            sums[kind] += amount
        return dict(sums)

    # -- money ---------------------------------------------------------------------

    @cached_property
    def claimed(self):
        """(debts, claimed the first time, of that still open)."""
        own = SQL(
            "company_id = %s AND period_on = %s AND day <= %s",
            self.company.id,
            self.since,
            self.until,
        )
        [row] = self.env.execute_query(SQL(CLAIMED, own=own))
        return row[0], Decimal(row[1]), Decimal(row[2])

    @cached_property
    def history(self):
        """The ``Share`` of what was really claimed before that was paid in time."""
        start = self.until - timedelta(LOOKBACK + WITHIN)
        return self._share(FIRST_CLAIMS, start, "amount_currency")

    @cached_property
    def unasked(self):
        """The ``Share`` of what this month would have claimed that was paid in time
        although nobody was written to."""
        return self._share(FIRST_SHADOWS, self.since, "amount")

    def _share(self, first, start, money):
        query = self._sql(
            SHARE,
            first=self._sql(first),
            money=SQL.identifier(money),
            within=WITHIN,
            start=start,
            end=self.until - timedelta(WITHIN),
        )
        rows = self.env.execute_query(query)
        rates = self.env["cobranza.run"]._read_rates(
            self.company, {row[0] for row in rows}, self.until
        )
        debts, claimed, paid = 0, ZERO, ZERO
        for currency, count, amount, received in rows:
            debts += count
            claimed += Decimal(amount) * rates[currency]
            paid += Decimal(received) * rates[currency]
        return Share(debts, claimed, paid)

    @property
    def expected(self):
        """What is open of the claims × the share of the own history; None when there
        is no such history."""
        rate = self.history.rate
        return None if rate is None else self.claimed[2] * rate


def _monday(day):
    return day - timedelta(days=day.weekday())
