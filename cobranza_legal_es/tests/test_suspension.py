from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SpainCommon

DAY = "2026-11-23"
AT = f"{DAY} 10:00:00"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestSuspension(SpainCommon):
    """A residence suspends what a student does not need to live there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"cobranza_mode": "automatic", "cobranza_bank_guard_days": 0})
        cls.move = cls._invoice(
            amount=650, partner=cls.student, due="2026-10-05", invoice_date="2026-10-01"
        )
        cls.debt = cls._follow(cls.move, DAY)
        cls.debtor = cls.debt.debtor_id
        cls.suspension = cls.env["cobranza.suspension"].create(
            {
                "debtor_id": cls.debtor.id,
                "debt_ids": [Command.set(cls.debt.ids)],
                "services": "Wifi, gimnasio y lavandería",
                "essential": "no",
            }
        )

    def _refusal(self):
        with self.assertRaises(UserError) as caught:
            self.suspension.action_notify()
        return str(caught.exception)

    def test_from_the_certified_letter_to_the_payment(self):
        with self.clock(AT):
            self.suspension.action_notify()
            notice = self.suspension.notice_contact_id.sudo()
            text = notice._current_text()
            _subject, body = text._render(notice._merge_values())
            notice._complete(event="posted")
        self.assertEqual((text.country_id.code, text.regime), ("ES", "consumer"))
        self.assertIn("quince días", body)
        self.assertIn("10 días naturales", body)
        self.assertIn("gimnasio", body)
        self.assertEqual(self.suspension.state, "noticed")
        model = self.company._cobranza_engine(self.suspension.sudo())
        with self.at("2026-12-20"):
            model._upkeep(self.company._cobranza_today())
        self.assertEqual(self.suspension.state, "noticed")  # nothing proves it
        self._happens(notice, "delivered", "2026-11-26 10:00:00")
        with self.at("2026-12-06"):
            model._upkeep(self.company._cobranza_today())
        self.assertEqual(self.suspension.state, "noticed")
        with self.at("2026-12-07"):
            model._upkeep(self.company._cobranza_today())
        self.assertEqual(self.suspension.state, "in_force")
        self._pay(self.move, 650, "2026-12-08")
        self.assertEqual(self.suspension.state, "lifted")

    def test_an_email_would_never_be_received(self):
        self.suspension.channel = "email"
        self.assertIn("proves reception", self._refusal())

    def test_the_articles_are_cited(self):
        self.suspension.essential = "yes"
        self.debtor.authority_claim_on = "2026-11-01"
        self.env["cobranza.dispute"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_id": self.debt.id,
                "reason": "quality",
            }
        )
        said = self._refusal()
        for article in ("Ley 10/2025, art. 4.4", "art. 13.8", "Código Penal, art. 172"):
            self.assertIn(article, said)
