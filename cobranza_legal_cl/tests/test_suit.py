from odoo import Command
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.limitation.reader import LimitationReader

from .common import ChileCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSuitChile(ChileCommon):
    """A lawsuit in Chile: what it stops, and what it does to limitation."""

    def _sued(self, regime, code="executive"):
        buyer = self._person("Ferretería Sur Ltda.", "76192083-9", is_company=True)
        moves = [
            self._bill(1000000, due, buyer) for due in ("2025-12-05", "2026-01-05")
        ]
        self._run("2026-02-10")
        self.debt, self.other = self._debts(moves[0] | moves[1]).sorted(
            "original_due_date"
        )
        self.debtor = self.debt.debtor_id
        self.debtor.regime = regime
        self.debt.sudo().claim_kind = "commercial"
        about = {"debtor_id": self.debtor.id, "debt_ids": [Command.set(self.debt.ids)]}
        case = self.env["cobranza.case"].create(about)
        case._set_state("review", handed_on="2026-02-10")
        case._set_state("open", opened_on="2026-02-10")
        kinds = self.env["cobranza.proceeding.type"].search([("code", "=", code)])
        self.suit = self.env["cobranza.proceeding"].create(
            {"case_id": case.id, "type_id": kinds[:1].id}
        )
        with self.at("2026-11-20"):
            self.suit._set_state("filed", filed_on="2026-11-20")

    def _serve(self, day):
        with self.at(day):
            self.suit._serve(self.suit.defendant_ids, self.company._cobranza_today())

    def _until(self, day="2026-12-10"):
        with self.at(day):
            found = LimitationReader(self.company.sudo()).answers(self.debt)
        return {one.found.term.action: str(one.last.on) for one in found[self.debt.id]}

    def test_only_its_service_interrupts(self):
        """CC 2503 N° 1; the executive action of an invoice due 2025-12-05 ends on
        2026-12-05 (Ley 19.983 art. 10)."""
        self._sued("company")
        before = {"executive": "2026-12-05", "ordinary": "2029-12-05"}
        self.assertEqual(self._until(), before)
        self._serve("2026-12-05")
        self.assertEqual(self._until(), {"executive": "None", "ordinary": "None"})
        with self.at("2026-12-10"):
            ended = {"outcome": "withdrawn", "ended_on": "2026-12-10"}
            self.suit._set_state("ended", "Withdrawn", **ended)
        self.assertEqual(self._until(), before)

    def test_served_a_day_too_late_the_executive_action_is_lost(self):
        self._sued("company")
        self._serve("2026-12-06")
        found = self._until()
        self.assertEqual(found, {"executive": "2026-12-05", "ordinary": "None"})

    def test_of_a_consumer_all_collection_ends_with_the_service(self):
        self._sued("consumer")
        self._run("2026-11-21")
        self.assertEqual(self.debt.reason, "in_suit")
        self.assertNotIn(self.other.reason, ("in_suit", "sued"))
        self._serve("2026-11-23")
        self.assertEqual(str(self.debtor.sued_on), "2026-11-23")
        self._run("2026-11-24")
        self.assertEqual(self.other.reason, "sued")
        with self.at("2026-11-24"):
            laws = self.company._cobranza_rules()._reason_articles(
                "consumer", self.company._cobranza_today()
            )
        self.assertIn("inc. 14", laws["in_suit"])

    def test_of_a_company_only_what_is_claimed_stops(self):
        self._sued("company")
        self._serve("2026-11-23")
        self._run("2026-11-24")
        self.assertEqual(self.debt.reason, "in_suit")
        self.assertFalse(self.debtor.sued_on)
        self.assertNotIn(self.other.reason, ("in_suit", "sued"))
