from datetime import date
from decimal import Decimal

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.refusals import Refusals

from .common import SpainCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAgreementSpain(Refusals, SpainCommon):
    """Terms of the residence, consumer credit, and what frees a guarantor."""

    def _agreement(self, partner, amount, count, day, rate=0, **vals):
        due = date.fromisoformat(day)
        move = self._invoice(amount=amount, due="2026-10-05", partner=partner)
        self._run("2026-11-10")
        debts = self._debts(move)
        return self.env["cobranza.agreement"].create(
            {
                "debtor_id": debts.debtor_id.id,
                "debt_ids": [Command.set(debts.ids)],
                "requested_on": day,
                "requested_by": "page",
                "grounds": "Menos horas de trabajo",
                "first_on": f"{due.year}-12-{due.day:02}",
                "count": count,
                "rate": rate,
                "working_day": "same",
                **vals,
            }
        )

    def _asked(self, *args, **vals):
        agreement = self._agreement(*args, **vals)
        agreement.action_request()
        return agreement

    def test_the_terms_of_the_residence(self):
        agreement = self._agreement(self.client, 1200, 4, "2026-03-23")
        self.assertEqual(agreement.policy_id.months, 6)
        self.assertIn("4", agreement.policy_id.share_note)
        rate, words = agreement.policy_id._rate_on(self.company, date(2026, 3, 23))
        self.assertEqual(rate, Decimal("5.221"))  # Euribor of February 2.221 + 3
        self.assertIn("2.221", words)
        student = self._agreement(self.student, 600, 3, "2026-11-10")
        self.assertEqual(student.policy_id.rate_kind, "none")

    def test_the_month_of_the_index_and_its_floor_are_terms(self):
        terms = self._agreement(self.client, 1200, 4, "2026-03-23").policy_id
        for vals, rate in (
            ({"floor": 2.5}, "5.5"),  # February's 2.221 is less
            ({"floor": 0, "rate": 1}, "3.221"),
        ):
            policy = terms.copy({"company_id": self.company.id, **vals})
            found, words = policy._rate_on(self.company, date(2026, 3, 23))
            self.assertEqual(found, Decimal(rate), words)
        for age, rate in ((1, "3.172"), (2, "3.114")):  # September, August
            policy.index_age = age
            found, words = policy._rate_on(self.company, date(2025, 10, 31))
            self.assertEqual(found, Decimal(rate), words)

    def test_a_missing_euribor_says_which(self):
        move = self._invoice(amount=500, partner=self.client)
        self._run("2026-11-10")
        debts = self._debts(move)
        agreement = self.env["cobranza.agreement"].create(
            {
                "debtor_id": debts.debtor_id.id,
                "debt_ids": [Command.set(debts.ids)],
                "requested_on": "2026-11-10",
                "grounds": "Sin cobrar",
                "requested_by": "page",
                "count": 2,
            }
        )
        self.assertIn("es.euribor.12m", agreement.rate_note)
        with self.refuses(UserError, "es.euribor.12m"):
            agreement.action_request()
        self.assertEqual(agreement.state, "draft")

    def test_t62_consumer_credit_before_the_directive(self):
        for amount, count, barred in ((1000, 3, False), (1200, 4, True)):
            with self.subTest(amount=amount), self.at("2026-11-23"):
                agreement = self._agreement(
                    self.student, amount, count, "2026-11-19", rate=5.221
                )
                objections = (
                    agreement.company_id._cobranza_rules()._agreement_objections(
                        agreement, date(2026, 11, 19)
                    )
                )
                self.assertEqual(
                    [one.kind for one in objections], [""] if barred else []
                )
                if barred:
                    self.assertIn("1,09", objections[0].words.replace(".", ","))
                agreement._end("cancelled", "Otro")

    def test_t62_since_the_directive_a_lawyer_passes_it(self):
        for amount, count in ((1000, 3), (1200, 4)):
            agreement = self._agreement(
                self.student, amount, count, "2026-11-20", rate=5.221
            )
            objections = agreement.company_id._cobranza_rules()._agreement_objections(
                agreement, date(2026, 11, 20)
            )
            self.assertEqual([one.kind for one in objections], ["agreement_law"])
            agreement._end("cancelled", "Otro")

    def test_without_interest_it_is_never_consumer_credit(self):
        agreement = self._asked(self.student, 1200, 4, "2026-11-20")
        self.assertEqual(agreement.state, "approved")
        agreement.action_offer()
        for words in ("Reconocimiento de deuda", "sin intereses", "Mil doscientos"):
            self.assertIn(words.lower(), agreement.document_body.lower())

    def test_the_signature_acknowledges_the_debt(self):
        """CC art. 1973: the limitation begins anew on the day of the signature."""
        agreement = self._asked(self.student, 1200, 4, "2026-11-20")
        agreement.action_offer()
        today = self.company._cobranza_today()
        agreement._sign(today, "hand")
        debt = agreement.debt_ids
        debt._limit()
        # three years (CC art. 1967) of a student of the residence
        self.assertEqual(debt.limitation_on, fields.Date.add(today, years=3))

    def test_its_interest_is_booked_as_financial_income_without_vat(self):
        form = self.company._cobranza_rules()._charge_form("deferral", "contract")
        self.assertEqual((form.form, form.account.prefix), ("entry", "769"))

    def test_late_interest_with_and_without_suspension(self):
        """210.68 and 505.45 of the sheet, from the ledger."""
        move = self._invoice(
            amount=10000,
            due="2026-01-31",
            partner=self.client,
            invoice_date="2026-01-01",
        )
        self._run("2026-02-10")
        debts = self._debts(move)
        charges = self.env["cobranza.charge"]
        for clause, interest in (("suspended", 210.68), ("completion", 505.45)):
            with self.subTest(clause), self.at("2026-07-31"):
                agreement = self.env["cobranza.agreement"].create(
                    {
                        "debtor_id": debts.debtor_id.id,
                        "debt_ids": [Command.set(debts.ids)],
                        "requested_on": "2026-03-01",
                        "requested_by": "page",
                        "grounds": "Obra parada",
                        "first_on": "2026-04-01",
                        "count": 4,
                        "rate": 0,
                        "default_interest": clause,
                    }
                )
                agreement._through_gate().write(
                    {
                        "state": "accelerated",
                        "signed_on": "2026-03-01",
                        "ended_on": "2026-06-15",
                    }
                )
                work = charges._works(debts, date(2026, 7, 31))[0]
                found = [one for one in work.drafts if one["kind"] == "interest"]
                self.assertAlmostEqual(sum(one["amount"] for one in found), interest)
                agreement._through_gate().write(
                    {"state": "cancelled", "signed_on": False}
                )

    def test_late_interest_that_comes_back_is_less_the_interest_of_the_plan(self):
        """505.45 of the sheet, less what the agreement charged for the same days."""
        move = self._invoice(
            amount=10000,
            due="2026-01-31",
            partner=self.client,
            invoice_date="2026-01-01",
        )
        self._run("2026-02-10")
        debts = self._debts(move)
        agreement = self.env["cobranza.agreement"].create(
            {
                "debtor_id": debts.debtor_id.id,
                "debt_ids": [Command.set(debts.ids)],
                "requested_on": "2026-03-01",
                "requested_by": "page",
                "grounds": "Obra parada",
                "first_on": "2026-04-01",
                "count": 4,
                "rate": 5,
                "default_interest": "completion",
            }
        )
        agreement._through_gate().write({"state": "active", "signed_on": "2026-03-01"})
        rows = agreement.instalment_ids.sorted("number")
        with self.at("2026-06-15"):
            agreement._charge_interest(rows[:2], date(2026, 6, 15))
        agreement._through_gate().write(
            {"state": "accelerated", "ended_on": "2026-06-15"}
        )
        charges = self.env["cobranza.charge"]
        plan = sum(rows[:2].mapped("interest"))
        self.assertGreater(plan, 50)
        with self.at("2026-07-31"):
            [work] = charges._works(debts, date(2026, 7, 31))
            [found] = [one for one in work.drafts if one["kind"] == "interest"]
        self.assertAlmostEqual(found["amount"], 505.45 - plan)
        self.assertIn(f"− {plan}", found["formula"])
        shown = sum(Decimal(row["amount"]) for row in found["slices"])
        self.assertAlmostEqual(float(shown), found["amount"], 2)

    def test_a_liquidation_makes_everything_due_by_its_article(self):
        agreement = self._agreement(
            self.client, 1200, 3, "2026-11-20", missed=2, cure_days=15
        )
        agreement._through_gate().write({"state": "active", "signed_on": "2026-11-20"})
        agreement.debtor_id.write(
            {"insolvent_on": "2026-11-22", "insolvency_kind": "liquidation"}
        )
        agreement._upkeep(self.company._cobranza_today())
        self.assertEqual(agreement.state, "accelerated")
        self.assertIn("TRLC, art. 414", agreement.state_reason)

    def test_charges_are_capitalised_between_businesses_alone(self):
        rules = self.company._cobranza_rules()
        agreement = self._agreement(
            self.client, 1200, 3, "2026-11-20", charges_fees="capitalise"
        )
        said = {}
        for regime in ("company", "consumer"):
            agreement.debtor_id.regime = regime
            found = rules._agreement_objections(agreement, date(2026, 11, 20))
            said[regime] = " ".join(one.words for one in found if not one.kind)
        self.assertEqual(said["company"], "")
        self.assertIn("1109", said["consumer"])

    def test_the_article_that_frees_a_guarantor(self):
        agreement = self._agreement(self.client, 1200, 4, "2026-11-20")
        self.env["cobranza.obligor"].create(
            {
                "debtor_id": agreement.debtor_id.id,
                "partner_id": self.council.id,
                "capacity": "guarantor",
                "since": "2026-01-01",
            }
        )
        agreement._through_gate().state = "approved"
        with self.refuses(UserError, "1851"):
            agreement.action_offer()

    def test_its_own_texts_cite_its_law(self):
        cited = {
            "agreement": ("1973", "1204", "1110", "1851", "20.1", "anticipado"),
            "agreement_consent": ("1851",),
            "agreement_settled": ("carta de pago",),
        }
        agreement = self._agreement(self.student, 600, 3, "2026-11-10")
        for purpose, words in cited.items():
            text = agreement._text_of(purpose)
            self.assertEqual((text.country_id.code, text.law), ("ES", True), purpose)
            for word in words:
                self.assertIn(word, text.body)
            self.assertFalse(text.objections, purpose)
        self.assertFalse(agreement.has_note, "no promissory note in Spain")

    def test_the_agreement_reads_in_spanish_with_the_account(self):
        agreement = self._asked(self.student, 600, 3, "2026-11-10")
        agreement.action_offer()
        for words in ("reconoce adeudar", "Seiscientos euros", "0005 1332", "NIF"):
            self.assertIn(words, agreement.document_body)
