from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SpainCommon

POSTED = "2026-11-23 10:00:00"
CAME_BACK = "2026-12-02 10:00:00"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDuties(SpainCommon):
    """A demand that did not arrive is tried again another way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"cobranza_mode": "automatic", "cobranza_bank_guard_days": 0})

    def _posted(self):
        """The certified letter of the ladder, posted."""
        dates = {"due": "2026-11-05", "invoice_date": "2026-11-01"}
        self.move = self._invoice(amount=650, partner=self.student, **dates)
        self._run("2026-11-21")
        debt = self._debts(self.move)
        level = debt.policy_id.level_ids.filtered(
            lambda level: level.text_purpose == "certified_letter"
        )
        with self.clock(POSTED):
            contact = (
                self.env["cobranza.contact"]
                .sudo()
                ._plan(
                    [
                        {
                            "debtor_id": debt.debtor_id.id,
                            "company_id": self.company.id,
                            "currency_id": debt.currency_id.id,
                            "channel": "letter",
                            "level_id": level.id,
                            "text_purpose": "certified_letter",
                            "automatic": True,
                            "lines": [(debt.id, level.id, level.number, 1, 650, 0)],
                        }
                    ]
                )
            )
            contact._complete(event="posted")
        return contact

    def _answer(self, contact, kind):
        with self.clock(CAME_BACK):
            contact._add_events(kind, "Correos", CAME_BACK)

    def _upkeep(self, moment="2026-12-03 06:00:00"):
        with self.clock(moment), self.enter_registry_test_mode():
            self.env.ref("cobranza_legal.ir_cron_upkeep").method_direct_trigger()
        self.env.invalidate_all()

    def _second(self, contact):
        return contact.copy_ids.filtered(lambda copy: copy.duty_key == "second_attempt")

    def test_an_unknown_address_is_followed_by_an_email_once(self):
        contact = self._posted()
        self._upkeep("2026-11-24 06:00:00")
        self.assertFalse(self._second(contact))
        self._answer(contact, "unknown_address")
        self._upkeep()
        self._upkeep("2026-12-04 06:00:00")
        second = self._second(contact)
        self.assertIn(second.channel, ("email", "certified_email"))
        self.assertEqual(second.text_purpose, "certified_letter")
        self.assertIn("264.4", second.duty_article)

    def test_without_another_way_somebody_looks_for_a_domicile(self):
        contact = self._posted()
        (self.student | contact.recipient_id).email = False
        self._answer(contact, "uncollected")
        self._upkeep()
        self.assertEqual(self._second(contact).channel, "manual")

    def test_a_letter_that_was_delivered_owes_nothing(self):
        contact = self._posted()
        self._answer(contact, "delivered")
        self._upkeep()
        self.assertFalse(self._second(contact))

    def test_businesses_may_be_excepted_and_consumers_not(self):
        contact = self._posted()
        debtor = contact.debtor_id
        for regime, barred in (
            ("consumer", True),
            ("unknown", True),
            ("small_business", False),
            ("company", False),
        ):
            debtor.sudo().regime = regime
            found = self.company._cobranza_rules()._override_blockers(contact)
            self.assertEqual(bool(found), barred, regime)

    def test_a_consumer_keeps_its_hours(self):
        contact = self._posted()
        contact.debtor_id.sudo().regime = "consumer"
        with self.clock(POSTED), self.assertRaises(UserError):
            self.env["cobranza.contact.override"].create(
                {"contact_id": contact.id, "lift_hours": True, "reason": "Asked"}
            )
