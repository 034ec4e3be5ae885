"""What keeps contacts from being sent: one verdict for sending, screens and preview."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...kernel.dunning import Reason
from ...kernel.errors import KernelError
from ..common.limits import Limiter
from ..common.words import say_error
from .content import ACCRUING

OPEN = ("draft", "planned")


WAITING = (*OPEN, "failed", "in_doubt")
"""States of a contact that has not been made."""


KINDS = (
    "state",
    "release",
    "law",
    "claim",
    "data",
    "automation",
    "limits",
    "text",
    "slot",
)
"""Kinds of obstacle, in the order in which they are looked for."""


SENDER = ("law", "data", "automation", "limits", "text")
"""What is left to ask of contacts that are due, released and claim what is owed."""


PEOPLE = ("law", "data")
"""What keeps a user from making a contact; of limits a warning of its own tells."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that keeps a contact from being sent at a moment.

    ``kind``: one of KINDS. ``code``: what the contact shows as its reason. ``label``:
    the same in a few words, under which many contacts are counted. ``until``: UTC
    moment at which it alone is gone, None if it is not known. ``article``: the law that
    asks for it. ``solve``: the method of the contact that opens or does what ends it,
    empty if there is none.
    """

    kind: str
    code: str
    message: str
    label: str = ""
    until: "datetime | None" = None
    article: str = ""
    details: tuple[str, ...] = ()
    solve: str = ""


@dataclass(slots=True)
class Facts:
    """What is read at once for the contacts of one company."""

    company: object
    stale: "str | None" = None
    claims: "dict | None" = None
    blockers: "dict | None" = None
    missing: "dict | None" = None
    fallback: object = None
    limiter: "Limiter | None" = None
    fault: "str | None" = None
    planning: "Limiter | None" = None
    accruing: "dict | None" = None


class SendVerdict:
    """Which of these contacts would be sent at a moment, and what keeps the others.

    What the sender does, what "Why it waits" shows and what the preview of a release
    lists is this one verdict. Contacts are evaluated in the order in which they are
    sent: one that is sent counts for the limits of the next ones.

    ``now``: UTC moment. ``every``: find all obstacles of a contact, else those of the
    first kind only. ``released``: as if a user released them now, which ends what waits
    for a user and moves those that were planned for later to their next permitted
    moment. ``kinds``: what is asked, in order.

    ``found``: {contact id: [Obstacle]}. ``slots``: {contact id: (UTC moment or None,
    reason or None, note)}, the next permitted moment of those that only the limits
    hold. ``said``: {contact id: values of text and recipient} of what is sent now, kept
    for the sender only."""

    def __init__(self, contacts, now=None, *, every=False, released=False, kinds=KINDS):
        self.env = contacts.env
        self.contacts = contacts
        self.now = now or fields.Datetime.now()
        self.every, self.released, self.kinds = every, released, kinds
        self.found = {one.id: [] for one in contacts}
        self.slots, self.said, self._facts = {}, {}, {}
        for company, group in contacts.grouped("company_id").items():
            self._evaluate_company(company, group.with_company(company))

    @property
    def clear(self):
        """The contacts that nothing keeps from being sent."""
        return self.contacts.filtered(lambda contact: not self.found[contact.id])

    def limiter(self, company):
        """The ``Limiter`` by which the contacts of ``company`` were evaluated, None if
        a legal value that it needs is not known."""
        return self._facts[company].limiter

    def _evaluate_company(self, company, contacts):
        facts = self._facts[company] = self._read(company, contacts)
        order = contacts.sorted(
            lambda contact: (contact.planned_at or self.now, contact.id)
        )
        for contact in order:
            self._evaluate(contact, facts)

    def _evaluate(self, contact, facts):
        found = self.found[contact.id]
        for kind in self.kinds:
            found += getattr(self, f"_find_{kind}")(contact, facts)
            if found and not self.every:
                return
            if kind == "state" and contact.state not in OPEN:
                return
        if not found and facts.limiter and contact.id not in self.slots:
            debtor = contact.debtor_id.id
            facts.limiter.count(debtor, contact.channel, self.now, contact.id)

    # -- what is read for all at once ------------------------------------------------

    def _read(self, company, contacts):
        facts, asked = Facts(company), set(self.kinds)
        if "state" in asked:
            contacts = contacts.filtered(lambda contact: contact.state in OPEN)
        if not contacts:
            return facts
        if "release" in asked and company.cobranza_mode == "automatic":
            facts.stale = contacts._stale_bank(company)
        if "claim" in asked:
            facts.claims = contacts.line_ids.debt_id._claimable()
        if "data" in asked:
            facts.missing = contacts._missing()
            facts.fallback = contacts.browse(facts.missing).filtered(
                lambda contact: contact._may_reroute()
            )
        try:
            if "law" in asked:
                rules = company._cobranza_rules()
                facts.blockers = rules._contact_blockers(contacts, self.now)
            if asked & {"automation", "limits"}:
                facts.limiter = Limiter(
                    company, contacts.debtor_id, self.now, leaving=True
                )
        except KernelError as error:  # a legal value is not known
            facts.fault = say_error(self.env, error)
        return facts

    # -- each kind of obstacle -------------------------------------------------------

    def _find_state(self, contact, facts):
        labels = dict(contact._fields["state"]._description_selection(self.env))
        label = labels[contact.state]
        if contact.state == "failed":
            text = contact.state_reason or self.env._("It could not be delivered.")
            yield Obstacle("state", "failed", text, label, solve="action_try_again")
        elif contact.state == "in_doubt":
            text = self.env._("Nobody knows whether it left: find out and say so.")
            yield Obstacle("state", "in_doubt", text, label)
        elif self.released and contact.state != "planned":
            yield Obstacle("state", contact.state, label, label)
        elif self.released and contact.released:
            text = self.env._("Released already")
            yield Obstacle("state", "released", text, text)
        if contact.debtor_id.judge_since and contact.state in OPEN:
            text = self.env._("The debtor is being updated: it leaves after that.")
            label = self.env._("Being updated")
            yield Obstacle("state", "updating", text, label)

    def _find_release(self, contact, facts):
        if self.released:
            return
        if facts.company.cobranza_mode == "proposal":
            text = self.env._("The company works in proposal mode: nothing leaves.")
            yield Obstacle(
                "release", Reason.PROPOSAL.value, text, text, solve="action_solve_mode"
            )
        elif not contact.released:
            yield self._release_needed("release")
        machine = contact._channel_model()._is_automatic
        if facts.stale and not contact.released_by_id and machine:
            text = facts.stale
            yield Obstacle("release", Reason.STALE_BANK.value, text, text)
        if contact.task_raised:
            text = self.env._("It is a task of %s.", contact._responsible().name)
            yield Obstacle("release", "task", text, text)

    def _release_needed(self, kind):
        text = self.env._("A person has to release it.")
        code = Reason.NOT_AUTOMATIC.value
        return Obstacle(kind, code, text, text, solve="action_release")

    def _find_law(self, contact, facts):
        codes = contact._fields["waiting"]._description_selection(self.env)
        labels = dict(codes)
        solves = {Reason.OPTED_OUT.value: "action_solve_opt_out"}
        for code, message in (facts.blockers or {}).get(contact.id, ()):
            label = labels.get(code, message)
            solve = solves.get(code, "action_solve_debtor")
            yield Obstacle("law", code, message, label, solve=solve)

    def _unknown_value(self, message):
        return Obstacle("data", Reason.MISSING_DATA.value, message, message)

    def _find_claim(self, contact, facts):
        """Debts of which nothing can be claimed now: the sender cancels a contact that
        claims these only."""
        if not contact._is_unclaimable(facts.claims):
            return
        debts = contact.line_ids.debt_id
        labels = dict(debts._fields["reason"]._description_selection(self.env))
        details = tuple(
            f"{debt.display_name}: {labels.get(debt.reason, '–')}" for debt in debts
        )
        text = self.env._("Nothing of it can be claimed now.")
        label = self.env._("Nothing left to claim")
        yield Obstacle(
            "claim",
            "nothing",
            text,
            label,
            details=details,
            solve="action_solve_debtor",
        )

    def _find_data(self, contact, facts):
        if facts.fault:
            yield self._unknown_value(facts.fault)
        message = facts.missing.get(contact.id)
        if not message:
            return
        model, labels = contact._channel_model(), self._channel_labels(contact)
        channel, label, solve = (
            labels[contact.channel],
            message,
            "action_solve_recipient",
        )
        code, details = Reason.MISSING_DATA.value, ()
        if not model._address(contact._current_recipient()):
            label = self.env._("No address for: %s", channel)
        elif model._needs_text and not contact._current_text():
            label = self.env._("No approved text for: %s", channel)
        if model._needs_text and not contact._current_text():
            code, solve = "missing_text", "action_solve_text"
        if contact in facts.fallback and contact.id in contact._unreachable(self.now):
            other = labels[contact.level_id.fallback_channel]
            details = (self.env._("It is sent by another channel: %s", other),)
        yield Obstacle("data", code, message, label, details=details, solve=solve)

    def _find_automation(self, contact, facts):
        """The country or the debtor's situation lets no machine send it, and no user
        has released it."""
        machine = contact._channel_model()._is_automatic
        # what the mode asks for has been told
        told = self.released or not contact.released or contact.released_by_id
        if not machine or told or not facts.limiter:
            return
        if not facts.limiter.may_be_automatic(contact.debtor_id.id):
            yield self._release_needed("automation")

    def _find_limits(self, contact, facts):
        """Hours, holidays, limits and gaps; of a contact that is planned for later, why
        it got that moment."""
        limiter = facts.limiter
        if not limiter:
            return
        if self.released:
            yield from self._find_no_slot(contact, limiter)
            return
        arguments = (contact.debtor_id.id, contact.channel, self.now, contact.id)
        try:
            found = limiter.delays(*arguments)
            if found and not self.found[contact.id]:
                self.slots[contact.id] = limiter.slot(*arguments)
            elif self.every and not found and self._is_later(contact):
                limiter = self._planning(contact, facts)
                found = limiter.delays(*arguments)
        except KernelError as error:
            yield self._unknown_value(say_error(self.env, error))
            return
        for one in found:
            yield self._limit(contact, limiter, one)

    def _find_no_slot(self, contact, limiter):
        """A released contact is sent at its next permitted moment, if there is one."""
        moment = max(contact.planned_at or self.now, self.now)
        slot = limiter.slot(contact.debtor_id.id, contact.channel, moment, contact.id)
        if not slot[0]:
            yield Obstacle("limits", slot[1], slot[2], slot[2])
        elif slot[0] > self.now:
            self.slots[contact.id] = slot

    def _limit(self, contact, limiter, found):
        debtor, text = contact.debtor_id.id, self._limit_message(found)
        return Obstacle(
            "limits",
            "contact_limit" if found.code == "total_limit" else found.code,
            text,
            text,
            found.until,
            limiter.rules_of(debtor).article,
            self._counted(contact, limiter, found),
            "action_override",
        )

    def _is_later(self, contact):
        return bool(contact.planned_at and contact.planned_at > self.now)

    def _planning(self, contact, facts):
        """The limiter by which contacts get their slot, where others count that are
        only planned."""
        if not facts.planning:
            debtors = self.contacts.filtered(
                lambda contact: contact.company_id == facts.company
            ).debtor_id
            facts.planning = Limiter(facts.company, debtors, self.now)
        return facts.planning

    def _find_text(self, contact, facts):
        """A text that cannot be merged, or says what the law forbids once it is."""
        if facts.missing is not None and contact.id in facts.missing:
            return
        try:
            if facts.accruing is None and contact._tells_accruing():
                group = self.contacts.grouped("company_id")[facts.company]
                debts = group.line_ids.debt_id
                facts.accruing = debts.debtor_id._accruing_on(debts)
            contact = contact.with_context(**{ACCRUING: facts.accruing})
            if contact._channel_model()._is_automatic:
                values = contact._frozen_values()
            else:
                values = contact._task_content()
            if not self.every and not self.released:
                self.said[contact.id] = values
        except UserError as error:
            text = str(error)
            yield Obstacle(
                "text", "missing_text", text, text, solve="action_solve_text"
            )

    def _find_slot(self, contact, facts):
        """A moment that was chosen, where nothing else explains it."""
        if self.released or self.found[contact.id] or not self._is_later(contact):
            return
        text = self.env._("It is planned for this moment.")
        until = contact.planned_at
        yield Obstacle("slot", "slot", text, text, until, solve="action_try_again")

    # -- words -----------------------------------------------------------------------

    def _channel_labels(self, contact):
        return dict(contact._fields["channel"]._description_selection(self.env))

    def _limit_message(self, obstacle):
        detail = dict(obstacle.detail)
        messages = {
            "hours": self.env._("Outside the days and hours of contact."),
            "holiday": self.env._("A holiday where the debtor lives."),
            "gap": self.env._(
                "Fewer than %s days from another contact.", detail.get("value")
            ),
        }
        many = self.env._(
            "%s contacts of this kind are the most in the period.", detail.get("value")
        )
        return messages.get(obstacle.code, many)

    def _counted(self, contact, limiter, obstacle):
        """The contacts that a limit or a gap counts: moment on the debtor's clock,
        channel and state."""
        if not self.every or obstacle.code not in ("limit", "gap", "total_limit"):
            return ()
        debtor = contact.debtor_id
        name = dict(obstacle.detail).get("class")
        groups = [
            group
            for group in limiter.rules_of(debtor.id).classes
            if name in (None, group.name) and (name or group.channels)
        ]
        channels = frozenset().union(*(group.channels for group in groups))
        ids = [
            other
            for other, past in limiter.made(debtor.id)
            if other and other != contact.id and past.channel in channels
        ]
        states = dict(contact._fields["state"]._description_selection(self.env))
        labels, zone = self._channel_labels(contact), debtor._tz()
        # sudo: contacts with another record of the person count for whoever asks
        counted = (
            contact.sudo()
            .browse(ids)
            .sorted(lambda contact: contact.sent_at or contact.planned_at)
        )
        return tuple(
            " · ".join(
                (
                    format_datetime(
                        self.env,
                        one.sent_at or one.planned_at,
                        tz=zone,
                        dt_format="short",
                    ),
                    labels[one.channel],
                    states[one.state],
                )
            )
            for one in counted
        )


class ReleasePreview:
    """Preview of a release: which contacts would be sent, and why the others would not.

    ``sent``: contacts that are sent, at once or later. ``later``: {contact id: UTC
    moment} of those whose moment is later.
    """

    def __init__(self, contacts, now=None):
        self.contacts = contacts
        self.verdict = SendVerdict(contacts, now, released=True)
        self.sent = self.verdict.clear
        self.later = {one: slot[0] for one, slot in self.verdict.slots.items()}

    def reasons(self):
        """[(label, contacts)] of what is not sent, the most frequent first."""
        groups = defaultdict(lambda: self.contacts.browse())
        for contact in self.contacts - self.sent:
            groups[self.verdict.found[contact.id][0].label] |= contact
        return sorted(groups.items(), key=lambda row: (-len(row[1]), row[0]))


def blocking_reason(env, obstacles):
    """(reason, note) by which a contact shows these obstacles of the law."""
    code = obstacles[0].code
    if not env["cobranza.decision.reason"]._row(code):
        code = Reason.BLOCKED.value
    return code, "\n".join(obstacle.message for obstacle in obstacles)
