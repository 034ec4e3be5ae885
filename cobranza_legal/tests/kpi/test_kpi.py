from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ...kernel.kpi import TaxMismatch
from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestIndicators(KpiCommon):
    """The vectors of the law sheet, through the figures of a day."""

    def _year(self):
        """82,500 open of 1,003,750 sold, 6,187.50 of it overdue on 10-31."""
        self._invoice(amount=76312.5, due="2026-11-15")
        self._invoice(amount=6187.5, due="2026-10-05")
        paid = self._invoice(amount=921250, due="2026-09-20")
        self._payment(921250, "2026-09-15", paid)

    def _values(self, day, *codes):
        return [self._kpi(code, day).value for code in codes]

    def test_days_and_overdue_at_their_targets(self):
        """T40, T44, T46: what is at a strict target misses it, and is shown red."""
        self._year()
        self._take("2026-10-31")
        found = self._values(
            *("2026-10-31", "dso", "best_dso", "average_delay", "overdue_rate")
        )
        self.assertEqual(found, [30.0, 27.75, 2.25, 7.5])
        dso = self._kpi("dso", "2026-10-31")
        self.assertEqual((dso.standing, dso.target), ("missed", 30))
        self.assertIn("82,500.00", dso.input_words)
        self.assertIn("1,003,750.00", dso.input_words)
        self.assertEqual(dso.value_words, "30.00 days")
        self.assertEqual(self._kpi("overdue_rate", "2026-10-31").standing, "missed")
        found = dso.action_behind()
        lines = self.env["account.move.line"].search(found["domain"])
        self.assertEqual(sum(lines.mapped("amount_residual")), 82500)

    def test_five_percent_overdue_is_red(self):
        self._invoice(amount=78375, due="2026-11-15")
        self._invoice(amount=4125, due="2026-10-05")
        self._take("2026-10-31")
        kpi = self._kpi("overdue_rate", "2026-10-31")
        self.assertEqual((kpi.value, kpi.standing), (5.0, "missed"))

    def test_receivables_with_tax_against_net_sales_are_refused(self):
        """T41."""
        with self.assertRaisesRegex(ValidationError, "both with tax or both without"):
            self.company.cobranza_kpi_sales = "net"
        both = {"cobranza_kpi_sales": "net", "cobranza_kpi_receivables": "net"}
        self.company.write(both)
        self._year()
        self._take("2026-10-31")
        self.assertEqual(self._values("2026-10-31", "dso"), [30.0])
        self.cr.execute(
            "UPDATE res_company SET cobranza_kpi_sales = 'gross' WHERE id = %s",
            [self.company.id],
        )
        self.env.invalidate_all()
        sources = self.env["cobranza.kpi.sources"]
        with self.assertRaises(TaxMismatch):
            sources._measure_dso(self._book_of("2026-10-31"))

    def test_the_window_of_a_quarter_and_counting_back(self):
        """T42: never the sales of a quarter times 365."""
        paid = self._invoice(amount=187500, due="2026-09-20")
        self._payment(187500, "2026-09-15", paid)
        self._invoice(amount=82500, due="2026-11-15", invoice_date="2026-10-20")
        for window, days in (
            ("quarter", 28.11),
            ("annualised", 27.88),
            ("countback", 31.0),
        ):
            self.company.cobranza_kpi_window = window
            sources = self.env["cobranza.kpi.sources"]
            [one] = sources._measure_dso(self._book_of("2026-10-31"))
            row = self.env["cobranza.kpi.indicator"]._row("dso")
            self.assertEqual(float(row.value(one)), days, window)

    def test_the_index_of_a_month(self):
        """T47."""
        old = self._invoice(amount=90000, due="2026-10-05")
        new = self._invoice(amount=85000, due="2026-11-20", invoice_date="2026-10-10")
        self._payment(83812.5, "2026-10-12", old)
        self._payment(8687.5, "2026-10-20", new)
        self._take("2026-10-31")
        kpi = self._kpi("collection_index", "2026-10-31")
        self.assertEqual(kpi.value, 93.73)
        self.assertIn("76,312.50", kpi.input_words)

    def test_what_rolls_into_the_next_days(self):
        """T48: 6,000 until 30 days, of it 2,100 still open a month later."""
        old = self._invoice(amount=6000, due="2026-09-10")
        self._payment(3900, "2026-10-12", old)
        self._take("2026-10-31")
        kpi = self._kpi("roll_rate", "2026-10-31", "bucket:1")
        self.assertEqual(kpi.value, 35.0)

    def test_effectiveness_gross_and_adjusted(self):
        """Arrears count in the one and not in the other; 95.00 % is red."""
        late = self._invoice(amount=1000, due="2026-09-20")
        self._payment(950, "2026-10-12", late)
        due = self._invoice(amount=1000, due="2026-10-20")
        self._take("2026-10-31")
        gross = self._kpi("effectiveness", "2026-10-31")
        self.assertEqual((gross.value, gross.standing), (95.0, "missed"))
        self.assertEqual(self._values("2026-10-31", "effectiveness_adjusted"), [0.0])
        self._payment(500, "2026-10-12", due)
        self._invoice(amount=100, due="2026-10-21", move_type="out_refund")
        self._take("2026-10-30")
        self.assertEqual(self._values("2026-10-30", "effectiveness_adjusted"), [50.0])
        self.assertEqual(self._values("2026-10-30", "effectiveness"), [145.0])

    def test_the_adjusted_rate_takes_loose_money_off(self):
        self._invoice(amount=1000, due="2026-10-05")
        self._invoice(amount=1000, due="2026-12-05")
        self._payment(400, "2026-10-12")
        self._take("2026-10-31")
        found = self._values("2026-10-31", "overdue_rate", "overdue_rate_adjusted")
        self.assertEqual(found, [50.0, 37.5])

    def test_grace_days_before_overdue(self):
        self._invoice(amount=1000, due="2026-10-28")
        self.company.cobranza_kpi_grace = 3
        self._take("2026-10-31")
        self._take("2026-11-01")
        self.assertEqual(self._values("2026-10-31", "overdue_rate"), [0.0])
        self.assertEqual(self._values("2026-11-01", "overdue_rate"), [100.0])

    # -- promises and recoveries -------------------------------------------------------

    def _promise(self, move, amount):
        debt = self._debts(move)
        return self.env["cobranza.promise"].create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_ids": debt.ids,
                "amount": amount,
                "made_on": "2026-10-13",
                "promised_on": "2026-10-20",
            }
        )

    def test_promises_first_reported_and_corrected(self):
        """Kept on its day, and by what came back later not kept."""
        user = self._role("collector")
        self.company.cobranza_user_id = user
        moves = self._invoices([self.partner_a] * 4)
        self._run("2026-10-12")
        payments = []
        for move, promised, paid in zip(
            moves, (600, 400, 600, 400), (600, 400, 600, 100), strict=True
        ):
            with self.at("2026-10-13"):
                self._promise(move, promised)
            payments.append(self._paid_on("2026-10-15", paid, move))
        self._take("2026-10-31")
        kept = self._kpi("promise_kept", "2026-10-31")
        money = self._kpi("promise_kept_amount", "2026-10-31")
        self.assertEqual((kept.value, money.value), (75.0, 85.0))
        own = self._kpi("promise_kept", "2026-10-31", f"collector:{user.id}")
        self.assertEqual((own.value, own.user_id), (75.0, user))
        self.assertEqual(own.split_words, user.name)
        self._undo(payments[0], "action_cancel", "2026-11-05")
        book = self._book_of("2026-10-31")
        self.assertEqual(sum(one.kept for one in book.promises), 3)
        now = self._book_of("2026-10-31", then=False)
        self.assertEqual(sum(one.kept for one in now.promises), 2)
        dialog = self.env["cobranza.kpi.compare"].create({"kpi_id": kept.id})
        self.assertEqual(dialog.then_words, "75.00 %")
        self.assertEqual(dialog.now_words, "50.00 %")
        found = kept.action_behind()
        self.assertEqual(self.env["cobranza.promise"].search_count(found["domain"]), 4)

    def test_recovered_by_phase_and_channel_with_its_cost(self):
        move = self._invoice(amount=1000)
        self._run("2026-10-10")
        self._run("2026-10-20")
        self._payment(930, "2026-10-25", move)
        debt = self._debts(move)
        self.env["cobranza.cost"].create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_ids": debt.ids,
                "description": "Letter",
                "day": "2026-10-22",
                "amount": 93,
                "attachment_ids": [(0, 0, {"name": "x.pdf", "raw": b"x"})],
            }
        )
        self._take("2026-10-31")
        split = f"phase:{debt.level_id.phase}"
        phase = self._kpi("recovered_phase", "2026-10-31", split)
        self.assertEqual((phase.value, phase.split_words), (930, "Reminder"))
        self.assertEqual(Decimal(phase.inputs["cost"]), 93)
        cost = self._kpi("collection_cost", "2026-10-31")
        self.assertEqual(cost.value, 10.0)
        channel = self._kpi("recovered_channel", "2026-10-31", "channel:none")
        self.assertEqual(channel.value, 930)
        debts = self.env["cobranza.debt"].search(phase.action_behind()["domain"])
        self.assertEqual(debts, debt)
        found = cost.action_behind()["domain"]
        self.assertEqual(self.env["cobranza.cost"].search_count(found), 1)

    def test_ageing_adds_up_to_the_receivables(self):
        move = self._invoice(amount=1000)
        self._run("2026-10-12")
        self._invoice(amount=500, due="2026-12-05")
        self._payment(300, "2026-10-12", move)
        self._payment(50, "2026-10-13")
        self._take("2026-10-31")
        rows = self.env["cobranza.kpi"].search(
            [("code", "=", "ageing"), ("day", "=", "2026-10-31")]
        )
        self.assertEqual(
            {row.split: row.value for row in rows},
            {
                "phase:reminder|bucket:1": 700,
                "phase:none|bucket:0": 500,
                "phase:none|bucket:credit": -50,
            },
        )

    def test_buckets_are_those_of_the_company(self):
        """The figures of a day have the columns of its ageing, named in words."""
        self.company.cobranza_ageing_days = "10, 40"
        for due in ("2026-10-21", "2026-10-20", "2026-09-21", "2026-09-20"):
            self._invoice(amount=100, due=due, invoice_date="2026-09-01")
        self._invoice(amount=50, due="2026-10-31", invoice_date="2026-09-01")
        self._take("2026-10-31")
        rows = self.env["cobranza.kpi"].search(
            [("code", "=", "ageing"), ("day", "=", "2026-10-31")]
        )
        self.assertEqual(
            {row.split_words: row.value for row in rows},
            {
                "None · Not due": 50,
                "None · From 1 days": 100,
                "None · From 11 days": 200,
                "None · From 41 days": 100,
            },
        )
        rolled = self.env["cobranza.kpi"].search(
            [("code", "=", "roll_rate"), ("day", "=", "2026-10-31")]
        )
        self.assertEqual(
            set(rolled.mapped("split")), {"bucket:0", "bucket:1", "bucket:11"}
        )

    # -- targets -----------------------------------------------------------------------

    def test_a_company_wants_something_else_from_a_day_on(self):
        self._year()
        self._take("2026-10-31")
        kpi = self._kpi("dso", "2026-10-31")
        targets = self.env["cobranza.kpi.target"]
        target = targets.create(
            {"code": "dso", "value": 31, "valid_from": "2026-10-01"}
        )
        kpi.invalidate_recordset()
        self.assertEqual((kpi.target, kpi.standing), (31, "met"))
        target.valid_from = "2026-11-01"
        kpi.invalidate_recordset()
        self.assertEqual((kpi.target, kpi.standing), (30, "missed"))
        target.write({"valid_from": "2026-10-01", "off": True})
        kpi.invalidate_recordset()
        self.assertEqual(kpi.standing, "none")

    def test_each_role_sees_its_figures(self):
        self._year()
        collector = self._role("collector")
        self.company.cobranza_user_id = collector
        late = self._invoice(amount=100, due="2026-10-02")
        self._run("2026-10-12")
        self._payment(100, "2026-10-20", late)
        self._take("2026-10-31")
        figures = self.env["cobranza.kpi"]
        for role in ("manager", "accountant", "approver"):
            user = self._role(role)
            with Form(self._kpi("dso", "2026-10-31").with_user(user)) as form:
                self.assertEqual(form.value_words[-4:], "days")
            self.assertTrue(self._kpi("dso", "2026-10-31").with_user(user).standing)
        mine = figures.with_user(collector).search([])
        self.assertEqual(mine.user_id, collector)
        self.assertIn("recovered_collector", mine.mapped("code"))
        mine.mapped("value_words")
        mine.filtered(lambda one: one.code == "recovered_collector").action_behind()
        self.assertFalse(figures.with_user(self._role("lawyer")).search([]))
        with self.assertRaises(AccessError):
            self._kpi("dso", "2026-10-31").with_user(collector).action_behind()
        with self.assertRaises(UserError):
            self._kpi("dso", "2026-10-31").write({"value": 1})

    def test_settings_refuse_what_makes_no_sense(self):
        settings = Form(self.env["res.config.settings"])
        settings.cobranza_kpi_tax = "net"
        settings.cobranza_kpi_promise_days = 30
        settings.save()
        self.assertEqual(self.company.cobranza_kpi_promise_days, 30)
        self.assertEqual(self.company.cobranza_kpi_receivables, "net")
        book = self._book_of("2026-10-31")
        self.company.cobranza_kpi_days = 30
        self.assertEqual(book.since, date(2026, 10, 2))
