from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.splitting import SplitCommon


@tagged("post_install", "-at_install")
class TestPaymentSplit(SplitCommon):
    """A payment goes where the law or the parties say, exactly."""

    def test_interest_until_the_day_comes_before_the_principal(self):
        payment = self._pay(1000, "2026-10-15")
        self.assertEqual(
            self._paid(payment),
            {
                (self.move.name, "interest"): (10, 10),
                (self.move.name, "principal"): (3650, 990),
            },
        )
        charge = self.debt.charge_ids
        self.assertEqual((charge.state, charge.amount_due), ("billed", 0))
        self.assertEqual(str(charge.bill_move_id.date), "2026-10-15")
        self.assertTrue(charge.bill_debt_id.settled)
        self.assertEqual(self.debt.amount_residual, 2660)
        items = payment.move_id.line_ids.filtered("credit")
        self.assertEqual(sorted(items.mapped("credit")), [10, 990])
        self.assertTrue(all(items.mapped("reconciled")))
        self.assertEqual(len(payment.move_id), 1)
        self._balanced(payment.move_id | charge.bill_move_id)

    def test_the_proposal_is_shown_and_nothing_is_kept_until_it_is_registered(self):
        with self.law(interest=self.terms()), self.at("2026-10-15"):
            split = self._split(1000, "2026-10-15")
            rows = self._rows(split)
            self.assertEqual([row[2:] for row in rows], [(10, 10), (3650, 990)])
            self.assertEqual((split.owed, split.unallocated), (3660, 0))
            self.assertFalse(self.debt.charge_ids)

    def test_what_is_charged_and_not_billed_is_billed_in_the_same_action(self):
        charge = self._charge(self.debt, "cost", 25, "2026-10-12")
        payment = self._pay(30, "2026-10-15")
        self.assertEqual(
            self._paid(payment),
            {(self.move.name, "cost"): (25, 25), (self.move.name, "interest"): (10, 5)},
        )
        self.assertEqual(charge.bill_move_id.state, "posted")
        self.assertEqual((charge.state, charge.bill_debt_id.nature), ("billed", "cost"))
        interest = self.debt.charge_ids - charge
        self.assertEqual(interest.amount_due, 5)
        self.assertEqual(self.debt.amount_residual, 3650)

    def test_what_is_billed_already_is_paid_from_its_item(self):
        self._charge(self.debt, "cost", 25, "2026-10-12")
        charge = self.debt.charge_ids
        self._bill_on("2026-10-13", charge)
        bill = charge.bill_move_id
        payment = self._pay(20, "2026-10-15")
        self.assertEqual(self._paid(payment), {(self.move.name, "cost"): (25, 20)})
        self.assertEqual((charge.bill_move_id, charge.amount_due), (bill, 5))
        again = self._pay(10, "2026-10-15")
        self.assertEqual(
            self._paid(again),
            {(self.move.name, "cost"): (5, 5), (self.move.name, "interest"): (10, 5)},
        )
        with self.law(), self.at("2026-10-16"):
            before, after = (
                self.debtor._position(date(2026, 10, day)).sections[0].costs[0].open
                for day in (14, 15)
            )
        self.assertEqual((before, after), (25, 0))

    def test_all_is_paid_to_the_cent_and_the_rest_stays_in_favour(self):
        payment = self._pay(4000, "2026-10-15", compensations=[self._forty()])
        self.assertTrue(self.debt.settled)
        self.assertEqual(self.debt.charge_ids.mapped("amount_due"), [0, 0])
        left = payment.move_id.line_ids.filtered(lambda line: line.amount_residual < 0)
        self.assertEqual(left.amount_residual, -300)
        self.assertEqual(payment.cobranza_split["left"], "300.0")
        self.assertEqual(payment.cobranza_split["rest"], {})
        states = set(self.debt.charge_ids.mapped("state"))
        self.assertEqual(states, {"billed"})

    def test_the_same_payment_twice_finds_nothing_and_says_so(self):
        self._pay(3660, "2026-10-15")
        with self.law(interest=self.terms()), self.at("2026-10-15"):
            split = self._split(3660, "2026-10-15")
            self.assertFalse(split.line_ids)
            self.assertIn("same amount", split.problem)
            self.assertEqual(split.unallocated, 3660)

    def test_two_at_once_do_not_pay_the_same_claim(self):
        with self.law(interest=self.terms()), self.at("2026-10-15"):
            first = self._split(3660, "2026-10-15")
            second = self._split(3600, "2026-10-15")
            first._pay()
            with self.refuses(UserError, "changed meanwhile"):
                second._pay()

    def test_what_is_not_followed_yet_is_paid_without_interest_and_told(self):
        young = self._invoice(due="2026-10-14", amount=100)
        with self.law(interest=self.terms()), self.at("2026-10-15"):
            split = self._split(3760, "2026-10-15")
            self.assertIn(f"no interest is added: {young.name}", split.problem)
            split._pay()
        self.assertEqual(young.amount_residual, 0)

    # -- what the parties say --------------------------------------------------------

    def _second(self, due="2026-10-08", amount=730):
        move = self._invoice(due=due, amount=amount)
        self._run("2026-10-14")
        return move, self._debts(move)

    def test_nothing_said_the_oldest_of_those_due(self):
        other, _debt = self._second()
        payment = self._pay(3700, "2026-10-15")
        paid = self._paid(payment)
        self.assertEqual(paid[self.move.name, "principal"], (3650, 3650))
        self.assertEqual(paid[other.name, "interest"], (1.4, 1.4))
        self.assertEqual(paid[other.name, "principal"], (730, 38.6))

    def test_the_debtor_names_the_debt_that_it_pays(self):
        other, debt = self._second()
        payment = self._pay(100, "2026-10-15", named_ids=debt)
        self.assertEqual(
            self._paid(payment),
            {
                (other.name, "interest"): (1.4, 1.4),
                (other.name, "principal"): (730, 98.6),
            },
        )
        self.assertEqual(payment.cobranza_split["named"], [other.name])

    def test_the_principal_comes_first_only_if_we_take_it_so(self):
        payment = self._pay(1000, "2026-10-15", principal_first=True)
        self.assertEqual(
            self._paid(payment), {(self.move.name, "principal"): (3650, 1000)}
        )
        self.assertEqual(payment.cobranza_split["rest"]["interest"], "10.0")
        charge = self.debt.charge_ids
        self.assertEqual((charge.state, charge.amount_due), ("assessed", 10))

    def test_what_is_disputed_is_not_proposed_and_may_be_paid(self):
        with self.at("2026-10-10"):
            self.env["cobranza.dispute"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_id": self.debt.id,
                    "reason": "price",
                    "whole": False,
                    "amount": 650,
                }
            )
        with self.law(), self.at("2026-10-15"):
            split = self._split(3650, "2026-10-15")
            self.assertEqual([row[2:] for row in self._rows(split)], [(3650, 3000)])
            split.line_ids.amount = 3650
            split._pay()
        self.assertTrue(self.debt.settled)

    # -- edited by hand --------------------------------------------------------------

    def test_each_line_may_be_edited_within_what_is_owed_and_paid(self):
        with self.law(interest=self.terms()), self.at("2026-10-15"):
            split = self._split(100, "2026-10-15")
            interest, principal = split.line_ids
            principal.amount = 95
            with self.refuses(UserError, "only"):
                split._pay()
            interest.amount = 5
            self.assertEqual(split.unallocated, 0)
            principal.amount = 80
            payment = split._pay()
        self.assertEqual(
            self._paid(payment),
            {
                (self.move.name, "interest"): (10, 5),
                (self.move.name, "principal"): (3650, 80),
            },
        )
        self.assertEqual(payment.cobranza_split["left"], "15.0")
        self.assertEqual(self.debt.amount_residual, 3570)

    def test_no_claim_is_paid_more_than_is_owed_or_less_than_nothing(self):
        with self.law(interest=self.terms()), self.at("2026-10-15"):
            split = self._split(100, "2026-10-15")
            split.line_ids[0].amount = 11
            split.line_ids[1].amount = 0
            with self.refuses(UserError, "is owed and"):
                split._pay()
            split.line_ids[0].amount = -1
            with self.refuses(UserError, "less than nothing"):
                split._pay()
        self.assertFalse(self.debt.charge_ids)

    # -- how it is billed ------------------------------------------------------------

    def test_taxes_of_the_bill_are_owed_and_paid_too(self):
        tax = self.company_data["default_tax_sale"]
        self._form("cost", "invoice", tax_ids=[(6, 0, tax.ids)])
        charge = self._charge(self.debt, "cost", 40, "2026-10-12")
        payment = self._pay(100, "2026-10-15", interest=None)
        self.assertEqual(
            self._paid(payment),
            {
                (self.move.name, "cost"): (46, 46),
                (self.move.name, "principal"): (3650, 54),
            },
        )
        self.assertEqual(charge.bill_move_id.payment_state, "paid")

    def test_taking_the_principal_first_charges_all_that_was_due_before(self):
        payment = self._pay(
            3650, "2026-10-15", principal_first=True, compensations=[self._forty()]
        )
        self.assertEqual(
            self._paid(payment), {(self.move.name, "principal"): (3650, 3650)}
        )
        self.assertTrue(self.debt.settled)
        charges = self.debt.charge_ids
        self.assertEqual(
            {(one.kind, one.amount, one.amount_due, one.state) for one in charges},
            {("interest", 10, 10, "assessed"), ("compensation", 40, 40, "assessed")},
        )
        rest = payment.cobranza_split["rest"]
        self.assertEqual(
            {key: float(one) for key, one in rest.items()}, {"interest": 10, "fee": 40}
        )
        self.assertIn("reserves", payment._cobranza_reserve())
        with self.law(interest=self.terms(), compensations=[self._forty()]):
            self._run("2026-10-20")
        self.assertEqual(sum(self.debt.charge_ids.mapped("amount_due")), 50)

    def test_what_a_payment_does_not_reach_is_charged_all_the_same(self):
        payment = self._pay(5, "2026-10-15", compensations=[self._forty()])
        self.assertEqual(sum(self.debt.charge_ids.mapped("amount")), 50)
        self.assertEqual(sum(self.debt.charge_ids.mapped("amount_due")), 45)
        self.assertTrue(payment._cobranza_reserve())

    def test_a_payment_of_yesterday_pays_what_was_due_by_then(self):
        law = {"compensations": [self._forty()], "today": "2026-10-16"}
        payment = self._pay(3700, "2026-10-15", **law)
        self.assertEqual(
            self._paid(payment),
            {
                (self.move.name, "compensation"): (40, 40),
                (self.move.name, "interest"): (10, 10),
                (self.move.name, "principal"): (3650, 3650),
            },
        )
        self.assertEqual(payment.cobranza_split["left"], "0.0")

    def test_a_memo_is_booked_when_it_is_paid(self):
        self._form("cost", "memo", journal_id=False)
        self.debt.debtor_id._judge_if_marked()
        charge = self._charge(self.debt, "cost", 25, "2026-10-12")
        payment = self._pay(20, "2026-10-15", interest=None)
        self.assertEqual(self._paid(payment), {(self.move.name, "cost"): (25, 20)})
        self.assertEqual((charge.state, charge.amount_due), ("billed", 5))
        self.assertEqual(charge.bill_move_id.move_type, "entry")
        self.assertEqual(charge.bill_move_id.journal_id.type, "general")
        self._balanced(charge.bill_move_id)
        self._bill_on("2026-10-16", self._charge(self.debt, "cost", 9, "2026-10-15"))
        self.assertEqual(len(self.debt.charge_ids.bill_move_id), 1)

    def test_a_memo_without_an_account_is_left_out_and_told(self):
        self._form("cost", "memo", journal_id=False, account_id=False)
        self._charge(self.debt, "cost", 25, "2026-10-12")
        with self.law(), self.at("2026-10-15"):
            split = self._split(100, "2026-10-15")
            self.assertEqual([row[3] for row in self._rows(split)], [100])
            self.assertIn("memo only", split.problem)

    def test_what_is_not_set_is_refused_with_the_way_out(self):
        self._form("cost", account_id=False)
        self._charge(self.debt, "cost", 25, "2026-10-12")
        with self.law(), self.at("2026-10-15"):
            split = self._split(100, "2026-10-15")
            with self.refuses(UserError, "Billing of charges"):
                split._pay()
        self.assertFalse(
            self.env["account.payment"].search(
                [("cobranza_debtor_id", "=", self.debtor.id)]
            )
        )

    def test_a_locked_day_is_booked_on_the_first_open_one(self):
        self.company.fiscalyear_lock_date = "2026-10-31"
        payment = self._pay(1000, "2026-10-15", "2026-11-02")
        self.assertEqual(str(payment.date), "2026-10-15")
        self.assertGreater(str(payment.move_id.date), "2026-10-31")
        charge = self.debt.charge_ids
        self.assertEqual(str(charge.bill_move_id.date), "2026-11-01")
        self.assertEqual((charge.amount, charge.amount_due), (10, 0))
        # what was paid in October bears no interest in November
        settled = self.env["cobranza.settlement"].search(
            [("debt_id", "=", self.debt.id)]
        )
        self.assertEqual(str(settled.date), "2026-10-15")
        with self.law(interest=self.terms()), self.at("2026-11-02"):
            section = self.debtor._position(date(2026, 11, 2)).sections[0]
        self.assertAlmostEqual(float(section.accruing), 2660 * 0.1 * 18 / 365, 2)

    def test_a_payment_booked_late_is_imputed_as_on_its_day(self):
        with self.law(interest=self.terms()):
            self._run("2026-10-20")
        late = self.debt.charge_ids
        self.assertEqual(late.amount, 15)
        payment = self._pay(1010, "2026-10-15", "2026-10-21")
        self.assertEqual(
            self._paid(payment),
            {
                (self.move.name, "interest"): (10, 10),
                (self.move.name, "principal"): (3650, 1000),
            },
        )
        self.assertEqual(late.state, "reversed")
        with self.law(interest=self.terms()), self.at("2026-10-21"):
            section = self.debtor._position(date(2026, 10, 21)).sections[0]
        # 6 days on 2,650; the 10 days before have been paid
        self.assertEqual(section.total, 2650 + Decimal("4.36"))

    def test_a_payment_of_tomorrow_is_not_registered(self):
        with self.law(), self.at("2026-10-15"):
            split = self._split(100, "2026-10-16")
            with self.refuses(UserError, "has not been made"):
                split._pay()

    # -- currencies ------------------------------------------------------------------

    def test_a_foreign_currency_is_paid_in_it(self):
        other = self.setup_other_currency(
            "GBP", rates=[("2026-01-01", 2), ("2026-10-15", 2.5)]
        )
        move = self._invoice(due="2026-10-05", amount=365, currency_id=other.id)
        self._run("2026-10-14")
        debt = self._debts(move)
        payment = self._pay(100, "2026-10-15", currency_id=other)
        self.assertEqual(
            self._paid(payment),
            {(move.name, "interest"): (1, 1), (move.name, "principal"): (365, 99)},
        )
        self.assertEqual(debt.amount_residual_currency, 266)
        self.assertEqual(debt.charge_ids.amount_due, 0)
        self.assertEqual(payment.currency_id, other)
        self._balanced(payment.move_id)
        self.assertEqual(self.debt.amount_residual, 3650)

    def test_what_is_owed_in_another_currency_is_told(self):
        other = self.setup_other_currency("GBP", rates=[("2026-01-01", 2)])
        self._invoice(due="2026-10-05", amount=365, currency_id=other.id)
        self._run("2026-10-14")
        with self.law(), self.at("2026-10-15"):
            split = self._split(100, "2026-10-15", currency_id=self.company.currency_id)
            self.assertIn("another currency", split.problem)
            self.assertEqual(split.line_ids.mapped("document"), [self.move.name])

    def test_the_receipt_says_how_it_was_paid_in_words_of_people(self):
        payment = self._pay(100, "2026-10-15")
        line = payment.payment_method_line_id.sudo()
        self.assertEqual(line.payment_method_id.code, "manual")
        line.name = line.payment_method_id.name
        self.assertEqual(payment._cobranza_method(), "Transfer or payment by hand")
        line.name = "Transfer, Example Bank"
        self.assertEqual(payment._cobranza_method(), "Transfer, Example Bank")

    def test_the_receipt_totals_what_is_still_owed(self):
        self.debtor.partner_id.lang = "en_US"
        payment = self._pay(20, "2026-10-15", compensations=[self._forty()])
        rest = payment.cobranza_split["rest"]
        self.assertGreater(len(rest), 1)
        owed = sum(map(Decimal, rest.values()))
        total = payment._cobranza_money(owed)
        self.assertEqual(payment._cobranza_rest_total(), total)
        report = "cobranza_legal.action_report_payment_receipt"
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, payment.ids
        )
        self.assertIn("Total still owed", html.decode())
        self.assertIn(total.replace("\xa0", ""), html.decode().replace("\xa0", ""))

    # -- undone ----------------------------------------------------------------------

    def test_a_cancelled_payment_brings_everything_back(self):
        payment = self._pay(3660, "2026-10-15")
        self.assertTrue(self.debt.settled)
        with self.at("2026-10-16"):
            payment.action_draft()
            payment.action_cancel()
        charge = self.debt.charge_ids
        self.assertEqual((charge.state, charge.amount_due), ("billed", 10))
        self.assertEqual(self.debt.amount_residual, 3650)
        with self.law(interest=self.terms()), self.at("2026-10-16"):
            section = self.debtor._position(date(2026, 10, 16)).sections[0]
            self.assertEqual(section.total, 3661)
            with self.refuses(UserError, "does not count"):
                payment.action_cobranza_receipt()

    def test_the_amount_of_a_split_payment_is_not_changed(self):
        payment = self._pay(1000, "2026-10-15")
        payment.action_draft()
        with self.refuses(UserError, "cancel it"):
            payment.amount = 900

    # -- who and how much ------------------------------------------------------------

    def test_only_accountants_register(self):
        accountant, collector = self._role("accountant"), self._role("collector")
        with self.law(interest=self.terms()), self.at("2026-10-15"):
            with self.assertRaises(AccessError):
                self.env["cobranza.payment.split"].with_user(collector).create(
                    {"debtor_id": self.debtor.id, "amount": 100}
                )
            split = self._split(1000, "2026-10-15", user=accountant)
            payment = split._pay()
        self.assertEqual(payment.create_uid, accountant)
        self.assertEqual(self.debt.amount_residual, 2660)

    def test_it_opens_from_the_debt_and_the_document_as_named(self):
        with self.at("2026-10-15"):
            for action in (
                self.debt.action_register_payment(),
                self.move.action_cobranza_payment(),
            ):
                context = action["context"]
                self.assertEqual(context["default_debtor_id"], self.debtor.id)
                self.assertEqual(context["default_named_ids"], self.debt.ids)
            young = self._invoice(due="2026-12-05", amount=10)
            with self.refuses(UserError, "Nothing is being collected"):
                young.action_cobranza_payment()

    def test_many_debts_ask_as_often_as_few(self):
        counts = []
        for more in (3, 20):
            for _n in range(more):
                self._charge(self._second(amount=365)[1], "cost", 5, "2026-10-14")
            counts.append(self._queries())
        self.assertLessEqual(abs(counts[1] - counts[0]), 1)

    def _queries(self):
        with self.law(interest=self.terms()), self.at("2026-10-15"):
            currency = self.company.currency_id
            self.debtor._payable(date(2026, 10, 15), currency)  # lasting caches
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.debtor._payable(date(2026, 10, 15), currency)
            self.assertTrue(found.claims)
            return self.env.cr.sql_log_count - before
