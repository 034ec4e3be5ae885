from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import body_of, smtp_sink

NOON = f"{MONDAY} 12:00:00"
OWED = (
    # name, language, currency, amount, who is written to
    ("Alpha", "en_US", "USD", 1000, "alpha@example.com"),
    ("Bravo", "es_ES", "EUR", 2000, "cobros@bravo.example.com"),
    ("Carla", "es_CL", "CLP", 300000, "carla@example.com"),
    ("Delta", "en_US", "EUR", 4000, "boss@delta.example.com"),
)


@tagged("post_install", "-at_install")
class TestMixedBatch(ContactCommon):
    """Debtors of all kinds in one run: each gets its own language, money and person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        currencies = cls.env["res.currency"].with_context(active_test=False)
        for name in ("USD", "EUR", "CLP"):
            currencies.search([("name", "=", name)]).active = True
        for lang in ("es_ES", "es_CL"):
            cls.env["res.lang"]._activate_lang(lang)
            cls._text("reminder", lang, "Recordatorio {{ document }}")
        cls.debtors = {}
        for name, lang, currency, amount, email in OWED:
            cls.debtors[name] = cls._owing(name, lang, currency, amount, email)

    @classmethod
    def _owing(cls, name, lang, currency, amount, email):
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "lang": lang,
                "email": f"{name.lower()}@example.com",
                "is_company": True,
            }
        )
        debtor = cls._debtor(partner)
        if email != partner.email:
            debtor.dunning_contact_id = cls.env["res.partner"].create(
                {"name": f"Contact of {name}", "email": email, "lang": lang}
            )
        money = cls.env["res.currency"].search([("name", "=", currency)])
        cls._invoice(
            due="2026-11-16",
            amount=amount,
            partner=partner,
            invoice_date="2026-11-01",
            currency_id=money.id,
        )
        return debtor

    def _messages(self):
        """{recipient: message} of the run of Monday."""
        self._run(MONDAY)
        with smtp_sink(self.env) as sink:
            self._send(f"{MONDAY} 12:30:00")
        recipients = sink.recipients()
        self.assertEqual(len(recipients), len(set(recipients)))
        return dict(zip(recipients, sink.messages, strict=True))

    def test_each_in_its_language_currency_and_to_its_person(self):
        messages = self._messages()
        self.assertEqual(set(messages), {row[4] for row in OWED})
        for name, lang, currency, amount, email in OWED:
            message, body = messages[email], body_of(messages[email])
            spanish = message["Subject"].startswith("Recordatorio")
            self.assertEqual(spanish, lang != "en_US", name)
            contact = self.debtors[name].contact_ids
            self.assertEqual(contact.lang, lang)
            self.assertEqual(contact.currency_id.name, currency)
            self.assertEqual(contact.amount, amount)
            shown = contact.with_context(lang=lang)._format_amount(amount)
            self.assertIn(shown.replace("\xa0", " "), body.replace("\xa0", " "), name)
            for other in self.debtors.values():
                if other != self.debtors[name]:
                    self.assertNotIn(other.partner_id.name, body)

    def test_one_without_an_address_does_not_change_the_others(self):
        self.debtors["Alpha"].partner_id.email = False
        messages = self._messages()
        self.assertEqual(set(messages), {row[4] for row in OWED[1:]})

    def test_paid_between_planning_and_sending_nothing_is_claimed(self):
        self._run(MONDAY)
        bravo, delta = self.debtors["Bravo"], self.debtors["Delta"]
        with self.clock(f"{MONDAY} 12:10:00"):
            self._register_payment(bravo.debt_ids.move_id)
            self._register_payment(delta.debt_ids.move_id, amount=1500)
        with smtp_sink(self.env) as sink:
            self._send(f"{MONDAY} 12:30:00")
        messages = dict(zip(sink.recipients(), sink.messages, strict=True))
        self.assertNotIn("cobros@bravo.example.com", messages)
        self.assertEqual(bravo.contact_ids.state, "cancelled")
        self.assertIn("2,500", body_of(messages["boss@delta.example.com"]))
        self.assertEqual(delta.contact_ids.amount, 2500)

    def test_a_late_sending_lets_the_earlier_one_go_first(self):
        """What is planned for a week later does not hold up what is due now."""
        debtor = self.debtors["Alpha"]
        first = self._contact(self._invoice(partner=debtor.partner_id))
        second = self._contact(self._invoice(partner=debtor.partner_id))
        week = timedelta(days=7)
        self.assertEqual(second.planned_at, first.planned_at + week)
        moments = (f"{MONDAY} 12:05:00", "2026-11-30 12:00:00", "2026-11-30 12:06:00")
        with smtp_sink(self.env):
            for moment in moments:
                self._send(moment)
        self.assertEqual(first.state, "sent")
        self.assertEqual(first.sent_at, fields.Datetime.to_datetime(moments[0]))
        self.assertEqual(second.state, "sent")
        self.assertEqual(second.sent_at, fields.Datetime.to_datetime(moments[2]))
