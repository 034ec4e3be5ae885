from datetime import date

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.case.verdict import CaseVerdict

from .common import SpainCommon

POSTED = "2026-11-21 10:00:00"
ARRIVED = "2026-11-23 10:00:00"
CERTIFIED = "2026-11-24 10:00:00"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestNegotiationSpain(SpainCommon):
    """The attempt to negotiate before a lawsuit: LO 1/2025 (T20)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"cobranza_mode": "automatic", "cobranza_bank_guard_days": 0})
        move = cls._invoice(
            amount=650, partner=cls.student, due="2026-10-05", invoice_date="2026-09-05"
        )
        cls._run("2026-11-20")
        cls.debts = cls._debts(move)
        cls.case = cls.env["cobranza.case"].create(
            {
                "debtor_id": cls.debts.debtor_id.id,
                "debt_ids": [Command.set(cls.debts.ids)],
            }
        )

    def _lacks(self, day, code="monitorio"):
        """What lacks on a day for a procedure, besides documents."""
        rules = self.company._cobranza_rules()
        on = date.fromisoformat(day)
        row = {
            way.procedure.code: way.procedure for way in CaseVerdict(self.case).ways()
        }[code]
        return rules._negotiation_lacks(self.case, row, on) if row.negotiation else []

    def _gathered(self):
        self.env["cobranza.negotiation"]._gather(self.company)
        self.env.invalidate_all()
        return self.debts.debtor_id.negotiation_ids

    def _invited(self, *events):
        contact = self._letter(self.debts, POSTED, "burofax", "burofax")
        for kind, moment in events:
            self._happens(contact, kind, moment)
        return contact

    def test_from_its_reception_thirty_days_and_a_year(self):
        self.assertIn("Nobody was invited", self._lacks("2026-12-24")[0])
        self._invited(("delivered", ARRIVED), ("content_certified", CERTIFIED))
        found = self._gathered()
        self.assertEqual(len(found), 1)
        self.assertEqual(str(found.party_ids.received_on), "2026-11-23")
        for day, open_ in (
            ("2026-12-23", False),
            ("2026-12-24", True),
            ("2027-11-23", True),
            ("2027-11-24", False),
        ):
            self.assertEqual(not self._lacks(day), open_, day)
        self.assertEqual(self._gathered(), found)
        self.assertEqual(len(found.party_ids), 1)

    def test_an_absent_addressee_interrupts_limitation_and_opens_nothing(self):
        contact = self._invited(("notice_left", ARRIVED))
        effects = {one.kind: one.standing for one in contact.effect_ids}
        self.assertEqual(effects["interruption"], "yes")
        self._gathered()
        self.assertIn("not proven", self._lacks("2027-02-01")[0])

    def test_everybody_who_owes_the_whole_is_invited(self):
        self._invited(("delivered", ARRIVED), ("content_certified", CERTIFIED))
        self._gathered()
        other = self._partner("Madre de Lucía")
        self._guarantee(self.debts.debtor_id, other, capacity="co_debtor")
        self.assertIn("Madre", self._lacks("2026-12-24")[0])
        self._guarantee(self.debts.debtor_id, self.client, capacity="guarantor")
        found = self.debts.debtor_id.negotiation_ids
        found.party_ids.create({"negotiation_id": found.id, "partner_id": other.id})
        self.assertIn("not proven", self._lacks("2026-12-24")[0])

    def test_what_is_sworn_has_its_file(self):
        self._invited(("delivered", ARRIVED))
        party = self._gathered().party_ids
        with self.assertRaisesRegex(ValidationError, "sworn statement"):
            party.sworn_on = "2026-11-23"
            self.env.flush_all()

    def test_an_answer_stops_the_days_until_its_end(self):
        self._invited(("delivered", ARRIVED), ("content_certified", CERTIFIED))
        found = self._gathered()
        with self.at("2026-12-10"):
            found.answered_on = "2026-12-01"
            self.assertTrue(self._lacks("2026-12-24"))
            found.ended_on = "2026-12-10"
            self.assertFalse(self._lacks("2026-12-24"))

    def test_suits_on_bills_and_public_bodies_need_none(self):
        self.assertFalse(self._lacks("2026-11-23", "cambiario"))
        self.debts.debtor_id.regime = "public"
        self.assertFalse(self._lacks("2026-11-23"))

    def test_other_forms_need_the_certificate_of_who_conducted_them(self):
        found = self.env["cobranza.negotiation"].create(
            {
                "debtor_id": self.debts.debtor_id.id,
                "debt_ids": [Command.set(self.debts.ids)],
                "form": "es_mediation",
                "party_ids": [Command.create({"partner_id": self.student.id})],
            }
        )
        with self.assertRaisesRegex(ValidationError, "certificate"):
            found.ended_on = "2026-11-20"
            self.env.flush_all()
        found.ended_on = False
        proof = self.env["ir.attachment"].create(
            {"name": "acta.pdf", "raw": b"%PDF-1.4"}
        )
        found.write({"ended_on": "2026-11-20", "file_ids": [Command.set(proof.ids)]})
        self.assertFalse(self._lacks("2026-11-23"))
