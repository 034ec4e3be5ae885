from datetime import time

from odoo import models

from odoo.addons.cobranza_legal.kernel.contact import (
    ContactClass,
    ContactRules,
    Window,
)
from odoo.addons.cobranza_legal.kernel.delivery import DeliveryRules, Reception
from odoo.addons.cobranza_legal.kernel.dunning import Reason

from . import law

VOICE = frozenset({"call", "visit"})
MESSAGES = frozenset({"sms", "whatsapp"})
CERTIFIED_PAPER = frozenset({"certified_letter", "carta_certificada"})
EMAILS = frozenset({"email", "certified_email"})
REMOTE = MESSAGES | EMAILS | CERTIFIED_PAPER | {"letter"}
SATURDAY, SUNDAY = 5, 6


class CobranzaRulesCl(models.AbstractModel):
    """How often, when and whom: Ley 19.496 art. 37, CPC art. 59."""

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
        others = REMOTE | self._channel_codes("remote", "paper")
        mails = others & EMAILS if company.l10n_cl_email_hours else frozenset()
        timed = MESSAGES | mails | (self._channel_codes("remote") - EMAILS)
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
        if channel in REMOTE:
            return DeliveryRules(proving=frozenset({"delivered"}))
        return None

    def _reception(self, contacts):
        """As the delivery rules say, but only by somebody who may hear of the debt."""
        result = super()._reception(contacts)
        for contact in contacts:
            people = contact.debtor_id._permitted_people()
            known = contact.recipient_id <= people
            if not known or contact.outcome in ("third_party", "wrong_number"):
                result[contact.id] = Reception("third_party", article=law.ARTICLE_37)
        return result


def _count(limit):
    return None if limit is None else int(limit)
