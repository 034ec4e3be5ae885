from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ...models.portal.page import DebtorPage
from ..common.lateness import LateCommon

STEPS = (("one less", -1), ("the tolerance", 0), ("one more", 1))
"""Smallest units of the currency beside what is too small to claim."""


@tagged("post_install", "-at_install")
class TestDust(LateCommon):
    """Nobody is asked for the cents that are left, nor for anything because of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy((5, {"charge": True}), (15, {"charge": True}))
        cls.company.cobranza_policy_id = cls.policy

    def _left(self, amount, whole=1000, due="2026-10-05", paid="2026-10-05"):
        """A document of which so much is left."""
        move = self._invoice(due=due, amount=whole)
        with self.at(paid):
            self._register_payment(move, amount=whole - amount, payment_date=paid)
        self.assertAlmostEqual(move.amount_residual, amount)
        return move

    def _followed(self, *moves, day="2026-10-20"):
        with self._grants():
            self._run(day)
        return self._debts(self.env["account.move"].concat(*moves))

    def test_a_cent_is_neither_claimed_nor_charged_for(self):
        debt = self._followed(self._left(0.01))
        self.assertEqual((debt.reason, debt.level), ("dust", 0))
        self.assertFalse(debt.charge_ids)
        self.assertFalse(debt.contact_line_ids)
        with self._grants(), self.at("2026-10-20"):
            section = debt.debtor_id._position(date(2026, 10, 20)).sections[0]
            self.assertFalse(section.charges)
            self.assertFalse(debt._claimable())

    def test_it_speaks_for_the_debtor_only_when_nothing_else_is_owed(self):
        old = self._invoice(due="2026-09-01", amount=1000)
        with self._grants():
            self._run("2026-09-06")
        with self.at("2026-10-01"):
            self._register_payment(old, amount=999.5, payment_date="2026-10-01")
        [debt] = self._followed(old, day="2026-10-02")
        self.assertEqual((debt.level, debt.debtor_id.reason), (1, "dust"))
        other = self._followed(self._invoice(due="2026-10-12", amount=500))
        self.assertEqual((debt.reason, other.reason), ("dust", "entered"))
        self.assertEqual(debt.debtor_id.reason, "entered")

    def test_one_unit_is_too_small_and_a_cent_more_is_not(self):
        small, more = self._followed(self._left(1), self._left(1.01))
        self.assertEqual(small.reason, "dust")
        self.assertEqual(more.reason, "entered")
        self.assertTrue(more.charge_ids)

    def test_what_a_credit_leaves_of_a_debt_is_too_small_too(self):
        move = self._invoice(due="2026-10-05", amount=1000)
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-10-05",
                "invoice_line_ids": [
                    (0, 0, {"name": "back", "price_unit": 999.5, "tax_ids": []})
                ],
            }
        )
        credit.action_post()
        debt = self._followed(move)
        self.assertEqual((debt.reason, debt.level), ("dust", 0))
        self.assertFalse(debt.charge_ids)

    def test_a_company_says_how_much_is_too_small(self):
        dust = self.env["cobranza.dust"].create(
            {"currency_id": self.company.currency_id.id, "amount": 5}
        )
        debt = self._followed(self._left(4))
        self.assertEqual(debt.reason, "dust")
        dust.amount = 0
        with self._grants():
            self._run("2026-10-21")
        self.assertEqual(debt.reason, "entered")
        cent = self._followed(self._left(0.01), day="2026-10-22")
        self.assertEqual(cent.reason, "entered")

    def test_every_currency_has_100_times_its_smallest_unit(self):
        currencies = self.env["res.currency"].with_context(active_test=False)
        found = currencies.search([("name", "in", ("EUR", "CLP"))])
        amounts = self.env["cobranza.dust"]._amounts(self.company)
        by_name = {one.name: float(amounts[one.id]) for one in found}
        self.assertEqual(by_name, {"EUR": 1, "CLP": 100})


@tagged("post_install", "-at_install")
class TestDustCountsForNothing(LateCommon):
    """What is too small to ask for sets neither phase nor next act, is in no payment
    that is asked for or proposed, and bears nothing; papers tell that it is small."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy((5, {"charge": True}), (15, {"charge": True}))
        cls.company.cobranza_policy_id = cls.policy
        cls.foreign = cls.setup_other_currency("EUR", rates=[("2020-01-01", 2)])

    def _open(self, amount, due="2026-10-05", **vals):
        return self._invoice(due=due, amount=amount, **vals)

    def _run_at(self, day):
        with self._grants():
            self._run(day)

    def _of(self, move):
        """(debt, debtor, page section, statement row, payable) of a document."""
        debt = self._debts(move)
        currency = move.currency_id
        page = DebtorPage(debt.debtor_id.sudo())
        [section] = [one for one in page.sections if one.currency == currency]
        [told] = [
            one for one in debt.debtor_id._statement() if one["currency"] == currency
        ]
        [row] = [one for one in told["rows"] if one["document"] == move.name]
        payables = debt.debtor_id._payable(page.on, currency)
        [payable] = [
            one
            for one in payables.claims
            if one.kind == "principal" and one.debt == debt.id
        ]
        return debt, section, row, payable

    def _check(self, currency, tolerance):
        for name, step in STEPS:
            partner = self.env["res.partner"].create({"name": name, "is_company": True})
            amount = round(tolerance + step * currency.rounding, 2)
            move = self._open(amount, partner=partner, currency_id=currency.id)
            small = step <= 0
            # the whole year over, so that anything that runs by time would show
            self._run_at("2027-10-20")
            with self.subTest(name, currency=currency.name):
                with self._grants(), self.at("2027-10-20"):
                    debt, section, row, payable = self._of(move)
                debtor = debt.debtor_id
                self.assertEqual(debt.reason == "dust", small)
                self.assertEqual(bool(debtor.phase), not small)
                self.assertEqual(bool(debtor.next_act_on), not small)
                self.assertEqual(bool(debt.charge_ids), not small)
                self.assertEqual(bool(section.section.charges), not small)
                self.assertEqual(row["small"], small)
                self.assertEqual(section.due[0].frozen, "dust" if small else "")
                exact = Decimal(str(amount))
                self.assertEqual(payable.offered, 0 if small else exact)
                self.assertEqual(payable.owed, exact)
                if small:
                    self.assertEqual(section.pay, 0)
                    self.assertEqual(section.dust, exact)
                    self.assertEqual(debtor.reason, "dust")
                    self.assertFalse(debtor.days_late)
                else:
                    self.assertGreater(section.pay, exact)

    def test_at_one_unit_less_the_tolerance_and_one_unit_more(self):
        self._check(self.company.currency_id, 1)

    def test_in_another_currency_too(self):
        self.env["cobranza.dust"].create(
            {"currency_id": self.foreign.id, "amount": 3.5}
        )
        self._check(self.foreign, 3.5)

    def test_it_sets_no_phase_beside_another_debt(self):
        first, last = self.policy.level_ids
        first.phase, last.phase = "reminder", "prejudicial"
        old = self._open(1000, due="2026-09-01")
        self.policy.entry = "age"
        self._run_at("2026-09-16")
        debtor = self._debts(old).debtor_id
        self.assertEqual(debtor.phase, "prejudicial")
        with self.at("2026-09-18"):
            self._register_payment(old, amount=999.5, payment_date="2026-09-18")
        fresh = self._open(500, due="2026-10-05")
        self._run_at("2026-10-10")
        self.assertEqual(self._debts(fresh).level, 1)
        self.assertEqual(debtor.phase, "reminder")
        self.assertEqual(debtor.next_act_on, date(2026, 10, 20))
        with self.at("2026-10-10"):
            self.assertEqual(debtor.days_late, 5)
            self.assertEqual(str(debtor.oldest_due), "2026-10-05")

    def test_the_page_asks_for_the_rest_and_says_what_it_leaves(self):
        self._open(0.6)
        big = self._open(500)
        self._run_at("2026-10-12")
        with self.at("2026-10-12"):
            page = DebtorPage(self._debts(big).debtor_id.sudo())
            [section] = page.sections
            charges = sum(one.open for one in section.section.charges)
            self.assertEqual(section.pay, 500 + charges)
            self.assertEqual(section.dust, Decimal("0.6"))
            terms = page.promise_terms(big.currency_id)
            self.assertEqual(terms[0], self._debts(big))

    def test_what_credits_leave_small_is_not_asked_for(self):
        move = self._open(1000)
        self._payment_on_account(999.5)
        other = self._open(500)
        self._run_at("2026-10-12")
        with self.at("2026-10-12"):
            page = DebtorPage(self._debts(move).debtor_id.sudo())
            [section] = page.sections
        self.assertEqual(self._debts(move).reason, "dust")
        self.assertEqual(self._debts(other).reason, "entered")
        charges = sum(one.open for one in section.section.charges)
        self.assertEqual((section.pay, section.dust), (500 + charges, Decimal("0.5")))

    def _payment_on_account(self, amount):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner_a.id,
                "amount": amount,
                "date": "2026-10-06",
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()

    def test_the_proposal_of_a_payment_leaves_it_out_unless_the_debtor_names_it(self):
        small, big = self._open(0.6, due="2026-10-01"), self._open(500)
        self._run_at("2026-10-12")
        debtor = self._debts(big).debtor_id
        with self.law(), self.at("2026-10-12"):
            journal = self.company_data["default_journal_bank"]
            split = self.env["cobranza.payment.split"].create(
                {
                    "debtor_id": debtor.id,
                    "date": "2026-10-12",
                    "amount": 500,
                    "journal_id": journal.id,
                    "currency_id": big.currency_id.id,
                }
            )
            found = {line.document: line.amount for line in split.line_ids}
            self.assertEqual(found[small.name], 0)
            self.assertFalse(any(split.line_ids.mapped("disputed")))
            self.assertIn(small.name, split.problem)
            split.named_ids = self._debts(small)
            found = {line.document: line.amount for line in split.line_ids}
            self.assertEqual(found[small.name], 0.6)

    def test_what_is_no_debt_yet_is_small_too(self):
        big = self._open(500)
        self._run_at("2026-10-11")
        small = self._open(0.4)
        with self.law(), self.at("2026-10-11"):
            page = DebtorPage(self._debts(big).debtor_id.sudo())
            [section] = page.sections
            rows = {row.principal.document: row.frozen for row in section.due}
        self.assertEqual(rows, {big.name: "", small.name: "dust"})
        self.assertEqual(section.dust, Decimal("0.4"))

    def test_papers_say_that_it_is_too_small(self):
        small = self._open(0.6)
        self._run_at("2026-10-12")
        debtor = self._debts(small).debtor_id
        self.env["res.lang"]._activate_lang("en_US")
        debtor.partner_id.lang = "en_US"
        reports = self.env["ir.actions.report"].with_context(lang="en_US")
        with self.law(), self.at("2026-10-12"):
            statement = reports._render_qweb_html(
                "cobranza_legal.action_report_statement", debtor.ids
            )[0]
            doc = self.env["cobranza.debt.statement"].create(
                {"debtor_id": debtor.id, "on": "2026-10-12"}
            )
            paper = reports._render_qweb_html(
                "cobranza_legal.action_report_debt_statement", doc.ids
            )[0]
        for content in (statement, paper):
            self.assertIn("too small to ask for", content.decode())

    def test_of_a_day_that_is_over_it_bears_nothing_either(self):
        move = self._open(0.9, due="2025-10-05")
        self._run_at("2026-10-12")
        debtor = self._debts(move).debtor_id
        with self._grants(), self.at("2026-10-12"):
            for paying in (False, True):
                then = debtor._position(date(2026, 9, 1), paying=paying).sections[0]
                self.assertFalse(then.charges)
                self.assertEqual(then.principals[0].dust, Decimal("0.9"))
