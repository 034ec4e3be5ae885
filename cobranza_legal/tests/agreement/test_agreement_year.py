from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.agreement import AgreementCommon
from ..common.base import MONDAY


@tagged("post_install", "-at_install")
class TestAgreementYear(AgreementCommon):
    """Whole stories of agreements, from the request to their end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asker = cls._role("collector")
        cls.approver = cls._role("approver")

    def _open(self):
        """What is open of the covered debts, less what nobody has allocated yet."""
        loose = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.partner_a.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("balance", "<", 0),
                ("reconciled", "=", False),
            ]
        )
        owed = sum(self.debts.mapped("amount_residual_currency"))
        return owed + sum(loose.mapped("amount_residual"))

    def _left(self, agreement, day):
        """The principal of the instalments that are open on a day."""
        with self.at(day):
            agreement.instalment_ids.invalidate_recordset()
            rows = agreement.instalment_ids
            return self.company.currency_id.round(
                sum(row.amount - row.paid for row in rows)
            )

    def _approved(self, **vals):
        """One of six instalments, beyond the terms, that another person passed."""
        agreement = self._agreement(
            count=6, user_id=self.asker.id, requested_by="page", **vals
        )
        agreement.with_user(self.asker).action_request()
        self.assertEqual(agreement.state, "requested")
        with self.assertRaises(UserError):
            agreement.approval_ids.with_user(self.asker)._answer(True, "Myself")
        agreement.approval_ids.with_user(self.approver)._answer(True, "Good customer")
        self.assertEqual(agreement.state, "approved")
        return agreement

    def test_from_the_request_to_everything_due(self):
        self.company.cobranza_bank_guard_days = 0
        agreement = self._approved().with_user(self.asker)
        agreement.action_offer()
        levels = {debt: (debt.level, debt.episode) for debt in self.debts}
        agreement._sign(self.company._cobranza_today(), "hand")
        agreement = agreement.sudo()
        for number, day in ((1, "2026-12-20"), (2, "2027-01-20")):
            self._pay_debt(self.debts[0], 200, day)
            self._night(day)
            with self.at(day):
                paid = agreement.instalment_ids.filtered("paid_on")
                self.assertEqual(len(paid), number)
            self.assertEqual(self._left(agreement, day), self._open())
        for day, state, missed in (
            ("2027-02-24", "active", 1),
            ("2027-03-24", "breached", 2),
        ):
            self._night(day)
            self.assertEqual((agreement.state, agreement.missed_count), (state, missed))
        self._tell_breach(agreement, "2027-03-25")
        self._night("2027-03-26")
        self.assertEqual(str(agreement.cure_until), "2027-04-04")
        self._pay_debt(self.debts[0], 300, "2027-03-28")
        self._pay_debt(self.debts[1], 100, "2027-03-28")
        self.assertEqual((agreement.state, agreement.missed_count), ("active", 0))
        self._night("2027-05-24")
        self.assertEqual(agreement.state, "breached")
        self._tell_breach(agreement, "2027-05-25")
        for day, state in (("2027-05-26", "breached"), ("2027-06-05", "accelerated")):
            self._night(day)
            self.assertEqual(agreement.state, state)
        self.assertEqual(self._left(agreement, "2027-06-05"), self._open())
        still = self.debts.filtered(lambda debt: not debt.settled)
        self.assertEqual(
            {debt: (debt.level, debt.episode) for debt in still},
            {debt: levels[debt] for debt in still},
        )
        self._run("2027-06-05")
        self.assertNotIn("agreement", still.mapped("reason"))
        self.assertEqual(
            agreement.history_ids.sorted("id").mapped("change")[-1], "Due at once"
        )

    def test_with_a_bounce_a_credit_note_loose_and_early_money(self):
        agreement = self._running()  # four of 300
        first, second, third = self.debts
        self._pay_debt(first, 100, "2026-12-01")  # early, less than one
        self.assertEqual(self._left(agreement, "2026-12-02"), 1100)
        with self.at("2026-12-02"):
            self.assertEqual(
                agreement.instalment_ids.mapped("status"),
                ["part", "open", "open", "open"],
            )
        payment = self._pay_debt(first, 500, "2026-12-20")
        self.assertEqual(self._left(agreement, "2026-12-24"), 600)
        with self.at("2026-12-28"):  # bounced
            payment.action_draft()
            payment.action_cancel()
        self._night("2026-12-29")
        self.assertEqual(agreement.missed_count, 1)
        self.assertEqual(self._left(agreement, "2026-12-29"), self._open())
        with self.at("2026-12-30"):
            note = self._create_invoice_one_line(
                move_type="out_refund",
                price_unit=200,
                tax_ids=[],
                partner_id=self.partner_a,
                invoice_date="2026-12-30",
                post=True,
            )
            (note | third.move_id).line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            ).reconcile()
        self._night("2026-12-31")
        self.assertEqual(agreement.missed_count, 0)
        self.assertEqual(self._left(agreement, "2026-12-31"), self._open())
        with self.at("2027-01-10"):
            self._prepay(250, "2027-01-10")  # nobody has allocated it
        self._night("2027-01-24")
        with self.at("2027-01-24"):
            paid = agreement.instalment_ids.mapped("paid")
        self.assertEqual(paid, [300, 250, 0, 0])
        self.assertEqual(self._left(agreement, "2027-01-24"), self._open())
        self.assertEqual((agreement.state, agreement.missed_count), ("active", 1))
        self._pay_debt(first, 350, "2027-01-25")
        self._pay_debt(second, 300, "2027-01-25")
        self._night("2027-01-26")
        self.assertEqual(self._left(agreement, "2027-01-26"), 0)
        self.assertEqual(agreement.state, "active")  # the loose money pays nothing yet

    def test_completed_on_the_last_cent_late_interest_is_forgiven(self):
        agreement = self._running(default_interest="completion")
        spans = self.debts.sudo()._covered_spans
        self.assertTrue(spans(self.debts.ids))
        for debt, amount in zip(self.debts, (700, 300, 199.99), strict=True):
            self._pay_debt(debt, amount, "2027-03-20")
        self._night("2027-03-23")
        self.assertEqual(agreement.state, "active")
        self._pay_debt(self.debts[2], 0.01, "2027-03-23")
        self.assertEqual((agreement.state, agreement.left), ("completed", 0))
        first, last = spans(self.debts.ids)[self.debts[0].id][0]
        self.assertEqual((str(first), str(last)), ("2026-11-24", "2027-03-23"))

    def test_the_clause_gives_late_interest_back_when_it_is_broken(self):
        agreement = self._running(default_interest="completion")
        self._night("2027-01-24")
        self._tell_breach(agreement, "2027-01-26")
        self._night("2027-01-27")
        self._night("2027-02-06")
        self.assertEqual(agreement.state, "accelerated")
        self.assertFalse(self.debts.sudo()._covered_spans(self.debts.ids))

    # -- what is signed is kept --------------------------------------------------------

    def _is_kept(self, record):
        """Whether Odoo or the database refuses to delete it."""
        try:
            with mute_logger("odoo.sql_db"), self.cr.savepoint():
                record.sudo().unlink()
                self.env.flush_all()
        except (UserError, IntegrityError):
            return True
        return False

    def test_nothing_that_was_signed_goes_with_something_else(self):
        guarantor = self.env["cobranza.obligor"].create(
            {
                "debtor_id": self.debtor.id,
                "partner_id": self.partner_b.id,
                "capacity": "guarantor",
                "since": "2026-01-01",
            }
        )
        agreement = self._agreement()
        agreement.action_request()
        today = self.company._cobranza_today()
        agreement._consent(guarantor, today, self.request)
        agreement.action_offer()
        agreement._sign(today, "hand")
        self.env.flush_all()
        for record in (
            *(agreement, agreement.line_ids, agreement.instalment_ids),
            *(agreement.consent_ids, agreement.document_file_id, self.debts),
            *(self.debtor, guarantor, agreement.policy_id, agreement.file_ids),
        ):
            with self.subTest(record._name):
                self.assertTrue(self._is_kept(record), record)
            self.env.invalidate_all()
        self.assertEqual(str(agreement.signed_on), MONDAY)
        self.assertEqual(len(agreement.instalment_ids), 4)
        self.assertEqual(agreement.consent_ids.obligor_id, guarantor)
