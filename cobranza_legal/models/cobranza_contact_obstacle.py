from dataclasses import dataclass
from datetime import datetime

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..kernel.dunning import Reason
from ..kernel.errors import KernelError
from .contact_limits import Limiter
from .kernel_words import say_error

WAITING = ("draft", "planned", "failed", "in_doubt")
"""States of a contact that has not been made."""
SHOWN_DAYS = 31
"""Contacts of so many days are listed beside a limit."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that keeps a contact from being made at a moment.

    ``until``: UTC moment at which it alone is gone, None if nobody knows. ``solve``:
    the method of the contact that opens or does what ends it, empty if there is none.
    """

    code: str
    message: str
    until: "datetime | None" = None
    article: str = ""
    details: tuple[str, ...] = ()
    solve: str = ""


class CobranzaContact(models.Model):
    """Everything that keeps a contact from leaving now, asked of the same hooks as the
    sending asks: what shows nothing here leaves at its moment."""

    _inherit = "cobranza.contact"

    def _waits(self):
        """{contact id: [``Wait``]} of what stops each contact at this moment."""
        result = {one.id: one._waits_of_state() for one in self}
        planned = self.filtered(lambda one: one.state in ("draft", "planned"))
        for company, contacts in planned.grouped("company_id").items():
            found = contacts.with_company(company)._waits_in(company)
            for contact_id, waits in found.items():
                result[contact_id] += waits
        return result

    def _waits_in(self, company):
        now = fields.Datetime.now()
        claims = self.line_ids.debt_id._claimable()
        blockers = company._cobranza_rules()._contact_blockers(self, now)
        missing = self._missing()
        stale = company.cobranza_mode == "automatic" and self._stale_bank(company)
        limiters, fault = self._limiters_or_fault(company)
        result = {}
        for contact in self:
            waits = contact._waits_of_mode(company, stale)
            waits += contact._waits_of_law(blockers.get(contact.id, ()))
            waits += contact._waits_of_claim(claims)
            waits += contact._waits_of_data(missing.get(contact.id))
            if fault:
                waits.append(Wait(Reason.MISSING_DATA.value, fault))
            else:
                waits += contact._waits_of_person(limiters[0])
                waits += contact._waits_of_limits(*limiters)
            result[contact.id] = waits + contact._waits_of_slot(now, waits)
        return result

    def _limiters_or_fault(self, company):
        """((limiter of leaving now, of planning) or None, what is not known)."""
        debtors = self.debtor_id
        try:
            leaving = Limiter(company, debtors, leaving=True)
            return (leaving, Limiter(company, debtors)), None
        except KernelError as error:  # a legal value is not known
            return None, say_error(self.env, error)

    # -- each kind of obstacle -------------------------------------------------------

    def _waits_of_state(self):
        if self.state == "failed":
            text = self.state_reason or self.env._("It could not be delivered.")
            return [Wait("failed", text, solve="action_try_again")]
        if self.state == "in_doubt":
            text = self.env._("Nobody knows whether it left: find out and say so.")
            return [Wait("in_doubt", text)]
        return []

    def _waits_of_mode(self, company, stale):
        waits = []
        if company.cobranza_mode == "proposal":
            text = self.env._("The company works in proposal mode: nothing leaves.")
            waits.append(Wait(Reason.PROPOSAL.value, text, solve="action_solve_mode"))
        elif not self.released:
            waits.append(self._wait_for_release())
        if stale and not self.released_by_id and self._channel_model()._is_automatic:
            waits.append(Wait(Reason.STALE_BANK.value, stale))
        if self.task_raised:
            text = self.env._("It is a task of %s.", self._responsible().name)
            waits.append(Wait("task", text))
        return waits

    def _wait_for_release(self):
        text = self.env._("A person has to release it.")
        return Wait(Reason.NOT_AUTOMATIC.value, text, solve="action_release")

    def _waits_of_claim(self, claims):
        """Debts that nothing can be claimed of now: a contact of these only is
        cancelled."""
        debts = self.line_ids.debt_id
        if not debts or any(claims.get(one.id, (0, 0))[0] for one in debts):
            return []
        labels = dict(debts._fields["reason"]._description_selection(self.env))
        details = tuple(
            f"{one.display_name}: {labels.get(one.reason, '–')}" for one in debts
        )
        text = self.env._("Nothing of it can be claimed now.")
        return [Wait("nothing", text, details=details, solve="action_solve_debtor")]

    def _waits_of_law(self, blockers):
        solves = {Reason.OPTED_OUT.value: "action_solve_opt_out"}
        return [
            Wait(code, message, solve=solves.get(code, "action_solve_debtor"))
            for code, message in blockers
        ]

    def _waits_of_data(self, message):
        waits = []
        if message:
            text = self._channel_model()._needs_text and not self._current_text()
            solve = "action_solve_text" if text else "action_solve_recipient"
            code = "missing_text" if text else Reason.MISSING_DATA.value
            waits.append(Wait(code, message, solve=solve))
        elif self._channel_model()._needs_text and not self.content_hash:
            try:
                self._render()
            except UserError as error:
                waits.append(
                    Wait("missing_text", str(error), solve="action_solve_text")
                )
        return waits

    def _waits_of_person(self, limiter):
        """A machine may not, and nobody has released it."""
        machine = self._channel_model()._is_automatic
        told = not self.released or self.released_by_id  # by what the mode asks
        if not machine or told or limiter.may_be_automatic(self.debtor_id.id):
            return []
        return [self._wait_for_release()]

    def _waits_of_limits(self, limiter, planning):
        """What stops it now; of what has a later slot, why it got that."""
        debtor, now = self.debtor_id.id, limiter.now
        arguments = (debtor, self.channel, now, self.id)
        try:
            found = limiter.delays(*arguments)
            if not found and self.planned_at and self.planned_at > now:
                limiter = planning
                found = limiter.delays(*arguments)
        except KernelError as error:
            return [Wait(Reason.MISSING_DATA.value, say_error(self.env, error))]
        article = limiter.rules_of(debtor).article
        return [
            Wait(
                "contact_limit" if one.code == "total_limit" else one.code,
                self._limit_words(one),
                one.until and limiter.utc(debtor, one.until),
                article,
                self._counted(limiter, one),
                "action_override",
            )
            for one in found
        ]

    def _waits_of_slot(self, now, waits):
        """A moment that was chosen, where nothing else explains it."""
        if waits or not self.planned_at or self.planned_at <= now:
            return []
        text = self.env._("It is planned for this moment.")
        return [Wait("slot", text, self.planned_at, solve="action_try_again")]

    # -- words -----------------------------------------------------------------------

    def _limit_words(self, obstacle):
        detail = dict(obstacle.detail)
        words = {
            "hours": self.env._("Outside the days and hours of contact."),
            "holiday": self.env._("A holiday where the debtor lives."),
            "gap": self.env._(
                "Fewer than %s days from another contact.", detail.get("value")
            ),
        }
        many = self.env._(
            "%s contacts of this kind are the most in the period.", detail.get("value")
        )
        return words.get(obstacle.code, many)

    def _counted(self, limiter, obstacle):
        """The contacts that a limit or a gap counts, with their dates."""
        if obstacle.code not in ("limit", "gap", "total_limit"):
            return ()
        debtor = self.debtor_id.id
        name = dict(obstacle.detail).get("class")
        groups = [
            one
            for one in limiter.rules_of(debtor).classes
            if name in (None, one.name) and (name or one.channels)
        ]
        channels = frozenset().union(*(one.channels for one in groups))
        ids = [
            contact
            for contact, past in limiter.history[debtor]
            if contact and contact != self.id and past.channel in channels
        ]
        labels = dict(self._fields["state"]._description_selection(self.env))
        return tuple(
            f"{one._when()} · {one._channel_label()} · {labels[one.state]}"
            for one in self.browse(ids).sorted(lambda c: c.sent_at or c.planned_at)
        )

    def _channel_label(self):
        return dict(self._fields["channel"]._description_selection(self.env))[
            self.channel
        ]

    def _when(self):
        """The moment of this contact on the debtor's clock, for people."""
        moment = self.sent_at or self.planned_at
        zone = self.debtor_id._tz()
        return format_datetime(self.env, moment, tz=zone, dt_format="short")
