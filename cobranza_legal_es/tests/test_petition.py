from odoo import Command
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.case.petition import write_petition

from .common import SpainCommon

POSTED = "2026-11-21 10:00:00"
ARRIVED = "2026-11-23 10:00:00"
CERTIFIED = "2026-11-24 10:00:00"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPetitionSpain(SpainCommon):
    """The drafts that Spain ships, filled with a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"cobranza_mode": "automatic", "cobranza_bank_guard_days": 0})
        cls.student.write({"vat": "12345678Z", "street": "Calle Mayor 1"})
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

    def _text(self, code):
        return self._written(code).draft.text

    def _written(self, code):
        return write_petition(self.case, self._kind(code))

    def _kind(self, code):
        kinds = self.env["cobranza.petition.kind"]._for(self.case)
        return kinds.filtered(lambda one: one.code == code)

    def _invited(self, *events):
        contact = self._letter(self.debts, POSTED, "burofax", "burofax")
        for kind, moment in events:
            self._happens(contact, kind, moment)
        self.env["cobranza.negotiation"]._gather(self.company)
        self.env.invalidate_all()
        return self.debts.debtor_id.negotiation_ids

    def _who(self, name, **vals):
        return self.env["res.partner"].create({"name": name, **vals})

    def test_who_acts_is_read_from_powers_and_parties(self):
        """And what nobody has written down is named as missing."""
        blank = self._text("monitorio")
        self.assertIn("[… representante del acreedor", blank)
        owner = self._who("Ana Dueña", vat="00000014Z")
        power = {"company_id": self.company.id, "valid_from": "2026-01-01"}
        self.env["cobranza.power"].create(
            {**power, "partner_id": owner.id, "number": "Protocolo 77"}
        )
        text = self._text("monitorio")
        for words in ("Ana Dueña", "00000014Z", "Protocolo 77"):
            self.assertIn(words, text)
        lawyer = self._who("Letrada Uno", cobranza_bar_number="12.345")
        agent = self._who("Procurador Dos")
        kind = self.env.ref("cobranza_legal_es.procedure_monitorio")
        suit = self.env["cobranza.proceeding"].create(
            {
                "case_id": self.case.id,
                "type_id": kind.id,
                "party_ids": [
                    Command.create({"partner_id": lawyer.id, "capacity": "lawyer"}),
                    Command.create(
                        {"partner_id": agent.id, "capacity": "es_procurador"}
                    ),
                ],
            }
        )
        found = write_petition(self.case, self._kind("enforcement"), suit)
        for words in ("Procurador Dos, procurador", "Letrada Uno", "12.345"):
            self.assertIn(words, found.draft.text)
        self.assertNotIn("colegiado n.º [… ", found.draft.text)
        self.assertTrue(found.docx(self.env).startswith(b"PK"))
        self.assertTrue(found.pdf().startswith(b"%PDF"))
        other = self._who("Letrado Tres")
        suit.party_ids = [
            Command.create({"partner_id": other.id, "capacity": "lawyer"})
        ]
        found = write_petition(self.case, self._kind("enforcement"), suit)
        self.assertNotIn("Letrad", found.draft.text)  # nobody says which of both

    def test_the_request_of_a_payment_order_has_the_fields_of_the_form(self):
        found = self._written("monitorio")
        text = found.draft.text
        for words in (
            *("12345678Z", "Calle Mayor 1", "650,00", "veinte días", "JUDICIAL: [… "),
            *("812", "814", "815.1", "816", "818"),
        ):
            self.assertIn(words, (text + self._kind("monitorio").article))
        self.assertEqual(found.mark, "BORRADOR")
        self.assertTrue(found.draft.missing)

    def test_an_enforcement_asks_for_what_was_granted_and_not_for_what_was_sued(self):
        self.assertIn("650,00", self._text("enforcement"))
        file = [Command.create({"name": "sentencia.pdf", "raw": b"x"})]
        judgment = self.env["cobranza.judgment"].create(
            {"case_id": self.case.id, "day": "2026-11-20", "file_ids": file}
        )
        judgment.line_ids.filtered(lambda one: one.part == "principal").granted = 500
        self.case._through_gate().state = "open"
        judgment.action_give()
        text = self._text("enforcement")
        for words in ("El título concede", "500,00", "LEC, art. 575.1): 150,06"):
            self.assertIn(words, text.replace("\xa0", " "))
        self.assertNotIn("650,00", text)

    def test_of_the_negotiation_it_says_that_it_was_tried_and_nothing_else(self):
        before = self._text("monitorio")
        self.assertIn("pendiente de acreditar", before)
        [tried] = self._invited(
            ("delivered", ARRIVED), ("content_certified", CERTIFIED)
        )
        tried.write({"note": "SECRETO", "proposal_on": "2026-11-23"})
        after = self._text("monitorio")
        self.assertIn("La invitación fue recibida el 23/11/2026", after)
        self.assertNotIn("pendiente de acreditar", after)
        self.assertNotIn("SECRETO", after)

    def test_an_invitation_that_nobody_received_is_no_negotiation(self):
        self._invited()
        text = self._text("monitorio")
        self.assertIn("no consta la recepción", text)
        self.assertIn("pendiente de acreditar", text)

    def test_the_form_of_the_verbal_suit_ends_at_two_thousand(self):
        self.assertIn("hasta 2.000 euros".upper(), self._text("verbal_form"))
        self.case.line_ids.sudo()._through_gate().write({"amount": 2000.01})
        self.assertFalse(self._kind("verbal_form"))
        self.assertTrue(self._kind("monitorio"))

    def test_every_piece_is_written_and_stands_in_spanish(self):
        for kind in self.env["cobranza.petition.kind"]._for(self.case):
            with self.subTest(kind.code):
                found = write_petition(self.case, kind)
                self.assertIn("650,00", found.draft.text)
                self.assertTrue(found.pdf().startswith(b"%PDF"))
                self.assertTrue(found.docx(self.env).startswith(b"PK"))
