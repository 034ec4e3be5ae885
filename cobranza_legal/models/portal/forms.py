"""Forms of the debtor's page: what is read of them, and what they lead to."""

import re
from datetime import date, timedelta
from decimal import Decimal

from odoo.tools import format_amount, format_date
from odoo.tools.misc import get_lang

from ...kernel.errors import UnclearText
from ...kernel.typed import read_amount
from ..common.money import to_decimal
from .page import DebtorPage

SAMPLE = 1500
"""Shows how an amount is written, with its thousands."""


TEXT_LENGTH = 3000


LINE_LENGTH = 200


def contact_ways(env):
    """{code: label} of the ways in which we reach debtors, as these name them."""
    return {
        "email": env._("E-mail"),
        "call": env._("Telephone"),
        "sms": env._("SMS and messaging"),
        "letter": env._("Letter by post"),
    }


def refused_ways(env):
    """{code: label} of what debtors may ask us not to use: nobody asks for a visit, but
    some do not want one."""
    return {**contact_ways(env), "visit": env._("Visit")}


SPACE = re.compile(r"[^\S\n]+")


class FormError(Exception):
    """What the debtor has to correct, in its language."""


class PortalForm:
    """One form of the debtor's page, sent by a debtor.

    ``validate`` reads the values and raises FormError if it cannot be done; it writes
    nothing. ``apply`` does it, once it has been logged as a ``contact``. Only values
    that a form names are read.
    """

    code = ""
    outcome = False
    takes_files = False

    def __init__(self, debtor, values):
        self.debtor = debtor
        self.page = DebtorPage(debtor)
        self.env = debtor.env
        self.company = debtor.company_id
        self.today = self.company._cobranza_today()
        self.values = values

    def validate(self):
        raise NotImplementedError

    def subject(self):
        """What the debtor did, in one line."""
        raise NotImplementedError

    def rows(self):
        """[(label, text)] of what the debtor said."""
        raise NotImplementedError

    def task(self, env):
        """What somebody of ours has to do now, in the language of ``env``."""
        raise NotImplementedError

    def next_step(self):
        """What the debtor may expect, in its language."""
        return self.env._("We will answer by %s.", self.day_text(self.answer_on))

    def apply(self, contact):
        """Do it; the record that the files belong to, or None."""
        return None

    # -- reading ---------------------------------------------------------------------

    @property
    def answer_on(self):
        return self.today + timedelta(days=self.company.cobranza_portal_answer_days)

    def text(self, name, length=TEXT_LENGTH):
        """Text without control characters and runs of blanks, at most so long."""
        raw = str(self.values.get(name) or "").replace("\r\n", "\n")
        clean = "".join(one for one in raw if one == "\n" or one.isprintable())
        clean = SPACE.sub(" ", clean).strip()
        if len(clean) > length:
            raise FormError(
                self.env._("The text is too long: %s characters at most.", length)
            )
        return clean

    def choice(self, name, options):
        """One of ``options`` {code: label}."""
        value = self.values.get(name)
        if value not in options:
            raise FormError(self.env._("Please choose one of the options."))
        return value

    def amount(self, name, currency):
        """A positive Decimal that the currency can hold, as the debtor writes it."""
        raw = str(self.values.get(name) or "")
        lang = get_lang(self.env)
        signs = (currency.symbol, currency.name)
        places = currency.decimal_places
        try:
            value = read_amount(raw, places, lang.thousands_sep or "", signs)
        except UnclearText:
            value = Decimal(0)
        if not value or value != Decimal(str(currency.round(float(value)))):
            raise FormError(
                self.env._(
                    "Please write the amount in figures, such as %s.",
                    self.money(SAMPLE, currency),
                )
            )
        return value

    def day(self, name, first, last):
        """A day between two days."""
        try:
            value = date.fromisoformat(str(self.values.get(name) or ""))
        except ValueError:
            raise FormError(self.env._("Please choose a day.")) from None
        if not first <= value <= last:
            raise FormError(
                self.env._(
                    "Please choose a day from %(first)s to %(last)s.",
                    first=self.day_text(first),
                    last=self.day_text(last),
                )
            )
        return value

    def debt(self, name, *, required=True):
        """One of the debts of the page, by its reference; else an empty record."""
        ref = self.values.get(name) or ""
        debts = self.page.debts()
        found = {self.page.ref("debt", one): one for one in debts}.get(ref)
        if found is None and (ref or required):
            raise FormError(self.env._("Please choose one of the documents."))
        return debts.browse() if found is None else found

    # -- saying ----------------------------------------------------------------------

    def money(self, amount, currency):
        return format_amount(self.env, float(amount), currency)

    def day_text(self, day):
        return format_date(self.env, day)


YEAR = timedelta(days=366)


AGAIN = timedelta(days=60)
"""How long who has said "I have paid" once does not stop us by saying it again."""


class DisputeForm(PortalForm):
    """The debtor objects to a document, or to a part of it."""

    code = "dispute"
    outcome = "disputes"
    takes_files = True

    def validate(self):
        field = self.env["cobranza.dispute"]._fields["reason"]
        self.reasons = dict(field._description_selection(self.env))
        self.target = self.debt("document")
        self._check_answered()
        self.currency = self.target.currency_id
        self.reason = self.choice("reason", self.reasons)
        self.whole = self.choice("scope", {"whole", "part"}) == "whole"
        self.said = self.text("text")
        free = self._free()
        if free <= 0:
            raise FormError(
                self.env._("You are disputing this document already: we will answer.")
            )
        self.sum = free if self.whole else self.amount("amount", self.currency)
        if self.sum > free:
            raise FormError(
                self.env._(
                    "Only %s of this document is open and not disputed yet.",
                    self.money(free, self.currency),
                )
            )

    @property
    def answer_on(self):
        """What the company promises, or the law's last day where that comes first."""
        disputes = self.env["cobranza.dispute"]
        return disputes._answer_day(self.debtor, "portal", self.today)

    def _check_answered(self):
        """What was answered is not taken here again: with something new, a person of
        ours has to read it."""
        for answered in self.env["cobranza.dispute"]._rejected(self.target)[:1]:
            ways = (self.company.email, self.company.phone)
            raise FormError(
                self.env._(
                    "We answered your objection to %(document)s on %(day)s. If there "
                    "is something new, send us a message here or contact us: "
                    "%(contact)s.",
                    document=self.target.display_name,
                    day=self.day_text(answered.closed_on),
                    contact=" · ".join(filter(None, ways)) or self.company.name,
                )
            )

    def _free(self):
        open_amount = to_decimal(self.target.amount_residual_currency)
        found = self.env["cobranza.dispute"]._disputed_amounts(self.target.ids)
        disputed, whole = found.get(self.target.id, (0, False))
        return 0 if whole else open_amount - disputed

    def subject(self):
        return self.env._("You dispute %s", self.target.display_name)

    def rows(self):
        yield self.env._("Document"), self.target.display_name
        yield self.env._("Disputed amount"), self.money(self.sum, self.currency)
        yield self.env._("Reason"), self.reasons[self.reason]
        yield self.env._("Explanation"), self.said

    def task(self, env):
        return env._("The debtor disputes %s: answer", self.target.display_name)

    def next_step(self):
        return self.env._(
            "We will answer by %s. Until then we do not claim this amount.",
            self.day_text(self.answer_on),
        )

    def apply(self, contact):
        return self.env["cobranza.dispute"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_id": self.target.id,
                # a part that is all that was left is a part: other disputes stand
                "whole": self.whole
                and not self.target.dispute_ids.filtered(
                    lambda dispute: dispute.state == "open"
                ),
                "amount": float(self.sum),
                "reason": self.reason,
                "description": self.said,
                "opened_on": self.today,
                "via": "portal",
                "answer_on": self.answer_on,
                "user_id": self.debtor._task_owner().id,
            }
        )


class PaidForm(PortalForm):
    """The debtor says that it has paid: nothing is claimed until that was checked."""

    code = "paid"
    outcome = "says_paid"
    takes_files = True

    def validate(self):
        self.target = self.debt("document", required=False)
        self.currency = self.target.currency_id or self.company.currency_id
        self.paid_on = self.day("day", self.today - YEAR, self.today)
        self.sum = self.amount("amount", self.currency)
        self.said = self.text("text")
        days = self.company.cobranza_portal_paid_days
        self.until = self.today + timedelta(days=days)
        self.holds = not self._said_before()

    def _said_before(self):
        """Whether it was said lately, so that the answer is with us or was given."""
        holds = self.debtor.hold_ids.filtered(
            lambda hold: (
                hold.reason == "says_paid"
                and hold.date_from > self.today - AGAIN
                and (not hold.debt_ids or self.target & hold.debt_ids)
            )
        )
        return bool(holds)

    def subject(self):
        if self.target:
            return self.env._("You have paid %s", self.target.display_name)
        return self.env._("You have paid")

    def rows(self):
        if self.target:
            yield self.env._("Document"), self.target.display_name
        yield self.env._("Amount paid"), self.money(self.sum, self.currency)
        yield self.env._("Paid on"), self.day_text(self.paid_on)
        yield self.env._("Explanation"), self.said

    def task(self, env):
        return env._("The debtor says it has paid: check the bank")

    def next_step(self):
        if not self.holds:
            return super().next_step()
        return self.env._(
            "We will check it. Until %s we claim nothing of this, unless we answer you "
            "before.",
            self.day_text(self.until),
        )

    def apply(self, contact):
        if self.holds:
            self.env["cobranza.hold"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_ids": self.target.ids,
                    "reason": "says_paid",
                    "date_from": self.today,
                    "date_to": self.until,
                    "note": contact.display_name,
                    "user_id": self.debtor._task_owner().id,
                }
            )


class PromiseForm(PortalForm):
    """The debtor says how much it will pay and when, within the company's limits."""

    code = "promise"
    outcome = "will_pay"

    def validate(self):
        name = str(self.values.get("currency") or "")
        currencies = self.page.debts().currency_id
        self.currency = currencies.filtered(lambda currency: currency.name == name)
        terms = self.currency and self.page.promise_terms(self.currency)
        if not terms:
            raise FormError(
                self.env._("A promise cannot be taken here now. Please write to us.")
            )
        self.debts, least, most, days = terms
        self.sum = self.amount("amount", self.currency)
        if not least <= self.sum <= most:
            raise FormError(
                self.env._(
                    "Please promise from %(least)s to %(most)s, or ask us for a plan.",
                    least=self.money(least, self.currency),
                    most=self.money(most, self.currency),
                )
            )
        last = self.today + timedelta(days=days)
        self.promised_on = self.day("day", self.today, last)
        self.said = self.text("text")

    def subject(self):
        return self.env._(
            "You will pay %(amount)s by %(day)s",
            amount=self.money(self.sum, self.currency),
            day=self.day_text(self.promised_on),
        )

    def rows(self):
        yield self.env._("Amount"), self.money(self.sum, self.currency)
        yield self.env._("Day of payment"), self.day_text(self.promised_on)
        names = ", ".join(self.debts.mapped("display_name"))
        yield self.env._("Documents"), names
        yield self.env._("Explanation"), self.said

    def task(self, env):
        return env._("The debtor promised to pay")

    def next_step(self):
        return self.env._(
            "We have noted it. Until that day we claim nothing of these documents. "
            "Late interest, where it is owed, goes on until the payment."
        )

    def apply(self, contact):
        self.env["cobranza.promise"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": self.debts.ids,
                "amount": float(self.sum),
                "promised_on": self.promised_on,
                "made_on": self.today,
                "contact_id": contact.id,
                "note": self.said,
                "user_id": self.debtor._task_owner().id,
            }
        )


class PlanForm(PortalForm):
    """The debtor asks to pay in parts: in words, or by one of the plans that its page
    simulated, as it is within the terms now."""

    code = "plan"
    outcome = "asks_plan"

    def validate(self):
        self.said = self.text("text")
        self.proposal = self.text("proposal", LINE_LENGTH)
        self.plan = self._chosen() if self.values.get("count") else None
        if self.plan and not self.said:
            raise FormError(
                self.env._("Please tell us why you cannot pay all of it now.")
            )
        if not self.plan and not self.said and not self.proposal:
            raise FormError(self.env._("Please tell us what you could pay, and when."))

    def _chosen(self):
        simulator = self.page.simulator
        first_on = self.day("first", *simulator.first_days())
        plans = simulator.within(first_on) if self.page.simulates else {}
        found = {str(count): plan for count, plan in plans.items()}
        plan = found.get(str(self.values.get("count")))
        if not plan:
            raise FormError(
                self.env._(
                    "This plan is not offered any more. Please choose another one, or "
                    "tell us what you could pay."
                )
            )
        return plan

    def subject(self):
        return self.env._("You ask for a payment plan")

    def rows(self):
        if self.plan:
            currency = self.plan.agreement.currency_id
            rows = self.plan.rows
            yield self.env._("Instalments"), str(len(rows))
            for row in rows:
                yield self.day_text(row.due), self.money(row.amount.amount, currency)
            yield self.env._("In all"), self.money(self.plan.total, currency)
        yield self.env._("What you could pay"), self.proposal
        yield self.env._("Explanation"), self.said

    def task(self, env):
        if self.plan:
            return env._("The debtor asks for a payment plan within the terms: accept")
        return env._("The debtor asks for a payment plan")

    def next_step(self):
        return self.env._(
            "We will answer by %s. To ask for a plan does not change what is owed or "
            "its due dates.",
            self.day_text(self.answer_on),
        )

    def apply(self, contact):
        """The request in writing, over what is open and in no other agreement."""
        if self.plan:
            self.page.simulator.request(self.plan, contact, self.said)
            return
        self.env["cobranza.agreement"]._propose(
            self.debtor, contact, self.said, self.proposal
        )


class MessageForm(PortalForm):
    """The debtor writes to us."""

    code = "message"
    takes_files = True

    def validate(self):
        self.said = self.text("text")
        self.reply = self.text("reply", LINE_LENGTH)
        if not self.said:
            raise FormError(self.env._("Please write your message."))

    def subject(self):
        return self.env._("Your message")

    def rows(self):
        yield self.env._("Message"), self.said
        yield self.env._("Where to answer"), self.reply

    def task(self, env):
        return env._("The debtor wrote on its page: answer")


class PreferenceForm(PortalForm):
    """What the debtor prefers and what it does not want."""

    code = "preference"

    def validate(self):
        ways = contact_ways(self.env)
        self.preferred = self.values.get("preferred") or ""
        if self.preferred and self.preferred not in ways:
            raise FormError(self.env._("Please choose one of the options."))
        self.refused = [
            one for one in refused_ways(self.env) if self.values.get(f"not_{one}")
        ]
        self.said = self.text("text", LINE_LENGTH)
        if not self.preferred and not self.refused and not self.said:
            raise FormError(self.env._("Please choose one of the options."))
        if self.preferred in self.refused:
            raise FormError(
                self.env._("You prefer and refuse the same way: choose one, please.")
            )

    def subject(self):
        return self.env._("How you want to be contacted")

    def rows(self):
        ways = contact_ways(self.env)
        yield self.env._("Preferred"), ways.get(self.preferred, "")
        asked = refused_ways(self.env)
        refused = ", ".join(asked[one] for one in self.refused)
        yield self.env._("Please not by"), refused
        yield self.env._("Explanation"), self.said

    def task(self, env):
        return env._("The debtor says how it wants to be contacted")

    def next_step(self):
        return self.env._(
            "We will apply it by %s. Notices that the law requires are still sent.",
            self.day_text(self.answer_on),
        )

    def apply(self, contact):
        """Opt-outs of what is refused, at once. What is preferred, and letters, which
        may always be written, are for the person who reads the task."""
        channels = [
            code
            for way in self.refused
            for code, model in self.env["cobranza.channel"]._by_code().items()
            if model._way == way
        ]
        self.env["cobranza.opt.out"].create(
            [
                {
                    "debtor_id": self.debtor.id,
                    "channel": channel,
                    "source": "portal",
                    "contact_id": contact.id,
                    "user_id": self.debtor._task_owner().id,
                }
                for channel in channels
                if not self._is_refused(channel)
            ]
        )

    def _is_refused(self, channel):
        """Whether this channel is closed for the whole debtor already."""
        return self.debtor.opt_out_ids.filtered(
            lambda opt_out: (
                opt_out.state == "open"
                and opt_out.channel == channel
                and not (opt_out.partner_id or opt_out.address or opt_out.until)
            )
        )


FORMS = {
    form.code: form
    for form in (
        DisputeForm,
        PaidForm,
        PromiseForm,
        PlanForm,
        MessageForm,
        PreferenceForm,
    )
}
