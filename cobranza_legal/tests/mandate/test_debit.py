import csv
import io
from datetime import date
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...kernel.debit import DebitTerms
from ...kernel.dunning import Reason
from ...models.mandate.debit_picker import DebitPicker
from ..common.mandate import OTHER_IBAN, MandateCommon


class DebitCommon(MandateCommon):
    """A company that debits two customers, in the days of SEPA."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rules = type(cls.env["cobranza.rules"])
        cls.startClassPatcher(
            patch.object(rules, "_debit_terms", lambda *_args: DebitTerms(5))
        )
        cls.company.currency_id = cls.euro
        cls._account(cls.partner_b, OTHER_IBAN)
        for partner in cls.partner_a | cls.partner_b:
            partner.with_company(cls.company).cobranza_direct_debit = True
        cls.mandate = cls._valid()

    @classmethod
    def _bill(cls, due="2026-12-23", amount=500, **vals):
        vals = {"currency_id": cls.euro.id, "invoice_date": "2026-11-20", **vals}
        return cls._invoice(due, amount, **vals)

    @classmethod
    def _batch(cls, until="2026-12-31", fill=True, **vals):
        batch = cls.env["cobranza.debit.batch"].create(
            {"scheme": "core", "due_until": until, **vals}
        )
        if fill:
            batch.action_fill()
        return batch

    @classmethod
    def _presented(cls, move, day="2026-11-23"):
        """The debit of an invoice, told on ``day`` and presented the day before it is
        collected."""
        with cls.at(day):
            batch = cls._batch(fill=True)
            debit = batch.debit_ids.filtered(lambda one: one.move_id == move)
            debit._tell(cls._day(day))
        with cls.at(str(DebitTerms(5).submit_by(debit.collect_on))):
            batch.action_present()
        return debit

    def _pay(self, move, day):
        line = move.line_ids.filtered(lambda one: one.display_type == "payment_term")
        payment = self._prepay(
            move.amount_total, day, move.partner_id, currency_id=self.euro.id
        )
        lines = payment.line_ids if "line_ids" in payment else payment.move_id.line_ids
        credit = lines.filtered(lambda one: one.account_id == line.account_id)
        (line | credit).reconcile()
        return payment

    def _back_and_keep(self, debit, code, day):
        """By the dialog: it came back on ``day``, and what had settled its item was
        other money, which stays."""
        with self.at(day):
            dialog = self.env["cobranza.debit.back"].create(
                {
                    "debit_ids": [Command.set(debit.ids)],
                    "code": code,
                    "day": day,
                    "keep": True,
                }
            )
            self.assertTrue(dialog.any_paid)
            dialog.action_confirm()
        self.assertEqual(debit.state, "returned")
        self.assertTrue(debit.move_line_id.reconciled)

    def _upkeep(self, day):
        with self.at(day):
            today = self.company._cobranza_today()
            model = self.company._cobranza_engine(self.env["cobranza.debit"].sudo())
            due = model._upkeep_due(self.company, today, 500)
            due._upkeep(today)
            self.assertFalse(model._upkeep_due(self.company, today, 500))
        return due


@tagged("post_install", "-at_install")
class TestDebit(DebitCommon):
    """What is debited, when its debtor is told, and when it is presented."""

    def test_the_days_of_a_debit_before_christmas(self):
        """§12: due 2026-12-23: told by 12-09, D+5 12-31, refund to 2027-02-17,
        unauthorised to 2028-01-23."""
        debit = self._presented(self._bill())
        self.assertEqual(debit.collect_on, date(2026, 12, 23))
        self.assertEqual(debit.notify_by, date(2026, 12, 9))
        self.assertEqual(debit.presented_on, date(2026, 12, 22))
        self.assertEqual(debit.return_until, date(2026, 12, 31))
        self.assertEqual(debit.refund_until, date(2027, 2, 17))
        self.assertEqual(debit.unauthorised_until, date(2028, 1, 23))
        self.assertEqual(debit.state, "presented")
        self.assertEqual(debit.mandate_id.last_used_on, date(2026, 12, 23))

    def test_t53_t54(self):
        with self.at("2026-09-01"):
            debit = self._presented(
                self._bill("2026-10-05", invoice_date="2026-08-20"), "2026-09-02"
            )
        self.assertEqual(debit.refund_until, date(2026, 11, 30))
        self.assertEqual(debit.unauthorised_until, date(2027, 11, 5))
        scheme = debit._scheme()
        self.assertEqual(scheme.notify_by(date(2026, 12, 5)), date(2026, 11, 21))

    def test_the_day_moves_with_the_notice(self):
        move = self._bill()
        for day, expected in (
            ("2026-12-08", "2026-12-23"),
            ("2026-12-09", "2026-12-23"),
            ("2026-12-10", "2026-12-24"),
        ):
            with self.subTest(day), self.at(day):
                batch = self._batch()
                self.assertEqual(str(batch.debit_ids.collect_on), expected)
                self.assertEqual(batch.debit_ids.move_id, move)
                batch.action_cancel()
                self.assertEqual(batch.debit_ids.state, "cancelled")

    def test_a_notice_passes_the_gate_and_moves_the_day_when_it_leaves_late(self):
        self._bill()
        self.company.cobranza_mode = "automatic"
        with self.at("2026-12-09"):
            batch = self._batch()
            batch.action_notify()
            contact = batch.debit_ids.notice_contact_id
            self.assertTrue(contact.released)
            self.assertEqual(contact.text_purpose, "debit_notice")
            with self.assertRaisesRegex(UserError, "told already"):
                batch.action_notify()
        with self.at("2026-12-11"):
            said = contact._merge_values()
            self.assertIn("12/28/2026", said["debit_list"])
            self.assertIn(self.mandate.reference, said["debit_mandate"])
            contact._through_gate()._set_state("sending")
            contact._through_gate()._set_state("sent", sent_at="2026-12-11 12:00:00")
        self.assertEqual(batch.debit_ids.state, "notified")
        self.assertEqual(batch.debit_ids.notified_on, date(2026, 12, 11))
        self.assertEqual(batch.debit_ids.collect_on, date(2026, 12, 28))

    def test_nothing_is_presented_of_which_the_debtor_was_not_told(self):
        self._bill()
        batch = self._batch()
        debit = batch.debit_ids
        with self.assertRaisesRegex(UserError, "told of the day"):
            batch.action_present()
        with self.at("2026-12-10"), self.assertRaisesRegex(UserError, "had to be told"):
            debit._tell(date(2026, 12, 10))

    def test_where_the_contract_says_so_nobody_is_told(self):
        self.mandate._through_gate().write({"notice_agreed": True, "notice_days": 0})
        self._bill("2026-11-24")
        batch = self._batch()
        self.assertEqual(batch.debit_ids.collect_on, date(2026, 11, 24))
        batch.action_present()
        self.assertEqual(batch.debit_ids.state, "presented")

    def test_the_list_for_the_bank(self):
        debit = self._presented(self._bill())
        text = debit.batch_id.file_id.raw.decode("utf-8-sig")
        [row] = csv.DictReader(io.StringIO(text))
        self.assertEqual(row["collect_on"], "2026-12-23")
        self.assertEqual(row["amount"], "500.00")
        self.assertEqual(row["account"], self.mandate.account_number)
        self.assertEqual(row["mandate"], self.mandate.reference)
        with self.assertRaises(UserError):
            debit.batch_id.file_id.unlink()

    def test_what_is_left_out_is_told(self):
        self._bill(partner=self.partner_b)
        batch = self._batch()
        self.assertFalse(batch.debit_ids)
        self.assertIn("no mandate", batch.left_out)

    def test_what_stops_letters_stops_debits(self):
        move = self._bill("2026-10-05", invoice_date="2026-09-01")
        self._run("2026-10-10")
        self.env["cobranza.dispute"].create(
            {
                "debtor_id": self._debts(move).debtor_id.id,
                "debt_id": self._debts(move).id,
                "whole": True,
                "reason": "other",
                "description": "No",
            }
        )
        batch = self._batch()
        self.assertFalse(batch.debit_ids)
        self.assertIn("Disputed", batch.left_out)

    def test_an_item_is_never_debited_twice(self):
        debit = self._presented(self._bill())
        self.assertFalse(self._batch().debit_ids)
        again = debit.sudo()._again_values(debit.collect_on)
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["cobranza.debit"].sudo()._through_gate().create(again)
        self._pay(debit.move_id, "2026-12-24")
        self._upkeep("2026-12-24")
        self.assertEqual(debit.state, "paid")
        with self.assertRaises(UserError):
            debit._take_out("no")

    # -- what has become known since it was picked -------------------------------------

    def test_a_mandate_for_one_debit_gets_one(self):
        self.mandate._stop("revoked", "creditor", "")
        mandate = self._valid(kind="one_off")
        self._bill(amount=100)
        batch = self._batch()
        self.assertEqual(batch.debit_ids.mandate_id, mandate)
        self._bill(amount=200)
        other = self._batch()
        self.assertFalse(other.debit_ids)
        self.assertIn("one debit only", other.left_out)
        twin = batch.debit_ids.sudo().copy_data()[0]
        line = self._bill(amount=100).line_ids.filtered("date_maturity")
        twin |= {"move_line_id": line.id, "move_id": line.move_id.id, "amount": 100}
        twin |= {"state": "planned", "batch_id": batch.id}
        self.env["cobranza.debit"].sudo()._through_gate().create(twin)
        batch.debit_ids._tell(date(2026, 11, 23))
        with self.at("2026-12-22"):
            batch.action_present()
        self.assertEqual(
            batch.debit_ids.sorted("id").mapped("state"), ["presented", "cancelled"]
        )

    def test_it_is_judged_again_when_it_is_presented(self):
        def no_debit(move):
            move.cobranza_no_debit = True

        def switch(move):
            partner = move.partner_id.with_company(self.company)
            partner.cobranza_direct_debit = False

        def regime(move):
            debtor = self.mandate.debtor_id
            debtor.sudo()._through_gate().regime = "consumer"
            self.mandate.sudo()._through_gate().flush_recordset()
            self.cr.execute(
                "UPDATE cobranza_mandate SET scheme = 'b2b' WHERE id = %s",
                [self.mandate.id],
            )
            self.env.invalidate_all()

        def promise(move):
            line = move.line_ids.filtered("date_maturity")
            debts = self.env["cobranza.debt"].sudo()
            debt = debts._open_from(line, move.partner_id, 1)
            self.env["cobranza.promise"].create(
                {
                    "debtor_id": debt.debtor_id.id,
                    "debt_ids": [Command.set(debt.ids)],
                    "amount": 500,
                    "promised_on": "2026-12-30",
                    "made_on": "2026-11-25",
                }
            )

        for change, words in (
            (no_debit, "any more"),
            (switch, "any more"),
            (regime, "by that scheme"),
            (promise, "later day"),
        ):
            with self.subTest(change.__name__), self.env.cr.savepoint() as point:
                move = self._bill()
                batch = self._batch()
                debit = batch.debit_ids
                debit._tell(date(2026, 11, 23))
                with self.at("2026-11-25"):
                    change(move)
                picker = DebitPicker(self.env, self.company, "core")
                self.assertFalse(debit.sudo()._sift(picker))
                self.assertEqual(debit.state, "cancelled")
                self.assertIn(words, debit.state_reason)
                point.rollback()
                self.env.invalidate_all()

    def test_nobody_takes_back_what_the_bank_has(self):
        debit = self._presented(self._bill())
        with self.at("2026-12-23"), self.assertRaisesRegex(UserError, "its day"):
            debit.action_take_out()
        with self.at("2026-12-22"):
            debit.action_take_out()
        self.assertEqual(debit.state, "cancelled")

    def test_being_told_late_concerns_only_who_was_not(self):
        self._bill(amount=100)
        batch = self._batch()
        first = batch.debit_ids
        first._tell(date(2026, 11, 23))
        with self.at("2026-12-12"):
            self._bill("2026-12-30", 200)
            batch.action_fill()
            batch.debit_ids._tell(date(2026, 12, 12))
        self.assertEqual(set(batch.debit_ids.mapped("state")), {"notified"})
        self.assertEqual(first.notified_on, date(2026, 11, 23))

    def test_a_queued_letter_stays_with_its_debit(self):
        self.company.cobranza_mode = "automatic"
        self._bill("2026-12-23", 100)
        self._bill("2026-12-23", 200)
        batch = self._batch()
        told, waits = batch.debit_ids
        told._tell(date(2026, 11, 23))
        batch.action_notify()
        contact = waits.notice_contact_id
        self.assertTrue(contact)
        with self.at("2026-12-01"):
            batch.action_present()
        self.assertEqual(told.state, "presented")
        self.assertEqual(waits.notice_contact_id, contact)
        with self.at("2026-12-02"):
            contact._through_gate()._set_state("sending")
            contact._through_gate()._set_state("sent", sent_at="2026-12-02 12:00:00")
            self.assertEqual(waits.state, "notified")
            again = self._batch()
        self.assertEqual(again.debit_ids, waits)
        contact._add_events("bounced", "Mail server")
        self.assertEqual(waits.state, "planned")
        self.assertFalse(waits.notified_on)

    def test_the_scheme_of_a_batch_with_debits_stays(self):
        self._bill()
        batch = self._batch()
        with self.assertRaisesRegex(UserError, "another scheme"):
            batch.scheme = "b2b"
        batch.debit_ids.action_take_out()
        batch.scheme = "b2b"

    def test_a_day_that_was_missed_is_told_once_for_each_batch(self):
        self._bill(amount=100)
        self._bill(amount=200)
        batch = self._batch()
        self._upkeep("2026-12-24")
        self.assertEqual(set(batch.debit_ids.mapped("state")), {"cancelled"})
        self.assertEqual(len(batch.activity_ids), 1)
        self.assertEqual(batch.activity_ids.user_id, batch.create_uid)
        self._upkeep("2026-12-25")
        self.assertEqual(len(batch.activity_ids), 1)

    def test_a_draft_may_be_deleted_though_it_was_debited(self):
        move = self._bill()
        debit = self._batch().debit_ids
        name, lines = move.name, move.line_ids
        move.button_draft()
        lines.with_context(dynamic_unlink=True, force_delete=True).unlink()
        self.assertFalse(debit.move_line_id)
        self.assertEqual(debit.document, name)
        self.assertEqual(debit.move_id, move)
        self._upkeep("2026-11-24")
        self.assertEqual(debit.state, "cancelled")

    def test_the_debtor_of_a_debit_is_not_changed(self):
        self._bill()
        debit = self._batch().debit_ids
        other = self._valid(self.partner_b).debtor_id
        user = self._role("accountant")
        with self.assertRaises(UserError):
            debit.with_user(user).debtor_id = other

    def test_the_law_is_read_the_same_for_many(self):
        self.mandate._through_gate().write({"notice_agreed": True, "notice_days": 0})
        model = type(self.env["cobranza.parameter"])
        plain, reads = model._legal_table, []

        def read(parameters, *days):
            reads.append(days)
            return plain(parameters, *days)

        def count(batch, act):
            self.env.flush_all()
            self.env.invalidate_all()
            reads.clear()
            before = self.env.cr.sql_log_count
            with patch.object(model, "_legal_table", read):
                act(batch)
                self.env.flush_all()
            return len(reads), self.env.cr.sql_log_count - before

        found = []
        for many in (3, 3, 220):
            moves = self.env["account.move"].browse()
            moves = self._bill("2026-11-24", 10)
            for _one in range(many - 1):
                moves |= moves[0].copy(
                    {"invoice_date": "2026-11-20", "invoice_date_due": "2026-11-24"}
                )
            (moves - moves[0]).action_post()
            batch = self._batch(fill=False)
            fill = count(batch, lambda one: one.action_fill())
            self.assertEqual(len(batch.debit_ids), many)
            present = count(batch, lambda one: one.action_present())
            self.assertEqual(set(batch.debit_ids.mapped("state")), {"presented"})
            found.append((fill, present))
        _warm, few, lots = found
        self.assertEqual([one[0] for one in few], [one[0] for one in lots])
        for one, other in zip(few, lots, strict=True):
            self.assertLess(other[1], one[1] + 15)

    # -- in the ladder -----------------------------------------------------------------

    def _covered(self, debt, day):
        return self.env["cobranza.debt"].sudo()._covered(debt.ids, self._day(day))

    def test_a_live_debit_covers_its_debt_and_no_hold_is_needed(self):
        move = self._bill("2026-11-10", invoice_date="2026-10-20")
        with self.at("2026-10-22"):
            batch = self._batch()
            batch.debit_ids._tell(date(2026, 10, 22))
        self._run("2026-11-09")
        with self.at("2026-11-09"):
            batch.action_present()
        self._run("2026-11-15")
        debt = self._debts(move)
        until = batch.debit_ids.return_until
        self.assertEqual(until, date(2026, 11, 17))
        for day, covered in (("2026-11-17", True), ("2026-11-18", False)):
            found = self._covered(debt, day)
            self.assertEqual(bool(found), covered, day)
        self.assertEqual(
            self._covered(debt, "2026-11-16")[debt.id], (Reason.DIRECT_DEBIT, until)
        )
        self.assertEqual(debt.reason, "direct_debit")
        self.assertFalse(debt.debtor_id.hold_ids)
        self._switch(False)
        self.assertTrue(self._covered(debt, "2026-11-16"))
        self._switch(True)
        self._upkeep("2026-11-18")
        tasks = debt.debtor_id.activity_ids.filtered(
            lambda one: "neither was paid" in (one.summary or "")
        )
        self.assertEqual(len(tasks), 1)
        self.assertEqual(batch.debit_ids.state, "presented")
        self._upkeep("2026-11-19")
        self.assertEqual(len(tasks.exists()), 1)

    def test_the_upkeep_asks_the_same_for_many(self):
        moves = [self._bill(amount=10 + one) for one in range(30)]
        batch = self._batch()
        self.assertEqual(len(batch.debit_ids), 30)
        batch.debit_ids._tell(date(2026, 11, 23))
        with self.at("2026-12-22"):
            batch.action_present()
        self.assertEqual(len(moves), 30)
        debits = batch.debit_ids.sudo()
        day = date(2027, 1, 4)

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            some.mapped("move_line_id.reconciled")
            some.mapped("debtor_id.user_id")
            before = self.env.cr.sql_log_count
            some._upkeep(day)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(debits[:2])
        few, many = count(debits[2:5]), count(debits[5:])
        self.assertLessEqual(many, few + 5)

    # -- who may -----------------------------------------------------------------------

    def test_roles(self):
        self._bill()
        accountant = self._role("accountant")
        batch = (
            self.env["cobranza.debit.batch"]
            .with_user(accountant)
            .create({"scheme": "core", "due_until": "2026-12-31"})
        )
        batch.action_fill()
        debit = batch.debit_ids
        self.assertEqual(len(debit), 1)
        for vals in ({"state": "paid"}, {"amount": 1}, {"collect_on": "2026-12-01"}):
            with self.subTest(vals), self.assertRaises(UserError):
                debit.write(vals)
        for role in ("lawyer", "approver", "collector"):
            user = self._role(role)
            with self.assertRaises(AccessError):
                batch.with_user(user).action_fill()
        for role in ("lawyer", "approver"):
            user = self.env["res.users"].search(
                [("login", "=", f"{role}_testdebit")], limit=1
            )
            with self.assertRaises(AccessError):
                debit.with_user(user)._take_out("no")

    def test_nobody_sees_the_debits_of_another_company(self):
        self._bill()
        batch = self._batch()
        other = self.setup_other_company()["company"]
        stranger = self._role("manager", other)
        for model in ("cobranza.debit", "cobranza.debit.batch"):
            self.assertFalse(self.env[model].with_user(stranger).search_count([]))
        with self.assertRaises(AccessError):
            batch.debit_ids.with_user(stranger).read(["amount"])


class ReturnCommon(DebitCommon):
    """Reasons of returns as the banks of a country give them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from ...models.mandate.return_code import ReturnCode

        codes = type(cls.env["cobranza.debit.return.code"])
        plain = codes._rows
        own = (
            ReturnCode("T_AGAIN", "Funds", "Ask", again=True, funds=True),
            ReturnCode("T_REFUND", "Refund", "Ask", refund=True),
            ReturnCode("T_ERROR", "Error", "Mend", own_error=True),
            ReturnCode("T_BLOCKS", "Unknown", "Mend", own_error=True, blocks=True),
            ReturnCode(
                "T_CLOSED",
                "Closed",
                "Call",
                mandate="revoked",
                stop="account",
                account=True,
                same_account=True,
            ),
            ReturnCode(
                "T_SIGNED",
                "Not signed",
                "Prove",
                mandate="suspended",
                stop="unauthorised",
                dispute=True,
            ),
            ReturnCode("T_DEAD", "Dead", "Heirs", deceased=True),
        )
        cls.startClassPatcher(
            patch.object(codes, "_rows", lambda self: (*plain(self), *own))
        )
        cls.env.registry.clear_cache()
        cls.addClassCleanup(cls.env.registry.clear_cache)

    def _back(self, debit, code, day="2026-12-28", **vals):
        with self.at(day):
            debit._come_back(code, self._day(day), **vals)

    def _paid(self):
        debit = self._presented(self._bill("2026-12-23"))
        with self.at("2026-12-23"):
            payment = self._pay(debit.move_id, "2026-12-23")
        self._upkeep("2026-12-23")
        self.assertEqual(debit.state, "paid")
        return debit, payment


@tagged("post_install", "-at_install")
class TestDebitReturn(ReturnCommon):
    """What follows when a debit comes back."""

    def test_a_debit_without_funds_is_presented_once_more_then_no_more(self):
        self.mandate._through_gate().write({"notice_agreed": True, "notice_days": 2})
        debit = self._presented(self._bill())
        self._back(debit, "T_AGAIN")
        self.assertEqual(debit.state, "returned")
        again = self.env["cobranza.debit"].search([("parent_id", "=", debit.id)])
        self.assertEqual(again.number, 2)
        self.assertEqual(again.collect_on, date(2026, 12, 30))
        self.assertEqual(self.mandate.state, "valid")
        with self.at("2026-12-28"):
            batch = self._batch()
            self.assertEqual(batch.debit_ids, again)
            again._tell(date(2026, 12, 28))
        with self.at("2026-12-29"):
            batch.action_present()
        self.assertEqual(again.state, "presented")
        self._back(again, "T_AGAIN", "2027-01-04")
        self.assertEqual(self.mandate.state, "suspended")
        self.assertEqual(self.mandate.stop_reason, "returned")
        self.assertFalse(self.env["cobranza.debit"].search([("state", "=", "planned")]))

    def test_without_room_for_the_notice_it_is_not_presented_again(self):
        debit = self._presented(self._bill())
        self._back(debit, "T_AGAIN", "2027-01-05")
        self.assertFalse(
            self.env["cobranza.debit"].search([("parent_id", "=", debit.id)])
        )

    def test_a_refund_opens_what_was_paid_and_a_promise_that_was_kept(self):
        move = self._bill("2026-10-05", invoice_date="2026-09-01")
        with self.at("2026-09-10"):
            batch = self._batch("2026-10-05")
            batch.debit_ids._tell(date(2026, 9, 10))
        with self.at("2026-10-02"):
            batch.action_present()
        debit = batch.debit_ids
        with self.at("2026-10-06"):
            self._pay(move, "2026-10-06")
        self._upkeep("2026-10-06")
        self.assertEqual(debit.state, "paid")
        self._run("2026-10-12")
        self._back(debit, "T_REFUND", "2026-11-14")
        self.assertEqual(debit.state, "refunded")
        self.assertEqual(move.payment_state, "not_paid")
        self.assertFalse(
            self.env["cobranza.debit"].search([("parent_id", "=", debit.id)])
        )
        batch = self._batch()
        self.assertFalse(batch.debit_ids)
        self.assertTrue(batch.left_out)

    def test_our_own_error_is_never_dunned(self):
        move = self._bill("2026-11-10", invoice_date="2026-10-20")
        with self.at("2026-10-22"):
            batch = self._batch()
            batch.debit_ids._tell(date(2026, 10, 22))
        with self.at("2026-11-09"):
            batch.action_present()
        self._run("2026-11-15")
        debit, debt = batch.debit_ids, self._debts(move)
        with self.at("2026-11-16"), self.assertRaisesRegex(UserError, "none of the"):
            debit._come_back("T_ERROR", date(2026, 11, 16), cost=3)
        self._back(debit, "T_ERROR", "2026-11-16")
        covered = self.env["cobranza.debt"].sudo()._covered
        found = covered(debt.ids, date(2027, 3, 1))
        self.assertEqual(found, {debt.id: (Reason.DIRECT_DEBIT, None)})
        debit.action_answered()
        self.assertFalse(covered(debt.ids, date(2027, 3, 1)))

    def test_a_closed_account_ends_the_mandate(self):
        debit = self._presented(self._bill())
        self._back(debit, "T_CLOSED")
        self.assertEqual(self.mandate.state, "revoked")
        self.assertFalse(self.mandate.bank_account_id.active)

    def test_every_mandate_of_a_closed_account_ends(self):
        twin, debit = self._valid(), self._presented(self._bill())
        self.assertEqual(twin.account_number, self.mandate.account_number)
        other = self._valid(self.partner_b)
        self._back(debit, "T_CLOSED")
        self.assertEqual((self.mandate | twin).mapped("state"), ["revoked"] * 2)
        self.assertEqual(other.state, "valid")

    def test_somebodys_own_transfer_stays(self):
        debit = self._presented(self._bill())
        line = debit.move_line_id
        with self.at("2026-12-22"):
            self._pay(debit.move_id, "2026-12-22")
        self._back(debit, "T_AGAIN")
        self.assertTrue(line.reconciled)
        self.assertEqual(debit.state, "returned")
        again = self.env["cobranza.debit"].search([("parent_id", "=", debit.id)])
        self.assertFalse(again)

    def test_only_the_money_of_the_debit_is_undone(self):
        debit = self._presented(self._bill())
        line = debit.move_line_id
        for day, amount in (("2026-12-20", 200), ("2026-12-23", 300)):
            with self.at(day):
                payment = self._prepay(
                    amount, day, self.partner_a, currency_id=self.euro.id
                )
                move = payment.move_id if "move_id" in payment else payment
                credit = move.line_ids.filtered(
                    lambda one: one.account_id == line.account_id
                )
                (line | credit).reconcile()
        self._upkeep("2026-12-23")
        self.assertEqual(debit.state, "paid")
        collector = self._role("collector")
        with self.at("2026-12-28"):
            debit.with_user(collector)._come_back("T_REFUND", date(2026, 12, 28))
        self.assertEqual(debit.state, "refunded")
        self.assertEqual(line.amount_residual_currency, 300)
        undone = self.env["cobranza.settlement.undone"].sudo()
        self.assertEqual(undone.search([("debit_id", "=", debit.id)]).amount, 300)

    def test_what_was_paid_by_other_means_stays_if_somebody_says_so(self):
        debit, _payment = self._paid()
        self._back_and_keep(debit, "T_AGAIN", "2026-12-28")

    def test_the_upkeep_finds_many_paid_as_few(self):
        moves = [self._bill(amount=10 + one) for one in range(30)]
        batch = self._batch()
        batch.debit_ids._tell(date(2026, 11, 23))
        with self.at("2026-12-22"):
            batch.action_present()
        with self.at("2026-12-23"):
            for move in moves:
                self._pay(move, "2026-12-23")
        debits = batch.debit_ids.sudo()

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._upkeep(date(2026, 12, 24))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(debits[:2])
        few, many = count(debits[2:5]), count(debits[5:])
        self.assertEqual(set(debits.mapped("state")), {"paid"})
        self.assertTrue(all(debit.money_line_ids for debit in debits))
        self.assertLessEqual(many, few + 5)

    def test_an_objection_before_any_run_is_kept(self):
        debit, _payment = self._paid()
        self.assertFalse(self._debts(debit.move_id))
        self._back(debit, "T_SIGNED", "2027-02-20")
        debt = self._debts(debit.move_id)
        dispute = self.env["cobranza.dispute"].search([("debt_id", "=", debt.id)])
        self.assertTrue(dispute.whole)
        self.assertFalse(debit.move_line_id.reconciled)

    def test_a_credit_note_is_no_payment(self):
        debit = self._presented(self._bill())
        with self.at("2026-12-23"):
            debit.move_id._reverse_moves(cancel=True)
        self.assertTrue(debit.move_line_id.reconciled)
        self._upkeep("2026-12-24")
        self.assertEqual(debit.state, "presented")
        self._upkeep("2027-01-04")
        self.assertEqual(debit.state, "presented")
        self.assertTrue(debit.asked_on)

    def test_what_was_paid_and_is_open_again_is_asked_about_once(self):
        debit, payment = self._paid()
        entry = payment.move_id if "move_id" in payment else payment
        entry.button_draft()
        entry.button_cancel()
        before = len(debit.debtor_id.activity_ids)
        for day in ("2027-01-04", "2027-01-05"):
            self._upkeep(day)
            self.assertEqual(len(debit.debtor_id.activity_ids), before + 1)
        self.assertEqual(debit.reopened_on, date(2027, 1, 4))
        with self.at("2027-01-05"):
            batch = self._batch()
            self.assertIn("open again", batch.left_out)
            debit.action_again()
            batch.action_fill()
        self.assertEqual(batch.debit_ids.parent_id, debit)

    def test_nothing_is_presented_while_the_bank_does_not_know_us(self):
        debit = self._presented(self._bill())
        self._back(debit, "T_BLOCKS")
        self._bill("2027-01-20")
        with self.at("2026-12-28"):
            batch = self._batch("2027-01-31")
            batch.debit_ids._tell(date(2026, 12, 28))
        collector = self._role("collector")
        with self.at("2027-01-18"), self.assertRaisesRegex(UserError, "manager"):
            batch.action_present()
        with self.assertRaises(AccessError):
            debit.with_user(collector).action_answered()
        with self.at("2027-01-19"):
            debit.with_user(self._role("manager")).action_answered()
            batch.action_present()
        self.assertIn("presented", batch.debit_ids.mapped("state"))

    def test_who_signed_nothing_disputes(self):
        move = self._bill("2026-11-10", invoice_date="2026-10-20")
        with self.at("2026-10-22"):
            batch = self._batch()
            batch.debit_ids._tell(date(2026, 10, 22))
        with self.at("2026-11-09"):
            batch.action_present()
        self._run("2026-11-15")
        self._back(batch.debit_ids, "T_SIGNED", "2026-11-16")
        self.assertEqual(self.mandate.state, "suspended")
        dispute = self.env["cobranza.dispute"].search(
            [("debt_id", "=", self._debts(move).id)]
        )
        self.assertTrue(dispute.whole)

    def test_the_dead_are_left_alone(self):
        debit = self._presented(self._bill())
        self._back(debit, "T_DEAD")
        self.assertEqual(debit.debtor_id.deceased_on, date(2026, 12, 28))

    def test_the_cost_of_the_bank_needs_its_proof(self):
        debit = self._presented(self._bill())
        self._run("2026-12-28")
        with self.at("2026-12-28"):
            dialog = self.env["cobranza.debit.back"].create(
                {
                    "debit_ids": [Command.set(debit.ids)],
                    "code": "unknown",
                    "day": "2026-12-28",
                    "cost": 3.5,
                }
            )
            with self.assertRaisesRegex(UserError, "proof"):
                dialog.action_confirm()
            dialog.write({"file": "cHJvb2Y=", "filename": "bank.pdf"})
            dialog.action_confirm()
        self.assertEqual(debit.cost_id.amount, 3.5)
        self.assertEqual(debit.cost_id.kind, "returned_debit")
        self.assertEqual(debit.state, "returned")

    def test_the_collector_is_told_once(self):
        self._bill(amount=100)
        self._bill(amount=200)
        batch = self._batch()
        batch.debit_ids._tell(date(2026, 11, 23))
        with self.at("2026-12-22"):
            batch.action_present()
        debits = batch.debit_ids
        debtor = debits.debtor_id
        before = len(debtor.activity_ids)
        self._back(debits, "unknown")
        debtor.invalidate_recordset()
        self.assertEqual(len(debtor.activity_ids), before + 1)

    def test_it_comes_back_on_a_day_that_can_be_and_once(self):
        debit = self._presented(self._bill())
        for day in ("2026-12-21", "2026-12-29"):
            with self.at("2026-12-28"), self.assertRaises(UserError):
                debit._come_back("unknown", self._day(day))
        self._back(debit, "unknown")
        with self.assertRaisesRegex(UserError, "only what was presented"):
            self._back(debit, "unknown")
        with self.assertRaises(UserError):
            debit.return_note = "changed"
