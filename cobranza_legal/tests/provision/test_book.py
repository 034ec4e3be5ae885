import base64
import io

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_provision import ProvisionCommon
from .test_write_off import WriteOffCommon


class BookStories:
    """Reads the book of ``self.company``."""

    def _read_book(self, since="2026-01-01", until="2026-10-31", user=None):
        books = self.env["cobranza.provision.book"].with_user(user or self.env.user)
        book = books.create({"since": since, "until": until})
        book.action_show()
        return book

    def _row(self, book, role="allowance"):
        account = self._accounts()[role]
        return book.account_ids.filtered(lambda one: one.account_id == account)

    def _movements(self, book, role="allowance"):
        """{kind: amount} of an account of the book, without what is nothing."""
        row = self._row(book, role)
        choices = book.item_ids._fields["kind"]._description_selection(self.env)
        names = [code for code, _label in choices]
        return {name: row[name] for name in names if row[name]}

    def _assert_tied(self, book):
        for row in book.account_ids:
            self.assertEqual(row.difference, 0, row.account_id.display_name)


@tagged("post_install", "-at_install")
class TestProvisionBook(BookStories, ProvisionCommon):
    """The accounts roll forward and tie to the ledger."""

    def test_what_moved_the_allowance_and_its_counterparts(self):
        paid = self._invoice(due="2026-04-05", amount=1000)
        self._invoice(due="2026-07-10", amount=400, partner=self.partner_b)
        self._provide("2026-09-30")
        self._run("2026-09-30")
        with self.at("2026-10-10"):
            self._register_payment(paid, amount=600, payment_date="2026-10-10")
        self._provide("2026-10-31")
        book = self._read_book("2026-10-01")
        self._assert_tied(book)
        self.assertEqual(
            self._movements(book), {"opening": 250, "collected": -50, "charge": 100}
        )
        self.assertEqual(self._row(book).closing, 300)
        self.assertEqual(self._row(book, "release").collected, 50)
        self.assertEqual(self._row(book, "charge").charge, 100)
        whole = self._read_book("2026-01-01")
        self._assert_tied(whole)
        self.assertEqual(self._movements(whole), {"charge": 350, "collected": -50})

    def test_by_debtor(self):
        self._invoice(due="2026-04-05", amount=1000)
        self._invoice(due="2026-07-01", amount=400, partner=self.partner_b)
        self._provide("2026-10-31")
        book = self._read_book()
        account = self._accounts()["allowance"]
        items = book.item_ids.filtered(lambda one: one.account_id == account)
        self.assertEqual(
            {one.partner_id: one.amount for one in items},
            {self.partner_a: 500, self.partner_b: 100},
        )
        action = self._row(book).action_items()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, items)

    def test_totals_add_what_may_be_added(self):
        """A total over accounts is what the allowance, the result or the doubtful
        customers moved by; amounts of different accounts are not added."""
        self._invoice(due="2026-04-05", amount=1000)
        self._provide("2026-09-30").action_reclassify()
        book = self._read_book("2026-01-01", "2026-09-30")
        items = self.env["cobranza.provision.book.item"]
        measures = ["allowance:sum", "cost:sum", "doubtful:sum"]
        domain = [("book_id", "=", book.id)]
        [sums] = items._read_group(domain, [], measures)
        self.assertEqual(sums, (250, 250, 1000))
        self.assertFalse(items._fields["amount"].aggregator)

    def test_the_workbook_adds_up_by_account(self):
        self._invoice(due="2026-04-05", amount=1000)
        self._invoice(due="2026-07-01", amount=400, partner=self.partner_b)
        self._provide("2026-10-31")
        sheets = self._sheets(self._read_book())
        accounts, debtors, entries = sheets.values()
        self.assertFalse([row for row in accounts if "Total" in str(row[0])])
        names = {one.display_name for one in self._accounts().values() if one}
        for rows in (debtors, entries):
            totals = [row for row in rows if str(row[0]).startswith("Total")]
            # one for each account, under all of its rows
            self.assertEqual(len(totals), len({row[0] for row in totals}))
            self.assertEqual(len(totals), len({row[0] for row in rows[1:]}) // 2)
            for row in totals:
                self.assertIn(str(row[0])[6:], names)
                self.assertEqual(abs(row[-1]), 600)

    def test_a_workbook_of_nothing_adds_nothing_up(self):
        """A total under no rows is no formula, which would add itself up."""
        run = self._provide("2026-10-31")
        for rows in self._sheets(run, data_only=False).values():
            self.assertFalse([one for one in rows[1] if str(one).startswith("=")])

    def _sheets(self, record, data_only=True):
        """{name: rows} of a workbook, with the values of its formulas."""
        content = io.BytesIO(base64.b64decode(record.workbook))
        book = openpyxl.load_workbook(content, data_only=data_only)
        return {one.title: list(one.values) for one in book.worksheets}

    def test_what_no_run_booked_is_listed(self):
        accounts = self._accounts()
        move = self._book(
            "2026-06-30", (accounts["charge"], 200), (accounts["allowance"], -200)
        )
        self.company.cobranza_provision_keep_other = True
        self._invoice(due="2026-04-05")
        self._provide("2026-10-31")
        book = self._read_book()
        self._assert_tied(book)
        self.assertEqual(self._movements(book), {"charge": 500, "other": 200})
        others = book.item_ids.filtered(lambda one: one.kind == "other")
        self.assertEqual(others.move_id, move)
        check = book.check_ids.filtered(lambda one: one.target_model == "account.move")
        self.assertFalse(check[-1:].done)

    def test_a_run_that_was_reversed_leaves_nothing(self):
        self._invoice(due="2026-04-05")
        run = self._provide("2026-09-30")
        run.action_reclassify()
        run.action_reverse()
        book = self._read_book()
        self._assert_tied(book)
        self.assertEqual(self._movements(book), {})
        self.assertEqual(self._movements(book, "doubtful"), {})

    def test_an_assessment_is_no_collection(self):
        self._invoice(due="2026-04-05")
        self._run("2026-09-30")
        self._provide("2026-09-30")
        debtor = self.env["cobranza.debtor"].search(
            [("partner_id", "=", self.partner_a.id)]
        )
        judged = {"percent": 10, "reason": "x", "since": "2026-10-01"}
        self.env["cobranza.provision.assessment"].create(
            {"debtor_id": debtor.id, **judged}
        )
        self._provide("2026-10-31")
        book = self._read_book("2026-10-01")
        self.assertEqual(self._movements(book), {"opening": 250, "judged": -150})

    def test_the_reclassification_of_the_close(self):
        self._invoice(due="2026-04-05")
        run = self._provide("2026-10-31")
        run.action_reclassify()
        book = self._read_book()
        self._assert_tied(book)
        self.assertEqual(self._movements(book, "doubtful"), {"moved": 1000})
        book = self._read_book("2026-10-01", "2026-11-01")
        self.assertEqual(self._movements(book, "doubtful"), {})

    def test_what_is_left_before_closing(self):
        self._invoice(due="2026-04-05")
        self._invoice(due="2026-10-05", post=False)
        self._prepay(50, "2026-10-20")
        book = self._read_book()
        left = book.check_ids.filtered(lambda one: not one.done)
        models = left.mapped("target_model")
        self.assertIn("account.move.line", models)
        self.assertIn("account.move", models)
        self.assertEqual(book.left, len(left))
        for check in left:
            self.assertTrue(check.action_mend()["type"])
        run = self._provide("2026-10-31")
        run.action_reclassify()
        before = len(left)
        book.action_show()
        self.assertEqual(book.left, before - 3)

    def test_the_workbook_and_each_role(self):
        self._invoice(due="2026-04-05")
        self._provide("2026-10-31")
        for role in ("accountant", "manager"):
            book = self._read_book(user=self._role(role))
            self.assertTrue(book.workbook)
            self.assertIn("cobranza.provision.book", book.action_workbook()["url"])
        for role in ("collector", "lawyer", "all_lawyer", "approver"):
            with self.assertRaises(AccessError):
                self._read_book(user=self._role(role))


@tagged("post_install", "-at_install")
class TestBookOfWriteOffs(BookStories, WriteOffCommon):
    def test_what_was_written_off_and_recovered(self):
        write_off = self._written_off(self._old())
        book = self._read_book("2026-01-01", "2026-11-23")
        self._assert_tied(book)
        self.assertEqual(self._movements(book), {"opening": 1000, "written_off": -1000})
        self.assertEqual(self._movements(book, "loss"), {"written_off": 1000})
        account = self._accounts()["allowance"]
        items = book.item_ids.filtered(lambda one: one.account_id == account)
        self.assertEqual(items.partner_id, self.partner_a)
        self.assertFalse(items.filtered(lambda one: not one.partner_id))
        self.assertEqual(sum(items.mapped("amount")), 0)
        self.assertEqual(write_off.state, "posted")

    def test_a_recovery_is_income_and_moves_no_allowance(self):
        debt = self._old()
        self._written_off(debt)
        accountant = self._people()["accountant"]
        dialogs = self.env["cobranza.write.off.recover"].with_user(accountant)
        context = debt.action_recover()["context"]
        dialogs.with_context(**context).create({"amount": 300})._recover()
        book = self._read_book("2026-01-01", "2026-11-23")
        self._assert_tied(book)
        self.assertEqual(self._movements(book, "recovery"), {"recovery": 300})
        self.assertEqual(self._movements(book), {"opening": 1000, "written_off": -1000})
