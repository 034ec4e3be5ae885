from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ...models.position.reader import PositionReader
from ..common.base import MONDAY
from ..common.booking import BookingCommon


@tagged("post_install", "-at_install")
class TestReader(BookingCommon):
    """What is open of each item of a company, on any day."""

    def _items(self, on=MONDAY, partner=None, company=None, **more):
        reader = PositionReader(
            self.env, company or self.company, date.fromisoformat(on)
        )
        return reader.items((partner or self.partner_a).ids, **more)

    def _open(self, on=MONDAY, **more):
        """{document: what is open} on a day."""
        return {item.document: item.open for item in self._items(on, **more)}

    # -- what an item says -------------------------------------------------------------

    def test_an_item_says_all_that_is_known_of_it(self):
        move = self._invoice(amount=1000)
        self._run("2026-10-12")
        self._payment(300, "2026-10-12", move)
        [item] = self._items()
        line = self._receivable(move)
        self.assertEqual(
            (item.line, item.partner, item.company, item.move, item.document),
            (line.id, self.partner_a.id, self.company.id, move.id, move.name),
        )
        self.assertEqual((item.kind, item.debt), ("invoice", self._debts(move).id))
        self.assertEqual(
            (item.due, item.day, item.original),
            (date(2026, 10, 5), date(2026, 9, 1), Decimal(1000)),
        )
        self.assertEqual((item.open, item.open_company), (700, 700))
        self.assertTrue(item.followed)
        self.assertFalse(item.blocked)

    def test_kinds_tell_documents_money_and_entries_apart(self):
        self._invoice(amount=100)
        self._invoice(amount=50, move_type="out_refund")
        self._payment(30)
        self._payment(20, kind="outbound")
        self._entry(10)
        found = [(item.kind, item.open, item.followed) for item in self._items()]
        self.assertEqual(
            found,
            [
                ("invoice", 100, True),
                ("credit_note", -50, True),
                ("payment", -30, True),
                ("payment", 20, True),
                ("entry", 10, False),
            ],
        )

    def test_contacts_of_the_partner_are_the_partner(self):
        child = self.env["res.partner"].create(
            {"name": "Accounts", "parent_id": self.partner_a.id}
        )
        self._invoice(amount=100, partner=child)
        child.active = False
        self.assertEqual([item.open for item in self._items()], [100])

    def test_what_is_of_nobody_is_in_the_book_only(self):
        entry = self._entry(10, partner_id=False)
        reader = PositionReader(self.env, self.company, date(2026, 11, 23))
        own = [item for item in reader.items() if item.move == entry.id]
        self.assertEqual([(item.partner, item.open) for item in own], [(None, 10)])

    # -- days --------------------------------------------------------------------------

    def test_a_day_gone_by_is_as_the_ledger_tells_it(self):
        move = self._invoice(amount=1000)
        payment = self._payment(1000, "2026-10-10", move)
        later = self._invoice(amount=70, invoice_date="2026-10-20")
        self.assertEqual(self._open("2026-08-31"), {})
        self.assertEqual(self._open("2026-10-09"), {move.name: 1000})
        self.assertEqual(self._open("2026-10-10"), {})
        self.assertEqual(self._open(), {later.name: 70})
        self.assertNotIn(payment.move_id.name, self._open("2026-10-15"))

    def test_a_payment_matched_later_was_a_credit_before(self):
        payment = self._payment(400, "2026-10-01")
        move = self._invoice(amount=1000, invoice_date="2026-10-20")
        (self._receivable(move) + self._receivable(payment.move_id)).reconcile()
        self.assertEqual(self._open("2026-10-10"), {payment.move_id.name: -400})
        self.assertEqual(self._open(), {move.name: 600})

    def test_the_day_as_it_was_known_then_puts_back_what_was_undone(self):
        """Paid, the day of a statement, bounced: in all orders, with the entry gone or
        loose, twice, in two currencies and in a branch."""
        move, other = self._invoice(amount=1000), self._invoice(amount=50)
        self._run("2026-10-12")
        for way in ("action_cancel", "action_draft", "remove_move_reconcile"):
            with self.subTest(way), self.cr.savepoint() as point:
                payment = self._paid_on("2026-10-07", 400, move)
                self._undo(payment, way, "2026-10-20")
                left = {move.name: 1000, other.name: 50}
                if way == "remove_move_reconcile":
                    left[payment.move_id.name] = -400
                paid = {move.name: 600, other.name: 50}
                for day, known in (
                    ("2026-10-06", {move.name: 1000, other.name: 50}),
                    ("2026-10-07", paid),
                    ("2026-10-19", paid),
                    ("2026-10-20", left),
                ):
                    now = left if day > "2026-10-06" else known
                    self.assertEqual(self._open(day), now, day)
                    self.assertEqual(self._known(day), known, day)
                point.rollback()
            self.env.invalidate_all()

    def _paid_on(self, day, amount, move, **vals):
        with self.at(day):
            return self._payment(amount, day, move, **vals)

    def _undo(self, payment, way, day):
        self.cr.precommit.run()
        with self.at(day):
            if way == "remove_move_reconcile":
                self._receivable(payment.move_id).remove_move_reconcile()
            else:
                getattr(payment, way)()

    def _known(self, on):
        """{document: what was open} on a day as it was known then."""
        reader = PositionReader(self.env, self.company, date.fromisoformat(on))
        items, _changes = reader.items_known_then(self.partner_a.ids)
        return {item.document: item.open for item in items}

    def test_what_was_undone_on_its_own_day_was_not_known(self):
        move = self._invoice(amount=1000)
        self._run("2026-10-12")
        payment = self._paid_on("2026-10-07", 400, move)
        self._undo(payment, "action_cancel", "2026-10-07")
        self.assertEqual(self._known("2026-10-07"), {move.name: 1000})

    def test_what_was_undone_twice_is_put_back_once(self):
        move = self._invoice(amount=1000)
        self._run("2026-10-12")
        for way in ("action_draft", "remove_move_reconcile"):
            with self.subTest(way), self.cr.savepoint() as point:
                payment = self._paid_on("2026-10-07", 400, move)
                self._undo(payment, way, "2026-10-10")
                self.cr.precommit.run()
                with self.at("2026-10-12"):
                    if way == "action_draft":
                        payment.action_post()
                    else:
                        self._match(payment.move_id, move)
                loose = way == "remove_move_reconcile"
                gap = {move.name: 1000}
                gap |= {payment.move_id.name: -400} if loose else {}
                paid = {move.name: 600}
                for day, known in (("08", paid), ("10", gap), ("12", paid)):
                    self.assertEqual(self._open(f"2026-10-{day}"), paid, day)
                    self.assertEqual(self._known(f"2026-10-{day}"), known, day)
                self._undo(payment, "action_cancel", "2026-10-15")
                for day, known in (
                    ("08", paid),
                    ("11", {move.name: 1000}),
                    ("13", paid),
                    ("15", {move.name: 1000}),
                ):
                    self.assertEqual(self._open(f"2026-10-{day}"), {move.name: 1000})
                    self.assertEqual(self._known(f"2026-10-{day}"), known, day)
                point.rollback()
            self.env.invalidate_all()

    def test_a_returned_payment_was_known_on_its_days(self):
        """The ledger tells it by itself: the item by which it came back is there."""
        move = self._invoice(amount=1000)
        self._run("2026-10-12")
        self._paid_on("2026-10-07", 1000, move)
        with self.at("2026-10-10"):
            back = self._payment(1000, "2026-10-10", kind="outbound")
        self.cr.precommit.run()
        name = back.move_id.name
        for day, known in (("08", {}), ("10", {name: 1000})):
            self.assertEqual(self._open(f"2026-10-{day}"), known)
            self.assertEqual(self._known(f"2026-10-{day}"), known)
        with self.at("2026-10-12"):
            back.action_draft()
        self.assertEqual(self._open("2026-10-11"), {})
        self.assertEqual(self._known("2026-10-11"), {move.name: 1000})
        self.assertEqual(self._known("2026-10-08"), {})

    def test_what_was_known_in_another_currency_and_of_a_branch(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2)])
        branch = self._create_company(name="Branch", parent_id=self.company.id)
        self.env.user.company_ids |= branch
        move = self._invoice(amount=1000, currency_id=euro.id)
        both = [self.company.id, branch.id]
        self.env = self.env(context={**self.env.context, "allowed_company_ids": both})
        own = self._invoice(amount=100, company_id=branch.id)
        self._run("2026-10-12")
        payment = self._paid_on("2026-10-07", 400, move, currency_id=euro.id)
        other = self._paid_on("2026-10-07", 100, own)
        self._undo(payment, "remove_move_reconcile", "2026-10-20")
        self._undo(other, "action_cancel", "2026-10-20")
        for company in (self.company, branch):
            reader = PositionReader(self.env, company, date(2026, 10, 10))
            items, changes = reader.items_known_then(self.partner_a.ids)
            found = [(one.document, one.open, one.open_company) for one in items]
            self.assertEqual(found, [(move.name, 600, 300)])
            self.assertEqual(sorted(one.amount for one in changes), [100, 400])
            self.assertEqual(sorted(one.own for one in changes), [100, 200])

    # -- what settles nothing ----------------------------------------------------------

    def test_a_match_with_a_draft_settles_nothing(self):
        move = self._invoice(amount=1000)
        payment = self._payment(1000, "2026-10-10", move)
        self.assertEqual(self._open(), {})
        payment.move_id.button_draft()
        self.assertEqual(self._receivable(move).amount_residual, 0)
        self.assertEqual(self._open(), {move.name: 1000})
        payment.move_id.action_post()
        self.assertEqual(self._open(), {})

    def test_an_invoice_in_draft_gives_its_payment_back(self):
        move = self._invoice(amount=1000)
        payment = self._payment(1000, "2026-10-10", move)
        move.button_draft()
        self.assertEqual(self._open(), {payment.move_id.name: -1000})

    def test_a_status_of_the_document_is_no_amount(self):
        move = self._invoice(amount=1000)
        self.env.flush_all()
        query = "UPDATE account_move SET payment_state = 'paid' WHERE id = %s"
        self.env.cr.execute(query, [move.id])
        self.env.invalidate_all()
        self.assertEqual(self._open(), {move.name: 1000})

    def test_a_payment_without_an_entry_is_a_hint(self):
        move = self._invoice(amount=1000)
        self._without_entry(300, move)
        [item] = self._items()
        self.assertEqual((item.open, item.hinted), (1000, 300))
        [before] = self._items("2026-10-09")
        self.assertEqual(before.hinted, 0)

    def test_hints_fill_the_oldest_instalments_first(self):
        parts = self._invoice(
            amount=1000, due=False, invoice_payment_term_id=self._term(0, 30)
        )
        self._without_entry(700, parts)
        found = [(item.open, item.hinted) for item in self._items()]
        self.assertEqual(found, [(500, 500), (500, 200)])

    def test_a_hint_ends_when_the_bank_says_the_same(self):
        move = self._invoice(amount=1000)
        self._without_entry(300, move, state="paid")
        self.assertEqual([item.hinted for item in self._items()], [300])
        self._payment(300, "2026-10-12", move)
        self.assertEqual([item.hinted for item in self._items()], [0])

    def test_a_payment_of_tomorrow_has_paid_nothing_but_is_coming(self):
        move = self._invoice(amount=1000)
        self._payment(300, "2026-11-24", move)
        [item] = self._items()
        self.assertEqual((item.open, item.hinted), (1000, 0))
        [item] = self._items(coming=True)
        self.assertEqual((item.open, item.hinted), (1000, 300))
        self.assertEqual(self._open("2026-11-24"), {move.name: 700})

    # -- currencies --------------------------------------------------------------------

    def test_a_residual_in_one_currency_only_is_open(self):
        other = self.setup_other_currency("EUR", rates=[("2020-01-01", 2)])
        move = self._invoice(amount=50, currency_id=other.id)
        [item] = self._items()
        self.assertEqual((item.currency, item.open), (other.id, 50))
        self.assertEqual(item.open_company, 25)
        self.env.flush_all()
        line = self._receivable(move).id
        for amounts in ((25, 0), (0, 3)):
            self.env.cr.execute(
                "UPDATE account_move_line SET amount_residual_currency = %s, "
                "amount_residual = %s WHERE id = %s",
                [*amounts, line],
            )
            self.env.invalidate_all()
            [item] = self._items()
            self.assertEqual((item.open, item.open_company), amounts)
            self.assertTrue(item.is_debit)

    # -- early discounts ---------------------------------------------------------------

    def test_an_early_discount_is_told_while_it_runs(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )
        self._invoice(amount=1000, due=False, invoice_payment_term_id=term.id)
        [item] = self._items("2026-09-11")
        self.assertEqual((item.discount_on, item.discount), (date(2026, 9, 11), 20))
        [item] = self._items("2026-09-12")
        self.assertEqual((item.discount_on, item.discount), (date(2026, 9, 11), 20))

    # -- many --------------------------------------------------------------------------

    def test_many_items_ask_the_database_as_often_as_few(self):
        reader = PositionReader(self.env, self.company, date(2026, 11, 23))
        counts = []
        for count in (2, 12):
            for move in self._invoices([self.partner_a] * count, amount=50):
                self._payment(10, "2026-10-10", move)
            self._invoices([self.partner_b] * count, amount=50)
            reader.items(self.partner_a | self.partner_b)
            before = self.env.cr.sql_log_count
            items = reader.items(self.partner_a | self.partner_b)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(items), 28)
        self.assertEqual(counts, [3, 3])

    def test_figures_of_many_debtors_ask_as_often_as_those_of_one(self):
        for partner in (self.partner_a, self.partner_b):
            self._invoice(amount=100, partner=partner)
            self._invoice(amount=40, due="2027-01-31", partner=partner)
        self._prepay(30, MONDAY)
        self._run(MONDAY)
        debtors = self._debtors_of(self.partner_a | self.partner_b)
        counts = []
        for asked in (debtors[0], debtors):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            figures = asked._figures()
            counts.append(self.env.cr.sql_log_count - before)
        currency = self.company.currency_id.id
        found = [figures[debtor.id][currency] for debtor in debtors]
        self.assertEqual([one.overdue for one in found], [100, 100])
        self.assertEqual([one.not_due for one in found], [40, 40])
        self.assertEqual(sorted(one.total for one in found), [110, 140])
        self.assertEqual(counts[0], counts[1])

    def _debtors_of(self, partners):
        return self.env["cobranza.debtor"].search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", self.company.id),
            ]
        )

    # -- companies ---------------------------------------------------------------------

    def test_a_branch_is_its_root_s_creditor(self):
        branch = self._create_company(name="Branch", parent_id=self.company.id)
        self.env.user.company_ids |= branch
        self.cr.precommit.run()
        move = (
            self.env["account.move"]
            .with_company(branch)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": branch.id,
                    "partner_id": self.partner_a.id,
                    "invoice_date": "2026-09-01",
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": 100, "tax_ids": []})
                    ],
                }
            )
        )
        move.action_post()
        self._payment(40)
        for company in (self.company, branch):
            items = self._items(company=company)
            self.assertEqual([item.open for item in items], [100, -40])
        self.assertEqual(items[0].company, branch.id)

    def test_another_company_is_another_creditor(self):
        other = self._create_company(name="Other creditor")
        self._invoice(amount=100)
        self.assertEqual(self._items(company=other), [])
