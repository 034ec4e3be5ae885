"""Which entries of the books are the money that a court paid.

A court pays on another day than its certificate says, sums several payments into one,
or splits one into several. Sum that both the certificate and the books tell of is
counted once.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

BEFORE, AFTER = 5, 30
"""Days around that of the certificate in which the books may tell of its money: advice
and no law."""


CENT = Decimal("0.01")


MOST = 12
"""Candidates that are tried together, the nearest first."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of one currency on a day: of a certificate, or of the books. ``not_of``:
    keys with which it has nothing to do, as a person has said."""

    key: Hashable
    day: date
    amount: Decimal
    not_of: frozenset = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """``paid`` (keys of certificates) came by ``entries`` (keys of the books)."""

    paid: tuple
    entries: tuple


def may_be(paid: Sum, entry: Sum) -> bool:
    """Whether an entry is on a day on which the money of a certificate may come."""
    days = (entry.day - paid.day).days
    return -BEFORE <= days <= AFTER and entry.key not in paid.not_of


def match(paid: Iterable[Sum], entries: Iterable[Sum]) -> tuple[Match, ...]:
    """Which entries are the money of which certificates: of the same sum, to the cent;
    else one entry of several certificates; else several entries of one. Nothing is
    matched twice, the nearest days come first."""
    left, rest, found = list(paid), list(entries), []

    def take(some: Sequence[Sum], by: Sequence[Sum]):
        for one in some:
            left.remove(one)
        for one in by:
            rest.remove(one)
        keys = tuple(one.key for one in some), tuple(one.key for one in by)
        found.append(Match(*keys))

    pairs = sorted(
        (
            (abs((entry.day - one.day).days), order, number)
            for order, one in enumerate(left)
            for number, entry in enumerate(rest)
            if may_be(one, entry) and _alike(one.amount, entry.amount)
        ),
    )
    firsts, seconds = tuple(left), tuple(rest)
    for _days, order, number in pairs:
        if firsts[order] in left and seconds[number] in rest:
            take([firsts[order]], [seconds[number]])
    for entry in tuple(rest):
        near = [one for one in left if may_be(one, entry)]
        if some := _summing(entry, near):
            take(some, [entry])
    for one in tuple(left):
        near = [entry for entry in rest if may_be(one, entry)]
        if some := _summing(one, near):
            take([one], some)
    return tuple(found)


def doubtful(paid: Iterable[Sum], entries: Iterable[Sum]) -> dict:
    """{key of a certificate: keys of the entries near it} that match no sum: only a
    person knows."""
    entries = tuple(entries)
    near = {
        one.key: tuple(entry.key for entry in entries if may_be(one, entry))
        for one in paid
    }
    return {key: found for key, found in near.items() if found}


def _alike(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= CENT


def _summing(whole: Sum, parts: Sequence[Sum]) -> "tuple[Sum, ...]":
    """The fewest of ``parts`` that sum to ``whole``, at least two; empty: none do."""
    near = sorted(parts, key=lambda one: abs((one.day - whole.day).days))[:MOST]
    for count in range(2, len(near) + 1):
        for some in combinations(near, count):
            if _alike(sum((one.amount for one in some), Decimal(0)), whole.amount):
                return some
    return ()
