import io
from contextlib import suppress

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ..common.base import MONDAY
from ..common.booking import BookingCommon
from ..common.queries import listed

TRIAL = """
    SELECT COALESCE(sum(l.balance), 0)
      FROM account_move_line l
      JOIN account_account a ON a.id = l.account_id
      JOIN res_company c ON c.id = l.company_id
     WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
       AND l.date <= %s AND c.parent_path LIKE %s
"""


class Undo(Exception):
    """Nothing of a measurement stays."""


class AgeingCommon(BookingCommon):
    def _ageing(self, on=MONDAY, user=None, **vals):
        ageings = self.env["cobranza.ageing"].with_user(user or self.env.user)
        ageing = ageings.create({"on": on, **vals})
        ageing.action_show()
        return ageing

    def _buckets(self, ageing):
        """{bucket: amount} of those that are not empty."""
        return {one.name: one.amount for one in ageing.bucket_ids if one.amount}

    def _rows(self, ageing, by):
        return {row[0]: row[2] for row in ageing._matrix(by)[1]}


@tagged("post_install", "-at_install")
class TestAgeing(AgeingCommon):
    """What is open on any day by how long it has been due."""

    def test_each_item_in_its_bucket(self):
        for due, amount in (
            *[("2026-11-23", 1), ("2026-11-22", 2), ("2026-10-24", 4)],
            *[("2026-10-23", 8), ("2026-09-24", 16), ("2026-08-25", 32)],
            *[("2026-08-24", 64), ("2026-05-27", 128), ("2026-05-26", 256)],
        ):
            self._invoice(due=due, amount=amount, invoice_date="2026-05-01")
        self._prepay(512, "2026-11-01")
        ageing = self._ageing()
        self.assertEqual(
            self._buckets(ageing),
            {
                "Not due": 1,
                "1 to 30 days": 6,
                "31 to 60 days": 24,
                "61 to 90 days": 32,
                "91 to 180 days": 192,
                "More than 180 days": 256,
                "Unallocated payments and credit notes": -512,
            },
        )
        self.assertEqual((ageing.total, ageing.difference), (-1, 0))
        self.assertEqual(ageing.ledger, -1)

    def test_the_ledger_at_three_days_that_are_over(self):
        """Credit notes, advances, exchange differences, a refund of money, an entry, a
        branch and a payment that was refused: it is the trial balance of each day."""
        euro = self.setup_other_currency(
            "EUR", rates=[("2020-01-01", 2), ("2026-10-01", 2.5), ("2026-11-01", 3)]
        )
        branch = self._create_company(name="Branch", parent_id=self.company.id)
        self.env.user.company_ids |= branch
        invoice = self._invoice(amount=1000)
        refund = self._invoice(
            amount=300, move_type="out_refund", invoice_date="2026-09-20"
        )
        self._match(invoice, refund)
        foreign = self._invoice(amount=700, currency_id=euro.id)
        for day, amount in (("2026-10-06", 333), ("2026-11-10", 367)):
            self._payment(amount, day, foreign, currency_id=euro.id)
        advance = self._prepay(150, "2026-09-25")
        self._payment(80, "2026-10-02")
        self._payment(60, "2026-10-20", kind="outbound")
        later = self._invoice(amount=400, invoice_date="2026-10-15", due="2026-10-30")
        self._match(later, getattr(advance, "move_id", advance))
        self._entry(55.55, "2026-09-30")
        self._payment(100, "2026-10-12", invoice).action_reject()
        both = [self.company.id, branch.id]
        self.env = self.env(context={**self.env.context, "allowed_company_ids": both})
        self._invoice(amount=90, company_id=branch.id)
        self.env.flush_all()
        self.assertTrue(foreign.line_ids.matched_credit_ids.exchange_move_id)
        path = f"{self.company.root_id.parent_path}%"
        found = set()
        for day in ("2026-09-30", "2026-10-15", "2026-11-10", MONDAY):
            [[trial]] = self.env.execute_query(SQL(TRIAL, day, path))
            ageing = self._ageing(day)
            self.assertAlmostEqual(ageing.ledger, float(trial), 2, day)
            self.assertEqual(ageing.difference, 0, day)
            tied = ageing.total + ageing.aside
            self.assertAlmostEqual(tied, ageing.ledger, 2, day)
            items = sum(ageing.item_ids.mapped("open"))
            self.assertAlmostEqual(items, ageing.total, 2, day)
            for by, _label in ageing._fields_by():
                rows = self._rows(ageing, by)
                self.assertAlmostEqual(sum(rows.values()), ageing.total, 2, by)
            found.add(ageing.total)
        self.assertEqual(len(found), 4)

    def test_as_known_on_that_day(self):
        """1,000 due 2026-09-01, 400 paid 10-10, undone 11-05."""
        move = self._invoice(amount=1000, due="2026-09-01")
        self._run("2026-09-10")
        with self.at("2026-10-10"):
            payment = self._payment(400, "2026-10-10", move)
        self.cr.precommit.run()
        with self.at("2026-11-05"):
            payment.action_cancel()
        known = self._ageing("2026-10-31", basis="then")
        self.assertEqual(self._buckets(known), {"31 to 60 days": 600})
        self.assertEqual((known.total, known.undone), (600, -400))
        now = self._ageing("2026-10-31")
        self.assertEqual(self._buckets(now), {"31 to 60 days": 1000})
        self.assertEqual((now.ledger, now.difference), (1000, 0))
        with self.assertRaises(UserError):
            self._ageing(basis="then")

    def test_rows_of_every_kind(self):
        tags = self.env["res.partner.category"].create(
            [{"name": "Students"}, {"name": "North"}]
        )
        self.partner_a.category_id = tags
        seller, other = self._role("collector"), self._role("accountant")
        self.partner_b.user_id = other
        self._invoice(amount=100, invoice_user_id=seller.id)
        self._invoice(amount=40, partner=self.partner_b, invoice_user_id=False)
        self._run("2026-11-20")
        debtor = self.env["cobranza.debtor"].search(
            [("partner_id", "=", self.partner_a.id)]
        )
        debtor.user_id = seller
        ageing = self._ageing()
        self.assertEqual(
            self._rows(ageing, "partner_id"),
            {self.partner_a.display_name: 100, self.partner_b.display_name: 40},
        )
        sellers = self._rows(ageing, "salesperson_id")
        self.assertEqual(sellers[seller.display_name], 100)
        names = self._rows(ageing, "categories")
        self.assertEqual(names, {"Students, North": 100, "None": 40})
        collectors = self._rows(ageing, "responsible_id")
        self.assertEqual(collectors[seller.display_name], 100)
        self.assertEqual(self._rows(ageing, "phase"), {"Reminder": 140})
        for by, label in ageing._fields_by():
            ageing.by = by
            self.assertIn(label, ageing.table)
        self.assertEqual(ageing._matrix("partner_id", most=1)[1][-1][0], "1 others")

    def test_what_is_claimed_before_a_court_is_judicial(self):
        move = self._invoice(amount=100)
        self._run("2026-11-20")
        debt = self._debts(move)
        self.classPatch(
            self.registry["cobranza.block"],
            "_claimed_in_court",
            lambda _block, ids, _day: {*ids} & {debt.id},
        )
        self.assertEqual(self._rows(self._ageing(), "phase"), {"Judicial": 100})

    def test_down_to_the_item(self):
        move = self._invoice(amount=100)
        self._invoice(amount=30, due="2027-01-01")
        self._run("2026-11-20")
        ageing = self._ageing()
        late = ageing.bucket_ids.filtered(lambda one: one.amount == 100)
        self.assertTrue(late.is_overdue)
        action = late.action_items()
        [item] = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual((item.move_id, item.days), (move, 49))
        self.assertEqual(item.action_open()["res_id"], self._debts(move).id)
        every = ageing.action_items()
        self.assertEqual(self.env[every["res_model"]].search_count(every["domain"]), 2)

    def test_buckets_are_the_company_s_and_may_be_changed(self):
        self.company.cobranza_ageing_days = "45"
        self._invoice(amount=100)
        ageing = self._ageing()
        self.assertEqual(ageing.spans, "45")
        self.assertEqual(self._buckets(ageing), {"More than 45 days": 100})
        ageing.spans = "49,50"
        ageing.action_show()
        self.assertEqual(self._buckets(ageing), {"1 to 49 days": 100})
        ageing.spans = "50, 49"
        with self.assertRaises(ValidationError):
            ageing.action_show()
        with self.assertRaises(ValidationError):
            self.company.cobranza_ageing_days = "x"

    def test_workbook_and_paper(self):
        self._invoice(amount=100)
        self._invoice(amount=40, partner=self.partner_b)
        ageing = self._ageing()
        self.assertIn("cobranza.ageing", ageing.action_workbook()["url"])
        self.assertEqual(ageing.action_print()["type"], "ir.actions.report")
        content = io.BytesIO(ageing.workbook and self._decoded(ageing.workbook))
        book = load_workbook(content)
        sheet = book["Debtor"]
        self.assertEqual(sheet.cell(2, 1).value, self.partner_a.display_name)
        self.assertEqual(sheet.cell(2, sheet.max_column).value, 100)
        self.assertEqual(book["Items"].max_row, 4)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "cobranza_legal.ageing", ageing.ids
        )[0]
        self.assertIn(self.partner_b.display_name, str(html, "utf-8"))

    @staticmethod
    def _decoded(content):
        from base64 import b64decode

        return b64decode(content)

    def test_each_role(self):
        self._invoice(amount=100)
        users = {
            role: self._role(role)
            for role in ("collector", "manager", "accountant", "approver")
        }
        for role, user in users.items():
            ageing = self._ageing(user=user)
            self.assertEqual(ageing.total, 100, role)
            self.assertIn("100", ageing.table)
            self.assertTrue(ageing.item_ids.mapped("document"))
            self.assertTrue(ageing.workbook)
        for role in ("lawyer", "all_lawyer"):
            with self.assertRaises(AccessError):
                self._ageing(user=self._role(role))
        with self.assertRaises(AccessError):
            ageing.with_user(users["manager"]).read(["total"])

    def test_the_same_queries_for_any_number_of_items(self):
        few, many = self._count(5), self._count(250)
        self.assertEqual(len(few), len(many), f"{few}\n\n{many}")

    def _count(self, size):
        with suppress(Undo), self.env.cr.savepoint():
            partners = self.env["res.partner"].create(
                [{"name": f"Debtor {place}"} for place in range(size)]
            )
            self._invoices(partners)
            self._ageing()
            self.env.flush_all()
            self.env.invalidate_all()
            ageing = self.env["cobranza.ageing"].create({})
            self.env.flush_all()
            with listed(self.env.cr) as queries:
                ageing.action_show()
                self.env.flush_all()
            self.assertEqual(ageing.total, size * 1000)
            raise Undo
        self.env.invalidate_all(flush=False)
        return queries
