from datetime import date
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...kernel.errors import MissingValue, NoSlot
from ...models.common import limits as contact_limits
from ..common.contact import MONDAY, ContactCommon


@tagged("post_install", "-at_install")
class TestContactPlan(ContactCommon):
    def test_planning_twice_adds_nothing(self):
        invoice = self._invoice()
        first = self._contact(invoice)
        again = self._contact(invoice)
        self.assertFalse(again)
        self.assertEqual(first.line_ids.debt_id, self._debts(invoice))
        self.assertEqual(first.amount, 1000)

    def test_a_contact_keeps_only_the_steps_that_nobody_took_first(self):
        one, two = self._invoice(), self._invoice(amount=300)
        self._contact(one)
        second = self._contact(one, two)
        self.assertEqual(second.line_ids.debt_id, self._debts(two))
        self.assertEqual(second.amount, 300)

    def test_the_steps_of_a_cancelled_contact_are_free_again(self):
        invoice = self._invoice()
        self._contact(invoice)._set_state("cancelled", "test")
        self.assertEqual(len(self._contact(invoice).line_ids), 1)

    def test_the_database_knows_one_step_for_each_level_and_episode(self):
        line = self._contact().line_ids
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            line._through_gate().copy()
            self.env.flush_all()

    def test_the_bulk_gate_writes_what_the_orm_would(self):
        contact = self._contact(self._invoice(), self._invoice(amount=0.55))
        ignored = ("id", "display_name")
        names = [
            name
            for name, field in contact.line_ids._fields.items()
            if field.store and name not in ignored
        ]
        bulk = contact.line_ids.sorted("debt_id").read(names, load=None)
        lines = contact.line_ids._through_gate()
        lines.write({"is_step": False})
        self.env.flush_all()
        twins = lines.create(
            [{**row, "is_step": True, "id": None} for row in bulk]
        ).sorted("debt_id")
        self.env.invalidate_all()
        rows = twins.read(names, load=None)
        for row in (*bulk, *rows):
            row.pop("id")
        self.assertEqual(rows, bulk)

    def test_the_bulk_gate_is_closed_to_users_and_to_other_companies(self):
        contact = self._contact()
        lines = self.env["cobranza.contact.line"]
        with self.assertRaises(UserError):
            lines._bulk_insert_lines(self.company, [(contact.id,)])
        other = self.setup_other_company()["company"]
        debt = contact.line_ids.debt_id
        row = (contact.id, debt.id, self.policy.level_ids[1].id, 2, 1, 5, 0)
        self.assertFalse(lines.sudo()._bulk_insert_lines(other, [row]))

    def test_two_contacts_of_one_batch_share_the_limit_of_the_week(self):
        one, two = self._invoice(), self._invoice(amount=7)
        with self.clock(f"{MONDAY} 12:00:00"):
            first = self._plan((one,))
            second = self._plan((two,), level=self.policy.level_ids[1])
        self.assertEqual(str(first.planned_at), f"{MONDAY} 12:00:00")
        self.assertEqual(str(second.planned_at), "2026-11-30 12:00:00")

    def test_slots_follow_the_time_zone_of_the_debtor(self):
        self._debtor(tz="America/Santiago")
        contact = self._contact(moment=f"{MONDAY} 10:00:00")
        # nine in Santiago is noon in UTC in November
        self.assertEqual(str(contact.planned_at), f"{MONDAY} 12:00:00")
        self.assertEqual(contact.waiting, "hours")

    def test_what_the_law_does_not_tell_is_said_in_words(self):
        faults = {
            MissingValue("holidays", date(2026, 11, 23)): "load it in the legal param",
            NoSlot("nothing"): "No permitted moment",
        }
        for fault, words in faults.items():
            with patch.object(contact_limits, "obstacles_anywhere", side_effect=fault):
                contact = self._contact(self._invoice())
            self.assertIn(words, contact.waiting_note)

    def test_in_proposal_mode_it_says_what_is_missing_already(self):
        self.company.cobranza_mode = "proposal"
        self.partner_a.email = False
        contact = self._contact()
        self.assertEqual(contact.waiting, "proposal")
        self.assertIn("no valid e-mail", contact.waiting_note)

    def test_planning_asks_the_database_as_often_for_one_as_for_many(self):
        def plan(count):
            partners = self.env["res.partner"].create(
                [
                    {"name": f"P{i}", "email": f"p{i}@example.com", "is_company": True}
                    for i in range(count)
                ]
            )
            specs = []
            for partner in partners:
                invoice = self._invoice(partner=partner, amount=10)
                debt = self._ensure_debts(invoice, self._debtor(partner))
                specs.append(self._spec(debt))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["cobranza.contact"].sudo()._plan(specs)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        plan(1)  # warm
        self.assertEqual(plan(12), plan(2))

    def _spec(self, debt):
        return {
            "debtor_id": debt.debtor_id.id,
            "company_id": self.company.id,
            "currency_id": debt.currency_id.id,
            "channel": "email",
            "level_id": self.level.id,
            "text_purpose": "reminder",
            "automatic": True,
            "lines": [(debt.id, self.level.id, 1, 1, 10, 0)],
        }

    def test_contacts_are_neither_made_nor_edited_by_hand(self):
        contact = self._contact()
        with self.assertRaises(UserError):
            self.env["cobranza.contact"].create({"debtor_id": contact.debtor_id.id})
        with self.assertRaises(UserError):
            contact.write({"released": True})
        with self.assertRaises(UserError):
            contact.line_ids.write({"amount": 1})
        with self.assertRaises(UserError):
            contact.unlink()
        # a context key that a client could send opens nothing
        with self.assertRaises(UserError):
            contact.with_context(cobranza_gate=True).write({"amount": 1})
        contact.write({"recipient_id": self.partner_b.id})
        self.assertTrue(contact.recipient_chosen)
