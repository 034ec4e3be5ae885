import base64
import io
from datetime import date

from PIL import Image

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.agency import AgencyCommon
from ..common.case import CaseCommon

DAY = "2026-11-25"


@tagged("post_install", "-at_install")
class TestCaseDay(CaseCommon):
    """The page of whoever works on cases."""

    _pay = classmethod(AgencyCommon._pay.__func__)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everybody = cls.env.ref("base.group_user")
        switch = cls.env.ref("cobranza_legal.group_legal_cases")
        everybody.implied_ids = [Command.link(switch.id)]
        with cls.at("2026-11-20"):
            cls.case = cls._opened()
            cls.theirs = cls._handed(debts=cls.debts[2:3], lawyers=cls.other)

    def _day(self, user=None, **context):
        with self.at(DAY):
            days = self.env["cobranza.case.day"].with_user(user or self.lawyer)
            return days.with_context(**context).get_day()

    @classmethod
    def _deadline(cls, case, start_on, number, **vals):
        return cls.env["cobranza.deadline"].create(
            {
                "case_id": case.id,
                "name": "Answer the court",
                "start_on": start_on,
                "number": number,
                "unit": "natural_day",
                **vals,
            }
        )

    def test_own_cases_and_no_others(self):
        day = self._day()
        self.assertEqual([card["id"] for card in day["cases"]], self.case.ids)
        theirs = self._day(self.other)
        self.assertEqual([card["id"] for card in theirs["cases"]], self.theirs.ids)
        self.assertTrue(theirs["cases"][0]["review"])
        nobody = self._day(self._lawyer("bassanio"))
        self.assertEqual((nobody["cases"], nobody["due"], nobody["came"]), ([], [], []))

    def test_what_is_due_this_week_the_soonest_first(self):
        with self.at("2026-11-20"):
            late = self._deadline(self.case, "2026-11-20", 3)
            soon = self._deadline(self.case, "2026-11-20", 6)
            far = self._deadline(self.case, "2026-11-20", 20)
            strange = self._deadline(self.theirs, "2026-11-20", 6)
        self.assertEqual(far.due_on, date(2026, 12, 10))
        day = self._day()
        found = [(row["id"], row["tone"]) for row in day["due"]]
        self.assertEqual(found, [(late.id, "danger"), (soon.id, "warning")])
        self.assertNotIn(strange.id, [row["id"] for row in day["due"]])
        self.assertEqual(day["cases"][0]["next"]["id"], late.id)

    def test_what_came_in(self):
        with self.at("2026-11-24"):
            self._pay(self.moves[0], 40, "2026-11-24")
            self._pay(self.moves[2], 70, "2026-11-24")
        mail = (
            self.env["cobranza.case.mail"]
            .sudo()
            .create(
                {
                    "case_id": self.case.id,
                    "received_on": "2026-10-01 10:00:00",
                    "sender": "x@x.example",
                    "subject": "Waits for long",
                    "digest": "x",
                }
            )
        )
        rows = self._day()["came"]
        self.assertEqual(rows[0]["id"], mail.id)
        self.assertIn("40", rows[1]["what"])
        self.assertEqual(len(rows), 2)
        self.assertEqual(self._day()["cases"][0]["mails"], 1)

    def test_as_many_queries_for_one_case_as_for_three(self):
        self._day()
        with self.at(DAY):
            days = self.env["cobranza.case.day"].with_user(self.lawyer)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env.invalidate_all()
            days.get_day()
            one = self.env.cr.sql_log_count - before
        with self.at("2026-11-20"):
            self._opened(debts=self.debts[3:4])
            self._opened(debts=self.debts[4:5])
        self._day()
        with self.at(DAY):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env.invalidate_all()
            self.assertEqual(len(days.get_day()["cases"]), 3)
            self.assertLessEqual(self.env.cr.sql_log_count - before, one + 4)

    def test_files_that_are_dropped_become_an_act_byte_for_byte(self):
        content = io.BytesIO()
        Image.new("RGB", (2400, 2000), "red").save(content, "PNG")
        files = [
            {
                "name": "../../photo.png",
                "content": base64.b64encode(content.getvalue()),
            },
            {"name": "a.txt", "content": base64.b64encode(b"\xe1\r\n").decode()},
        ]
        files[0]["content"] = files[0]["content"].decode()
        days = self.env["cobranza.case.day"].with_user(self.lawyer)
        acts = self.case.act_ids
        action = days.drop_files(self.case.id, files)
        self.assertEqual(self.case.act_ids, acts)  # nothing before it is confirmed
        model = self.env["cobranza.case.act"].with_user(self.lawyer)
        model = model.with_context(**action["context"])
        vals = model.default_get(["case_id", "kind", "summary", "file_ids", "day"])
        act = model.create(vals)
        self.assertEqual((act.case_id, act.kind), (self.case, "received"))
        self.assertEqual(
            act.file_ids.sorted("id").mapped("raw"), [content.getvalue(), b"\xe1\r\n"]
        )
        self.assertNotIn("/", "".join(act.file_ids.mapped("name")))

    def test_who_may_not_drop_files(self):
        files = [{"name": "a.txt", "content": "YQ=="}]
        days = self.env["cobranza.case.day"]
        for user, sent in (
            (self.other, files),
            (self._role("accountant"), files),
            (self.lawyer, []),
            (self.lawyer, [{"name": "x", "content": "no base64!"}]),
            (self.lawyer, [{"name": "x"}]),
            (self.lawyer, files * 21),
        ):
            with self.assertRaises(UserError):
                days.with_user(user).drop_files(self.case.id, sent)

    def test_lawyers_begin_with_it_and_others_find_it_below_legal(self):
        first = self.env.ref("cobranza_legal.menu_case_day_first")
        below = self.env.ref("cobranza_legal.menu_case_day")
        both = self._role("collector")
        both.group_ids |= self.env.ref("cobranza_legal.group_lawyer_own")
        for user, shown, hidden in (
            (self.lawyer, first, below),
            (both, below, first),
        ):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertIn(shown.id, menus)
            self.assertNotIn(hidden.id, menus)
        menus = self.env["ir.ui.menu"].with_user(self.lawyer).load_menus(False)
        root = menus[self.env.ref("cobranza_legal.menu_root").id]
        self.assertEqual(root["children"][0], first.id)

    def test_a_stage_is_asked_for_where_something_is_before_a_court(self):
        case = self.case.with_user(self.lawyer)
        with self.assertRaisesRegex(UserError, "nothing is before a court"):
            case.action_stage()
        kind = self.env["cobranza.proceeding.type"].create(
            {"code": "own", "name": "Own", "company_id": self.company.id}
        )
        suit = self.env["cobranza.proceeding"].create(
            {"case_id": self.case.id, "type_id": kind.id}
        )
        suit._through_gate().write({"state": "filed"})
        self.assertEqual(case.action_stage()["target"], "new")
        with self.assertRaises(UserError):
            self.case.with_user(self.other).action_stage()
