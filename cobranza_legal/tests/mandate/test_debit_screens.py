from odoo import Command
from odoo.tests import tagged

from ...models.mandate.return_code import ReturnCode
from .test_debit import DebitCommon


@tagged("post_install", "-at_install")
class TestDebitScreens(DebitCommon):
    """What people read on the screens of direct debits, and which buttons they see."""

    MENDED = (
        "Nothing is asked of the debtor until the error is mended or the debit "
        "presented again."
    )

    def test_a_batch_counts_what_it_has_and_says_until_when_to_tell(self):
        empty = self._batch(fill=False)
        self.assertEqual((empty.total, empty.outcome), (0, ""))
        self.assertEqual(empty.currency_id, self.euro)
        empty.action_cancel()
        self._bill("2026-12-23", 500)
        self._bill("2026-12-28", 200)
        batch = self._batch()
        first, second = batch.debit_ids.sorted("collect_on")
        self.assertEqual((batch.total, batch.untold_count), (700, 2))
        self.assertEqual(batch.notify_by, self._day("2026-12-09"))
        self.assertEqual(batch.outcome, "Scheduled: 2")
        first._tell(self._day("2026-11-23"))
        self.assertEqual(batch.notify_by, second.notify_by)
        self.assertEqual(batch.outcome, "Scheduled: 1 · Debtor told: 1")
        second.action_take_out()
        self.assertFalse(batch.notify_by)
        self.assertEqual((batch.outcome, batch.total), ("Debtor told: 1", 500))

    def test_nobody_has_to_be_told_where_the_contract_asks_for_no_notice(self):
        free = self._valid(self.partner_b, notice_agreed=True, notice_days=0)
        self._bill(partner=self.partner_b)
        batch = self._batch()
        self.assertEqual(batch.debit_ids.mandate_id, free)
        self.assertEqual((batch.debit_count, batch.untold_count), (1, 0))
        self.assertFalse(batch.notify_by)

    def test_the_customer_of_what_is_left_out_is_named(self):
        self._bill(partner=self.partner_b)
        batch = self._batch()
        self.assertIn(f" · {self.partner_b.name}: ", batch.left_out)

    def test_what_was_presented_is_downloaded_by_a_button_of_its_own(self):
        """An address that the browser opens by itself would leave the form as it was:
        a batch in preparation with a button to present it."""
        self._bill()
        batch = self._batch()
        batch.debit_ids._tell(self._day("2026-11-23"))
        with self.at("2026-12-22"):
            self.assertIs(batch.action_present(), True)
        self.assertIn(str(batch.file_id.id), batch.action_download()["url"])

    def test_whoever_tells_the_debtors_reads_how_many(self):
        self.company.cobranza_mode = "automatic"
        self._bill()
        self._bill("2026-12-28")
        action = self._batch().action_notify()
        self.assertIn("Notices on their way: 1.", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["tag"], "soft_reload")

    def test_only_what_may_be_presented_again_has_the_button(self):
        debit = self._presented(self._bill())
        self.assertFalse(debit.is_repeatable)
        with self.at("2026-12-28"):
            debit._come_back("unknown", self._day("2026-12-28"))
            self.assertTrue(debit.is_repeatable)
            self.mandate._stop("suspended", "debtor", "")
            self.assertFalse(debit.is_repeatable)
            self.mandate._resume("It was a mistake")
            debit.action_again()
            debit.invalidate_recordset(["is_repeatable"])
            self.assertFalse(debit.is_repeatable, "another debit of it waits")

    def test_the_dialog_of_a_return_says_what_follows(self):
        debit = self._presented(self._bill())
        back = self.env["cobranza.debit.back"]
        dialog = back.create(
            {"debit_ids": [Command.set(debit.ids)], "code": "never_came"}
        )
        self.assertEqual(
            dialog.consequences, "To do: Ask the bank what became of the debit"
        )
        self.assertTrue(dialog.takes_cost)
        row = ReturnCode(
            "x",
            "X",
            "Mend it",
            mandate="revoked",
            account=True,
            dispute=True,
            own_error=True,
        )
        self.assertEqual(
            dialog._what_follows(row),
            [
                "Its mandate is revoked.",
                "Its account is archived.",
                "A dispute of the debt is opened.",
                self.MENDED,
                "To do: Mend it",
            ],
        )


@tagged("post_install", "-at_install")
class TestMandateScreens(DebitCommon):
    def test_dialogs_are_called_by_what_they_do(self):
        self.assertEqual(self.mandate.action_suspend()["name"], "Suspend the mandate")
        self.assertEqual(self.mandate.action_revoke()["name"], "Revoke the mandate")

    def test_the_number_signed_for_is_shown_where_the_account_says_another(self):
        self.assertFalse(self.mandate.account_differs)
        self.assertEqual(self.mandate.account_shown, "ES91 2100 0418 4502 0005 1332")
        self.mandate.bank_account_id.sudo().acc_number = "ES7620770024003102575766"
        self.assertTrue(self.mandate.account_differs)
        self.assertEqual(self.mandate.account_shown, "ES91 2100 0418 4502 0005 1332")

    def test_an_amendment_stands_in_the_history_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.mandate.with_context(lang="es_ES")._amend("Nueva", reference="NUEVA-1")
        said = self.mandate.history_ids.filtered(lambda row: row.reason == "Nueva")
        self.assertTrue(said.change.startswith("Referencia: "), said.change)
