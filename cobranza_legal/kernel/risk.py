"""Whether suing is worth it: three lights with their reasons, and the probability at
which what a suit brings pays what it costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum

ZERO, ONE = Decimal(0), Decimal(1)
SILENT_DAYS = 90
"""Without an answer for longer the debtor is silent."""
PAYING_DAYS = 180
"""A payment within them says that there is money."""
NEAR_DAYS, LAST_DAYS = 180, 30
"""Before an action is lost: time presses, and there is hardly any left."""
MANY = 2
"""Of returned payments: more than an accident."""
PLACES = Decimal("0.0001")


class Light(IntEnum):
    GREEN = 0
    AMBER = 1
    RED = 2


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is known of a case on a day.

    ``title``: executive, documented (signed by the debtor), bare (our own document
    alone) or none. ``lacking``: required documents that are not there, ``originals``:
    paper titles that we do not hold. ``disputed``: part of the claim, 0 to 1.
    ``returned``: payments that came back, ``broken``: promises and agreements, in the
    last year. ``paid_days``, ``answered_days``: days since the debtor last paid and
    answered; None: never. ``loss_days``: days until an action is lost, negative once it
    is; None: never.
    """

    title: str
    lacking: int = 0
    originals: int = 0
    disputed: Decimal = ZERO
    liquidation: bool = False
    insolvent: bool = False
    deceased: bool = False
    reachable: bool = True
    returned: int = 0
    broken: int = 0
    paid_days: "int | None" = None
    answered_days: "int | None" = None
    loss_days: "int | None" = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A light and the codes of its reasons, gravest first."""

    light: Light
    reasons: tuple[str, ...] = ()


def _signal(red: Iterable[tuple[bool, str]], amber: Iterable[tuple[bool, str]]):
    reds = tuple(code for holds, code in red if holds)
    ambers = tuple(code for holds, code in amber if holds)
    light = Light.RED if reds else Light.AMBER if ambers else Light.GREEN
    return Signal(light, reds + ambers)


def title_signal(facts: CaseFacts) -> Signal:
    """Whether the claim can be proven."""
    return _signal(
        (
            (facts.title == "none", "no_title"),
            (facts.originals > 0, "no_original"),
            (facts.disputed >= ONE, "disputed"),
        ),
        (
            (facts.title == "bare", "bare"),
            (facts.lacking > 0, "lacking"),
            (ZERO < facts.disputed < ONE, "disputed_part"),
        ),
    )


def solvency_signal(facts: CaseFacts) -> Signal:
    """Whether the debtor is there and has money."""
    paying = facts.paid_days is not None and facts.paid_days <= PAYING_DAYS
    answers = facts.answered_days is not None and facts.answered_days <= SILENT_DAYS
    return _signal(
        (
            (facts.liquidation, "liquidation"),
            (facts.insolvent and not facts.liquidation, "insolvent"),
            (facts.deceased, "deceased"),
            (not facts.reachable, "unreachable"),
            (facts.returned >= MANY and not paying, "returned_often"),
        ),
        (
            (facts.returned > 0 and (facts.returned < MANY or paying), "returned"),
            (facts.broken > 0, "broken"),
            (not answers and not paying, "silent"),
        ),
    )


def time_signal(facts: CaseFacts) -> Signal:
    """How long it may still be claimed."""
    days = facts.loss_days
    return _signal(
        (
            (days is not None and days < 0, "barred"),
            (days is not None and 0 <= days < LAST_DAYS, "last_days"),
        ),
        ((days is not None and LAST_DAYS <= days < NEAR_DAYS, "near"),),
    )


def signals(facts: CaseFacts) -> tuple[Signal, Signal, Signal]:
    """Title and proof, solvency, time."""
    return title_signal(facts), solvency_signal(facts), time_signal(facts)


@dataclass(frozen=True, slots=True)
class SuitTerms:
    """What a suit costs whether it is won or not (``fee`` of the court, ``lawyer``,
    ``agent``), the ``share`` of what it brings that the lawyer takes, how many
    ``months`` it lasts and what money is worth a year (``yearly``), 0.04 for 4 %."""

    fee: Decimal = ZERO
    lawyer: Decimal = ZERO
    share: Decimal = ZERO
    agent: Decimal = ZERO
    months: int = 0
    yearly: Decimal = ZERO

    @property
    def costs(self) -> Decimal:
        return self.fee + self.lawyer + self.agent

    @property
    def is_said(self) -> bool:
        """Whether somebody has said what it costs: what the court takes is known by
        law, and alone would say that every suit pays."""
        return bool(self.lawyer or self.share or self.agent)

    def brings(self, amount: Decimal) -> Decimal:
        """What a claim of ``amount`` that is won is worth today, after the lawyer."""
        wait = ONE + self.yearly * self.months / 12
        return amount * (ONE - self.share) / wait


def break_even(amount: Decimal, terms: SuitTerms) -> "Decimal | None":
    """The probability, 0 to 1, from which on suing for ``amount`` pays, to four places;
    above 1 it never does. None where a suit brings nothing at all."""
    value = terms.brings(amount)
    if value <= 0:
        return None
    return (terms.costs / value).quantize(PLACES, ROUND_HALF_UP)


def rank(facts: CaseFacts, amount: Decimal, terms: SuitTerms) -> tuple:
    """Key by which cases are sorted, those that are worth most first."""
    lights = [one.light for one in signals(facts)]
    even = break_even(amount, terms)
    return (
        lights.count(Light.RED),
        lights.count(Light.AMBER),
        even is None,
        even or ZERO,
    )
