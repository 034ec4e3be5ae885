import random
from contextlib import suppress
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...kernel.calendars import WorkCalendar
from ...kernel.debit import DebitTerms
from ...kernel.mandate import target_calendar
from ...models.mandate.return_code import ReturnCode
from .test_debit import DebitCommon

LIVE = ("planned", "notified", "presented", "paid")
FIRST = date(2026, 11, 23)


class Killed(Exception):
    """The process ends here."""


class Undo(Exception):
    """Nothing of a history stays."""


class HistoryCommon(DebitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        codes = type(cls.env["cobranza.debit.return.code"])
        plain = codes._rows
        own = (
            ReturnCode("T_AGAIN", "Funds", "Ask", again=True, funds=True),
            ReturnCode("T_REFUND", "Refund", "Ask", refund=True),
        )
        cls.startClassPatcher(
            patch.object(codes, "_rows", lambda self: (*plain(self), *own))
        )
        cls.env.registry.clear_cache()
        cls.addClassCleanup(cls.env.registry.clear_cache)

    def _again_of(self, debit):
        return self.env["cobranza.debit"].search([("parent_id", "=", debit.id)])

    def _back(self, debit, code, day):
        with self.at(day):
            debit._come_back(code, self._day(day))


@tagged("post_install", "-at_install")
class TestDebitOrders(HistoryCommon):
    """What happens on one day ends the same in whichever order it is recorded."""

    def test_a_refund_on_the_day_of_the_money_undoes_it_whoever_saw_it(self):
        for upkeep in (False, True):
            with self.subTest(upkeep=upkeep), suppress(Undo), self.cr.savepoint():
                debit = self._presented(self._bill())
                with self.at("2026-12-23"):
                    self._pay(debit.move_id, "2026-12-23")
                if upkeep:
                    self._upkeep("2026-12-23")
                self._back(debit, "T_REFUND", "2026-12-23")
                self.assertEqual(debit.state, "refunded")
                self.assertEqual(debit.move_line_id.amount_residual_currency, 500)
                undone = self.env["cobranza.settlement.undone"].sudo()
                found = undone.search_count([("debit_id", "=", debit.id)])
                self.assertEqual(found, bool(self._debts(debit.move_id)))
                self.assertFalse(self._upkeep("2026-12-24"))
                raise Undo
            self.env.invalidate_all(flush=False)

    def test_other_money_of_that_day_stays_if_somebody_says_so(self):
        debit = self._presented(self._bill())
        with self.at("2026-12-23"):
            self._pay(debit.move_id, "2026-12-23")
        self._back_and_keep(debit, "unknown", "2026-12-23")

    def test_money_after_the_return_of_the_same_day_is_no_money_of_the_debit(self):
        debit = self._presented(self._bill())
        self._back(debit, "unknown", "2026-12-23")
        with self.at("2026-12-23"):
            self._pay(debit.move_id, "2026-12-23")
        self._upkeep("2026-12-23")
        self.assertEqual(debit.state, "returned")
        self.assertFalse(debit.money_line_ids)
        self.assertTrue(debit.move_line_id.reconciled)

    def test_a_second_presentation_that_waits_is_left_out_when_the_debtor_pays(self):
        self.mandate._through_gate().write({"notice_agreed": True, "notice_days": 2})
        debit = self._presented(self._bill())
        self._back(debit, "T_AGAIN", "2026-12-28")
        again = self._again_of(debit)
        self.assertEqual(again.state, "planned")
        with self.at("2026-12-28"):
            self._pay(debit.move_id, "2026-12-28")
        self._upkeep("2026-12-28")
        self.assertEqual(again.state, "cancelled")

    # -- between the notice and the bank -----------------------------------------------

    def _told(self, **vals):
        move = self._bill(**vals)
        batch = self._batch()
        batch.debit_ids._tell(FIRST)
        return batch, batch.debit_ids, move

    def _cancelled(self, batch, debit, words):
        refused = self.assertRaisesRegex(UserError, words)
        with self.at("2026-12-22"), refused, self.cr.savepoint():
            batch.action_present()
        picker = self._picker()
        with self.at("2026-12-22"):
            self.assertFalse(debit.sudo()._sift(picker))
        self.assertEqual(debit.state, "cancelled")

    def _picker(self):
        from ...models.mandate.debit_picker import DebitPicker

        return DebitPicker(self.env, self.company, "core")

    def test_a_transfer_before_the_bank_has_it_leaves_nothing_to_debit(self):
        batch, debit, move = self._told()
        with self.at("2026-12-10"):
            self._pay(move, "2026-12-10")
        self._cancelled(batch, debit, "Nothing is left")

    def test_a_partial_payment_frees_the_item_for_another_batch(self):
        batch, debit, move = self._told()
        with self.at("2026-11-25"):
            line = debit.move_line_id
            payment = self._prepay(
                200, "2026-11-25", self.partner_a, currency_id=self.euro.id
            )
            entry = payment.move_id if "move_id" in payment else payment
            credit = entry.line_ids.filtered(
                lambda one: one.account_id == line.account_id
            )
            (line | credit).reconcile()
        self._cancelled(batch, debit, "has changed")
        with self.at("2026-12-01"):
            other = self._batch()
        self.assertEqual(other.debit_ids.amount, 300)
        self.assertEqual(other.debit_ids.move_id, move)

    def test_a_credit_note_leaves_nothing_to_debit(self):
        batch, debit, move = self._told()
        with self.at("2026-12-10"):
            move._reverse_moves(cancel=True)
        self._cancelled(batch, debit, "Nothing is left")

    def test_an_invoice_that_is_a_draft_again_is_not_debited(self):
        batch, debit, move = self._told()
        with self.at("2026-12-10"):
            move.button_draft()
        self._cancelled(batch, debit, "Nothing is left")

    def test_a_mandate_that_is_revoked_after_the_notice_is_not_debited(self):
        batch, debit, _move = self._told()
        with self.at("2026-12-10"):
            self.mandate._stop("revoked", "debtor", "by phone")
        self._cancelled(batch, debit, "not valid any more")
        self.assertFalse(self._batch().debit_ids)

    def test_merged_customers_keep_their_debits(self):
        batch, debit, _move = self._told()
        debtor = debit.debtor_id
        twin = self.env["res.partner"].create({"name": "Twin", "is_company": True})
        with self.at("2026-12-01"):
            wizard = self.env["base.partner.merge.automatic.wizard"].create({})
            wizard._merge((self.partner_a | twin).ids, twin)
        self.env.invalidate_all()
        self.assertEqual(debit.debtor_id.partner_id, twin)
        self.assertEqual(debit.debtor_id, self.mandate.debtor_id)
        self.assertEqual(debit.state, "notified")
        self.assertTrue(debtor.exists() or debit.debtor_id)
        twin.with_company(self.company).cobranza_direct_debit = True
        with self.at("2026-12-22"):
            batch.action_present()
        self.assertEqual(debit.state, "presented")

    # -- between the bank and its day --------------------------------------------------

    def test_a_transfer_before_its_day_is_told_in_time_to_take_it_back(self):
        for back in (False, True):
            with self.subTest(back=back), suppress(Undo), self.cr.savepoint():
                debit = self._presented(self._bill("2026-12-28"))
                with self.at("2026-12-27"):
                    self._pay(debit.move_id, "2026-12-26")
                for day in ("2026-12-26", "2026-12-27"):
                    self._upkeep(day)
                    tasks = debit.debtor_id.activity_ids.filtered(
                        lambda one: "before its direct debit" in (one.summary or "")
                    )
                    self.assertEqual(len(tasks), 1)
                    self.assertIn(debit.batch_id.name, tasks.note)
                    self.assertEqual(debit.state, "presented")
                if back:
                    with self.at("2026-12-27"):
                        debit.action_take_out()
                self._upkeep("2026-12-28")
                self.assertEqual(debit.state, "cancelled" if back else "paid")
                self.assertFalse(debit.money_line_ids)
                raise Undo
            self.env.invalidate_all(flush=False)

    def test_a_payment_that_bounces_before_the_day_leaves_the_debit_at_the_bank(self):
        debit = self._presented(self._bill("2026-12-28"))
        with self.at("2026-12-25"):
            self._pay(debit.move_id, "2026-12-25")
        self._upkeep("2026-12-26")
        debit.move_line_id.remove_move_reconcile()
        self.assertFalse(self._upkeep("2026-12-28"))
        self.assertEqual(debit.state, "presented")
        self._upkeep(str(debit.return_until + timedelta(days=1)))
        self.assertTrue(debit.asked_on)

    def test_the_day_of_a_debit_is_never_a_holiday_of_the_banks(self):
        calendar = target_calendar(2026, 2027)
        self.assertIsInstance(calendar, WorkCalendar)
        terms, day = DebitTerms(5), date(2026, 12, 1)
        while day < date(2027, 4, 10):
            collect = terms.collect_on(day, date(2026, 11, 1), 14)
            self.assertEqual(calendar.next_working(collect), collect, day)
            self.assertGreaterEqual(collect, day)
            day += timedelta(days=1)
        for due, collect in (
            (date(2026, 12, 25), date(2026, 12, 28)),
            (date(2027, 1, 1), date(2027, 1, 4)),
            (date(2027, 3, 26), date(2027, 3, 30)),  # Easter
        ):
            self.assertEqual(terms.collect_on(due, FIRST), collect)
        self.assertEqual(terms.submit_by(date(2026, 12, 28)), date(2026, 12, 24))


@tagged("post_install", "-at_install")
class TestDebitKilled(HistoryCommon):
    """An act that is killed at any of its statements and done again ends as one that
    was not."""

    POINTS = 12

    def _snapshot(self, batch):
        debits = batch.debit_ids.sorted("document")
        notes = self.env["mail.activity"].sudo()
        domain = [
            ("res_model", "in", ("cobranza.debtor", "cobranza.debit.batch")),
            ("res_id", "in", [*debits.debtor_id.ids, *batch.ids]),
        ]
        return (
            batch.state,
            len(batch.file_id),
            [
                (one.document, one.state, one.collect_on, len(one.money_line_ids))
                for one in debits
            ],
            [
                (one.state, one.released)
                for one in debits.notice_contact_id.sorted("id")
            ],
            notes.search_count(domain),
            self.env["cobranza.contact"].search_count(
                [("text_purpose", "=", "debit_notice")]
            ),
            self.env["ir.attachment"]
            .sudo()
            .search_count(
                [("res_model", "=", batch._name), ("res_id", "in", batch.ids)]
            ),
            [(one.last_used_on, one.state) for one in debits.mandate_id],
        )

    def _flush(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def _done(self, act, batch, kill=None):
        """(snapshot after the act, its statements); with ``kill`` it dies there first
        and is done again."""
        plain, count = type(self.cr).execute, 0

        def execute(cursor, *args, **kwargs):
            nonlocal count
            count += 1
            if count == kill:
                raise Killed
            return plain(cursor, *args, **kwargs)

        with (
            suppress(Killed),
            self.cr.savepoint(),
            patch.object(type(self.cr), "execute", execute),
        ):
            act()
            self._flush()
            kill = None
        if kill:
            act()
            self._flush()
        return self._snapshot(batch), count

    def _check(self, act, batch):
        self._flush()
        with suppress(Undo), self.cr.savepoint():
            expected, statements = self._done(act, batch)
            raise Undo
        step = max(statements // self.POINTS, 1)
        for kill in range(1, statements + 1, step):
            with suppress(Undo), self.cr.savepoint():
                found, _count = self._done(act, batch, kill)
                self.assertEqual(found, expected, f"killed at {kill} of {statements}")
                raise Undo

    def _book(self):
        moves = [self._bill(amount=amount) for amount in (100, 200, 300)]
        return moves, self._batch()

    def test_notices(self):
        self.company.cobranza_mode = "automatic"
        _moves, batch = self._book()
        self._check(batch.action_notify, batch)

    def test_presenting(self):
        _moves, batch = self._book()
        batch.debit_ids._tell(FIRST)
        with self.at("2026-12-22"):
            self._check(batch.action_present, batch)

    def test_the_upkeep(self):
        moves, batch = self._book()
        batch.debit_ids._tell(FIRST)
        with self.at("2026-12-22"):
            batch.action_present()
        with self.at("2026-12-23"):
            self._pay(moves[0], "2026-12-23")
        today = date(2027, 1, 4)
        model = self.company._cobranza_engine(self.env["cobranza.debit"].sudo())

        def upkeep():
            model._upkeep_due(self.company, today, 500)._upkeep(today)

        with self.at(str(today)):
            self._check(upkeep, batch)


@tagged("post_install", "-at_install")
class TestDebitHistories(HistoryCommon):
    """Whatever happens in whatever order: what was paid is not presented again, an item
    has one live debit at most, it is covered while that is told or with the bank, and
    states are those that the ledger tells."""

    SEEDS = range(6)
    ACTS = 16

    def test_random_histories(self):
        for seed in self.SEEDS:
            with self.subTest(seed=seed), suppress(Undo), self.cr.savepoint():
                self._play(random.Random(seed))
                raise Undo
            self.env.invalidate_all(flush=False)
            self.cr.precommit.clear()

    def _play(self, chance):
        self.mandate._through_gate().write({"notice_agreed": True, "notice_days": 2})
        self.day, self.moves, self.payments = FIRST, [self._bill_soon(FIRST)], []
        names = [name for name in dir(self) if name.startswith("act_")]
        for _turn in range(self.ACTS):
            name = chance.choice([*names, "act_present", "act_days", "act_upkeep"])
            with self.at(str(self.day)):
                before = self._debits("presented")
                with suppress(UserError), self.cr.savepoint():
                    getattr(self, name)(chance)
                self.env.flush_all()
                self._check(name, before)

    def _bill_soon(self, day):
        return self._bill(str(day + timedelta(days=5)), 100, invoice_date=str(day))

    def _debits(self, *states):
        domain = [("move_id", "in", [move.id for move in self.moves])]
        if states:
            domain.append(("state", "in", states))
        return self.env["cobranza.debit"].sudo().search(domain, order="id")

    # -- acts --------------------------------------------------------------------------

    def act_bill(self, _chance):
        self.moves.append(self._bill_soon(self.day))

    def act_fill(self, _chance):
        self._batch(str(self.day + timedelta(days=30)))

    def act_tell(self, _chance):
        self._debits("planned")._tell(self.day)

    def act_present(self, chance):
        self.act_fill(chance)
        batches = self.env["cobranza.debit.batch"].search([("state", "=", "draft")])
        for batch in batches:
            with suppress(UserError), self.cr.savepoint():
                batch.debit_ids._tell(self.day)
            with suppress(UserError), self.cr.savepoint():
                batch.action_present()

    def act_pay(self, chance):
        move = chance.choice(self.moves)
        if move.state == "posted" and move.payment_state == "not_paid":
            self.payments.append(self._pay(move, str(self.day)))

    def act_unmatch(self, chance):
        move = chance.choice(self.moves)
        move.line_ids.filtered(
            lambda one: one.display_type == "payment_term"
        ).remove_move_reconcile()

    def act_credit(self, chance):
        chance.choice(self.moves)._reverse_moves(cancel=True)

    def act_draft(self, chance):
        move = chance.choice(self.moves)
        if move.state == "posted":
            move.button_draft()
        else:
            move.action_post()

    def act_back(self, chance):
        debits = self._debits("presented", "paid")
        if debits:
            code = chance.choice(("unknown", "T_AGAIN", "T_REFUND", "never_came"))
            debits[chance.randrange(len(debits))]._come_back(code, self.day)

    def act_again(self, chance):
        debits = self._debits()
        if debits:
            debits[chance.randrange(len(debits))].action_again()

    def act_take_out(self, chance):
        debits = self._debits("planned", "notified", "presented")
        if debits:
            debits[chance.randrange(len(debits))].action_take_out()

    def act_stop(self, _chance):
        if self.mandate.state == "valid":
            self.mandate._stop("suspended", "debtor", "")
        else:
            self.mandate._resume("good")

    def act_days(self, chance):
        self.day += timedelta(days=chance.choice((1, 3, 8)))

    def act_run(self, _chance):
        self._run(str(self.day))

    def act_upkeep(self, _chance):
        model = self.company._cobranza_engine(self.env["cobranza.debit"].sudo())
        due = model._upkeep_due(self.company, self.day, 500)
        due._upkeep(self.day)
        self.assertFalse(model._upkeep_due(self.company, self.day, 500))
        self._check_derived()

    # -- what must be true -------------------------------------------------------------

    def _check(self, name, before):
        debits = self._debits()
        for debit in self._debits("presented") - before:
            self.assertFalse(debit.move_line_id.reconciled, name)
        for line, mine in debits.grouped("move_line_id").items():
            live = mine.filtered(lambda one: one.state in LIVE and not one.reopened_on)
            if line:
                self.assertLessEqual(len(live), 1, name)
        self._check_cover(debits)

    def _check_cover(self, debits):
        """Covered while a debit is told of or with the bank, in its days."""
        debits = debits.filtered("move_line_id")
        model = self.env["cobranza.debit"].sudo()
        covered = set(model._covering_items(debits.move_line_id.ids, self.day))
        live = debits.filtered(
            lambda one: (
                (one.state == "notified" and one.collect_on >= self.day)
                or (one.state == "presented" and one.return_until >= self.day)
            )
        )
        self.assertEqual(covered, set(live.move_line_id.ids))

    def _check_derived(self):
        """After the upkeep the ledger tells the states."""
        for debit in self._debits():
            line = debit.move_line_id
            if debit.state in ("planned", "notified"):
                self.assertTrue(line and not line.reconciled)
                self.assertGreaterEqual(debit.collect_on, self.day)
            elif debit.state == "presented" and line.reconciled:
                early = debit.early_on and debit.collect_on > self.day
                self.assertTrue(early or not debit._money())
            elif debit.state == "paid" and line and not debit.reopened_on:
                self.assertTrue(line.reconciled)
