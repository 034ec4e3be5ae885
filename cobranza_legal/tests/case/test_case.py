from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common.case import CaseCommon


@tagged("post_install", "-at_install")
class TestCase(CaseCommon):
    """Debts that a lawyer claims, from the draft to the end."""

    def test_what_is_claimed_is_frozen_when_the_lawyer_takes_it(self):
        case = self._handed()
        self.assertEqual(case.state, "review")
        self.assertEqual(sum(case.line_ids.mapped("principal")), 300)
        self._pay(self.moves[0], 40, "2026-11-21")
        with self.at("2026-11-22"):
            case.with_user(self.lawyer).action_open()
        self.assertEqual(case.amount, 260)
        self._pay(self.moves[0], 60, "2026-11-23")
        self.env.invalidate_all()
        self.assertEqual((case.amount, case.amount_now), (260, 200))
        self.assertEqual(str(case.claimed_on), "2026-11-22")

    def _pay(self, move, amount, day):
        with self.at(day):
            return self._register_payment(move, amount=amount, payment_date=day)

    def test_who_takes_it_has_nothing_left_to_study(self):
        case = self._handed()
        self.assertEqual(case.activity_ids.user_id, self.lawyer)
        case.with_user(self.lawyer).action_open()
        self.assertFalse(case.activity_ids)

    def test_the_ladder_leaves_alone_what_a_lawyer_has_and_nothing_else(self):
        self._handed()
        self._run("2026-11-30")
        reasons = dict(zip(self.debts, self.debts.mapped("reason"), strict=True))
        self.assertEqual({reasons[one] for one in self.mine}, {"in_case"})
        self.assertNotIn("in_case", {reasons[one] for one in self.debts - self.mine})

    def test_what_is_given_back_is_at_its_level_again(self):
        case = self._handed()
        levels = self.mine.mapped("level")
        case.with_user(self.lawyer)._end("declined", "Nothing is signed")
        self.assertEqual(case.state, "draft")
        self.assertFalse(case.assigned_user_ids or self.mine.assigned_user_ids)
        self._run("2026-11-20")
        self.assertEqual(self.mine.mapped("level"), levels)
        self.assertNotIn("in_case", self.mine.mapped("reason"))

    def test_a_country_may_let_the_ladder_go_on(self):
        self._handed()
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_case_stops_letters", lambda _self, _regime: False)
        found = self.env["cobranza.debt"]._covered(
            self.mine.ids, self.company._cobranza_today()
        )
        self.assertFalse(found)

    def test_a_debt_is_in_one_case_at_a_time(self):
        case = self._case()
        with self.assertRaisesRegex(ValidationError, case.name), self.cr.savepoint():
            self._case(self.debts[1:3])
        case.action_cancel()
        self.assertTrue(self._case(self.debts[1:3]))

    def test_debts_of_somebody_else_and_charges_are_no_case(self):
        move = self._invoice(partner=self.partner_b, amount=10)
        self._run("2026-11-20")
        other = self._debts(move)
        with self.assertRaisesRegex(ValidationError, "of this debtor"):
            self._case(self.mine | other)

    def test_debts_of_an_agreement_stay_with_it(self):
        case = self._case()
        debts = self.registry["cobranza.debt"]
        found = {self.mine[0].id: ("agreement", None)}
        self.patch(debts, "_covered", lambda _self, _ids, _day: found)
        with self.assertRaisesRegex(UserError, "cannot be handed over"):
            case._hand_over_to(self.lawyer, self.env["res.partner"])
        self.assertEqual(case.state, "draft")
        self.assertFalse(self.mine.assigned_user_ids)

    def test_who_takes_a_paid_case_is_told_so(self):
        case = self._handed()
        for move in self.moves[:2]:
            self._pay(move, move.amount_residual, "2026-11-21")
        with self.assertRaisesRegex(UserError, "all of it is paid"):
            case.with_user(self.lawyer).action_open()
        self.env["cobranza.block.case"]._daily(
            self.company, self.company._cobranza_today()
        )
        self.env["cobranza.block.case"]._daily(
            self.company, self.company._cobranza_today()
        )
        tasks = case.activity_ids.filtered(lambda one: "paid" in one.summary)
        self.assertEqual(len(tasks), 1)

    def test_disputed_and_handed_over_on_one_day_in_both_orders(self):
        """A lawyer may have what is disputed: it knows, whatever came first."""
        found = []
        for debt, order in zip(self.debts, ("handed", "disputed"), strict=False):
            case = self._case(debt)
            acts = [
                lambda case=case: case._hand_over_to(
                    self.lawyer, self.env["res.partner"]
                ),
                lambda debt=debt: self.env["cobranza.dispute"].create(
                    {
                        "debtor_id": self.debtor.id,
                        "debt_id": debt.id,
                        "reason": "price",
                    }
                ),
            ]
            with self.at("2026-11-24"):
                for act in acts if order == "handed" else reversed(acts):
                    act()
                self.env.cr.flush()
                found.append(
                    (case.state, case.risk_light, case.amount == debt.original_amount)
                )
        self.assertEqual(found, [("review", "red", True)] * 2)

    def test_paid_and_taken_on_one_day_in_both_orders(self):
        before, after = self._handed(self.debts[:1]), self._handed(self.debts[1:2])
        with self.at("2026-11-24"):
            after.with_user(self.lawyer).action_open()
        for move in self.moves[:2]:
            self._pay(move, move.amount_residual, "2026-11-24")
        with self.at("2026-11-24"):
            with self.assertRaisesRegex(UserError, "all of it is paid"):
                before.with_user(self.lawyer).action_open()
            self.env["cobranza.case"].sudo()._tell_paid(
                self.company, self.company._cobranza_today()
            )
            both = before | after
            self.assertEqual(both.mapped("amount_now"), [0, 0])
            told = both.activity_ids.filtered(lambda one: "paid" in one.summary)
            self.assertEqual(len(told), 2)

    def test_the_dialog_of_the_end_says_nothing_of_what_is_open(self):
        ends = self.env["cobranza.case.end"]
        opened = {"case_ids": self._opened().ids, "outcome": "uncollectible"}
        self.assertFalse(ends.create(opened).note)
        studied = self._handed(self.debts[2:3])
        given_back = {"case_ids": studied.ids, "outcome": "declined"}
        self.assertIn("goes back", ends.create(given_back).note)

    def test_the_switch_takes_the_handover_from_the_menu(self):
        actions = self.env["ir.actions.actions"].with_user(self._role("manager"))
        group = self.env.ref("cobranza_legal.group_legal_cases")
        everybody = self.env.ref("base.group_user")
        for command, offered in ((Command.link, True), (Command.unlink, False)):
            everybody.implied_ids = [command(group.id)]
            for model in ("cobranza.debtor", "cobranza.debt"):
                found = actions.get_bindings(model)["action"]
                names = [one["name"] for one in found]
                self.assertEqual("Hand over to a lawyer" in names, offered, model)

    def test_an_end_has_its_reason_and_takes_the_debts_back(self):
        case = self._opened()
        mine = case.with_user(self.lawyer)
        with self.assertRaisesRegex(UserError, "reason"):
            mine._end("uncollectible", " ")
        with self.assertRaises(AccessError):
            mine._end("taken_back", "We go on ourselves")
        self.assertEqual(case.state, "open")
        case._end("taken_back", "We go on ourselves")
        self.assertEqual((case.state, case.outcome), ("closed", "taken_back"))
        self.assertFalse(
            self.env["cobranza.debt"]._covered(self.mine.ids, "2026-11-20")
        )

    def test_several_debtors_are_handed_over_in_one_go(self):
        moves = self._invoice(partner=self.partner_b, amount=10)
        self._run("2026-11-20")
        debtors = self.debtor | self._debts(moves).debtor_id
        dialog = Form(
            self.env["cobranza.handover"].with_context(
                active_model="cobranza.debtor", active_ids=debtors.ids
            )
        )
        dialog.lawyer_ids = self.lawyer
        dialog.save().action_hand_over()
        cases = debtors.case_ids
        self.assertEqual(cases.mapped("state"), ["review"] * 2)
        self.assertEqual(len(self.debtor.case_ids.debt_ids), 5)
        self.assertEqual(cases.assigned_user_ids, self.lawyer)

    def test_collectors_prepare_and_managers_hand_over(self):
        user = self._role("collector")
        dialog = (
            self.env["cobranza.handover"]
            .with_user(user)
            .with_context(active_model="cobranza.debtor", active_ids=self.debtor.ids)
            .create({"lawyer_ids": [Command.set(self.lawyer.ids)]})
        )
        with self.assertRaises(AccessError):
            dialog.action_hand_over()
        self.debtor.invalidate_recordset()
        dialog.action_prepare()
        self.assertEqual(self.debtor.case_ids[:1].state, "draft")

    def test_the_collector_is_asked_for_a_document_by_a_day(self):
        case = self._opened()
        mine = case.with_user(self.lawyer)
        with self.assertRaisesRegex(UserError, "passed"):
            mine._ask_document("The contract", date(2026, 11, 1))
        mine._ask_document("The contract", date(2026, 12, 1), "To file")
        task = case.activity_ids.filtered(lambda one: "contract" in one.summary)
        self.assertEqual(str(task.date_deadline), "2026-12-01")
        self.assertEqual(task.user_id, case.user_id)
        self.assertIn("asked", case.act_ids.mapped("kind"))

    def test_a_case_that_was_handed_over_is_kept(self):
        case = self._opened()
        with self.assertRaises(UserError):
            case.debt_ids = self.debts[:1]
        with self.assertRaises(UserError):
            case.unlink()

    def test_the_switch_hides_cases_and_what_they_cover_stays_covered(self):
        case = self._handed()
        block = self.env["cobranza.block.case"]
        self.assertFalse(block._is_on())
        self._run("2026-11-30")
        self.assertEqual(set(self.mine.mapped("reason")), {"in_case"})
        self.assertEqual(case.state, "review")

    def _proposed(self, debts):
        found = {(self.debtor.id, "hand_over", "Lawyers"): debts.ids}
        return self.env["cobranza.debtor"]._raise_effects(
            found, self.company._cobranza_today()
        )

    def test_a_level_prepares_a_case_and_the_next_one_adds_to_it(self):
        self.assertEqual(len(self._proposed(self.debts[:1])), 1)
        self.assertFalse(self.debtor.case_ids)
        group = self.env.ref("cobranza_legal.group_legal_cases")
        self.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        self.assertFalse(self._proposed(self.debts[:1]))
        [case] = self.debtor.case_ids
        self.assertEqual((case.state, case.amount), ("draft", 100))
        self.assertFalse(self._proposed(self.debts[:3]))
        self.assertEqual(self.debtor.case_ids, case)
        self.assertEqual((case.debt_ids, case.amount), (self.debts[:3], 600))

    def test_what_cannot_be_claimed_stays_a_task(self):
        group = self.env.ref("cobranza_legal.group_legal_cases")
        self.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        covered = {self.debts[0].id: ("agreement", None)}
        debts = self.registry["cobranza.debt"]
        self.patch(debts, "_covered", lambda _self, _ids, _day: covered)
        self.assertEqual(len(self._proposed(self.debts[:1])), 1)
        self.assertFalse(self.debtor.case_ids)
