"""What a debtor says of its debts on its page."""

from datetime import timedelta

from .bridge import to_decimal
from .portal_form import FormError, PortalForm

YEAR = timedelta(days=366)
AGAIN = timedelta(days=60)
"""How long who has said "I have paid" once does not stop us by saying it again."""


class DisputeForm(PortalForm):
    """The debtor objects to a document, or to a part of it."""

    code = "dispute"
    outcome = "disputes"
    takes_files = True

    def judge(self):
        field = self.env["cobranza.dispute"]._fields["reason"]
        self.reasons = dict(field._description_selection(self.env))
        self.target = self.debt("document")
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
                    lambda one: one.state == "open"
                ),
                "amount": float(self.sum),
                "reason": self.reason,
                "description": self.said,
                "opened_on": self.today,
                "answer_on": self.answer_on,
                "user_id": self.debtor._task_owner().id,
            }
        )


class PaidForm(PortalForm):
    """The debtor says that it has paid: nothing is claimed until that was checked."""

    code = "paid"
    outcome = "says_paid"
    takes_files = True

    def judge(self):
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
            lambda one: (
                one.reason == "says_paid"
                and one.date_from > self.today - AGAIN
                and (not one.debt_ids or self.target & one.debt_ids)
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

    def judge(self):
        name = str(self.values.get("currency") or "")
        currencies = self.debtor._portal_debts().currency_id
        self.currency = currencies.filtered(lambda one: one.name == name)
        terms = self.currency and self.debtor._portal_promise_terms(self.currency)
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
