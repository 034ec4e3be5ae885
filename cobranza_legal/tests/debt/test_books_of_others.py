from odoo.tests import tagged

from ..common.base import CobranzaCommon
from .ledger_ways import LedgerWays

PAID, BACK, AFTER = "2026-09-22", "2026-09-24", "2026-09-26"


@tagged("post_install", "-at_install")
class TestBooksOfOthers(LedgerWays, CobranzaCommon):
    """What carries a debt on never keeps anybody from booking: entries that are
    secured or of a closed period are left as they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice(due="2026-09-10", amount=1000)
        cls._run("2026-09-20")
        cls.debt = cls._debts(cls.move)
        cls.other = cls.partner_a.copy({"name": "Other customer"})

    def _pay(self):
        with self.at(PAID):
            return self._pay_by_wizard(self.move, 1000, PAID)

    def test_a_payment_that_comes_back_in_a_secured_journal(self):
        self._pay()
        self.bank.restrict_mode_hash_table = True
        with self.at(BACK):
            cash = self.bank.default_account_id
            entry = self._entry(
                BACK, (self.receivable, 1000), (cash, -1000), journal=self.bank
            )
        self.assertTrue(entry.inalterable_hash)
        self._run(AFTER)
        self.assertEqual(self.debt.move_line_id.move_id, entry)
        self.assertEqual(self.debt.amount_residual_currency, 1000)
        self.assertEqual(self.debt._due_on().isoformat(), "2026-09-10")

    def _cheques(self):
        account = self._account("431000", "asset_receivable")
        self.company.sudo().cobranza_instrument_account_ids = account
        return account

    def _cheque(self, cheques, **vals):
        due = {"date_maturity": "2026-12-01", **vals}
        with self.at(PAID):
            return self._entry(PAID, (cheques, 1000, due), (self.receivable, -1000))

    def _take(self, entry, day=BACK):
        with self.at(day):
            self._match(self._owed(self.move), entry)

    def test_a_cheque_of_a_closed_period_is_matched(self):
        contact = self.env["res.partner"].create(
            {"name": "Accounts", "parent_id": self.partner_a.id}
        )
        entry = self._cheque(self._cheques(), partner_id=contact.id)
        self.company.sudo().fiscalyear_lock_date = "2026-09-23"
        self._take(entry)
        self.assertEqual(self.debt.move_line_id.move_id, entry)
        self.assertTrue(self.debt.covered_until)

    def test_a_cheque_that_names_nobody_in_a_closed_period_is_matched(self):
        entry = self._cheque(self._cheques(), partner_id=False)
        self.company.sudo().fiscalyear_lock_date = "2026-09-23"
        self._take(entry)
        self.assertEqual(self._owed(self.move).amount_residual, 0)

    def test_a_cheque_that_names_nobody_gets_the_debtor(self):
        entry = self._cheque(self._cheques(), partner_id=False)
        self._take(entry)
        self.assertEqual(self.debt.move_line_id.move_id, entry)
        self.assertEqual(self.debt.move_line_id.partner_id, self.partner_a)

    def test_a_secured_cheque_is_matched(self):
        self.misc.restrict_mode_hash_table = True
        entry = self._cheque(self._cheques())
        self.assertTrue(entry.inalterable_hash)
        self._take(entry)
        self.assertEqual(self.debt.move_line_id.move_id, entry)

    # -- a payment that was rejected ---------------------------------------------------

    def test_what_a_rejected_payment_had_paid_is_owed_again(self):
        payment = self._pay().origin_payment_id
        self._run("2026-09-23")
        self.assertTrue(self.debt.settled)
        with self.at(BACK):
            payment.action_reject()
        self._run(AFTER)
        debts = self.env["cobranza.debt"]
        self.assertFalse(self.debt.settled)
        self.assertIn(self.debt, debts.search([("settled", "=", False)]))
        self.assertNotIn(self.debt, debts.search([("settled", "=", True)]))
        self.assertEqual(self.debt.reason, "entered")

    def test_an_invoice_that_was_paid_at_once_is_followed_when_that_is_undone(self):
        for back in ("reject", "draft"):
            with self.subTest(back):
                partner = self.partner_a.copy({"name": back})
                with self.at(PAID):
                    move = self._invoice(due="2026-09-10", partner=partner)
                    entry = self._register_payment(
                        move, amount=1000, payment_date=PAID
                    ).move_id
                self._run("2026-09-23")
                self.assertFalse(self._debts(move))
                with self.at(BACK):
                    getattr(self, f"_back_by_{back}")(entry, 1000, BACK)
                self._run(AFTER)
                self.assertEqual(self._debts(move).reason, "entered")

    # -- one entry of several customers ------------------------------------------------

    def _remittance(self, cheques):
        """Cheques of 1000 of each of two customers, handed in together."""
        with self.at(PAID):
            due = {"date_maturity": "2026-12-01"}
            other = {"partner_id": self.other.id}
            return self._entry(
                PAID,
                (cheques, 1000, due),
                (cheques, 1000, {**due, **other, "date_maturity": "2026-12-15"}),
                (self.receivable, -1000),
                (self.receivable, -1000, other),
            )

    def _match_own(self, moves, entry):
        credit = self._credit_of(entry).filtered(
            lambda line: line.partner_id == moves.partner_id
        )
        with self.at(BACK):
            (self._owed(moves) | credit).reconcile()

    def test_everybody_has_the_own_cheque_of_a_remittance(self):
        move = self._invoice(due="2026-09-10", amount=1000, partner=self.other)
        self._run("2026-09-21")
        entry = self._remittance(self._cheques())
        for document in (move, self.move):
            self._match_own(document, entry)
        for debt in self._debts(move | self.move):
            self.assertEqual(debt.move_line_id.move_id, entry)
            self.assertEqual(debt.move_line_id.partner_id, debt.partner_id)
        lines = self._debts(move | self.move).sorted("partner_id").move_line_id
        days = {line.partner_id: str(line.date_maturity) for line in lines}
        self.assertEqual(days, {self.partner_a: "2026-12-01", self.other: "2026-12-15"})

    def test_nobody_owes_the_cheque_of_somebody_else(self):
        small = self._invoice(due="2026-09-10", amount=400, partner=self.other)
        small |= self._invoice(due="2026-09-10", amount=600, partner=self.other)
        self._run("2026-09-21")
        entry = self._remittance(self._cheques())
        self._match_own(small, entry)
        debts = self.env["cobranza.debt"].search([("move_id", "=", entry.id)])
        self.assertEqual(debts.partner_id, self.other)
        self.assertEqual(debts.move_line_id.mapped("amount_currency"), [1000])
        self.assertEqual(debts.move_line_id.partner_id, self.other)
