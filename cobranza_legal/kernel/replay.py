"""The automatic steps of the past, decided again by what was known on each day.

What was known are the inputs that were written down when a debt was looked at; between
two of them nothing changed. The runs of a company are the only days on which a debt
moves. By the policies of then the replay gives the steps that were made; by another one
those that it would have made of the same debts, payments and stops.

It goes from one thing that happened to the next, not from day to day.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .dunning import DebtFacts, DebtorFacts, Ladder, Reason, decide

ZERO = Decimal(0)
Moment = tuple[date, int, bool]
"""(day, id of a run or 0, whether after it)."""
MOVES = (Reason.ENTERED, Reason.ADVANCED)
STOP = (Reason.ON_HOLD,)


class Place(NamedTuple):
    """Where a debt is: the id of its level, None for none, and since when."""

    level: "int | None" = None
    since: "date | None" = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was known of a debt when it was looked at on a day.

    ``run``: the id of the newest run of that day, 0 before the first one. ``by_run``:
    that run looked; else something happened after it, and nothing moves before the next
    run. ``stopped``: something other than its policy stopped it.
    ``claim`` in company currency. ``policy`` None: none was found. ``step`` as in
    ``DebtFacts``. ``before`` and ``after``: its place before and after the decision;
    ``moved``: it rose, which the replay does not read but is compared with.
    """

    day: date
    run: int
    by_run: bool
    stopped: bool
    due: "date | None"
    claim: Decimal
    policy: "int | None"
    episode: int
    step: str
    before: Place
    after: Place
    moved: bool = False

    @property
    def moment(self) -> "Moment":
        """Where it belongs among the runs."""
        return self.day, self.run, not self.by_run


@dataclass(frozen=True, slots=True)
class DebtHistory:
    """What was known of a debt of a debtor, in the order in which it was learnt."""

    id: int
    debtor: int
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run on a day, with the policies as they were, by id. ``whole``: it came to
    every debtor; of one that was interrupted only what it has written is known."""

    id: int
    day: date
    ladders: Mapping[int, Ladder]
    whole: bool = True

    @property
    def moment(self) -> "Moment":
        return self.day, self.id, False


@dataclass(frozen=True, slots=True)
class Step:
    """A debt reached a level of a policy on a day; ``entered``: its first one, at least
    of this episode."""

    debt: int
    debtor: int
    day: date
    policy: int
    level: int
    number: int
    due: date
    entered: bool


@dataclass(slots=True)
class Timeline:
    """The runs of a company in order, and what every level counts from the due date:
    ``days`` by level id, of levels that no policy has any more too."""

    runs: Sequence[Run]
    days: Mapping[int, int] = field(default_factory=dict)
    moments: list[Moment] = field(init=False)
    changes: list[int] = field(init=False)

    def __post_init__(self):
        self.moments = [run.moment for run in self.runs]
        self.changes = [
            number
            for number, run in enumerate(self.runs)
            if number and run.ladders != self.runs[number - 1].ladders
        ]

    def on(self, day: "date | None") -> "int | None":
        """The number of the first run on or after a day, None if there is none."""
        return None if day is None else self.at((day, 0, False))

    def at(self, moment: Moment) -> "int | None":
        """The number of the first run that knows of a moment."""
        number = bisect_left(self.moments, moment)
        return number if number < len(self.moments) else None

    def change(self, number: int) -> "int | None":
        """The first run from this number on by which a policy had changed."""
        place = bisect_left(self.changes, number)
        return self.changes[place] if place < len(self.changes) else None


Sender = Callable[[int, date, Sequence[Step]], Mapping[int, "date | None"]]
"""(debtor, day, steps of that day) → {debt: the day on which the act of its step is
made, None: never}."""


@dataclass(frozen=True, slots=True)
class Swap:
    """Another policy in the place of those that were followed: ``ladder`` for all debts
    that followed ``instead``, for every debt with a policy where that is None. ``send``
    says when the acts are made, which the next level may wait for."""

    ladder: Ladder
    send: Sender
    instead: "int | None" = None

    def takes(self, policy: "int | None") -> bool:
        return policy is not None and self.instead in (None, policy)


def replay(
    histories: Iterable[DebtHistory],
    timeline: Timeline,
    first: date,
    last: date,
    swap: "Swap | None" = None,
) -> list[Step]:
    """The steps from ``first`` to ``last`` of the debts of one debtor, in the order of
    their days. None for ``swap``: by the policies that were followed.

    A debt begins in the place in which the newest record before ``first`` left it, or
    in which its first record found it. A place that was given to it from outside, such
    as an imported level, is taken over where it is found.
    """
    return _Replay(histories, timeline, first, last, swap).play()


def recorded(history: DebtHistory, first: date, last: date) -> list[Step]:
    """The steps of a debt from ``first`` to ``last`` that were written down; their
    numbers are not known, 0."""
    return [
        Step(
            debt=history.id,
            debtor=history.debtor,
            day=one.day,
            policy=one.policy,
            level=one.after.level,
            number=0,
            due=one.due,
            entered=one.before.level is None,
        )
        for one in history.seen
        if one.moved and first <= one.day <= last
    ]


def begins_before(history: DebtHistory, first: date, swap: Swap) -> bool:
    """Whether another policy would have met a debt before anything was written down
    about it: nobody knows what it would have done by then."""
    if not history.seen or history.seen[0].day < first:
        return False
    one = history.seen[0]
    if not swap.takes(one.policy) or one.due is None or one.before.level is not None:
        return False
    days = min((level.days for level in swap.ladder.levels), default=None)
    return days is not None and one.due + timedelta(days=days) < one.day


@dataclass(frozen=True, slots=True)
class Letter:
    """An act about the steps of one debtor of one day. ``made_on``: the first day that
    the limits permit, None for none; ``limited``: they had it wait or wait for ever,
    opening hours and holidays aside."""

    debtor: int
    day: date
    level: int
    made_on: "date | None"
    limited: bool


@dataclass(slots=True)
class LevelTally:
    """What was done at one level."""

    steps: int = 0
    letters: int = 0
    limited: int = 0


@dataclass(slots=True)
class Tally:
    """What came of a year of steps: by level id, and of all debtors."""

    levels: dict[int, LevelTally] = field(default_factory=dict)
    letters: dict[int, int] = field(default_factory=dict)
    """{debtor: letters}."""
    first_acts: int = 0
    first_days: int = 0
    """From the due date to the first step, of all first acts."""

    def count(self, steps: Iterable[Step], letters: Iterable[Letter]) -> None:
        for step in steps:
            self._level(step.level).steps += 1
            if step.entered:
                self.first_acts += 1
                self.first_days += (step.day - step.due).days
        for letter in letters:
            level = self._level(letter.level)
            level.letters += 1
            level.limited += letter.limited
            self.letters[letter.debtor] = self.letters.get(letter.debtor, 0) + 1

    def _level(self, level):
        return self.levels.setdefault(level, LevelTally())

    @property
    def steps(self) -> int:
        return sum(one.steps for one in self.levels.values())

    @property
    def limited(self) -> int:
        return sum(one.limited for one in self.levels.values())

    @property
    def per_debtor(self) -> "Decimal | None":
        """Letters to a debtor who got any; None for nobody."""
        if not self.letters:
            return None
        return Decimal(sum(self.letters.values())) / len(self.letters)

    @property
    def days_to_first(self) -> "Decimal | None":
        """Days from the due date to the first step; None without any."""
        if not self.first_acts:
            return None
        return Decimal(self.first_days) / self.first_acts


class _Debt:
    """One debt while it is replayed.

    ``follows`` is the policy of its place; ``recorded`` the place that the newest
    record left; ``done_on`` the day on which the act of its level is made, as far as
    the replay has reached that level; ``next`` the run that looks at it again;
    ``below``: a minimum held it, which any other debt may change.
    """

    __slots__ = (
        *("done_on", "follows", "history", "inputs", "may", "next", "own", "place"),
        *("pointer", "recorded", "reopened", "stopped", "below", "wanted"),
    )

    def __init__(self, history: DebtHistory):
        self.history = history
        self.pointer = 0
        self.inputs: Seen | None = None
        self.recorded: Place | None = None
        self.place = Place()
        self.follows: int | None = None
        self.reopened = False
        self.own = False
        self.done_on: date | None = None
        self.stopped = False
        self.may = False
        self.below = False
        self.wanted = False
        self.next: int | None = None

    @property
    def is_known(self) -> bool:
        return self.inputs is not None and self.inputs.due is not None

    def coming(self) -> "Seen | None":
        """The next record."""
        seen = self.history.seen
        return seen[self.pointer] if self.pointer < len(seen) else None

    def take(self, one: Seen) -> None:
        """Know what the next record says."""
        self.pointer += 1
        if one.before != self.recorded:  # somebody else has put it there
            self.place, self.follows, self.own = one.before, one.policy, False
        before, self.inputs = self.inputs, one
        self.recorded = one.after
        self.stopped = one.stopped
        if before is not None and one.episode > before.episode:
            self.reopened = True

    def begin(self, first: date) -> None:
        """Take up the newest record before a day."""
        while (one := self.coming()) and one.day < first:
            self.take(one)
            self.place, self.follows = one.after, one.policy
            self.reopened = False


class _Replay:
    def __init__(self, histories, timeline, first, last, swap):
        self.timeline = timeline
        self.first, self.last = first, last
        self.swap = swap
        self.debts = [_Debt(one) for one in histories]
        self.debtor = self.debts[0].history.debtor if self.debts else 0
        self.ladders: Mapping[int, Ladder] = {}
        self.steps: list[Step] = []

    def play(self) -> list[Step]:
        start = self.timeline.on(self.first)
        for debt in self.debts:
            debt.begin(self.first)
            debt.next = start if debt.inputs else None
        number = self._next(start)
        while number is not None:
            run = self.timeline.runs[number]
            if run.day > self.last:
                break
            self.ladders = self._ladders(run)
            changed = number == self.timeline.change(number)
            for debt in self.debts:
                due = debt.next is not None and debt.next <= number
                before = debt.pointer
                debt.may = self._look(debt, run) or run.whole
                more = debt.pointer > before
                debt.wanted = changed or due or more or debt.below
            self._decide(number, run)
            number = self._next(number + 1)
        return self.steps

    def _look(self, debt, run):
        """Know what was recorded until a run; whether it wrote something down."""
        looked = False
        while (one := debt.coming()) and one.moment <= run.moment:
            debt.take(one)
            self._follow(debt)
            looked = one.moment == run.moment
        return looked

    def _next(self, least):
        """The first run from this number on at which anything may happen."""
        if least is None or least >= len(self.timeline.runs):
            return None
        found = [self.timeline.change(least)]
        for debt in self.debts:
            found.append(debt.next)
            if coming := debt.coming():
                found.append(self.timeline.at(coming.moment))
        return min((max(one, least) for one in found if one is not None), default=None)

    def _decide(self, number, run):
        known = [debt for debt in self.debts if debt.wanted and debt.is_known]
        facts = [self._facts(debt, run) for debt in known]
        total = sum(
            (
                debt.inputs.claim
                for debt in self.debts
                if debt.is_known and not debt.stopped and debt.inputs.due <= run.day
            ),
            ZERO,
        )
        debtors = {self.debtor: DebtorFacts(self.debtor, total)}
        decisions = decide(self.ladders, debtors, facts, run.day)
        steps = []
        for debt, one, decision in zip(known, facts, decisions, strict=True):
            if decision.reason in MOVES and debt.may:
                steps.append(self._move(debt, one, decision, run))
                debt.next = number + 1
            elif decision.reason in MOVES:
                debt.next = number + 1
            else:
                debt.next = self._again(number, run, debt, decision)
            debt.below = decision.reason == Reason.BELOW_MINIMUM
        self._send(known, steps, run)
        self.steps += steps

    def _again(self, number, run, debt, decision):
        """The run that looks at the debt again, whatever else happens."""
        if decision.on is not None:
            return self.timeline.on(decision.on)
        if decision.reason == Reason.BELOW_MINIMUM:
            dues = (one.inputs.due for one in self.debts if one.is_known)
            coming = [due for due in dues if due > run.day]
            return self.timeline.on(min(coming, default=None))
        if decision.reason == Reason.STEP_PENDING and debt.own:
            later = self.timeline.on(debt.done_on)
            return None if later is None else max(later, number + 1)
        return None

    # -- what is decided by --------------------------------------------------------

    def _policy(self, policy):
        if self.swap and self.swap.takes(policy):
            return self.swap.ladder.id
        return policy

    def _ladders(self, run):
        if not self.swap:
            return run.ladders
        return {**run.ladders, self.swap.ladder.id: self.swap.ladder}

    def _facts(self, debt, run):
        self._follow(debt)
        one = debt.inputs
        ladder = self.ladders.get(debt.follows)
        return DebtFacts(
            id=debt.history.id,
            debtor=self.debtor,
            ladder=debt.follows,
            due=one.due,
            level=self._number(debt.place.level, ladder),
            level_since=debt.place.since,
            claim=one.claim,
            blockers=STOP if debt.stopped else (),
            step=self._step(debt, run.day),
        )

    def _follow(self, debt):
        """A debt that came back begins again or goes on as its policy says; one whose
        policy is another goes on at the last level that is not later."""
        if debt.reopened:
            ladder = self.ladders.get(self._policy(debt.follows))
            if ladder is None or ladder.reopen == "restart":
                debt.place, debt.own = Place(), False
            debt.reopened = False
        policy = self._policy(debt.inputs.policy)
        ladder = self.ladders.get(policy)
        if policy != debt.follows and ladder and ladder.levels and debt.place.level:
            days = self._days(debt.place.level, self.ladders.get(debt.follows))
            passed = [level.id for level in ladder.levels if level.days <= days]
            level = passed[-1] if passed else None
            debt.place = Place(level, debt.place.since)
        debt.follows = policy

    def _days(self, level, ladder):
        """What a level counts from the due date."""
        for one in ladder.levels if ladder else ():
            if one.id == level:
                return one.days
        return self.timeline.days.get(level, 0)

    def _number(self, level, ladder):
        """The number of a level in a ladder; of one that it has no more that of the
        last one that is not later."""
        if not level or ladder is None:
            return 0
        for one in ladder.levels:
            if one.id == level:
                return one.number
        days = self.timeline.days.get(level, 0)
        return max((one.number for one in ladder.levels if one.days <= days), default=0)

    def _step(self, debt, day):
        """The act of the present level: as recorded; where another policy is followed,
        as the replay has it, and made where the level was reached before."""
        if not self.swap or not self.swap.takes(debt.inputs.policy):
            return debt.inputs.step
        if not debt.own:
            return "done"
        made = debt.done_on is not None and debt.done_on <= day
        return "done" if made else "pending"

    # -- what comes of it ----------------------------------------------------------

    def _move(self, debt, facts, decision, run):
        ladder = self.ladders[debt.follows]
        [level] = [one for one in ladder.levels if one.number == decision.level]
        debt.place, debt.own = Place(level.id, run.day), True
        debt.done_on = None
        return Step(
            debt=debt.history.id,
            debtor=self.debtor,
            day=run.day,
            policy=ladder.id,
            level=level.id,
            number=level.number,
            due=facts.due,
            entered=not facts.level,
        )

    def _send(self, debts, steps, run):
        if not (self.swap and steps):
            return
        made = self.swap.send(self.debtor, run.day, steps)
        moved = {one.debt for one in steps}
        for debt in debts:
            if debt.history.id in moved:
                debt.done_on = made.get(debt.history.id)
