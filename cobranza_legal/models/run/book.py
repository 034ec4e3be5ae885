"""Plain facts of a batch of debtors, between the database and the kernel."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from ...kernel.dunning import (
    Claim,
    DebtFacts,
    DebtorFacts,
    Ladder,
    Reason,
    cover_claims,
    net_claims,
)
from ...kernel.owed import Item
from ..common.reason import DUST

ZERO = Decimal(0)


@dataclass(slots=True)
class BookRow:
    """One debt as it is in the database, amounts in its own currency.

    ``stored`` is the last decision, ``known_due`` the due date as text by
    which it was made, ``stored_place`` the level id and since when it is there, and
    ``stored_level`` the level in the database, which a change of policy replaces by
    ``level``; ``level_days`` are those that the
    level reached counts from the due date. ``hinted`` is what a payment without an
    entry says that is paid: nobody asks for it. ``opens`` belongs to an item that
    becomes a debt with its first decision: the journal item and its instalment number.
    ``line`` is the journal item that carries it; ``covered_until`` the last day on
    which what covers it leaves it alone.
    """

    id: int
    debtor: int
    currency: int
    level: int
    level_id: "int | None"
    level_since: "date | None"
    episode: int
    due: date
    open: Decimal
    policy: "int | None"
    policy_reason: "str | None"
    stored: tuple
    stored_level: int
    level_days: "int | None" = None
    charge_pending: bool = False
    step_dropped: bool = False
    stored_place: "tuple[int | None, date | None]" = (None, None)
    known_due: "str | None" = None
    blockers: tuple[Reason, ...] = ()
    step: str = "none"
    disputed: Decimal = ZERO
    hinted: Decimal = ZERO
    opens: "tuple[int, int] | None" = None
    reopened: bool = False
    line: "int | None" = None
    covered_until: "date | None" = None

    def reopen(self, restart: bool):
        """A run saw it settled and it is owed again: a new episode, by the policy from
        the start or from where it was."""
        self.reopened = True
        self.episode += 1
        self.step_dropped = False
        if restart:
            self.level, self.level_id = 0, None
            self.level_since = self.level_days = None

    @property
    def asked(self):
        """What would be asked for if no credit paid it."""
        return max(ZERO, self.open - self.disputed - self.hinted)


@dataclass
class Book:
    """The debts of some debtors of one company on one day.

    ``credits`` are [(day or None, amount)] of the unallocated payments and, without a
    day, credit notes by (debtor, currency),
    ``broken`` counts the broken promises of a debtor, ``habits`` are the days late on
    average of those of whom that counts, ``rates`` turn a currency into the company's
    at the rate of the day. ``next`` is the day of the next possible act
    of each debt, filled once decided; ``opened`` counts the items that became debts;
    ``stale`` are the debtors whose charges have to be judged again; ``items`` all that
    is open of these debtors; ``dust`` is by currency what is too small to claim.
    """

    rows: list[BookRow]
    ladders: dict[int, Ladder]
    debtor_blockers: dict[int, tuple[Reason, ...]]
    broken: dict[int, int]
    credits: dict[tuple[int, int], list[tuple["date | None", Decimal]]]
    rates: dict[int, Decimal]
    today: date
    company: int
    next: dict[int, "date | None"] = field(default_factory=dict)
    opened: int = 0
    stale: "frozenset[int]" = frozenset()
    items: list[Item] = field(default_factory=list)
    dust: dict[int, Decimal] = field(default_factory=dict)
    habits: dict[int, Decimal] = field(default_factory=dict)

    @cached_property
    def net(self):
        """{debt id: claimable amount in its currency}, after disputes and credits.

        A credit pays what would be claimed first, the oldest before the others, so that
        no debtor is asked for more than the undisputed balance. Nothing is claimed of
        whom credits of other currencies pay all that is left.
        """
        result, spare = (
            {},
            {key: _sum(credits) for key, credits in self.credits.items()},
        )
        for key, groups in self._groups.items():
            for rows in groups:
                credit = max(ZERO, spare.get(key, ZERO))
                asked = [(row.id, row.due, row.asked) for row in rows]
                result |= net_claims(asked, credit)
                spare[key] = credit - sum((amount for *_row, amount in asked), ZERO)
        return result | dict.fromkeys(self._paid_elsewhere(result, spare), ZERO)

    @cached_property
    def _groups(self):
        """{(debtor, currency): (rows that nothing stops, those that something stops)}
        of what is owed."""
        groups = defaultdict(lambda: ([], []))
        for row in self.rows:
            if not {Reason.VOID, Reason.SETTLED} & set(row.blockers):
                groups[row.debtor, row.currency][self._is_stopped(row)].append(row)
        return groups

    @cached_property
    def paid(self):
        """{debt id: ((day, amount), ...)} of the unallocated payments that cover it, in
        the order of ``net``, as far as they are more than the credit notes."""
        result = {}
        for key, groups in self._groups.items():
            credits = [
                (day or date.min, sum_) for day, sum_ in self.credits.get(key, ())
            ]
            for rows in groups:
                asked = [(row.id, row.due, row.asked) for row in rows]
                found = cover_claims(asked, credits)
                result |= {
                    debt: tuple(part for part in parts if part[0] > date.min)
                    for debt, parts in found.items()
                }
                credits = _left(credits, found.values())
        return result

    def _paid_elsewhere(self, claims, spare):
        """Ids of the debts of whom the ``spare`` credits, at the rates of the day, are
        worth all that would be claimed."""
        worth, owed, debts = defaultdict(lambda: ZERO), {}, defaultdict(list)
        for (debtor, currency), amount in spare.items():
            worth[debtor] += max(ZERO, amount) * self.rates[currency]
        for (debtor, currency), (rows, _stopped) in self._groups.items():
            free = [row.id for row in rows]
            total = sum((claims[debt] for debt in free), ZERO) * self.rates[currency]
            owed[debtor] = owed.get(debtor, ZERO) + total
            debts[debtor] += free
        paid = [one for one in owed if worth[one] and worth[one] >= owed[one]]
        return [debt for debtor in paid for debt in debts[debtor]]

    def _is_stopped(self, row):
        return bool(row.blockers or self.debtor_blockers.get(row.debtor))

    def is_dust(self, row):
        """Whether so little is left of it that nobody asks for it."""
        return ZERO < self.net.get(row.id, ZERO) <= self.dust.get(row.currency, ZERO)

    def stops_of(self, row):
        """What stops a debt by itself, not its debtor."""
        return row.blockers + ((DUST,) if self.is_dust(row) else ())

    def stops_all(self, row):
        """Whether anything stops all of a debt, by itself or with its debtor."""
        return bool(self.stops_of(row) or self.debtor_blockers.get(row.debtor))

    def stops(self):
        """{debt id: the part that is disputed, None for all of it} of the debts that
        something stops."""
        stopped = {row.id: None for row in self.rows if self.stops_all(row)}
        disputed = {row.id: row.disputed for row in self.rows if row.disputed}
        return disputed | stopped

    def facts(self):
        """(debtors' facts by id, debts' facts) for the kernel."""
        net = self.net
        totals = defaultdict(lambda: ZERO)
        debts = []
        for row in self.rows:
            claim = net.get(row.id, ZERO) * self.rates[row.currency]
            blockers = self.stops_of(row)
            if row.disputed and row.disputed >= row.open:
                blockers += (Reason.DISPUTED,)
            if not blockers and row.due <= self.today:
                totals[row.debtor] += claim
            debts.append(self._debt_facts(row, claim, blockers))
        debtors = {
            debtor: DebtorFacts(debtor, totals[debtor], blockers)
            for debtor, blockers in self.debtor_blockers.items()
        }
        return debtors, debts

    @staticmethod
    def _debt_facts(row, claim, blockers):
        return DebtFacts(
            id=row.id,
            debtor=row.debtor,
            ladder=row.policy,
            due=row.due,
            level=row.level,
            level_since=row.level_since,
            claim=claim,
            blockers=blockers,
            step="unreleased" if row.step_dropped else row.step,
        )

    def is_early(self, row):
        """Whether the due date was moved, so that the level reached is not due now."""
        if row.level_days is None:
            return False
        return row.due + timedelta(days=row.level_days) > self.today

    def claimable(self, debt_ids):
        """{debt id: ``Claim``} of the debts that nothing stops now, in their
        currency."""
        net = self.net
        wanted = set(debt_ids)
        result = {}
        for row in self.rows:
            if row.id not in wanted or self.stops_all(row) or self.is_early(row):
                continue
            if net.get(row.id, ZERO) > 0:
                result[row.id] = self.claim(row)
        return result

    def claim(self, row):
        """The ``Claim`` of a debt, whatever stops it."""
        asked = row.asked
        credit = asked - self.net.get(row.id, asked)
        return Claim(asked, credit, self.paid.get(row.id, ()))


def _sum(credits):
    return sum((amount for _day, amount in credits), ZERO)


def _left(credits, used):
    """What is left of [(day, amount)] after the parts of them that were ``used``."""
    left = defaultdict(lambda: ZERO)
    for day, amount in credits:
        left[day] += amount
    for parts in used:
        for day, amount in parts:
            left[day] -= amount
    return [(day, amount) for day, amount in left.items() if amount > 0]
