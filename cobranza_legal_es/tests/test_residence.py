import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from odoo.tests import freeze_time, tagged

from odoo.addons.cobranza_legal.tests.common.iap_sink import iap_sink
from odoo.addons.cobranza_legal.tests.common.smtp_sink import body_of, smtp_sink

from .common import SpainCommon

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"
LAST_DAY = 61
EFFECTS = ("propose_suspension", "hand_over", "propose_listing")
MORNING, NOON = "05:00:00", "10:00:00"
"""UTC: before the hours of contact, and inside them."""


def read_golden(name):
    """{day: row} of what the requirement asks for, counted from the due date."""
    with (GOLDEN / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows, f"{name} is empty"
    return {int(row["day"]): row for row in rows}


@tagged("post_install", "-at_install", "post_install_l10n")
class TestResidence(SpainCommon):
    """The student residence of the requirement, weekends included.

    Each day on which something is due, or may wait for a working day, is lived through
    with the days beside it. That nothing happens on any other day either:
    tests/kernel/test_dunning.py.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"cobranza_mode": "automatic", "cobranza_bank_guard_days": 0})
        cls.follow_up = cls.env.ref("cobranza_legal.ir_cron_follow_up")
        cls.sender = cls.env.ref("cobranza_legal.ir_cron_send")

    def tick(self, cron, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.invalidate_all()
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def days_that_matter(self):
        """Days late: the due date, two weeks in which levels follow each other,
        messages wait and missed days are caught up, then the later levels; with the
        days beside each of them."""
        ladder = self.residence.level_ids.mapped("days")
        beside = {day + one for day in ladder for one in (-1, 0, 1)}
        return sorted(day for day in {0, *range(5, 19), *beside} if day <= LAST_DAY)

    def replay(self, due, down=()):
        """What happens on each of these days: {day: row like the golden one}, and the
        days on which a message reached the server."""
        due = date.fromisoformat(due)
        self.move = self._invoice(
            due=str(due),
            amount=650,
            partner=self.student,
            invoice_date=str(due - timedelta(days=4)),
        )
        happened, left, level, charged = {}, [], 0, self.env["cobranza.charge"]
        self.tasks = self.env["mail.activity"]
        self.drafts = self.env["cobranza.suspension"]
        with smtp_sink(self.env) as sink, iap_sink(self.env) as self.phones:
            for number in self.days_that_matter():
                if number in down:
                    continue
                day = due + timedelta(days=number)
                self.tick(self.follow_up, f"{day} {MORNING}")
                self.inform()
                self.tick(self.sender, f"{day} {NOON}")
                left += [number] * (len(sink.messages) - len(left))
                debt = self._debts(self.move)
                if debt.level != level:
                    self.assertEqual(debt.level, level + 1, f"a burst on day {number}")
                    level = debt.level
                    charges = debt.charge_ids - charged
                    charged |= charges
                    happened[number] = self.row(number, debt, charges)
        return happened, left, sink.messages

    def inform(self):
        """The contract says how late payment is charged."""
        debtor = self._debts(self.move).debtor_id
        if debtor and not debtor.terms_informed_on:
            self._inform(debtor, "2026-01-15")

    def row(self, number, debt, charges):
        level = debt.level_id
        contact = debt.debtor_id.contact_ids.filtered(lambda c: c.level_id == level)
        self.assertEqual(len(contact), 1)
        self.assertEqual(contact.line_ids.debt_id, debt)
        return {
            "day": str(number),
            "level": str(level.number),
            "channel": contact.channel,
            "text": contact.text_purpose or "",
            "effect": self.new_effects(debt),
            "charge": " ".join(
                f"{one.kind} {Decimal(str(one.amount)):.2f}" for one in charges
            ),
        }

    def new_effects(self, debt):
        """What was put before the collector since the last level, by its effect: drafts
        of suspensions, and tasks."""
        debtor = debt.debtor_id
        raised = debtor.activity_ids - self.tasks - debtor.contact_ids.activity_id
        self.tasks |= raised
        levels = self.company._cobranza_engine(self.env["cobranza.policy.level"])
        labels = {
            levels._fields[name]._description_string(levels.env): name
            for name in EFFECTS
        }
        self.assertLessEqual(set(raised.mapped("summary")), set(labels))
        found = {labels[summary] for summary in raised.mapped("summary")}
        drafts = debtor.suspension_ids - self.drafts
        self.drafts |= drafts
        found |= {"propose_suspension" for one in drafts if one.debt_ids == debt}
        return " ".join(name for name in EFFECTS if name in found)

    def test_every_day_of_the_requirement_when_all_are_working_days(self):
        happened, left, messages = self.replay("2026-05-05")
        self.assertEqual(happened, read_golden("residence.csv"))
        self.assertEqual(left, [6])
        [message] = messages
        self.assertEqual(message["Subject"], "Recordatorio de pago - mayo 2026")
        self.assertEqual(message["To"].addresses[0].addr_spec, "lucia@example.com")
        self.assertIn("650,00", body_of(message))
        self.assertIn("05/05/2026", body_of(message))

    def test_levels_keep_their_days_and_the_email_waits_for_a_working_day(self):
        # day 6 is a Sunday and day 7 the Fiesta Nacional: it leaves on day 8
        happened, left, _messages = self.replay("2026-10-05")
        self.assertEqual(happened, read_golden("residence.csv"))
        self.assertEqual(left, [8])

    def test_days_without_cron_are_caught_up_one_level_a_day(self):
        happened, left, _messages = self.replay("2026-10-05", down=(6, 7, 8, 9, 16))
        self.assertEqual(happened, read_golden("residence_down.csv"))
        self.assertEqual(left, [10])

    def test_every_task_has_its_activity_and_its_words(self):
        self.replay("2026-05-05")
        debtor = self._debts(self.move).debtor_id
        contacts = debtor.contact_ids.sorted("planned_at")
        self.assertEqual(
            contacts.mapped("state"),
            ["sent", "sent", *["planned"] * 4],
            contacts.mapped("waiting"),
        )
        [(number, words)] = self.phones.messages
        self.assertEqual(number, "+34600000001")
        self.assertIn("INV/2026/00001", words)
        self.assertNotIn("650", words, "a phone is read by whoever holds it")
        self.assertNotIn("<", words)
        tasks = contacts[2:]
        self.assertEqual(len(tasks.activity_id), 4)
        self.assertEqual(tasks.activity_id.user_id, self.env.user)
        letter = tasks.filtered(lambda task: task.text_purpose == "certified_letter")
        self.assertIn("31/05/2026", letter.body)
        burofax = tasks.filtered(lambda task: task.text_purpose == "burofax")
        self.assertIn("Invitación a negociar", burofax.body)

    def test_payment_stops_the_ladder(self):
        due = date(2026, 5, 5)
        self.move = self._invoice(
            due=str(due), amount=650, partner=self.student, invoice_date="2026-05-01"
        )
        with smtp_sink(self.env) as sink:
            self.tick(self.follow_up, f"2026-05-11 {MORNING}")
            self._pay(self.move, 650, "2026-05-11")
            self.tick(self.sender, f"2026-05-11 {NOON}")
            self.tick(self.follow_up, f"2026-05-15 {MORNING}")
        self.assertFalse(sink.messages)
        debt = self._debts(self.move)
        self.assertEqual(debt.debtor_id.contact_ids.state, "cancelled")
        self.assertEqual((debt.level, debt.reason), (1, "settled"))
