import io
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from odoo.addons.cobranza_legal.models.case.statement import SWORN
from odoo.addons.cobranza_legal.models.case.verdict import CaseVerdict
from odoo.addons.cobranza_legal.models.contact.original import ORIGINAL_KEY, Original

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
            {"name": "acta.txt", "raw": b"Sin avenencia"}
        )
        found.write({"ended_on": "2026-11-20", "file_ids": [Command.set(proof.ids)]})
        self.assertFalse(self._lacks("2026-11-23"))
        # who conducted it says who came: nothing of ours has to prove that
        with self.at("2026-12-02"):
            found.with_context(force_report_rendering=True).action_statement()
        said = self._pages(found.statement_id.raw)
        for words in ("Not proven", "No acreditada"):
            self.assertNotIn(words, said)

    # -- what a court sees ------------------------------------------------------------

    def _pages(self, raw):
        reader = PdfReader(io.BytesIO(raw))
        return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)

    def _answered(self, secret="Ofrezco 300 euros"):
        """An invitation that was received, and the debtor's confidential answer."""
        contact = self._invited(
            ("delivered", ARRIVED), ("content_certified", CERTIFIED)
        )
        found = self._gathered()
        with self.at("2026-12-01"):
            dialog = self.env["cobranza.contact.log"].create(
                {
                    "debtor_id": self.debts.debtor_id.id,
                    "channel": "call",
                    "made_at": "2026-11-30 10:00:00",
                    "step_id": contact.id,
                    "note": secret,
                }
            )
            self.assertTrue(dialog.confidential)
            dialog.action_confirm()
        self._gathered()
        return found

    def _log(self, user=None, **vals):
        vals = {"reason": "Demanda", "lang": "es_ES", **vals}
        exports = self.env["cobranza.log.export"].with_user(user or self.env.user)
        export = exports.create({"debtor_id": self.debts.debtor_id.id, **vals})
        printed = export.with_context(force_report_rendering=True)._pdf()
        return self._pages(printed)

    def test_what_was_negotiated_is_in_no_log_for_a_court(self):
        found = self._answered()
        self.assertEqual(found.contact_ids.outcome_note, "Ofrezco 300 euros")
        said = self._log()
        self.assertNotIn("Ofrezco 300", said)
        self.assertIn("confidencial", said)
        lawyer = self._role("all_lawyer")
        self.assertNotIn("Ofrezco 300", self._log(lawyer, part="annex"))
        with self.assertRaisesRegex(UserError, "waiver"):
            found.with_user(lawyer)._release(
                "waiver", "Todos firman", self.env["ir.attachment"]
            )
        with self.assertRaisesRegex(AccessError, "lawyers"):
            found.with_user(self._role("collector"))._release(
                "costs", "Incidente", self.env["ir.attachment"]
            )
        found.with_user(lawyer)._release(
            "costs", "Incidente", self.env["ir.attachment"]
        )
        self.assertNotIn("Ofrezco 300", self._log())
        annex = self._log(lawyer, part="annex")
        self.assertIn("Ofrezco 300", annex)
        self.assertNotIn("650", annex)
        with self.assertRaisesRegex(AccessError, "lawyers"):
            self._log(self._role("manager"), part="annex")

    def test_the_answer_that_was_logged_without_it_is_found(self):
        contact = self._invited(
            ("delivered", ARRIVED), ("content_certified", CERTIFIED)
        )
        answer = self.env["cobranza.contact"]._log(
            {
                "debtor_id": self.debts.debtor_id.id,
                "direction": "inbound",
                "channel": "email",
                "sent_at": "2026-11-30 10:00:00",
                "step_id": contact.id,
                "outcome_note": "Ofrezco 300 euros",
            }
        )
        found = self._gathered()
        self.assertEqual(answer.negotiation_id, found)
        self.assertEqual(found.contact_ids, answer)

    def test_the_email_of_an_answer_is_no_proof_of_the_letter(self):
        contact = self._invited(
            ("delivered", ARRIVED), ("content_certified", CERTIFIED)
        )
        original = Original(b"Subject: Re\n\nOfrezco 300 euros")
        with self.at("2026-11-30"):
            contact.with_context(**{ORIGINAL_KEY: original})._receive_answer(
                {"body": "Ofrezco 300 euros", "email_from": "lucia@example.com"}
            )
        found = self._gathered()
        [answer] = found.contact_ids
        self.assertEqual(answer.attachment_id.raw, original.content)
        self.assertNotIn(answer.attachment_id, found._proofs())
        kept = contact._channel_model()._proof(contact)
        self.assertNotIn(answer.attachment_id, kept)

    def _said(self, words, moment, **vals):
        return self.env["cobranza.contact"]._log(
            {
                "debtor_id": self.debts.debtor_id.id,
                "direction": "inbound",
                "channel": "call",
                "sent_at": moment,
                "outcome_note": words,
                **vals,
            }
        )

    def test_what_follows_from_an_answer_is_confidential_too(self):
        found = self._answered()
        [answer] = found.contact_ids
        ours = self._said(
            "Aceptamos 500",
            "2026-12-01 10:00:00",
            step_id=answer.id,
            direction="outbound",
        )
        theirs = self._said("Llego a 400", "2026-12-02 10:00:00", step_id=ours.id)
        call = self._said("Hablamos de 450", "2026-12-02 11:00:00")
        self._gathered()
        self.assertEqual(found.contact_ids, answer | ours | theirs)
        call.action_keep_confidential()
        self.assertEqual(call.negotiation_id, found)
        call = self.env["cobranza.contact.outcome"].create(
            {
                "debtor_id": self.debts.debtor_id.id,
                "outcome": "answered",
                "note": "Y de 460",
                "confidential": True,
            }
        )
        call.action_confirm()
        self.assertTrue(call.contact_id.confidential)

    def test_each_release_is_of_what_was_said_until_then(self):
        found = self._answered()
        lawyer = self._role("all_lawyer")
        release = found.with_user(lawyer)._release
        release("costs", "Incidente", self.env["ir.attachment"])
        [answer] = found.contact_ids
        later = self._said("Llego a 400", "2026-12-02 10:00:00", step_id=answer.id)
        self._gathered()
        self.assertEqual((answer.disclosed, later.disclosed), (True, False))
        self.assertNotIn("Llego a 400", self._log(lawyer, part="annex"))
        release("costs", "Incidente", self.env["ir.attachment"])
        self.assertIn("Llego a 400", self._log(lawyer, part="annex"))
        with self.assertRaisesRegex(UserError, "not released yet"):
            release("costs", "Incidente", self.env["ir.attachment"])

    def test_without_a_letter_it_begins_with_its_meeting(self):
        found = self.env["cobranza.negotiation"].create(
            {
                "debtor_id": self.debts.debtor_id.id,
                "debt_ids": [Command.set(self.debts.ids)],
                "form": "es_conciliation",
                "meeting_on": "2026-11-20",
            }
        )
        before = self._said("Antes", "2026-11-19 10:00:00", confidential=True)
        call = self._said("Ofrezco 300", "2026-11-20 12:00:00", confidential=True)
        self._gathered()
        self.assertEqual(found.contact_ids, call)
        self.assertFalse(before.negotiation_id)
        waiver = self.env["ir.attachment"].create({"name": "w.pdf", "raw": b"%PDF"})
        place = {"res_model": "res.partner", "res_id": self.student.id}
        other = waiver.copy({"name": "dni.pdf", **place})
        lawyer = self._role("all_lawyer")
        found.with_user(lawyer)._release("waiver", "x", waiver | other)
        self.assertEqual(
            (other.res_model, other.res_id), ("res.partner", place["res_id"])
        )
        self.assertEqual((waiver.res_model, waiver.res_id), (found._name, found.id))
        self.assertTrue(call.disclosed)

    def test_of_whom_nobody_finds_it_says_no_invitation(self):
        partner = self.debts.debtor_id.partner_id
        file = self.env["ir.attachment"].create({"name": "s.txt", "raw": b"sworn"})
        found = self.env["cobranza.negotiation"].create(
            {
                "debtor_id": self.debts.debtor_id.id,
                "debt_ids": [Command.set(self.debts.ids)],
                "party_ids": [Command.create({"partner_id": partner.id})],
            }
        )
        report = self.env["ir.actions.report"].with_context(
            force_report_rendering=True, lang="en_US"
        )
        self.assertEqual(found.action_sworn()["report_name"], SWORN)
        with self.at("2026-11-24"):
            pdf, _kind = report._render_qweb_pdf(SWORN, found.ids)
        said = self._pages(pdf)
        for words in (partner.name, "264.4", self.debts.document):
            self.assertIn(words, said)
        found.party_ids.write(
            {"sworn_on": "2026-11-23", "sworn_file_ids": [Command.set(file.ids)]}
        )
        with self.at("2026-11-24"):
            found.with_context(force_report_rendering=True).action_statement()
        said = self._pages(found.statement_id.raw)
        for words in ("invitó a negociar", "invited to negotiate as follows"):
            self.assertNotIn(words, said)
        with self.assertRaisesRegex(UserError, "nobody has to be looked for"):
            self.env["cobranza.negotiation"].new({}).action_sworn()

    def test_the_statement_says_of_reception_what_is_proven(self):
        rules = self.company._cobranza_rules()
        self._invited()
        found = self._gathered()
        self.assertNotIn("reception", " ".join(rules._negotiation_notes(found)))
        self._happens(found.party_ids.contact_id, "delivered", ARRIVED)
        self._happens(found.party_ids.contact_id, "content_certified", CERTIFIED)
        self._gathered()
        self.assertIn("reception", " ".join(rules._negotiation_notes(found)))

    def test_the_statement_shows_who_was_invited_and_nothing_that_was_said(self):
        empty = self.env["cobranza.negotiation"].create(
            {
                "debtor_id": self.debts.debtor_id.id,
                "debt_ids": [Command.set(self.debts.ids)],
            }
        )
        with self.assertRaisesRegex(UserError, "nobody was invited"):
            empty.action_statement()
        found = self._answered()
        found.note = "Aceptaríamos 400"
        with self.at("2026-12-02"):
            found.with_context(force_report_rendering=True).action_statement()
        said = self._pages(found.statement_id.raw)
        for words in ("650", "23/11/2026", "LO 1/2025", self.student.name):
            self.assertIn(words, said)
        for words in ("Ofrezco 300", "Aceptaríamos"):
            self.assertNotIn(words, said)

    def test_courts_that_ask_less_are_rows_and_the_rest_is_strict(self):
        self.debts.sudo().claim_kind = "periodic"
        self._invited(("delivered", ARRIVED), ("content_certified", CERTIFIED))
        self._gathered()
        move = self._invoice(
            amount=650,
            partner=self.student,
            due="2026-11-30",
            invoice_date="2026-11-25",
        )
        self._run("2026-12-09")
        later = self._debts(move)
        later.sudo().claim_kind = "periodic"
        self.case.debt_ids |= later
        self.case.court_state_id = self.env.ref("base.state_es_bi")
        self.assertIn("Nobody was invited", self._lacks("2026-12-24")[0])
        self.case.court_state_id = self.env.ref("base.state_es_m")
        self.assertFalse(self._lacks("2026-12-24"))
        later.sudo().claim_kind = "lodging"
        self.assertIn("Nobody was invited", self._lacks("2026-12-24")[0])

    def test_what_was_negotiated_is_erased_in_time(self):
        found = self._answered()
        found.write({"note": "Aceptaríamos 400", "object_text": "La factura"})
        statements = self.env["ir.attachment"]
        for _time in range(2):
            found.with_context(force_report_rendering=True).action_statement()
            statements |= found.statement_id
        self.assertEqual(len(statements), 2)
        found.action_ended()
        begin = self.company._cobranza_midnight(date(2040, 1, 1))
        over = self.debts.debtor_id.negotiation_ids._over_before(begin)
        self.assertEqual(over, found)
        files = over.sudo()._through_gate()._erase()
        self.assertFalse(found.note or found.object_text)
        self.assertEqual(files, statements)
        self.assertTrue(found.party_ids.received_on)
