from contextlib import suppress
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...models.kpi.book import KpiBook
from ...models.kpi.sources import CobranzaKpiSources
from ..common.books import Undo
from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestPast(KpiCommon):
    """A figure as it was known then stays, whatever happens to the ledger; the ledger's
    own is measured now, and the difference is listed."""

    def _example(self, way="action_cancel"):
        """1,000 due 2026-09-01, 400 paid on 10-10, undone on 11-05."""
        with self.at("2026-08-01"):
            move = self._invoice("2026-09-01", 1000, invoice_date="2026-08-01")
        self._run("2026-09-20")
        payment = self._paid_on("2026-10-10", 400, move)
        with self.at("2026-11-01"):
            self._take("2026-10-31")
        self._undo(payment, way, "2026-11-05")
        with self.at("2026-12-01"):
            self._take("2026-11-30")
        return move, payment

    def _late(self, day, *, then=True):
        return sum(one.open_company for one in self._book_of(day, then=then).late)

    def test_what_was_undone_stays_in_the_figures_of_its_days(self):
        for way in ("action_cancel", "action_draft", "remove_move_reconcile"):
            with self.subTest(way), suppress(Undo), self.cr.savepoint():
                self._check_example(way)
                raise Undo
            self.env.invalidate_all()
            self.cr.precommit.clear()

    def _check_example(self, way):
        move, payment = self._example(way)
        october, november = "2026-10-31", "2026-11-30"
        with self.at("2026-12-01"):
            for day, overdue in ((october, "600.00"), (november, "1000.00")):
                stored = self._kpi("overdue_rate", day).inputs["overdue"]
                self.assertEqual(stored, overdue)
                self.assertEqual(self._late(day), float(overdue))
                self.assertEqual(self._late(day, then=False), 1000)
            kpi = self._kpi("overdue_rate", october)
            dialog = self.env["cobranza.kpi.compare"].create({"kpi_id": kpi.id})
            rows = {one.document: (one.then, one.now) for one in dialog.line_ids}
            self.assertEqual(rows[move.name], (600, 1000))
            [line] = dialog.line_ids.filtered(lambda one: one.move_id == move)
            self.assertEqual(line.amount, 400)
            self.assertIn(payment.move_id.name or "", line.why)
            self.assertIn("11/05/2026", line.why)
            self.assertEqual(sum(dialog.line_ids.mapped("amount")), dialog.difference)
            loose = way == "remove_move_reconcile"
            self.assertEqual(dialog.difference, 0 if loose else 400)
            self.assertEqual(dialog.balance, 600 if loose else 1000)
            self.assertFalse(dialog.aside)
            self._take(october)
            self.assertEqual(kpi.inputs["overdue"], "600.00")

    def test_what_is_booked_later_with_an_earlier_day_is_listed(self):
        with self.at("2026-10-20"):
            self._invoice(amount=1000)
        with self.at("2026-11-01"):
            self._take("2026-10-31")
        with self.at("2026-11-10"):
            other = self._invoice(amount=50, invoice_date="2026-10-25")
            kpi = self._kpi("dso", "2026-10-31")
            dialog = self.env["cobranza.kpi.compare"].create({"kpi_id": kpi.id})
        self.assertEqual((dialog.open_then, dialog.open_now), (1000, 1050))
        [line] = dialog.line_ids
        self.assertEqual((line.move_id, line.amount), (other, 50))

    def test_the_ledger_figure_is_the_trial_balance(self):
        """Credit notes, advances, another currency, three days."""
        move = self._invoice(amount=1000)
        self._invoice(amount=70, move_type="out_refund")
        foreign = self.setup_other_currency("EUR", rates=[("2020-01-01", 2)])
        other = self._invoice(amount=500, currency_id=foreign.id)
        self._run("2026-10-12")
        self._payment(300, "2026-10-14", move)
        self._payment(90, "2026-11-02")
        self._payment(200, "2026-11-03", other, currency_id=foreign.id)
        self._entry(-25, "2026-11-10")
        for day in ("2026-10-13", "2026-10-31", "2026-11-15"):
            book = self._book_of(day, then=False)
            self.assertTrue(book.balance)
            self.assertEqual(book.receivables, book.balance, day)

    def test_cash_that_came_back_counts_in_its_month_and_comes_off_later(self):
        self._example()
        cash = {}
        with self.at("2026-12-01"):
            for day in ("2026-10-31", "2026-11-30"):
                for then in (True, False):
                    rows = self._book_of(day, then=then).cash
                    cash[day[5:7], then] = [float(one.amount) for one in rows]
        self.assertEqual(cash["10", True], [400])
        self.assertEqual(cash["11", True], [-400])
        self.assertEqual(cash["10", False], cash["11", False])
        self.assertEqual(cash["10", False], [])

    # -- snapshots ---------------------------------------------------------------------

    def test_a_day_is_taken_once(self):
        self._invoice(amount=1000)
        self._take("2026-10-31")
        figures = self.env["cobranza.kpi"].search([])
        before = figures.read(["code", "split", "value", "numerator"])
        self.assertTrue(before)
        self._invoice(amount=500)
        self._take("2026-10-31")
        figures.invalidate_recordset()
        self.assertEqual(self.env["cobranza.kpi"].search([]), figures)
        after = figures.read(["code", "split", "value", "numerator"])
        self.assertEqual(after, before)

    def test_a_source_that_fails_leaves_the_others(self):
        """And what it lacks is filled in when the day is taken again."""
        self._invoice(amount=1000)
        fails = patch.object(
            CobranzaKpiSources, "_measure_overdue", side_effect=ZeroDivisionError
        )
        figures = self.env["cobranza.kpi"].sudo()
        with fails, self.assertLogs("odoo.addons.cobranza_legal.models.kpi.kpi"):
            figures._take(self.company.sudo(), date(2026, 10, 31))
        self.assertFalse(self._kpi("overdue_rate", "2026-10-31"))
        self.assertTrue(self._kpi("dso", "2026-10-31"))
        self._take("2026-10-31")
        self.assertTrue(self._kpi("overdue_rate", "2026-10-31"))

    def test_the_upkeep_takes_the_days_that_are_over(self):
        """Yesterday, and after a gap the days that were missed; each company its own,
        a branch none."""
        other = self._create_company(name="Other")
        branch = self._create_company(name="Branch", parent_id=self.company.id)
        self.env.user.company_ids |= other | branch
        self._invoice(amount=1000)
        figures = self.env["cobranza.kpi"].sudo()
        companies = (self.company | other | branch).sudo()
        ends = patch.object(
            self.registry["ir.cron"], "_commit_progress", return_value=60
        )
        for day in ("2026-11-20", "2026-11-20", "2026-11-23"):
            with ends, self.at(day):
                for company in companies:
                    engine = company._cobranza_engine(figures)
                    engine._daily(company, company._cobranza_today())
        rows = figures.search(
            [("code", "=", "dso"), ("company_id", "in", companies.ids)]
        )
        found = {
            company: [str(one.day) for one in own.sorted("day")]
            for company, own in rows.grouped("company_id").items()
        }
        days = ["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]
        self.assertEqual(found, {self.company: days, other: days})
        late = rows.filtered("backfilled").mapped("day")
        self.assertEqual({str(day) for day in late}, set(days[1:3]))
        values = rows.filtered(lambda one: one.company_id == other).mapped("numerator")
        self.assertEqual(set(values), {0})

    def test_a_job_that_ends_early_goes_on_with_the_next_day(self):
        """Its time is over, or it is killed, after any day: each day is kept as it was
        taken, none twice, none left out."""
        self._invoice(amount=1000)
        figures = self.env["cobranza.kpi"].sudo()
        company, day = self.company.sudo(), date(2026, 11, 24)
        figures._take(company, date(2026, 11, 19))
        progress = "_commit_progress"

        def over(*_args, **_kwargs):
            return 0

        def killed(*_args, **_kwargs):
            raise KeyboardInterrupt

        for ends in (over, killed, killed, over):
            with (
                patch.object(self.registry["ir.cron"], progress, ends),
                suppress(KeyboardInterrupt),
            ):
                figures._daily(company, day)
        rows = figures.search([("code", "=", "dso"), ("company_id", "=", company.id)])
        days = [f"2026-11-{number}" for number in (19, 20, 21, 22, 23)]
        self.assertEqual([str(one.day) for one in rows.sorted("day")], days)

    def test_a_job_that_is_killed_within_a_day_leaves_nothing_of_it(self):
        self._invoice(amount=1000)
        figures = self.env["cobranza.kpi"].sudo()
        kill = patch.object(
            CobranzaKpiSources, "_measure_ageing", side_effect=KeyboardInterrupt
        )
        with kill, suppress(KeyboardInterrupt), self.cr.savepoint():
            figures._take(self.company.sudo(), date(2026, 10, 31))
        self.assertFalse(figures.search([("day", "=", "2026-10-31")]))
        self._take("2026-10-31")
        self.assertTrue(self._kpi("dso", "2026-10-31"))

    def test_the_dialog_fills_back_what_lacks(self):
        with self.at("2026-08-01"):
            move = self._invoice("2026-09-01", 1000, invoice_date="2026-08-01")
        self._run("2026-09-20")
        payment = self._paid_on("2026-10-10", 400, move)
        self._undo(payment, "action_cancel", "2026-11-05")
        manager = self._role("manager")
        dialog = Form(self.env["cobranza.kpi.backfill"].with_user(manager))
        dialog.since, dialog.until = "2026-09-15", "2026-11-22"
        dialog.save().action_fill()
        rows = self.env["cobranza.kpi"].search([("code", "=", "overdue_rate")])
        self.assertEqual(
            {str(one.day): one.inputs["overdue"] for one in rows},
            {"2026-09-30": "1000.00", "2026-10-31": "600.00"},
        )
        self.assertEqual(set(rows.mapped("backfilled")), {True})
        dialog.until = "2026-11-23"
        with self.assertRaisesRegex(UserError, "that are over"):
            dialog.save().action_fill()

    def test_queries_do_not_grow_with_debtors(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{place}", "is_company": True} for place in range(220)]
        )
        self._invoices(partners[:10])
        self._run("2026-10-12")
        counts = []
        for more, day in ((partners[:0], "2026-10-30"), (partners[10:], "2026-10-31")):
            if more:
                self._invoices(more)
                self._run("2026-10-13")
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.cr.sql_log_count
            self._take(day)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)


@tagged("post_install", "-at_install")
class TestTwin(KpiCommon):
    """What is filled back equals what was taken on the day."""

    WAYS = ("action_cancel", "action_draft", "remove_move_reconcile")

    def _play(self, plan):
        """Book a history day by day, take every day as it is over, then take all of
        them anew as they were known then: the same figures."""
        company = self.company.sudo()
        moves, payments, taken = [], [], {}
        day = date(2026, 9, 1)
        for steps in plan:
            for name, *args in steps:
                with suppress(UserError), self.cr.savepoint():
                    self._act(name, args, str(day), moves, payments)
            self.cr.precommit.run()
            with self.at(str(day)):
                taken[day] = self._figures(company, day)
            day += timedelta(3)
        for day, before in taken.items():
            self.assertEqual(self._figures(company, day), before, f"{day} {plan}")

    def _act(self, name, args, day, moves, payments):
        place, amount = args
        if name == "invoice":
            with self.at(day):
                due = str(date.fromisoformat(day) + timedelta(place % 20))
                moves.append(self._invoice(due, amount, invoice_date=day))
        elif name == "pay" and moves:
            move = moves[place % len(moves)]
            payments.append(self._paid_on(day, amount, move))
        elif name == "loose":
            with self.at(day):
                self._payment(amount, day)
        elif name == "undo" and (known := [p for p in payments if self._is_known(p)]):
            payment = known[place % len(known)]
            payments.remove(payment)
            self._undo(payment, self.WAYS[place % 3], day)
        elif name == "run":
            self._run(day)

    def _is_known(self, payment):
        """Whether the whole of it settled debts that a run had met: what the rest was
        worth is in no memory once the entry is gone (docs/limits.md)."""
        line = self._receivable(payment.move_id)
        paid = line.matched_debit_ids.debit_move_id
        return line.reconciled and all(self._debts(one.move_id) for one in paid)

    def _figures(self, company, day):
        book = KpiBook(company, day)
        codes = ("dso", "overdue_rate", "overdue_rate_adjusted", "effectiveness")
        codes += ("effectiveness_adjusted", "recovered", "average_delay")
        found = self.env["cobranza.kpi"].sudo()._measure(book, codes)
        return {
            row.code: (one.numerator, one.denominator, row.value(one))
            for row, one in found
        }

    def test_random_histories(self):
        try:
            from hypothesis import HealthCheck, Phase, given, settings
            from hypothesis import strategies as st
        except ImportError:
            self.skipTest("hypothesis makes the histories and is not installed")
        place = st.integers(0, 20)
        amount = st.integers(1, 40).map(lambda n: n * 25)
        names = st.sampled_from(("invoice", "invoice", "pay", "pay", "undo", "loose"))
        act = st.tuples(names, place, amount)
        days = st.lists(st.lists(act, max_size=3), min_size=3, max_size=6)

        @settings(
            max_examples=12,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(days)
        def play(plan):
            with suppress(Undo), self.cr.savepoint():
                run = ("run", 0, 0)
                self._play([[*steps, run] for steps in plan])
                raise Undo
            self.env.invalidate_all(flush=False)
            self.cr.precommit.clear()

        play()


@tagged("post_install", "-at_install")
class TestWhoAsked(KpiCommon):
    """Who may open a dialog with figures is asked when they are read; what was read for
    one user is no other's."""

    def test_figures_in_a_dialog_are_of_who_asked(self):
        self._invoice("2026-09-01", 1000, invoice_date="2026-08-01")
        self._run("2026-10-12")
        self._take("2026-10-31")
        boss, other = self._role("manager"), self._role("accountant")
        other.group_ids |= self.env.ref("cobranza_legal.group_collection_manager")
        kpi = self._kpi("overdue_rate", "2026-10-31")
        compare = self.env["cobranza.kpi.compare"].with_user(boss)
        compare = compare.create({"kpi_id": kpi.id})
        ageing = self.env["cobranza.ageing"].with_user(boss).create({})
        ageing.action_show()
        twin = self.env["cobranza.twin"].with_user(boss).create({})
        asked = (compare, ageing, ageing.item_ids, ageing.bucket_ids, twin)
        for records in asked:
            with self.subTest(model=records._name):
                self.assertTrue(records)
                theirs = records.with_user(other)
                self.assertFalse(theirs.search([("id", "in", records.ids)]))
                with self.assertRaises(AccessError):
                    theirs.read([])

    def test_every_dialog_of_figures_is_ruled(self):
        rules = self.env["ir.rule"].search(
            [("domain_force", "=", "[('create_uid', '=', user.id)]")]
        )
        ruled = set(rules.mapped("model_id.model"))
        ours = ("cobranza.kpi.", "cobranza.ageing", "cobranza.twin")
        dialogs = {
            name
            for name, model in self.registry.items()
            if model._transient and name.startswith(ours)
            if any(
                one.store and one.type in ("monetary", "html", "json", "float")
                for one in model._fields.values()
            )
        }
        self.assertIn("cobranza.kpi.compare.line", dialogs)
        self.assertLessEqual(dialogs, ruled)
