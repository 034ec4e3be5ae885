"""Mandates for direct debits: their references, their schemes and their days.

The rules of SEPA stand here as formulas; how many days, weeks and months they count is
handed in, by the law of the country and what was agreed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from .calendars import WorkCalendar
from .periods import ONE_DAY, add_months

# -- references -----------------------------------------------------------------------

REFERENCE_LENGTH = 35
REFERENCE = re.compile(r"[A-Za-z0-9+?/\-:().,']+")
"""The characters that banks accept in a unique mandate reference; no blank."""


def clean_reference(text: str) -> str:
    """A reference as people type it, without the blanks around it."""
    return (text or "").strip()


def reference_key(text: str) -> str:
    """What two references have in common that banks take for one: capitals tell no
    difference."""
    return clean_reference(text).upper()


def reference_problem(text: str) -> str:
    """Why banks refuse a unique mandate reference: "empty", "long", "charset" or
    "slash" (one at an end, or two in a row); "" for a good one."""
    text = clean_reference(text)
    if not text:
        return "empty"
    if len(text) > REFERENCE_LENGTH:
        return "long"
    if not REFERENCE.fullmatch(text):
        return "charset"
    if text[0] == "/" or text[-1] == "/" or "//" in text:
        return "slash"
    return ""


# -- the creditor's identifier --------------------------------------------------------

IDENTIFIER = re.compile(r"([A-Z]{2})([0-9]{2})([A-Z0-9]{3})([A-Z0-9]{1,28})")
"""Country, check digits, business code of the creditor, national number."""
USUAL_SUFFIX = "000"
NOT_SIGNIFICANT = re.compile(r"[^A-Z0-9]")


def clean_identifier(text: str) -> str:
    """A creditor identifier in capitals, without blanks and signs between."""
    return NOT_SIGNIFICANT.sub("", (text or "").upper())


def creditor_digits(country: str, national: str) -> str:
    """The two check digits (ISO 7064, mod 97) of the identifier of a creditor; its
    business code is not part of them."""
    whole = f"{clean_identifier(national)}{country}00"
    number = int("".join(str(int(one, 36)) for one in whole))
    return f"{98 - number % 97:02d}"


def creditor_identifier(country: str, national: str, suffix: str = USUAL_SUFFIX) -> str:
    """The identifier of a creditor by its national number. ``suffix`` is its business
    code of three characters, which changes nothing of who it is."""
    digits = creditor_digits(country, national)
    return f"{country}{digits}{suffix}{clean_identifier(national)}"


def identifier_key(text: str) -> str:
    """An identifier without its business code: who the creditor is."""
    text = clean_identifier(text)
    return text[:4] + text[7:]


def identifier_problem(
    text: str, country: str = "", length: int | None = None, national: str | None = None
) -> str:
    """What is wrong with the identifier of a creditor: "shape", "digits", "country"
    (not of ``country``), "length" (not so long) or "number" (not made of the tax number
    ``national``); "" for a good one. Empty arguments ask nothing."""
    text = clean_identifier(text)
    found = IDENTIFIER.fullmatch(text)
    if not found:
        return "shape"
    if country and found[1] != country:
        return "country"
    if length and len(text) != length:
        return "length"
    if creditor_digits(found[1], found[4]) != found[2]:
        return "digits"
    if national and clean_identifier(national).removeprefix(found[1]) != found[4]:
        return "number"
    return ""


# -- schemes --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scheme:
    """The rules of one way to debit accounts, as a country knows it.

    ``currency``: the only one it moves; "" any. ``barred``: regimes of debtors who may
    not sign it. ``has_file``: presented in the files of SEPA, which name a reference
    and a creditor identifier; else by hand. ``dormant_months``: a mandate ends so long
    after the last presentation. ``notice_days``: calendar days before which the debtor
    is told of a debit, unless less was agreed. ``refund_weeks``,
    ``unauthorised_months``: how long the debtor may take money back without a reason,
    and when it had signed nothing. None: the scheme has no such term.
    """

    code: str
    currency: str = ""
    barred: frozenset[str] = frozenset()
    has_file: bool = True
    dormant_months: int | None = None
    notice_days: int | None = None
    refund_weeks: int | None = None
    unauthorised_months: int | None = None
    articles: tuple[str, ...] = ()

    def expires(self, last: date | None) -> date | None:
        """The day from which a mandate last presented on ``last`` is good no more; None
        for one that was never presented, and where the scheme knows no such end."""
        if not (last and self.dormant_months):
            return None
        return add_months(last, self.dormant_months)

    def notify_by(self, due: date, agreed: int | None = None) -> date | None:
        """The last day on which the debtor may be told of a debit due on ``due``.
        ``agreed``: the days that the contract says instead."""
        days = self.notice_days if agreed is None else agreed
        return None if days is None else due - timedelta(days=days)

    def refund_until(self, debited: date) -> date | None:
        """The last day on which the debtor may have a debit refunded for no reason."""
        weeks = self.refund_weeks
        return None if weeks is None else debited + timedelta(weeks=weeks)

    def unauthorised_until(self, debited: date) -> date | None:
        """The last day on which a debit that nobody authorised may be taken back."""
        months = self.unauthorised_months
        return None if months is None else add_months(debited, months)


# -- banking days ---------------------------------------------------------------------

FIXED = ((1, 1), (5, 1), (12, 25), (12, 26))
"""Closing days of TARGET besides Good Friday and Easter Monday: (month, day)."""


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar."""
    century, golden = year // 100, year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    full = moon - moon // 28 * (1 - 29 // (moon + 1) * ((21 - golden) // 11))
    weekday = (year + year // 4 + full + 2 - century + century // 4) % 7
    offset = full - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def target_calendar(first: int, last: int) -> WorkCalendar:
    """The days on which TARGET settles payments in euro, from the year ``first`` to
    the year ``last``."""
    closed = set()
    for year in range(first, last + 1):
        sunday = easter(year)
        closed |= {date(year, month, day) for month, day in FIXED}
        closed |= {sunday - 2 * ONE_DAY, sunday + ONE_DAY}
    return WorkCalendar(
        frozenset(closed), first=date(first, 1, 1), last=date(last, 12, 31)
    )


def target_day(day: date) -> date:
    """The day on which a debit asked for on ``day`` is settled: the same, or the next
    one on which TARGET works."""
    return target_calendar(day.year, day.year + 1).next_working(day)


# -- which mandate --------------------------------------------------------------------

NO_MANDATE = "none"
GOOD = "valid"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a choice asks of one mandate. ``key`` names it to whoever asked; ``state``
    is that of the lifecycle; ``currency`` the only one of its scheme, "" any;
    ``barred`` whether its scheme is not for this debtor; ``account`` whether it names
    an account."""

    key: object
    state: str
    currency: str = ""
    barred: bool = False
    account: bool = True
    one_off: bool = False
    refundable: bool = True
    expires: date | None = None
    signed: date | None = None

    def obstacle(self, currency: str, day: date) -> str:
        """Why it may not be debited on a day: its state, "expired", "currency",
        "scheme" or "account"; "" if it may."""
        if self.state != GOOD:
            return self.state
        if self.expires and self.expires <= day:
            return "expired"
        if self.currency and self.currency != currency:
            return "currency"
        if self.barred:
            return "scheme"
        return "" if self.account else "account"

    def rank(self):
        """The best is the greatest: no refund without a reason, for more than once, the
        newest signature."""
        return not self.refundable, not self.one_off, self.signed or date.min


NEAREST = (
    *("account", "currency", "scheme", "suspended", "requested", "draft"),
    *("exhausted", "expired", "revoked"),
)
"""Obstacles in the order in which people mend them: the first one is told."""


class Choice(NamedTuple):
    """The candidate to be debited and "valid"; or None, what stands in the way, and the
    candidate that is nearest to being good."""

    candidate: Candidate | None
    reason: str
    nearest: Candidate | None = None


def choose(candidates: Iterable[Candidate], currency: str, day: date) -> Choice:
    """The mandate by which a debt in a currency is debited on a day."""
    judged = [(one, one.obstacle(currency, day)) for one in candidates]
    good = [one for one, obstacle in judged if not obstacle]
    if good:
        best = max(good, key=Candidate.rank)
        return Choice(best, GOOD, best)
    if not judged:
        return Choice(None, NO_MANDATE)
    nearest, obstacle = min(judged, key=lambda pair: NEAREST.index(pair[1]))
    return Choice(None, obstacle, nearest)
