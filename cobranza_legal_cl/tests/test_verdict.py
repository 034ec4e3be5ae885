from datetime import date

from odoo import Command
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.case.verdict import CaseVerdict

from .common import ChileCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestVerdictChile(ChileCommon):
    """Which procedures a case may take in Chile: bands in UTM, titles."""

    def _case(self, amount, title=None):
        move = self._bill(amount, "2026-10-05")
        self._run("2026-11-20")
        debts = self._debts(move)
        debts.debtor_id.write({"regime": "company", "regime_stated": True})
        if title:
            debts.sudo().title = title
        return self.env["cobranza.case"].create(
            {"debtor_id": debts.debtor_id.id, "debt_ids": [Command.set(debts.ids)]}
        )

    def _ways(self, case):
        return {one.procedure.code: one for one in CaseVerdict(case).ways()}

    def test_bands_are_of_the_utm_of_the_day(self):
        self._utm()
        for amount, band in (
            (600_000, "minima"),
            (30_000_000, "menor"),
            (36_000_000, "mayor"),
        ):
            ways = self._ways(self._case(amount))
            self.assertEqual(
                {
                    code
                    for code in ("minima", "menor", "mayor")
                    if ways[code].standing != "closed"
                },
                {band},
                amount,
            )

    def _utm(self):
        parameter = self.env.ref("cobranza_legal_cl.parameter_utm")
        values = self.env["cobranza.parameter.value"]
        values.create(
            {
                "parameter_id": parameter.id,
                "date_from": "2026-11-01",
                "date_to": "2026-11-30",
                "value": 70000,
                "source": "Test",
                "reason": "Test",
            }
        )

    def test_without_the_utm_its_procedures_are_closed_and_say_so(self):
        case = self._case(600_000)
        on = date(2030, 1, 1)
        ways = {one.procedure.code: one for one in CaseVerdict(case, on).ways()}
        self.assertEqual(ways["minima"].standing, "closed")
        self.assertIn("cl.utm", "".join(ways["minima"].closed))

    def test_an_invoice_is_made_a_title_first_and_a_note_is_one(self):
        self._utm()
        ways = self._ways(self._case(600_000))
        self.assertNotEqual(ways["invoice_notice"].standing, "closed")
        self.assertEqual(ways["executive"].standing, "closed")
        ways = self._ways(self._case(600_000, title="promissory_note"))
        self.assertEqual(ways["executive"].standing, "lacking")
        self.assertEqual(ways["lease_order"].standing, "closed")
