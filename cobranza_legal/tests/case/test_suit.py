from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...kernel.judgment import Part
from ...models.case.block import IN_SUIT
from ...models.case.rules import SuitStop
from ...models.mandate.debit_picker import HARMLESS
from ..common.suit import SuitCommon


@tagged("post_install", "-at_install")
class TestSuit(SuitCommon):
    """What a lawsuit that is before a court stops, and how that is undone."""

    def _reasons(self, day="2026-11-27"):
        self._run(day)
        return self.mine.mapped("reason"), set(
            (self.debts - self.mine).mapped("reason")
        )

    def _interruptions(self):
        found = self.env["cobranza.interruption"].search(
            [("debtor_id", "=", self.debtor.id)]
        )
        return found.filtered(lambda one: not one.taken_back_on)

    def _everything(self, everything):
        stop = SuitStop(everything=everything)
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_suit_stops", lambda _rules, _regime: stop)

    def _interrupts(self, since):
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_suit_interrupts", lambda _rules, _procedure: since)

    def test_the_ladder_leaves_sued_debts_alone_with_a_reason_of_its_own(self):
        self._file()
        sued, others = self._reasons()
        self.assertEqual(sued, ["in_suit"] * 2)
        self.assertNotIn("in_suit", others)
        self._end("refused")
        self.assertEqual(self._reasons("2026-11-28")[0], ["in_case"] * 2)

    def test_it_stops_letters_where_a_case_does_not(self):
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_case_stops_letters", lambda *_args: False)
        self.assertNotIn("in_case", self._reasons("2026-11-23")[0])
        self._file()
        self.assertEqual(self.mine.mapped("reason"), ["in_suit"] * 2)  # at once
        self._end("withdrawn")
        self.assertNotIn("in_suit", self.mine.mapped("reason"))

    def test_a_case_that_is_closed_with_a_suit_before_the_court_stops_still(self):
        self._file()
        with self.at("2026-11-25"):
            self.case._end("uncollectible", "No goods")
        self.assertEqual(self._reasons()[0], ["in_suit"] * 2)

    def test_before_a_notary_nobody_is_sued(self):
        self.procedure.nature = "notarial"
        self._file()
        self.assertEqual(self._reasons()[0], ["in_case"] * 2)
        self.assertFalse(self.suit.defendant_ids)

    def test_everything_stops_once_it_is_served_where_the_law_says_so(self):
        self._everything(True)
        self._file()
        self.assertFalse(self.debtor.sued_on)
        self._serve()
        self.assertEqual(str(self.debtor.sued_on), "2026-11-25")
        self.assertEqual(self._reasons()[1], {"sued"})
        self._end("withdrawn")
        self.assertFalse(self.debtor.sued_on)
        self.assertNotIn("sued", self._reasons("2026-11-28")[1])

    def test_what_a_person_wrote_of_the_debtor_stays(self):
        self._everything(True)
        self.debtor.sued_on = "2026-10-01"
        self._file()
        self._serve()
        self._end("withdrawn")
        self.assertEqual(str(self.debtor.sued_on), "2026-10-01")

    def test_one_of_two_suits_is_withdrawn(self):
        self._everything(True)
        second = self._suit(self._opened(debts=self.debts[2:3]))
        for suit, day in ((self.suit, "2026-11-25"), (second, "2026-11-26")):
            self._file("2026-11-24", suit)
            self._serve(day, suit)
        self.assertEqual(str(self.debtor.sued_on), "2026-11-25")
        self._end("withdrawn", "2026-11-27")
        self.assertEqual(str(self.debtor.sued_on), "2026-11-26")
        self.assertEqual(self.debts[2].reason, "sued")

    def test_elsewhere_only_what_is_claimed_stops(self):
        self._everything(False)
        self._file()
        self._serve()
        self.assertFalse(self.debtor.sued_on)

    # -- on one day --------------------------------------------------------------------

    def _planned(self, debts):
        contacts = self.env["cobranza.contact"].search(
            [("state", "=", "planned"), ("line_ids.debt_id", "in", debts.ids)]
        )
        return contacts.filtered(lambda one: one.direction == "outbound")

    def test_letters_planned_on_the_day_of_the_filing_in_both_orders(self):
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_case_stops_letters", lambda *_args: False)
        self._run("2026-11-24")
        planned = self._planned(self.mine)
        self.assertTrue(planned)
        self._file("2026-11-24")
        self.assertFalse(self._planned(self.mine))
        left = planned.filtered(lambda one: one.state == "planned")
        self.assertFalse(left.line_ids.debt_id & self.mine)
        self._end("withdrawn", "2026-11-24")
        self._file("2026-11-25", self._suit(self.case))
        self._run("2026-11-25")
        self.assertFalse(self._planned(self.mine))

    def test_a_payment_on_the_day_of_the_filing_in_both_orders(self):
        court = self.env["cobranza.court"].create({"name": "Court"})
        day = self._day("2026-11-24")
        mine = self.suit.with_user(self.lawyer)
        with self.at("2026-11-24"):
            self._register_payment(self.moves[0], amount=40, payment_date=day)
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "Work out the claim"):
                mine._file(day, court)
            self.case.with_user(self.lawyer).action_claim_anew()
            self.assertEqual(self.case.amount, 260)
            self.assertNotIn("Work out", "".join(mine._filing_problems(day)))
        self._file("2026-11-24")
        with self.at("2026-11-24"):
            self.assertEqual(self._owed_principal(day), 260)
            self._register_payment(self.moves[1], amount=50, payment_date=day)
            self.env.invalidate_all()
            self.assertEqual(self.case.amount, 260)
            self.assertEqual(self._owed_principal(day), 210)
            with self.assertRaises(UserError):
                self.case.with_user(self.lawyer).action_claim_anew()
        later = self._day("2026-11-26")
        with self.at("2026-11-26"):
            self._register_payment(self.moves[1], amount=10, payment_date=later)
            self.env.invalidate_all()
            self.assertEqual(self._owed_principal(later), 200)

    def _owed_principal(self, day):
        return self.case._owed_parts(day)[Part.PRINCIPAL].amount

    # -- what others have in hand ------------------------------------------------------

    def test_no_agency_gets_what_is_sued_and_no_debit_takes_it(self):
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_case_stops_letters", lambda *_args: False)
        self._file()
        with self.at("2026-11-25"):
            placements = self.env["cobranza.placement"]
            self.assertFalse(placements._free_debts(self.mine))
            self.assertTrue(placements._free_debts(self.debts - self.mine))
            today = self.company._cobranza_today()
            book = self.env["cobranza.run"].sudo()._book(self.company, today)
            found = book.collect(self.debtor.ids)
            barred = {row.id for row in found.rows if IN_SUIT in row.blockers}
        # what a debit is not taken for: ``DebitPicker.stops`` reads these
        self.assertEqual(barred, set(self.mine.ids))
        self.assertNotIn(IN_SUIT, HARMLESS)

    def test_an_agreement_over_what_is_sued_is_told_to_its_lawyer_once(self):
        agreement = self.env["cobranza.agreement"].create(
            {"debtor_id": self.debtor.id, "debt_ids": [(6, 0, self.mine.ids)]}
        )
        agreement._through_gate().state = "signed"
        day = self._day("2026-11-25")
        cases = self.env["cobranza.case"].sudo()
        cases._tell_agreed(self.company, day)
        self.assertFalse(self.case.activity_ids)
        self._file()
        for _time in range(2):
            cases._tell_agreed(self.company, day)
        [task] = self.case.activity_ids
        self.assertIn(agreement.name, task.summary)
        self.assertEqual(task.user_id, self.lawyer)

    # -- limitation --------------------------------------------------------------------

    def test_filing_interrupts_against_each_who_is_sued(self):
        self._interrupts("filed")
        surety = self.env["cobranza.obligor"].create(
            {
                "debtor_id": self.debtor.id,
                "partner_id": self.partner_b.id,
                "capacity": "guarantor",
            }
        )
        case = self.env["cobranza.case"].sudo()._through_gate().browse(self.case.id)
        case.obligor_ids = surety
        self._file()
        found = self._interruptions()
        self.assertEqual(set(found.mapped("kind")), {"suit"})
        self.assertEqual({str(one.day) for one in found}, {"2026-11-24"})
        self.assertEqual(found.debt_ids, self.mine)
        people = [one.partner_id for one in found.sorted("partner_id")]
        self.assertEqual(people.count(self.partner_b), 1)
        self.assertEqual(len(found), 2)
        self.env["cobranza.proceeding"]._judge_suits_daily(self.company)
        self.assertEqual(self._interruptions(), found)
        self._end("granted")
        self.assertEqual(self._interruptions(), found)
        self.assertEqual({str(one.ended_on) for one in found}, {"2026-11-26"})

    def test_where_only_service_counts_each_is_interrupted_on_its_own_day(self):
        self._file()
        self.assertFalse(self._interruptions())
        self._serve("2026-11-25")
        self.assertEqual(
            [str(one.day) for one in self._interruptions()], ["2026-11-25"]
        )

    def test_filed_and_served_on_one_day(self):
        self._file("2026-11-25")
        self._serve("2026-11-25")
        self.assertEqual(len(self._interruptions()), 1)
        for day, words in (("2026-11-24", "before"), ("2026-11-26", "not come")):
            with self.at("2026-11-25"), self.assertRaisesRegex(UserError, words):
                self.suit._serve(self.suit.defendant_ids, self._day(day))

    def _day(self, day):
        return self.env["cobranza.proceeding"]._fields["filed_on"].to_date(day)

    def test_a_suit_that_is_withdrawn_has_interrupted_nothing_unless_the_law_says(self):
        self._interrupts("filed")
        self._file()
        taken = self._interruptions()
        self._end("withdrawn")
        self.assertFalse(self._interruptions())
        self.assertEqual(taken.taken_back_reason, "Why")
        with self.at("2026-11-27"):
            self.suit._set_state("filed", outcome=False, ended_on=False)
        again = self._interruptions()
        self.assertEqual(str(again.day), "2026-11-24")
        self.assertFalse(again.ended_on)
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_withdrawn_suit_interrupts", lambda _rules: True)
        self._end("withdrawn", "2026-11-28")
        self.assertEqual(self._interruptions(), again)

    def test_what_only_prepares_a_suit_interrupts_nothing(self):
        self.procedure.nature = "preparatory"
        self._file()
        self.assertEqual(self._reasons()[0], ["in_suit"] * 2)
        self._serve("2026-11-27")
        self.assertFalse(self._interruptions())

    def test_the_stage_of_the_notice_serves_the_debtor(self):
        stage = self.env["cobranza.proceeding.stage"].create(
            {
                "code": "called",
                "name": "Called",
                "procedure_code": "own",
                "company_id": self.company.id,
            }
        )
        self._file()
        day = {"stage_id": stage.id, "stage_on": "2026-11-25"}
        self.suit._through_gate().write(day)
        self.suit.sudo()._judge_suits()
        self.assertFalse(self.suit.defendant_ids.served_on)
        stage.serves = True
        self.env["cobranza.block.case"]._daily(self.company, self._day("2026-11-26"))
        self.assertEqual(str(self.suit.defendant_ids.served_on), "2026-11-25")
        self.assertEqual(len(self._interruptions()), 1)

    # -- who may -----------------------------------------------------------------------

    def test_only_who_works_on_it_says_who_was_served(self):
        self._file()
        who = self.suit.defendant_ids
        with self.at("2026-11-25"), self.assertRaises(AccessError):
            self.suit.with_user(self.other)._serve(who, self.company._cobranza_today())
        with self.assertRaises(AccessError):
            who.with_user(self.other).read(["served_on"])
        for user in (self.lawyer, self._role("collector")):
            with self.assertRaises(AccessError):
                who.with_user(user).write({"served_on": "2026-11-24"})
        with self.assertRaises(UserError):
            self._interruptions_of_rpc()

    def _interruptions_of_rpc(self):
        self._interrupts("filed")
        self.suit.sudo()._judge_suits()
        found = self._interruptions().with_user(self._role("manager"))
        found.write({"defendant_id": False})

    def test_the_dialog_serves_those_who_wait(self):
        self._file()
        with self.at("2026-11-25"):
            action = self.suit.with_user(self.lawyer).action_serve()
            dialog = self.env["cobranza.suit.serve"].with_user(self.lawyer)
            dialog = dialog.with_context(**action["context"]).create({})
            self.assertEqual(dialog.defendant_ids, self.suit.defendant_ids)
            dialog.action_confirm()
        self.assertEqual(str(self.suit.defendant_ids.served_on), "2026-11-25")
        self.assertFalse(self.suit.unserved_count)
