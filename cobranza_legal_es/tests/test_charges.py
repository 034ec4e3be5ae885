from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from .common import SpainCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestCharges(SpainCommon):
    """The same vectors through invoices, payments and assessed charges."""

    def assess(self, moves, day):
        """(charges, {debt: why not}) of the debts of ``moves`` on a day."""
        debts = self._debts(moves)
        with self.at(day):
            on = date.fromisoformat(day)
            return self.env["cobranza.charge"]._assess(debts, on)

    def interest(self, charges):
        return sum(
            self.figure(one) for one in charges.filtered(lambda c: c.kind == "interest")
        )

    def opened(self, day, *moves):
        moves = self.env["account.move"].union(*moves)
        self._follow(moves, day)
        self._inform(self._debts(moves).debtor_id, "2020-01-01")
        return moves

    def _load_semester(self):
        parameter = self.env.ref("cobranza_legal_es.parameter_interest_commercial")
        self.env["cobranza.parameter.value"].create(
            {
                "parameter_id": parameter.id,
                "date_from": "2027-01-01",
                "date_to": "2027-06-30",
                "value": 10.65,
                "source": "test",
                "reason": "The resolution of 31 December",
            }
        )

    def test_a_business_owes_the_interest_of_each_semester(self):
        move = self._invoice(
            due="2025-05-05",
            amount=2500,
            partner=self.client,
            invoice_date="2025-04-05",
        )
        self.opened("2026-11-20", move)
        charges, refused = self.assess(move, "2026-11-21")
        self.assertFalse(refused)
        self.assertEqual(self.interest(charges), Decimal("399.09"))
        [charge] = charges.filtered(lambda charge: charge.kind == "interest")
        self.assertIn("Ley 3/2004", charge.article)
        self.assertEqual(charge.period_from, date(2025, 5, 6))
        used = {(one["code"], one["value"]) for one in charge.values}
        self.assertIn(("es.interest.commercial", "10.4"), used)

    def _late_by_a_year(self, matched):
        """Interest until 1 December on 860 of which 500 were paid on 23 November."""
        move = self._invoice(
            due="2025-08-18",
            amount=860,
            partner=self.client,
            invoice_date="2025-08-01",
        )
        self.opened("2026-11-20", move)
        with self.at("2026-11-23"):
            if matched:
                self._register_payment(move, amount=500, payment_date="2026-11-23")
            else:
                self.env["account.payment"].create(
                    {
                        "payment_type": "inbound",
                        "partner_id": self.client.id,
                        "amount": 500,
                        "date": "2026-11-23",
                    }
                ).action_post()
        self.assess(move, "2026-12-01")
        return self.interest(self._debts(move).charge_ids)

    def test_a_payment_that_nobody_has_matched_counts_from_its_own_day(self):
        self.assertEqual(self._late_by_a_year(matched=False), Decimal("112.17"))

    def test_a_payment_that_is_matched_counts_from_the_same_day(self):
        self.assertEqual(self._late_by_a_year(matched=True), Decimal("112.17"))

    def _charged_and_paid(self, day):
        """{kind: amount} that stands when a payment of a day is booked after all was
        charged."""
        move = self._invoice(
            due="2026-05-05",
            amount=1000,
            partner=self.client,
            invoice_date="2026-04-20",
        )
        self.opened("2026-05-20", move)
        charges, _refused = self.assess(move, "2026-06-30")
        self.assertEqual(sorted(charges.mapped("kind")), ["compensation", "interest"])
        with self.at("2026-07-02"):
            self._register_payment(move, amount=1000, payment_date=day)
        live = self._debts(move).charge_ids.filtered(
            lambda charge: charge.state == "assessed"
        )
        return {one.kind: self.figure(one) for one in live}

    def test_paid_in_time_and_booked_late_owes_nothing(self):
        self.assertEqual(self._charged_and_paid("2026-05-05"), {})

    def test_paid_late_and_booked_later_owes_the_days_until_it_paid(self):
        # 1,000 × 10.15 % × 32 / 365
        self.assertEqual(
            self._charged_and_paid("2026-06-06"),
            {"compensation": Decimal("40.0"), "interest": Decimal("8.9")},
        )

    def test_a_business_pays_for_the_days_until_it_paid(self):
        move = self._invoice(
            due="2026-05-01",
            amount=1250,
            partner=self.client,
            invoice_date="2026-04-01",
        )
        self.opened("2026-06-05", move)
        charges, _refused = self.assess(move, "2026-06-07")
        self.assertEqual(self.interest(charges), Decimal("12.86"))

    def test_a_part_payment_lowers_the_base_from_the_day_after(self):
        move = self._invoice(
            due="2024-06-15",
            amount=20000,
            partner=self.client,
            invoice_date="2024-05-15",
        )
        self._pay(move, 10000, "2024-06-30")
        self.opened("2024-07-14", move)
        charges, _refused = self.assess(move, "2024-07-15")
        # 15 days of 20,000 at 12.50 % and 15 of 10,000 at 12.25 %: 102.74 + 50.34
        self.assertEqual(self.interest(charges), Decimal("153.08"))

    def test_three_unpaid_invoices_of_a_business_owe_120_euros(self):
        moves = [self._invoice(partner=self.client, amount=50) for _n in range(3)]
        moves = self.opened("2026-10-20", *moves)
        charges, _refused = self.assess(moves, "2026-10-21")
        fixed = charges.filtered(lambda charge: charge.kind == "compensation")
        self.assertEqual(fixed.mapped("amount"), [40, 40, 40])
        again, _refused = self.assess(moves, "2026-10-22")
        self.assertFalse(again.filtered(lambda charge: charge.kind == "compensation"))

    def test_an_invoice_in_instalments_owes_40_euros_once(self):
        term = self._term(10, 20, 30)
        move = self._invoice(
            partner=self.client, due=False, invoice_payment_term_id=term.id
        )
        self.opened("2026-10-20", move)
        charges, _refused = self.assess(move, "2026-10-21")
        fixed = charges.filtered(lambda charge: charge.kind == "compensation")
        self.assertEqual(sum(fixed.mapped("amount")), 40)

    def test_a_consumer_never_owes_40_euros(self):
        moves = [self._invoice(partner=self.student) for _n in range(3)]
        moves = self.opened("2026-10-20", *moves)
        charges, _refused = self.assess(moves, "2026-10-21")
        self.assertEqual(set(charges.mapped("kind")), {"interest"})

    def test_grace_is_free_and_counts_or_not_as_agreed(self):
        for retroactive, paid, expected in (
            (False, "2026-09-10", "0"),
            (False, "2026-09-11", "0.09"),
            (False, "2026-09-20", "0.93"),
            (True, "2026-09-10", "0"),
            (True, "2026-09-11", "0.56"),
            (True, "2026-09-20", "1.40"),
        ):
            with self.subTest(retroactive=retroactive, paid=paid):
                move = self._invoice(
                    due="2026-09-05",
                    amount=650,
                    partner=self._partner("Estudiante", vat="12345678Z"),
                )
                self.company.l10n_es_grace_retroactive = retroactive
                self.company.cobranza_policy_id = self.policy
                self.opened("2026-09-10", move)
                charges, refused = self.assess(move, paid)
                self.assertFalse(refused)
                self.assertEqual(self.interest(charges), Decimal(expected))

    def test_interest_of_consecutive_letters_adds_up(self):
        move = self._invoice(due="2026-09-05", amount=650, partner=self.student)
        self.opened("2026-09-11", move)
        first, _refused = self.assess(move, "2026-09-21")
        second, _refused = self.assess(move, "2026-10-06")
        self.assertEqual(self.interest(first), Decimal("1.03"))
        self.assertEqual(self.interest(second), Decimal("1.40"))
        self.assertEqual(second.period_from, date(2026, 9, 22))

    def test_who_was_not_told_bears_no_agreed_interest(self):
        move = self._invoice(due="2026-09-05", partner=self.student)
        self._follow(move, "2026-09-11")
        charges, refused = self.assess(move, "2026-09-21")
        self.assertFalse(charges)
        self.assertIn(self.student.name, refused[self._debts(move).id])
        self.company.cobranza_terms_required = "none"
        charges, refused = self.assess(move, "2026-09-21")
        self.assertTrue(charges)
        self.assertFalse(refused)

    def test_who_was_told_after_contracting_bears_no_agreed_interest(self):
        move = self._invoice(
            due="2026-05-05", partner=self.student, invoice_date="2026-04-20"
        )
        debt = self._follow(move, "2026-05-20")
        self._inform(debt.debtor_id, "2026-06-29")
        charges, refused = self.assess(move, "2026-06-30")
        self.assertFalse(charges)
        self.assertIn("after contracting", refused[debt.id])

    def test_each_debt_asks_whether_the_terms_were_told_before_it(self):
        old = self._invoice(
            due="2026-05-05", partner=self.student, invoice_date="2026-04-20"
        )
        new = self._invoice(
            due="2026-08-05", partner=self.student, invoice_date="2026-07-20"
        )
        debts = self._follow(old | new, "2026-08-20")
        self._inform(debts.debtor_id, "2026-06-29")
        charges, refused = self.assess(old | new, "2026-08-30")
        self.assertEqual(charges.debt_id, self._debts(new))
        self.assertEqual(list(refused), self._debts(old).ids)

    def test_terms_without_a_file_bear_no_agreed_interest(self):
        move = self._invoice(
            due="2026-05-05", partner=self.student, invoice_date="2026-04-20"
        )
        debt = self._follow(move, "2026-05-20")
        debt.debtor_id.terms_informed_on = "2026-01-01"
        charges, refused = self.assess(move, "2026-06-30")
        self.assertFalse(charges)
        self.assertIn("no file", refused[debt.id])
        self.company.cobranza_terms_required = "day"
        self.assertTrue(self.assess(move, "2026-06-30")[0])

    def test_who_turns_out_to_be_a_consumer_owes_no_40_euros(self):
        partner = self._partner("Error SL", vat="ESA58818501", is_company=True)
        move = self._invoice(
            due="2026-05-05", partner=partner, invoice_date="2026-04-20"
        )
        debt = self._follow(move, "2026-05-20")
        self.assertEqual(debt.debtor_id.regime, "company")
        partner.write({"vat": "ES12345678Z", "is_company": False})
        self.assertEqual(debt.debtor_id.regime, "consumer")
        charges, _refused = self.assess(move, "2026-06-30")
        self.assertFalse(charges)

    def test_a_missing_semester_charges_nothing_and_loses_nothing(self):
        move = self._invoice(due="2026-12-20", partner=self.client)
        self.opened("2026-12-30", move)
        debts = self._debts(move)
        charges, refused = self.assess(move, "2027-01-02")
        self.assertFalse(charges.filtered(lambda charge: charge.kind == "interest"))
        self.assertIn("es.interest.commercial", refused[debts.id])
        self.assertIn("2027-01-01", refused[debts.id])
        self.assertTrue(debts.exists())
        self._load_semester()
        charges, refused = self.assess(move, "2027-01-02")
        self.assertFalse(refused)
        # 11 days at 10.40 % and 2 at 10.65 % of 1,000: 3.134 + 0.584
        self.assertEqual(self.interest(charges), Decimal("3.72"))

    def test_a_run_that_lacks_a_semester_says_so_and_charges_when_it_is_there(self):
        self.company.cobranza_policy_id = self._policy((20, {"charge": True}))
        move = self._invoice(due="2026-12-20", partner=self.client)
        debt = self._follow(move, "2027-01-11")
        self.assertEqual(debt.level, 1)
        self.assertIn("es.interest.commercial", debt.charge_note)
        self.assertNotIn("interest", debt.charge_ids.mapped("kind"))
        self._load_semester()
        self._run("2027-01-12")
        self.assertIn("interest", debt.charge_ids.mapped("kind"))
        self.assertFalse(debt.charge_note)
