"""Asks the kernel when debtors may be contacted, for a whole batch at once."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytz

from odoo.tools import SQL

from ...kernel.contact import PastContact, next_slot, obstacles
from ...kernel.errors import KernelError, NoSlot
from ...kernel.relax import relax
from . import transaction
from .transaction import to_local, to_utc
from .words import say_error

COUNTED = ("planned", "sending", "sent", "in_doubt")


CLOSED = frozenset({"hours", "holiday"})


class Limiter:
    """The limits of a company's debtors, with the contacts that count already.

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
        self.keys = {one.id: (one.regime, one.partner_id.state_id) for one in debtors}
        self.rules = self._read_rules(set(self.keys.values()))
        self.spaced = {key: self._space(rules) for key, rules in self.rules.items()}
        self.zones = {one.id: pytz.timezone(one._tz()) for one in debtors}
        self.debtors = {one.id: one for one in debtors}
        self.lifted = self.env["cobranza.contact.override"]._lifted(company, debtors)
        self.history = self._read_history(debtors)
        self.first_slots = {}

    def _read_rules(self, keys):
        """{(regime, state): rules}, with the holidays of the debtor's place."""
        hooks, today = self.company._cobranza_rules(), self.today
        table = self.company._cobranza_legal_table(today, today)
        regimes = {one: hooks._contact_rules(one, today, table) for one, _place in keys}
        places = {one: hooks._calendar("contact", one, today) for _regime, one in keys}
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
        """{debtor id: [(contact id, PastContact)]}.

        What was released but is late counts as made now, the task of a person in its
        own slot only, and what waits for a release not at all: it may wait for ever.
        """
        self.env["cobranza.contact"].flush_model()
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
                debtors=debtors.ids,
                company=self.company.id,
                states=list(COUNTED),
                held=self.env["cobranza.decision.reason"]._where(no_turn=True),
                since=since,
                leaving=self.leaving,
            )
        )
        history = defaultdict(list)
        for debtor, contact, channel, moment in rows:
            past = PastContact(self.local(debtor, moment), channel)
            history[debtor].append((contact, past))
        return history

    def local(self, debtor_id, moment):
        """A UTC moment as naive local time of the debtor."""
        return to_local(moment, self.zones[debtor_id])

    def utc(self, debtor_id, moment):
        """A naive local moment of the debtor as naive UTC."""
        return to_utc(moment, self.zones[debtor_id])

    def _past(self, debtor_id, but):
        rows = self.history[debtor_id]
        return [past for contact, past in rows if but is None or contact != but]

    def rules_of(self, debtor_id):
        return self.rules[self.keys[debtor_id]]

    def may_be_automatic(self, debtor_id):
        """Whether a machine may write: never to whom the regime protects from it, nor
        to the vulnerable, about whom a person decides."""
        vulnerable = self.debtors[debtor_id].vulnerable_on
        return self.rules_of(debtor_id).automatic and not vulnerable

    def obstacles(self, debtor_id, channel, moment, but=None):
        """What forbids a contact at a UTC moment; ``but`` is the contact itself."""
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
        return obstacles(
            rules,
            channel,
            self.local(debtor_id, moment),
            self._past(debtor_id, but),
        )

    def slot(self, debtor_id, channel, asked, but=None):
        """(UTC moment or None, waiting reason or None, note) of the earliest permitted
        moment not before ``asked``. The contact then counts for the next ones."""
        past = self._past(debtor_id, but)
        if past or but in self.lifted:
            local, answer = self._find_slot(debtor_id, channel, asked, past, but)
        else:  # the same for everybody under the same rules and clock
            key = (self.keys[debtor_id], self.zones[debtor_id], channel, asked)
            if key not in self.first_slots:
                found = self._find_slot(debtor_id, channel, asked, past)
                self.first_slots[key] = found
            local, answer = self.first_slots[key]
        if local:
            self.count(debtor_id, channel, local, but)
        return answer

    def _find_slot(self, debtor_id, channel, asked, past, but=None):
        """(local moment or None, what ``slot`` answers)."""
        rules = self._relaxed(self.spaced[self.keys[debtor_id]], but)
        local = self.local(debtor_id, asked)
        try:
            found = obstacles(rules, channel, local, past)
            if not found:
                return local, (asked, None, None)
            local = next_slot(rules, channel, local, past)
        except NoSlot as error:
            return None, (None, "contact_limit", say_error(self.env, error))
        except KernelError as error:
            return None, (None, "missing_data", say_error(self.env, error))
        return local, (self.utc(debtor_id, local), self.reason(found), None)

    def count(self, debtor_id, channel, local, contact=None):
        kept = [
            one for one in self.history[debtor_id] if one[0] != contact or not contact
        ]
        self.history[debtor_id] = [*kept, (contact, PastContact(local, channel))]

    @staticmethod
    def reason(found):
        """The waiting reason that shows these obstacles."""
        if not found:
            return None
        closed = all(one.code in CLOSED for one in found)
        return "hours" if closed else "contact_limit"
