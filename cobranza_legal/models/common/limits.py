"""Asks the kernel when debtors may be contacted, for a whole batch at once."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

import pytz

from odoo.tools import SQL

from ...kernel.contact import (
    Clock,
    PastContact,
    next_slot_everywhere,
    obstacles_anywhere,
)
from ...kernel.errors import KernelError, NoSlot
from ...kernel.relax import relax
from . import transaction
from .transaction import to_local, to_utc
from .words import say_error

COUNTED = ("planned", "sending", "sent", "in_doubt")


CLOSED = frozenset({"hours", "holiday"})


MOMENTS = 10_000
"""How many moments a clock remembers: contacts of many debtors leave at the same."""


def clocks_of(names):
    """The ``Clock`` of each of these time zones."""
    return tuple(_clock(name) for name in names)


@lru_cache
def _clock(name):
    zone = pytz.timezone(name)
    return Clock(
        local=lru_cache(MOMENTS)(lambda moment: to_local(moment, zone)),
        utc=lru_cache(MOMENTS)(lambda moment: to_utc(moment, zone)),
    )


class Limiter:
    """The limits of a company's debtors, with the contacts that count already.

    A debtor whose place is not known has the hours and holidays of every place where it
    may be. Moments are naive UTC.

    Reads once: the rules of each regime, and one query for the history of all debtors.
    ``leaving``: at the minute of leaving, what is only planned does not count. Its turn
    comes later, and it is asked then; else two contacts would hold each other up.
    """

    def __init__(self, company, debtors, now=None, *, leaving=False):
        self.env = debtors.env
        self.company = company
        self.leaving = leaving
        self.now = now or transaction.now(company.env)
        self.today = company._cobranza_today()
        self.places, self.clocks = {}, {}
        self.keys, self.zones = self._read_places(debtors)
        self.rules = self._read_rules(set(self.keys.values()))
        self.spaced = {key: self._space(rules) for key, rules in self.rules.items()}
        self.debtors = {one.id: one for one in debtors}
        self.persons = debtors._people()
        self.lifted = self.env["cobranza.contact.override"]._lifted(company, debtors)
        self.history = self._read_history(debtors)
        self.slots = {}

    def _read_places(self, debtors):
        """({debtor id: (regime, places)}, {debtor id: names of its time zones})."""
        hooks, keys, zones = self.company._cobranza_rules(), {}, {}
        for debtor in debtors:
            place, own = self._place(hooks, debtor.partner_id)
            keys[debtor.id] = (debtor.regime, place)
            zones[debtor.id] = (debtor.tz,) if debtor.tz else own
        return keys, zones

    def _place(self, hooks, partner):
        """(states, zones) where a partner may be; asked once for each address."""
        key = (partner.country_id, partner.state_id, partner.zip, partner.city)
        if key not in self.places:
            self.places[key] = (hooks._places(partner), hooks._timezones(partner))
        return self.places[key]

    def _read_rules(self, keys):
        """{(regime, places): rules}, with the holidays of the debtor's places."""
        hooks, today = self.company._cobranza_rules(), self.today
        table = self.company._cobranza_legal_table(today, today)
        regimes = {one for one, _place in keys}
        regimes = {one: hooks._contact_rules(one, today, table) for one in regimes}
        places = {place for _regime, place in keys}
        places = {one: hooks._calendar("contact", one, today) for one in places}
        return {
            (regime, place): replace(regimes[regime], calendar=places[place])
            for regime, place in keys
        }

    def _space(self, rules):
        """These rules for what is planned ahead: the company never plans two contacts
        of a kind closer than its own gap, where the law asks for less or nothing."""
        gap = self.company.cobranza_contact_gap
        classes = [
            replace(group, gap_days=max(gap, group.gap_days)) for group in rules.classes
        ]
        return replace(rules, classes=tuple(classes))

    def _span(self):
        groups = [group for rules in self.spaced.values() for group in rules.classes]
        return max((7, *(max(one.per_days, one.gap_days) for one in groups))) + 1

    def _read_history(self, debtors):
        """{person: [(contact id, PastContact)]}, of all debtors that are one person
        with one of these; a person is named by the first of them.

        What was released but is late counts as made now, the task of a person in its
        own slot only, and what waits for a release not at all: it may wait for ever.
        """
        self.env["cobranza.contact"].flush_model()
        members = {one for group in self.persons.values() for one in group}
        names = {one: group[0] for group in self.persons.values() for one in group}
        since = self.now - timedelta(days=self._span())
        rows = self.env.execute_query(
            SQL(
                """SELECT debtor_id, id, channel,
                          CASE WHEN state = 'planned' AND task_raised IS NOT TRUE
                               THEN greatest(planned_at, %(now)s)
                               ELSE coalesce(sent_at, planned_at) END AS moment
                     FROM cobranza_contact
                    WHERE debtor_id = ANY(%(debtors)s) AND company_id = %(company)s
                      AND direction = 'outbound' AND is_answer IS NOT TRUE
                      AND state = ANY(%(states)s)
                      AND (state <> 'planned' OR released
                           AND coalesce(waiting, '') <> ALL(%(held)s))
                      AND (NOT %(leaving)s OR state <> 'planned' OR task_raised)
                      AND (state = 'planned' AND task_raised IS NOT TRUE
                           OR coalesce(sent_at, planned_at) > %(since)s)
                    ORDER BY id""",
                now=self.now,
                debtors=sorted(members),
                company=self.company.id,
                states=list(COUNTED),
                held=self.env["cobranza.decision.reason"]._where(no_turn=True),
                since=since,
                leaving=self.leaving,
            )
        )
        history = defaultdict(list)
        for debtor, contact, channel, moment in rows:
            history[names[debtor]].append((contact, PastContact(moment, channel)))
        return history

    def clocks_for(self, debtor_id):
        """The ``Clock`` of each place where the debtor may be."""
        zones = self.zones[debtor_id]
        if zones not in self.clocks:
            self.clocks[zones] = clocks_of(zones)
        return self.clocks[zones]

    def person_of(self, debtor_id):
        """What names the person whose record a debtor is."""
        return self.persons[debtor_id][0]

    def made(self, debtor_id):
        """[(contact id or None, PastContact)] of the person that a debtor is."""
        return self.history[self.person_of(debtor_id)]

    def _past(self, debtor_id, but):
        rows = self.made(debtor_id)
        return [past for contact, past in rows if but is None or contact != but]

    def rules_of(self, debtor_id):
        return self.rules[self.keys[debtor_id]]

    def may_be_automatic(self, debtor_id):
        """Whether a machine may write: never to whom the regime protects from it, nor
        to the vulnerable, about whom a person decides."""
        vulnerable = self.debtors[debtor_id].vulnerable_on
        return self.rules_of(debtor_id).automatic and not vulnerable

    def obstacles(self, debtor_id, channel, moment, but=None):
        """What forbids a contact at a moment; ``but`` is the contact itself."""
        rules = self._relaxed(self.rules_of(debtor_id), but)
        return self._stops(rules, debtor_id, channel, moment, but)

    def delays(self, debtor_id, channel, moment, but=None):
        """As ``obstacles``, with the company's own gap: what ``slot`` goes by."""
        rules = self._relaxed(self.spaced[self.keys[debtor_id]], but)
        return self._stops(rules, debtor_id, channel, moment, but)

    def _relaxed(self, rules, contact_id):
        """Without what a person has lifted for this contact."""
        lifted = self.lifted.get(contact_id)
        return relax(rules, lifted) if lifted else rules

    def _stops(self, rules, debtor_id, channel, moment, but):
        past, clocks = self._past(debtor_id, but), self.clocks_for(debtor_id)
        return obstacles_anywhere(rules, channel, moment, past, clocks)

    def slot(self, debtor_id, channel, asked, but=None):
        """(moment or None, waiting reason or None, note) of the earliest permitted
        moment not before ``asked``. The contact then counts for the next ones."""
        past = self._past(debtor_id, but)
        if but in self.lifted:
            answer = self._find_slot(debtor_id, channel, asked, past, but)
        else:  # the same for all with the same rules, clocks and earlier contacts
            key = (self.keys[debtor_id], self.zones[debtor_id], channel, asked)
            key = (*key, tuple(past))
            if key not in self.slots:
                self.slots[key] = self._find_slot(debtor_id, channel, asked, past)
            answer = self.slots[key]
        if answer[0]:
            self.count(debtor_id, channel, answer[0], but)
        return answer

    def _find_slot(self, debtor_id, channel, asked, past, but=None):
        """What ``slot`` answers."""
        rules = self._relaxed(self.spaced[self.keys[debtor_id]], but)
        clocks = self.clocks_for(debtor_id)
        try:
            found = obstacles_anywhere(rules, channel, asked, past, clocks)
            if not found:
                return asked, None, None
            moment = next_slot_everywhere(rules, channel, asked, past, clocks)
        except NoSlot as error:
            return None, "contact_limit", say_error(self.env, error)
        except KernelError as error:
            return None, "missing_data", say_error(self.env, error)
        return moment, self.reason(found), None

    def count(self, debtor_id, channel, moment, contact=None):
        made = self.made(debtor_id)
        kept = [one for one in made if one[0] != contact or not contact]
        self.history[self.person_of(debtor_id)] = [
            *kept,
            (contact, PastContact(moment, channel)),
        ]

    @staticmethod
    def reason(found):
        """The waiting reason that shows these obstacles."""
        if not found:
            return None
        closed = all(one.code in CLOSED for one in found)
        return "hours" if closed else "contact_limit"
