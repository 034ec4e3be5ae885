from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.charging import ChargeCommon
from ..common.refusals import Refusals


@tagged("post_install", "-at_install")
class TestChargeRights(Refusals, ChargeCommon):
    """Figures are evidence; a waiver has a reason, a person and a moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        move = cls._invoice(amount=20000)
        cls._run("2026-10-10")
        with cls.law(fee=cls.schedule()):
            cls.charge = cls._assess_on("2026-10-30", cls._debts(move))[0]

    def test_figures_are_never_edited_and_charges_never_deleted(self):
        charge = self.charge
        collector, manager = self._role("collector"), self._role("manager")
        for records in (charge.with_user(collector), charge.with_user(manager)):
            with self.refuses(UserError, "kept as they were assessed"):
                records.write({"amount": 1})
            with self.assertRaises(AccessError):
                records.unlink()
        with self.refuses(UserError, "never deleted"):
            charge.sudo().unlink()
        with self.assertRaises(AccessError):
            self.env["cobranza.charge"].with_user(manager).create(charge.copy_data()[0])

    def test_waive_and_reinstate_need_a_reason_and_leave_a_trace(self):
        self.company.cobranza_waive_limit = 5000
        collector = self._role("collector")
        charge = self.charge.with_user(collector)
        with self.refuses(UserError, "Give the reason"):
            charge._waive("  ")
        charge._waive("paid by phone on day 20")
        self.assertEqual(charge.state, "waived")
        charge._reinstate("it was another invoice")
        self.assertEqual(charge.state, "assessed")
        charge.invalidate_recordset(["history_ids"])
        reasons = charge.history_ids[:2].mapped("reason")
        self.assertEqual(reasons, ["it was another invoice", "paid by phone on day 20"])
        self.assertEqual(charge.history_ids[0].user_id, collector)

    def test_lawyers_and_approvers_read_charges_and_waive_none(self):
        charge = self.charge
        for role in ("all_lawyer", "approver"):
            own = charge.with_user(self._role(role))
            self.assertTrue(own.amount)
            with self.refuses(AccessError, "Only collectors and accountants"):
                own._waive("not mine to waive")
