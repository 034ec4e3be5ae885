import unittest
from collections import defaultdict
from contextlib import suppress
from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError

from ...models.position.reader import PositionReader
from .base import MONDAY
from .booking import BookingCommon

TODAY = date.fromisoformat(MONDAY)
DAYS = ("2026-09-05", "2026-10-01", "2026-11-10", MONDAY)
LEDGER = """
    SELECT l.id, l.partner_id, l.currency_id,
           (l.amount_currency
            - COALESCE((SELECT sum(p.debit_amount_currency)
                          FROM account_partial_reconcile p
                          JOIN account_move_line o ON o.id = p.credit_move_id
                          JOIN account_move om ON om.id = o.move_id
                         WHERE p.debit_move_id = l.id AND om.state = 'posted'
                           AND GREATEST(l.date, o.date) <= %(on)s), 0)
            + COALESCE((SELECT sum(p.credit_amount_currency)
                          FROM account_partial_reconcile p
                          JOIN account_move_line o ON o.id = p.debit_move_id
                          JOIN account_move om ON om.id = o.move_id
                         WHERE p.credit_move_id = l.id AND om.state = 'posted'
                           AND GREATEST(l.date, o.date) <= %(on)s), 0))::text,
           (l.balance
            - COALESCE((SELECT sum(p.amount)
                          FROM account_partial_reconcile p
                          JOIN account_move_line o ON o.id = p.credit_move_id
                          JOIN account_move om ON om.id = o.move_id
                         WHERE p.debit_move_id = l.id AND om.state = 'posted'
                           AND GREATEST(l.date, o.date) <= %(on)s), 0)
            + COALESCE((SELECT sum(p.amount)
                          FROM account_partial_reconcile p
                          JOIN account_move_line o ON o.id = p.debit_move_id
                          JOIN account_move om ON om.id = o.move_id
                         WHERE p.credit_move_id = l.id AND om.state = 'posted'
                           AND GREATEST(l.date, o.date) <= %(on)s), 0))::text
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN account_account a ON a.id = l.account_id
      JOIN res_company c ON c.id = l.company_id
     WHERE m.state = 'posted' AND a.account_type = 'asset_receivable'
       AND l.date <= %(on)s AND c.parent_path LIKE %(tree)s
       AND l.partner_id = ANY(%(partners)s)
"""
"""What is open by lines, partials and days alone."""


class Undo(Exception):
    """Nothing of an example stays."""


def random_books(examples, **options):
    """Decorator of a test that is given so many books, each a list of acts; it is
    skipped where hypothesis is not installed. An example takes a second or two."""
    try:
        from hypothesis import HealthCheck, Phase, given, settings
    except ImportError:
        return unittest.skip("hypothesis makes the books and is not installed")
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    # to explain a failure it would trace every line of Odoo
    phases = [phase for phase in Phase if phase is not Phase.explain]
    play = settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=slow,
        phases=phases,
        **options,
    )
    return lambda test: play(given(_books())(test))


def _books():
    from hypothesis import strategies as st

    count = st.integers(0, 20)
    amount = st.integers(1, 40).map(lambda n: n * 25)
    day = st.dates(date(2026, 8, 25), date(2026, 11, 30)).map(str)
    documents = ("invoice", "refund", "pay", "give_back", "book")
    others = {
        "match": (count, count),
        "match again": (count, count),
        "unmatch": (count,),
        "draft": (count,),
        "exclude": (count,),
        "run": (),
        "dispute": (count, amount),
        "hold": (),
    }
    acts = {**dict.fromkeys(documents, (count, count, count, amount, day)), **others}
    kinds = [
        st.tuples(st.just(name.split()[0]), *parts) for name, parts in acts.items()
    ]
    return st.lists(st.one_of(*kinds), min_size=4, max_size=14)


class BooksCommon(BookingCommon):
    """Random books and histories, booked through Odoo: a root company with a branch and
    another company; two currencies; two debtors, one with a contact of its own. The
    reader has to tell what lines, partials and days tell, and its figures add up to
    the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_company(name="Other creditor")
        cls.branch = cls._create_company(name="Branch", parent_id=cls.company.id)
        cls.env.user.company_ids |= cls.other | cls.branch
        cls.cr.precommit.run()
        cls.foreign = cls.setup_other_currency("EUR", rates=[("2020-01-01", 2)])
        child = cls.env["res.partner"].create(
            {"name": "Accounts", "parent_id": cls.partner_a.id}
        )
        cls.people = [cls.partner_a, cls.partner_b, child]
        cls.companies = [cls.company, cls.branch, cls.other]

    def play(self, acts):
        """Book these acts, those that Odoo refuses left out, and check; then undo."""
        with suppress(Undo), self.env.cr.savepoint():
            self.moves = []
            for name, *args in acts:
                with suppress(UserError), self.env.cr.savepoint():
                    getattr(self, f"act_{name}")(*args)
            self.env.flush_all()
            self.check()
            raise Undo
        self.env.invalidate_all(flush=False)
        self.env.cr.precommit.clear()

    # -- what people book --------------------------------------------------------------

    def _of(self, company, partner, currency):
        company = self.companies[company % len(self.companies)]
        partner = self.people[partner % len(self.people)]
        own = company.currency_id
        return company, partner, self.foreign if currency % 3 == 0 else own

    def _document(self, kind, where, amount, day):
        company, partner, currency = where
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": kind,
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "currency_id": currency.id,
                    "invoice_date": day,
                    "invoice_date_due": day,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "x", "price_unit": amount, "tax_ids": []}
                        )
                    ],
                }
            )
        )
        move.action_post()
        self.moves.append(move)

    def act_invoice(self, company, partner, currency, amount, day):
        self._document("out_invoice", self._of(company, partner, currency), amount, day)

    def act_refund(self, company, partner, currency, amount, day):
        self._document("out_refund", self._of(company, partner, currency), amount, day)

    def _money(self, kind, where, amount, day):
        company, partner, currency = where
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", company.root_id.id)], limit=1
        )
        payment = (
            self.env["account.payment"]
            .with_company(company.root_id)
            .create(
                {
                    "payment_type": kind,
                    "partner_type": "customer",
                    "partner_id": partner.id,
                    "amount": amount,
                    "date": day,
                    "currency_id": currency.id,
                    "journal_id": journal.id,
                }
            )
        )
        payment.action_post()
        self.moves.append(payment.move_id)

    def act_pay(self, company, partner, currency, amount, day):
        self._money("inbound", self._of(company, partner, currency), amount, day)

    def act_give_back(self, company, partner, currency, amount, day):
        self._money("outbound", self._of(company, partner, currency), amount, day)

    def act_book(self, sign, partner, _currency, amount, day):
        partner = self.people[partner % len(self.people)]
        amount = amount if sign % 2 else -amount
        self.moves.append(self._entry(amount, day, partner_id=partner.id))

    def _at(self, place):
        return self.moves[place % len(self.moves)] if self.moves else None

    def act_match(self, one, two):
        if self.moves:
            self._match(self._at(one), self._at(two))

    def act_unmatch(self, place):
        if self.moves:
            self._receivable(self._at(place)).remove_move_reconcile()

    def act_draft(self, place):
        if self.moves:
            move = self._at(place)
            if move.state == "posted":
                move.button_draft()
            else:
                move.action_post()

    def act_exclude(self, place):
        if self.moves:
            self._receivable(self._at(place)).no_followup = place % 2 == 0

    def act_run(self):
        for company in (self.company, self.other):
            self.env["cobranza.run"].sudo().with_company(company)._run_company(company)

    def act_dispute(self, place, amount):
        debts = self._debtors().debt_ids.filtered(
            lambda debt: not debt.settled and debt.amount_residual_currency > 0
        )
        if debts:
            debt = debts[place % len(debts)]
            self.env["cobranza.dispute"].create(
                {
                    "debtor_id": debt.debtor_id.id,
                    "debt_id": debt.id,
                    "reason": "price",
                    "whole": place % 2 == 0,
                    "amount": min(amount, debt.amount_residual_currency),
                }
            )

    def act_hold(self):
        for debtor in self._debtors()[:1]:
            self.env["cobranza.hold"].create(
                {"debtor_id": debtor.id, "reason": "internal"}
            )

    # -- what must be true -------------------------------------------------------------

    def _debtors(self):
        partners = self.partner_a | self.partner_b
        return self.env["cobranza.debtor"].search([("partner_id", "in", partners.ids)])

    def check(self):
        for company in (self.company, self.other):
            for day in DAYS:
                self._check_day(company, day)
        self.act_run()
        for debtor in self._debtors():
            self._check_debtor(debtor)

    def _ledger(self, company, day, partners):
        """{line: (partner, currency, open, open in company currency)}."""
        self.env.flush_all()
        self.env.cr.execute(
            LEDGER,
            {
                "on": day,
                "tree": f"{company.parent_path}%",
                "partners": [one.id for one in self.people if one in partners],
            },
        )
        return {
            line: (partner, currency, Decimal(amount), Decimal(own))
            for line, partner, currency, amount, own in self.env.cr.fetchall()
            if Decimal(amount) or Decimal(own)
        }

    def _check_day(self, company, day):
        everybody = self.env["res.partner"].union(*self.people)
        ledger = {
            line: row[2:] for line, row in self._ledger(company, day, everybody).items()
        }
        for asked in (company, company.child_ids[:1] or company):
            reader = PositionReader(self.env, asked, date.fromisoformat(day))
            items = reader.items(everybody.commercial_partner_id)
            read = {item.line: (item.open, item.open_company) for item in items}
            self.assertEqual(read, ledger, day)
        book = {
            item.line: (item.open, item.open_company)
            for item in reader.items()
            if item.partner in everybody.ids
        }
        self.assertEqual(book, ledger, day)

    def _check_debtor(self, debtor):
        people = debtor.partner_id | debtor.partner_id.child_ids
        balance = defaultdict(Decimal)
        rows = self._ledger(debtor.company_id, MONDAY, people)
        for _partner, currency, amount, _own in rows.values():
            balance[currency] += amount
        figures = debtor._figures()[debtor.id]
        found = {key: one.balance for key, one in figures.items() if one.balance}
        self.assertEqual(found, {key: sum_ for key, sum_ in balance.items() if sum_})
        position = debtor._position(TODAY)
        claims = debtor.debt_ids._claimable()
        asked = defaultdict(Decimal)
        for debt in debtor.debt_ids:
            if debt.id in claims:
                asked[debt.currency_id.id] += claims[debt.id].left
        for currency in self.env["res.currency"].browse(figures):
            one = figures[currency.id]
            section = position.section(currency.name)
            self.assertEqual(one.total, section.total)
            self.assertEqual(one.loose, section.credit)
            self.assertGreaterEqual(one.claimable, asked[currency.id])
            self.assertLessEqual(asked[currency.id], max(0, balance[currency.id]))
