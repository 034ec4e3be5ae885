import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from odoo.tests import freeze_time

from odoo.addons.cobranza_legal.tests.common.iap_sink import iap_sink
from odoo.addons.cobranza_legal.tests.common.smtp_sink import smtp_sink

from .common import SpainCommon

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"
DRAFTS = {
    "propose_suspension": "suspension_ids",
    "hand_over": "case_ids",
    "propose_listing": "listing_ids",
}
"""{effect: where the debtor has the drafts of it}; where no block makes them, it is a
task."""
MORNING, NOON = "05:00:00", "10:00:00"
"""UTC: before the hours of contact, and inside them."""


def read_golden(name):
    """{day: row} of what the requirement asks for, counted from the due date."""
    with (GOLDEN / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows, f"{name} is empty"
    return {int(row["day"]): row for row in rows}


class ResidenceCommon(SpainCommon):
    """The student residence of the requirement, weekends included.

    Each day on which something is due, or may wait for a working day, is lived through
    with the days beside it. That nothing happens on any other day either:
    tests/kernel/test_dunning.py.
    """

    levels_only = True
    """Nothing but levels raises tasks here."""
    last_day = 61

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
        days = {0, *range(5, 19), *beside}
        return sorted(day for day in days if day <= self.last_day)

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
        debtors = self.env["cobranza.debtor"]
        self.drafts = {name: debtors[field] for name, field in DRAFTS.items()}
        with smtp_sink(self.env) as sink, iap_sink(self.env) as self.phones:
            for number in self.days_that_matter():
                if number in down:
                    continue
                day = due + timedelta(days=number)
                self.tick(self.follow_up, f"{day} {MORNING}")
                self.inform()
                self.tick(self.sender, f"{day} {NOON}")
                self.people(number, str(day))
                left += [number] * (len(sink.messages) - len(left))
                debt = self._debts(self.move)
                if debt.level != level:
                    self.assertEqual(debt.level, level + 1, f"a burst on day {number}")
                    level = debt.level
                    charges = debt.charge_ids - charged
                    charged |= charges
                    happened[number] = self.row(number, debt, charges)
        return happened, left, sink.messages

    def people(self, number, day):
        """What people do on a day; nothing, unless a class says so."""

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
        """What was put before people since the last level, by its effect: drafts and
        tasks."""
        debtor = debt.debtor_id
        raised = debtor.activity_ids - self.tasks - debtor.contact_ids.activity_id
        self.tasks |= raised
        levels = self.company._cobranza_engine(self.env["cobranza.policy.level"])
        labels = {
            levels._fields[name]._description_string(levels.env): name
            for name in DRAFTS
        }
        words = set(raised.mapped("summary"))
        if self.levels_only:
            self.assertLessEqual(words, set(labels))
        found = {labels[one] for one in words if one in labels}
        for name, records in DRAFTS.items():
            drafts = debtor[records] - self.drafts[name]
            self.drafts[name] |= drafts
            found |= {name for one in drafts if debt in self.debts_of(one)}
        return " ".join(name for name in DRAFTS if name in found)

    @staticmethod
    def debts_of(draft):
        return draft["debt_ids" if "debt_ids" in draft else "debt_id"]
