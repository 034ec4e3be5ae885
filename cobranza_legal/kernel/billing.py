"""Interest billed in pieces: the pieces make what one bill would have asked for.

A bill is the interest from the first day in default to its last day, rounded, less what
has been billed before. So rounding, and payments that are learnt of late, never add up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

from .interest import Accrual, InterestTerms, Slice, accrue_balances, late_period
from .money import Money, total
from .periods import ONE_DAY, Period

NO_DAYS = timedelta(0)


@dataclass(frozen=True, slots=True)
class Movement:
    """``amount`` by which a debt falls on a day: a payment; negative: a refund.

    It counts from the day after, so that the day of a payment still earns interest and
    that of a refund does not. A payment that bounced is left out altogether, as never
    made, and so is a credit note, whose part was never owed.
    """

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class LateDebt:
    """What was owed on the due date, and all that has changed it, in any order.

    ``ends_on`` is the last day that earns interest (None: no end), whatever is still
    owed: that of an insolvency or a cession. In the days of ``suspended``, which may
    overlap, none runs: those of an agreement. CurrencyMismatch unless all is in one
    currency.
    """

    principal: Money
    due: date
    movements: tuple[Movement, ...] = ()
    ends_on: "date | None" = None
    suspended: tuple[Period, ...] = ()

    def __post_init__(self):
        total((one.amount for one in self.movements), self.principal.currency)

    def until(self, day: date) -> date:
        """``day``, or the last day that earns interest if that comes before."""
        return min(day, self.ends_on) if self.ends_on else day


@dataclass(frozen=True, slots=True)
class InterestBill:
    """What is still to be billed on a day.

    ``own`` is the interest of the days of ``period`` (None: all have been billed) and
    ``slices`` how it came about; ``correction`` what the bills before should have asked
    for besides (or less, if negative) by what is known now. ``whole`` is the interest
    from the first day.
    """

    period: "Period | None"
    own: Money
    correction: Money
    slices: tuple[Slice, ...]
    whole: Accrual

    @property
    def amount(self) -> Money:
        """``own`` + ``correction``: negative where less is owed than was billed."""
        return self.own + self.correction


def billed_difference(whole: Money, billed: Iterable[Money]) -> Money:
    """What is left to bill of ``whole``, negative where too much was billed.

    CurrencyMismatch unless all is in one currency.
    """
    return whole - total(billed, whole.currency)


def timeline(
    debt: LateDebt,
    period: Period,
    cuts: Iterable[date] = (),
    grace: timedelta = NO_DAYS,
) -> tuple[tuple[date, Money], ...]:
    """The balances of a debt over a period, as ``accrue_balances`` takes them.

    A new one starts wherever a movement counts, and at each of ``cuts``. What was paid
    within the ``grace`` after the due date was never late. Negative where overpaid.
    """
    start = period.first
    steps = [(day, -money.amount) for day, money in _effects(debt, grace)]
    steps += [(cut, Decimal(0)) for cut in cuts]
    steps = sorted((max(day, start), step) for day, step in steps if day <= period.last)
    steps = [(start, debt.principal.amount), *steps]
    sums = accumulate(amount for _day, amount in steps)
    days = (day for day, _amount in steps)
    last = {day: amount for day, amount in zip(days, sums, strict=True)}
    currency = debt.principal.currency
    return tuple((day, Money(amount, currency)) for day, amount in last.items())


def interest_to(
    debt: LateDebt, terms: InterestTerms, until: date, cuts: Iterable[date] = ()
) -> Accrual:
    """All the default interest of a debt up to a day, as known now.

    Rounded once. Errors as for ``accrue``; days that earn nothing need no rate.
    """
    period = late_period(debt.due, debt.until(until), terms)
    if period is None:
        balances = [(until, debt.principal)]
    else:
        grace = timedelta(days=terms.grace_days)
        balances = timeline(debt, period, cuts, grace)
    return accrue_balances(balances, terms, period, debt.suspended)


def interest_credited(
    debt: LateDebt,
    terms: InterestTerms,
    until: date,
    span: Period,
    credit: Money,
) -> Money:
    """What of ``credit``, paid or owed already for the days of ``span``, is taken off
    the interest that they bear up to and including ``until``: never more than it."""
    last = min(until, span.last)
    if last < span.first:
        return Money.zero(credit.currency)
    before = interest_to(debt, terms, span.first - ONE_DAY).amount
    return min(credit, interest_to(debt, terms, last).amount - before)


def interest_bill(
    debt: LateDebt,
    terms: InterestTerms,
    until: date,
    billed: Iterable[Money] = (),
    billed_until: "date | None" = None,
) -> InterestBill:
    """The bill of a day, after those ``billed`` that reach ``billed_until``.

    The sum of all bills is always ``interest_to(until)``, whatever the days of the
    bills were and whenever a movement or a rate became known. ``until`` before
    ``billed_until``, as when interest stopped earlier, only corrects. Errors as for
    ``interest_to``.
    """
    cuts = [billed_until + ONE_DAY] if billed_until else []
    whole = interest_to(debt, terms, until, cuts)
    before = Money.zero(debt.principal.currency)
    if billed_until:
        before = interest_to(debt, terms, min(billed_until, until)).amount
    period = _unbilled(debt, terms, until, billed_until)
    slices = whole.slices if period else ()
    return InterestBill(
        period=period,
        own=whole.amount - before,
        correction=billed_difference(before, billed),
        slices=tuple(one for one in slices if one.period.first >= period.first),
        whole=whole,
    )


def _effects(debt: LateDebt, grace: timedelta):
    """(day, amount) of the movements, by the day from which they count."""
    for one in debt.movements:
        timely = debt.due < one.on <= debt.due + grace
        yield (debt.due if timely else one.on) + ONE_DAY, one.amount


def _unbilled(
    debt: LateDebt, terms: InterestTerms, until: date, billed_until: "date | None"
) -> "Period | None":
    until = debt.until(until)
    period = late_period(debt.due, until, terms)
    done = late_period(debt.due, billed_until, terms) if billed_until else None
    if not period or not done:
        return period
    return Period(done.last + ONE_DAY, until) if done.last < until else None
