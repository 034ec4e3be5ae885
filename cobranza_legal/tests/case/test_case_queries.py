from datetime import date, datetime
from functools import partial

from odoo import Command
from odoo.tests import tagged

from ..common.case import CaseCommon
from ..common.web_client import WebClient

DAY = date(2026, 11, 23)
FEW, MANY = 20, 210
PARTS = 10
"""Instalments of an invoice, and cases of a debtor."""


@tagged("post_install", "-at_install")
class TestCaseQueries(CaseCommon):
    """What many cases cost beside few: lists and boards ask as often for a page of
    them, the nightly work asks more only for what it writes, a hundred at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = {"company_id": cls.company.id}
        cls.kind = cls.env["cobranza.proceeding.type"].create(
            {"code": "own", "name": "Own", **own}
        )
        cls.court = cls.env["cobranza.court"].create(
            {"name": "Court One", "city": "Town", **own}
        )
        partners = cls.env["res.partner"].create(
            [
                {"name": f"Debtor {number}", "is_company": True}
                for number in range(MANY // PARTS)
            ]
        )
        term = cls._term(*range(PARTS))
        moves = cls._invoices(
            partners, due=False, invoice_payment_term_id=term.id, amount=1000
        )
        cls._run("2026-11-21")
        cls.many = cls._debts(moves)
        cls.manager = cls._role("manager")

    def _make(self, debts):
        """A case under way for each debt, with a lawsuit, a deadline and a hearing."""
        cases = self.env["cobranza.case"].create(
            [
                {"debtor_id": debt.debtor_id.id, "debt_ids": [Command.set(debt.ids)]}
                for debt in debts
            ]
        )
        cases._through_gate().write(
            {
                "state": "open",
                "handed_on": "2026-11-01",
                "opened_on": "2026-11-01",
                "lawyer_ids": [Command.set(self.lawyer.ids)],
                "assigned_user_ids": [Command.set(self.lawyer.ids)],
            }
        )
        debts._assign(self.lawyer)
        suits = self.env["cobranza.proceeding"].create(
            [
                {"case_id": one.id, "type_id": self.kind.id, "court_id": self.court.id}
                for one in cases
            ]
        )
        suits._through_gate().write({"state": "filed", "filed_on": "2026-11-10"})
        common = {"number": 5, "start_on": "2026-11-20", "user_id": self.lawyer.id}
        self.env["cobranza.deadline"].create(
            [{"proceeding_id": one.id, "name": "Answer", **common} for one in suits]
        )
        self.env["cobranza.hearing"].create(
            [
                {
                    "proceeding_id": one.id,
                    "starts_at": datetime(2026, 12, 1, 10),
                    "user_id": self.lawyer.id,
                }
                for one in suits
            ]
        )
        self.env.flush_all()
        return cases

    def _count(self, act):
        """Queries of something that was done once before."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _screens(self, user):
        """{screen: queries}, by what the web client asks."""
        client, found = WebClient(user), {}
        for name in ("case", "deadline", "proceeding", "hearing"):
            opened = client.views(f"cobranza_legal.action_cobranza_{name}")
            for kind in opened.archs:
                if kind in ("list", "kanban", "calendar", "activity"):
                    opened.show(kind)
                    found[name, kind] = self._count(partial(opened.show, kind))
        day = self.env["cobranza.case.day"].with_user(user)
        day.get_day()
        found["my day", ""] = self._count(day.get_day)
        return found

    def _nights(self):
        """[queries] of the first night, of what comes after it, and of a week later."""
        block = self.env["cobranza.block.case"].sudo()
        found = []
        for day in (DAY, DAY, date(2026, 11, 30)):
            with self.at(day):
                night = partial(block._daily, self.company, day)
                found.append(self._count(night))
        return found

    def test_screens_and_nights_ask_as_often_for_many(self):
        few = self._make(self.many[:FEW])
        users = {"manager": self.manager, "lawyer": self.lawyer}
        with self.at(DAY):
            before = {name: self._screens(user) for name, user in users.items()}
        nights = self._nights()
        self.assertEqual(len(few), FEW)
        self._make(self.many[FEW:])
        with self.at(DAY):
            after = {name: self._screens(user) for name, user in users.items()}
        again = self._nights()
        for name, found in after.items():
            for screen, queries in found.items():
                with self.subTest(user=name, screen=screen):
                    self.assertLessEqual(queries, before[name][screen] + 8)
        for which, (one, other) in enumerate(zip(nights, again, strict=True)):
            with self.subTest(night=which):
                self.assertLessEqual(other, one + 40)
