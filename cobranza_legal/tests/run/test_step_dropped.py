from odoo.tests import tagged

from ..common.base import CobranzaCommon


@tagged("post_install", "-at_install")
class TestStepDropped(CobranzaCommon):
    def test_one_debt_is_stopped_on_the_day_on_which_another_goes_on(self):
        invoices = [self._invoice(), self._invoice(partner=self.partner_b)]
        self._run("2026-10-10")
        first, second = (self._debts(invoice) for invoice in invoices)
        with self.at("2026-10-11"):
            dispute = self._dispute(first)
        self._run("2026-10-11")
        self.assertTrue(first.step_dropped)
        with self.at("2026-10-12"):
            dispute._set_state("withdrawn", "paid after all")
            self._dispute(second)
        self._run("2026-10-12")
        self.env.flush_all()
        self.assertEqual((first.step_dropped, second.step_dropped), (False, True))

    def _dispute(self, debt):
        return self.env["cobranza.dispute"].create(
            {"debtor_id": debt.debtor_id.id, "debt_id": debt.id, "reason": "price"}
        )
