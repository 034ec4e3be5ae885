from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.base import CobranzaCommon
from ..common.refusals import Refusals

DAY = "2026-10-12"


@tagged("post_install", "-at_install")
class TestLeaving(Refusals, CobranzaCommon):
    """Who leaves the process is in one list: why, by whom, until when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls._invoice() + cls._invoice(amount=500)
        cls.other = cls._invoice(partner=cls.partner_b, amount=70)
        cls._run("2026-10-10")
        cls.debts = cls._debts(cls.moves)
        cls.debtor = cls.debts.debtor_id
        cls.collector = cls._role("collector")
        cls.manager = cls._role("manager")

    def _exits(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        exits = self.env["cobranza.exit"].with_user(user or self.manager)
        return exits.search([("company_id", "=", self.company.id)])

    def _archive(self, **vals):
        action = self.debtor.with_user(self.collector).action_archive()
        dialogs = self.env["cobranza.reason"].with_user(self.collector)
        dialogs = dialogs.with_context(**action["context"])
        with self.at(DAY):
            dialogs.create({"reason": "Wound up", **vals}).action_confirm()

    def _label(self, model, field, code):
        return dict(model._fields[field]._description_selection(model.env))[code]

    def _upkeep(self, day):
        with self.at(day):
            due = self.env["cobranza.debtor"].sudo()
            today = self.company._cobranza_today()
            due._upkeep_due(self.company, today, 10)._upkeep(today)
            holds = self.env["cobranza.hold"].sudo()
            holds._upkeep_due(self.company, today, 10)._upkeep(today)

    def test_an_archived_debtor_is_listed_with_everything(self):
        self._archive(until="2026-12-01", owner_id=self.manager.id)
        row = self._exits()
        self.assertEqual((row.kind, row.reason), ("archived", "Wound up"))
        self.assertEqual(row.decided_by_id, self.collector)
        self.assertEqual(row.owner_id, self.manager)
        self.assertEqual((str(row.since), str(row.until)), (DAY, "2026-12-01"))
        self.assertEqual(row.amount, 1500)
        self.assertEqual(row.action_open_record()["res_id"], self.debtor.id)

    def test_without_another_day_it_is_a_year_and_never_a_day_that_is_over(self):
        with self.refuses(UserError, "until which day"):
            self._archive(until="2026-10-11")
        self.assertTrue(self.debtor.active)
        with self.at(DAY):
            self._archive()
        self.assertEqual(str(self.debtor.left_until), "2027-10-12")
        self.assertEqual(self.debtor.left_owner_id, self.collector)

    def test_whose_time_is_over_comes_back_and_the_owner_is_told(self):
        self._archive(until="2026-11-01", owner_id=self.manager.id)
        self._upkeep("2026-11-01")
        self.assertFalse(self.debtor.active)
        self._upkeep("2026-11-02")
        self.assertTrue(self.debtor.active)
        self.assertFalse(self.debtor.left_until)
        [task] = self.debtor.activity_ids
        self.assertEqual(task.user_id, self.manager)
        self.assertIn("Wound up", task.note)
        self.assertFalse(self._exits())
        self._upkeep("2026-11-02")
        self.assertEqual(self.debtor.activity_ids, task)

    def test_taken_up_again_by_hand_it_leaves_the_list(self):
        self._archive()
        self.debtor.with_user(self.collector).action_unarchive()
        self.assertFalse(self._exits())
        self.assertFalse(self.debtor.left_reason)

    def test_holds_are_listed_with_what_they_stop(self):
        holds = self.env["cobranza.hold"].with_user(self.collector)
        for debts, note in ((self.debts[0], "One"), (self.debts.browse(), False)):
            holds.create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_ids": [Command.set(debts.ids)],
                    "date_from": DAY,
                    "date_to": "2026-10-20",
                    "note": note,
                }
            )
        rows = self._exits().sorted("amount")
        self.assertEqual(rows.mapped("kind"), ["hold", "hold"])
        self.assertEqual(rows.mapped("amount"), [1000, 1500])
        self.assertEqual(rows.mapped("reason"), ["One", False])
        label = self._label(holds, "reason", "internal")
        self.assertEqual(rows.mapped("why"), [f"{label}: One", label])
        self.assertEqual(rows.decided_by_id, self.collector)
        self._upkeep("2026-10-21")
        self.assertFalse(self._exits())
        tasks = self.debtor.activity_ids.filtered(lambda one: "again" in one.summary)
        self.assertEqual(tasks.user_id, self.collector)

    def test_what_was_ceded_is_listed_from_its_day_until_it_is_given_back(self):
        debt = self.debts[0].with_user(self.manager)
        debt.write({"ceded_on": "2026-10-02", "ceded_to_id": self.partner_b.id})
        row = self._exits()
        self.assertEqual((row.kind, str(row.since)), ("ceded", "2026-10-02"))
        with self.at(DAY):
            debt._give_back(self.company._cobranza_today(), "Not paid")
        self.assertFalse(self._exits())

    def test_what_is_ceded_blocked_or_left_out_names_who_did_it(self):
        buyer = self.partner_b
        ceded, blocked = self.debts
        ceded.with_user(self.manager).write({"ceded_on": DAY, "ceded_to_id": buyer.id})
        books = self._books_only()
        blocked.move_id.with_user(books).payment_state = "blocked"
        out = self._debts(self.other)
        out.move_line_id.with_user(books).no_followup = True
        rows = {row.debt_id: row for row in self._exits()}
        self.assertEqual(
            [rows[one].kind for one in (ceded, blocked, out)],
            ["ceded", "blocked", "not_followed"],
        )
        self.assertEqual(rows[ceded].decided_by_id, self.manager)
        self.assertEqual(rows[ceded].reason, buyer.name)
        self.assertEqual((rows[blocked] | rows[out]).decided_by_id, books)
        self.assertEqual(rows[out].amount, 70)
        ceded.with_user(self.manager).ceded_on = False
        out.move_line_id.with_user(books).no_followup = False
        self.assertEqual(self._exits().debt_id, blocked)

    def test_the_list_is_for_managers_of_the_company(self):
        self._archive()
        with self.assertRaises(AccessError):
            self._exits(self.collector)
        other = self.setup_other_company()["company"]
        foreign = self.manager.copy({"login": "foreign manager"})
        foreign.write({"company_id": other.id, "company_ids": [other.id]})
        self.assertFalse(self._exits(foreign))
        self.assertTrue(self._exits())
        self.assertFalse(self._exits().has_access("write"))
