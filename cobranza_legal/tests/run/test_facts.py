from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ...kernel.interest import InterestTerms
from ...kernel.periods import Series
from ..common.base import MONDAY
from ..common.booking import BookingCommon
from ..common.charging import ChargeCommon

PAID = "2026-10-07"


@tagged("post_install", "-at_install")
class TestFacts(BookingCommon, ChargeCommon):
    """The run follows the state of the ledger, not the way it was booked, and asks for
    what the page and the statement tell."""

    def _debtor(self):
        return self.env["cobranza.debtor"].search(
            [
                ("partner_id", "=", self.partner_a.id),
                ("company_id", "=", self.company.id),
            ]
        )

    def _claims(self, day=MONDAY):
        """{document: what is claimed of it} after the run of a day."""
        self._run(day)
        debts = self._debtor().debt_ids
        with self.at(day):
            claims = debts._claimable()
        return {
            debt.document: claims[debt.id].left for debt in debts if debt.id in claims
        }

    def _told(self, day=MONDAY):
        """(total, documents) of the position that page and statement show."""
        with self.at(day):
            position = self._debtor()._position(date.fromisoformat(day))
        section = position.section(self.company.currency_id.name)
        return section.total, [row.document for row in section.principals if row.open]

    # -- money that went back ----------------------------------------------------------

    def test_an_overpayment_that_was_refunded_covers_nothing(self):
        self._payment(100, "2026-09-01")
        self._payment(100, "2026-09-15", kind="outbound")
        move = self._invoice(amount=100)
        self.assertEqual(self._claims(), {move.name: 100})
        self.assertEqual(self._told(), (100, [move.name]))
        self.assertEqual(self._debtor().debt_ids.document, move.name)

    def test_a_refund_that_gave_back_a_part_leaves_the_rest_on_account(self):
        self._payment(100, "2026-09-01")
        self._payment(70, "2026-09-15", kind="outbound")
        move = self._invoice(amount=100)
        self.assertEqual(self._claims(), {move.name: 70})
        self.assertEqual(self._told(), (70, [move.name]))

    def _returned(self, book):
        """An invoice that was paid and of which ``book`` returns the payment."""
        move = self._invoice(amount=500)
        self._run("2026-10-12")
        payment = self._payment(500, "2026-10-14", move)
        self._run("2026-10-15")
        self.assertEqual(self._debts(move).reason, "settled")
        with self.at("2026-10-20"):
            book(payment)
        claims = self._claims()
        self.assertEqual(sum(claims.values()), 500)
        total, documents = self._told()
        self.assertEqual((total, documents), (500, list(claims)))
        return claims, move

    def test_a_payment_returned_by_a_line_of_the_bank_is_owed_again(self):
        self._returned(lambda _payment: self._bank_line(-500, "2026-10-20"))

    def test_a_payment_returned_by_an_outbound_payment_is_owed_again(self):
        self._returned(
            lambda _payment: self._payment(500, "2026-10-20", kind="outbound")
        )

    def test_a_payment_that_was_reversed_is_owed_again(self):
        self._returned(
            lambda payment: payment.move_id._reverse_moves(
                [{"date": "2026-10-20"}]
            )._post()
        )

    def test_a_payment_in_draft_is_owed_again_at_its_level(self):
        claims, move = self._returned(lambda payment: payment.move_id.button_draft())
        self.assertEqual(list(claims), [move.name])
        debt = self._debts(move)
        self.assertEqual((debt.episode, debt.settled), (2, False))
        for settled in (True, False):
            found = debt.search([("settled", "=", settled), ("id", "=", debt.id)])
            self.assertEqual(bool(found), not settled)

    def test_a_payment_that_was_unmatched_pays_by_itself(self):
        move = self._invoice(amount=500)
        self._run("2026-10-12")
        self._payment(500, "2026-10-14", move)
        self._receivable(move).remove_move_reconcile()
        self.assertEqual(self._claims(), {})
        self.assertEqual(self._debts(move).reason, "covered")

    # -- entries -----------------------------------------------------------------------

    def test_a_reclassification_that_is_not_followed_is_no_claim_and_no_credit(self):
        self._entry(300)
        self._entry(-300)
        move = self._invoice(amount=100)
        self.assertEqual(self._claims(), {move.name: 100})
        self.assertEqual(self._told(), (100, [move.name]))

    def test_a_credit_counts_though_its_entry_is_not_followed(self):
        self._entry(-30)
        move = self._invoice(amount=100)
        self.assertEqual(self._claims(), {move.name: 70})

    def test_an_entry_that_is_not_followed_opens_no_debt(self):
        self._entry(300)
        self.assertEqual(self._claims(), {})
        self.assertFalse(self._debtor().debt_ids)

    # -- hints and statuses ------------------------------------------------------------

    def test_a_status_hides_no_debt(self):
        move = self._invoice(amount=100)
        self.env.flush_all()
        query = "UPDATE account_move SET payment_state = 'in_payment' WHERE id = %s"
        self.env.cr.execute(query, [move.id])
        self.env.invalidate_all()
        self.assertEqual(self._claims(), {move.name: 100})

    def test_nobody_asks_for_what_a_payment_without_an_entry_says(self):
        move = self._invoice(amount=100)
        self._without_entry(60, move)
        self.assertEqual(self._claims(), {move.name: 40})
        self.assertEqual(self._told(), (100, [move.name]))
        self._without_entry(40, move)
        self.assertEqual(self._claims("2026-11-24"), {})
        self.assertEqual(self._debts(move).reason, "covered")

    def test_a_run_of_many_batches_looks_for_such_payments_once(self):
        run = self.env["cobranza.run"].sudo().with_company(self.company)
        move = self._invoice(amount=100)
        self.assertFalse(run._scope(self.company, many=True).followed.hints)
        self._without_entry(60, move)
        self.assertTrue(run._scope(self.company, many=True).followed.hints)

    def test_nobody_asks_for_what_a_payment_of_tomorrow_pays(self):
        move = self._invoice(amount=100)
        self._payment(100, "2026-11-24", move)
        self.assertEqual(self._claims(), {})

    # -- currencies --------------------------------------------------------------------

    def test_what_is_open_in_its_own_currency_only_is_a_debt(self):
        other = self.setup_other_currency("EUR", rates=[("2020-01-01", 2)])
        move = self._invoice(amount=25, currency_id=other.id)
        self.env.flush_all()
        query = "UPDATE account_move_line SET amount_residual = 0 WHERE id = %s"
        self.env.cr.execute(query, self._receivable(move).ids)
        self.env.invalidate_all()
        self.assertEqual(self._claims(), {move.name: 25})

    # -- credits count from their own day ----------------------------------------------

    def _interest(self, match, partner):
        """(invoice, payment, terms) of interest on 860 until a payment of 500 came."""
        terms = InterestTerms(series=Series.flat(Decimal(10)), article="Law 2 art. 7")
        self.company.cobranza_policy_id = self._policy((5, {"charge": True}))
        move = self._invoice(
            due="2025-08-18", amount=860, invoice_date="2025-08-01", partner=partner
        )
        paid = move if match else None
        payment = self._payment(500, MONDAY, paid, partner_id=partner.id)
        with self.law(interest=terms):
            self._run(MONDAY)
        return move, payment, terms

    def test_a_payment_bears_interest_until_its_own_day_whoever_matches_it(self):
        loose, _payment, _terms = self._interest(False, self.partner_a)
        matched, _payment, _terms = self._interest(True, self.partner_b)
        sums = [self._debts(move).charge_ids.amount for move in (loose, matched)]
        # 860 × 10 % × 462 days
        self.assertEqual(sums, [108.85, 108.85])

    def test_matching_the_payment_later_changes_no_interest(self):
        move, payment, terms = self._interest(False, self.partner_a)
        charge = self._debts(move).charge_ids
        with self.law(interest=terms), self.at("2026-11-25"):
            self._match(move, payment.move_id)
        standing = self._debts(move).charge_ids.filtered(
            lambda charge: charge.state == "assessed"
        )
        self.assertEqual(standing, charge)

    def test_a_credit_note_was_never_owed_matched_or_not(self):
        terms = InterestTerms(series=Series.flat(Decimal(10)), article="Law 2 art. 7")
        self.company.cobranza_policy_id = self._policy((5, {"charge": True}))
        move = self._invoice(due="2025-08-18", amount=860, invoice_date="2025-08-01")
        self._invoice(
            amount=500, move_type="out_refund", invoice_date=MONDAY, due=MONDAY
        )
        with self.law(interest=terms):
            self._run(MONDAY)
        # 360 × 10 % × 462 days
        self.assertEqual(self._debts(move).charge_ids.amount, 45.57)
