import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.base import CobranzaCommon


@tagged("post_install", "-at_install")
class TestFirstDay(CobranzaCommon):
    """Old debts come in with the level they had reached elsewhere."""

    def _import(self, *lines, header="document;instalment;level;since", user=None):
        content = "\n".join([header, *lines]).encode()
        wizard = self.env["cobranza.first.day"]
        if user:
            wizard = wizard.with_user(user)
        wizard = wizard.create({"file": base64.b64encode(content)})
        with self.at("2026-11-20"):
            wizard.action_import()
        return wizard

    def test_a_debt_starts_at_its_level_and_goes_on_from_there(self):
        move = self._invoice(due="2026-10-05")
        self._import(f"{move.name};1;Day 15;2026-10-20")
        debt = self._debts(move)
        self.assertEqual((debt.level, str(debt.level_since)), (2, "2026-10-20"))
        self.assertFalse(debt.contact_line_ids)
        self._run("2026-11-20")
        self.assertEqual(debt.level, 3)
        self.assertEqual(debt.contact_line_ids.level, 3)

    def test_a_table_of_any_program_is_read(self):
        move = self._invoice(due="2026-10-05")
        text = f"Document,Instalment,Level,Since,,\r{move.name},1,2,20/10/2026,,\r"
        file = base64.b64encode(text.encode("utf-16"))
        with self.at("2026-11-20"):
            self.env["cobranza.first.day"].create({"file": file}).action_import()
        debt = self._debts(move)
        self.assertEqual((debt.level, str(debt.level_since)), (2, "2026-10-20"))

    def test_a_file_that_is_no_text_is_refused_in_words(self):
        for content, words in (
            (b"\x81\xff", "is no text"),
            (b"document;instalment;level;since\nx;1;1;\0", "Line 2"),
            (b"document;instalment;level;since\nx;1;1;;5", "Line 2"),
            (b"document;document;instalment;level;since", "document.*twice"),
        ):
            wizard = self.env["cobranza.first.day"].create(
                {"file": base64.b64encode(content)}
            )
            with self.assertRaisesRegex(UserError, words):
                wizard.action_import()

    def test_a_level_may_be_named_by_its_number(self):
        move = self._invoice(due="2026-10-05")
        self._import(f"{move.name};;2;")
        debt = self._debts(move)
        self.assertEqual((debt.level, str(debt.level_since)), (2, "2026-11-20"))

    def test_each_instalment_has_its_own_level(self):
        term = self._term(10, 30, 50)
        move = self._invoice(due=None, invoice_payment_term_id=term.id)
        self._import(f"{move.name};1;3;2026-10-20", f"{move.name};2;1;2026-10-20")
        debts = self._debts(move)
        self.assertEqual(debts.mapped("instalment_no"), [1, 2])
        self.assertEqual(debts.mapped("level"), [3, 1])

    def test_every_bad_line_is_named_and_nothing_is_loaded(self):
        move = self._invoice(due="2026-10-05")
        with self.assertRaises(UserError) as caught:
            self._import(
                f"{move.name};1;2;2026-10-20",
                "NO/SUCH/1;1;2;2026-10-20",
                f"{move.name};4;2;2026-10-20",
                f"{move.name};1;Burofax;2026-10-20",
                f"{move.name};1;2;20/10/26",
            )
        text = str(caught.exception)
        self.assertNotIn("Line 2:", text)
        for number, what in (
            (3, "no posted document"),
            (4, "not one of the 1 instalments"),
            (5, "no level of Test policy"),
            (6, "is not a day"),
        ):
            self.assertRegex(text, f"Line {number}: .*{what}")
        self.assertFalse(self._debts(move))

    def test_a_file_without_the_columns_says_which(self):
        with self.assertRaisesRegex(UserError, "instalment; level; since"):
            self._import("x", header="document")

    def test_only_a_manager_runs_the_assistant(self):
        with self.assertRaises(AccessError):
            self._import("x;1;1;", user=self._role("collector"))

    def test_another_dunning_engine_is_warned_of(self):
        module = self.env["ir.module.module"].sudo()
        module.search([("name", "=", "account_credit_control")]).unlink()
        vals = {"name": "account_credit_control", "state": "installed"}
        module.create({**vals, "shortdesc": "Account Credit Control"})
        wizard = self.env["cobranza.first.day"].create({})
        self.assertIn("able to write to debtors", wizard.rival_warning)
