"""What of many planned contacts would leave now, and why the others would not."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...kernel.dunning import Reason
from ...kernel.errors import KernelError
from ..common.limits import Limiter
from ..common.words import say_error

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


class BulkCheck:
    """Read for all contacts of one company at once; nothing is written.

    ``stopped`` is {contact id: message}, ``later`` {contact id: UTC moment} of those
    that the limits let leave only later.
    """

    def __init__(self, company, contacts, now):
        self.env = contacts.env
        self.company, self.contacts, self.now = company, contacts, now
        self.stopped, self.later = {}, {}
        self._not_planned()
        self._stop(self._nothing_to_claim)
        self._stop(self._forbidden)
        self._stop(self._incomplete)
        self._find_slots()

    @property
    def leaving(self):
        return self.contacts.filtered(lambda one: one.id not in self.stopped)

    def reasons(self):
        """[(message, contacts)] of what stays, the most frequent first."""
        groups = defaultdict(lambda: self.contacts.browse())
        for contact_id, message in self.stopped.items():
            groups[message] |= self.contacts.browse(contact_id)
        return sorted(groups.items(), key=lambda row: (-len(row[1]), row[0]))

    def _stop(self, find):
        left = self.leaving
        if left:
            self.stopped |= find(left)

    def _not_planned(self):
        states = dict(self.contacts._fields["state"]._description_selection(self.env))
        for contact in self.contacts:
            if contact.state != "planned":
                self.stopped[contact.id] = states[contact.state]
            elif contact.released:
                self.stopped[contact.id] = self.env._("Released already")

    def _nothing_to_claim(self, contacts):
        claiming = contacts.filtered("line_ids")
        claims = claiming.line_ids.debt_id._claimable()
        message = self.env._("Nothing left to claim")
        return {
            contact.id: message
            for contact in claiming
            if not any(debt.id in claims for debt in contact.line_ids.debt_id)
        }

    def _forbidden(self, contacts):
        try:
            found = self.company._cobranza_rules()._contact_blockers(contacts, self.now)
        except KernelError as error:  # a legal value is not known
            return dict.fromkeys(contacts.ids, say_error(self.env, error))
        codes = self.env["cobranza.contact"]._fields["waiting"]
        labels = dict(codes._description_selection(self.env))
        return {
            contact: labels.get(reasons[0][0], reasons[0][1])
            for contact, reasons in found.items()
            if reasons
        }

    def _incomplete(self, contacts):
        missing = contacts._lacking_law()
        for channel, group in contacts.grouped("channel").items():
            model = self.env[f"cobranza.channel.{channel}"]
            labels = contacts._fields["channel"]._description_selection(self.env)
            label = dict(labels)[channel]
            for contact_id in model._check_data(group):
                contact = contacts.browse(contact_id)
                words = self.env._("No address for: %s", label)
                if model._address(contact._current_recipient()):
                    words = self.env._("No approved text for: %s", label)
                missing[contact_id] = words
        return missing

    def _find_slots(self):
        contacts = self.leaving
        if not contacts:
            return
        try:
            limiter = Limiter(self.company, contacts.debtor_id, self.now)
        except KernelError as error:  # a legal value is not known
            self.stopped |= dict.fromkeys(contacts.ids, say_error(self.env, error))
            return
        for contact in contacts:
            asked = max(contact.planned_at or self.now, self.now)
            slot, _waiting, note = limiter.slot(
                contact.debtor_id.id, contact.channel, asked, contact.id
            )
            if not slot:
                self.stopped[contact.id] = note
            elif slot > self.now:
                self.later[contact.id] = slot


class CobranzaContact(models.Model):
    """Everything that keeps a contact from leaving now, asked of the same hooks as the
    sending asks: what shows nothing here leaves at its moment.

    The screen that says why contacts wait, and the ways out that it offers.

    What must be in order before a contact leaves, by a machine or by a person.
    """

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

    def action_why_waits(self):
        """Everything that keeps these contacts from being made now."""
        wizard = self.env["cobranza.contact.why"]._of_contacts(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why it waits"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _next_slot(self):
        """The next permitted moment of this contact (UTC), False if there is none."""
        if self.state not in ("draft", "planned"):
            return False
        try:
            limiter = Limiter(self.company_id, self.debtor_id)
        except KernelError:  # a legal value is not known: another line says which
            return False
        arguments = (self.debtor_id.id, self.channel, limiter.now, self.id)
        slot, _waiting, _note = limiter.slot(*arguments)
        return slot or False

    def action_solve_mode(self):
        return self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_go_live"
        )

    def action_solve_debtor(self):
        return self.debtor_id.get_formview_action()

    def action_solve_recipient(self):
        recipient = self._current_recipient() or self.debtor_id
        return recipient.get_formview_action()

    def action_solve_text(self):
        return self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_text"
        )

    def action_solve_opt_out(self):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_legal.action_cobranza_opt_out"
        )
        return {**action, "domain": [("debtor_id", "=", self.debtor_id.id)]}

    # -- machines ------------------------------------------------------------------

    def _keep_permitted(self, limiter):
        """Without those that the country forbids at this moment."""
        blockers = limiter.company._cobranza_rules()._contact_blockers(
            self, limiter.now
        )
        kept = self.browse()
        for contact in self:
            found = blockers.get(contact.id)
            if not found:
                kept |= contact
                continue
            code, note = self._blocked_by(found)
            contact._postpone(code, note)
            if code == Reason.OPTED_OUT.value:
                contact._tell_lack(self.env._("The debtor does not want this"), note)
        return kept

    @api.model
    def _blocked_by(self, found):
        """(waiting reason, note) that shows these blockers of a contact."""
        code = found[0][0]
        if not self.env["cobranza.decision.reason"]._row(code):
            code = Reason.BLOCKED.value
        return code, "\n".join(message for _code, message in found)

    def _keep_complete(self):
        """Without those whose data are missing; a person is told once."""
        missing = self._missing()
        for contact_id, message in missing.items():
            self.browse(contact_id)._miss(message)
        return self - self.browse(missing)

    def _lacking_law(self):
        """{contact id: message} of those whose charges wait for a legal value: what
        they announce cannot be computed yet."""
        lacking = self.env["cobranza.contact.line"].search(
            [("contact_id", "in", self.ids), ("debt_id.charge_lacking", "=", True)]
        )
        return {line.contact_id.id: line.debt_id.charge_note for line in lacking}

    def _keep_released(self, limiter):
        """Without those that no machine may make any more: the debtor's regime changed
        since they were planned, or he is known to be vulnerable, and no person has
        released them."""
        barred = self.filtered(
            lambda one: (
                not one.released_by_id
                and not limiter.may_be_automatic(one.debtor_id.id)
            )
        )
        barred._take_back("not_automatic")
        return self - barred

    def _take_back(self, waiting):
        """These planned contacts need a (new) release."""
        values = {"released": False, "released_by_id": False, "released_on": False}
        self._through_gate().write({**values, "waiting": waiting})

    def _keep_within_limits(self, limiter):
        """Without those that are outside hours or limits now; they get a new slot."""
        kept = self.browse()
        for contact in self.sorted(lambda one: (one.planned_at or limiter.now, one.id)):
            slot, waiting, note = limiter.slot(
                contact.debtor_id.id, contact.channel, limiter.now, contact.id
            )
            if slot == limiter.now:
                kept |= contact
                continue
            again = slot or fields.Datetime.add(limiter.now, days=1)
            contact._through_gate().write(
                {"planned_at": again, "waiting": waiting, "waiting_note": note}
            )
        (self - kept)._wake_sender()
        return kept

    def _miss(self, message):
        self._postpone("missing_data", message)
        self._tell_lack(self.env._("Data are missing for a contact"), message)

    def _postpone(self, waiting, note):
        """Look again tomorrow."""
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        values = {"waiting": waiting, "waiting_note": note, "planned_at": tomorrow}
        self._through_gate().write(values)

    # -- people --------------------------------------------------------------------

    def _check_may_leave(self):
        """UserError when a person may not make these planned contacts now."""
        for company, contacts in self.grouped("company_id").items():
            company._cobranza_check_mode()
            rules = company._cobranza_rules()
            blockers = rules._contact_blockers(contacts, fields.Datetime.now())
            found = [text for one in blockers.values() for _code, text in one]
            found += contacts._missing().values()
            if found:
                raise UserError("\n".join(dict.fromkeys(found)))

    def _check_limits(self):
        """UserError when one of these contacts would be one too many now. Hours are not
        asked: nobody is disturbed while a letter is printed."""
        now = fields.Datetime.now()
        for contact in self:
            debtor, channel = contact.debtor_id, contact.channel
            warning = debtor._limit_warning(channel, now, contact.id, hours=False)
            if warning:
                message = f"{contact.display_name}: {warning}"
                raise UserError(message)
