from datetime import date

from odoo import Command
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.case.verdict import CaseVerdict
from odoo.addons.cobranza_legal.models.common.title import UNTITLED

from .common import SpainCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestVerdictSpain(SpainCommon):
    """Which procedures a case may take in Spain, and why not."""

    def _case(self, partner, *amounts, title=None):
        moves = [
            self._invoice(amount=one, due="2026-10-05", partner=partner)
            for one in amounts
        ]
        self._run("2026-11-20")
        debts = self._debts(self.env["account.move"].union(*moves))
        if title:
            debts.sudo().title = title
        return self.env["cobranza.case"].create(
            {"debtor_id": debts.debtor_id.id, "debt_ids": [Command.set(debts.ids)]}
        )

    def _ways(self, case, day=None):
        return {
            one.procedure.code: one
            for one in CaseVerdict(case, day and date.fromisoformat(day)).ways()
        }

    def _open(self, case, day=None):
        ways = self._ways(case, day)
        return {code for code, way in ways.items() if way.standing != "closed"}

    def test_an_invoice_of_a_business(self):
        case = self._case(self.client, 1000)
        ways = self._ways(case)
        self.assertEqual(self._open(case), {"monitorio", "verbal", "notarial"})
        self.assertEqual(ways["monitorio"].fee, 0)
        self.assertFalse(ways["monitorio"].lawyer or ways["verbal"].lawyer)
        self.assertRegex("".join(ways["cambiario"].closed), "title")
        self.assertRegex("".join(ways["ordinario"].closed), "above")

    def test_a_notary_asks_for_a_document_and_no_dispute(self):
        """Ley del Notariado, art. 70: what nobody has proven is no undisputed debt, and
        is not recommended."""
        case = self._case(self.client, 1000)
        with self.at("2026-11-20"):
            dispute = self.env["cobranza.dispute"].create(
                {
                    "debtor_id": case.debtor_id.id,
                    "debt_id": case.debt_ids.id,
                    "reason": "quality",
                    "description": "Broken",
                }
            )
        words = "".join(self._ways(case)["notarial"].closed)
        self.assertRegex(words, "does not dispute")
        dispute.sudo()._through_gate().state = "rejected"
        self.assertIn("notarial", self._open(case))
        self.patch(type(case.debt_ids), "_known_title", lambda _debt: UNTITLED)
        way = self._ways(case)["notarial"]
        self.assertRegex("".join(way.closed), "nobody has said what proves it")
        case.invalidate_recordset()
        self.assertNotEqual(case.recommended_type_id.code, "notarial")

    def test_what_a_consumer_is_not_taken_to(self):
        case = self._case(self.student, 1000)
        case.debtor_id.regime = "consumer"
        self.assertEqual(self._open(case), {"monitorio", "verbal"})

    def test_a_public_body_is_claimed_from_in_its_own_way(self):
        case = self._case(self.council, 1000)
        case.debtor_id.regime = "public"
        self.assertEqual(self._open(case), {"public_claim"})

    def test_the_bands_follow_the_day(self):
        """T17 and T18, by what is claimed: principal and interest."""
        case = self._case(self.client, 12000)
        self.assertIn("verbal", self._open(case))
        before = self._open(case, "2024-03-19")
        self.assertNotIn("verbal", before)
        self.assertIn("ordinario", before)
        self.assertIn("verbal", self._open(case, "2024-03-20"))
        rent = self._case(self.client, 20000, title="lease")
        self.assertIn("verbal", self._open(rent))
        self.assertNotIn("ordinario", self._open(rent))

    def test_a_note_goes_by_its_own_suit_and_needs_its_original(self):
        case = self._case(self.client, 5000, title="promissory_note")
        ways = self._ways(case)
        self.assertEqual(ways["cambiario"].standing, "lacking")
        self.assertTrue(ways["cambiario"].lawyer)
        self.assertFalse(ways["cambiario"].procedure.negotiation)
        self.assertIn("monitorio", set(ways) - self._open(case))

    def test_the_words_name_titles_debts_and_reasons(self):
        case = self._case(self.client, 1000, 500)
        words = str(case.verdict)
        for debt in case.debt_ids:
            self.assertIn(debt.display_name, words)
        for text in ("812", "Not open", "Invoice"):
            self.assertIn(text, words)

    def test_rows_of_the_law_are_archived_and_copied_not_edited(self):
        row = self.env.ref("cobranza_legal_es.procedure_monitorio")
        manager = self._role("manager")
        mine = row.with_user(manager).copy({"code": row.code, "fee": 120})
        self.assertEqual(mine.company_id, self.company)
        on = date(2026, 11, 23)
        found = self.env["cobranza.proceeding.type"]._on(self.company, on)
        self.assertIn(mine.sudo(), found)
        self.assertNotIn(row, found)
