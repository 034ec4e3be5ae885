"""Plain facts of a batch of debtors, between the database and the kernel."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from ..kernel.dunning import DebtFacts, DebtorFacts, Ladder, Reason, net_claims

ZERO = Decimal(0)


@dataclass(slots=True)
class BookRow:
    """One debt as it is in the database, amounts in its own currency.

    ``stored`` is the last decision and ``stored_level`` the level in the database,
    which a change of policy replaces by ``level``. ``opens`` belongs to an item that
    becomes a debt with its first decision: the journal item and its instalment number.
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
    charge_pending: bool = False
    step_dropped: bool = False
    blockers: tuple[Reason, ...] = ()
    step: str = "none"
    disputed: Decimal = ZERO
    opens: "tuple[int, int] | None" = None


@dataclass
class Book:
    """The debts of some debtors of one company on one day.

    ``credits`` are the unallocated payments and credit notes by (debtor, currency),
    ``broken`` counts the broken promises of a debtor, ``rates`` turn a currency into
    the company's at the rate of the day. ``next`` is the day of the next possible act
    of each debt, filled once decided; ``opened`` counts the items that became debts.
    """

    rows: list[BookRow]
    ladders: dict[int, Ladder]
    debtor_blockers: dict[int, tuple[Reason, ...]]
    broken: dict[int, int]
    credits: dict[tuple[int, int], Decimal]
    rates: dict[int, Decimal]
    today: date
    next: dict[int, "date | None"] = field(default_factory=dict)
    opened: int = 0

    @cached_property
    def net(self):
        """{debt id: claimable amount in its currency}, after credits and disputes."""
        groups = defaultdict(list)
        for row in self.rows:
            if not {Reason.VOID, Reason.SETTLED} & set(row.blockers):
                groups[row.debtor, row.currency].append(row)
        result = {}
        for key, rows in groups.items():
            items = [(row.id, row.due, row.open) for row in rows]
            left = net_claims(items, self.credits.get(key, ZERO))
            for row in rows:
                undisputed = max(ZERO, row.open - row.disputed)
                result[row.id] = min(left[row.id], undisputed)
        return result

    def facts(self):
        """(debtors' facts by id, debts' facts) for the kernel."""
        net = self.net
        totals = defaultdict(lambda: ZERO)
        debts = []
        for row in self.rows:
            claim = net.get(row.id, ZERO) * self.rates[row.currency]
            blockers = row.blockers
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

    def claimable(self, debt_ids):
        """{debt id: (undisputed open amount, part covered by credits)} of the debts
        that nothing stops now, in their currency."""
        net = self.net
        wanted = set(debt_ids)
        result = {}
        for row in self.rows:
            claim = net.get(row.id, ZERO)
            stopped = row.blockers or self.debtor_blockers.get(row.debtor)
            if row.id in wanted and claim > 0 and not stopped:
                undisputed = row.open - row.disputed
                result[row.id] = (undisputed, undisputed - claim)
        return result
