from odoo import Command
from odoo.tests import tagged

from .common import ChileCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInsolvencyChile(ChileCommon):
    """Ley 20.720: 30 working days in a liquidation, 15 in a reorganisation."""

    def test_working_days_from_the_publication(self):
        buyer = self._person("Ferretería Sur Ltda.", "76192083-9", is_company=True)
        move = self._bill(1000000, "2026-09-05", buyer)
        self._run("2026-11-20")
        debt = self._debts(move)
        debtor = debt.debtor_id
        claim = self.env["cobranza.insolvency.claim"].create(
            {"debtor_id": debtor.id, "debt_ids": [Command.set(debt.ids)]}
        )
        claim.published_on = "2026-11-20"
        days = {
            "liquidation": "2026-12-28",
            "reorganisation": "2026-12-09",
            False: "2026-12-09",  # nobody knows: the shorter one
            "renegotiation": "False",
        }
        for kind, due in days.items():
            debtor.write({"insolvent_on": "2026-11-20", "insolvency_kind": kind})
            self.env.flush_all()
            self.assertEqual(str(claim.due_on), due, kind)

    def test_executions_are_barred_by_each_kind(self):
        rules = self.company._cobranza_rules()
        executive = self.env.ref("cobranza_legal_cl.procedure_executive")
        notice = self.env.ref("cobranza_legal_cl.procedure_invoice_notice")
        for kind, article in (
            ("reorganisation", "57"),
            ("liquidation", "135"),
            ("renegotiation", "264"),
            (False, "135"),
        ):
            self.assertIn(article, rules._insolvency_bars(executive, kind))
            self.assertIsNone(rules._insolvency_bars(notice, kind))
