from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...kernel.ageing import ASIDE
from ...models.kpi.ageing import AgeingReader
from ...models.kpi.direction import Stands
from ..common.base import MONDAY
from ..common.booking import BookingCommon
from ..common.queries import listed

TODAY = date.fromisoformat(MONDAY)
TABS = {
    "manager": ["direction", "collector"],
    "approver": ["direction"],
    "accountant": ["direction"],
    "collector": ["collector"],
    "lawyer": [],
}
"""{role: tabs}, the block of cases switched off."""


@tagged("post_install", "-at_install")
class TestDashboard(BookingCommon):
    """What each role sees of the figures, and that they are those of the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_waive_limit = 10
        cls.users = {role: cls._role(role) for role in TABS}
        cls.manager, cls.collector = cls.users["manager"], cls.users["collector"]
        cls.old = cls._invoice(amount=1000, due="2026-09-01")
        cls.late = cls._invoice(amount=300, due="2026-10-20")
        cls.coming = cls._invoice(amount=200, due="2026-12-10", partner=cls.partner_b)
        cls._run("2026-10-25")
        cls._run("2026-11-20")
        cls._payment(400, "2026-11-10", cls.old)
        cls._payment(50, "2026-11-12")
        cls.debtor = cls.partner_a.cobranza_debtor_ids

    def _read(self, tab="direction", user=None, **filters):
        pages = self.env["cobranza.dashboard"].with_user(user or self.manager)
        return pages.read_tab(tab, filters)

    def _cells(self, data):
        return {
            (phase["code"], place): cell["value"]
            for phase in data["ageing"]["phases"]
            for place, cell in enumerate(phase["cells"])
            if cell["value"]
        }

    # -- roles -------------------------------------------------------------------------

    def test_each_role_sees_its_tabs(self):
        for role, wanted in TABS.items():
            with self.subTest(role):
                pages = self.env["cobranza.dashboard"].with_user(self.users[role])
                found = [tab["code"] for tab in pages.get_page()["tabs"]]
                self.assertEqual([one for one in found if one != "lawyer"], wanted)

    def test_the_server_refuses_the_tab_of_another_role(self):
        with self.assertRaises(AccessError):
            self._read("direction", self.collector)
        with self.assertRaises(AccessError):
            self._read("collector", self.users["accountant"])
        other = self.env["cobranza.dashboard.direction"].with_user(self.collector)
        with self.assertRaises(AccessError):
            other.open_behind("funnel", "reminder")

    def test_each_role_reads_its_tabs(self):
        for role, tabs in TABS.items():
            for tab in tabs:
                with self.subTest(role=role, tab=tab):
                    shown = self._read(tab, self.users[role])
                    self.assertTrue(shown["data"])

    def test_a_company_of_others_is_refused(self):
        other = self.env["res.company"].sudo().create({"name": "Not yours"})
        with self.assertRaises(AccessError):
            self._read(company=other.id)

    # -- where the money stands --------------------------------------------------------

    def test_what_is_open_is_that_of_the_ageing(self):
        data = self._read()["data"]
        spans = self.company._cobranza_spans()
        company = self.company.sudo()
        rows = AgeingReader(company, TODAY).aged(spans)
        sums = {}
        for one in rows:
            if one.column not in ASIDE:
                sums[one.column] = sums.get(one.column, 0) + one.open_company
        found = {}
        for (_phase, place), amount in self._cells(data).items():
            found[place] = found.get(place, 0) + Decimal(str(amount))
        self.assertEqual(found, sums)
        self.assertEqual(data["ageing"]["total"]["value"], 1100)
        self.assertEqual(data["ageing"]["aside"]["value"], -50)

    def test_a_match_with_a_draft_settles_nothing(self):
        payment = self._payment(100, "2026-11-15", self.late)
        payment.move_id.button_draft()
        total = self._read()["data"]["ageing"]["total"]
        self.assertEqual(total["value"], 1100)

    def test_the_funnel_counts_and_what_came_of_it(self):
        funnel = self._read()["data"]["funnel"]["steps"]
        claimed = [one for one in funnel if one["code"] != "recovered"]
        self.assertEqual(sum(one["value"] for one in claimed), 900)
        self.assertEqual(sum(one["number"] for one in claimed), 2)
        self.assertEqual((funnel[-1]["code"], funnel[-1]["value"]), ("recovered", 400))

    def test_who_owes_most_with_its_part_of_the_whole(self):
        top = self._read()["data"]["top"]
        self.assertEqual([one["value"] for one in top], [850, 200])
        self.assertEqual(top[0]["debtor"], self.debtor.id)
        self.assertEqual([one["part"] for one in top], [80.95, 19.05])

    def test_another_currency_alone(self):
        other = self.setup_other_currency("GBP", rates=[("2020-01-01", 2)])
        self._invoice(amount=80, due="2026-11-01", currency_id=other.id)
        data = self._read(currency=other.id)["data"]
        self.assertEqual(data["ageing"]["total"]["value"], 80)
        self.assertIn("80", data["ageing"]["total"]["text"])
        self.assertEqual(self._read()["data"]["ageing"]["total"]["value"], 1140)

    def test_the_lists_behind_hold_what_is_counted(self):
        """In each phase, of what nobody has claimed, and with a court's."""
        self._check_behind()
        sued = self._debts(self.old)
        self.classPatch(
            self.registry["cobranza.block"],
            "_claimed_in_court",
            lambda _block, ids, _day: {*ids} & {sued.id},
        )
        self.classPatch(Stands, "_sued", lambda _stands: sued.ids)
        data = self._check_behind()
        [judicial] = [
            one for one in data["funnel"]["steps"] if one["code"] == "judicial"
        ]
        self.assertEqual(judicial["value"], 600)

    def _check_behind(self):
        data = self._read()["data"]
        pages = self.env["cobranza.dashboard.direction"].with_user(self.manager)
        cells = self._cells(data)
        self.assertIn("", {phase for phase, _place in cells})
        for (phase, place), amount in cells.items():
            action = pages.open_behind("ageing", f"{phase}|{place}")
            rows = self.env[action["res_model"]].with_user(self.manager)
            items = rows.search(action["domain"])
            self.assertEqual(sum(items.mapped("open")), amount)
        for step in data["funnel"]["steps"]:
            action = pages.open_behind("funnel", step["code"])
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(len(found), step["number"])
        return data

    # -- what is to come ---------------------------------------------------------------

    def _promise(self, amount, day):
        return self.env["cobranza.promise"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": self._debts(self.late).ids,
                "amount": amount,
                "promised_on": day,
            }
        )

    def _expected(self):
        forecast = self._read()["data"]["forecast"]
        return {one["code"]: one["total"]["value"] for one in forecast["sources"]}

    def test_a_promise_is_expected_and_not_by_habit_too(self):
        self._promise(120, "2026-11-30")
        self.debtor.sudo()._through_gate().write({"habit_days": 60, "habit_debts": 5})
        # by habit: 600 on 10-31, over; 300 on 12-19, promised
        found = self._expected()
        self.assertEqual((found["promise"], found["habit"]), (120, 0))

    def test_habits_tell_when_debtors_pay(self):
        self.debtor.sudo()._through_gate().write({"habit_days": 60, "habit_debts": 5})
        self.assertEqual(self._expected()["habit"], 300)

    def test_what_was_said_is_set_against_what_came(self):
        self.assertFalse(self._read()["data"]["forecast"]["hits"])
        with self.at("2026-11-09"):
            self._promise(200, "2026-11-10")
            kpis = self.env["cobranza.kpi"].sudo()
            kpis._take(self.company.sudo(), date(2026, 11, 8))
        hits = self._read()["data"]["forecast"]["hits"]
        self.assertEqual((hits["said"]["value"], hits["came"]["value"]), (200, 450))

    def test_nothing_is_forecast_after_the_fact(self):
        self._promise(200, "2026-12-10")
        kpis = self.env["cobranza.kpi"].sudo()
        kpis._take(self.company.sudo(), date(2026, 11, 8), backfilled=True)
        self.assertFalse(kpis.search([("code", "=", "forecast")]))

    # -- indicators --------------------------------------------------------------------

    def test_an_indicator_shows_its_target_and_its_course(self):
        kpis = self.env["cobranza.kpi"].sudo()
        for day in (20, 21, 22):
            kpis._take(self.company.sudo(), date(2026, 11, day))
        [card] = [one for one in self._read()["figures"] if one["code"] == "dso"]
        self.assertEqual(len(card["trend"]), 3)
        self.assertEqual((card["standing"], card["target"]), ("missed", "< 30.00 days"))
        kpi = kpis.browse(card["id"]).with_user(self.manager)
        self.assertTrue(kpi.action_behind()["res_model"])

    # -- approvals ---------------------------------------------------------------------

    def _asked(self):
        charge = self._charge(self._debts(self.late)).with_user(self.collector)
        return charge._waive("please")

    def test_what_waits_is_answered_on_the_page(self):
        approver = self.users["approver"]
        approval = self._asked()
        [card] = self._read(user=approver)["approvals"]
        self.assertEqual((card["id"], card["barred"]), (approval.id, False))
        self.assertFalse(self._read("collector", self.collector)["approvals"])
        pages = self.env["cobranza.dashboard"].with_user(approver)
        pages.answer(approval.id, False, "no")
        self.assertEqual((approval.state, approval.answer), ("refused", "no"))
        self.assertFalse(self._read(user=approver)["approvals"])
        with self.assertRaises(UserError):
            pages.answer(approval.id, True)

    def test_who_may_not_answer_is_refused(self):
        approval = self._asked()
        pages = self.env["cobranza.dashboard"].with_user(self.collector)
        with self.assertRaises(AccessError):
            pages.answer(approval.id, True)

    # -- a collector -------------------------------------------------------------------

    def test_the_day_of_a_collector(self):
        self.debtor.user_id = self.collector
        self._promise(100, MONDAY)
        data = self._read("collector", self.collector)["data"]
        groups = {one["code"]: one["number"] for one in data["promises"]["groups"]}
        self.assertEqual(groups, {"late": 0, "today": 1, "week": 0, "broken": 0})
        self.assertEqual((data["mine"]["debtors"], data["mine"]["value"]), (1, 400))
        pages = self.env["cobranza.dashboard.collector"].with_user(self.collector)
        for what in ("todo", "done", "late", "today", "week", "broken", "debtors"):
            action = pages.open_behind(what)
            model = self.env[action["res_model"]].with_user(self.collector)
            model.search_count(action["domain"])
        todo = pages.open_behind("todo")
        found = self.env["cobranza.contact"].search_count(todo["domain"])
        self.assertEqual(found, data["todo"]["number"])

    def test_what_is_of_another_collector_is_not_mine(self):
        self.debtor.user_id = self.manager
        self._promise(100, MONDAY)
        data = self._read("collector", self.collector)["data"]
        self.assertFalse(data["promises"]["rows"])
        self.assertEqual(data["mine"]["value"], 0)

    # -- speed -------------------------------------------------------------------------

    def test_many_debtors_cost_as_many_queries_as_one(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            with listed(self.env.cr) as queries:
                self._read()
            return queries

        count()
        before = count()
        people = self.env["res.partner"].create([{"name": f"{n}"} for n in range(12)])
        self._invoices(people, due="2026-10-05")
        self._run("2026-11-21")
        after = count()
        self.assertLessEqual(len(after), len(before) + 2, f"{after}")
