from datetime import date

from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.smtp_sink import smtp_sink

from .common import ChileCommon

DUE = "2026-11-02"
TOLD = 3
"""The free notice leaves three days after the due date, a Thursday."""


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDuties(ChileCommon):
    """Ley 19.496 art. 37: who stays silent gets the information in writing."""

    def _told(self, partner=None):
        self.move = self._bill(100000, DUE, partner)
        self.sink = self.enterContext(smtp_sink(self.env))
        self._days(DUE, TOLD, TOLD)
        contact = self._steps(self.move)
        self.assertEqual((contact.state, contact.channel), ("sent", "email"))
        return contact

    def _upkeep(self, days):
        day = self._day(DUE, days)
        with self.clock(f"{day} 06:00:00"), self.enter_registry_test_mode():
            self.env.ref("cobranza_legal.ir_cron_upkeep").method_direct_trigger()
        self.env.invalidate_all()

    def _copies(self, contact):
        return contact.copy_ids.filtered(lambda copy: copy.duty_key == "written_info")

    def _another(self, contact, channel, days):
        """One more contact about the same debt, so many days after its due date."""
        moment = f"{self._day(DUE, days)} 15:00:00"
        values = {"debtor_id": contact.debtor_id.id, "channel": channel}
        with self.clock(moment):
            other = self.env["cobranza.contact"]._log({**values, "sent_at": moment})
            lines = self.env["cobranza.contact.line"].sudo()
            lines.with_context(**other._through_gate().env.context).create(
                {
                    "contact_id": other.id,
                    "debt_id": self._debts(self.move).id,
                    "is_step": False,
                }
            )
        return other

    def test_a_letter_fifteen_days_after_delivery(self):
        contact = self._told()
        for days in (TOLD + 1, TOLD + 14):
            self._upkeep(days)
            self.assertFalse(self._copies(contact), days)
        self._upkeep(TOLD + 15)
        copy = self._copies(contact)
        self.assertEqual((copy.channel, copy.text_purpose), ("letter", "reminder"))
        self.assertEqual(copy.duty_article, "Ley 19.496, art. 37")
        self.assertEqual(copy.line_ids.debt_id, self._debts(self.move))
        for days in (TOLD + 16, TOLD + 40):
            self._upkeep(days)
        self.assertEqual(len(self._copies(contact)), 1)

    def test_it_says_all_that_the_law_asks_for(self):
        contact = self._told()
        self._upkeep(TOLD + 15)
        self._replay_days([f"{self._day(DUE, TOLD + 15)} 15:00:00"])
        copy = self._copies(contact)
        self.assertTrue(copy.task_raised, copy.waiting_note)
        for words in ("Comercial Andes", "Sus derechos", "por escrito", "100.000"):
            self.assertIn(words, copy.body)

    def test_whoever_answers_gets_none(self):
        contact = self._told()
        with self.clock(f"{self._day(DUE, 10)} 15:00:00"):
            contact._add_events("answered", "juan@example.com")
        self._upkeep(TOLD + 15)
        self.assertFalse(self._copies(contact))

    def test_companies_get_none(self):
        contact = self._told(self._business())
        self._upkeep(TOLD + 15)
        self.assertFalse(self._copies(contact))

    def test_an_earlier_letter_is_the_information_in_writing(self):
        contact = self._told()
        self._another(contact, "letter", 10)
        self._upkeep(TOLD + 15)
        self.assertFalse(self._copies(contact))

    def test_only_the_first_contact_about_a_debt_owes_it(self):
        contact = self._told()
        self._upkeep(TOLD + 15)
        second = self._another(contact, "email", 21)
        for days in (36, 40, 60):
            self._upkeep(days)
        self.assertFalse(self._copies(second))

    def test_it_counts_like_any_other_contact(self):
        contact = self._told()
        day = self._day(DUE, TOLD + 14)
        with self.clock(f"{day} 15:00:00"):
            self.env["cobranza.contact"]._log(
                {
                    "debtor_id": contact.debtor_id.id,
                    "channel": "email",
                    "sent_at": f"{day} 15:00:00",
                }
            )
        self._upkeep(TOLD + 15)
        copy = self._copies(contact)
        self.assertEqual(copy.waiting, "contact_limit")
        local = copy._local_day(copy.planned_at)
        self.assertEqual(local, date.fromisoformat(self._day(DUE, TOLD + 17)))

    def test_by_email_only_where_the_company_says_so_and_it_was_received(self):
        self.company.l10n_cl_written_copy = "email"
        contact = self._told()
        self._upkeep(TOLD + 18)
        self.assertTrue(contact.received_on)
        self.assertEqual(self._copies(contact).channel, "email")

    def test_a_bounced_notice_is_followed_by_a_letter(self):
        self.company.l10n_cl_written_copy = "email"
        contact = self._told()
        with self.clock(f"{self._day(DUE, TOLD + 1)} 15:00:00"):
            contact._receive_bounce([contact.attempt], "550 No such mailbox")
        self._upkeep(TOLD + 15)
        self.assertEqual(self._copies(contact).channel, "letter")

    def test_nothing_before_ley_21062(self):
        contact = self._told()
        contact.sudo()._through_gate().sent_at = "2017-12-01 15:00:00"
        with self.clock("2018-01-01 15:00:00"):
            duties = self.rules._follow_up_duties(contact)
        keys = [duty.key for duty in duties.get(contact.id, ())]
        self.assertNotIn("written_info", keys)

    def test_paid_in_time_nothing_is_written(self):
        contact = self._told()
        with self.clock(f"{self._day(DUE, 10)} 15:00:00"):
            self._register_payment(self.move)
        self._upkeep(TOLD + 15)
        self.assertFalse(self._copies(contact))
