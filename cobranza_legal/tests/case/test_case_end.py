from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.suit import SuitCommon


@tagged("post_install", "-at_install")
class TestCaseEnd(SuitCommon):
    """What follows from the end of a case is said before, and happens."""

    def _dialog(self, outcome, case=None):
        ends = self.env["cobranza.case.end"].with_user(self.lawyer)
        return ends.create({"case_ids": (case or self.case).ids, "outcome": outcome})

    def _agreement(self, debts=None, state="signed"):
        agreement = self.env["cobranza.agreement"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": [(6, 0, (debts or self.mine).ids)],
            }
        )
        agreement.sudo()._through_gate().state = state
        return agreement

    def test_settled_means_an_agreement_that_was_signed_or_a_reason(self):
        dialog = self._dialog("settled")
        self.assertTrue(dialog.lacks_agreement)
        with self.assertRaisesRegex(UserError, "agreement"):
            dialog.action_confirm()
        draft = self._agreement(state="offered")
        with self.assertRaisesRegex(UserError, "agreement"):
            dialog.action_confirm()
        draft.sudo()._through_gate().state = "cancelled"
        self._agreement(self.mine[:1])
        with self.assertRaisesRegex(UserError, "agreement"):  # not over all of it
            dialog.action_confirm()
        self.assertEqual(self.case.state, "open")
        dialog.reason = "Paid in kind"
        dialog.action_confirm()
        self.assertEqual((self.case.state, self.case.outcome), ("closed", "settled"))

    def test_the_agreement_stands_for_the_reason(self):
        agreement = self._agreement()
        dialog = self._dialog("settled")
        self.assertFalse(dialog.lacks_agreement)
        self.assertIn("takes over", dialog.follows)
        dialog.action_confirm()
        self.assertIn(agreement.display_name, self.case.state_reason)

    def test_what_is_paid_after_a_settlement_came_of_the_case(self):
        """Until another case has the debts; what is paid after a case that ended
        otherwise did not come of it."""
        for outcome, recovered in (("settled", 60), ("uncollectible", 30)):
            with self.subTest(outcome), self.env.cr.savepoint() as point:
                self._pay("2026-11-24", 30)
                with self.at("2026-11-25"):
                    self.case._end(outcome, "Agreed")
                self._pay("2026-12-20", 30)
                self.assertEqual(self.case.recovered, recovered)
                with self.at("2027-01-10"):
                    again = self._handed(self.mine)
                self._pay("2027-01-10", 15)
                self.env.invalidate_all()
                self.assertEqual(self.case.recovered, recovered)
                self.assertEqual(again.recovered, 15)
                point.rollback()

    def _pay(self, day, amount):
        with self.at(day):
            self._register_payment(self.moves[0], amount=amount, payment_date=day)
        self.env.invalidate_all()

    def test_an_agreement_is_prepared_over_what_is_open(self):
        action = self._dialog("settled").action_agree()
        self.assertEqual(action["context"]["default_debt_ids"], self.mine.ids)

    def test_it_says_what_follows(self):
        self._file()
        self.env["cobranza.cost"].create(
            {
                "debtor_id": self.debtor.id,
                "case_id": self.case.id,
                "description": "Notary",
                "amount": 35,
                "attachment_ids": [(0, 0, {"name": "x", "raw": b"x"})],
            }
        )
        self.mine.sudo().limitation_on = "2027-01-05"
        follows = self._dialog("uncollectible").follows
        for words in ("before the court still", "2 debts go back", "35", "01/05/2027"):
            self.assertIn(words, follows.replace("\xa0", " "))
        self.assertNotIn("go back", self._dialog("recovered").follows)

    def test_what_is_withdrawn_goes_back_to_its_level(self):
        levels = self.mine.mapped("level")
        self._file()
        self._end("withdrawn")
        with self.at("2026-11-26"):
            self.case._end("taken_back", "We go on ourselves")
        self._run("2026-11-26")
        self.assertEqual(self.mine.mapped("level"), levels)
        self.assertFalse({"in_case", "in_suit"} & set(self.mine.mapped("reason")))

    def test_the_last_judgment_says_who_pays_the_costs_of_the_suit(self):
        cost = self.env["cobranza.cost"].create(
            {
                "debtor_id": self.debtor.id,
                "case_id": self.case.id,
                "kind": "court_fee",
                "description": "Fee",
                "amount": 35,
                "attachment_ids": [(0, 0, {"name": "x", "raw": b"x"})],
            }
        )
        self.assertFalse(self.case._costs_awarded())
        judgments = self.env["cobranza.judgment"].sudo()._through_gate()
        for day, awarded in (("2026-11-20", True), ("2026-11-22", False)):
            given = judgments.create(
                {"case_id": self.case.id, "day": day, "costs_awarded": awarded}
            )
            with patch.object(type(given), "_on_state", lambda *_args: None):
                given._set_state("given")
            self.env.invalidate_all()
            self.assertEqual(self.case._costs_awarded() == cost, awarded, day)
