from datetime import time

from odoo import models
from odoo.tools import format_amount, format_date

from ...kernel.calendars import WorkCalendar
from ...kernel.contact import ContactClass, ContactRules, Window
from ...kernel.delivery import Occurrence, reception
from ...kernel.dunning import Reason
from ...kernel.duties import FollowUpDuty
from ...kernel.effects import EffectFacts, effect
from ...kernel.periods import ONE_DAY
from ...kernel.wording import Objection, forbidden
from ..common.reason import BARRED
from ..common.transaction import now
from ..obligor.obligor import WHOLE

OFFICE_HOURS = {day: Window(time(9), time(19)) for day in range(5)}


class CobranzaRules(models.AbstractModel):
    """How often and when debtors are contacted, whom a contact may not reach, who may
    lift a limit, what a contact obliges to, whether and when it was received, and what
    may and must be written.
    """

    _inherit = "cobranza.rules"

    def _unidentified(self, debtor):
        """Why what is known of a debtor does not identify it, so that no contact with
        it leaves, in words; None: it does. Neutral: None."""
        return None

    def _channel_codes(self, *kinds):
        """The channels of these kinds (voice, remote, paper) that are installed, so
        that none is free of limits because a class forgets to name it."""
        return frozenset(
            code
            for code, channel in self.env["cobranza.channel"]._by_code().items()
            if channel._class_kind in kinds
        )

    def _contact_rules(self, regime, on, table):
        """``ContactRules`` that protect a regime on a day.

        Neutral: Monday to Friday 9 to 19 h, one contact a week in all, and no machine
        writes to natural persons or to whom nobody has classified.
        """
        everything = ContactClass(
            name="all",
            channels=self._channel_codes("voice", "remote", "paper"),
            limit=1,
            hours=OFFICE_HOURS,
            holidays=True,
        )
        return ContactRules(
            classes=(everything,),
            calendar=WorkCalendar(holidays=frozenset()),
            automatic=regime in ("company", "public"),
        )

    def _contact_blockers(self, contacts, at):
        """{contact id: [(code, message)]} of what is forbidden at the moment ``at``
        (UTC) beyond the limits, whatever the contact says.

        Neutral: a debt is told to nobody but the debtor and those who act or answer for
        it, and never once the debtor has died, is sued or insolvent, has a lawyer (who
        may be told) or a claim before an authority. A hold, a dispute or a promise stop
        what claims their debts, not a statement: it claims nothing, says what is
        disputed, and is often what the debtor needs to answer. Countries add to it by
        ``super()``.
        """
        opted_out = self._opted_out(contacts, at)
        barred = self._barred_claims(contacts)
        found = {}
        for contact in contacts:
            blockers = [
                *self._situations(contact, at),
                *self._third_party(contact),
                *self._beyond_duty(contact),
                *self._beyond_time(contact, barred.get(contact.id)),
            ]
            if contact.id in opted_out:
                blockers.append((Reason.OPTED_OUT.value, opted_out[contact.id]))
            if blockers:
                found[contact.id] = blockers
        return found

    def _situation_articles(self):
        """{situation (``Reason``): article that forbids contact in it}, for the words.
        Neutral: none is cited."""
        return {}

    def _situations(self, contact, at):
        debtor, day = contact.debtor_id, contact._latest_day(at)
        reasons = self.env["cobranza.decision.reason"]
        articles, labels = self._situation_articles(), self._situation_labels()
        found = []
        for name, reason in reasons._situations().items():
            if not debtor[name] or debtor[name] > day:
                continue
            if reason is Reason.REPRESENTED and debtor.representative_id:
                found += self._past_the_lawyer(contact)
                continue
            message = self.env._(
                "No contact with %(debtor)s: %(situation)s.",
                debtor=debtor.display_name,
                situation=labels[reason.value],
            )
            article = articles.get(reason)
            found.append(
                (reason.value, f"{message} ({article})" if article else message)
            )
        return found

    def _situation_labels(self):
        reasons = self.env["cobranza.debtor"]._fields["reason"]
        return dict(reasons._description_selection(self.env))

    def _past_the_lawyer(self, contact):
        debtor = contact.debtor_id
        lawyer = debtor.representative_id
        if contact._current_recipient() == lawyer:
            return []
        message = self.env._(
            "%(debtor)s is represented: write to %(lawyer)s only.",
            debtor=debtor.display_name,
            lawyer=lawyer.display_name,
        )
        return [(Reason.REPRESENTED.value, message)]

    def _third_party(self, contact):
        debtor, recipient = contact.debtor_id, contact._current_recipient()
        if recipient in debtor.beneficiary_ids:
            message = self.env._(
                "%s enjoys the service but owes nothing.", recipient.display_name
            )
            return [("beneficiary", message)]
        if contact._may_tell(recipient):
            return []
        if recipient <= debtor._permitted_people():
            message = self.env._(
                "%(person)s does not answer for all debts of %(debtor)s that this is "
                "about.",
                person=recipient.display_name,
                debtor=debtor.display_name,
            )
            return [("third_party", message)]
        message = self.env._(
            "%(person)s is not the debtor %(debtor)s nor acts for it.",
            person=recipient.display_name,
            debtor=debtor.display_name,
        )
        return [("third_party", message)]

    def _beyond_time(self, contact, debts):
        """``debts``: those that it claims and are time-barred against whom it is for;
        None: none."""
        if not debts:
            return []
        person = contact._obligor() or contact.debtor_id.partner_id
        message = self.env._(
            "%(debts)s: time-barred against %(person)s. Leave it out, or send an "
            "account statement, which claims nothing.",
            debts=", ".join(debts.mapped("display_name")),
            person=person.display_name,
        )
        regime, on = contact.debtor_id.regime, contact.company_id._cobranza_today()
        article = self._reason_articles(regime, on).get(BARRED.value)
        return [(BARRED.value, f"{message} ({article})" if article else message)]

    def _beyond_duty(self, contact):
        """Nobody is asked for more than it answers for: what claims more than the limit
        of whoever answers for it, or the whole of who owes a share, does not leave."""
        debtor, recipient = contact.debtor_id, contact._current_recipient()
        own = debtor._in_force().filtered(lambda one: one.partner_id == recipient)
        if not own or recipient in debtor._own_people():
            return []
        bound = own.filtered(lambda one: one.limit_amount or one.share)
        rest = (contact._told_debts() or own.debt_ids.browse()).filtered(
            lambda debt: not any(one._answers_for(debt) for one in own - bound)
        )
        bound = bound.filtered(lambda one: any(one._answers_for(debt) for debt in rest))
        if not bound:
            return []
        return self._beyond_share(contact, recipient, bound, rest) or (
            self._beyond_limit(contact, recipient, bound, rest)
        )

    def _beyond_share(self, contact, recipient, bound, debts):
        for debt in debts:
            mine = bound.filtered(lambda one, debt=debt: one._answers_for(debt))
            share = sum(mine.mapped("share"))
            if mine and not any(mine.mapped("limit_amount")) and share < WHOLE:
                message = self.env._(
                    "%(person)s owes a share of %(share)s %% only: this claims the "
                    "whole.",
                    person=recipient.display_name,
                    share=f"{share:g}",
                )
                return [("beyond_duty", message)]
        return []

    def _beyond_limit(self, contact, recipient, bound, debts):
        """Neither of one debt more than the limits of those records that are about it,
        nor of all of them more than all limits."""
        company, currency = contact.company_id, contact._claimed_currency()
        today = company._cobranza_today()
        limits = {
            one: one.currency_id._convert(one.limit_amount, currency, company, today)
            for one in bound.filtered("limit_amount")
        }
        lines = contact.line_ids.grouped("debt_id")
        none, tried, covered = contact.line_ids.browse(), [], debts.browse()
        for debt in debts:
            mine = [one for one in limits if one._answers_for(debt)]
            if mine:
                covered |= debt
                claimed = sum(lines.get(debt, none).mapped("claim"))
                tried.append((sum(limits[one] for one in mine), claimed))
        if not covered:
            return []
        about = contact.line_ids.filtered(lambda line: line.debt_id in covered)
        # what others are about is owed without a limit
        everything = about == contact.line_ids
        total = contact._claimed_total() if everything else sum(about.mapped("claim"))
        tried.append((sum(limits.values()), float(total)))
        for limit, claimed in tried:
            if currency.compare_amounts(claimed, limit) > 0:
                message = self.env._(
                    "%(person)s answers for %(limit)s at most: this claims "
                    "%(claimed)s.",
                    person=recipient.display_name,
                    limit=format_amount(self.env, limit, currency),
                    claimed=format_amount(self.env, claimed, currency),
                )
                return [("beyond_duty", message)]
        return []

    def _opted_out(self, contacts, at):
        """{contact id: message} of those whose recipient has closed their channel, on
        the debtor's record or on the lists that Odoo keeps of addresses."""
        found = {}
        for channel, group in contacts.grouped("channel").items():
            model = self.env[f"cobranza.channel.{channel}"]
            recipients = {one.id: one._current_recipient() for one in group}
            partners = self.env["res.partner"].union(*recipients.values())
            listed = model._blacklisted(partners)
            for contact in group:
                recipient = recipients[contact.id]
                if message := self._closed_way(contact, recipient, at):
                    found[contact.id] = message
                elif recipient in listed or self._is_closed(contact, recipient, at):
                    found[contact.id] = self.env._(
                        "%s is on the blacklist of this channel: choose another way "
                        "or take the address off the list.",
                        recipient.display_name,
                    )
        return found

    @staticmethod
    def _is_closed(contact, recipient, at):
        """Whether none of the several addresses that ``contact`` may go to is left."""
        model = contact._channel_model()
        addresses = model._preferred(contact, model._addresses(recipient))
        return len(addresses) > 1 and not contact._open_addresses(recipient, at)

    def _closed_way(self, contact, recipient, at):
        """Message when no address of ``recipient`` is left for ``contact``."""
        addresses = set(contact._channel_model()._addresses(recipient))
        found, closed = self._closing(contact, recipient, at)
        for one in found:
            if not one.address or (addresses and closed >= addresses):
                return one.with_env(contact.env)._message(contact)
        return None

    def _closing(self, contact, recipient, at):
        """(opt-outs that close the way of ``contact`` or an address of it, the
        addresses that they close)."""
        addresses = contact._channel_model()._addresses(recipient)
        at = at or now(contact.env)
        first, last = contact._latest_day(at), contact._earliest_day(at)
        # whoever sends may not read them
        found = contact.debtor_id.sudo().opt_out_ids.filtered(
            lambda one: one._covers(contact, recipient, first, last)
        )
        closed = set().union(*(one._closes(addresses) for one in found))
        return found.filtered(
            lambda one: one._closes(addresses) or not one.address
        ), closed

    def _override_blockers(self, contacts):
        """{contact id: message} of those whose limits nobody may lift, whatever the
        reason. Neutral: of protected and vulnerable debtors. Countries override."""
        protected = self._protected_from_overrides()
        return {
            contact.id: self.env._(
                "%s is protected: nobody may lift the limits of its contacts.",
                contact.debtor_id.display_name,
            )
            for contact in contacts
            if contact.debtor_id.regime in protected or contact.debtor_id.vulnerable_on
        }

    def _protected_from_overrides(self):
        """The regimes whose limits nobody may lift. Neutral: all but companies and
        public bodies. Countries override."""
        return self._protected_regimes()

    def _follow_up_duties(self, contacts):
        """{contact id: [``FollowUpDuty``]} of what is owed after contacts that were
        made, due or not yet. Countries add theirs by ``super()``.

        Neutral: when the term of a demand has passed without an answer, somebody
        decides what follows, where the ladder has nothing more to come.
        """
        found, purposes = {}, self.env["cobranza.text.purpose"]
        for contact in contacts:
            last = [
                line
                for line in contact.line_ids
                if line.is_step
                and line.debt_id.level_id == line.level_id
                and not line.debt_id.next_on
            ]
            awaits = purposes._is(contact.text_purpose, "awaits")
            if not (last and awaits and contact.sent_at):
                continue
            term = contact._deadline(contact._local_day(contact.sent_at))
            found[contact.id] = [
                FollowUpDuty(
                    key="deadline",
                    due_on=term + ONE_DAY,
                    channel="manual",
                    condition="silence",
                )
            ]
        return found

    def _contact_effects(self, contacts):
        """{contact id: [``Effect``]} of what contacts that were made bring about in
        law: from ``_effect_rules``, what each says and claims, and its reception. A
        fixed number of queries."""
        by_contact = {one: self._effect_rules(one) for one in contacts}
        ruled = contacts.filtered(lambda one: by_contact[one])
        receptions = self._reception(ruled) if ruled else {}
        return {
            one.id: [
                effect(rule, self._effect_facts(one, receptions[one.id]))
                for rule in by_contact[one]
            ]
            for one in ruled
        }

    def _effect_facts(self, contact, reception):
        purposes = self.env["cobranza.text.purpose"]
        claims = bool(contact.line_ids) and not contact.of_balance
        return EffectFacts(
            claims=claims,
            demands=purposes._is(contact.text_purpose, "demand"),
            says=self._said(contact) if claims else frozenset(),
            attempted=contact._local_day(contact.sent_at or contact.planned_at),
            reception=reception,
        )

    def _effect_rules(self, contact):
        """[``EffectRule``] by which what a contact brings about is judged. Neutral:
        none; countries say theirs."""
        return []

    def _said(self, contact):
        """Codes of what the content of a contact says, as ``EffectRule.says`` asks.
        Neutral: nothing is looked for."""
        return frozenset()

    def _delivery_rules(self, channel, on):
        """``DeliveryRules`` of a channel; None, as here: it proves nothing."""
        return None

    def _reception(self, contacts):
        """{contact id: ``Reception``}, from the delivery rules and the events that no
        correction has taken back. Countries add to it by ``super()``."""
        today = self.env.company._cobranza_today()
        result = {}
        for contact in contacts:
            sent = contact.sent_at and contact._local_day(contact.sent_at)
            events = [
                Occurrence(
                    event.kind,
                    contact._local_day(event.moment),
                    bool(event.attachment_id),
                )
                for event in contact.event_ids._standing()
            ]
            rules = self._delivery_rules(contact.channel, sent or today)
            agreed = contact._at_agreed_address()
            result[contact.id] = reception(rules, sent, events, today, agreed)
        return result

    def _received_on(self, contacts):
        """{contact id: day of reception or None}."""
        return {key: one.day for key, one in self._reception(contacts).items()}

    def _say_reception(self, found):
        """A ``Reception`` in words, with what is said in the law about it."""
        kinds = self.env["cobranza.contact.event"]._fields["kind"]
        kind = dict(kinds._description_selection(self.env)).get(found.kind, "")
        day = format_date(self.env, found.event_day) if found.event_day else ""
        event = f"{kind} ({day})" if day else kind
        words = {
            "received": self.env._("Received: %s.", event),
            "unruled": self.env._(
                "No rule of the country says that this proves reception."
            ),
            "contradicted": self.env._("Not proven: delivered, but also: %s.", event),
            "refuted": self.env._("Not proven: %s.", event),
            "no_evidence": self.env._(
                "Not proven: %s, but its file is missing.", event
            ),
            "waiting": self.env._(
                "It counts from %s on, unless something comes back.",
                format_date(self.env, found.until) if found.until else "",
            ),
            "elsewhere": self.env._(
                "Not proven: %s, but not at the address that the debtor agreed to.",
                event,
            ),
            "not_counted": self.env._(
                "Not proven: %s does not count as received.", event
            ),
            "nothing": self.env._("Not proven: nothing says yet that it was received."),
            "third_party": self.env._("Not proven: somebody else was reached."),
        }
        parts = [words[found.code]]
        if found.day:
            parts.append(
                self.env._("The content is proven, too.")
                if found.content
                else self.env._("It proves the delivery, not the content.")
            )
        if found.article:
            parts.append(f"({found.article})")
        return " ".join(parts)

    def _merge_values(self, contact, values):
        """{merge field: value} that the country adds to or puts in the place of the
        ``values`` with which the text of a ``contact`` is merged. Neutral: none."""
        return {}

    def _text_objections(self, text, regime, on):
        """List of ``Objection`` to a ``Wording`` for debtors of a regime on a day:
        words and layouts that the law forbids, each with its article.

        Asked of a text when it is approved, and of what was merged when it leaves.
        Neutral: none; countries override.
        """
        return []

    def _objections_by(self, terms, allowed, messages, text, on):
        """The objections to ``text`` by a table of ``Term``; ``messages`` is {reason:
        words for people}. One objection for each term."""
        return [
            Objection(words, messages[term.reason], term.article)
            for term, words in forbidden(text, terms, allowed, on)
        ]

    def _needed_contents(self, purpose, regime, on):
        """Tuple of ``Needed``: what a text of a purpose has to say to debtors of a
        regime. Asked at approval and, with the values, before it leaves. Neutral: none;
        countries override."""
        return ()

    def _needed_labels(self):
        """{``Needed.what``: words for people}. Countries add theirs."""
        return {}
