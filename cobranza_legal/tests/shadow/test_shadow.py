import base64
import io
from datetime import date, datetime, timedelta
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.common.transaction import CLOCK, at, commit, now
from ...models.shadow import figures as shadow_figures
from ...models.shadow.rehearsal import Rehearsal
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
        cls.company._through_gate().cobranza_proposal_on = FIRST
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
        line = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
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

    def _rehearse(self, day=FIRST, user=None):
        """The report that is opened on a day."""
        with self.at(str(day)):
            return self._report(user)

    def _figures(self, report):
        return shadow_figures.ShadowFigures(report)

    def _report(self, user=None):
        report = self.env["cobranza.shadow.report"].with_user(user or self.env.user)
        action = report.action_open()
        return report.browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestRehearsal(ShadowCommon):
    """The next days, by the engine itself: nobody pays in them."""

    def test_the_next_days_come_to_what_was_worked_out_by_hand(self):
        figures = self._figures(self._rehearse())
        days = [
            (act.day.day, act.channel, act.amount, act.debts) for act in figures.acts
        ]
        expected = [
            (6, "email", 1500, 2),
            (15, "email", 300, 1),
            (16, "letter", 1500, 2),
            (24, "email", 700, 1),
            (25, "email", 2000, 1),
            (25, "letter", 300, 1),
            (31, "call", 1500, 2),
        ]
        self.assertEqual(sorted(days), expected)
        # the 24th is a Saturday: no e-mail leaves before Monday
        saturday = next(act for act in figures.acts if act.day.day == 24)
        self.assertEqual(saturday.planned_at.date(), date(2026, 10, 26))
        self.assertEqual(
            [(row[0].day, row[1], row[3], row[4]) for row in figures.weeks()],
            [(5, 1, 1500, 0), (12, 2, 1800, 0), (19, 3, 3000, 0), (26, 1, 1500, 0)],
        )
        self.assertEqual(
            [(row[0], row[1].days, *row[2:]) for row in figures.by_level()],
            [
                ("email", 5, 4, 0, 0, 4500),
                ("letter", 15, 2, 2, 0, 1800),
                ("call", 30, 1, 1, 0, 1500),
            ],
        )
        self.assertEqual(figures.claimed, (5, 4500, 4500))

    def test_it_leaves_nothing_behind(self):
        self._live_through(MONTH[:6], {})
        tables = ("cobranza_contact", "cobranza_contact_line", "cobranza_charge")
        tables += ("cobranza_run", "cobranza_debt", "cobranza_debtor", "mail_activity")
        tables += ("cobranza_history", "mail_mail", "mail_message", "ir_cron_trigger")

        def rows():
            self.env.flush_all()
            return [
                self.env.execute_query(
                    SQL(
                        "SELECT to_jsonb(t) FROM %s t ORDER BY id", SQL.identifier(name)
                    )
                )
                for name in tables
            ]

        before, later = rows(), list(self.env.cr.postcommit._funcs)
        Rehearsal(self.company).play()
        self.assertEqual(rows(), before)
        self.assertEqual(list(self.env.cr.postcommit._funcs), later)
        self.assertEqual(self.company.cobranza_mode, "proposal")

    def test_it_is_what_the_engine_does_when_the_days_come(self):
        rehearsed = self._figures(self._rehearse()).acts
        self.company._cobranza_switch("automatic")
        seen = {}
        for day in MONTH:
            with self.at(str(day)):
                self._run(str(day))
                contacts = self.env["cobranza.contact"].search(
                    [("state", "=", "planned"), ("run_id", "!=", False)]
                )
                for contact in contacts:
                    seen.setdefault(contact.id, (day, contact.channel, contact.amount))
                due = contacts.filtered(
                    lambda contact: contact.planned_at <= now(self.env)
                )
                for contact in due:
                    contact._set_state("sending", sent_at=contact.planned_at)
                due._set_state("sent")
        self.assertEqual(
            sorted((act.day, act.channel, float(act.amount)) for act in rehearsed),
            sorted(seen.values()),
        )

    def test_what_waits_for_a_release_is_made_on_the_first_day(self):
        self._live_through(MONTH[:6], {})
        acts = self._figures(self._rehearse(MONTH[7])).acts
        self.assertEqual((acts[0].day, acts[0].amount), (MONTH[7], 1500))

    def test_what_is_disputed_takes_no_further_step(self):
        self._live_through(MONTH[:10])
        debt = self._debts(self.a1)
        with self.at("2026-10-10"):
            self.env["cobranza.dispute"].create(
                {"debtor_id": debt.debtor_id.id, "debt_id": debt.id, "reason": "price"}
            )
        report = self._rehearse(MONTH[10])
        self.assertTrue(report.act_ids)
        self.assertNotIn(self.partner_a, report.act_ids.partner_id)

    def test_a_hold_that_ends_lets_the_ladder_go_on(self):
        self._live_through(MONTH[:6], {})
        debtor = self._debts(self.a1).debtor_id
        with self.at("2026-10-06"):
            self.env["cobranza.hold"].create(
                {"debtor_id": debtor.id, "reason": "other", "date_to": "2026-10-12"}
            )
        acts = self._rehearse(MONTH[6]).act_ids
        mine = acts.filtered(lambda act: act.partner_id == self.partner_a)
        self.assertEqual(str(mine[0].day), "2026-10-13")
        self.assertEqual(debtor.hold_ids.state, "open")

    def test_a_charge_counts_once_however_many_levels_would_make_it(self):
        self.policy.level_ids[1:].charge = True
        with self.law(fee=self.schedule(wait_days=1)):
            figures = self._figures(self._rehearse())
        # 9 % of each of 1000, 500 and 300 at its level of 15 days
        self.assertEqual(figures.charges(), {"fee": 162})
        self.assertEqual(sum(week[5] for week in figures.weeks()), 162)
        self.assertFalse(self._debts(self.a1).charge_ids)

    def test_a_client_moves_no_clock(self):
        today = self.company._cobranza_today()
        for value in ("2030-01-01 12:00:00", {"moment": "2030-01-01"}, True):
            moved = self.company.with_context(**{CLOCK: value})
            self.assertEqual(moved._cobranza_today(), today)
        moved = at(self.company, datetime(2030, 1, 1, 12))
        self.assertEqual(str(moved._cobranza_today()), "2030-01-01")
        with self.assertRaisesRegex(AssertionError, "never kept"):
            commit(moved.env)


@tagged("post_install", "-at_install")
class TestShadowMonth(ShadowCommon):
    """A month in proposal mode, a run each day, with payments in between."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._live_through()

    def _on_last_day(self):
        return self._rehearse(LAST)

    def test_letters_are_spared_when_all_they_claim_is_paid(self):
        spared = self._figures(self._on_last_day()).spared
        self.assertEqual([act.day.day for act in spared], [15, 24])
        self.assertEqual([act.amount for act in spared], [300, 700])
        # the 24th is a Saturday: it would have left on Monday, and was paid on Sunday
        self.assertEqual([act.paid_before for act in spared], [False, True])
        self.assertEqual(spared[1].planned_at.date(), date(2026, 10, 26))

    def test_what_is_proposed_piles_up_once_and_ends_with_its_reason(self):
        contacts = self.env["cobranza.contact"].search([("run_id", "!=", False)])
        kept = contacts.filtered(lambda contact: contact.state == "planned")
        self.assertEqual(sorted(kept.mapped("amount")), [1000, 2000])
        over = contacts - kept
        self.assertEqual(set(over.mapped("state")), {"cancelled"})
        self.assertEqual(over.mapped("cancel_reason"), ["Settled", "Settled"])
        self.assertEqual(len(contacts), 4)
        self.assertEqual(set(kept.mapped("waiting")), {"proposal"})
        # nobody was written to: the debts stay where the debtor was told they are
        self.assertEqual(self._debts(self.a1).level, 1)

    def test_cash_is_expected_by_the_share_of_the_own_history_only(self):
        report = self._on_last_day()
        self.assertEqual(self._figures(report).history, (2, 1000, 400))
        self.assertIsNone(self._figures(report).expected)
        self.assertIn("Not said", report.read(["figures"])[0]["figures"])
        with patch.object(shadow_figures, "LEAST", 2):
            self.assertEqual(self._figures(report).expected, 1200)
            report.invalidate_recordset(["figures"])
            words = report.read(["figures"])[0]["figures"]
        for part in ("1,200.00", "3,000.00", "40.0", "1,000.00"):
            self.assertIn(part, words)

    def test_what_is_paid_without_any_letter_is_told_too(self):
        later = self._figures(self._rehearse("2026-11-05"))
        self.assertEqual(later.unasked, (2, 1500, 500))

    def test_the_report_names_the_data_errors(self):
        self.partner_a.email = False
        found = {
            line.name: line.debtor_ids.partner_id
            for line in self._on_last_day().line_ids
        }
        self.assertEqual(
            found["No address for: E-mail"], self.partner_a | self.partner_c
        )
        self.assertIn(self.partner_c, found["Without tax number"])
        self.assertEqual(found["Regime unknown"], self.partner_a | self.partner_c)

    def test_the_report_is_a_workbook_with_the_same_figures(self):
        report = self._on_last_day()
        report.action_workbook()
        book = load_workbook(io.BytesIO(base64.b64decode(report.workbook)))
        rows = {row[0]: row[1] for row in book["Summary"].values}
        acts = len(report.act_ids)
        self.assertTrue(acts)
        self.assertEqual(rows["Contacts that would have been made"], acts)
        self.assertEqual(rows["Claimed, each debt once"], 3000)
        self.assertEqual(len(list(book["Letters spared"].values)), 3)
        self.assertEqual(len(list(book["Every contact"].values)), acts + 1)

    def test_the_paper_says_what_the_screen_says(self):
        report = self._on_last_day()
        html, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "cobranza_legal.action_report_shadow", report.ids
        )
        for part in ("Shadow month of", "3,000.00", "Letters spared", "Week by week"):
            self.assertIn(part, html.decode())

    def test_every_act_can_be_opened(self):
        report = self._on_last_day()
        action = report.action_view_acts()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, report.act_ids)


@tagged("post_install", "-at_install")
class TestShadow(ShadowCommon):
    """What changes while the company only proposes."""

    def test_going_live_is_one_click_to_the_checklist_and_ends_the_month(self):
        self._live_through(MONTH[:7])
        with self.at("2026-10-07"):
            report = self._report(self._role("manager"))
            self.assertEqual(report.action_go_live()["res_model"], "cobranza.go.live")
            self.company._cobranza_switch("confirm")
        self._live_through(MONTH[7:20], {})
        with self.at("2026-10-25"):
            self.company._cobranza_switch("proposal")
            again = self._report()
        self.assertEqual(str(again.since), "2026-10-25")

    def test_the_time_in_proposal_mode_starts_with_the_first_proposal(self):
        self.company._through_gate().cobranza_proposal_on = False
        self._run("2026-10-03")
        self.assertFalse(self.company.cobranza_proposal_on)
        self._run("2026-10-06")
        self.assertEqual(str(self.company.cobranza_proposal_on), "2026-10-06")

    def test_who_does_not_collect_does_not_see_the_month(self):
        with self.assertRaises(AccessError):
            self._report(self._role("lawyer"))
        self.assertTrue(self._report(self._role("collector")).figures)


@tagged("post_install", "-at_install")
class TestShadowQueries(query_count.TestQueryCount):
    """A run in proposal mode asks the database as often for 20 debts as for 200."""

    test_a_batch_of_the_sender = None
    test_the_upkeep = None
    test_the_figures_of_a_day = None

    @classmethod
    def _measure(cls, *args):
        cls.company.cobranza_mode = "proposal"
        return super()._measure(*args)

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
        """The day is noted on the company."""
        self._check("first day", 52)

    def test_a_day_on_which_nothing_changes(self):
        """The contacts of the first day still wait, and are read."""
        self._check("unchanged day", 17)

    def test_the_day_on_which_all_escalate(self):
        self._check("all escalate", 45)
