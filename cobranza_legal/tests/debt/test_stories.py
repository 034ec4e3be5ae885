from contextlib import contextmanager, suppress
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.fields import Date
from odoo.tests import Form, tagged

from ...models.position.reader import PositionReader
from ..common.base import CobranzaCommon
from .ledger_ways import LedgerWays

PAID, BACK, AFTER = "2026-09-22", "2026-09-24", "2026-09-26"

PAYMENTS = ("wizard", "and_match", "bank_line", "entry")
RETURNS = (
    ("bank_line", PAYMENTS),
    ("bank_line_undone", PAYMENTS),
    ("bank_line_undone_later", PAYMENTS),
    ("outbound_payment", PAYMENTS),
    ("reversal", PAYMENTS),
    ("reversal_matched", PAYMENTS),
    ("entry", PAYMENTS),
    ("payment_return", PAYMENTS),
    ("cancel", ("wizard", "and_match")),
    ("unmatch", ("wizard", "and_match")),
)
"""(way of coming back, ways of paying after which it exists)."""

BY_STATE = (
    ("reject", ("wizard", "and_match")),
    ("draft", ("wizard", "and_match")),
)
"""Odoo keeps the reconciliation, and the item says that it is paid."""


class Undo(Exception):
    """Nothing of a way stays."""


@tagged("post_install", "-at_install")
class TestStories(LedgerWays, CobranzaCommon):
    """The same story gives the same debt, however it was booked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice(due="2026-09-10", amount=1000)
        cls._run("2026-09-20")
        cls.debt = cls._debts(cls.move)
        cls.lawyer = cls._role("all_lawyer")

    @contextmanager
    def _way(self, *names):
        with self.subTest(" ".join(names)), suppress(Undo), self.cr.savepoint():
            yield
            raise Undo
        self.env.invalidate_all()

    def _told(self, debt=None):
        """(reason, open, episode, {kind: amount} of what settles it)."""
        debt = debt or self.debt
        debt.invalidate_recordset()
        settled = {}
        kinds = self.env["cobranza.settlement.kind"]
        for one in debt.settlement_ids:
            if not kinds._is(one.kind, "carries"):
                settled[one.kind] = settled.get(one.kind, 0) + one.amount_currency
        return debt.reason, debt.amount_residual_currency, debt.episode, settled

    def _assert_one_truth(self, debt=None):
        """Nothing but this debt is owed, and the settlements explain what is open."""
        debt = debt or self.debt
        others = self.env["cobranza.debt"].search(
            [("debtor_id", "=", debt.debtor_id.id), ("id", "!=", debt.id)]
        )
        self.assertFalse(
            others.filtered(lambda one: not one.settled).mapped("document")
        )
        whole = debt._whole_amount()
        self.assertEqual(sum(self._told(debt)[3].values()), whole - self._told(debt)[1])

    def _owed_on(self, day):
        """What is open of the debt where the item of the ledger says that it is paid,
        as every screen and document reads it."""
        items = PositionReader(self.env, self.company, Date.to_date(day)).items()
        return sum(item.open for item in items if item.debt == self.debt.id)

    def _claimed_on(self, day):
        with self.at(day):
            return self.debt._claimable()[self.debt.id].left

    def _assert_owed_everywhere(self, amount, day=AFTER):
        """Every screen, limit and list that tells what is open of the debt says it."""
        debt, domain = self.debt, [("id", "in", self.debt.ids)]
        lawyer = self.env["cobranza.debt"].with_user(self.lawyer)
        with self.at(day):
            for name in ("amount_residual", "amount_residual_currency"):
                self.assertEqual(debt[name], amount, name)
                for found, text in ((debt, f">= {amount}"), ([], f"> {amount}")):
                    sign, limit = text.split()
                    asked = [*domain, (name, sign, float(limit))]
                    self.assertEqual(list(debt.search(asked)), list(found), text)
                self.assertEqual(debt.filtered_domain([(name, ">", 0)]), debt)
                spec = f"{name}:sum"
                [[sum_]] = lawyer._read_group(domain, aggregates=[spec])
                self.assertEqual(sum_, amount)
                [row] = lawyer.search(domain, order=name).read([name])
                self.assertEqual(row[name], amount)
            self.assertEqual(self.move.cobranza_amount_due, amount)
            self.assertEqual(debt._open_amount(), amount)
            self._assert_page_and_lists(amount)
            self._assert_limits(amount)

    def _assert_page_and_lists(self, amount):
        debtor, today = self.debt.debtor_id, self.company._cobranza_today()
        claims = debtor._payable(today, self.company.currency_id).claims
        asked = sum(one.owed for one in claims if one.debt == self.debt.id)
        self.assertEqual(asked, amount)
        self.assertEqual(
            debtor._figures()[debtor.id][self.debt.currency_id.id].overdue, amount
        )
        hold = self.env["cobranza.hold"].create(
            {"debtor_id": debtor.id, "reason": "internal"}
        )
        hold.flush_recordset()
        left = self.env["cobranza.exit"].search([("debtor_id", "=", debtor.id)])
        self.assertEqual(left.mapped("amount"), [amount])
        hold._set_state("released", "It was a test")

    def _assert_limits(self, amount):
        """What may be promised and disputed."""
        debt = self.debt
        vals = {"debtor_id": debt.debtor_id.id, "debt_ids": debt.ids}
        vals["promised_on"] = self.company._cobranza_today()
        promises = self.env["cobranza.promise"]
        with self.assertRaises(ValidationError), self.cr.savepoint():
            promises.create({**vals, "amount": amount + 1})
        promises.create({**vals, "amount": amount})._cancel("It was a test")
        dispute = self.env["cobranza.dispute"].create(
            {"debtor_id": debt.debtor_id.id, "debt_id": debt.id, "reason": "price"}
        )
        self.assertEqual((dispute.amount, dispute.open_amount), (amount, amount))
        dispute._set_state("withdrawn", "It was a test")

    def _do(self, kind, name, *args):
        return getattr(self, f"_{kind}_by_{name}", None) or getattr(
            self, f"_{kind}_{name}"
        )

    def _pay(self, way, amount, day=PAID):
        with self.at(day):
            return self._do("pay", way)(self.move, amount, day)

    # -- money in ----------------------------------------------------------------------

    def test_paid(self):
        for way in PAYMENTS:
            with self._way(way):
                self._pay(way, 1000)
                self._run(AFTER)
                self.assertEqual(self._told(), ("settled", 0, 1, {"cash": 1000}))
                self._assert_one_truth()

    def test_part_paid(self):
        for way in PAYMENTS:
            with self._way(way):
                self._pay(way, 400)
                self._run(AFTER)
                reason, *rest = self._told()
                self.assertNotIn(reason, ("settled", "covered"))
                self.assertEqual(rest, [600, 1, {"cash": 400}])
                self._assert_one_truth()

    def test_overpaid(self):
        for way in ("and_match", "bank_line", "entry"):
            with self._way(way):
                entry = self._pay(way, 1100)
                self._run(AFTER)
                self.assertEqual(self._told(), ("settled", 0, 1, {"cash": 1000}))
                self.assertEqual(self._credit_of(entry).amount_residual, -100)
                self._assert_one_truth()

    def test_paid_in_part_by_two_ways(self):
        for first, second in zip(PAYMENTS, reversed(PAYMENTS), strict=True):
            with self._way(first, second):
                self._pay(first, 300)
                self._pay(second, 700)
                self._run(AFTER)
                self.assertEqual(self._told(), ("settled", 0, 1, {"cash": 1000}))

    # -- money back --------------------------------------------------------------------

    def _returned(self, pay, back, amount=1000):
        entry = self._pay(pay, amount)
        self._run("2026-09-23")
        with self.at(BACK):
            getattr(self, f"_back_by_{back}")(entry, amount, BACK)
        self._run(AFTER)

    def test_returned(self):
        for back, ways in RETURNS:
            for pay in ways:
                with self._way(pay, back):
                    self._returned(pay, back)
                    self.assertEqual(self._told(), ("entered", 1000, 2, {}))
                    self._assert_one_truth()
                    self._assert_remembered()

    def _assert_remembered(self):
        """Once, with its days; what was known until then is known still."""
        undone = self.debt.undone_ids
        self.assertEqual(undone.mapped("kind"), ["cash"])
        self.assertEqual(undone.mapped("amount_currency"), [1000])
        self.assertEqual((str(undone.date), str(undone.undone_on)), (PAID, BACK))
        then = self.env["cobranza.debt"]._settlements_known_then
        known = then(self.debt.ids, undone.date)[self.debt.id]
        self.assertEqual([one[:2] for one in known], [("cash", 1000)])
        self.assertFalse(then(self.debt.ids, undone.undone_on)[self.debt.id])

    def test_part_that_came_back(self):
        for back, ways in RETURNS:
            with self._way(back):
                self._pay("wizard", 300)
                self._returned(ways[0], back, 700)
                self.assertEqual(self._told()[1:], (700, 2, {"cash": 300}))
                self._assert_one_truth()

    def test_back_by_state(self):
        for back, ways in BY_STATE:
            for pay in ways:
                with self._way(pay, back):
                    self._returned(pay, back)
                    reason, _ledger, episode, settled = self._told()
                    self.assertEqual((reason, episode, settled), ("entered", 2, {}))
                    self.assertFalse(self.debt.settled)
                    self.assertEqual(self._owed_on(AFTER), 1000)
                    self.assertEqual(self._claimed_on(AFTER), 1000)
                    self._assert_owed_everywhere(1000)

    def test_a_part_that_came_back_by_state(self):
        for back, ways in BY_STATE:
            for pay in ways:
                with self._way(pay, back):
                    self._pay("wizard", 300)
                    self._returned(pay, back, 700)
                    self._assert_owed_everywhere(700)

    def test_what_came_back_by_state_can_be_paid_again(self):
        for back, ways in BY_STATE:
            for pay in ways:
                with self._way(pay, back):
                    self._returned(pay, back)
                    self._pay_again()

    def test_what_is_matched_with_a_draft_can_be_paid(self):
        with self._way("draft"):
            self._match_draft()
            self._pay_again()
            self.assertFalse(self.debt.undone_ids, "a draft has settled nothing")

    def _pay_again(self):
        """The dialog takes the debt, whatever its item is matched with."""
        with self.at(AFTER):
            action = self.debt.debtor_id.action_register_payment()
            model = self.env["cobranza.payment.split"]
            with Form(model.with_context(**action["context"])) as form:
                form.amount = 1000
            form.record._pay()
            self.assertTrue(self.debt.settled)
            self.assertEqual(self.debt.amount_residual, 0)
        self.assertEqual(self._owed_on(AFTER), 0)

    def test_overpaid_and_refunded_is_no_return(self):
        with self._way("outbound"):
            self._pay("and_match", 1100)
            self._run("2026-09-23")
            with self.at(BACK):
                self._loose_payment(100, BACK, "outbound")
            self._run(AFTER)
            self.assertEqual(self._told(), ("settled", 0, 1, {"cash": 1000}))
            self.assertFalse(self.debt.undone_ids)

    def test_a_payment_of_two_invoices_comes_back(self):
        other = self._invoice(due="2026-09-10", amount=500)
        self._run("2026-09-21")
        second = self._debts(other)
        for back in ("bank_line", "outbound_payment", "reversal", "payment_return"):
            with self._way(back):
                with self.at(PAID):
                    payment = self._loose_payment(1500, PAID)
                    lines = self._owed(self.move | other)
                    (lines | self._credit_of(payment.move_id)).reconcile()
                self._run("2026-09-23")
                with self.at(BACK):
                    getattr(self, f"_back_by_{back}")(payment.move_id, 1500, BACK)
                self._run(AFTER)
                debts = self.debt.debtor_id.debt_ids.filtered(lambda d: not d.settled)
                self.assertEqual(sum(debts.mapped("amount_residual")), 1500)
                self.assertEqual(set(debts.mapped("episode")), {2})
                undone = (self.debt | second).undone_ids
                self.assertEqual(sorted(undone.mapped("amount")), [500, 1000])

    # -- credit, discounts, differences ------------------------------------------------

    def test_refunded(self):
        for way in ("cancel", "post"):
            with self._way(way):
                with self.at(PAID):
                    if way == "cancel":
                        self.move._reverse_moves([{"date": PAID}], cancel=True)
                    else:
                        self.move._reverse_moves([{"date": PAID}]).action_post()
                self._run(AFTER)
                self.assertEqual(self._told()[3], {"credit_note": 1000})
                self.assertEqual(self._told()[0], "settled")

    def test_early_discount(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 60,
                "early_pay_discount_computation": "excluded",
                "line_ids": [(0, 0, {"value": "percent", "value_amount": 100})],
            }
        )
        self.move = self._invoice(due=None, invoice_payment_term_id=term.id)
        self._run("2026-09-21")
        self.debt = self._debts(self.move)
        loss = self.company.account_journal_early_pay_discount_loss_account_id
        for way in ("wizard", "bank_line", "entry"):
            with self._way(way), self.at(PAID):
                if way == "wizard":
                    self._register_payment(self.move, payment_date=PAID)
                elif way == "bank_line":
                    line = self._bank_line(980, PAID)
                    owed = self._owed(self.move)
                    self._reconcile_line(line, self.receivable, -1000, owed, (loss, 20))
                else:
                    self._pay_and_match(self.move, 980, PAID)
                    entry = self._entry(PAID, (loss, 20), (self.receivable, -20))
                    self._match(self._owed(self.move), entry)
                self._run(AFTER)
                settled = {"cash": 980, "discount": 20}
                self.assertEqual(self._told(), ("settled", 0, 1, settled))
        with self._way("without write-off"):
            self._pay("and_match", 980)
            self.assertEqual(self._told()[1:], (20, 1, {"cash": 980}))

    def test_paid_short_and_marked_as_paid(self):
        """The difference is what the account says that was chosen for it."""
        loss = self._account("659999", "expense")
        strange = self._account("658888", "expense")
        self.company.cobranza_loss_account_ids = loss
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Cash",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": self._account("768888", "income").id,
                "loss_account_id": self._account("668888", "expense").id,
            }
        )
        exchange = self.company.expense_currency_exchange_account_id
        cases = {
            "write_off": loss,
            "other": strange,
            "rounding": rounding.loss_account_id,
            "exchange": exchange,
        }
        for kind, account in cases.items():
            for way in ("wizard", "bank_line", "entry"):
                with self._way(kind, way):
                    with self.at(PAID):
                        self._pay_short(way, account)
                    self._run(AFTER)
                    settled = {"cash": 995, kind: 5}
                    self.assertEqual(self._told(), ("settled", 0, 1, settled))

    def _pay_short(self, way, account):
        owed = self._owed(self.move)
        if way == "wizard":
            self._register_payment(
                self.move,
                amount=995,
                payment_date=PAID,
                payment_difference_handling="reconcile",
                writeoff_account_id=account.id,
            )
        elif way == "bank_line":
            line = self._bank_line(995, PAID)
            self._reconcile_line(line, self.receivable, -1000, owed, (account, 5))
        else:
            self._pay_and_match(self.move, 995, PAID)
            self._match(owed, self._entry(PAID, (account, 5), (self.receivable, -5)))

    def test_exchange_difference(self):
        euro = self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 2.0), ("2026-09-22", 1.0)]
        )
        move = self._invoice(due="2026-09-10", amount=1000, currency_id=euro.id)
        self.move = move
        self._run("2026-09-21")
        self.debt = self._debts(move)
        for way in ("wizard", "and_match"):
            with self._way(way):
                with self.at(PAID):
                    if way == "wizard":
                        self._register_payment(
                            move, currency_id=euro.id, payment_date=PAID
                        )
                    else:
                        payment = self._loose_payment(1000, PAID, currency_id=euro.id)
                        self._match(self._owed(move), payment.move_id)
                self._run(AFTER)
                reason, open_, _episode, settled = self._told()
                self.assertEqual((reason, open_), ("settled", 0))
                self.assertEqual(settled.pop("cash"), 1000)
                self.assertLessEqual(set(settled), {"exchange"})
                self.assertNotIn("write_off", settled)

    def test_exchange_loss_is_no_write_off(self):
        """The rate falls: what the ledger corrects is a difference, not money."""
        euro = self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1.0), ("2026-09-22", 2.0)]
        )
        move = self._invoice(due="2026-09-10", amount=1000, currency_id=euro.id)
        self._run("2026-09-21")
        debt = self._debts(move)
        with self.at(PAID):
            self._register_payment(move, currency_id=euro.id, payment_date=PAID)
        found = {one.kind: one.amount for one in debt.settlement_ids}
        self.assertEqual(found, {"cash": 500, "exchange": 500})

    def test_written_off_by_an_entry(self):
        loss = self._account("659999", "expense")
        entry = self._entry(PAID, (loss, 1000), (self.receivable, -1000))
        self._match(self._owed(self.move), entry)
        self.assertEqual(self.debt.settlement_ids.kind, "other")
        self.company.cobranza_loss_account_ids = loss
        self.debt.invalidate_recordset()
        self.assertEqual(self.debt.settlement_ids.kind, "write_off")

    def test_set_off(self):
        payable = self.company_data["default_account_payable"]
        with self._way("entry"):
            entry = self._entry(PAID, (payable, 1000), (self.receivable, -1000))
            self._match(self._owed(self.move), entry)
            self._run(AFTER)
            self.assertEqual(self._told(), ("settled", 0, 1, {"set_off": 1000}))

    # -- documents ---------------------------------------------------------------------

    def test_matched_with_a_draft(self):
        with self._way("draft"):
            self._match_draft()
            self._run(AFTER)
            reason, _ledger, episode, settled = self._told()
            self.assertNotIn(reason, ("settled", "covered"))
            self.assertEqual((episode, settled), (1, {}))
            self.assertEqual(self._owed_on(AFTER), 1000)
            self.assertEqual(self._claimed_on(AFTER), 1000)
            self._assert_owed_everywhere(1000)

    def _match_draft(self):
        cash = (self.bank.default_account_id, 1000)
        entry = self._entry(PAID, cash, (self.receivable, -1000), post=False)
        self._match(self._owed(self.move), entry)

    def test_in_payment_without_an_entry(self):
        """As accounting apps make it: the payment has no entry until the bank's."""
        with self._way("state"):
            moves = self.registry["account.move"]
            state = "_get_invoice_in_payment_state"
            with self.at(PAID), patch.object(moves, state, lambda _: "in_payment"):
                payment = self.env["account.payment"].create(
                    {
                        "payment_type": "inbound",
                        "partner_type": "customer",
                        "partner_id": self.partner_a.id,
                        "amount": 1000,
                        "date": PAID,
                        "journal_id": self.bank.id,
                        "invoice_ids": [Command.set(self.move.ids)],
                    }
                )
                payment.outstanding_account_id = False
                payment.action_post()
                self.assertFalse(payment.move_id)
            self._run(AFTER)
            self.assertEqual(self._told()[1:], (1000, 1, {}))

    def test_branch_paid_through_its_parent(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.user.company_ids |= branch
        branch.cobranza_policy_id = self.policy
        both = [self.company.id, branch.id]
        self.env = self.env(context={**self.env.context, "allowed_company_ids": both})
        with self._way("parent"):
            move = (
                self.env["account.move"]
                .with_company(branch)
                .create(
                    {
                        "move_type": "out_invoice",
                        "partner_id": self.partner_a.id,
                        "invoice_date": "2026-09-01",
                        "invoice_date_due": "2026-09-10",
                        "company_id": branch.id,
                        "invoice_line_ids": [
                            (0, 0, {"name": "One", "price_unit": 1000, "tax_ids": []})
                        ],
                    }
                )
            )
            move.action_post()
            self._run("2026-09-20", branch)
            debt = self._debts(move)
            with self.at(PAID):
                payment = self._loose_payment(1000, PAID)
                self._match(self._owed(move), payment.move_id)
            self._run("2026-09-23", branch)
            self.assertEqual(self._told(debt), ("settled", 0, 1, {"cash": 1000}))
            with self.at(BACK):
                self._back_by_reversal(payment.move_id, 1000, BACK)
            self.assertEqual(self._told(debt)[3], {})

    def test_invoice_to_draft_and_back(self):
        with self._way("draft"):
            self.move.button_draft()
            self._run(AFTER)
            self.assertEqual(self.debt.reason, "void")
            self.move.action_post()
            self._run("2026-09-27")
            self.assertEqual(self._told()[1:], (1000, 1, {}))
            self._assert_one_truth()

    def test_merged_partners(self):
        twin = self.partner_a.copy({"name": "Twin"})
        with self._way("merge"):
            wizard = self.env["base.partner.merge.automatic.wizard"].create({})
            wizard._merge((self.partner_a | twin).ids, self.partner_a)
            self._pay("wizard", 1000)
            self._run(AFTER)
            self.assertEqual(self._told(), ("settled", 0, 1, {"cash": 1000}))

    def test_instalments_are_paid_one_by_one(self):
        move = self._invoice(due=None, invoice_payment_term_id=self._term(10, 20).id)
        self._run("2026-09-21")
        self.move = move
        for way in ("and_match", "bank_line"):
            with self._way(way):
                first = move.line_ids.filtered(
                    lambda line: line.account_id == self.receivable
                ).sorted("date_maturity")[0]
                with self.at(PAID):
                    if way == "bank_line":
                        line = self._bank_line(500, PAID)
                        self._reconcile_line(line, self.receivable, -500, first)
                    else:
                        payment = self._loose_payment(500, PAID)
                        self._match(first, payment.move_id)
                self._run(AFTER)
                debts = self._debts(move)
                self.assertEqual(debts.mapped("settled"), [True, False][: len(debts)])

    def test_down_payment(self):
        """An advance is paid, and the final invoice takes it off."""
        with self._way("note"):
            with self.at(PAID):
                note = self.env["account.move"].create(
                    {
                        "move_type": "out_refund",
                        "partner_id": self.partner_a.id,
                        "invoice_date": PAID,
                        "invoice_line_ids": [
                            (
                                0,
                                0,
                                {"name": "Advance", "price_unit": 300, "tax_ids": []},
                            )
                        ],
                    }
                )
                note.action_post()
                self._match(self._owed(self.move), note)
            self._run(AFTER)
            self.assertEqual(self._told()[1:], (700, 1, {"credit_note": 300}))
