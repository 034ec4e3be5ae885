"""Hypothesis strategies shared by the kernel's tests."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from kernel.billing import LateDebt, Movement
from kernel.calendars import WorkCalendar
from kernel.contact import ContactClass, ContactRules, PastContact, Window
from kernel.dunning import REASONS, DebtFacts, DebtorFacts, Ladder, Level, Reason
from kernel.fees import Band, FeeTerms, Tier
from kernel.imputation import Claim, ImputationOrder, Part, Preference
from kernel.interest import DayCount, InterestTerms
from kernel.money import Money
from kernel.periods import Period, Row, Series
from kernel.rates import Breach, RateLimit

START = date(2023, 1, 1)
END = date(2027, 12, 31)

days = st.dates(START, END)
pesos = st.integers(0, 200_000_000).map(Decimal)
cents = st.integers(0, 10**9).map(lambda n: Decimal(n) / 100)
rates = st.integers(0, 2000).map(lambda n: Decimal(n) / 100)


@st.composite
def periods(draw, first=START, last=END):
    one, two = draw(st.dates(first, last)), draw(st.dates(first, last))
    return Period(min(one, two), max(one, two))


@st.composite
def series(draw):
    """Rates without gaps from START to END, up to eight changes."""
    cuts = sorted(draw(st.sets(days, max_size=8)) - {START})
    firsts = [START, *cuts]
    lasts = [cut - timedelta(days=1) for cut in cuts] + [END]
    rows = (Row(a, b, draw(rates)) for a, b in zip(firsts, lasts, strict=True))
    return Series("rate", "", tuple(rows))


@st.composite
def interest_terms(draw):
    return InterestTerms(
        series=draw(series()),
        spread=draw(rates),
        day_count=draw(st.sampled_from(DayCount)),
    )


ONE_OR_NONE = st.integers(0, 1)
UNITS = {"EUR": Decimal("0.01"), "CLP": Decimal(1)}


@st.composite
def rate_limits(draw):
    """Limits that change over time, judged every day or on the day of agreement."""
    return RateLimit(
        series=draw(series()),
        factor=draw(st.sampled_from([Decimal(1), Decimal("1.5"), Decimal("0.3")])),
        points=draw(st.sampled_from([Decimal(0), Decimal(2)])),
        breach=draw(st.sampled_from([Breach.LIMIT, Breach.INSTEAD])),
        instead=draw(st.none() | series()),
        agreed_on=draw(st.none() | days),
    )


@st.composite
def limited_terms(draw, currency):
    """Any terms of simple interest: changing rates, limits, day count and grace."""
    return InterestTerms(
        series=draw(series()),
        spread=draw(rates),
        day_count=draw(st.sampled_from(DayCount)),
        grace_days=draw(st.sampled_from([0, 0, 5, 20])),
        grace_retroactive=draw(st.booleans()),
        rounding_unit=UNITS[currency],
        cap=draw(st.none() | rate_limits()),
        floor=draw(st.none() | rate_limits()),
    )


def amounts(currency, most=10**9):
    """Amounts of either currency, in its smallest unit."""
    unit = UNITS[currency]
    return st.integers(0, most).map(lambda n: Money(n * unit, currency))


@st.composite
def movements(draw, currency, first, last):
    """Payments and refunds between two days, in any order."""
    sign = draw(st.sampled_from([1, 1, -1]))
    return Movement(
        on=draw(st.dates(first, last)),
        amount=draw(amounts(currency, 10**8)) * sign,
    )


@st.composite
def late_debts(draw, currency):
    """A debt due in the leap year 2024 or around it, and what moved it."""
    due = draw(st.dates(date(2023, 11, 1), date(2024, 3, 31)))
    moved = movements(currency, due - timedelta(40), due + timedelta(500))
    return LateDebt(
        principal=draw(amounts(currency)),
        due=due,
        movements=tuple(draw(st.lists(moved, max_size=5))),
    )


cents_to_fifty = st.integers(0, 5000).map(lambda n: Decimal(n) / 100)


@st.composite
def claim_books(draw, currency="EUR"):
    """Up to six claims on three debts, due around 2026-06-15."""
    debts = [
        (
            name,
            date(2026, 6, draw(st.integers(1, 30))),
            Decimal(draw(st.integers(5, 6))),
        )
        for name in "ABC"
    ]
    one = st.tuples(st.sampled_from(debts), st.sampled_from(Part), cents_to_fifty)
    return [
        Claim(key, name, part, Money(amount, currency), due, burden)
        for key, ((name, due, burden), part, amount) in enumerate(
            draw(st.lists(one, max_size=6))
        )
    ]


imputation_orders = st.builds(
    ImputationOrder,
    preferences=st.lists(st.sampled_from(Preference), unique=True).map(tuple),
    parts=st.permutations(list(Part)).map(tuple),
    due_only=st.booleans(),
)


@st.composite
def fee_schedules(draw):
    """Falling or rising rates over up to four tiers, in pesos."""
    limits = sorted(draw(st.sets(st.integers(1, 200), max_size=3)))
    fractions = st.integers(0, 2000).map(lambda n: Decimal(n) / 10000)
    tiers = [Tier(Decimal(limit), draw(fractions)) for limit in limits]
    return FeeTerms(
        tiers=(*tiers, Tier(None, draw(fractions))),
        unit_value=Decimal(draw(st.integers(100, 6_000_000))) / 100,
        wait_days=draw(st.integers(0, 40)),
        reduction=Decimal(draw(st.integers(0, 20))) / 10,
        currency="CLP",
        rounding_unit=Decimal(1),
    )


@st.composite
def fee_terms(draw):
    """Any mix of fixed sums, tiers and bands, with and without bounds, in euros."""
    limits = sorted(draw(st.sets(st.integers(1, 10**6), max_size=3)))
    steps = [*map(Decimal, limits), None]
    fractions = st.integers(0, 2000).map(lambda n: Decimal(n) / 10000)
    sums = st.integers(0, 5000).map(lambda n: Decimal(n) / 100)
    floor = draw(st.just(Decimal(0)) | sums)
    return FeeTerms(
        "EUR",
        fixed=draw(sums),
        tiers=tuple(Tier(to, draw(fractions)) for to in steps * draw(ONE_OR_NONE)),
        bands=tuple(
            Band(to, draw(fractions), draw(sums)) for to in steps * draw(ONE_OR_NONE)
        ),
        floor=floor,
        cap=draw(st.none() | sums.map(lambda more: floor + more)),
    )


@st.composite
def calendars(draw):
    """Some holidays, one to six weekend days, perhaps a closed season."""
    seasons = st.sampled_from(
        [(), (((8, 1), (8, 31)),), (((12, 24), (1, 6)),), (((7, 15), (7, 15)),)]
    )
    return WorkCalendar(
        holidays=draw(st.frozensets(days, max_size=60)),
        weekend=draw(st.frozensets(st.integers(0, 6), max_size=6)),
        closed=draw(seasons),
    )


moments = st.datetimes(datetime(2026, 10, 1), datetime(2026, 12, 31)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
CHANNELS = ("call", "visit", "email", "sms")


@st.composite
def contact_rules(draw):
    """Two classes with or without hours, limits and gaps; sometimes a total limit."""
    opening = st.dictionaries(
        st.integers(0, 6),
        st.sampled_from([Window(time(8), time(20)), Window(time(9, 30), time(13))]),
        min_size=1,
    )
    classes = tuple(
        ContactClass(
            name=name,
            channels=frozenset(channels),
            limit=draw(st.none() | st.integers(1, 3)),
            per_days=draw(st.sampled_from([1, 7, 30])),
            gap_days=draw(st.integers(0, 3)),
            hours=draw(st.none() | opening),
            holidays=draw(st.booleans()),
        )
        for name, channels in (("near", CHANNELS[:2]), ("remote", CHANNELS[2:]))
    )
    return ContactRules(
        classes=classes,
        calendar=WorkCalendar(frozenset({date(2026, 10, 12), date(2026, 12, 8)})),
        week_mode=draw(st.sampled_from(["rolling", "iso"])),
        total_limit=draw(st.none() | st.integers(1, 4)),
    )


histories = st.lists(
    st.builds(PastContact, at=moments, channel=st.sampled_from(CHANNELS)), max_size=8
)


@st.composite
def ladders(draw, number=1):
    """Levels with rising days and numbers that may skip archived ones."""
    numbers = sorted(draw(st.sets(st.integers(1, 9), min_size=1, max_size=6)))
    reached = sorted(draw(st.integers(-10, 90)) for _level in numbers)
    levels = tuple(
        Level(
            id=10 * number + at,
            number=at,
            days=after,
            minimum=draw(st.none() | st.integers(0, 100).map(Decimal)),
            gap=draw(st.integers(0, 20)),
            waits=draw(st.booleans()),
        )
        for at, after in zip(numbers, reached, strict=True)
    )
    return Ladder(number, levels, draw(st.sampled_from(["first", "age"])))


OUTCOMES = {
    Reason.ADVANCED,
    Reason.ENTERED,
    Reason.NOT_DUE,
    Reason.TOO_SOON,
    Reason.STEP_PENDING,
    Reason.LAST_LEVEL,
}
stops = [reason for reason in REASONS if reason not in OUTCOMES]
reasons = st.lists(st.sampled_from(stops), max_size=2).map(tuple)


@st.composite
def books(draw):
    """A book of debts: (ladders, debtors, debts)."""
    plans = {1: draw(ladders(1)), 2: draw(ladders(2))}
    debtors = {
        one: DebtorFacts(one, draw(pesos), draw(st.just(()) | reasons))
        for one in (1, 2, 3)
    }
    debts = [
        DebtFacts(
            id=one,
            debtor=draw(st.integers(1, 3)),
            ladder=draw(st.sampled_from([1, 2, None])),
            due=draw(days),
            level=draw(st.integers(0, 9)),
            level_since=draw(st.none() | days),
            claim=draw(st.integers(-5, 1000).map(Decimal)),
            blockers=draw(st.just(()) | reasons),
            step=draw(st.sampled_from(["none", "done", "pending", "unreleased"])),
        )
        for one in range(draw(st.integers(1, 5)))
    ]
    return plans, debtors, debts
