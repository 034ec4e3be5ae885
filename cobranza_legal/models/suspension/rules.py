from dataclasses import dataclass

from odoo import models

from ...kernel.dunning import Reason
from ..agreement.agreement import RUNNING


@dataclass(frozen=True, slots=True)
class SuspensionBlocker:
    """What forbids to suspend services. ``label``: in a few words, for the history;
    ``words``: what it is, with the article. ``waits``: it passes by itself: until then
    nothing new is done, and what was done stays."""

    code: str
    label: str
    words: str
    waits: bool = False


class CobranzaRules(models.AbstractModel):
    """When services of a debtor may be suspended."""

    _inherit = "cobranza.rules"

    def _suspension_blockers(self, debtors, on):
        """{debtor id: [``SuspensionBlocker``]} of what forbids on a day to announce a
        suspension of services and to put it in force, and ends one that is in force.
        Every debtor is a key. Countries add to it by ``super()``.

        Neutral, the strictest: any situation that leaves a debtor alone, a vulnerable
        debtor, a dispute, hold or agreement, whatever debt it is about. A promise to
        pay is waited for.
        """
        found = {debtor.id: [] for debtor in debtors}
        for debtor in debtors:
            found[debtor.id] += self._suspension_situations(debtor, on)
        for records, code, label, waits in self._suspension_matters(debtors, on):
            for debtor, mine in records.grouped("debtor_id").items():
                words = f"{label}: {mine[0].display_name}"
                found[debtor.id].append(
                    self._suspension_blocker(debtor, code, label, words, on, waits)
                )
        return found

    def _suspension_situations(self, debtor, on):
        reasons = self.env["cobranza.decision.reason"]
        labels = {
            name: (reason.value, reasons._label(reason.value))
            for name, reason in reasons._situations().items()
        }
        labels["vulnerable_on"] = ("vulnerable", self.env._("Vulnerable debtor"))
        for name, (code, label) in labels.items():
            if debtor[name] and debtor[name] <= on:
                words = f"{debtor.display_name}: {label}"
                yield self._suspension_blocker(debtor, code, label, words, on)

    def _suspension_matters(self, debtors, on):
        """(records, code, label, whether it is waited for) of what was opened about
        these debtors and stops a suspension, one query each."""
        own = [("debtor_id", "in", debtors.ids)]
        is_open = [*own, ("state", "=", "open")]
        labels = self.env["cobranza.decision.reason"]._label
        asked = (
            ("cobranza.dispute", Reason.DISPUTED, is_open, False),
            (
                "cobranza.hold",
                Reason.ON_HOLD,
                [
                    *is_open,
                    ("date_from", "<=", on),
                    *("|", ("date_to", "=", False), ("date_to", ">=", on)),
                ],
                False,
            ),
            (
                "cobranza.agreement",
                Reason.AGREEMENT,
                [*own, ("state", "in", RUNNING)],
                False,
            ),
            ("cobranza.promise", Reason.PROMISED, is_open, True),
        )
        for model, reason, domain, waits in asked:
            # sudo: what stops it stops it, whoever looks
            records = self.env[model].sudo().search(domain, order="id")
            yield records, reason.value, labels(reason.value), waits

    def _suspension_blocker(self, debtor, code, label, words, on, waits=False):
        article = self._suspension_articles(debtor.regime, on).get(code)
        said = f"{words}. ({article})" if article else f"{words}."
        return SuspensionBlocker(code, label, said, waits)

    def _suspension_articles(self, regime, on):
        """{code of a ``SuspensionBlocker``: article that stands behind it} for debtors
        of a regime, in the law's language. Neutral: none is cited."""
        return {}

    def _never_suspended(self, essential, debtor, on):
        """[``SuspensionBlocker``] to what is to be suspended, by what was answered to
        whether it is essential ("yes", "no", empty: nobody has answered).

        Neutral: what somebody needs to live in a dwelling is never suspended.
        """
        if essential == "no":
            return []
        name = debtor.display_name
        if essential == "yes":
            label = self.env._("Essential services")
            words = self.env._(
                "%s: what somebody needs to live in a dwelling is never suspended", name
            )
            return [self._suspension_blocker(debtor, "essential", label, words, on)]
        label = self.env._("Not known whether the services are essential")
        words = self.env._("%s: say whether one of the services is essential", name)
        return [self._suspension_blocker(debtor, "unanswered", label, words, on)]
