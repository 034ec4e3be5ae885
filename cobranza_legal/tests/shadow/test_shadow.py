import base64
import io
from datetime import date, timedelta
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.shadow import figures as shadow_figures
from ..common.charging import ChargeCommon
from ..run import test_query_count as query_count

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
MONTH = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


class ShadowCommon(ChargeCommon):
    """Levels at 5 (e-mail), 15 (letter) and 30 days (call), neutral rules: what would
    have happened was worked out by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(
            (5, {"channel": "email", "text_purpose": "reminder"}),
            (15, {"channel": "letter", "text_purpose": "formal_demand"}),
            (30, {"channel": "call", "text_purpose": "call_script"}),
        )
        cls.company.cobranza_policy_id = cls.policy
        names = ("weekend", "large")
        cls.partner_d, cls.partner_c = cls.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in names]
        )
        cls.history = cls._claimed_before()
        cls.a1 = cls._invoice(due="2026-10-01", amount=1000)
        cls.a2 = cls._invoice(due="2026-10-01", amount=500)
        cls.b = cls._invoice(due="2026-10-10", amount=300, partner=cls.partner_b)
        cls.c = cls._invoice(due="2026-10-20", amount=2000, partner=cls.partner_c)
        cls.d = cls._invoice(due="2026-10-19", amount=700, partner=cls.partner_d)
        cls.payments = {
            date(2026, 10, 8): cls.a2,
            date(2026, 10, 20): cls.b,
            date(2026, 10, 25): cls.d,
        }

    @classmethod
    def _claimed_before(cls):
        """Two debts claimed for real on July 10: 400 were paid in ten days, 600 only
        after fifty."""
        invoices = [
            cls._invoice(due="2026-06-01", invoice_date="2026-05-01", amount=amount)
            for amount in (400, 600)
        ]
        with cls.at("2026-07-10"):
            for invoice in invoices:
                cls._claim(invoice)
        for day, invoice in zip(("2026-07-20", "2026-08-29"), invoices, strict=True):
            with cls.at(day):
                cls._register_payment(invoice, payment_date=day)
        return invoices

    @classmethod
    def _claim(cls, invoice):
        line = invoice.line_ids.filtered(lambda one: one.display_type == "payment_term")
        debt = cls.env["cobranza.debt"].sudo()._open_lines(line)
        contact = cls.env["cobranza.contact"]._log(
            {
                "debtor_id": debt.debtor_id.id,
                "channel": "email",
                "direction": "outbound",
                "sent_at": "2026-07-10 10:00:00",
            }
        )
        row = (contact.id, debt.id, cls.policy.level_ids[0].id, 1, 1)
        lines = cls.env["cobranza.contact.line"].sudo()
        lines._bulk_insert_lines(
            cls.company, [(*row, debt.amount_residual_currency, 0)]
        )

    @classmethod
    def _live_through(cls, days=MONTH, payments=None):
        payments = cls.payments if payments is None else payments
        for day in days:
            if day in payments:
                with cls.at(str(day)):
                    cls._register_payment(payments[day], payment_date=day)
            cls._run(str(day))

    def _figures(self, until=LAST):
        return shadow_figures.ShadowFigures(self.company, FIRST, until)

    def _report(self, user=None):
        report = self.env["cobranza.shadow.report"].with_user(user or self.env.user)
        action = report.action_open()
        return report.browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestShadowMonth(ShadowCommon):
    """A month in proposal mode, a run each day, with payments in between."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._live_through()

    def test_a_month_comes_to_what_was_worked_out_by_hand(self):
        figures = self._figures()
        days = [
            (act.day.day, act.channel, act.amount, act.debts) for act in figures.acts
        ]
        expected = [
            (6, "email", 1500, 2),
            (15, "email", 300, 1),
            (16, "letter", 1000, 1),
            (24, "email", 700, 1),
            (25, "email", 2000, 1),
            (31, "call", 1000, 1),
        ]
        self.assertEqual(days, expected)
        self.assertEqual(
            [(row[0].day, row[1], row[3], row[4]) for row in figures.weeks()],
            [(5, 1, 1500, 0), (12, 2, 1300, 1), (19, 2, 2700, 1), (26, 1, 1000, 0)],
        )
        self.assertEqual(
            [(row[0], row[1].days, *row[2:]) for row in figures.by_level()],
            [
                ("email", 5, 4, 0, 2, 4500),
                ("letter", 15, 1, 1, 0, 1000),
                ("call", 30, 1, 1, 0, 1000),
            ],
        )
        self.assertEqual(figures.claimed, (5, 4500, 3000))

    def test_letters_are_spared_when_all_they_claim_is_paid(self):
        spared = self._figures().spared
        self.assertEqual([act.day.day for act in spared], [15, 24])
        # the 24th is a Saturday: it would have left on Monday, and was paid on Sunday
        self.assertEqual([act.paid_before for act in spared], [False, True])
        self.assertEqual(spared[1].planned_at.date(), date(2026, 10, 26))

    def test_what_is_proposed_piles_up_once_and_ends_with_its_reason(self):
        contacts = self.env["cobranza.contact"].search([("run_id", "!=", False)])
        kept = contacts.filtered(lambda one: one.state == "planned")
        self.assertEqual(sorted(kept.mapped("amount")), [1000, 2000])
        over = contacts - kept
        self.assertEqual(set(over.mapped("state")), {"cancelled"})
        self.assertEqual(over.mapped("cancel_reason"), ["Settled", "Settled"])
        self.assertEqual(len(contacts), 4)
        self.assertEqual(set(kept.mapped("waiting")), {"proposal"})
        # nobody was written to: the debts stay where the debtor was told they are
        self.assertEqual(self._debts(self.a1).level, 1)

    def test_cash_is_expected_by_the_share_of_the_own_history_only(self):
        self.assertEqual(self._figures().history, (2, 1000, 400))
        self.assertIsNone(self._figures().expected)
        self.assertIn("Not said", self._on_last_day()["figures"])
        with patch.object(shadow_figures, "LEAST", 2):
            self.assertEqual(self._figures().expected, 1200)
            words = self._on_last_day()["figures"]
        for part in ("1,200.00", "3,000.00", "40.0", "1,000.00"):
            self.assertIn(part, words)

    def test_the_report_names_the_data_errors(self):
        self.partner_a.email = False
        with self.at(str(LAST)):
            found = {
                line.name: line.debtor_ids.partner_id
                for line in self._report().line_ids
            }
        self.assertEqual(
            found["No address for: E-mail"], self.partner_a | self.partner_c
        )
        self.assertIn(self.partner_c, found["Without tax number"])
        self.assertEqual(found["Regime unknown"], self.partner_a | self.partner_c)

    def test_the_report_is_a_workbook_with_the_same_figures(self):
        with self.at(str(LAST)):
            report = self._report()
            report.action_workbook()
        book = load_workbook(io.BytesIO(base64.b64decode(report.workbook)))
        rows = {row[0]: row[1] for row in book["Summary"].values}
        self.assertEqual(rows["Contacts that would have been made"], 6)
        self.assertEqual(rows["Claimed, each debt once"], 4500)
        self.assertEqual(len(list(book["Letters spared"].values)), 3)
        self.assertEqual(len(list(book["Every contact"].values)), 7)

    def test_the_paper_says_what_the_screen_says(self):
        with self.at(str(LAST)):
            report = self._report()
            html, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
                "cobranza_legal.action_report_shadow", report.ids
            )
        for part in ("Shadow month of", "4,500.00", "Letters spared", "Week by week"):
            self.assertIn(part, html.decode())

    def _on_last_day(self):
        with self.at(str(LAST)):
            return self._report().read(["figures", "since", "until"])[0]


@tagged("post_install", "-at_install")
class TestShadow(ShadowCommon):
    """What changes while the company only proposes."""

    def test_a_second_run_of_the_day_adds_nothing(self):
        self._live_through(MONTH[:10])
        before = self._figures().acts
        self._run("2026-10-10")
        self.company.cobranza_policy_id = self.policy.copy()
        self._run("2026-10-10")
        self.assertEqual(self._figures().acts, before)

    def test_what_is_disputed_takes_no_further_step(self):
        self._live_through(MONTH[:10])
        debt = self._debts(self.a1)
        with self.at("2026-10-10"):
            self.env["cobranza.dispute"].create(
                {"debtor_id": debt.debtor_id.id, "debt_id": debt.id, "reason": "price"}
            )
        self._live_through(MONTH[10:20])
        days = [act.day.day for act in self._figures().acts]
        self.assertEqual(days, [6, 15])

    def test_what_is_paid_without_any_letter_is_told_too(self):
        self._live_through(MONTH[:6])
        later = self._figures(until=date(2026, 11, 5))
        self.assertEqual(later.unasked, (2, 1500, 0))
        self._live_through(MONTH[6:9])
        later = self._figures(until=date(2026, 11, 5))
        self.assertEqual(later.unasked, (2, 1500, 500))

    def test_a_charge_counts_once_however_many_levels_would_make_it(self):
        self.policy.level_ids[1:].charge = True
        with self.law(fee=self.schedule(wait_days=1)):
            self._live_through()
        figures = self._figures()
        self.assertEqual(figures.charges(), {"fee": 90})
        self.assertEqual(sum(week[5] for week in figures.weeks()), 90)
        self.assertFalse(self._debts(self.a1).charge_ids)

    def test_going_live_is_one_click_to_the_checklist_and_ends_the_month(self):
        self._live_through(MONTH[:7])
        with self.at("2026-10-07"):
            report = self._report(self._role("manager"))
            self.assertEqual(report.action_go_live()["res_model"], "cobranza.go.live")
            self.company._cobranza_switch("confirm")
        self._live_through(MONTH[7:20], {})
        self.assertEqual([act.day.day for act in self._figures().acts], [6])
        with self.at("2026-10-25"):
            self.assertEqual(str(self._report().until), "2026-10-07")
            self.company._cobranza_switch("proposal")
            again = self._report()
        self.assertEqual(str(again.since), "2026-10-25")

    def test_who_does_not_collect_does_not_see_the_month(self):
        with self.assertRaises(AccessError):
            self._report(self._role("lawyer"))
        self.assertTrue(self._report(self._role("collector")).figures)


@tagged("post_install", "-at_install")
class TestShadowQueries(query_count.TestQueryCount):
    """The month asks the database as often for 20 debts as for 200."""

    test_a_batch_of_the_sender = None
    test_the_upkeep = None

    @classmethod
    def _measure(cls, size):
        cls.company.cobranza_mode = "proposal"
        return super()._measure(size)

    @classmethod
    def _count_sending(cls, counts, size):
        """Nothing leaves."""

    @classmethod
    def _complete_steps(cls):
        cls.env.flush_all()

    @classmethod
    def _count_upkeep(cls, counts):
        """Is the same in every mode."""

    def test_the_first_day(self):
        self._check("first day", 62)

    def test_the_day_on_which_all_escalate(self):
        self._check("all escalate", 45)
