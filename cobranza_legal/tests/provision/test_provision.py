import random
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common.base import CobranzaCommon
from ..common.provision import ProvisionStories

TRUTH = """
WITH lines AS (
    SELECT l.id, l.partner_id, l.currency_id, l.date_maturity AS due,
           l.balance
           - COALESCE((SELECT sum(p.amount) FROM account_partial_reconcile p
                        WHERE p.debit_move_id = l.id AND p.max_date <= %(day)s), 0)
           + COALESCE((SELECT sum(p.amount) FROM account_partial_reconcile p
                        WHERE p.credit_move_id = l.id AND p.max_date <= %(day)s), 0)
           AS own,
           l.amount_currency
           - COALESCE((SELECT sum(p.debit_amount_currency)
                         FROM account_partial_reconcile p
                        WHERE p.debit_move_id = l.id AND p.max_date <= %(day)s), 0)
           + COALESCE((SELECT sum(p.credit_amount_currency)
                         FROM account_partial_reconcile p
                        WHERE p.credit_move_id = l.id AND p.max_date <= %(day)s), 0)
           AS open
      FROM account_move_line l JOIN account_account a ON a.id = l.account_id
     WHERE a.account_type = 'asset_receivable' AND l.company_id = %(company)s
       AND l.parent_state = 'posted' AND l.date <= %(day)s
), credits AS (
    SELECT partner_id, currency_id, -sum(open) AS credit
      FROM lines WHERE open < 0 GROUP BY 1, 2
), debits AS (
    SELECT d.due, d.open, d.own, COALESCE(c.credit, 0) AS credit,
           sum(d.open) OVER (PARTITION BY d.partner_id, d.currency_id
                             ORDER BY d.due, d.id) AS upto
      FROM lines d LEFT JOIN credits c USING (partner_id, currency_id)
     WHERE d.open > 0
)
SELECT COALESCE(sum(round(
           round(LEAST(open, GREATEST(upto - credit, 0)) * own / open, 2)
           * CASE WHEN %(day)s - due > 365 THEN 1.0 WHEN %(day)s - due > 270 THEN 0.75
                  WHEN %(day)s - due > 180 THEN 0.5 WHEN %(day)s - due > 90 THEN 0.25
                  ELSE 0 END, 2)), 0)
  FROM debits
"""


class ProvisionCommon(ProvisionStories, CobranzaCommon):
    """A company of no country of ours with a scale and accounts of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"]
        for name, code, kind in (
            ("cobranza_provision_account_id", "149000", "asset_current"),
            ("cobranza_provision_charge_account_id", "694000", "expense"),
            ("cobranza_provision_release_account_id", "794000", "income_other"),
            ("cobranza_doubtful_account_id", "436000", "asset_receivable"),
        ):
            cls.company[name] = accounts.create(
                {"code": code, "name": name, "account_type": kind}
            )
        cls.scale = cls.env["cobranza.provision.scale"].create(
            {
                "name": "Quarters",
                "code": "quarters",
                "company_id": cls.company.id,
                "buckets": "0: 0; 91: 25; 181: 50; 271: 75; 366: 100",
            }
        )


@tagged("post_install", "-at_install")
class TestProvision(ProvisionCommon):
    def test_a_run_books_what_changes_by_one_entry(self):
        self._invoice(due="2026-04-05", amount=1000)  # 50 % on 2026-10-31
        self._invoice(due="2026-07-01", amount=400)  # 25 %
        run = self._provide("2026-10-31", post=False)
        self.assertEqual(run.state, "computed")
        self.assertEqual((run.base, run.target, run.movement), (1400, 600, 600))
        run.action_post()
        self.assertEqual(run.posted_by_id, self.env.user)
        self.assertEqual(str(run.move_id.date), "2026-10-31")
        self.assertEqual(self._sides(run.move_id), [("149000", -600), ("694000", 600)])
        self.assertEqual(len(run.line_ids), 2)
        self.assertEqual(
            run.line_ids.mapped("why"),
            ["181 to 270 days: 50 %", "91 to 180 days: 25 %"],
        )

    def test_a_second_run_without_news_books_nothing(self):
        self._invoice(due="2026-04-05")
        self._provide("2026-10-31")
        again = self._provide("2026-11-01")
        self.assertEqual((again.target, again.booked, again.movement), (500, 500, 0))
        self.assertEqual(again.state, "posted")
        self.assertFalse(again.move_id)
        self.assertEqual(self._balance("allowance"), -500)

    def test_what_was_collected_is_released_and_what_is_older_charged(self):
        paid = self._invoice(due="2026-04-05", amount=1000)
        self._invoice(due="2026-07-10", amount=400, partner=self.partner_b)
        self._provide("2026-09-30")
        self.assertEqual(self._balance("allowance"), -250)
        self._pay(paid, 1000, "2026-10-10")
        run = self._provide("2026-10-31")
        self.assertEqual(self._balance("allowance"), -100)
        self.assertEqual((run.charged, run.released), (100, 250))
        gone = run.line_ids.filtered(lambda one: not one.target)
        self.assertEqual(gone.bucket, "No longer open")

    def _pay(self, move, amount, day):
        with self.at(day):
            return self._register_payment(move, amount=amount, payment_date=day)

    def test_a_payment_that_comes_back_is_provided_for_again(self):
        move = self._invoice(due="2026-04-05")
        payment = self._pay(move, 1000, "2026-10-10")
        self._provide("2026-10-31")
        self.assertEqual(self._balance("allowance"), 0)
        receivable = payment.move_id.line_ids.filtered("reconciled")
        receivable.remove_move_reconcile()
        payment.action_draft()
        self._provide("2026-11-10")
        self.assertEqual(self._balance("allowance"), -500)

    def test_loose_money_of_the_debtor_pays_the_oldest(self):
        self._invoice(due="2026-04-05", amount=1000)
        self._invoice(due="2026-07-10", amount=400)
        self._prepay(700, "2026-10-01")
        run = self._provide("2026-10-31", post=False)
        self.assertEqual(run.line_ids.mapped("open"), [300, 400])
        self.assertEqual(run.target, 250)

    def test_the_same_day_is_never_posted_twice(self):
        self._invoice(due="2026-04-05")
        run = self._provide("2026-10-31")
        other = self.env["cobranza.provision.run"].create({"day": "2026-10-31"})
        self._assert_refused("posted already", other.action_compute)
        with self.assertRaises(UserError):
            run.action_post()

    def test_a_day_before_the_last_run_is_refused_until_it_is_reversed(self):
        self._invoice(due="2026-04-05")
        run = self._provide("2026-10-31")
        early = self.env["cobranza.provision.run"].create({"day": "2026-09-30"})
        self._assert_refused("Reverse it first", early.action_compute)
        run.action_reverse()
        early.action_compute()
        early.action_post()
        self.assertEqual(self._balance("allowance"), -250)

    def test_reversing_takes_the_entry_back_and_only_the_last_is_reversed(self):
        self._invoice(due="2026-04-05")
        first = self._provide("2026-09-30")
        second = self._provide("2026-10-31")
        self._assert_refused("Reverse Provisions on", first.action_reverse)
        second.action_reverse()
        self.assertEqual(second.state, "reversed")
        self.assertEqual(str(second.reverse_move_id.date), "2026-10-31")
        self.assertEqual(self._balance("allowance"), -250)
        self._provide("2026-10-31")
        self.assertEqual(self._balance("allowance"), -500)

    def test_a_locked_day_is_refused_and_the_lock_named(self):
        self._invoice(due="2026-04-05")
        run = self._provide("2026-10-31", post=False)
        self.company.fiscalyear_lock_date = "2026-10-31"
        self._assert_refused("Global Lock Date", run.action_post)
        self.assertEqual(run.state, "computed")
        self.company.fiscalyear_lock_date = "2026-10-30"
        run.action_post()
        self.assertEqual(run.state, "posted")

    def test_books_that_changed_since_it_was_computed_are_computed_again(self):
        move = self._invoice(due="2026-04-05")
        run = self._provide("2026-10-31", post=False)
        self._pay(move, 400, "2026-10-20")
        self._assert_refused("Compute it again", run.action_post)
        run.action_compute()
        run.action_post()
        self.assertEqual(self._balance("allowance"), -300)

    def test_a_day_to_come_is_refused(self):
        run = self.env["cobranza.provision.run"].create({"day": "2026-12-31"})
        self._assert_refused("has not come yet", run.action_compute)

    def test_what_was_booked_by_hand_is_taken_over_or_kept(self):
        accounts = self._accounts()
        hand = [(accounts["charge"], 200), (accounts["allowance"], -200)]
        self._book("2026-06-30", *hand)
        self._invoice(due="2026-04-05")
        self.company.cobranza_provision_keep_other = True
        run = self._provide("2026-10-31")
        self.assertEqual(self._balance("allowance"), -700)
        run.action_reverse()
        self.company.cobranza_provision_keep_other = False
        run = self._provide("2026-10-31")
        self.assertEqual(self._balance("allowance"), -500)
        self.assertEqual((run.charged, run.released), (300, 0))

    def test_a_scale_that_nobody_can_read_is_refused(self):
        with self.assertRaises(ValidationError):
            self.scale.buckets = "91: 25; 90: 50"

    def test_without_a_scale_it_is_refused(self):
        self.scale.active = False
        run = self.env["cobranza.provision.run"].create({"day": "2026-10-31"})
        self._assert_refused("has no scale", run.action_compute)

    def test_the_scale_of_the_day_stands(self):
        self.scale.copy(
            {"code": "quarters", "valid_from": "2026-10-01", "buckets": "1: 10"}
        )
        self._invoice(due="2026-04-05")
        self.assertEqual(self._provide("2026-09-30").target, 250)
        self.assertEqual(self._provide("2026-10-31").target, 100)


@tagged("post_install", "-at_install")
class TestProvisionJudged(ProvisionCommon):
    """What is known of a debt beside its age."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice(due="2026-04-05")
        cls._run("2026-10-30")
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id

    def _assess(self, percent, **vals):
        return self.env["cobranza.provision.assessment"].create(
            {
                "debtor_id": self.debtor.id,
                "percent": percent,
                "reason": "Accounts of 2025",
                "since": "2026-10-01",
                **vals,
            }
        )

    def test_an_assessment_wins_while_it_is_in_force(self):
        assessment = self._assess(80, until="2026-10-31")
        run = self._provide("2026-10-31")
        self.assertEqual(run.target, 800)
        self.assertIn("Accounts of 2025", run.line_ids.why)
        self.assertEqual(assessment.user_id, self.env.user)
        self.assertEqual(self._provide("2026-11-01").target, 500)

    def test_that_of_the_debt_wins_over_that_of_the_debtor(self):
        self._assess(80)
        self._assess(10, debt_id=self.debt.id)
        self.assertEqual(self._provide("2026-10-31").target, 100)

    def test_it_is_ended_but_not_edited(self):
        accountant = self._role("accountant")
        assessment = self._assess(80).with_user(accountant)
        with self.assertRaises(UserError):
            assessment.write({"percent": 10})
        assessment.action_end()
        self.assertEqual(str(assessment.until), "2026-11-23")
        self._assert_refused("ended already", assessment.action_end)

    def test_one_that_has_begun_is_not_deleted(self):
        manager = self._role("manager")
        begun, later = self._assess(80), self._assess(10, since="2026-11-24")
        with self.assertRaisesRegex(UserError, "end it"):
            begun.with_user(manager).unlink()
        later.with_user(manager).unlink()
        self.assertEqual(self.debtor.assessment_ids, begun)

    def test_what_is_insured_is_in_no_base(self):
        self._insure(covered=90)
        run = self._provide("2026-10-31")
        self.assertEqual((run.base, run.target), (100, 50))
        self.assertIn("90 % is paid by", run.line_ids.why)

    def _insure(self, **vals):
        return self.env["cobranza.credit.insurance"].create(
            {
                "debtor_id": self.debtor.id,
                "insurer_id": self.partner_b.id,
                "covered": 90,
                "since": "2026-01-01",
                **vals,
            }
        )

    def test_who_changes_or_deletes_an_insurance_is_written_down(self):
        insurance = self._insure(covered=90)
        insurance.covered = 50
        self.assertIn("90.0 → 50.0", insurance.history_ids.mapped("reason"))
        rows = insurance.history_ids
        insurance.with_user(self._role("manager")).unlink()
        left = self.env["cobranza.history"].search(
            [
                ("res_model", "=", "cobranza.credit.insurance"),
                ("id", "not in", rows.ids),
            ]
        )
        self.assertEqual((left.change, left.debtor_id), ("Deleted", self.debtor))

    def test_the_settings_are_tracked_and_judge_nobody(self):
        names = ("scale_id", "net_of_tax", "keep_other", "disputed", "agreed", "sued")
        names = {f"cobranza_provision_{name}" for name in names}
        company = self.company
        self.assertLessEqual(names, company._track_get_fields())
        self.assertFalse(names & company._cobranza_decided_by())

    def test_somebody_is_asked_once_to_tell_the_insurer(self):
        insurance = self._insure(declare_days=240)  # until 2026-12-01
        model = self.env["cobranza.credit.insurance"]
        model._ask_to_declare(self.company, fields.Date.to_date("2026-11-20"))
        self.assertFalse(insurance.told_debt_ids)
        for day in ("2026-11-21", "2026-11-22"):
            model._ask_to_declare(self.company, fields.Date.to_date(day))
        self.assertEqual(insurance.told_debt_ids, self.debt)
        activity = self.debtor.activity_ids.filtered(
            lambda one: "Tell" in (one.summary or "")
        )
        self.assertEqual(str(activity.date_deadline), "2026-12-01")

    def test_related_parties_and_regimes_may_be_left_out(self):
        self.debtor.related_party = True
        self.assertEqual(self._provide("2026-10-31", post=False).target, 500)
        self.scale.leaves_out_related = True
        run = self._provide("2026-10-31", post=False)
        self.assertEqual(run.target, 0)
        self.assertIn("Related party", run.line_ids.why)
        self.debtor.related_party = False
        self.debtor.write({"regime": "public", "regime_stated": True})
        self.scale.of_public = False
        self.assertEqual(self._provide("2026-10-31", post=False).target, 0)

    def test_disputed_debts_are_treated_as_the_company_says(self):
        self.env["cobranza.dispute"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_id": self.debt.id,
                "reason": "other",
            }
        )
        self.assertEqual(self._provide("2026-10-31", post=False).target, 500)
        self.company.cobranza_provision_disputed = "whole"
        run = self._provide("2026-10-31", post=False)
        self.assertEqual((run.target, run.line_ids.why), (1000, "Disputed debts"))
        self.company.cobranza_provision_disputed = "none"
        self.assertEqual(self._provide("2026-10-31", post=False).target, 0)

    def test_what_is_claimed_in_court_is_known_by_the_block_of_cases(self):
        block = self.registry["cobranza.block.case"]
        self.company.cobranza_provision_sued = "whole"
        with patch.object(
            block, "_claimed_in_court", lambda _self, ids, _day: set(ids)
        ):
            run = self._provide("2026-10-31", post=False)
        self.assertEqual((run.target, run.line_ids.sued), (1000, True))

    def test_a_filed_proceeding_claims_the_debts_of_its_case(self):
        block = self.env["cobranza.block.case"]
        day = fields.Date.to_date("2026-11-23")
        case = self.env["cobranza.case"].create(
            {"debtor_id": self.debtor.id, "debt_ids": [Command.set(self.debt.ids)]}
        )
        kind = {"code": "own", "name": "Own", "company_id": self.company.id}
        kind = self.env["cobranza.proceeding.type"].create(kind)
        suit = self.env["cobranza.proceeding"].create(
            {"case_id": case.id, "type_id": kind.id}
        )
        self.assertFalse(block._claimed_in_court(self.debt.ids, day))
        suit._through_gate().write({"state": "filed", "filed_on": "2026-11-01"})
        self.assertEqual(block._claimed_in_court(self.debt.ids, day), {self.debt.id})
        before = fields.Date.to_date("2026-10-31")
        self.assertFalse(block._claimed_in_court(self.debt.ids, before))
        kind.nature = "notarial"
        self.assertFalse(block._claimed_in_court(self.debt.ids, day))

    def test_old_reasons_are_erased_and_figures_stay(self):
        assessment = self._assess(80, until="2026-10-10")
        block = self.env["cobranza.block.provision"]
        cutoff = fields.Date.to_date("2026-11-01")
        self.assertTrue(block._is_to_erase(self.debtor, cutoff))
        block._erase_matters(self.debtor.sudo(), cutoff, "Erased")
        self.assertEqual((assessment.reason, assessment.percent), ("-", 80))
        self.assertFalse(block._is_to_erase(self.debtor, cutoff))

    def test_debts_in_an_agreement_are_treated_as_the_company_says(self):
        agreement = self.env["cobranza.agreement"].create(
            {"debtor_id": self.debtor.id, "debt_ids": [Command.set(self.debt.ids)]}
        )
        self.company.cobranza_provision_agreed = "none"
        self.assertEqual(self._provide("2026-10-31", post=False).target, 500)
        agreement.sudo()._through_gate().write({"state": "active"})
        run = self._provide("2026-10-31", post=False)
        self.assertEqual((run.target, run.line_ids.why), (0, "Debts in an agreement"))
        self.company.cobranza_provision_agreed = "whole"
        self.assertEqual(self._provide("2026-10-31", post=False).target, 1000)

    def test_what_was_ceded_is_released_and_comes_back(self):
        self._provide("2026-10-31")
        self.debt.sudo()._through_gate().write({"ceded_on": "2026-11-01"})
        run = self._provide("2026-11-02")
        self.assertEqual((run.target, run.movement), (0, -500))
        self.assertEqual(self._balance("allowance"), 0)
        self.debt.sudo()._through_gate().write({"ceded_back_on": "2026-11-03"})
        self.assertEqual(self._provide("2026-11-04").target, 500)

    def test_a_foreign_currency_by_what_is_open_at_its_rate(self):
        foreign = self.setup_other_currency("EUR", rates=[("2025-01-01", 2.0)])
        self._invoice("2026-04-05", 600, self.partner_b, currency_id=foreign.id)
        self._prepay(100, "2026-10-01", self.partner_b)  # of another currency
        line = self._provide("2026-10-31", post=False).line_ids.filtered(
            lambda one: one.document_currency_id == foreign
        )
        self.assertEqual((line.open_currency, line.open, line.target), (600, 300, 150))

    def test_branches_are_in_the_run_of_their_root(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.cr.precommit.run()  # as Odoo prepares the accounts of a branch
        self.env.user.company_ids |= branch
        companies = [self.company.id, branch.id]
        moves = self.env["account.move"].with_context(allowed_company_ids=companies)
        line = {"name": "x", "price_unit": 400, "tax_ids": False}
        line["account_id"] = self.company_data["default_account_revenue"].id
        moves.with_company(branch).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "company_id": branch.id,
                "invoice_date": "2026-03-01",
                "invoice_date_due": "2026-04-05",
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create(line)],
            }
        ).action_post()
        run = self._provide("2026-10-31")
        self.assertEqual((run.target, len(run.line_ids)), (700, 2))
        self.assertEqual(run.move_id.company_id, self.company)


@tagged("post_install", "-at_install")
class TestProvisionClosing(ProvisionCommon):
    def test_the_balance_moves_for_a_day_and_no_invoice_is_paid(self):
        move = self._invoice(due="2026-04-05")
        self._run("2026-10-30")
        run = self._provide("2026-10-31")
        run.action_reclassify()
        self.assertEqual(self._balance("doubtful", "2026-10-31"), 1000)
        self.assertEqual(self._balance("doubtful", "2026-11-01"), 0)
        self.assertEqual(move.payment_state, "not_paid")
        self.assertEqual(move.amount_residual, 1000)
        lines = (run.reclass_move_id | run.reclass_back_move_id).line_ids
        self.assertFalse(lines.matched_debit_ids or lines.matched_credit_ids)
        self._run("2026-11-05")
        debts = self.env["cobranza.debt"].search(
            [("partner_id", "=", move.partner_id.id)]
        )
        self.assertEqual(len(debts), 1)
        self.assertEqual(self._provide("2026-11-10").target, 500)
        self._assert_refused("reclassified already", run.action_reclassify)

    def test_reversing_the_run_takes_the_reclassification_back(self):
        self._invoice(due="2026-04-05")
        run = self._provide("2026-10-31")
        run.action_reclassify()
        run.action_reverse()
        self.assertEqual(self._balance("doubtful", "2026-10-31"), 0)
        self.assertEqual(self._balance("doubtful"), 0)


@tagged("post_install", "-at_install")
class TestProvisionRights(ProvisionCommon):
    def test_each_step_as_each_role(self):
        self._invoice(due="2026-04-05")
        for role in ("collector", "lawyer", "all_lawyer", "approver"):
            runs = self.env["cobranza.provision.run"].with_user(self._role(role))
            with self.assertRaises(AccessError):
                runs.create({"day": "2026-10-31"})
        accountant = self._role("accountant")
        runs = self.env["cobranza.provision.run"].with_user(accountant)
        run = runs.create({"day": "2026-10-31"})
        run.action_compute()
        manager = self._role("manager")
        for role in (manager,):
            other = run.with_user(role)
            for name in ("action_compute", "action_post", "action_create_accounts"):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    getattr(other, name)()
        run.action_post()
        run.action_reclassify()
        for name in ("action_reverse", "action_reclassify"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(run.with_user(manager), name)()
        run.action_reverse()
        self.assertEqual(run.state, "reversed")
        with self.assertRaises(UserError):
            run.with_user(manager).unlink()

    def test_lines_and_figures_are_written_by_the_engine_alone(self):
        self._invoice(due="2026-04-05")
        accountant = self._role("accountant")
        run = self._provide("2026-10-31").with_user(accountant)
        with self.assertRaises(UserError):
            run.write({"target": 1})
        with self.assertRaises(UserError):
            run.write({"day": "2026-11-01"})
        with self.assertRaises(AccessError):
            run.line_ids.write({"target": 1})

    def test_customers_of_one_name_are_two_rows(self):
        for partner in (self.partner_a, self.partner_b):
            partner.name = "García"
            self._invoice(due="2026-04-05", partner=partner)
        rows = self._provide("2026-10-31", post=False)._summary("partner_id")
        self.assertEqual([row[:2] for row in rows], [("García", 1000)] * 2)

    def test_the_workbook_and_the_paper_are_made(self):
        self._invoice(due="2026-04-05")
        run = self._provide("2026-10-31").with_user(self._role("accountant"))
        self.assertTrue(run.workbook)
        self.assertIn("cobranza.provision.run", run.action_workbook()["url"])
        report = self.env["ir.actions.report"].with_user(run.env.user)
        html, _kind = report._render_qweb_html("cobranza_legal.provision_run", run.ids)
        self.assertIn("181 to 270 days", html.decode())


@tagged("post_install", "-at_install")
class TestProvisionHistories(ProvisionCommon):
    """Whatever happened, a run leaves the allowance at what lines, partials and due
    days say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rates = [("2025-01-01", 2.0), ("2026-05-01", 2.5), ("2026-09-01", 1.6)]
        cls.foreign = cls.setup_other_currency("EUR", rates=rates)

    def test_random_histories(self):
        for seed in range(4):
            with self.subTest(seed=seed):
                self._history(random.Random(seed))

    def _history(self, dice):
        moves, payments = [], []
        partners = (self.partner_a, self.partner_b)
        own = self.company.currency_id
        currencies = (own, own, self.foreign)
        start = self.env["cobranza.provision.run"]._last_posted(self.company)
        if start:
            start.action_reverse()
        for day in ("2026-03-31", "2026-06-30", "2026-08-31", "2026-10-31"):
            before = [one for one in moves if one.amount_residual]
            for _ in range(dice.randrange(4)):
                due = f"2025-{dice.randrange(6, 13):02}-{dice.randrange(1, 28):02}"
                moves.append(
                    self._invoice(
                        due=due,
                        invoice_date="2025-06-01",
                        amount=dice.randrange(100, 99999) / 100,
                        partner=dice.choice(partners),
                        currency_id=dice.choice(currencies),
                    )
                )
            acts = dice.sample(before, min(len(before), 3))
            for move, act in zip(acts, ("pay", "part", "refund"), strict=False):
                with self.at(day):
                    self._act(dice, move, act, day, payments)
            if payments and dice.random() < 0.5:
                payments.pop().move_id.line_ids.remove_move_reconcile()
            if dice.random() < 0.5:
                amount = dice.randrange(100, 20000) / 100
                self._prepay(amount, day, dice.choice(partners))
            run = self._provide(day)
            self.assertEqual(-self._balance("allowance", day), self._truth(day))
            if dice.random() < 0.3:
                run.action_reverse()
                again = self._provide(day)
                self.assertEqual(again.target, run.target)
                self.assertEqual(-self._balance("allowance", day), self._truth(day))
        self._assert_told(day)
        for run in self.env["cobranza.provision.run"].search(
            [("state", "=", "posted")], order="day desc"
        ):
            run.action_reverse()
        self.assertEqual(self._balance("allowance"), 0)

    def _assert_told(self, day):
        """The book from the beginning ties, and nothing is beside runs."""
        book = self.env["cobranza.provision.book"]
        book = book.create({"since": "2026-01-01", "until": day})
        book.action_show()
        account = self._accounts()["allowance"]
        row = book.account_ids.filtered(lambda one: one.account_id == account)
        self.assertEqual((row.difference, row.other), (0, 0))
        self.assertEqual(row.closing, self._truth(day))

    def _act(self, dice, move, act, day, payments):
        if act == "refund":
            move._reverse_moves([{"date": day, "invoice_date": day}], cancel=True)
        else:
            share = 1 if act == "pay" else dice.random() * 0.9 + 0.05
            amount = round(move.amount_residual * share, 2)
            payments.append(
                self._register_payment(move, amount=amount, payment_date=day)
            )

    def _truth(self, day):
        self.env.flush_all()
        values = {"day": fields.Date.to_date(day), "company": self.company.id}
        self.cr.execute(TRUTH, values)
        return float(self.cr.fetchone()[0])


@tagged("post_install", "-at_install")
class TestProvisionScale(ProvisionCommon):
    def test_queries_do_not_grow_with_debts(self):
        """Of a preview and of its posting, of 20 and of 260 debts, and of the next
        day."""
        day, later = "2026-10-31", "2026-11-01"
        counts = {}
        for many in (10, 120):
            self._invoices([self.partner_a, self.partner_b] * many, due="2026-04-05")
            for on in (day, later):
                counts[many, on] = self._queries_of(on)
            for on in (later, day):
                about = [("day", "=", on), ("state", "=", "posted")]
                self.env["cobranza.provision.run"].search(about).action_reverse()
        for on in (day, later):
            few, many = counts[10, on], counts[120, on]
            self.assertLessEqual(many["action_compute"], few["action_compute"] + 2)
            self.assertLess(many["action_compute"], 60)
            self.assertLessEqual(many["action_post"], few["action_post"] + 2)
            self.assertLess(many["action_post"], 180)

    def _queries_of(self, day):
        run = self.env["cobranza.provision.run"].create({"day": day})
        found = {}
        for name in ("action_compute", "action_post"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            getattr(run, name)()
            self.env.flush_all()
            found[name] = self.cr.sql_log_count - before
        return found

    def test_lines_are_written_as_their_fields_keep_them(self):
        move = self._invoice(due="2026-04-05", amount=1000.1)
        self.scale.buckets = "91: 33.335"
        run = self._provide("2026-10-31", post=False)
        [line] = run.line_ids
        found = line.read(["day", "company_id", "percent", "target", "sued", "days"])
        self.assertEqual(
            found[0],
            {
                "id": line.id,
                "day": fields.Date.to_date("2026-10-31"),
                "company_id": (self.company.id, self.company.display_name),
                "percent": 33.34,
                "target": 333.38,
                "sued": False,
                "days": 209,
            },
        )
        self.assertEqual(line.create_uid, self.env.user)
        self.assertFalse(line.tax_since or line.tax_lacking)
        self.assertEqual(line.move_line_id.move_id, move)
        with self.assertRaises(UserError):
            line.sudo(False)._enter(run, [])
