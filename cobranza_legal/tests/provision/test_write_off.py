import random
import re
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common.base import CobranzaCommon
from ..common.write_off import WriteOffStories
from .test_provision import TRUTH


class WriteOffCommon(WriteOffStories, CobranzaCommon):
    """A company of no country of ours with a scale and accounts of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._provide_for(cls.company)

    @classmethod
    def _provide_for(cls, company):
        accounts = cls.env["account.account"].with_company(company)
        for name, code, kind in (
            ("cobranza_provision_account_id", "149000", "asset_current"),
            ("cobranza_provision_charge_account_id", "694000", "expense"),
            ("cobranza_provision_release_account_id", "794000", "income_other"),
            ("cobranza_write_off_account_id", "650000", "expense"),
            ("cobranza_recovery_account_id", "759000", "income_other"),
        ):
            company[name] = accounts.create(
                {
                    "code": code,
                    "name": name,
                    "account_type": kind,
                    "company_ids": [Command.set(company.ids)],
                }
            )
        cls.env["cobranza.provision.scale"].create(
            {
                "name": "Quarters",
                "code": "quarters",
                "company_id": company.id,
                "buckets": "91: 25; 181: 50; 271: 75; 366: 100",
            }
        )

    def _debt(self, due="2023-10-05", amount=1000, **vals):
        move = self._invoice(due, amount, invoice_date="2023-09-01", **vals)
        self._run("2026-11-20")
        return self._debts(move)

    def _old(self, **vals):
        """A debt that a run of two years ago has provided for in whole."""
        debt = self._debt(**vals)
        with self.at("2025-01-31"):
            self._provide("2025-01-31")
        return debt


@tagged("post_install", "-at_install")
class TestWriteOff(WriteOffCommon):
    def test_it_is_asked_for_declared_approved_and_booked(self):
        debt = self._old()
        write_off = self._draft(debt)
        self.assertEqual((write_off.amount, write_off.released), (1000, 1000))
        write_off.action_request()
        self.assertEqual(write_off.state, "requested")
        people = self._people()
        write_off.with_user(people["all_lawyer"])._declare("Nothing is left")
        self.assertEqual(write_off.state, "declared")
        approval = self._approval(write_off)
        self.assertEqual((approval.kind, approval.amount), ("write_off", 1000))
        approval.with_user(people["approver"])._answer(True, "Agreed")
        self.env.invalidate_all()
        self.assertEqual(write_off.state, "approved")
        write_off.action_post()
        self.assertEqual(write_off.state, "posted")
        self.assertEqual(str(write_off.move_id.date), "2026-11-23")
        receivable = debt.move_line_id.account_id.code
        self.assertEqual(
            dict(self._sides(write_off.move_id)),
            {receivable: -1000, "149000": 1000, "650000": 1000, "794000": -1000},
        )
        self.assertTrue(debt.settled)
        self.assertEqual(self._kinds(debt), {("write_off", 1000)})
        self.env.cr.precommit.run()
        self.assertEqual(debt.reason, "written_off")
        self.assertEqual(self._balance("allowance"), 0)

    def test_the_next_run_moves_nothing_for_it(self):
        self._written_off(self._old())
        run = self._provide("2026-11-23")
        self.assertEqual((run.movement, run.move_id.id), (0, False))

    def test_what_is_provided_beyond_it_is_released_by_the_next_run(self):
        debt = self._old()
        self._register_payment(debt.move_id, amount=400, payment_date="2026-11-20")
        write_off = self._written_off(debt)
        self.assertEqual((write_off.amount, write_off.released), (600, 600))
        self.assertEqual(self._balance("allowance"), -400)
        run = self._provide("2026-11-23")
        self.assertEqual((run.charged, run.released), (0, 400))
        self.assertEqual(self._balance("allowance"), 0)

    def test_a_year_after_the_run_and_both_days_are_shown(self):
        debt = self._debt("2025-11-05")
        with self.at("2026-11-30"):
            self._provide("2026-11-30")
        with self.at("2027-11-29"):
            write_off = self._draft(debt, day="2027-11-29")
            line = write_off.line_ids
            found = [str(one) for one in (line.by_provision_on, line.by_age_on)]
            self.assertEqual(found, ["2027-11-30", "2027-11-06"])
            self._assert_refused("11/30/2027", write_off.action_request)
            self.company.cobranza_write_off_term = "age"
            write_off.action_request()
        self.company.cobranza_write_off_term = "provided"
        with self.at("2027-11-30"):
            write_off.action_draft()
            write_off.day = "2027-11-30"
            write_off.action_request()
        self.assertEqual(write_off.state, "requested")

    def test_t32_by_the_age(self):
        self.company.cobranza_write_off_term = "age"
        debt = self._debt("2025-11-05", 1234.56)
        with self.at("2027-11-05"):
            write_off = self._draft(debt, day="2027-11-05")
            self._assert_refused("11/06/2027", write_off.action_request)
        with self.at("2027-11-06"):
            write_off.day = "2027-11-06"
            write_off.action_request()

    def test_without_a_run_it_is_refused_unless_the_law_or_the_company_asks_none(self):
        debt = self._debt()
        write_off = self._draft(debt, "insolvency")
        self._assert_refused("No posted run", write_off.action_request)
        rules = type(self.env["cobranza.rules"])
        free = frozenset({"insolvency"})
        with patch.object(rules, "_write_off_without_term", lambda _rules: free):
            write_off.action_request()
        write_off.action_draft()
        self.company.cobranza_write_off_term = "none"
        write_off.action_request()
        self.assertEqual(write_off.state, "requested")

    def test_evidence_is_asked_for(self):
        write_off = self._draft(self._old(), evidence=False)
        self._assert_refused("add the evidence", write_off.action_request)

    def test_evidence_is_kept(self):
        write_off = self._draft(self._old())
        write_off.action_request()
        with self.assertRaises(UserError):
            write_off.file_ids = [Command.clear()]
        write_off.file_ids = [Command.create({"name": "more.pdf", "raw": b"x"})]
        self.assertEqual(len(write_off.file_ids), 2)

    def test_many_debts_of_many_debtors_in_one_entry(self):
        debts = self._debt(amount=100) | self._debt(amount=200)
        debts |= self._debt(amount=300, partner=self.partner_b)
        with self.at("2025-01-31"):
            self._provide("2025-01-31")
        write_off = self._written_off(debts)
        self.assertEqual(len(write_off.move_id), 1)
        self.assertEqual(len(write_off.move_id.line_ids), 6)
        self.assertEqual(debts.mapped("settled"), [True] * 3)
        self.assertFalse(write_off.debtor_id)
        self.assertEqual(self._balance("allowance"), 0)

    def test_a_locked_day_is_refused_and_the_lock_named(self):
        write_off = self._draft(self._old())
        self._approved(write_off)
        self.company.fiscalyear_lock_date = "2026-11-23"
        self._assert_refused("Global Lock Date", write_off.action_post)
        self.assertEqual(write_off.state, "approved")

    def test_accounts_that_lack_are_named(self):
        write_off = self._draft(self._old())
        self._approved(write_off)
        self.company.cobranza_write_off_account_id = False
        self._assert_refused("Loss of what is written off", write_off.action_post)

    def test_what_grew_after_the_approval_is_asked_for_again(self):
        debt = self._old()
        pay = self._register_payment(
            debt.move_id, amount=400, payment_date="2026-11-20"
        )
        write_off = self._draft(debt)
        self._approved(write_off)
        pay.move_id.line_ids.remove_move_reconcile()
        pay.action_draft()
        self._assert_refused("ask again", write_off.action_post)

    def test_a_foreign_debt_is_settled_in_its_currency(self):
        other = self.setup_other_currency(
            "GBP", rates=[("2023-01-01", 2.0), ("2026-01-01", 4.0)]
        )
        self.company.cobranza_write_off_term = "none"
        debt = self._debt(currency_id=other.id)
        write_off = self._written_off(debt)
        line = write_off.line_ids
        self.assertEqual((line.amount, line.amount_currency), (500, 1000))
        self.assertTrue(debt.settled)
        self.assertEqual(self._kinds(debt), {("write_off", 500)})
        self.assertFalse(debt.move_line_id.matched_credit_ids.exchange_move_id)

    def test_a_debt_is_in_one_write_off(self):
        debt = self._old()
        self._draft(debt)
        with self.assertRaises(ValidationError):
            self._draft(debt)

    def test_a_day_before_the_last_run_is_refused_both_ways(self):
        debt = self._old()
        write_off = self._draft(debt, day="2026-11-20")
        self._approved(write_off)
        with self.at("2026-11-22"):
            run = self._provide("2026-11-22")
        self._assert_refused("choose its day", write_off.action_post)
        run.action_reverse()
        write_off.action_post()
        early = self.env["cobranza.provision.run"].create(
            {"company_id": self.company.id, "day": "2026-11-19"}
        )
        self._assert_refused("later day", early.action_compute)

    def test_letters_stop_and_agreements_and_cases_are_told(self):
        debt = self._old()
        case = self.env["cobranza.case"].create(
            {"debtor_id": debt.debtor_id.id, "debt_ids": [Command.set(debt.ids)]}
        )
        case.sudo()._through_gate().write({"state": "open"})
        self._written_off(debt)
        self.assertIn("Written off", case.act_ids.mapped("summary")[0])
        self.assertTrue(case.activity_ids.filtered("automated"))
        self._run("2026-11-24")
        waiting = debt.contact_line_ids.contact_id.filtered(
            lambda one: one.state in ("draft", "planned")
        )
        self.assertFalse(waiting)
        self.assertEqual(debt.reason, "written_off")

    def test_an_agreement_tells_in_its_history(self):
        debt = self._old()
        agreement = self.env["cobranza.agreement"].create(
            {"debtor_id": debt.debtor_id.id, "debt_ids": [Command.set(debt.ids)]}
        )
        agreement.sudo()._through_gate().write({"state": "active"})
        write_off = self._written_off(debt)
        rows = self.env["cobranza.history"].search(
            [("res_model", "=", agreement._name), ("res_id", "=", agreement.id)]
        )
        words = f"Written off: {write_off.display_name}"
        self.assertEqual(rows.mapped("change").count(words), 1)

    def test_what_was_written_of_people_is_erased_with_its_last_debtor(self):
        debts = self._debt(amount=100) | self._debt(amount=200, partner=self.partner_b)
        with self.at("2025-01-31"):
            self._provide("2025-01-31")
        write_off = self._written_off(debts)
        write_off.line_ids._through_gate().write({"note": "Was ill"})
        write_off.action_certificate()
        self.env.invalidate_all()
        files = write_off.sudo().file_ids | write_off.sudo().certificate_id
        self.cr.execute(
            "UPDATE ir_attachment SET create_date = '2026-11-20' WHERE id = ANY(%s)",
            [files.ids],
        )
        files.invalidate_recordset()
        block = self.env["cobranza.block.provision"].sudo()
        first, last = debts.debtor_id
        with self.at("2033-01-01"):
            day = self.company._cobranza_today()
            for debtor in (first, last):
                self.assertTrue(block._is_to_erase(debtor, day))
                self.assertEqual(len(files.exists()), 2)
                block._erase_matters(debtor.sudo()._through_gate(), day, "Asked for")
                self.assertFalse(block._is_to_erase(debtor, day))
        self.env.invalidate_all()
        self.assertFalse(files.exists())
        self.assertFalse(write_off.line_ids.filtered("note") or write_off.declaration)
        self.assertEqual((write_off.amount, write_off.state), (300, "posted"))
        self.assertEqual(len(write_off.certificate_hash), 64)
        self._assert_refused("was erased", write_off.action_certificate)

    def test_the_certificate_is_kept_with_its_hash(self):
        write_off = self._written_off(self._old())
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(
            "cobranza_legal.write_off", write_off.ids
        )
        text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html.decode()))
        self.assertIn("Nothing can be collected", text)
        self.assertIn("report.pdf", text)
        write_off.action_certificate()
        self.env.invalidate_all()
        first = write_off.certificate_id
        self.assertEqual(len(write_off.certificate_hash), 64)
        write_off.action_certificate()
        self.assertEqual(write_off.certificate_id, first)


@tagged("post_install", "-at_install")
class TestWriteOffUndone(WriteOffCommon):
    def _undone(self, write_off, day="2026-11-23"):
        day = fields.Date.to_date(day)
        write_off._undo("The debtor was found", day)
        self.env.invalidate_all()

    def test_the_debts_are_owed_again_and_provided_for(self):
        debt = self._old()
        write_off = self._written_off(debt)
        self._undone(write_off)
        self.assertEqual(write_off.state, "undone")
        self.assertEqual(debt.amount_residual, 1000)
        self.assertEqual(self._balance("allowance"), -1000)
        self.assertEqual(debt.undone_ids.mapped("kind"), ["write_off"])
        self.env.cr.precommit.run()
        self.assertNotEqual(debt.reason, "written_off")
        debts = self.env["cobranza.debt"].search(
            [("debtor_id", "=", debt.debtor_id.id)]
        )
        self.assertEqual(debts, debt)
        run = self._provide("2026-11-23")
        self.assertEqual(run.movement, 0)

    def test_after_a_run_what_was_given_back_is_booked_already(self):
        debt = self._old()
        write_off = self._written_off(debt, day="2026-11-20")
        with self.at("2026-11-21"):
            self._provide("2026-11-21")
        self._undone(write_off)
        self.assertEqual(self._balance("allowance"), -1000)
        self.company.cobranza_provision_keep_other = True
        run = self._provide("2026-11-23")
        self.assertEqual((run.target, run.booked, run.movement), (1000, 1000, 0))

    def test_a_run_of_which_it_took_is_not_reversed(self):
        debt = self._old()
        write_off = self._written_off(debt)
        run = self.env["cobranza.provision.run"]._last_posted(self.company)
        self._assert_refused("undo it first", run.action_reverse)
        self._undone(write_off)
        run.action_reverse()
        self.assertEqual(self._balance("allowance"), 0)

    def test_it_may_be_written_off_again(self):
        debt = self._old()
        self._undone(self._written_off(debt))
        again = self._written_off(debt)
        self.assertEqual(again.state, "posted")
        self.assertTrue(debt.settled)
        self.assertEqual(self._balance("allowance"), 0)

    # -- what is done with its entry by hand -------------------------------------------

    def _assert_owed_again(self, write_off, debt):
        self.env.invalidate_all()
        self.env.cr.precommit.run()
        self.assertEqual(write_off.state, "undone")
        self.assertEqual((debt.amount_residual, debt.settled), (1000, False))
        self.assertNotEqual(debt.reason, "written_off")
        self.assertEqual(self._balance("allowance"), -1000)
        debts = self.env["cobranza.debt"].search(
            [("debtor_id", "=", debt.debtor_id.id), ("void_reason", "=", False)]
        )
        self.assertEqual(debts, debt)
        history = self.env["cobranza.history"].search(
            [("res_model", "=", "cobranza.debt"), ("res_id", "=", debt.id)]
        )
        self.assertIn("No longer written off", " ".join(history.mapped("change")))
        self.assertEqual(self._provide("2026-11-23").movement, 0)
        self.assertEqual(self._balance("allowance"), -1000)

    def _reverse(self, move, cancel):
        back = move._reverse_moves(
            [{"date": "2026-11-23", "ref": "By hand"}], cancel=cancel
        )
        if not cancel:
            back.action_post()
        return back

    def test_reversed_by_hand_it_is_undone(self):
        debt = self._old()
        write_off = self._written_off(debt)
        back = self._reverse(write_off.move_id, cancel=False)
        self._assert_owed_again(write_off, debt)
        self.assertEqual(write_off.reverse_move_id, back)
        self.assertIn(back.name, write_off.state_reason)
        self._assert_refused("another write-off", back.button_draft)

    def test_reversed_and_cancelled_by_hand_it_is_undone(self):
        debt = self._old()
        write_off = self._written_off(debt)
        self._reverse(write_off.move_id, cancel=True)
        self._assert_owed_again(write_off, debt)

    def test_taken_out_of_the_books_it_is_undone(self):
        debt = self._old()
        write_off = self._written_off(debt)
        write_off.move_id.button_draft()
        self._assert_owed_again(write_off, debt)
        self._assert_refused("another write-off", write_off.move_id.action_post)
        again = self._written_off(debt)
        self.assertEqual((again.state, debt.settled), ("posted", True))
        self.assertEqual(self._balance("allowance"), 0)

    def test_taken_back_in_part_it_stays_and_somebody_is_told(self):
        debt = self._old()
        write_off = self._written_off(debt)
        back = write_off.move_id._reverse_moves([{"date": "2026-11-23"}])
        for line in back.line_ids:
            line.with_context(check_move_validity=False).write(
                {
                    "balance": line.balance / 2,
                    "amount_currency": line.amount_currency / 2,
                }
            )
        back.action_post()
        self.env.invalidate_all()
        self.assertEqual(write_off.state, "posted")
        told = write_off.activity_ids.mapped("summary")
        self.assertIn(back.name, " ".join(told))
        day = self.company._cobranza_today()
        self._assert_refused("in part", lambda: write_off._undo("x", day))

    # -- two companies at once ---------------------------------------------------------

    def _other_company(self):
        other = self.setup_other_company(name="Other")["company"]
        other.cobranza_policy_id = self.company.cobranza_policy_id
        self._provide_for(other)
        self.env.user.company_ids |= other
        return other

    def test_two_companies_in_one_call(self):
        """Each has its entry, its accounts and its own numbers."""
        mine, other = self._old(), self._other_company()
        move = self._invoice_of(other)
        self._run("2026-11-20", other)
        theirs = self._debts(move)
        with self.at("2025-01-31"):
            runs = self.env["cobranza.provision.run"].with_company(other)
            run = runs.create({"day": "2025-01-31"})
            run.action_compute()
            run.action_post()
        self.assertEqual(theirs.company_id, other)
        people = self._people()
        for user in people.values():
            user.company_ids |= other
        both = self.env["cobranza.write.off"]
        for debt in (mine, theirs):
            both |= (
                self.env["cobranza.write.off"]
                .with_user(people["accountant"])
                .with_company(debt.company_id)
                .create(
                    {
                        "day": "2026-11-23",
                        "line_ids": [
                            Command.create({"debt_id": debt.id, "ground": "exhausted"})
                        ],
                        "file_ids": [Command.create({"name": "x.pdf", "raw": b"x"})],
                    }
                )
            )
        self.assertEqual(len(set(both.mapped("name"))), 1)
        both.action_request()
        both.with_user(people["all_lawyer"])._declare("Nothing is left")
        for one in both:
            approver = self._approval(one).with_user(people["approver"])
            approver._answer(True, "Agreed")
        self.env.invalidate_all()
        both.action_post()
        self.env.invalidate_all()
        for one in both:
            self.assertEqual(
                (one.state, one.move_id.company_id), ("posted", one.company_id)
            )
            accounts = one.company_id._cobranza_provision_accounts()
            codes = one.move_id.line_ids.account_id
            self.assertIn(accounts["loss"], codes)
            self.assertIn(accounts["allowance"], codes)
        self.assertEqual((mine | theirs).mapped("settled"), [True, True])
        both._undo("The debtors were found", self.company._cobranza_today())
        self.env.invalidate_all()
        self.assertEqual(both.mapped("state"), ["undone", "undone"])
        self.assertEqual((mine | theirs).mapped("amount_residual"), [1000, 1000])

    def _invoice_of(self, company):
        line = {"name": "Work", "price_unit": 1000, "tax_ids": False}
        moves = self.env["account.move"].with_company(company)
        move = moves.create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2023-09-01",
                "invoice_date_due": "2023-10-05",
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        move.action_post()
        return move

    def test_a_company_goes_on_with_the_numbers_that_it_had(self):
        shared = self.env.ref("cobranza_legal.sequence_write_off")
        write_offs = self.env["cobranza.write.off"]
        used = write_offs.create({"company_id": self.company.id})
        series = write_offs._sequence_of(self.company)
        self.assertEqual(series.company_id, self.company)
        series.unlink()
        shared.number_next_actual = 7
        used._through_gate().name = "WO2026-00006"
        more = write_offs.create({"company_id": self.company.id})
        self.assertTrue(more.name.endswith("00007"), more.name)


@tagged("post_install", "-at_install")
class TestWriteOffPeople(WriteOffCommon):
    """Who asks, who declares and who approves are three people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.all_in_one = cls._role("accountant")
        cls.all_in_one.group_ids |= cls.env.ref("cobranza_legal.group_lawyer_all")
        cls.all_in_one.group_ids |= cls.env.ref("cobranza_legal.group_approver")

    def _people(self):
        if not hasattr(self, "people"):
            roles = ("all_lawyer", "approver")
            self.people = {role: self._role(role) for role in roles}
            self.people["accountant"] = self.all_in_one
        return self.people

    def test_who_asked_does_not_declare_by_button_sudo_or_rpc(self):
        write_off = self._draft(self._old())
        write_off.action_request()
        self._assert_refused("three people", lambda: write_off._declare("x"))
        self._assert_refused("three people", lambda: write_off.sudo()._declare("x"))
        dialogs = self.env["cobranza.write.off.act"].with_user(self.all_in_one)
        dialog = dialogs.create(
            {"act": "declare", "write_off_ids": write_off.ids, "reason": "x"}
        )
        self._assert_refused("three people", dialog.action_confirm)
        for vals in ({"state": "declared"}, {"declared_by_id": self.env.uid}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                write_off.write(vals)
        self.assertEqual(write_off.state, "requested")

    def test_who_asked_or_declared_does_not_approve(self):
        write_off = self._draft(self._old())
        self._declared(write_off)
        lawyer = self._people()["all_lawyer"]
        lawyer.group_ids |= self.env.ref("cobranza_legal.group_approver")
        approval = self._approval(write_off)
        for user in (self.all_in_one, lawyer):
            mine = approval.with_user(user)
            self._assert_refused(
                "another approver", lambda mine=mine: mine._answer(True, "x")
            )
            own = mine.sudo()
            self._assert_refused(
                "another approver", lambda own=own: own._answer(True, "x")
            )
            with self.assertRaises(UserError), self.env.cr.savepoint():
                own.write({"state": "approved"})
        self.company.cobranza_approve_alone = True
        mine = approval.with_user(lawyer)
        self._assert_refused("another approver", lambda: mine._answer(True, "x"))
        self.assertEqual(write_off.state, "declared")

    def test_fewer_people_by_setting(self):
        self.company.cobranza_write_off_fewer = True
        self.company.cobranza_approve_alone = True
        write_off = self._draft(self._old())
        write_off.action_request()
        write_off._declare("Nothing is left")
        approval = self._approval(write_off)
        approval.with_user(self.all_in_one)._answer(True, "Nobody else is there")
        self.env.invalidate_all()
        self.assertEqual(write_off.state, "approved")
        self.assertTrue(approval.alone)

    def test_approved_is_not_posted_by_others(self):
        write_off = self._draft(self._old())
        self._approved(write_off)
        for role in ("all_lawyer", "approver"):
            other = write_off.with_user(self._people()[role])
            for act in (other.action_post, other.sudo().action_post):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    act()

    def test_each_step_as_each_role(self):
        debt = self._old()
        stranger = self._role("lawyer")
        users = {**self._people(), "collector": self._role("collector")}
        for user in (users["collector"], stranger, users["approver"]):
            write_offs = self.env["cobranza.write.off"].with_user(user)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                write_offs.create({"line_ids": [Command.create({"debt_id": debt.id})]})
        write_off = self._draft(debt)
        write_off.action_request()
        approver = self._people()["approver"]
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            write_off.with_user(approver)._declare("x")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            write_off.with_user(stranger)._declare("x")
        debt._assign(stranger)
        write_off.with_user(stranger)._declare("Nothing is left")
        self.assertEqual(write_off.state, "declared")
        accountant = self._people()["accountant"]
        write_off.with_user(accountant)._cancel("A mistake")
        self.assertEqual(self._approval(write_off).state, "cancelled")

    def test_refused_by_the_lawyer_or_by_finance(self):
        debt = self._old()
        write_off = self._draft(debt)
        write_off.action_request()
        write_off.with_user(self._people()["all_lawyer"])._refuse("He has a house")
        self.assertEqual(write_off.state, "refused")
        write_off = self._draft(debt)
        self._declared(write_off)
        approver = self._people()["approver"]
        self._approval(write_off).with_user(approver)._answer(False, "Sue first")
        self.env.invalidate_all()
        self.assertEqual(
            (write_off.state, write_off.state_reason), ("refused", "Sue first")
        )


@tagged("post_install", "-at_install")
class TestWriteOffDialogs(WriteOffCommon):
    def _dialog(self, debts=None, **vals):
        dialogs = self.env["cobranza.write.off.request"]
        dialogs = dialogs.with_user(self._people()["accountant"])
        if debts:
            context = {"active_model": "cobranza.debt", "active_ids": debts.ids}
            dialogs = dialogs.with_context(**context)
        return dialogs.create({"company_id": self.company.id, **vals})

    def test_debts_of_a_list_are_asked_for_at_once(self):
        debts = self._old(amount=100) | self._debt(amount=200)
        self.company.cobranza_write_off_term = "none"
        proof = [Command.create({"name": "x.pdf", "raw": b"x"})]
        dialog = self._dialog(debts, file_ids=proof, note="All was tried")
        self.assertEqual(dialog.debt_ids, debts)
        action = dialog.action_request()
        made = self.env["cobranza.write.off"].search(action["domain"])
        self.assertEqual((made.state, made.line_ids.debt_id), ("requested", debts))
        self.assertEqual(len(made.file_ids), 1)

    def test_small_balances_are_off_until_the_company_says_how_small(self):
        small, large = self._debt(amount=4), self._debt(amount=40)
        self.assertFalse(self._dialog(small=True).debt_ids)
        write_off = self._draft(small, "small", evidence=False)
        self._assert_refused("no small balances", write_off.action_request)
        write_off._cancel("Not yet")
        self.company.cobranza_small_balance = 5
        dialog = self._dialog(small=True)
        self.assertEqual(dialog.debt_ids, small)
        made = self.env["cobranza.write.off"].browse(dialog.action_prepare()["res_id"])
        made = made.with_user(self._people()["accountant"])
        self.assertEqual(made.line_ids.ground, "small")
        self._approved(made)
        made.action_post()
        self.assertTrue(small.settled)
        other = self._draft(large, "small", evidence=False)
        self._assert_refused("more than a small balance", other.action_request)

    def test_debts_are_taken_off_a_draft(self):
        debts = self._old(amount=100) | self._debt(amount=200)
        write_off = self._draft(debts)
        write_off.line_ids[0].action_leave_out()
        self.assertEqual(len(write_off.line_ids), 1)

    # -- paid after all ----------------------------------------------------------------

    def _recover(self, debt, **vals):
        accountant = self._people()["accountant"]
        action = debt.with_user(accountant).action_recover()
        dialogs = self.env["cobranza.write.off.recover"].with_user(accountant)
        return dialogs.with_context(**action["context"]).create(vals)

    def test_money_that_comes_later_is_income(self):
        debt = self._old()
        write_off = self._written_off(debt)
        dialog = self._recover(debt, amount=300, note="Found")
        recovery = dialog._recover()
        sides = dict(self._sides(recovery.move_id))
        self.assertEqual(sides["759000"], -300)
        self.assertEqual(sum(sides.values()), 0)
        self.assertEqual(
            (write_off.recovered, write_off.line_ids.recovered), (300, 300)
        )
        self.assertTrue(debt.settled)
        history = self.env["cobranza.history"].search(
            [("res_model", "=", "cobranza.debt"), ("res_id", "=", debt.id)]
        )
        self.assertIn(
            "Paid after it was written off", " ".join(history.mapped("change"))
        )
        self._assert_refused("at most", self._recover(debt, amount=701)._recover)
        day = self.company._cobranza_today()
        self._assert_refused("money came", lambda: write_off._undo("x", day))

    def test_a_payment_that_nobody_matched_is_taken(self):
        debt = self._old()
        self._written_off(debt)
        payment = self._prepay(300, "2026-11-22")
        item = payment.move_id.line_ids.filtered(
            lambda one: one.account_id.account_type == "asset_receivable"
        )
        dialog = self._recover(debt, payment_line_id=item.id)
        self.assertEqual(dialog.amount, 300)
        dialog._recover()
        self.assertTrue(item.reconciled)
        self._run("2026-11-23")
        debts = self.env["cobranza.debt"].search(
            [("debtor_id", "=", debt.debtor_id.id)]
        )
        self.assertEqual(debts, debt)

    def test_without_an_account_the_setting_is_named(self):
        debt = self._old()
        self._written_off(debt)
        self.company.cobranza_recovery_account_id = False
        self._assert_refused(
            "Income of what is paid after all", self._recover(debt, amount=1)._recover
        )

    def test_only_what_is_written_off_is_recovered(self):
        debt = self._old()
        self._assert_refused("not written off", debt.action_recover)


ACTS = (
    *("write_off", "write_off", "undo", "undo_by_hand", "recover"),
    *("pay", "unpay", "prepay", "refund"),
)


@tagged("post_install", "-at_install")
class TestWriteOffHistories(WriteOffCommon):
    """Whatever was billed, paid, returned, credited, written off, undone by button or
    by hand and recovered, in two currencies, a run leaves the allowance at what lines,
    partials and due days say; and the book ties to the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rates = [("2025-01-01", 2.0), ("2026-05-01", 2.5), ("2026-09-01", 1.6)]
        cls.foreign = cls.setup_other_currency("EUR", rates=rates)
        cls.company.cobranza_write_off_term = "none"

    def test_one_history(self):
        self._history(random.Random(1))

    def test_another_history(self):
        self._history(random.Random(2))

    def test_a_third_history(self):
        self._history(random.Random(3))

    def test_a_fourth_history(self):
        self._history(random.Random(4))

    def test_a_fifth_history(self):
        self._history(random.Random(5))

    def _history(self, dice):
        self.dice, self.done = dice, []
        self.bills = self.env["account.move"]
        self.posted = self.env["cobranza.write.off"]
        self.payments = []
        days = ("2026-05-31", "2026-06-30", "2026-08-31", "2026-09-30", "2026-10-31")
        for day in days:
            for _ in range(dice.randrange(1, 4)):
                self._bill()
            with self.at(day):
                for act in dice.sample(ACTS, 4):
                    getattr(self, f"_act_{act}")(day)
                    self.env.invalidate_all()
                run = self._provide(day)
                self._assert_true(day)
                if dice.random() < 0.3:
                    self._again(run, day)
        self.assertTrue(self.done)
        book = self.env["cobranza.provision.book"]
        book = book.create({"since": "2026-01-01", "until": day})
        book.action_show()
        self.assertEqual(set(book.account_ids.mapped("difference")), {0}, self.done)
        row = book.account_ids.filtered(
            lambda one: one.account_id == self._accounts()["allowance"]
        )
        self.assertEqual(row.closing, self._truth(day), self.done)

    def _assert_true(self, day):
        balance = -self._balance("allowance", day)
        self.assertEqual(balance, self._truth(day), self.done)

    def _again(self, run, day):
        try:
            with self.env.cr.savepoint():
                run.action_reverse()
        except UserError:  # a write-off took of it on its day
            return
        self.done.append(("reversed", day))
        self._provide(day)
        self._assert_true(day)

    def _bill(self):
        dice = self.dice
        due = f"2025-{dice.randrange(6, 13):02}-{dice.randrange(1, 28):02}"
        move = self._invoice(
            due,
            dice.randrange(100, 99999) / 100,
            dice.choice((self.partner_a, self.partner_b)),
            invoice_date="2025-06-01",
            currency_id=dice.choice((self.company.currency_id, self.foreign)).id,
        )
        self._run("2026-05-01")
        self.bills |= move

    def _open_bill(self):
        found = self.bills.filtered("amount_residual")
        return found and self.dice.choice(found)

    def _standing(self, recovered=False):
        return self.posted.filtered(
            lambda one: one.state == "posted" and bool(one.recovered) == recovered
        )

    def _act_write_off(self, day):
        debts = self._debts(self.bills).filtered(lambda one: not one.settled)
        if debts:
            some = debts[: self.dice.randrange(1, 3)]
            self.posted |= self._written_off(some, day=day)
            self.done.append(("written off", day))

    def _act_undo(self, day):
        one = self._standing()[:1]
        if one and one.move_id.state == "posted":
            one._undo("Found", fields.Date.to_date(day))
            self.done.append(("undone", day))

    def _act_undo_by_hand(self, day):
        one = self._standing()[-1:]
        if one:
            cancel = self.dice.random() < 0.5
            back = one.move_id._reverse_moves([{"date": day}], cancel=cancel)
            if not cancel:
                back.action_post()
            self.env.invalidate_all()
            self.assertEqual(one.state, "undone")
            self.done.append(("undone by hand", day))

    def _act_recover(self, day):
        lines = self._standing().line_ids.filtered("amount")
        if lines:
            line = lines[:1]
            dialogs = self.env["cobranza.write.off.recover"]
            dialogs = dialogs.with_user(self._people()["accountant"])
            context = line.debt_id.action_recover()["context"]
            amount = round(line.amount / 2, 2)
            dialogs.with_context(**context).create(
                {"day": day, "amount": amount}
            )._recover()
            self.done.append(("recovered", day))

    def _act_pay(self, day):
        move = self._open_bill()
        if move:
            amount = round(move.amount_residual * (self.dice.random() * 0.9 + 0.05), 2)
            self.payments.append(
                self._register_payment(move, amount=amount, payment_date=day)
            )
            self.done.append(("paid", day))

    def _act_unpay(self, day):
        if self.payments:
            self.payments.pop().move_id.line_ids.remove_move_reconcile()
            self.done.append(("unmatched", day))

    def _act_prepay(self, day):
        self._prepay(self.dice.randrange(100, 20000) / 100, day, self.partner_b)
        self.done.append(("prepaid", day))

    def _act_refund(self, day):
        move = self._open_bill()
        if move and move.amount_residual == move.amount_total:
            move._reverse_moves([{"date": day, "invoice_date": day}], cancel=True)
            self.done.append(("credited", day))

    def _truth(self, day):
        self.env.flush_all()
        values = {"day": fields.Date.to_date(day), "company": self.company.id}
        self.cr.execute(TRUTH, values)
        return float(self.cr.fetchone()[0])
