from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ...models.contact.log import LogSections
from ..common.case import CaseCommon


@tagged("post_install", "-at_install")
class TestCaseRights(CaseCommon):
    """What a lawyer sees and writes of own cases, and for how long."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._opened()

    def _seen(self, user):
        """What ``user`` sees of debts, cases and their acts."""
        self.env.invalidate_all()
        env = self.env(user=user)
        return (
            env["cobranza.debt"].search([("debtor_id", "=", self.debtor.id)]).ids,
            env["cobranza.case"].search([]).ids,
            env["cobranza.case.act"].search([]).case_id.ids,
        )

    def test_the_lawyer_sees_two_of_five_debts_and_another_lawyer_none(self):
        theirs = self._handed(debts=self.debts[2:3], lawyers=self.other)
        own = sorted(self.mine.ids)
        self.assertEqual(
            [sorted(one) for one in self._seen(self.lawyer)],
            [own, self.case.ids, self.case.ids],
        )
        self.assertEqual(
            self._seen(self.other),
            (self.debts[2:3].ids, theirs.ids, theirs.ids),
        )
        env = self.env(user=self.other)
        for read in (
            lambda: env["cobranza.case"].browse(self.case.id).read(["amount"]),
            lambda: env["cobranza.case"].browse(self.case.id).export_data(["name"]),
            lambda: env["cobranza.case.line"].browse(self.case.line_ids.ids).read(),
            lambda: env["cobranza.case"].browse(self.case.id).action_open(),
            lambda: env["cobranza.case"].browse(self.case.id).action_end(),
            lambda: env["cobranza.case.end"].create({"case_ids": [self.case.id]}),
        ):
            with self.assertRaises(UserError):
                read()
        self.assertFalse(env["cobranza.case"].name_search(self.case.name))

    def test_the_log_for_a_court_is_about_the_two_whoever_read_the_debtor_before(self):
        self.env.invalidate_all()
        self.assertEqual(len(self.debtor.sudo().debt_ids), 5)  # all are in the cache
        debtor = self.debtor.with_user(self.lawyer)
        title, _heads, rows = LogSections(debtor).collect()[0]
        self.assertTrue(title)
        self.assertEqual(len(rows), 2)

    def test_acts_and_costs_of_own_cases_are_all_that_it_writes(self):
        env = self.env(user=self.lawyer)
        case = env["cobranza.case"].browse(self.case.id)
        act = env["cobranza.case.act"].create(
            {"case_id": case.id, "summary": "Called the debtor", "kind": "call"}
        )
        self.assertEqual(act.user_id, self.lawyer)
        proof = env["ir.attachment"].create({"name": "fee.pdf", "raw": b"%PDF-1.4"})
        cost = env["cobranza.cost"].create(
            {
                "debtor_id": self.debtor.id,
                "case_id": case.id,
                "debt_ids": [Command.set(self.mine.ids)],
                "description": "Court fee",
                "amount": 60,
                "attachment_ids": [Command.set(proof.ids)],
            }
        )
        self.assertEqual(self.case.cost_total, 60)
        for write in (
            lambda: case.write({"note": "x"}),
            lambda: act.write({"summary": "Never happened"}),
            lambda: act.unlink(),
            lambda: cost.write({"amount": 1}),
            lambda: env["cobranza.cost"].create(
                {
                    "debtor_id": self.debtor.id,
                    "description": "Of no case",
                    "amount": 1,
                    "attachment_ids": [Command.set(proof.ids)],
                }
            ),
            lambda: env["cobranza.case.act"].create(
                {"case_id": case.id, "summary": "x", "kind": "state"}
            ),
            lambda: env["cobranza.case.act"].create(
                {"case_id": case.id, "summary": "x", "user_id": self.other.id}
            ),
            lambda: self.mine.with_user(self.lawyer).write({"document": "x"}),
            lambda: case.write({"state": "closed"}),
            lambda: case.write({"assigned_user_ids": [Command.link(self.other.id)]}),
        ):
            with self.assertRaises(UserError):
                write()

    def test_rights_end_with_another_lawyer_and_what_was_written_stays(self):
        act = self.env(user=self.lawyer)["cobranza.case.act"].create(
            {"case_id": self.case.id, "summary": "Studied", "kind": "study"}
        )
        self.case._hand_over_to(self.other, self.env["res.partner"], "On holiday")
        self.assertEqual(self._seen(self.lawyer), ([], [], []))
        self.assertEqual(sorted(self._seen(self.other)[0]), sorted(self.mine.ids))
        self.assertEqual(act.sudo().user_id, self.lawyer)

    def test_rights_end_thirty_days_after_the_end(self):
        with self.at("2026-11-20"):
            self.case._end("recovered", None)
        block = self.env["cobranza.block.case"]
        for day, seen in (("2026-12-20", True), ("2026-12-21", False)):
            with self.at(day):
                block._daily(self.company, self.company._cobranza_today())
            self.assertEqual(bool(self._seen(self.lawyer)[1]), seen, day)
        self.assertFalse(self.mine.assigned_user_ids)

    def test_users_of_a_firm_see_its_cases_while_they_are_of_it(self):
        firm = self.env["res.partner"].create({"name": "Dogberry", "is_company": True})
        with self.assertRaisesRegex(UserError, "Dogberry"):
            self._handed(self.debts[2:3], self.env["res.users"], firm)
        self.other.partner_id.parent_id = firm
        case = self._handed(self.debts[3:4], self.env["res.users"], firm)
        self.assertEqual(self._seen(self.other)[1], case.ids)
        late = self._lawyer("verges")
        late.partner_id.parent_id = firm
        self.other.partner_id.parent_id = False
        block = self.env["cobranza.block.case"]
        block._daily(self.company, self.company._cobranza_today())
        self.assertEqual(self._seen(late)[1], case.ids)
        self.assertEqual(self._seen(self.other)[1], [])

    def test_assigned_by_hand_or_by_another_case_stays_assigned(self):
        self.debts[2]._assign(self.other)
        case = self._handed(self.debts[2:3])
        self.assertEqual(self.debts[2].assigned_user_ids, self.lawyer | self.other)
        case.with_user(self.lawyer)._end("declined", "No title")
        self.assertEqual(self.debts[2].assigned_user_ids, self.other)
        self.assertEqual(sorted(self._seen(self.lawyer)[0]), sorted(self.mine.ids))

    def test_nobody_without_a_role_or_the_company_gets_a_case(self):
        stranger = new_test_user(self.env, login="stranger", groups="base.group_user")
        with self.assertRaisesRegex(UserError, "privilege Legal"):
            self._handed(self.debts[2:3], stranger)
