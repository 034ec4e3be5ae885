from datetime import timedelta
from decimal import Decimal

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.cobranza_legal.kernel.fees import fee_on
from odoo.addons.cobranza_legal.kernel.money import Money

from .common import ChileCommon

ROUND, REAL = 40000.00, 40771.41
VECTORS = (
    # UF, overdue, days late, free notice proven, fee
    (ROUND, 400000, 20, True, 0),
    (ROUND, 400000, 21, True, 36000),
    (ROUND, 400000, 21, False, 28000),
    (ROUND, 399999, 21, True, 36000),
    (ROUND, 2000000, 21, True, 132000),
    (ROUND, 2000000, 21, False, 124000),
    (ROUND, 88900, 21, False, 1),
    (ROUND, 88888, 21, True, 8000),
    (ROUND, 1000, 21, False, 0),
    (ROUND, 50, 21, True, 5),
    (ROUND, 250, 21, True, 23),
    (ROUND, 2000000, 20, False, 0),
    (ROUND, 2000000, 365, True, 132000),
    (REAL, 407714, 21, True, 36694),
    (REAL, 407715, 21, True, 36694),
    (REAL, 2038570, 21, True, 134546),
    (REAL, 2038571, 21, True, 134546),
)
LIVED = (0, 1, 2, 12, 16)
"""Vectors from the invoice to the charge: the last waiting day, the first chargeable
one with and without the notice, a year later, and three tiers at a real UF."""
FIRST_DUE = fields.Date.to_date("2024-01-10")


@tagged("post_install", "-at_install", "post_install_l10n")
class TestFeeVectors(ChileCommon):
    """The figures of the law sheet, by the schedule that this database has.

    Some (``LIVED``) go from the invoice to the charge. Every vector without Odoo:
    tests/kernel/test_fees.py, tests/golden/cl_fees.csv.
    """

    def _due(self, number):
        return FIRST_DUE + timedelta(days=3 * number)

    def test_the_fee_of_each_vector_by_the_schedule_of_the_day(self):
        for number, (uf, amount, days, proven, expected) in enumerate(VECTORS):
            on = self._due(number) + timedelta(days=days)
            self._uf(on, uf)
            table = self.company._cobranza_legal_table(on, on)
            schedule = self.rules._fee_terms("consumer", on, table)
            base = Money(Decimal(amount), "CLP")
            with self.subTest(uf=uf, amount=amount, days=days, proven=proven):
                self.assertEqual(schedule.unit_value, Decimal(str(uf)))
                fee = fee_on(schedule, base, days, int(not proven))
                self.assertEqual(fee.amount.amount, expected)

    def test_the_fee_from_the_invoice_to_the_charge(self):
        for number in LIVED:
            uf, amount, days, proven, expected = VECTORS[number]
            due = self._due(number)
            day = fields.Date.to_string(due + timedelta(days=days))
            self._uf(day, uf)
            partner = self._person(f"Deudor {number}", "12531909-2")
            debt = self._opened(self._bill(amount, fields.Date.to_string(due), partner))
            if proven:
                self._notified(debt, due + timedelta(days=1))
            with self.at(day):
                on = self.company._cobranza_today()
                charges, refused = self.env["cobranza.charge"]._assess(debt, on)
            with self.subTest(uf=uf, amount=amount, days=days, proven=proven):
                amounts = charges.mapped("amount")
                self.assertEqual(sum(amounts), expected, refused)
                self.assertEqual(
                    bool(charges.proof_contact_id), proven and expected > 0
                )

    def _notified(self, debt, day):
        """The free notice reached the debtor on a day."""
        moment = fields.Datetime.to_datetime(day) + timedelta(hours=15)
        line = {"debt_id": debt.id, "amount": 1, "level_id": debt.level_id.id}
        line["is_step"] = False
        contacts = self.env["cobranza.contact"].sudo()._through_gate()
        contact = contacts.create(
            {
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "debtor_id": debt.debtor_id.id,
                "recipient_id": debt.partner_id.id,
                "recipient_chosen": True,
                "channel": "email",
                "text_purpose": "free_notice",
                "state": "sent",
                "sent_at": moment,
                "line_ids": [Command.create(line)],
            }
        )
        contact._add_events("accepted", "test", moment)
