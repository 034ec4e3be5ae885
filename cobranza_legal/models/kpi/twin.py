"""The past of a company replayed by what was written down then: by its own policies,
which has to give what happened, and by another one."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from odoo.tools import SQL

from ...kernel.contact import (
    WEEK,
    PastContact,
    next_slot_everywhere,
    obstacles_anywhere,
)
from ...kernel.dunning import Ladder
from ...kernel.errors import KernelError
from ...kernel.replay import (
    DebtHistory,
    Letter,
    Place,
    Run,
    Seen,
    Step,
    Swap,
    Tally,
    Timeline,
    begins_before,
    recorded,
    replay,
)
from ..common.limits import CLOSED, Limiter
from ..policy.policy import unpack_ladders

BATCH = 2000
"""Debtors whose records are read together."""


MOVED = ("entered", "advanced")


ZERO = Decimal(0)


RUNS = """
    SELECT id, day, ladders::text, state = 'done' AND COALESCE(trouble_count, 0) = 0,
           create_date
      FROM cobranza_run
     WHERE company_id = %(company)s AND day BETWEEN %(first)s AND %(last)s
     ORDER BY day, id
"""


DEBTORS = """
    SELECT d.debtor_id
      FROM cobranza_debt d
     WHERE d.company_id = %(company)s AND d.nature = 'principal'
       AND EXISTS (SELECT 1 FROM cobranza_decision c WHERE c.debt_id = d.id)
     GROUP BY d.debtor_id ORDER BY d.debtor_id
"""


RECORDS = """
    SELECT d.debtor_id, d.id, d.currency_id, c.day, COALESCE(c.run_no, 0),
           c.by_run IS TRUE, c.stopped IS TRUE, c.due, c.claim::text, c.policy_no,
           c.episode, c.step, c.before_no, c.before_since, c.level_no, c.level_since,
           c.reason
      FROM cobranza_debt d
      JOIN LATERAL (
          (SELECT * FROM cobranza_decision o
            WHERE o.debt_id = d.id AND o.day < %(first)s ORDER BY o.id DESC LIMIT 1)
          UNION ALL
          (SELECT * FROM cobranza_decision o
            WHERE o.debt_id = d.id AND o.day BETWEEN %(first)s AND %(last)s)) c ON TRUE
     WHERE d.debtor_id = ANY(%(debtors)s) AND d.company_id = %(company)s
     ORDER BY d.debtor_id, d.id, c.id
"""


UNRECORDED = """
    SELECT DISTINCT i.debt_id, i.level_id, i.episode
      FROM cobranza_contact_line i
      JOIN cobranza_contact t ON t.id = i.contact_id
      JOIN cobranza_run r ON r.id = t.run_id
     WHERE t.company_id = %(company)s AND r.day BETWEEN %(first)s AND %(last)s
       AND i.is_step AND t.step_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM cobranza_decision c
                        WHERE c.debt_id = i.debt_id AND c.level_no = i.level_id
                          AND c.by_run AND c.reason = ANY(%(moved)s))
"""
"""Steps of contacts that runs have planned, of which nothing was written down."""


MADE = """
    SELECT debtor_id, level_id, run_id IS NOT NULL, sent_at, channel
      FROM cobranza_contact
     WHERE company_id = %(company)s AND direction = 'outbound'
       AND is_answer IS NOT TRUE AND state IN ('sent', 'in_doubt')
       AND sent_at >= %(since)s AND sent_at < %(until)s
     ORDER BY sent_at, id
"""


@dataclass(slots=True)
class DebtResult:
    """What happened to a debt and what the replay says: the steps of the log, those of
    the policies that were followed, those of the other policy (None: it was not
    replayed)."""

    debt: int
    happened: list[Step]
    again: list[Step]
    other: "list[Step] | None" = None

    @property
    def agrees(self):
        """Whether the policies of then give what happened."""
        return _moves(self.happened) == _moves(self.again)

    @property
    def differs(self):
        return self.other is not None and _moves(self.happened) != _moves(self.other)


def _moves(steps):
    return [(one.debt, one.day, one.level) for one in steps]


@dataclass(slots=True)
class TwinFigures:
    """The sums of a replay. ``unrecorded``: steps of the log of which nothing was
    written down; ``early``: debts that the other policy would have met before anything
    was written down; neither is replayed. ``made``: contacts that left, of those so
    many by hand."""

    happened: Tally = field(default_factory=Tally)
    again: Tally = field(default_factory=Tally)
    other: Tally = field(default_factory=Tally)
    debts: int = 0
    wrong: list[int] = field(default_factory=list)
    early: list[int] = field(default_factory=list)
    unrecorded: list[tuple[int, int, int]] = field(default_factory=list)
    made: dict[int, int] = field(default_factory=dict)
    by_hand: int = 0
    made_by_level: dict[int, int] = field(default_factory=dict)


class Twin:
    """The replay of a company's own past from ``first`` to ``last``.

    ``policy``: the policy that takes the place of ``instead``, of all for None; without
    it only the past is replayed. As superuser: callers check who may know. A fixed
    number of queries, and one for so many debtors more.
    """

    def __init__(self, company, first: date, last: date, policy=None, instead=None):
        self.company = company.sudo().root_id
        self.env = self.company.env
        self.first, self.last = first, last
        self.policy, self.instead = policy, instead
        self.figures = TwinFigures()
        self.moments = {}

    def _sql(self, text, **values):
        return SQL(
            text,
            company=self.company.id,
            first=self.first,
            last=self.last,
            **values,
        )

    def play(self, each=None):
        """The ``TwinFigures``; ``each`` is told every ``DebtResult``."""
        for model in ("cobranza.run", "cobranza.debt", "cobranza.decision"):
            self.env[model].flush_model()
        self.env["cobranza.contact"].flush_model()
        self.env["cobranza.contact.line"].flush_model()
        self._read_levels()
        timeline = self._read_timeline()
        by_hand = self._read_made()
        self.figures.unrecorded = self.env.execute_query(
            self._sql(UNRECORDED, moved=list(MOVED))
        )
        debtors = [one for (one,) in self.env.execute_query(self._sql(DEBTORS))]
        for place in range(0, len(debtors), BATCH):
            batch = debtors[place : place + BATCH]
            desk = Desk(self, batch, by_hand)
            for histories, currencies in self._read_histories(batch):
                self._replay(histories, currencies, timeline, desk, each)
            self.env.invalidate_all()
        return self.figures

    # -- what was written down -----------------------------------------------------

    def _read_timeline(self):
        runs, known, ladders = [], {}, {}
        for run, day, packed, whole, moment in self.env.execute_query(self._sql(RUNS)):
            if packed:
                if packed not in known:
                    known[packed] = unpack_ladders(json.loads(packed))
                ladders = known[packed]
            runs.append(Run(run, day, ladders, whole))
            self.moments.setdefault(day, moment)
        return Timeline(runs, self.days)

    def _read_levels(self):
        """What a level writes by, and the levels of the other policy."""
        levels = self.env["cobranza.policy.level"].with_context(active_test=False)
        levels = levels.search([])
        self.days = {level.id: level.days for level in levels}
        self.keys = {
            level.id: (
                level.channel,
                bool(level.charge),
                level._recipient_role() == "guarantor",
            )
            for level in levels
        }
        ladders = self.env["cobranza.policy"].sudo()._ladders(self.company)
        self.ladder = None
        if self.policy:
            empty = Ladder(self.policy.id, ())
            self.ladder = ladders.get(self.policy.id, empty)

    def _read_made(self):
        """{debtor: [PastContact]} of what people made by hand."""
        since = self.company._cobranza_midnight(self.first)
        until = self.company._cobranza_midnight(self.last + timedelta(days=1))
        by_hand = defaultdict(list)
        figures = self.figures
        for debtor, level, by_run, moment, channel in self.env.execute_query(
            self._sql(MADE, since=since, until=until)
        ):
            figures.made[debtor] = figures.made.get(debtor, 0) + 1
            if by_run:
                of_level = figures.made_by_level
                of_level[level] = of_level.get(level, 0) + 1
            else:
                figures.by_hand += 1
                by_hand[debtor].append(PastContact(moment, channel))
        return by_hand

    def _read_histories(self, debtors):
        """Of each debtor: its ``DebtHistory``, and {debt: currency}."""
        rows = self.env.execute_query(self._sql(RECORDS, debtors=debtors))
        groups, currencies = defaultdict(lambda: defaultdict(list)), {}
        for row in rows:
            currencies[row[1]] = row[2]
            groups[row[0]][row[1]].append(_seen(*row[3:]))
        for debtor, debts in groups.items():
            yield (
                [DebtHistory(one, debtor, tuple(seen)) for one, seen in debts.items()],
                currencies,
            )

    # -- the replay ----------------------------------------------------------------

    def _replay(self, histories, currencies, timeline, desk, each):
        figures = self.figures
        again = replay(histories, timeline, self.first, self.last)
        happened = [
            step for one in histories for step in recorded(one, self.first, self.last)
        ]
        happened.sort(key=lambda one: (one.day, one.debt))
        figures.debts += len(histories)
        letters = desk.letters(happened, currencies)
        figures.happened.count(happened, letters)
        if _moves(happened) != _moves(again):
            letters = desk.letters(again, currencies)
        figures.again.count(again, letters)
        results = {
            one.id: DebtResult(one.id, [], [], [] if self.ladder else None)
            for one in histories
        }
        for step in happened:
            results[step.debt].happened.append(step)
        for step in again:
            results[step.debt].again.append(step)
        figures.wrong += [one.debt for one in results.values() if not one.agrees]
        if self.ladder:
            self._replay_other(histories, currencies, timeline, desk, results)
        if each:
            for result in results.values():
                each(result)

    def _replay_other(self, histories, currencies, timeline, desk, results):
        """The steps of the other policy, of all debts about which enough is known."""
        letters = []

        def send(_debtor, _day, steps):
            sent, made = desk.send(steps, currencies)
            letters.extend(sent)
            return made

        desk.begin(histories[0].debtor)
        instead = self.instead.id if self.instead else None
        swap = Swap(self.ladder, send, instead)
        early = {one.id for one in histories if begins_before(one, self.first, swap)}
        known = [one for one in histories if one.id not in early]
        steps = replay(known, timeline, self.first, self.last, swap) if known else []
        for step in steps:
            results[step.debt].other.append(step)
        for debt in early:
            results[debt].other = None
        self.figures.early += sorted(early)
        self.figures.other.count(steps, letters)


class Desk:
    """Puts the steps of some debtors into letters, as the engine does, and gives each
    the first moment that the limits of today permit after its run, with what people
    made by hand."""

    def __init__(self, twin, debtors, by_hand):
        self.twin = twin
        self.by_hand = by_hand
        self.limiter = Limiter(
            twin.company, twin.env["cobranza.debtor"].sudo().browse(debtors)
        )
        self.windows = {}
        self.slots = {}
        self.history = []

    def begin(self, debtor):
        """Only what people made counts by now."""
        self.history = list(self.by_hand.get(debtor, ()))

    def letters(self, steps, currencies):
        """The letters of the steps of one debtor, in the order of their days."""
        if not steps:
            return []
        self.begin(steps[0].debtor)
        days = defaultdict(list)
        for step in steps:
            days[step.day].append(step)
        return [
            letter
            for day in sorted(days)
            for letter in self.send(days[day], currencies)[0]
        ]

    def send(self, steps, currencies):
        """([Letter], {debt: day on which its act is made or None}) of the steps of one
        debtor on one day."""
        groups = defaultdict(list)
        for step in steps:
            key = (currencies[step.debt], *self.twin.keys[step.level])
            groups[key].append(step)
        letters, made = [], {}
        for key, own in groups.items():
            top = max(own, key=lambda one: self.twin.days[one.level])
            moment, limited = self._slot(top.debtor, key[1], top.day)
            on = moment and self.twin.company._cobranza_local(moment).date()
            letters.append(Letter(top.debtor, top.day, top.level, on, limited))
            made |= dict.fromkeys((one.debt for one in own), on)
        return letters, made

    def _slot(self, debtor, channel, day):
        """(moment, whether a limit had it wait); as the limiter plans it."""
        asked = self.twin.moments[day]
        limiter = self.limiter
        past = self._past(debtor, channel, asked)
        key = (limiter.keys[debtor], limiter.zones[debtor])
        key = (*key, channel, asked, tuple(past))
        if key not in self.slots:
            self.slots[key] = self._find(debtor, channel, asked, past)
        moment, limited = self.slots[key]
        if moment:
            self.history.append(PastContact(moment, channel))
        return moment, limited

    def _past(self, debtor, channel, asked):
        """The contacts that a limit of this channel may count, so that what is the same
        to the limits is worked out once."""
        key = self.limiter.keys[debtor], channel
        if key not in self.windows:
            rules = self.limiter.spaced[key[0]]
            groups = [one for one in rules.classes if channel in one.channels]
            days = [max(one.per_days, one.gap_days) for one in groups]
            channels = frozenset().union(*(one.channels for one in groups))
            if rules.total_limit is not None and groups:
                days.append(WEEK)
                channels = channels.union(*(one.channels for one in rules.classes))
            self.windows[key] = timedelta(days=max(days, default=0) + 1), channels
        window, channels = self.windows[key]
        return [
            one
            for one in self.history
            if one.channel in channels and one.at > asked - window
        ]

    def _find(self, debtor, channel, asked, past):
        limiter = self.limiter
        rules, clocks = (
            limiter.spaced[limiter.keys[debtor]],
            limiter.clocks_for(debtor),
        )
        try:
            found = obstacles_anywhere(rules, channel, asked, past, clocks)
            if not found:
                return asked, False
            limited = any(one.code not in CLOSED for one in found)
            moment = next_slot_everywhere(rules, channel, asked, past, clocks)
        except KernelError:
            return None, True
        return moment, limited


def _seen(*row):
    (day, run, by_run, stopped, due, claim, policy, episode, step, *places, code) = row
    before, after = Place(*places[:2]), Place(*places[2:])
    return Seen(
        day=day,
        run=run,
        by_run=by_run,
        stopped=stopped,
        due=due,
        claim=Decimal(claim) if claim else ZERO,
        policy=policy,
        episode=episode,
        step=step,
        before=before,
        after=after,
        moved=by_run and code in MOVED and after.since == day,
    )
