from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.mandate.foreign_return import OCA_LINE, Booked, ForeignReturns
from .test_debit import ReturnCommon


@tagged("post_install", "-at_install")
class TestForeignReturn(ReturnCommon):
    """Returns that another application books: ``scripts/test_stories`` installs the
    OCA's, elsewhere the same entries are made here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.has_oca = OCA_LINE in cls.env
        cls.numbers = iter(range(1000, 2000))
        cls.bank = cls.company_data["default_journal_bank"]

    def _credit(self, payment):
        entry = payment.move_id if "move_id" in payment else payment
        return entry.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _book_return(self, payment, code="T_AGAIN", day="2026-12-28", **vals):
        """The payment came back on ``day`` and is booked so, with what the bank says;
        the number of its line. ``amount``: the whole payment, or another."""
        credit = self._credit(payment)
        vals = {"amount": -credit.balance, "cost": 0, "reference": "", **vals}
        with self.at(day):
            book = self._book_theirs if self.has_oca else self._book_here
            number = book(credit, code, day, **vals)
            self.cr.flush()
        return number

    def _book_theirs(self, credit, code, day, amount, cost, reference):
        reason = self.env["payment.return.reason"].create({"code": code, "name": "Why"})
        charges = self.company_data["default_account_expense"]
        back = self.env["payment.return"].create(
            {
                "name": "RET/1",
                "journal_id": self.bank.id,
                "company_id": self.company.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "partner_id": credit.partner_id.id,
                            "move_line_ids": [Command.set(credit.ids)],
                            "amount": amount,
                            "reason_id": reason.id,
                            "reference": reference,
                            "expense_amount": cost,
                            "expense_account": charges.id,
                            "expense_partner_id": self.partner_b.id,
                        }
                    )
                ],
            }
        )
        back.action_confirm()
        if not cost and not reference:
            self.assertEqual(back.state, "done")
        return back.line_ids.id

    def _book_here(self, credit, code, day, amount, cost, reference):
        items = credit.matched_debit_ids.debit_move_id
        cash = self.bank.default_account_id
        credit.remove_move_reconcile()
        entry = self._book(
            day,
            {
                "account_id": credit.account_id.id,
                "balance": amount,
                "partner_id": credit.partner_id.id,
            },
            (cash, -amount),
        )
        (credit | entry.line_ids[0]).reconcile()
        booked = Booked(
            number=next(self.numbers),
            name="RET/1",
            day=date.fromisoformat(day),
            code=code,
            reason="Why",
            note="",
            amount=amount,
            cost=cost,
            payments=frozenset(credit.ids),
            items=frozenset(items.ids),
            partners=frozenset(credit.partner_id.commercial_partner_id.ids),
            words=(reference, *filter(None, credit.mapped("name"))),
        )
        self.booked = booked
        ForeignReturns(self.env, self.company).record([booked])
        return booked.number

    def _look_again(self, day):
        """As the daily upkeep does; the same line is not read twice."""
        with self.at(day):
            returns = ForeignReturns(self.env, self.company)
            returns.take()
            if not self.has_oca and self.booked.number not in returns._known():
                returns.record([self.booked])

    def _tasks(self, text):
        self.env.invalidate_all()
        activities = self.mandate.debtor_id.activity_ids
        return activities.filtered(lambda one: text in (one.summary or ""))

    # -- what came back ----------------------------------------------------------------

    def test_a_paid_debit_comes_back_once_with_its_reason(self):
        debit, payment = self._paid()
        self._run("2026-12-24")
        before = len(debit.debtor_id.activity_ids)
        number = self._book_return(payment)
        self.assertEqual((debit.state, debit.return_code), ("returned", "T_AGAIN"))
        self.assertEqual(debit.returned_on, date(2026, 12, 28))
        self.assertIn("RET/1", debit.return_note)
        self.assertEqual(debit.foreign_returns, str(number))
        self.assertFalse(debit.move_line_id.reconciled)
        self.assertEqual(debit.move_line_id.amount_residual, 500)
        for day in ("2026-12-28", "2026-12-29"):
            self._look_again(day)
            self._upkeep(day)
        self.env.invalidate_all()
        self.assertEqual(len(debit.debtor_id.activity_ids), before + 1)
        self.assertEqual(debit.foreign_returns, str(number))

    def test_what_it_undoes_is_remembered_with_it(self):
        move = self._bill("2026-11-24", invoice_date="2026-10-30")
        self.mandate._through_gate().write({"notice_agreed": True, "notice_days": 0})
        self._run("2026-11-23")
        batch = self._batch("2026-11-24")
        debit = batch.debit_ids
        batch.action_present()
        with self.at("2026-11-30"):
            self._run("2026-11-30")
            payment = self._pay(move, "2026-11-30")
        self._upkeep("2026-11-30")
        self._book_return(payment, "T_SIGNED", "2026-12-03")
        self.assertEqual(debit.return_code, "T_SIGNED")
        debt = self._debts(move)
        undone = self.env["cobranza.settlement.undone"].sudo()
        row = undone.search([("debt_id", "=", debt.id), ("redone_on", "=", False)])
        self.assertEqual((row.debit_id, row.amount), (debit, 500))
        self.assertEqual(self.mandate.state, "suspended")
        self.assertTrue(
            self.env["cobranza.dispute"].search([("debt_id", "=", debt.id)])
        )

    def test_one_that_nobody_found_paid_yet_comes_back_too(self):
        debit = self._presented(self._bill())
        with self.at("2026-12-23"):
            payment = self._pay(debit.move_id, "2026-12-23")
        self._book_return(payment, "T_REFUND")
        self.assertEqual((debit.state, debit.return_code), ("refunded", "T_REFUND"))

    def test_what_the_bank_says_beyond_our_reasons_is_kept(self):
        debit, payment = self._paid()
        self._book_return(payment, "ZZ99", cost=3.5)
        self.assertEqual(debit.return_code, "unknown")
        for words in ("ZZ99", "Why", "3.5"):
            self.assertIn(words, debit.return_note)
        self.assertFalse(debit.cost_id)

    def test_the_payment_of_something_else_is_none_of_ours(self):
        debit = self._presented(self._bill())
        other = self._bill()
        other.cobranza_no_debit = True
        with self.at("2026-12-23"):
            payment = self._pay(other, "2026-12-23")
        self._book_return(payment)
        self.assertEqual(debit.state, "presented")
        self.assertFalse(debit.foreign_returns)

    # -- which one came back -----------------------------------------------------------

    def _three_presented(self):
        moves = [self._bill(amount=amount) for amount in (100, 100, 250)]
        batch = self._batch()
        batch.debit_ids._tell(date(2026, 11, 23))
        with self.at("2026-12-22"):
            batch.action_present()
        return [
            batch.debit_ids.filtered(lambda one, move=move: one.move_id == move)
            for move in moves
        ]

    def _loose(self, amount):
        return self._prepay(
            amount, "2026-12-23", self.partner_a, currency_id=self.euro.id
        )

    def test_money_that_was_not_allocated_is_found_by_document_then_by_amount(self):
        one, two, three = self._three_presented()
        self._book_return(self._loose(250))
        self._look_again("2026-12-28")
        self.assertEqual(three.state, "returned")
        self._book_return(self._loose(100), reference=f"Debit {two.document}")
        self._look_again("2026-12-28")
        self.assertEqual((one.state, two.state), ("presented", "returned"))

    def test_what_is_named_with_another_amount_is_nobody_elses(self):
        one, two, three = self._three_presented()
        self._book_return(self._loose(250), reference=f"Debit {two.document}")
        self._look_again("2026-12-28")
        self.assertEqual({one.state, two.state, three.state}, {"presented"})
        [task] = self._tasks("Which direct debit")
        self.assertIn(two.document, task.summary)
        self.assertNotIn(three.document, task.summary)

    def test_a_document_is_named_by_whole_words(self):
        booked = Booked(1, "R", date.today(), "", "", "", 1, 0, *[frozenset()] * 3, ())
        for words, named in (
            ("F-1", True),
            ("Debit F-1, March", True),
            ("(F-1)", True),
            ("F-10", False),
            ("XF-1", False),
        ):
            found = replace(booked, words=(words,)).names("F-1")
            self.assertEqual(found, named, words)

    def test_one_that_fails_leaves_the_others_and_somebody_is_asked(self):
        one, two, three = self._three_presented()
        model, plain = type(one), type(one)._come_back
        refusal = "Not this one"

        def come_back(debits, *args, **vals):
            if two in debits:
                raise UserError(refusal)
            return plain(debits, *args, **vals)

        def booked(debit):
            return Booked(
                number=next(self.numbers),
                name="RET/1",
                day=date(2026, 12, 24),
                code="unknown",
                reason="",
                note="",
                amount=debit.amount,
                cost=0,
                payments=frozenset(),
                items=frozenset(debit.move_line_id.ids),
                partners=frozenset(self.partner_a.ids),
                words=(),
            )

        rows = [booked(debit) for debit in (one, two, three)]
        with (
            self.at("2026-12-28"),
            patch.object(model, "_come_back", come_back),
            mute_logger("odoo.addons.cobranza_legal.models.mandate.foreign_return"),
        ):
            ForeignReturns(self.env, self.company).record(rows)
        self.assertEqual((one.state, three.state), ("returned", "returned"))
        self.assertEqual(two.state, "presented")
        [task] = self._tasks("could not be recorded")
        self.assertIn(two.document, task.summary)
        self.assertIn(refusal, task.note)

    def test_of_several_somebody_is_asked_once_by_name(self):
        one, two, three = self._three_presented()
        self._book_return(self._loose(100))
        self._look_again("2026-12-28")
        self.assertEqual({one.state, two.state, three.state}, {"presented"})
        [task] = self._tasks("Which direct debit")
        for debit in (one, two):
            self.assertIn(debit.document, task.summary)
        self._look_again("2026-12-29")
        self.assertEqual(self._tasks("Which direct debit"), task)
        self._back(two, "T_AGAIN", "2026-12-29")
        self.assertEqual(two.state, "returned")

    def test_of_a_payment_of_several_the_one_of_that_amount_came_back(self):
        one, two, three = self._three_presented()
        lines = (two | three).move_line_id
        payment = self._loose(350)
        (lines | self._credit(payment)).reconcile()
        if not self.has_oca:  # the OCA's books the whole payment
            self._book_return(payment, amount=250)
            self.assertEqual((two.state, three.state), ("presented", "returned"))
            return
        self._book_return(payment)
        self.assertEqual({two.state, three.state}, {"returned"})
        self.assertEqual(one.state, "presented")

    def test_a_line_is_read_by_the_names_of_its_fields(self):
        """As of account_payment_return 19.0.1.0.0, which need not be installed."""
        debit, payment = self._paid()
        credit, item = self._credit(payment), debit.move_line_id
        line = SimpleNamespace(
            id=7,
            return_id=SimpleNamespace(
                name="RET/7", date=date(2026, 12, 28), move_id=item.move_id
            ),
            reason_id=SimpleNamespace(code="T_AGAIN", name="Funds"),
            reason_additional_information=False,
            reference="INV/7",
            concept=False,
            move_line_ids=credit,
            amount=500,
            expense_amount=2,
        )
        returns = ForeignReturns(self.env, self.company)
        booked = returns._read(line, {(credit, item.move_id): item.ids})
        self.assertEqual(booked.items, frozenset(item.ids))
        self.assertEqual(booked.payments, frozenset(credit.ids))
        self.assertEqual(booked.partners, frozenset(self.partner_a.ids))
        self.assertEqual((booked.code, booked.day), ("T_AGAIN", date(2026, 12, 28)))
        self.assertTrue(booked.names("INV/7"))
        self.assertEqual(returns._match(booked, debit), (debit, True))

    # -- the switch, and faults --------------------------------------------------------

    def test_while_it_is_off_what_happens_to_money_is_noted(self):
        if not self.has_oca:
            self.skipTest("account_payment_return is not installed")
        debit, payment = self._paid()
        self._switch(False)
        self._book_return(payment)
        self.assertEqual((debit.state, debit.return_code), ("returned", "T_AGAIN"))
        self._switch(True)
        self._upkeep("2026-12-29")
        self.assertEqual((debit.state, debit.return_code), ("returned", "T_AGAIN"))
        self.assertFalse(debit.reopened_on)
        self.assertFalse(self._tasks("open again"))

    def test_a_cancelled_return_is_told(self):
        if not self.has_oca:
            self.skipTest("account_payment_return is not installed")
        debit, payment = self._paid()
        number = self._book_return(payment)
        with self.at("2026-12-29"):
            self.env[OCA_LINE].browse(number).return_id.action_cancel()
            self.cr.flush()
        self._look_again("2026-12-29")
        self.assertTrue(debit.move_line_id.reconciled)
        self.assertFalse(debit.foreign_returns)
        [task] = self._tasks("cancelled in the accounting")
        self._look_again("2026-12-30")
        self.assertEqual(self._tasks("cancelled in the accounting"), task)

    def test_many_are_looked_at_with_as_many_questions_as_few(self):
        moves = [self._bill(amount=10 + one) for one in range(24)]
        batch = self._batch()
        batch.debit_ids._tell(date(2026, 11, 23))
        with self.at("2026-12-22"):
            batch.action_present()
        with self.at("2026-12-23"):
            paid = [(move, self._pay(move, "2026-12-23")) for move in moves]
        booked = [
            Booked(
                number=next(self.numbers),
                name="RET/1",
                day=date(2026, 12, 24),
                code="unknown",
                reason="",
                note="",
                amount=move.amount_total,
                cost=0,
                payments=frozenset(self._credit(payment).ids),
                items=frozenset(move.line_ids.filtered("date_maturity").ids),
                partners=frozenset(self.partner_a.ids),
                words=(),
            )
            for move, payment in paid
        ]

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            returns = ForeignReturns(self.env, self.company)
            found = returns._debits(some)
            matched = [returns._match(one, found) for one in some]
            self.assertTrue(all(certain for _found, certain in matched))
            return self.env.cr.sql_log_count - before

        count(booked[:2])
        few, many = count(booked[2:5]), count(booked[5:])
        self.assertLessEqual(many, few)
        with self.at("2026-12-28"):
            ForeignReturns(self.env, self.company).record(booked)
        self.assertEqual(set(batch.debit_ids.mapped("state")), {"returned"})
        self.assertEqual(len(self._tasks("Came back without a reason")), 1)
