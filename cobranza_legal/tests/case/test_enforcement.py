from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ...kernel.attachment import AssetOrder
from ..common.case import CaseCommon


@tagged("post_install", "-at_install")
class TestEnforcement(CaseCommon):
    """What is held for the debts of a case, what was granted, and what came of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.at("2026-11-20"):
            cls.case = cls._opened()

    def _file(self):
        return [Command.create({"name": "court.pdf", "raw": b"x"})]

    def _measure(self, asset_kind="money", **vals):
        about = {"case_id": self.case.id, "asset": asset_kind, "asset_kind": asset_kind}
        return self.env["cobranza.measure"].create({**about, **vals})

    def _judgment(self, granted=None, day="2026-11-20", **vals):
        judgment = self.env["cobranza.judgment"].create(
            {"case_id": self.case.id, "day": day, "file_ids": self._file(), **vals}
        )
        if granted is None:
            judgment.action_grant_all()
        for line in judgment.line_ids:
            if granted and line.part in granted:
                line.granted = granted[line.part]
        judgment.action_give()
        return judgment

    def _realisation(self, amount, day="2026-11-23", **vals):
        return self.env["cobranza.realisation"].create(
            {
                "case_id": self.case.id,
                "amount": amount,
                "day": day,
                "file_ids": self._file(),
                **vals,
            }
        )

    def test_an_enforcement_claims_what_is_owed_by_the_judgment(self):
        day = date(2026, 11, 20)
        kind = {"name": "x", "company_id": self.company.id, "nature": "executive"}
        kinds = self.env["cobranza.proceeding.type"]
        own = kinds.create({**kind, "code": "own"})
        after = kinds.create({**kind, "code": "after", "only_after": True})
        suits = self.env["cobranza.proceeding"].create(
            [{"case_id": self.case.id, "type_id": one.id} for one in (own, after)]
        )
        self.assertEqual([one._frozen(day)["amount"] for one in suits], [300, 300])
        self._judgment({"principal": 200, "costs": 50}, costs_awarded=True)
        self.assertEqual([one._frozen(day)["amount"] for one in suits], [300, 200])
        found = suits[1]._frozen(day)
        self.assertEqual((found["filed_principal"], found["filed_costs"]), (200, 50))

    # -- measures ----------------------------------------------------------------------

    def test_who_asks_for_a_later_asset_is_told_of_the_better_ones(self):
        rules = self.registry["cobranza.rules"]
        order = AssetOrder(("money", "movable", "wages"), "Art. 1")
        with patch.object(rules, "_asset_order", lambda _self, _on: order):
            wages, money = self._measure("wages"), self._measure("money")
            wages.invalidate_recordset()
            self.assertEqual((wages.rank, money.rank), (3, 1))
            self.assertIn("Art. 1", wages.order_warning)
            self.assertFalse(money.order_warning)
            wages._step("asked", date(2026, 11, 20))
            self.assertIn("Art. 1", wages.state_reason)
            money._step("asked", date(2026, 11, 20))
            wages.invalidate_recordset()
            self.assertFalse(wages.order_warning)

    def test_a_measure_goes_from_known_to_realised_and_each_step_is_an_act(self):
        measure = self._measure("real_estate", value=1000)
        with self.assertRaisesRegex(UserError, "cannot go"):
            measure._step("ordered", date(2026, 11, 20))
        measure._step("asked", date(2026, 11, 18))
        with self.assertRaisesRegex(UserError, "what came before"):
            measure._step("ordered", date(2026, 11, 17))
        with self.assertRaisesRegex(UserError, "not come yet"):
            measure._step("ordered", date(2027, 11, 17))
        measure._step("ordered", date(2026, 11, 19))
        measure._step("registered", date(2026, 11, 20), expires_on="2030-11-20")
        self.assertEqual(str(measure.expires_on), "2030-11-20")
        with self.assertRaisesRegex(UserError, "reason"):
            measure._step("released", date(2026, 11, 20), " ")
        measure._step("realised", date(2026, 11, 20))
        acts = self.case.act_ids.filtered(lambda one: one.kind == "measure")
        self.assertEqual(len(acts), 4)
        with self.assertRaises(UserError):
            measure.asset = "Another one"
        with self.assertRaises(UserError):
            measure.unlink()

    def test_the_end_of_an_entry_is_told_once_for_each_end(self):
        measure = self._measure("real_estate")
        for step in ("asked", "ordered"):
            measure._step(step, date(2026, 11, 20))
        measure._step("registered", date(2026, 11, 20), expires_on="2027-01-10")
        self._upkeep("2026-11-20", times=2)
        self.assertEqual(len(measure.activity_ids), 1)
        self.assertEqual(measure.activity_ids.user_id, measure.user_id)
        measure.activity_ids.action_feedback()
        measure.expires_on = "2027-01-15"
        self._upkeep("2026-11-20", times=2)
        self.assertEqual(len(measure.activity_ids), 1)
        far = self._measure("movable", expires_on="2027-01-10")
        self.assertFalse(far.activity_ids)

    def _upkeep(self, day, times=1):
        with self.at(day):
            for _time in range(times):
                self.env["cobranza.block.case"]._daily(
                    self.company, self.company._cobranza_today()
                )

    def test_a_bond_comes_back_after_it_went(self):
        measure = self._measure(bond_amount=10)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            measure.bond_returned_on = "2026-11-20"
        measure.bond_deposited_on = "2026-11-10"
        bonds = self.env["cobranza.measure"].search([("bond_out", "=", True)])
        self.assertIn(measure, bonds)
        measure.bond_returned_on = "2026-11-20"
        self.assertFalse(measure.bond_out)

    def test_nobody_knows_what_of_wages_may_be_attached_where_no_law_is(self):
        measure = self._measure("wages", wage_net=1000)
        self.assertEqual(measure.wage_attached, 0)
        self.assertIn("not known", measure.wage_words)

    def test_the_dialog_names_its_step_and_warns(self):
        measure = self._measure("wages")
        action = measure.with_context(step="asked").action_step()
        dialog = Form(
            self.env["cobranza.measure.step"].with_context(**action["context"])
        )
        self.assertFalse(dialog.warning)
        dialog.save().action_confirm()
        self.assertEqual(measure.state, "asked")

    # -- judgments ---------------------------------------------------------------------

    def test_what_was_claimed_stands_beside_what_is_granted(self):
        judgment = self._judgment({"principal": 250})
        lines = {one.part: (one.claimed, one.granted) for one in judgment.line_ids}
        self.assertEqual(lines["principal"], (300, 250))
        self.assertEqual(judgment.state, "given")
        with self.assertRaises(UserError):
            judgment.line_ids[0].granted = 1
        with self.assertRaises(UserError):
            judgment.with_user(self.lawyer).line_ids[0].claimed = 1

    def test_what_is_owed_is_what_was_granted_less_what_was_paid_since(self):
        """Claimed 300, granted 250, then 100 paid, 30 credited, costs 60 apart."""
        judgment = self._judgment(
            {"principal": 250, "costs": 60}, day="2026-11-20", costs_awarded=True
        )
        with self.at("2026-11-23"):
            self._register_payment(self.moves[1], amount=100, payment_date="2026-11-23")
            self._credit(self.moves[0], 30, "2026-11-23")
            self.env.invalidate_all()
            self.assertEqual(self.case.amount, 300)
            self.assertEqual((judgment.owed, judgment.owed_costs), (120, 60))
            self.assertEqual(judgment.owed_principal, 120)

    def _credit(self, move, amount, day):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": day})
        )
        wizard.refund_moves()
        credit = wizard.new_move_ids
        credit.invoice_line_ids.price_unit = amount
        credit.action_post()
        lines = (credit | move).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        return credit

    def test_the_rate_that_a_judgment_names_runs_on_what_is_left(self):
        judgment = self._judgment({"principal": 300}, day="2026-11-20", rate=7.3)
        with self.at("2026-11-30"):
            self.env.invalidate_all()
            self.assertEqual(judgment.owed_interest, 0.6)  # 300 × 7.3 % × 10 / 365
            self.assertIn("10 days", judgment.owed_words)

    def test_without_a_judgment_nothing_is_enforced(self):
        today = self.company._cobranza_today()
        self.assertFalse(self.case._judgment_on(today))
        judgment = self._judgment({"principal": 300})
        self.assertEqual(self.case._judgment_on(today), judgment)
        judgment._revoke(today, "The court of appeal")
        self.assertFalse(self.case._judgment_on(today))

    def test_the_day_on_which_it_was_taken_back_is_that_of_the_act(self):
        judgment = self._judgment({"principal": 300}, day="2026-11-20")
        with self.at("2026-11-23"):
            for day in (date(2026, 11, 19), date(2026, 11, 24)):
                with self.assertRaisesRegex(UserError, "given and today"):
                    judgment._revoke(day, "The court of appeal")
            judgment._revoke(date(2026, 11, 21), "The court of appeal")
        act = self.case.act_ids.filtered(lambda one: "Revoked" in one.summary)
        self.assertEqual(
            (str(act.day), act.note), ("2026-11-21", judgment.state_reason)
        )

    def test_a_judgment_needs_its_file_and_days_in_order(self):
        judgment = self.env["cobranza.judgment"].create({"case_id": self.case.id})
        with self.assertRaisesRegex(UserError, "file"):
            judgment.action_give()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            judgment.appeal_on = "2020-01-01"
        with self.assertRaises(ValidationError), self.cr.savepoint():
            judgment.day = "2030-01-01"
        with self.assertRaises(ValidationError), self.cr.savepoint():
            judgment.costs_liquidated = 5
        judgment.action_cancel()
        self.assertEqual(judgment.state, "cancelled")

    # -- what courts bring -------------------------------------------------------------

    def test_money_pays_by_the_order_of_the_law_unless_the_court_says_so(self):
        self._judgment({"principal": 300, "costs": 60}, costs_awarded=True)
        money = self._realisation(200)
        found = {one.part: one.computed for one in money.line_ids}
        self.assertEqual((found["principal"], found["costs"]), (200, 0))
        money.certified = True
        for line in money.line_ids:
            line.certified = {"principal": 140, "costs": 60}.get(line.part, 0)
        self.assertIn("Costs", money.difference_words)
        with self.at("2026-11-23"):
            money.action_done()
            on = date(2026, 11, 23)
            owed = self.case._judgment_on(on)._owed(on)
        self.assertEqual(owed.total.amount, 160)
        self.assertEqual(owed.costs.amount, 0)
        with self.assertRaises(UserError):
            money.amount = 3
        with self.assertRaises(UserError):
            money.line_ids[0].certified = 3

    def test_a_certificate_pays_no_more_than_came_in(self):
        self._judgment({"principal": 300})
        money = self._realisation(100, certified=True)
        line = money.line_ids.filtered(lambda one: one.part == "principal")
        with self.assertRaises(ValidationError):
            line.certified = 101

    def test_what_exceeds_all_is_the_debtors(self):
        self._judgment({"principal": 300})
        self.assertEqual(self._realisation(350).surplus, 50)

    def _paid(self, amount, day):
        with self.at(day):
            self._register_payment(self.moves[0], amount=amount, payment_date=day)
        return self.env["account.payment"].search(
            [("partner_id", "=", self.debtor.partner_id.id), ("amount", "=", amount)],
            limit=1,
        )

    def test_a_payment_that_is_named_is_counted_once(self):
        self._judgment({"principal": 300})
        money = self._realisation(100)
        with self.at("2026-11-24"):
            money.action_done()
        payment = self._paid(90, "2026-11-24")
        self.assertEqual(self._owed("2026-11-24"), 110)
        money.payment_id = payment
        self.assertEqual(self._owed("2026-11-24"), 200)
        money.action_cancel()
        self.assertEqual(self._owed("2026-11-24"), 210)

    def test_the_payment_of_its_day_and_sum_is_found_and_asked_for_until_then(self):
        self._judgment({"principal": 300})
        money, other = self._realisation(100), self._realisation(100)
        with self.at("2026-11-23"):
            (money | other).action_done()
            asked = self.case.activity_ids.filtered("automated")
            self.assertEqual(len(asked), 2)
        payment = self._paid(100, "2026-11-23")
        self.assertEqual(self._owed("2026-11-23"), 100)
        self._upkeep("2026-11-23", times=2)
        self.assertEqual((money.payment_id, bool(other.payment_id)), (payment, False))
        self.assertEqual(self._owed("2026-11-23"), 100)

    def test_a_payment_booked_before_is_not_counted_against_its_own_money(self):
        self._judgment({"principal": 100})
        payment = self._paid(100, "2026-11-22")
        named = self._realisation(100)
        self.assertEqual(self._pays(named), ({"principal": 100}, 0))
        named.payment_id = payment
        self.assertEqual(self._pays(named), ({"principal": 100}, 0))
        named.action_cancel()
        found = self._realisation(100, day="2026-11-22")
        self.assertEqual(self._pays(found), ({"principal": 100}, 0))
        with self.at("2026-11-23"):
            found.action_done()
        self.assertEqual(self._pays(found), ({"principal": 100}, 0))
        self.assertFalse(self.case.activity_ids.filtered("automated"))

    def _pays(self, money):
        computed = {one.part: one.computed for one in money.line_ids if one.computed}
        return computed, money.surplus

    def test_what_was_asked_for_ends_with_the_payment_in_any_language(self):
        self._judgment({"principal": 300})
        for end in ("named", "found", "cancelled"):
            money = self._realisation(100)
            with self.at("2026-11-23"):
                money.with_context(lang="es_ES").action_done()
            task = money.activity_id
            self.assertTrue(task.active and task.automated)
            self._end(money, end)
            self.assertFalse(task.exists().filtered("active"), end)

    def _end(self, money, how):
        if how == "cancelled":
            money.action_cancel()
        elif how == "named":
            accountant = self._role("accountant")
            payment = self._paid(90, "2026-11-24")
            money.with_user(accountant).payment_id = payment
        else:
            self._paid(100, "2026-11-23")
            self._upkeep("2026-11-23")

    def test_money_that_comes_later_is_proposed_and_counted_once(self):
        """Another day, the same sum: counted once at once, a person is asked; the day
        is −5 to +30 around that of the certificate."""
        self._judgment({"principal": 300})
        money = self._realisation(100)
        with self.at("2026-11-23"):
            money.action_done()
        self._paid(100, "2026-12-10")
        self.assertEqual(self._owed("2026-12-10"), 200)
        self._upkeep("2026-12-10", times=2)
        self.assertFalse(money.payment_id)
        self.assertEqual(len(money.proposed_move_ids), 1)
        asked = self.case.activity_ids.filtered(
            lambda one: one.summary == money._whose_words()
        )
        self.assertEqual(len(asked), 1)
        self.assertIn("counted once", asked.note)
        accountant = money.with_user(self._role("accountant"))
        accountant.action_take_proposed()
        self.assertFalse(asked.exists().filtered("active"))
        self.assertEqual(len(money.move_ids), 1)
        self.assertFalse(money.proposed_move_ids)
        self.assertEqual(self._owed("2026-12-10"), 200)

    def test_money_of_the_debtor_of_the_same_sum_counts_once_a_person_says_so(self):
        self._judgment({"principal": 300})
        money = self._realisation(100)
        with self.at("2026-11-23"):
            money.action_done()
        self._paid(100, "2026-12-10")
        self.assertEqual(self._owed("2026-12-10"), 200)
        money.action_refuse_proposed()
        self.assertEqual(self._owed("2026-12-10"), 100)
        self._upkeep("2026-12-10")
        self.assertFalse(money.proposed_move_ids)

    def test_parts_and_sums_of_court_money_count_once(self):
        self._judgment({"principal": 300})
        with self.at("2026-11-24"):
            one, other = self._realisation(60), self._realisation(40, day="2026-11-24")
            (one | other).action_done()
        self._paid(100, "2026-11-28")
        self.assertEqual(self._owed("2026-11-28"), 200)
        self.assertEqual(one.proposed_move_ids, other.proposed_move_ids)
        (one | other).action_take_proposed()
        self.assertEqual(self._owed("2026-11-28"), 200)

    def test_a_bank_line_without_a_payment_is_the_court_s_money_too(self):
        self._judgment({"principal": 300})
        money = self._realisation(100)
        with self.at("2026-11-23"):
            money.action_done()
        journal = self.company_data["default_journal_bank"]
        with self.at("2026-11-26"):
            line = self.env["account.bank.statement.line"].create(
                {
                    "journal_id": journal.id,
                    "date": "2026-11-26",
                    "payment_ref": "JUZGADO",
                    "amount": 100,
                    "partner_id": self.debtor.partner_id.id,
                }
            )
            owed = self.moves[0].line_ids.filtered(
                lambda row: row.account_id.account_type == "asset_receivable"
            )
            booked = line.move_id.line_ids - line._seek_for_lines()[0]
            booked.account_id = owed.account_id
            (booked | owed).reconcile()
        self.assertTrue(owed.reconciled)
        self.assertEqual(self._owed("2026-11-26"), 200)
        self.assertEqual(money.proposed_move_ids, line.move_id)

    def test_another_sum_near_it_is_asked_for_and_counted_beside_it(self):
        self._judgment({"principal": 300})
        money = self._realisation(100)
        with self.at("2026-11-23"):
            money.action_done()
        self._paid(90, "2026-11-24")
        self.assertEqual(self._owed("2026-11-24"), 110)
        self.assertTrue(money.proposed_move_ids)
        self.assertFalse(money.proposed_counts)
        money.action_take_proposed()
        self.assertEqual(self._owed("2026-11-24"), 200)

    def _owed(self, day):
        self.env.invalidate_all()
        on = date.fromisoformat(day)
        return self.case._judgment_on(on)._owed(on).total.amount

    def test_before_a_judgment_it_pays_what_is_claimed(self):
        money = self._realisation(120)
        found = {one.part: one.computed for one in money.line_ids if one.computed}
        self.assertEqual(found, {"principal": 120})

    def test_the_payment_is_registered_by_the_dialog_of_any_payment(self):
        self._judgment({"principal": 300})
        money = self._realisation(100)
        with self.at("2026-11-23"):
            money.action_done()
            action = money.action_register_payment()
        self.assertEqual(action["res_model"], "cobranza.payment.split")
        self.assertEqual(action["context"]["default_amount"], 100)

    # -- who may -----------------------------------------------------------------------

    def test_lawyers_work_on_their_own_cases_only(self):
        measure, judgment = self._measure(), self._judgment({"principal": 300})
        money = self._realisation(10)
        for record in (measure, judgment, judgment.line_ids, money, money.line_ids):
            record.with_user(self.lawyer).read(["display_name"])
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                record.with_user(self.other).read(["display_name"])
            self.assertFalse(record.with_user(self.other).search([]))
        mine = measure.with_user(self.lawyer)
        mine._step("asked", date(2026, 11, 20))
        self.assertEqual(mine.state, "asked")
        with self.assertRaises(AccessError):
            self.env["cobranza.measure"].with_user(self.other).create(
                {"case_id": self.case.id, "asset": "x", "asset_kind": "money"}
            )
        with self.assertRaises(AccessError):
            mine.unlink()

    def test_a_lawyer_does_it_all_alone(self):
        lawyer = self.env["cobranza.judgment"].with_user(self.lawyer)
        judgment = lawyer.create({"case_id": self.case.id, "file_ids": self._file()})
        judgment.action_grant_all()
        judgment.action_give()
        judgment._become_firm(self.company._cobranza_today())
        self.assertEqual(judgment.owed, 300)
        money = (
            self.env["cobranza.realisation"]
            .with_user(self.lawyer)
            .create({"case_id": self.case.id, "amount": 5, "file_ids": self._file()})
        )
        money.action_done()
        self.env.invalidate_all()
        self.assertEqual(judgment.owed, 295)

    def test_collectors_read_and_accountants_name_the_payment(self):
        measure = self._measure()
        money = self._realisation(10)
        collector = self._role("collector")
        with self.assertRaises(AccessError):
            measure.with_user(collector)._step("asked", date(2026, 11, 20))
        with self.assertRaises(AccessError):
            money.with_user(collector).note = "x"
        accountant = self._role("accountant")
        money.with_user(accountant).note = "x"
        with self.assertRaises(AccessError):
            money.with_user(accountant).action_done()

    def test_what_is_erased_leaves_sums_and_days(self):
        measure = self._measure(
            "money", asset="ES91 2100", third_party_id=self.partner_b.id, value=7
        )
        judgment = self._judgment({"principal": 300}, note="secret")
        money = self._realisation(10, note="secret")
        records = (measure, judgment, money)
        for one in records:
            one.sudo()._through_gate()._erase("Erased")
        self.assertEqual((measure.asset, measure.value), ("Erased", 7))
        self.assertFalse(measure.third_party_id or judgment.note or money.note)
        self.assertEqual((judgment.granted, money.amount), (300, 10))

    def test_the_files_of_a_judgment_are_evidence(self):
        judgment = self._judgment({"principal": 300})
        with self.assertRaises(UserError):
            judgment.file_ids.unlink()
