from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ...models.charge import bill as engine
from ..common.billing import BillingCommon


class Killed(BaseException):
    """The process dies: nothing after the last commit is kept."""


@tagged("post_install", "-at_install")
class TestBillCron(BillingCommon):
    """Automatic billing: off until chosen, batch by batch, killed and run again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._form("compensation")
        cls._form("interest")
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Debtor {number}", "is_company": True} for number in range(5)]
        )
        cls._invoices(cls.partners)
        cls._run("2026-10-20")
        debts = cls.env["cobranza.debt"].search(
            [("partner_id", "in", cls.partners.ids)]
        )
        cls.charges = cls.env["cobranza.charge"]
        for debt in debts:
            cls.charges |= cls._charge(debt) | cls._charge(debt, "interest", 5)
        cls.company.cobranza_bill_when = "run"

    def _cron(self, day, batch=2):
        cron = self.env.ref("cobranza_legal.ir_cron_bill")
        with (
            patch.object(engine, "BATCH", batch),
            freeze_time(f"{day} 12:00:00"),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _sane(self):
        """Every billed charge has its one posted item, and no document is without."""
        for charge in self.charges:
            self.assertEqual(charge.state == "billed", bool(charge.bill_debt_id))
            self.assertEqual(charge.state == "billed", bool(charge.bill_move_id))
        lines = self.env["account.move.line"].search(
            [
                ("cobranza_charge_id", "in", self.charges.ids),
                ("account_id", "=", self.receivable.id),
            ]
        )
        self.assertEqual(len(lines), len(lines.cobranza_charge_id))

    def test_nothing_is_billed_unless_the_company_wants_it(self):
        self.company.cobranza_bill_when = "never"
        self._cron("2026-11-02")
        self.assertEqual(set(self.charges.mapped("state")), {"assessed"})

    def test_every_run_bills_one_document_per_debtor(self):
        self._cron("2026-11-02")
        self.assertEqual(set(self.charges.mapped("state")), {"billed"})
        self.assertEqual(len(self.charges.bill_move_id), 5)
        self._cron("2026-11-02")
        self.assertEqual(len(self.charges.bill_move_id), 5)
        self._sane()

    def test_once_a_month_on_its_day_or_when_it_was_missed(self):
        company = self.company
        company.write({"cobranza_bill_when": "monthly", "cobranza_bill_day": 31})
        self.assertTrue(company._cobranza_bills_today(date(2026, 11, 30)))
        self.assertFalse(company._cobranza_bills_today(date(2026, 11, 29)))
        company._through_gate().cobranza_billed_on = date(2026, 11, 30)
        self.assertFalse(company._cobranza_bills_today(date(2026, 12, 30)))
        company.write({"cobranza_bill_day": 5})
        self.assertTrue(company._cobranza_bills_today(date(2026, 12, 9)))
        company._through_gate().cobranza_billed_on = date(2026, 12, 9)
        self.assertFalse(company._cobranza_bills_today(date(2026, 12, 31)))
        self.assertTrue(company._cobranza_bills_today(date(2027, 1, 5)))

    def test_what_has_no_form_does_not_stop_the_rest(self):
        interest = [("kind", "=", "interest")]
        self.env["cobranza.charge.form"].search(interest).sudo().unlink()
        self.charges.debtor_id._judge_if_marked()
        self._cron("2026-11-02")
        for charge in self.charges:
            expected = "billed" if charge.kind == "compensation" else "assessed"
            self.assertEqual(charge.state, expected)
            self.assertEqual(bool(charge.bill_problem), expected == "assessed")

    def test_a_debtor_whose_document_breaks_does_not_stop_the_others(self):
        broken = self.charges[0].debtor_id
        post = self.registry["account.move"]._post

        def fails(moves, soft=True):
            if broken.partner_id in moves.partner_id:
                raise ValueError("no such folio")
            return post(moves, soft=soft)

        with patch.object(self.registry["account.move"], "_post", fails):
            self._cron("2026-11-02")
        own = self.charges.filtered(lambda charge: charge.debtor_id == broken)
        self.assertEqual(set(own.mapped("state")), {"assessed"})
        self.assertIn("no such folio", own[0].bill_failure)
        self.assertEqual(set((self.charges - own).mapped("state")), {"billed"})
        self._cron("2026-11-03")
        self.assertEqual(set(own.mapped("state")), {"billed"})
        self.assertFalse(own[0].bill_failure)
        self._sane()

    def test_killed_at_every_batch_and_run_again_nothing_is_doubled(self):
        for batch in range(3):
            with self.subTest(batch=batch):
                self._killed_after(batch)
                self._sane()
        self._cron("2026-11-02")
        self.assertEqual(set(self.charges.mapped("state")), {"billed"})
        self.assertEqual(len(self.charges.bill_move_id), 5)
        self._sane()

    def _killed_after(self, batches):
        """The cron dies inside a batch, after so many have been committed."""
        left = [batches]
        bill = self.registry["cobranza.charge"]._bill_company

        def dies(charges, *args):
            bill(charges, *args)
            charges.flush_model()
            if not left[0]:
                raise Killed
            left[0] -= 1

        with (
            patch.object(self.registry["cobranza.charge"], "_bill_company", dies),
            freeze_time("2026-11-02 12:00:00"),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            model = self.env["cobranza.charge"].with_env(self.env(cr=cr, su=True))
            try:
                model._cron_bill(batch=1)
            except Killed:
                cr.rollback()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestBillQueries(BillingCommon):
    """A batch asks the database as often for forty charges as for ten."""

    def _queries(self, per_debtor):
        for kind in ("cost", "interest"):
            self._form(kind)
        partners = self.env["res.partner"].create(
            [{"name": f"D{per_debtor}-{n}", "is_company": True} for n in range(5)]
        )
        charges = self.env["cobranza.charge"]
        self._invoices(partners)
        self._run("2026-10-20")
        debts = self.env["cobranza.debt"].search([("partner_id", "in", partners.ids)])
        for debt in debts:
            for number in range(per_debtor):
                charges |= self._charge(debt, "cost", number + 1)
        with self.at("2026-11-02"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            charges._bill()
            self.env.flush_all()
            billed = self.cr.sql_log_count
            charges._unbill("mistake")
            self.env.flush_all()
        self.assertEqual(set(charges.mapped("state")), {"reversed"})
        return billed - before, self.cr.sql_log_count - billed

    def test_the_queries_do_not_grow_with_the_charges(self):
        self._queries(2)
        few, many = self._queries(2), self._queries(8)
        self.assertLessEqual(many[0], few[0] + 2, (few, many))
        self.assertLessEqual(many[1], few[1] + 2, (few, many))

    def test_analytics_are_asked_for_only_where_a_model_exists(self):
        self._form("cost")
        models = self.env["account.analytic.distribution.model"]
        models.search([]).unlink()
        _move, debt = self._opened()
        charge = self._charge(debt, "cost", 7)
        name = "_get_analytic_distribution_arguments"
        lines = self.registry["account.move.line"]
        with patch.object(lines, name, side_effect=AssertionError(name)):
            self._bill_on("2026-11-02", charge)
        self.assertEqual(charge.state, "billed")
