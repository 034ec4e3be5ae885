from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.portal.page import DebtorPage
from ..common.base import CobranzaCommon
from .ledger_ways import LedgerWays

TAKEN, DAY = "2026-09-22", "2026-10-20"


@tagged("post_install", "-at_install")
class TestCover(LedgerWays, CobranzaCommon):
    """A cheque or bill covers its debt until its day; protested it is owed again at its
    level."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paper = cls._account("431000", "asset_receivable", "Bills")
        cls.unpaid = cls._account("431500", "asset_receivable", "Unpaid bills")
        cls.company.cobranza_instrument_account_ids = cls.paper
        cls.move = cls._invoice(due="2026-09-10", amount=1000)
        cls._run("2026-09-20")
        cls.debt = cls._debts(cls.move)

    def _take(self, moves=None, amounts=(1000,), whole=None):
        """A bill is taken on ``TAKEN`` for its day."""
        moves = moves or self.move
        with self.at(TAKEN):
            credits = [(self.receivable, -amount) for amount in amounts]
            entry = self._entry(
                TAKEN,
                (self.paper, whole or sum(amounts), {"date_maturity": DAY}),
                *credits,
            )
            for move, amount in zip(moves, amounts, strict=True):
                credit = entry.line_ids.filtered(
                    lambda line, a=amount: line.balance == -a and not line.reconciled
                )[:1]
                (self._owed(move) | credit).reconcile()
        return entry

    def _item(self, entry, account=None):
        account = account or self.paper
        return entry.line_ids.filtered(lambda line: line.account_id == account)

    def _take_by_payment(self):
        """A journal of cheques, whose outstanding account is that of cheques."""
        lines = self.bank.inbound_payment_method_line_ids
        lines.payment_account_id = self.paper
        with self.at(TAKEN):
            payment = self._register_payment(self.move, payment_date=TAKEN)
            self.assertEqual(payment.outstanding_account_id, self.paper)
            item = self._item(payment.move_id)
            item.date_maturity = DAY
        return payment.move_id

    def _assert_covered(self, entry):
        item = self._item(entry)
        self.assertEqual(self.debt.move_line_id, item)
        self.assertEqual(str(item.date_maturity), DAY)
        self.assertEqual(self.debt.amount_residual, 1000)
        self.assertEqual(str(self.debt._due_on()), "2026-09-10")
        self.assertEqual(self.debt.settlement_ids.kind, "transfer")
        self._run("2026-10-16")
        self.assertEqual(self.debt.reason, "instrument")
        self.assertEqual((self.debt.level, self.debt.episode), (1, 1))
        self.assertEqual(str(self.debt.debtor_id.review_on), "2026-10-21")
        with self.at("2026-10-16"):
            self.assertEqual(str(self.debt.covered_until), DAY)
            self.assertIn("Covered by an instrument", self.debt.why)
            self.assertIn(entry.name, self.debt.why)
            self.assertFalse(self.debt._claimable())

    def test_collectors_read_items_that_carry_a_debt_on_whatever_account(self):
        self.paper = self._account("431900", "asset_current", "Bills in hand")
        self.paper.reconcile = True
        self.company.cobranza_instrument_account_ids = self.paper
        self._take()
        income = self.company_data["default_account_revenue"]
        other = self._item(self._entry(TAKEN, (self.paper, 10), (income, -10)))
        self.env.flush_all()
        collector = self._role("collector")
        items = self.debt.with_user(collector).line_ids
        self.assertIn(self.paper, items.sudo().account_id)
        self.assertEqual(len(items.read(["account_id", "date_maturity"])), 2)
        with self.assertRaises(AccessError):
            other.with_user(collector).read(["date_maturity"])

    def test_the_debtors_page_says_that_it_is_covered(self):
        self._take()
        for day, said in (("2026-10-16", "instrument"), ("2026-10-21", "")):
            with self.at(day):
                debtor = self.debt.debtor_id._portal_own()
                [section] = DebtorPage(debtor).sections
            rows = (*section.due, *section.later)
            self.assertEqual([row.frozen for row in rows], [said])
            self.assertEqual(section.pay, 0 if said else 1000)

    def test_a_bill_covers_its_debt_until_the_end_of_its_day(self):
        self._assert_covered(self._take())
        self._run(DAY)
        self.assertEqual(self.debt.reason, "instrument")
        self._run("2026-10-21")
        self.assertEqual((self.debt.reason, self.debt.level), ("step_pending", 1))

    def test_a_cheque_taken_as_a_payment_covers_it_too(self):
        self._assert_covered(self._take_by_payment())

    def test_the_bill_is_paid(self):
        for way in ("bank line", "entry"):
            with self.subTest(way), self.cr.savepoint() as point:
                item = self._item(self._take())
                with self.at(DAY):
                    if way == "bank line":
                        line = self._bank_line(1000, DAY)
                        self._reconcile_line(line, self.paper, -1000, item)
                    else:
                        cash = self.bank.default_account_id
                        entry = self._entry(DAY, (cash, 1000), (self.paper, -1000))
                        self._match(item, entry)
                self._run("2026-10-21")
                self.assertEqual((self.debt.reason, self.debt.episode), ("settled", 1))
                kinds = sorted(self.debt.settlement_ids.mapped("kind"))
                self.assertEqual(kinds, ["cash", "transfer"])
                point.rollback()
            self.env.invalidate_all()

    def _protest_by_act(self, entry):
        self.debt._protest(self.company._cobranza_today(), "Protested by the notary")

    def _protest_by_unpaid_account(self, entry):
        moved = self._entry("2026-10-12", (self.unpaid, 1000), (self.paper, -1000))
        self._match(self._item(entry), moved)

    def _protest_by_reversal(self, entry):
        entry._reverse_moves([{"date": "2026-10-12"}], cancel=True)

    def _protest_by_back_to_customer(self, entry):
        moved = self._entry("2026-10-12", (self.receivable, 1000), (self.paper, -1000))
        self._match(self._item(entry), moved)

    def _protest_by_cancelling(self, entry):
        entry.button_cancel()

    def _protest_by_draft(self, entry):
        entry.button_draft()
        self.assertEqual(self.debt.move_line_id, self._owed(self.move))
        entry.button_cancel()

    def _protest_by_bank(self, entry):
        """Credited by the bank on its day, and debited afterwards."""
        line = self._bank_line(1000, "2026-10-11")
        self._reconcile_line(line, self.paper, -1000, self._item(entry))
        self._run("2026-10-11")
        self.assertEqual(self.debt.reason, "settled")
        self._reconcile_line(
            self._bank_line(-1000, "2026-10-12"), self.receivable, 1000
        )

    def test_protested_it_is_owed_again_at_its_level(self):
        ways = [name for name in dir(self) if name.startswith("_protest_by_")]
        self.assertEqual(len(ways), 7)
        for way in ways:
            with self.subTest(way), self.cr.savepoint() as point:
                entry = self._take()
                self._run("2026-10-10")
                self.assertEqual(self.debt.reason, "instrument")
                with self.at("2026-10-12"):
                    getattr(self, way)(entry)
                self._run("2026-10-12")
                self.assertEqual(self.debt.amount_residual, 1000)
                self.assertEqual(str(self.debt._due_on()), "2026-09-10")
                again = way == "_protest_by_bank"
                self.assertEqual(self.debt.episode, 2 if again else 1)
                wanted = ("entered", 1) if again else ("step_pending", 1)
                self.assertEqual((self.debt.reason, self.debt.level), wanted)
                others = self.debt.debtor_id.debt_ids - self.debt
                self.assertFalse(others.filtered(lambda one: not one.settled))
                point.rollback()
            self.env.invalidate_all()

    def test_one_bill_for_two_invoices_is_a_debt_of_its_own(self):
        other = self._invoice(due="2026-09-12", amount=500)
        self._run("2026-09-21")
        second = self._debts(other)
        entry = self._take(self.move | other, (1000, 500))
        self._run("2026-09-25")
        item = self._item(entry)
        apart = self.env["cobranza.debt"].search([("move_line_id", "=", item.id)])
        self.assertEqual((apart.reason, apart.amount_residual), ("instrument", 1500))
        self.assertEqual(apart.level, min(self.debt.level, second.level))
        self.assertEqual(self.debt.settlement_ids.kind, "instrument")
        self.assertEqual(set((self.debt | second).mapped("reason")), {"settled"})
        self._run("2026-10-21")
        self.assertNotEqual(apart.reason, "instrument")

    def test_a_bill_for_part_of_it_leaves_the_rest_owed(self):
        entry = self._take(amounts=(400,))
        self._run("2026-09-25")
        self.assertEqual(self.debt.amount_residual, 600)
        self.assertEqual(self.debt.settlement_ids.kind, "instrument")
        apart = self.env["cobranza.debt"].search(
            [("move_line_id", "=", self._item(entry).id)]
        )
        self.assertEqual((apart.reason, apart.amount_residual), ("instrument", 400))
        self.assertNotEqual(self.debt.reason, "instrument")

    def test_interest_does_not_run_meanwhile_unless_the_company_says_so(self):
        self._take()
        spans = self.env["cobranza.debt"]._covered_spans
        (span,) = spans(self.debt.ids)[self.debt.id]
        self.assertEqual([str(day) for day in span], ["2026-09-23", DAY])
        with self.at("2026-10-12"):
            self._protest_by_act(None)
        (span,) = spans(self.debt.ids)[self.debt.id]
        self.assertEqual(str(span[1]), "2026-10-12")
        self.company.cobranza_instrument_interest = "original"
        self.assertEqual(spans(self.debt.ids), {})

    def test_the_dialog_asks_for_the_day_and_keeps_the_cost(self):
        self._take()
        collector = self._role("collector")
        files = self.env["ir.attachment"].with_user(collector)
        proof = files.create(
            {"name": "fee.txt", "raw": b"12.50", "res_model": "cobranza.reason"}
        )
        with self.at("2026-10-12"):
            dialog = (
                self.env["cobranza.reason"]
                .with_user(collector)
                .create(
                    {
                        "act": "protest",
                        "record_ids": self.debt.ids,
                        "reason": "Not paid at the bank",
                        "day": "2026-10-12",
                        "cost": 12.5,
                        "proof_ids": proof.ids,
                    }
                )
            )
            dialog.action_confirm()
        self.assertEqual(str(self.debt.protested_on), "2026-10-12")
        cost = self.env["cobranza.cost"].search([("debt_ids", "in", self.debt.ids)])
        self.assertEqual(
            (cost.amount, cost.description), (12.5, "Not paid at the bank")
        )
        log = self.env["cobranza.history"].search(
            [("debtor_id", "=", self.debt.debtor_id.id)], limit=1
        )
        self.assertEqual(log.user_id, collector)
        self.assertEqual(log.reason, "Not paid at the bank")

    def test_nothing_is_protested_that_no_bill_covers(self):
        with self.assertRaisesRegex(UserError, "No cheque or bill covers"):
            self.debt._protest(self.company._cobranza_today(), "Why not")

    def test_hooks_of_blocks_are_asked_once_for_all(self):
        self._invoices([self.partner_a] * 8, "2026-09-10", 100)
        self._run("2026-09-21")
        debts = self.debt.debtor_id.debt_ids
        self._take()
        day = self.company._cobranza_today()
        covered = self.env["cobranza.debt"]._covered
        covered(debts.ids, day)
        with self.assertQueryCount(1):
            covered(self.debt.ids, day)
        with self.assertQueryCount(1):
            covered(debts.ids, day)

    def _take_unnamed(self, closed):
        with self.at(TAKEN):
            values = {"date_maturity": DAY, "partner_id": False}
            entry = self._entry(
                TAKEN, (self.paper, 1000, values), (self.receivable, -1000)
            )
        with self.at("2026-10-05"):
            if closed:
                self.company.fiscalyear_lock_date = "2026-09-30"
            self._match(self._owed(self.move), entry)
        return entry

    def test_a_bill_without_a_name_gets_that_of_the_debtor(self):
        self._assert_covered(self._take_unnamed(closed=False))
        self.assertFalse(self.debt.debtor_id.activity_ids)

    def test_a_bill_without_a_name_in_a_closed_period_is_a_task(self):
        entry = self._take_unnamed(closed=True)
        self.assertTrue(self.debt.settled)
        [task] = self.debt.debtor_id.activity_ids
        self.assertIn(entry.name, task.note)
        self.assertIn(self.debt.document, task.note)

    def test_what_is_matched_with_a_draft_is_covered_still(self):
        entry = self._take()
        cash = self.bank.default_account_id
        draft = self._entry(DAY, (cash, 1000), (self.paper, -1000), post=False)
        (self._item(entry) | self._item(draft)).reconcile()
        with self.at("2026-10-01"):
            day = self.company._cobranza_today()
            self.assertIn(self.debt.id, self.debt._covered(self.debt.ids, day))

    # -- ceded and given back ----------------------------------------------------------

    def test_ceded_and_given_back(self):
        factor = self.env["res.partner"].create({"name": "Factor"})
        self.debt.sudo().write({"ceded_on": "2026-09-22", "ceded_to_id": factor.id})
        self._run("2026-10-01")
        self.assertEqual(self.debt.reason, "ceded")
        with self.at("2026-10-12"):
            day = self.company._cobranza_today()
            with self.assertRaises(AccessError):
                self.debt.with_user(self._role("collector"))._give_back(day, "No")
            self.debt._give_back(day, "With recourse: not paid")
        self._run("2026-10-13")
        self.assertEqual((self.debt.reason, self.debt.level), ("step_pending", 1))
        self.assertEqual(self.debt.amount_residual, 1000)
        with self.at("2026-10-13"), self.assertRaisesRegex(UserError, "not ceded"):
            self.debt._give_back(self.company._cobranza_today(), "Again")
        log = self.env["cobranza.history"].search(
            [("debtor_id", "=", self.debt.debtor_id.id)], limit=1
        )
        self.assertEqual(log.reason, "With recourse: not paid")
