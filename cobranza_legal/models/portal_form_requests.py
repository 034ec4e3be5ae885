"""What a debtor asks for and tells us on its page."""

from .portal_form import LINE_LENGTH, FormError, PortalForm


class PlanForm(PortalForm):
    """The debtor asks to pay in parts."""

    code = "plan"
    outcome = "asks_plan"

    def judge(self):
        self.said = self.text("text")
        self.proposal = self.text("proposal", LINE_LENGTH)
        if not self.said and not self.proposal:
            raise FormError(self.env._("Please tell us what you could pay, and when."))

    def subject(self):
        return self.env._("You ask for a payment plan")

    def rows(self):
        yield self.env._("What you could pay"), self.proposal
        yield self.env._("Explanation"), self.said

    def task(self, env):
        return env._("The debtor asks for a payment plan")

    def next_step(self):
        return self.env._(
            "We will answer by %s. To ask for a plan does not change what is owed or "
            "its due dates.",
            self.day_text(self.answer_on),
        )


class MessageForm(PortalForm):
    """The debtor writes to us."""

    code = "message"
    takes_files = True

    def judge(self):
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

    def judge(self):
        ways = self.debtor._portal_ways()
        self.preferred = self.values.get("preferred") or ""
        if self.preferred and self.preferred not in ways:
            raise FormError(self.env._("Please choose one of the options."))
        self.refused = [one for one in ways if self.values.get(f"not_{one}")]
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
        ways = self.debtor._portal_ways()
        yield self.env._("Preferred"), ways.get(self.preferred, "")
        refused = ", ".join(ways[one] for one in self.refused)
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
        self.debtor._portal_prefer(contact, self.preferred, self.refused)
