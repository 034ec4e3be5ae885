from contextlib import contextmanager
from unittest.mock import patch

from ...kernel.privacy import LogRetention, PrivacyTerm
from ..contact.test_contact_evidence import EvidenceCommon
from .base import ROLES
from .contact import MONDAY

YEARS = 2
LATER = "2029-01-10"
"""More than two years after everything was closed."""


class PrivacyCommon(EvidenceCommon):
    """A company in a country that keeps the log two years and answers in a month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._role(role) for role in ROLES}
        cls.manager = cls.users["manager"]
        cls.upkeep = cls.env.ref("cobranza_legal.ir_cron_upkeep")

    @contextmanager
    def law(self, advised=YEARS, term=None):
        rules = self.env.registry[self.company._cobranza_rules()._name]
        term = term or PrivacyTerm(months=1, more_months=2, article="Art. 12")
        with (
            patch.object(
                rules,
                "_log_retention",
                lambda *args: LogRetention(YEARS, advised, "Art. 37"),
            ),
            patch.object(rules, "_privacy_terms", lambda *args: term),
        ):
            yield

    def _closed(self):
        """A debtor to whom an e-mail and a letter went, and who has paid."""
        one, two = self._invoice(), self._invoice(amount=500)
        mail = self._sent(one)
        letter = self._contact(two, channel="letter")
        with self.clock("2026-12-02 12:00:00"):
            letter.action_print()
            letter.action_posted()
            self._register_payment(one, payment_date="2026-12-10")
            self._register_payment(two, payment_date="2026-12-10")
        return mail.debtor_id, mail, letter

    def _trigger(self, day):
        with self.at(day), self.law(), self.enter_registry_test_mode():
            self.upkeep.method_direct_trigger()
        self.assertEqual(self.upkeep.failure_count, 0)

    def _erasure(self, debtor):
        return self.env["cobranza.erasure"].search([("debtor_id", "=", debtor.id)])

    def _approve(self, erasure, day=LATER):
        with self.at(day), self.law():
            erasure.with_user(self.manager).action_approve()

    def _request(self, kind, **vals):
        vals = {"partner_id": self.partner_a.id, "received_on": MONDAY, **vals}
        with self.at(MONDAY), self.law():
            return (
                self.env["cobranza.privacy.request"]
                .with_user(self.manager)
                .create({"kind": kind, **vals})
            )
