from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...kernel.dunning import Reason
from ..common.base import CobranzaCommon
from ..common.refusals import Refusals


@tagged("post_install", "-at_install")
class TestHold(Refusals, CobranzaCommon):
    """A hold stops us for a debtor or for some debts, and says who, when and why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls._invoice() + cls._invoice(amount=500)
        cls.other = cls._invoice(partner=cls.partner_b)
        cls._run("2026-10-10")
        cls.debts = cls._debts(cls.moves)
        cls.debtor = cls.debts.debtor_id

    def _hold(self, **vals):
        values = {"debtor_id": self.debtor.id, "date_from": "2026-10-10", **vals}
        return self.env["cobranza.hold"].create(values)

    def _blocking(self, day="2026-10-12"):
        debtors = (self.debts | self._debts(self.other)).debtor_id
        return self.env["cobranza.hold"]._blocking(self.company, debtors.ids, day)

    def test_a_hold_without_debts_stops_the_whole_debtor(self):
        self._hold(reason="internal")
        found = self._blocking()
        self.assertEqual(found.debtors, {self.debtor.id: (Reason.ON_HOLD,)})
        self.assertFalse(found.debts)

    def test_a_hold_on_a_debt_leaves_the_others_alone(self):
        self._hold(reason="internal", debt_ids=self.debts[0].ids)
        found = self._blocking()
        self.assertEqual(found.debts, {self.debts[0].id: (Reason.ON_HOLD,)})
        self.assertFalse(found.debtors)

    def test_every_reason_of_a_hold_stops_with_a_reason_of_the_engine(self):
        for value, row in self.env["cobranza.hold.reason"]._by_code().items():
            hold = self._hold(reason=value)
            reason = row.reason
            self.assertEqual(hold._kernel_reason(), reason)
            self.assertEqual(self._blocking().debtors[self.debtor.id], (reason,))
            hold._release("next one")

    def test_a_hold_holds_from_its_first_to_its_last_day(self):
        self._hold(date_from="2026-10-11", date_to="2026-10-13")
        days = {"2026-10-10": 0, "2026-10-11": 1, "2026-10-13": 1, "2026-10-14": 0}
        for day, count in days.items():
            self.assertEqual(len(self._blocking(day).debtors), count, day)

    def test_blocking_asks_once_for_any_number_of_debtors(self):
        self._hold()
        hold = self.env["cobranza.hold"]
        hold.flush_model()
        with self.assertQueryCount(1):
            hold._blocking(self.company, self.debtor.ids, "2026-10-12")
        with self.assertQueryCount(1):
            hold._blocking(self.company, list(range(1, 500)), "2026-10-12")

    def test_the_run_leaves_a_held_debt_alone_and_goes_on_after_release(self):
        hold = self._hold(debt_ids=self.debts[0].ids)
        self._run("2026-10-11")
        self.assertEqual(self.debts[0].reason, "on_hold")
        self.assertNotEqual(self.debts[1].reason, "on_hold")
        hold._release("cleared up")
        self._run("2026-10-12")
        self.assertNotEqual(self.debts[0].reason, "on_hold")

    def test_every_change_wakes_the_debtor_up(self):
        hold = self._hold(date_to="2026-10-30")
        changes = (
            lambda: hold.write({"date_to": "2026-11-05"}),
            lambda: hold.write({"debt_ids": [(4, self.debts[0].id)]}),
            lambda: hold._release("done"),
            lambda: self._hold(),
        )
        for change in changes:
            self._sleep()
            change()
            self.assertFalse(self.debtor.review_on)

    def _sleep(self):
        self.debtor.flush_recordset()
        self.debtor._forget_touches(self.company)  # as if it were committed
        self.debtor.sudo().review_on = "2027-01-01"
        self.debtor.flush_recordset()

    def test_history_tells_who_did_what_when_and_why(self):
        collector = self._role("collector")
        with self.at("2026-10-12"):
            hold = self._hold().with_user(collector)
            hold.date_to = "2026-10-20"
            hold._release("the debtor called")
            hold.invalidate_recordset(["history_ids"])
            rows = hold.history_ids
        self.assertEqual(rows.user_id, collector | self.env.user)
        self.assertEqual(rows[0].change, "Lifted")
        self.assertEqual(rows[0].reason, "the debtor called")
        self.assertIn("2026-10-20", rows[1].change)
        self.assertEqual(str(rows[0].moment), "2026-10-12 12:00:00")

    def test_history_is_append_only_even_for_the_manager(self):
        row = self._hold().history_ids[:1]
        with self.assertRaises(AccessError):
            row.unlink()
        for records in (row, row.sudo()):
            with self.refuses(UserError, "never changed"):
                records.write({"reason": "another"})
        with self.refuses(UserError, "never deleted"):
            row.sudo().unlink()

    def test_a_released_hold_cannot_be_edited_or_opened_again(self):
        hold = self._hold()
        hold._release("done")
        with self.refuses(UserError, "closed and kept"):
            hold.date_to = "2026-12-01"
        with self.refuses(UserError, "through its buttons"):
            hold.state = "open"
        with self.assertRaises(UserError):
            hold._set_state("expired")
        hold.note = "a later remark"

    def test_a_hold_refuses_the_debt_of_another_debtor(self):
        with self.refuses(ValidationError, "is not a debt of"):
            self._hold(debt_ids=self._debts(self.other).ids)

    def test_a_collector_releases_through_the_wizard_and_a_lawyer_cannot(self):
        hold = self._hold()
        wizard = {"act": "hold", "record_ids": hold.ids, "reason": "paid by transfer"}
        lawyer, collector = self._role("all_lawyer"), self._role("collector")
        with self.assertRaises(AccessError):
            self.env["cobranza.reason"].with_user(lawyer).create(wizard)
        with self.assertRaises(AccessError):
            hold.with_user(lawyer)._release("no right")
        release = self.env["cobranza.reason"].with_user(collector)
        release.create(wizard).action_confirm()
        self.assertEqual(hold.state, "released")
        self.assertEqual(hold.released_by_id, collector)
        with self.assertRaises(AccessError):
            hold.with_user(collector).unlink()
