from odoo import Command
from odoo.tests import tagged

from .common import SpainCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInsolvencySpain(SpainCommon):
    """T38: published in the BOE on 2026-10-01, the credit is told until 2026-11-01."""

    def test_one_month_from_the_publication(self):
        move = self._invoice(amount=650, due="2026-09-05", partner=self.client)
        self._run("2026-10-01")
        debt = self._debts(move)
        debt.debtor_id.insolvent_on = "2026-09-30"
        claim = self.env["cobranza.insolvency.claim"].create(
            {"debtor_id": debt.debtor_id.id, "debt_ids": [Command.set(debt.ids)]}
        )
        claim.published_on = "2026-10-01"
        self.assertEqual(str(claim.due_on), "2026-11-01")  # a Sunday: the earlier one
        self.assertIn("TRLC", claim.due_words)
        claim.published_on = "2027-01-31"
        self.assertEqual(str(claim.due_on), "2027-02-28")
        claim.published_on = "2019-01-31"  # no figure of that time
        self.assertFalse(claim.due_on)
        self.assertIn("es.insolvency", claim.due_words)

    def test_only_executions_are_barred(self):
        rules = self.company._cobranza_rules()
        for code, barred in (
            ("enforcement", True),
            ("deed_execution", True),
            ("verbal", False),
        ):
            kind = self.env.ref(f"cobranza_legal_es.procedure_{code}")
            found = rules._insolvency_bars(kind, False)
            self.assertEqual(found == "TRLC, arts. 142 y 143", barred, code)
