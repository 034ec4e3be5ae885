from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import SpainCommon

REMINDER = """Estimado/a Lucía Gómez Prado,
Le recordamos que la cuota correspondiente al mes de octubre por importe de 650,00 €
se encuentra pendiente de pago desde el día 05/10/2026.
Le rogamos proceda a su abono a la mayor brevedad posible.
Datos para transferencia:
IBAN: ES91 2100 0418 4502 0005 1332
Concepto: {reference}
Si ya ha realizado el pago, por favor ignore este mensaje.
Atentamente,
Departamento de Administración
Residencia Los Olmos"""
THREATS = ("juzgado", "embargo", "procurador", "delito", "policía")


def words(text):
    return " ".join(text.replace("* ", " ").replace("\xa0", " ").split())


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTexts(SpainCommon):
    def contact(self, partner, purpose, *moves):
        """A planned contact about these invoices, with a text of our choice."""
        moves = self.env["account.move"].union(*moves)
        debts = self._follow(moves, "2026-10-12")
        self._inform(debts.debtor_id, "2026-09-01")
        contact = debts.debtor_id.contact_ids[:1]
        contact._through_gate().text_purpose = purpose
        return contact

    def said(self, contact, day="2026-10-21"):
        with self.at(day):
            values = contact._render()
        return values["subject"], words(html2plaintext(values["body"]))

    def test_the_reminder_is_the_one_of_the_requirement(self):
        move = self._invoice(partner=self.student, amount=650)
        subject, body = self.said(self.contact(self.student, "reminder", move))
        self.assertEqual(subject, "Recordatorio de pago - octubre 2026")
        self.assertEqual(body, words(REMINDER.format(reference=move.payment_reference)))

    def test_a_reminder_of_two_months_names_both(self):
        moves = [
            self._invoice(partner=self.student, amount=650, due=due)
            for due in ("2026-09-05", "2026-10-05")
        ]
        contact = self.contact(self.student, "reminder", *moves)
        subject, body = self.said(contact)
        self.assertEqual(subject, "Recordatorio de pago - septiembre y octubre 2026")
        self.assertIn("por importe de 1.300,00 €", body)

    def test_every_text_merges_for_consumers_and_businesses(self):
        self.company.l10n_es_credit_registers = "ASNEF-Equifax"
        # those of mandates and debits tell of their own records
        purposes = {*self.env["cobranza.text.purpose"]._where(ladder=True)}
        purposes -= {"free_notice", "other"}
        for partner in (self.student, self.client, self.council):
            move = self._invoice(partner=partner, amount=650)
            contact = self.contact(partner, "reminder", move)
            for purpose in purposes:
                contact._through_gate().text_purpose = purpose
                _subject, body = self.said(contact)
                with self.subTest(partner=partner.name, purpose=purpose):
                    self.assertNotIn("{{", body)
                    short = purpose in ("sms_reminder", "whatsapp")
                    (self.assertNotIn if short else self.assertIn)("650,00 €", body)
                    for threat in THREATS:
                        self.assertNotIn(threat, body.lower())

    def test_the_certified_letter_has_its_four_contents(self):
        move = self._invoice(partner=self.student, amount=650)
        contact = self.contact(self.student, "certified_letter", move)
        _subject, body = self.said(contact)
        for content in (
            move.name,
            "diez días",
            "31/10/2026",
            "acciones legales",
            "aplazamiento",
            "interés legal",
            "artículo 1110",
        ):
            self.assertIn(content, body)

    def test_only_the_burofax_invites_to_negotiate_and_warns_of_the_register(self):
        move = self._invoice(partner=self.student, amount=650)
        contact = self.contact(self.student, "burofax", move)
        _subject, body = self.said(contact)
        self.assertIn("treinta días naturales", body)
        self.assertIn("Ley Orgánica 1/2025", body)
        self.assertIn("1973", body)
        self.assertNotIn("ASNEF", body)
        self.company.l10n_es_credit_registers = "ASNEF-Equifax"
        self.assertIn("ASNEF-Equifax", self.said(contact)[1])

    def test_nobody_is_warned_of_a_register_for_less_than_50_euros(self):
        self.company.l10n_es_credit_registers = "ASNEF-Equifax"
        move = self._invoice(partner=self.student, amount=49.99)
        contact = self.contact(self.student, "burofax", move)
        self.assertNotIn("ASNEF", self.said(contact)[1])

    def test_a_business_reads_of_ley_3_2004_and_a_consumer_does_not(self):
        move = self._invoice(partner=self.client, amount=650)
        contact = self.contact(self.client, "formal_demand", move)
        self.assertIn("Ley 3/2004", self.said(contact)[1])
        move = self._invoice(partner=self.student, amount=650)
        contact = self.contact(self.student, "formal_demand", move)
        self.assertNotIn("3/2004", self.said(contact)[1])

    def test_regulated_texts_are_not_edited(self):
        text = self.env.ref("cobranza_legal_es.text_burofax_consumer")
        self.assertTrue(text.law)
        with self.assertRaises(UserError):
            text.body = "<p>Pague</p>"

    def test_without_a_bank_account_the_reminder_says_what_is_missing(self):
        move = self._invoice(partner=self.student, amount=650)
        contact = self.contact(self.student, "reminder", move)
        self.company.cobranza_bank_account_id = False
        self.company.partner_id.bank_ids.active = False
        with self.assertRaisesRegex(UserError, "payment_method"):
            self.said(contact)
