from datetime import time
from typing import NamedTuple

import pytz

from odoo import models

from ...kernel.calendars import WorkCalendar
from ...kernel.contact import ContactClass, ContactRules, Window
from ...kernel.dunning import Reason
from ..common.words import SITUATIONS

REGIMES = [
    ("consumer", "Consumer"),
    ("small_business", "Small business"),
    ("company", "Company"),
    ("public", "Public body"),
    ("unknown", "Unknown"),
]


PROTECTED = ("consumer", "small_business", "unknown")


OFFICE_HOURS = {day: Window(time(9), time(19)) for day in range(5)}


ALL_CHANNELS = frozenset(
    {
        "email",
        "sms",
        "whatsapp",
        "call",
        "visit",
        "letter",
        "certified_letter",
        "certified_email",
    }
)


PRIVACY_KINDS = [
    ("access", "Access"),
    ("rectification", "Rectification"),
    ("erasure", "Erasure"),
    ("objection", "Objection"),
    ("portability", "Portability"),
    ("restriction", "Restriction (block)"),
]


class Right(NamedTuple):
    """One right of a debtor, in the environment's language; ``article`` as cited."""

    words: str
    article: str = ""


class CobranzaRules(models.AbstractModel):
    """The contract between the suite and the law of a country.

    A country addon inherits this as ``cobranza.rules.<country code>``; the company's
    fiscal country picks it (``res.company._cobranza_rules``). The answers here are the
    neutral, strictest ones. Hooks never write and ask the database the same number of
    times for one subject and for a hundred; legal values come from the ``table`` that
    is handed in.

    The law behind what is decided about a debt.

    How long data are kept and how soon people are answered about theirs.

    What a debtor is told about its rights.
    """

    _name = "cobranza.rules"
    _description = "Collection rules of a country"

    def _default_policy(self):
        """The policy of a company that has chosen none."""
        return self.env.ref("cobranza_legal.policy_default", raise_if_not_found=False)

    def _country(self):
        """The jurisdiction whose texts and values apply; empty when neutral."""
        return self.env["res.country"]

    def _needed_series(self):
        """``NeededSeries`` without which these rules stop, each with the days before
        its end on which the manager is asked for the next values. Neutral: none."""
        return ()

    def _text_lang(self):
        """Code of the jurisdiction's own language, for texts that a debtor's language
        lacks. Neutral: the company's."""
        return self.env.company.partner_id.lang or "en_US"

    def _timezone(self, partner):
        """Time zone name where ``partner`` is to be contacted.

        Neutral: the first zone of the partner's country, else the company's. Overridden
        where states of one country have their own.
        """
        zones = pytz.country_timezones.get(partner.country_id.code or "")
        return zones[0] if zones else self.env.company._cobranza_tz()

    def _debtor_regime(self, partners):
        """{partner id: regime} of protection. Neutral: unknown, the most protected."""
        return {partner.id: "unknown" for partner in partners}

    def _regime_hints(self):
        """Names of the partner's fields that its regime is judged by: when one changes
        the debtor is judged again. Neutral: none."""
        return frozenset()

    def _protected_regimes(self):
        """The regimes whose debtors must have been told the terms of late payment
        before they contracted. Neutral: all but companies and public bodies."""
        return PROTECTED

    def _contact_rules(self, regime, on, table):
        """``ContactRules`` that protect a regime on a day.

        Neutral: Monday to Friday 9 to 19 h, one contact a week in all, and no machine
        writes to natural persons or to whom nobody has classified.
        """
        everything = ContactClass(
            name="all",
            channels=ALL_CHANNELS | self._channel_codes("voice", "remote", "paper"),
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
        found = {
            contact.id: [*self._situations(contact, at), *self._third_party(contact)]
            for contact in contacts
        }
        return {contact: blockers for contact, blockers in found.items() if blockers}

    def _situation_articles(self):
        """{situation (``Reason``): article that forbids contact in it}, for the words.
        Neutral: none is cited."""
        return {}

    def _situations(self, contact, at):
        debtor, day = contact.debtor_id, contact._local_day(at)
        articles, labels = self._situation_articles(), self._situation_labels()
        found = []
        for name, reason in SITUATIONS.items():
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
        if recipient <= debtor._permitted_people():
            return []
        message = self.env._(
            "%(person)s is not the debtor %(debtor)s nor acts for it.",
            person=recipient.display_name,
            debtor=debtor.display_name,
        )
        return [("third_party", message)]

    def _delivery_rules(self, channel, on):
        """``DeliveryRules`` of a channel; None, as here: it proves nothing."""
        return None

    def _calendar(self, purpose, place, on):
        """``WorkCalendar`` for a purpose (contact, court) at a place (``res.country.
        state`` or empty). Neutral: Saturdays and Sundays only."""
        return WorkCalendar(holidays=frozenset())

    def _fee_schedule(self, regime, on, table):
        """``FeeSchedule`` of the statutory collection fee. Neutral: None, no fee."""
        return None

    def _fee_blockers(self, debts, on):
        """{debt id: message} of why the fee of a debt may not be charged on a day."""
        return {}

    def _free_notice_proof(self, debts, on):
        """{debt id: contact that proves the free notice in time}; missing = unproven.
        Neutral: the notice is not known, nothing is proven."""
        return {}

    def _interest_terms(self, regime, terms, on, table):
        """``InterestTerms`` of late payment for ``terms`` (the company's settings and
        the debtor's contract). Neutral: None, contractual charges only."""
        return None

    def _fixed_compensations(self, regime, on, table):
        """List of ``FixedCompensation`` for each late document. Neutral: none."""
        return []

    def _reason_articles(self, regime, on):
        """{value of ``Reason``: article} of the law that stands behind a decision about
        a debtor of a regime on a day, in the words of the law's language.

        Only what a law says: a reason without an article is a rule of the company's
        policy. Neutral: none. Countries add theirs.
        """
        return {}

    def _log_retention(self, on, table):
        """``LogRetention`` of the log of contacts. Neutral: None, no term is known and
        nothing is ever erased."""
        return None

    def _privacy_terms(self, kind, on, table):
        """``PrivacyTerm`` to answer a request of a kind (``PRIVACY_KINDS``) received on
        a day. Neutral: None, the person who receives it writes the deadline."""
        return None

    def _debtor_rights(self, regime, on):
        """[Right] told on the page of a debtor of a ``regime`` on the day ``on``.

        Countries add theirs by ``super()``. Neutral: what we grant to everybody.
        """
        return [
            Right(
                self.env._(
                    "You may dispute all or part of a document. What you dispute is "
                    "not claimed until we have answered."
                )
            ),
            Right(
                self.env._(
                    "You may ask for all of this in writing, free of charge, and for "
                    "the documents behind it."
                )
            ),
            Right(
                self.env._(
                    "You may have your personal data corrected and tell us how you "
                    "prefer to be contacted."
                )
            ),
        ]
