from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import body_of, smtp_sink


@tagged("post_install", "-at_install")
class TestContactClaim(ContactCommon):
    """What leaves claims what is owed at that minute, never more."""

    def test_what_is_paid_between_planning_and_sending_is_not_claimed(self):
        invoice = self._invoice()
        contact = self._contact(invoice)
        self._register_payment(invoice)
        self.assertEqual(contact.state, "cancelled")
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertFalse(sink.messages)
        self.assertFalse(contact.line_ids.is_step)

    def test_a_partial_payment_lowers_the_claim(self):
        invoice = self._invoice()
        contact = self._contact(invoice)
        self._register_payment(invoice, amount=400)
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertEqual(contact.amount, 600)
        self.assertIn("600.00", body_of(sink.messages[0]))

    def test_only_the_paid_debt_of_two_is_dropped(self):
        paid, open_ = self._invoice(), self._invoice(amount=70)
        contact = self._contact(paid, open_)
        self._register_payment(paid)
        self.assertEqual(contact.state, "planned")
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertEqual(len(sink.messages), 1)
        self.assertEqual(contact.line_ids.debt_id, self._debts(open_))
        self.assertEqual(contact.amount, 70)

    def test_an_unallocated_payment_is_netted(self):
        contact = self._contact(self._invoice(), self._invoice(amount=500))
        self._prepay(600, "2026-11-20")
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertEqual((contact.amount, contact.amount_credit), (900, 600))
        self.assertIn("900.00", body_of(sink.messages[0]))

    def test_a_credit_that_covers_everything_drops_the_contact(self):
        contact = self._contact(self._invoice())
        self._prepay(1500, "2026-11-20")
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertFalse(sink.messages)
        self.assertEqual(contact.state, "cancelled")

    def test_a_hold_or_a_situation_between_planning_and_sending_drops_it(self):
        contact = self._contact()
        contact.debtor_id.sued_on = "2026-11-20"
        with smtp_sink(self.env) as sink:
            self._send()
        self.assertFalse(sink.messages)
        self.assertEqual(contact.state, "cancelled")

    def test_language_and_currency_of_each_debtor_in_one_batch(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self._text(
            "reminder", "es_ES", "Sobre {{ document }}", "<p>Debe {{ amount }}</p>"
        )
        clp = self.setup_other_currency("CLP", rounding=1)
        self.partner_b.lang = "es_ES"
        english = self._contact(self._invoice(amount=1234.5))
        spanish = self._contact(
            self._invoice(amount=1234567, partner=self.partner_b, currency_id=clp.id)
        )
        with smtp_sink(self.env) as sink:
            self._send()
        found = dict(zip(sink.recipients(), sink.messages, strict=True))
        first, second = found["debtor.a@example.com"], found["debtor.b@example.com"]
        self.assertIn("1,234.50", body_of(first))
        self.assertTrue(first["Subject"].startswith("About"))
        self.assertIn("1.234.567", body_of(second))
        self.assertTrue(second["Subject"].startswith("Sobre"))
        self.assertEqual((english.lang, spanish.lang), ("en_US", "es_ES"))
        self.assertEqual(spanish.currency_id, clp)

    def test_sending_asks_the_database_the_same_for_each_contact(self):
        def send(count, day):
            partners = self.env["res.partner"].create(
                [
                    {
                        "name": f"{day}{i}",
                        "email": f"p{i}@example.com",
                        "is_company": True,
                    }
                    for i in range(count)
                ]
            )
            for partner in partners:
                self._contact(self._invoice(partner=partner), moment=f"{day} 12:00:00")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            with smtp_sink(self.env) as sink:
                self._send(f"{day} 12:00:00")
            self.assertEqual(len(sink.messages), count)
            return self.env.cr.sql_log_count - before

        send(1, MONDAY)
        two, eight = send(2, MONDAY), send(8, MONDAY)
        self.assertLessEqual((eight - two) / 6, 16)
