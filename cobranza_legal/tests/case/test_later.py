from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.suit import SuitCommon


@tagged("post_install", "-at_install")
class TestLater(SuitCommon):
    """What somebody who is sued leaves unpaid afterwards."""

    def _due(self, due, amount=70, partner=None):
        move = self._invoice(due=due, amount=amount, partner=partner)
        self._run("2026-12-10")  # opens it
        return self._debts(move)

    def _find(self, day):
        with self.at(day):
            today = self.company._cobranza_today()
            self.env["cobranza.case.later"].sudo()._find(self.company, today)
        return self.case.later_ids

    def test_what_falls_due_after_the_filing_is_told_once(self):
        self._file("2026-11-24")
        self._due("2026-11-23")  # the day before: left out on purpose
        same, later = self._due("2026-11-24"), self._due("2026-11-27")
        self.assertEqual(self._find("2026-11-25").debt_id, same)
        self.assertEqual(self._find("2026-11-27").debt_id, same)  # due today still
        found = self._find("2026-11-28")
        self.assertEqual(found.debt_id, same | later)
        self._find("2026-11-28")
        tasks = self.case.activity_ids.filtered(lambda one: "Newly" in one.summary)
        self.assertEqual(len(tasks), 2)
        self.assertEqual(tasks.user_id, self.lawyer)
        self.assertEqual(sorted(found.mapped("amount")), [70, 70])

    def test_what_the_ladder_has_not_come_to_is_told_too(self):
        """LEC, arts. 220 and 578: an invoice of which no run knows yet, and one that a
        late ladder, or none, would open weeks later."""
        self.company.cobranza_policy_id.level_ids.days = 60
        self._file("2026-11-24")
        before = self._invoice(due="2026-11-23", amount=50)
        after = self._invoice(due="2026-11-25", amount=70)
        self.assertFalse(self._debts(before | after))
        self.assertFalse(self._find("2026-11-25"))
        found = self._find("2026-11-26")
        self.assertEqual(found.debt_id.move_id, after)
        self.assertEqual((found.amount, str(found.due_on)), (70, "2026-11-25"))
        self._run("2026-11-27")
        self._find("2026-11-28")
        self.assertEqual(self.case.later_ids, found)
        [debt] = self._debts(after)
        self.assertEqual((debt, debt.level), (found.debt_id, 0))
        self.company.cobranza_policy_id.level_ids.active = False
        never = self._invoice(due="2026-11-28", amount=30)
        self.assertEqual((self._find("2026-11-29") - found).debt_id.move_id, never)

    def test_nothing_is_told_without_a_suit_and_of_what_is_paid(self):
        later = self._due("2026-11-25")
        self.assertFalse(self._find("2026-11-26"))
        self._file("2026-11-24")
        [row] = self._find("2026-11-26")
        with self.at("2026-11-27"):
            self._register_payment(later.move_id, amount=70, payment_date="2026-11-27")
        self._find("2026-11-28")
        self.assertEqual(row.state, "paid")
        with self.assertRaises(UserError):
            row.action_separate()

    def _joins(self, article="Law 1"):
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_later_debts_join", lambda _rules, _procedure: article)
        interrupts = lambda _rules, _procedure: "filed"
        self.patch(rules, "_suit_interrupts", interrupts)

    def test_it_joins_the_claim_where_the_law_lets_it(self):
        self._file("2026-11-24")
        later = self._due("2026-11-25")
        [row] = self._find("2026-11-26").with_user(self.lawyer)
        with self.assertRaisesRegex(UserError, "cannot be added"):
            row.action_add()
        self._joins()
        self.env.invalidate_all()
        frozen = {line.debt_id: line.amount for line in self.case.line_ids}
        with self.at("2026-11-27"):
            row.action_add()
            self.env.cr.flush()
        self.assertEqual((row.state, str(row.added_on)), ("added", "2026-11-27"))
        lines = {line.debt_id: line.amount for line in self.case.line_ids}
        self.assertEqual(lines, {**frozen, later: 70})
        self.assertEqual(self.case.amount, sum(lines.values()))
        self.assertIn(self.lawyer, later.assigned_user_ids)
        self.assertEqual(later.reason, "in_suit")
        day = later.interruption_ids.mapped("day")
        self.assertEqual([str(one) for one in day], ["2026-11-27"])

    def test_it_becomes_a_case_of_its_own_or_is_left(self):
        self._file("2026-11-24")
        later, left = self._due("2026-11-25"), self._due("2026-11-24", 30)
        rows = self._find("2026-11-26").with_user(self.lawyer)
        row = rows.filtered(lambda one: one.sudo().debt_id == later)
        row.action_separate()
        draft = self.debtor.case_ids - self.case
        self.assertEqual((draft.state, draft.debt_ids), ("draft", later))
        (rows - row).action_leave()
        self.assertEqual((rows - row).sudo().debt_id, left)
        self._find("2026-11-27")
        self.assertEqual(len(self.case.later_ids), 2)

    def test_other_lawyers_neither_see_nor_decide_it(self):
        self._file("2026-11-24")
        self._due("2026-11-25")
        row = self._find("2026-11-26")
        strange = row.with_user(self.other)
        for act in (strange.action_leave, lambda: strange.read(["document"])):
            with self.assertRaises(AccessError):
                act()
        for user in (self.lawyer, self._role("manager")):
            with self.assertRaises(UserError):
                row.with_user(user).write({"state": "left"})

    def test_many_debtors_are_read_by_a_fixed_number_of_queries(self):
        def measure(count):
            partners = self.env["res.partner"].create(
                [{"name": f"P{count}-{n}"} for n in range(count)]
            )
            moves = self._invoices(partners, due="2026-10-05")
            self._run("2026-11-26")
            debts = self._debts(moves)
            cases = self.env["cobranza.case"].create(
                [
                    {"debtor_id": one.debtor_id.id, "debt_ids": [(6, 0, one.ids)]}
                    for one in debts
                ]
            )
            cases._set_state("review", handed_on="2026-11-20")
            cases._set_state("open", opened_on="2026-11-20")
            suits = self.env["cobranza.proceeding"].create(
                [{"case_id": one.id, "type_id": self.procedure.id} for one in cases]
            )
            with self.at("2026-11-26"):
                suits._set_state("filed", filed_on="2026-11-24")
                self.env.cr.flush()
                self._daily()
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self._daily()
                self.env.flush_all()
            return self.cr.sql_log_count - before

        few, many = measure(3), measure(201)
        self.assertLessEqual(many, few + 10)

    def _daily(self):
        today = self.company._cobranza_today()
        self.env["cobranza.proceeding"]._judge_suits_daily(self.company)
        self.env["cobranza.case.later"].sudo()._find(self.company, today)
