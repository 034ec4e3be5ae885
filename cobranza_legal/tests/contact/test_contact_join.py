from dataclasses import replace
from datetime import datetime

from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import body_of, smtp_sink

DAYS = (MONDAY, "2026-11-24", "2026-11-25")


@tagged("post_install", "-at_install")
class TestContactJoin(ContactCommon):
    """What waits for a person grows; the debtor still gets one letter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_mode = "confirm"

    def _three_days(self):
        """Three debts, each of which reaches the first level on a day of its own."""
        for due in ("2026-11-18", "2026-11-19", "2026-11-20"):
            self._invoice(due=due, invoice_date="2026-11-01")
        debtor = self._debtor()
        for day in DAYS:
            self._run(day)
        return debtor

    def test_what_waits_over_days_is_one_letter(self):
        contact = self._three_days().contact_ids
        self.assertEqual(len(contact), 1)
        self.assertEqual((contact.state, contact.amount), ("planned", 3000))
        self.assertEqual(len(contact.line_ids), 3)
        with smtp_sink(self.env) as sink:
            with self.clock("2026-11-26 11:00:00"):
                contact.action_release()
            self._send("2026-11-26 12:00:00")
        [message] = sink.messages
        self.assertIn("3,000.00", body_of(message))

    def test_in_proposal_mode_too(self):
        self.company.cobranza_mode = "proposal"
        self.assertEqual(len(self._three_days().contact_ids), 1)

    def test_the_highest_level_gives_the_text(self):
        low, high = self.policy.level_ids[:2]
        high.write({"channel": "email", "text_purpose": "formal_demand"})
        one, two, three = (self._invoice(amount=n) for n in (100, 30, 7))
        contact = self._contact(one)
        spec = {"level": high, "text_purpose": "formal_demand", "automatic": False}
        self.assertEqual(self._contact(two, **spec), contact)
        self.assertEqual(self._contact(three, level=low), contact)
        self.assertEqual(contact.level_id, high)
        self.assertEqual(contact.text_purpose, "formal_demand")
        self.assertFalse(contact.automatic)
        self.assertEqual(contact.line_ids.sorted("id").level_id.ids, (low | high).ids)
        self.assertEqual(contact.amount, 137)

    def test_a_debt_that_rose_is_claimed_once(self):
        high = self.policy.level_ids[1]
        invoice = self._invoice()
        contact = self._contact(invoice)
        self._contact(invoice, level=high, text_purpose="reminder")
        self.assertEqual(contact.line_ids.level_id, high)
        self.assertEqual(contact.amount, 1000)

    def test_a_free_notice_does_not_ride_in_a_letter_that_charges(self):
        high = self.policy.level_ids[1]
        high.write({"channel": "email", "charge": True})
        demand = self._contact(self._invoice(), level=high)
        notice = self._contact(self._invoice(amount=5))
        self.assertNotEqual(notice, demand)
        self.assertEqual([demand.amount, notice.amount], [1000, 5])

    def test_channels_and_currencies_stay_apart(self):
        other = self.setup_other_currency("EUR")
        first = self._contact(self._invoice())
        self.assertFalse(first & self._contact(self._invoice(currency_id=other.id)))
        self.assertFalse(first & self._contact(self._invoice(), channel="call"))

    def test_what_was_released_or_printed_does_not_grow(self):
        released = self._contact(self._invoice())
        with self.clock(f"{MONDAY} 12:30:00"):
            released.action_release()
        self.assertNotEqual(self._contact(self._invoice()), released)
        letter = self._contact(self._invoice(), channel="letter")
        letter._through_gate().content_hash = "0" * 64
        self.assertNotEqual(self._contact(self._invoice(), channel="letter"), letter)

    def test_what_leaves_by_itself_joins_nothing_that_waits(self):
        self.company.cobranza_mode = "automatic"
        waiting = self._contact(self._invoice(), automatic=False)
        free = self._contact(self._invoice(amount=5))
        self.assertNotEqual(free, waiting)
        self.assertEqual([waiting.released, free.released], [False, True])

    def test_the_same_step_twice_changes_nothing(self):
        invoice = self._invoice()
        contact = self._contact(invoice)
        self.assertFalse(self._contact(invoice))
        self.assertEqual((contact.amount, len(contact.line_ids)), (1000, 1))

    def test_joining_asks_the_database_as_often_for_one_as_for_many(self):
        def join(count):
            partners = self.env["res.partner"].create(
                [{"name": f"P{i}", "is_company": True} for i in range(count)]
            )
            specs = {}
            for level in self.policy.level_ids[:2]:
                for partner in partners:
                    invoice = self._invoice(partner=partner, amount=10)
                    debt = self._ensure_debts(invoice, self._debtor(partner))
                    spec = self._spec(debt, level)
                    specs.setdefault(level, []).append(spec)
            first, second = specs.values()
            contacts = self.env["cobranza.contact"].sudo()
            planned = contacts._plan(first)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(contacts._plan(second), planned)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        join(1)  # warm
        self.assertEqual(join(12), join(2))

    def _spec(self, debt, level):
        return {
            "debtor_id": debt.debtor_id.id,
            "company_id": self.company.id,
            "currency_id": debt.currency_id.id,
            "channel": "email",
            "level_id": level.id,
            "text_purpose": "reminder",
            "automatic": True,
            "lines": [(debt.id, level.id, 1, 1, 10, 0)],
        }

    def test_a_person_chosen_by_hand_stays(self):
        contact = self._contact(self._invoice())
        chosen = self.env["res.partner"].create(
            {"name": "Ann", "email": "ann@example.com", "parent_id": self.partner_a.id}
        )
        contact.write({"recipient_id": chosen.id})
        self._contact(self._invoice(), level=self.policy.level_ids[1])
        self.assertEqual(contact._current_recipient(), chosen)


@tagged("post_install", "-at_install")
class TestContactGap(ContactCommon):
    """Without a limit of the law, two contacts of a kind still keep apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rules, neutral = cls.registry["cobranza.rules"], {}
        neutral["rules"] = rules._contact_rules

        def unlimited(hooks, regime, on, table):
            found = neutral["rules"](hooks, regime, on, table)
            return replace(found, classes=(replace(found.classes[0], limit=None),))

        cls.classPatch(rules, "_contact_rules", unlimited)

    def test_two_on_one_day_are_one_and_the_next_working_day(self):
        first = self._contact(self._invoice(), moment="2026-11-27 12:00:00")
        second = self._contact(self._invoice(), moment="2026-11-27 12:00:00")
        self.assertEqual(str(first.planned_at), "2026-11-27 12:00:00")
        # Monday at nine in Madrid
        self.assertEqual(str(second.planned_at), "2026-11-30 08:00:00")
        self.assertEqual(second.waiting, "contact_limit")

    def test_released_together_they_leave_apart(self):
        self.company.cobranza_mode = "confirm"
        high = self.policy.level_ids[1]
        high.write({"channel": "email", "charge": True})
        both = self._contact(self._invoice())
        both |= self._contact(self._invoice(), level=high)
        with smtp_sink(self.env) as sink:
            with self.clock(f"{MONDAY} 12:30:00"):
                both.write({"planned_at": f"{MONDAY} 12:00:00"})
                both.action_release()
            self._send(f"{MONDAY} 12:30:00")
            self.assertEqual(len(sink.messages), 1)
            self._send("2026-11-24 12:30:00")
        self.assertEqual(len(sink.messages), 2)

    def test_the_company_may_choose_no_gap(self):
        self.company.cobranza_contact_gap = 0
        self._contact(self._invoice())
        second = self._contact(self._invoice())
        self.assertEqual(str(second.planned_at), f"{MONDAY} 12:00:00")

    def test_a_call_that_a_person_makes_is_not_warned_about(self):
        self._contact(self._invoice())
        debtor = self._debtor()
        with self.clock(f"{MONDAY} 12:30:00"):
            moment = datetime.fromisoformat(f"{MONDAY} 12:30:00")
            self.assertFalse(debtor._limit_warning("call", moment))
