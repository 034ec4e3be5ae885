from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from odoo.addons.cobranza_legal.kernel.money import Money
from odoo.addons.cobranza_legal.tests.common.refusals import Refusals

from .common import ChileCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAgreementChile(Refusals, ChileCommon):
    """Plans in pesos, the highest interest, and what frees a guarantor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._uf("2026-11-23", 40000)
        cls._rate("2026-10-15", "2026-12-14", 40, key="45", name="interest_max")
        move = cls._bill(1_000_000, "2026-10-05")
        cls._run("2026-11-20")
        cls.debts = cls._debts(move)
        cls.debtor = cls.debts.debtor_id

    def _agreement(self, **vals):
        return self.env["cobranza.agreement"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": [Command.set(self.debts.ids)],
                "requested_on": "2026-11-23",
                "requested_by": "page",
                "grounds": "Cerró dos semanas",
                "first_on": "2026-12-23",
                "count": 3,
                "working_day": "same",
                **vals,
            }
        )

    def test_the_plan_in_pesos_of_the_sheet(self):
        agreement = self._agreement(rate=12)
        rows = agreement.instalment_ids
        self.assertEqual(rows.mapped("amount"), [340022, 340022, 340023])
        self.assertEqual(agreement.interest, 20067)
        agreement.method = "linear"
        rows = agreement.instalment_ids
        self.assertEqual(rows.mapped("amount"), [343333, 340000, 336667])

    def test_never_above_the_highest_interest_of_the_day(self):
        rules = self.company._cobranza_rules()
        on = date(2026, 11, 23)
        for rate, barred in ((39.99, False), (40, False), (40.01, True)):
            agreement = self._agreement(rate=rate)
            found = rules._agreement_objections(agreement, on)
            self.assertEqual([one.kind for one in found], [""] if barred else [], rate)
            if barred:
                self.assertRegex(found[0].words, r"40[.,]01")
                with self.refuses(UserError, "Ley 18.010"):
                    agreement.action_request()
            agreement._end("cancelled", "Otra tasa")

    def test_without_the_published_rate_nothing_is_agreed(self):
        with self.at("2026-12-20"):
            agreement = self._agreement(first_on="2027-01-10", rate=5)
            with self.refuses(UserError, "cl."):
                agreement.action_request()
        self.assertEqual(agreement.state, "draft")

    def test_the_signature_acknowledges_the_debt(self):
        """CC art. 2518: the limitation begins anew on the day of the signature."""
        agreement = self._agreement()
        agreement.action_request()
        agreement._set_state("approved")
        agreement.action_offer()
        before = self.debts.limitation_on
        today = self.company._cobranza_today()
        agreement._sign(today, "hand")
        self.debts._limit()
        self.assertGreater(self.debts.limitation_on, before or today)
        self.assertEqual(
            self.env["cobranza.interruption"]
            .search([("debt_ids", "in", self.debts.ids)])
            .mapped("kind"),
            ["acknowledgement"],
        )

    def test_its_interest_is_a_taxed_debit_note(self):
        form = self.company._cobranza_rules()._charge_form("deferral", "contract")
        self.assertEqual(form.form, "debit_note")

    def test_nothing_becomes_due_before_sixty_days_of_default(self):
        """Ley 18.010 art. 30, up to 200 UF; without the UF of the day too."""
        rules = self.company._cobranza_rules()
        agreement = self._agreement()
        self.assertEqual(rules._acceleration_days(agreement, date(2026, 11, 23)), 60)
        self.assertEqual(rules._acceleration_days(agreement, date(2026, 11, 24)), 60)
        self._uf("2026-11-25", 4999)  # 200 UF are less than a million
        self.assertEqual(rules._acceleration_days(agreement, date(2026, 11, 25)), 0)
        self._uf("2026-11-26", 5000)
        self.assertEqual(rules._acceleration_days(agreement, date(2026, 11, 26)), 60)
        missed = agreement.instalment_ids[:1]  # of 12-23
        self.assertTrue(agreement._too_early(date(2027, 2, 21), missed))
        self.assertFalse(agreement._too_early(date(2027, 2, 22), missed))

    def test_the_stamp_tax_of_a_note(self):
        """DL 3.475: 0.066 % a month or fraction, at most 0.8 %."""
        rules = self.company._cobranza_rules()
        start, whole = date(2026, 11, 23), Money(Decimal(1_000_000), "CLP")
        table = self.company._cobranza_legal_table(start, start)
        for end, tax in (
            (date(2026, 12, 23), 660),
            (date(2026, 12, 24), 1320),
            (date(2027, 2, 23), 1980),
            (date(2027, 11, 23), 7920),
            (date(2027, 11, 24), 8000),
        ):
            found, article = rules._stamp_tax(whole, start, end, table)
            self.assertEqual(found.amount, tax, end)
            self.assertIn("3.475", article)

    def test_the_note_its_notary_and_its_tax_are_a_checklist(self):
        agreement = self._agreement()
        self.assertTrue(agreement.is_checked)
        self.assertFalse(agreement.lacking)
        for _again in range(2):
            action = agreement.action_documents()
        found = self.env["cobranza.document"].search(action["domain"])
        codes = ["agreement_notary", "agreement_note", "agreement_stamp"]
        self.assertEqual(sorted(found.type_id.mapped("code")), codes)
        self.assertIn("DL 3.475", found.mapped("article")[-1])
        self.assertEqual(agreement.lacking.count(","), 2)
        # those of the customer know nothing of it
        self.env["cobranza.document"]._open(self.debtor)
        self.assertEqual(len(found.exists()), 3)
        # 1,020,067 until 2027-02-23: three months
        agreement.rate = 12
        self.assertEqual(agreement.stamp_tax, 2020)
        context = agreement.action_stamp_cost()["context"]
        self.assertEqual(context["default_amount"], 2020)
        cost = self.env["cobranza.cost"].with_context(**context)
        with self.refuses(ValidationError, "needs its proof"):
            cost.create({})

    def test_charges_bear_no_interest_of_an_agreement(self):
        agreement = self._agreement(charges_fees="capitalise")
        with self.refuses(UserError, "1559"):
            agreement.action_request()

    def test_the_reminders_of_the_country(self):
        texts = self.env["cobranza.text"].with_company(self.company)
        for purpose in ("agreement_reminder", "agreement_missed"):
            for regime in ("consumer", "company"):
                found = texts._choose(
                    purpose,
                    regime,
                    self.env.ref("base.cl"),
                    "es_CL",
                    date(2026, 11, 23),
                )
                self.assertEqual(found.lang, "es_CL")

    def test_no_terms_are_shipped_so_another_person_answers(self):
        agreement = self._agreement()
        agreement.action_request()
        self.assertEqual(agreement.approval_ids.kind, "agreement")

    def test_the_article_that_frees_a_guarantor(self):
        agreement = self._agreement()
        self.env["cobranza.obligor"].create(
            {
                "debtor_id": self.debtor.id,
                "partner_id": self._person("Aval Pérez").id,
                "capacity": "guarantor",
                "since": "2026-01-01",
            }
        )
        agreement._through_gate().state = "approved"
        with self.refuses(UserError, "1649"):
            agreement.action_offer()

    def test_the_promissory_note_says_what_makes_it_one(self):
        """Ley 18.092, art. 102, and art. 105: acceleration is said expressly."""
        self.company.write({"city": "Santiago", "street": "Moneda 900"})
        agreement = self._agreement(rate=12)
        agreement.action_request()
        agreement._set_state("approved")
        agreement.action_offer()
        self.assertTrue(agreement.has_note)
        agreement.action_note()
        [note] = agreement.paper_ids
        self.assertEqual(note.document_text_id.country_id.code, "CL")
        words = " ".join(html2plaintext(note.document_body).split())
        words = words.replace("\xa0", " ")
        for said in (
            *("PAGARÉ", "Debo y pagaré, sin condición", "a la orden de"),
            *(self.company.name, "76086428-5", self.person.name, "12531909-2"),
            *("1.020.067", "Un millón veinte mil sesenta y siete pesos"),
            *("Santiago", "artículo 105", "hará exigible el monto total"),
            *("340.022", "340.023", "no constituye novación"),
            *("Autorización notarial", "DL N° 3.475"),
        ):
            self.assertIn(said.lower(), words.lower())

    def test_a_signed_note_is_filed_and_what_belongs_beside_it_is_asked_for(self):
        self.company.write({"city": "Santiago", "street": "Moneda 900"})
        agreement = self._agreement()
        agreement.action_request()
        agreement._set_state("approved")
        agreement.action_offer()
        agreement.action_note()
        self.assertFalse(agreement.lacking)
        scan = self.env["ir.attachment"].create(
            {"name": "pagare.pdf", "raw": b"%PDF-1.4 pagare"}
        )
        today = self.company._cobranza_today()
        agreement.paper_ids.sudo()._signed_by_hand(today, scan)
        found = {one.type_id.code: one for one in agreement.checklist_ids}
        note = found["agreement_note"]
        self.assertEqual((note.state, note.dated_on), ("received", today))
        self.assertEqual(note.file_ids.raw, scan.raw)
        self.assertEqual(found["agreement_stamp"].state, "missing")
        self.assertEqual(agreement.lacking.count(","), 1, "notary and stamp tax")

    def test_without_its_place_no_note_is_written(self):
        self.company.city = False
        agreement = self._agreement()
        agreement.action_request()
        agreement._set_state("approved")
        agreement.action_offer()
        with self.refuses(UserError, "agreement_place"):
            agreement.action_note()
        self.assertFalse(agreement.paper_ids)

    def test_its_own_texts_cite_its_law(self):
        cited = {
            "agreement": ("1649", "expresamente"),
            "agreement_consent": ("1649",),
            "agreement_settled": ("carta de pago",),
            "agreement_note": ("105",),
        }
        agreement = self._agreement()
        for purpose, words in cited.items():
            text = agreement._text_of(purpose)
            self.assertEqual((text.country_id.code, text.law), ("CL", True), purpose)
            for word in words:
                self.assertIn(word, text.body)
            self.assertFalse(text.objections, purpose)
