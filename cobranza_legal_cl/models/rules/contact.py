from datetime import time, timedelta

from odoo import models

from odoo.addons.cobranza_legal.kernel.contact import ContactClass, ContactRules, Window
from odoo.addons.cobranza_legal.kernel.delivery import DeliveryRules, Reception
from odoo.addons.cobranza_legal.kernel.dunning import Reason
from odoo.addons.cobranza_legal.kernel.duties import FollowUpDuty
from odoo.addons.cobranza_legal.kernel.effects import EffectRule
from odoo.addons.cobranza_legal.kernel.wording import Needed
from odoo.addons.cobranza_legal.models.case.rules import SuitStop

from ..law import law
from ..text import text as wording

VOICE = frozenset({"call", "visit"})


CERTIFIED_PAPER = frozenset({"certified_letter", "carta_certificada"})


EMAILS = frozenset({"email", "certified_email"})


SATURDAY, SUNDAY = 5, 6


SENTENCE = ("persiga la ejecucion de", "seeks to enforce against")


RIGHTS = ("derecho a recibir por escrito", "right to receive in writing")


FEES = ("gastos de cobranza", "collection fees")


ARTICLE = law.ARTICLE_37


EFFECTS = (
    EffectRule(
        "mora",
        "Código Civil, art. 1551; Ley 19.983, art. 2 bis: la mora es automática",
        given=False,
    ),
    EffectRule(
        "interruption",
        "Código Civil, arts. 2503 y 2518: la cobranza extrajudicial no interrumpe",
        given=False,
    ),
)


REQUIREMENT = EffectRule("interruption", "Código Civil, art. 2523 N° 2", asks="demands")


PLACEHOLDERS = frozenset({"666666666", "555555555", "111111111"})
"""RUT of the end consumer, of foreigners and of nobody: valid digits, no person."""


class CobranzaRulesCl(models.AbstractModel):
    """Chile: how often, when and whom (Ley 19.496 art. 37, CPC art. 59), what a
    collection obliges to afterwards, and what is written to debtors (Ley 19.983, too).
    """

    _inherit = "cobranza.rules.cl"

    def _contact_rules(self, regime, on, table):
        """Hours of CPC 59 for calls, visits and messages (e-mails by setting); for
        the protected one call or visit and two other contacts a week, apart from each
        other.

        No weekly limit before 20 April 2021 (Ley 21.320), nor for companies and public
        bodies. Ley 19.496 art. 37.
        """
        company = self.env.company
        protected = regime in law.PROTECTED
        voice = table.number_or_none(law.MAX_VOICE, on) if protected else None
        remote = table.number_or_none(law.MAX_REMOTE, on) if protected else None
        gap = table.number_or_none(law.REMOTE_GAP, on) if protected else None
        calls = VOICE | self._channel_codes("voice")
        others = self._channel_codes("remote", "paper")
        mails = others & EMAILS if company.l10n_cl_email_hours else frozenset()
        timed = mails | (self._channel_codes("remote") - EMAILS)
        hours = self._hours(on, table)
        strict = 1 if gap and company.l10n_cl_strict_gap else 0
        classes = (
            ContactClass("voice", calls, _count(voice), hours=hours, holidays=True),
            ContactClass("messages", timed, None, hours=hours, holidays=True),
            ContactClass(
                "remote", others, _count(remote), gap_days=int(gap or 0) + strict
            ),
        )
        limited = None not in (voice, remote)
        return ContactRules(
            classes=classes,
            calendar=self._calendar("contact", self.env["res.country.state"], on),
            week_mode=company.l10n_cl_week_mode,
            total_limit=int(voice + remote) if limited else None,
            article=law.ARTICLE_37,
        )

    def _hours(self, on, table):
        """{weekday: window}, None where the law has no hours yet."""
        start = table.number_or_none(law.HOUR_FROM, on)
        end = table.number_or_none(law.HOUR_TO, on)
        if start is None or end is None:
            return None
        days = list(range(SATURDAY))
        for day, code in ((SATURDAY, law.SATURDAY), (SUNDAY, law.SUNDAY)):
            if table.number_or_none(code, on):
                days.append(day)
        return dict.fromkeys(days, Window(time(int(start)), time(int(end))))

    def _situation_articles(self):
        """Nobody who has been served a lawsuit or is in insolvency proceedings is
        contacted out of court. Ley 19.496 art. 37."""
        return {Reason.SUED: law.ARTICLE_37, Reason.INSOLVENT: law.ARTICLE_37}

    def _suit_stops(self, regime):
        """The sued debts are left to the court, whoever owes them. Of consumers and
        small businesses all collection ends with the service of a claim (Ley 19.496
        art. 37 inc. 14); of whom the law does not protect, no rule says so."""
        return SuitStop(claimed=True, everything=regime in law.PROTECTED)

    # -- proof -----------------------------------------------------------------------

    def _delivery_rules(self, channel, on):
        """What proves that the debtor came to know, for the "gestión útil".

        An e-mail that was accepted and has not bounced after the company's days counts
        on the day it was sent; a call when answered; a certified letter when delivered
        or refused, with the carrier's file; a message or a plain letter only with a
        delivery event.
        """
        if channel == "email":
            return DeliveryRules(
                proving=frozenset({"accepted", "delivered", "opened", "answered"}),
                refuting=frozenset({"bounced"}),
                wait_days=self.env.company.l10n_cl_bounce_days,
                dated="sent",
            )
        if channel in VOICE:
            return DeliveryRules(proving=frozenset({"answered"}))
        if channel in CERTIFIED_PAPER:
            return DeliveryRules(
                proving=frozenset({"delivered", "refused"}),
                refuting=frozenset({"unknown_address"}),
                evidence=True,
                article=law.ARTICLE_37,
            )
        if channel == "certified_email":
            return DeliveryRules(
                proving=frozenset(),
                at_agreed=frozenset({"delivered"}),
                refuting=frozenset({"bounced"}),
                evidence=True,
                content=frozenset({"content_certified"}),
                article=law.ARTICLE_37,
            )
        if channel in self._channel_codes("remote", "paper"):
            return DeliveryRules(proving=frozenset({"delivered"}))
        return None

    def _reception(self, contacts):
        """As the delivery rules say, but only by somebody who may hear of the debt."""
        result = super()._reception(contacts)
        for contact in contacts:
            day = contact.sent_at and contact._local_day(contact.sent_at)
            known = contact._may_tell(contact.recipient_id, day or None)
            if not known or contact.outcome in ("third_party", "wrong_number"):
                result[contact.id] = Reception("third_party", article=law.ARTICLE_37)
        return result

    def _follow_up_duties(self, contacts):
        """Also: the information in writing to the protected who stay silent, so many
        days after the first contact about a debt was delivered (after it was made,
        where nothing proves its delivery), unless a letter about the debt has left.

        Once for each debt. Ley 19.496 art. 37, by Ley 21.062: since 8 January 2018.
        """
        found = super()._follow_up_duties(contacts)
        protected = contacts.filtered(
            lambda contact: (
                contact.debtor_id.regime in law.PROTECTED and contact.sent_at
            )
        )
        first = protected._l10n_cl_first_told()
        if not first:
            return found
        days = [one._local_day(one.sent_at) for one in first]
        table = self.env.company._cobranza_legal_table(min(days), max(days))
        for contact, sent in zip(first, days, strict=True):
            wait = table.number_or_none(law.WRITTEN_INFO, sent)
            if not wait:
                continue
            told = contact.received_on or sent
            found.setdefault(contact.id, []).append(
                FollowUpDuty(
                    key="written_info",
                    due_on=told + timedelta(days=int(wait)),
                    channel=self._written_channel(contact),
                    purpose="reminder",
                    article=law.ARTICLE_37,
                    condition="silence",
                )
            )
        return found

    def _effect_rules(self, contact):
        """A letter puts nobody into default, who is that by the law or a court (CC
        1551), and interrupts nothing (CC 2503, 2518). Whether a demand in writing is
        the "requerimiento" of CC 2523 N° 2, for the short terms of 2521 and 2522 only,
        is disputed: by the company's setting, by default it is not."""
        mora, interruption = EFFECTS
        asked = self.env.company.l10n_cl_requirement_interrupts
        return [mora, REQUIREMENT if asked else interruption]

    def _written_channel(self, contact):
        """A letter; by setting an e-mail to an address that has proven to work."""
        proven = contact.channel == "email" and contact.received_on
        if proven and self.env.company.l10n_cl_written_copy == "email":
            return "email"
        return "letter"

    def _merge_values(self, contact, values):
        """The parts of a letter that Ley 19.496 art. 37 orders."""
        return contact._l10n_cl_merge_values(values)

    def _shares_unconfirmed(self):
        """Yes: the weekly limits of Ley 19.496 art. 37 are those of a debtor and its
        creditor, across all debts."""
        return True

    def _identity_key(self, partner):
        """A RUT that stands for nobody is shared by many."""
        if _stands_for_nobody(partner.vat):
            return ""
        return super()._identity_key(partner)

    def _unidentified(self, debtor):
        """A RUT that stands for nobody identifies no debtor."""
        rut = debtor.partner_id.vat or ""
        if not _stands_for_nobody(rut):
            return super()._unidentified(debtor)
        return self.env._(
            "%(rut)s is no RUT of a person: %(debtor)s cannot be identified.",
            rut=rut,
            debtor=debtor.display_name,
        )

    def _text_objections(self, text, regime, on):
        """For consumers, micro and small businesses and whom nobody has classified:
        nothing that is, looks like or refers to what a court does, no registers, and
        nothing that tells others of the debt. Companies and public bodies: none.

        Ley 19.496, art. 37; Ley 20.416, art. 9 N° 2.
        """
        if regime not in law.PROTECTED:
            return []
        allowed = (*wording.SENTENCES, *wording.LAWFUL)
        return self._objections_by(
            wording.TERMS, allowed, self._objection_messages(), text, on
        )

    def _objection_messages(self):
        return {
            "look": self.env._("it makes a letter look as if it came from a court"),
            "suit": self.env._(
                "it speaks of court proceedings that have not been started, or of what "
                "could follow from them"
            ),
            "register": self.env._("it mentions commercial registers"),
            "act": self.env._("it refers to what a court writes, decides or does"),
            "crime": self.env._("it threatens with the criminal law"),
            "others": self.env._("it threatens to tell others, or the employer"),
            "open": self.env._("others can read here that there is a debt"),
            "creditor": self.env._(
                "it says that only somebody else may be paid: the debtor may always "
                "pay the creditor"
            ),
        }

    def _needed_contents(self, purpose, regime, on):
        """The seven contents of Ley 19.496, art. 37, and its sentence, to whom it
        protects; a short message says who writes, where the rest is, and the sentence.
        A notice that an agreement is broken says the instalments; the agreement itself
        is no collection. To others, what Ley 19.983 rests on: creditor, documents,
        total, how to pay."""
        who = Needed("creditor", ARTICLE, ("company_name",))
        sentence = Needed("sentence", ARTICLE, words=SENTENCE)
        purposes = self.env["cobranza.text.purpose"]
        where = Needed("channels", ARTICLE, ("l10n_cl_channels", "portal_url"))
        if regime not in law.PROTECTED or purposes._is(purpose, "neutral"):
            return (Needed("creditor", "", ("company_name",)),)
        if purposes._is(purpose, "screen"):
            return (who, where, sentence)
        vat = Needed("creditor_vat", ARTICLE, ("company_vat",))
        pay = Needed("payment", ARTICLE, ("l10n_cl_payment",))
        if purposes._is(purpose, "balance"):
            return (who, vat, pay, where, sentence)
        if purposes._is(purpose, "agreed"):
            owed = Needed("debts", ARTICLE, ("agreement_missed_list",))
            fee = Needed("fee", ARTICLE, (), FEES)
            return (who, vat, owed, fee, pay, self._rights(), where, sentence)
        return (
            who,
            vat,
            Needed("debts", ARTICLE, ("l10n_cl_debts",)),
            Needed("interest", ARTICLE, ("l10n_cl_interest",)),
            Needed("fee", ARTICLE, ("l10n_cl_fee",), FEES),
            pay,
            *([] if purposes._is(purpose, "spoken") else [self._rights()]),
            Needed("channels", ARTICLE, ("l10n_cl_channels",)),
            sentence,
        )

    @staticmethod
    def _rights():
        return Needed("rights", ARTICLE, words=RIGHTS)

    def _needed_labels(self):
        return {
            **super()._needed_labels(),
            "creditor": self.env._("who the creditor is"),
            "creditor_vat": self.env._("the creditor's tax number (company form)"),
            "debts": self.env._("contracts, dates and amounts owed"),
            "interest": self.env._("the interest, its rate and period"),
            "fee": self.env._("the collection fee, its amount and origin"),
            "payment": self.env._(
                "how and where it can be paid (bank account in settings)"
            ),
            "rights": self.env._("the debtor's rights"),
            "channels": self.env._(
                "how to reach the creditor (phone, e-mail of the company)"
            ),
            "sentence": self.env._(
                "that it is no proceeding against the debtor's property"
            ),
        }


def _stands_for_nobody(rut):
    digits = "".join(one for one in rut or "" if one.isalnum())
    return digits.upper().removeprefix("CL") in PLACEHOLDERS


def _count(limit):
    return None if limit is None else int(limit)
