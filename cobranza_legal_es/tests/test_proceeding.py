from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.case.verdict import CaseVerdict

from .common import SpainCommon

TODAY = date(2026, 11, 23)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestProceedingSpain(SpainCommon):
    """Proceedings of Spain: numbers, what follows from a payment order, preferences."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("cobranza_legal.group_lawyer_all")
        cls.env["cobranza.power"].create(
            {
                "partner_id": cls.env["res.partner"].create({"name": "Procuradora"}).id,
                "valid_from": "2026-01-01",
                "company_id": cls.company.id,
            }
        )
        cls.court = cls.env["cobranza.court"].create(
            {"name": "Sección Civil, plaza 3", "city": "Madrid"}
        )
        # what a negotiation lacks has its own tests
        cls.startClassPatcher(
            patch.object(
                type(cls.env["cobranza.rules.es"]),
                "_negotiation_lacks",
                lambda _rules, _case, _procedure, _on: [],
            )
        )

    def _case(self, amount, opened=True, partner=None):
        move = self._invoice(
            amount=amount, due="2026-10-05", partner=partner or self.client
        )
        self._run("2026-11-20")
        debts = self._debts(move)
        case = self.env["cobranza.case"].create(
            {"debtor_id": debts.debtor_id.id, "debt_ids": [Command.set(debts.ids)]}
        )
        self.patch(CaseVerdict, "_missing_documents", lambda _verdict: [])
        if opened:
            case._hand_over_to(self.env.user, self.env["res.partner"])
            case.action_open()
        return case

    def _type(self, xmlid):
        return self.env.ref(f"cobranza_legal_es.procedure_{xmlid}")

    def _filed(self, case, kind="monitorio", **vals):
        one = self.env["cobranza.proceeding"]._begin(case, self._type(kind))
        one._file(TODAY, self.court, **vals)
        return one

    def _stage(self, one, code):
        return one._stages().filtered(lambda row: row.code == code)

    def test_every_stage_named_by_another_is_there(self):
        stages = self.env["cobranza.proceeding.stage"].search(
            [("country_id", "=", self.env.ref("base.es").id)]
        )
        kinds = set(self.env["cobranza.proceeding.type"].search([]).mapped("code"))
        known = {(one.procedure_code, one.code) for one in stages}
        self.assertLessEqual({one.procedure_code for one in stages}, kinds)
        for one in stages:
            for code in one._codes("next_codes"):
                self.assertIn((one.procedure_code, code), known)
            self.assertLessEqual(set(one._next_codes()), kinds)
            for code, stage in one._same_file_stages().items():
                self.assertIn(code, one._next_codes())
                self.assertTrue(not stage or (code, stage) in known)

    def test_a_nig_has_nineteen_digits(self):
        one = self._filed(self._case(1000), docket="812/2026")
        self.assertTrue(one.has_nig)
        one.nig = "28079 00 2 2026 0001234"
        self.assertEqual(one.nig, "2807900220260001234")
        for wrong in ("280790022026000123", "28079002202600012345", "NIG"):
            with (
                self.assertRaisesRegex(ValidationError, "nineteen"),
                self.cr.savepoint(),
            ):
                one.nig = wrong

    def test_an_opposed_order_goes_on_by_its_amount(self):
        """LEC 818.2: up to 15,000 a verbal suit in the same file, above an ordinary
        one that is filed anew."""
        for amount, code in ((14000, "verbal"), (16000, "ordinario")):
            one = self._filed(self._case(amount), docket="1/2026")
            one._advance(self._stage(one, "admitted"), TODAY)
            one._advance(self._stage(one, "served"), TODAY)
            one._advance(self._stage(one, "opposed"), TODAY)
            kinds = one._next_types(TODAY)
            self.assertEqual(kinds.mapped("code"), [code], amount)
            found = one._begin(one.case_id, kinds, one)
            self.assertEqual(bool(found.docket), code == "verbal")
            found._file(TODAY, self.court)
            first = {"verbal": "contested", "ordinario": "claim"}[code]
            self.assertEqual(found.stage_id.code, first)
            self.assertEqual(one.outcome, "continued")
            one.case_id._end("uncollectible", "x")

    def test_a_silent_debtor_is_enforced(self):
        one = self._filed(self._case(3000))
        one._advance(self._stage(one, "silent"), TODAY, "Decree of the day")
        self.assertEqual(one.case_id.phase, "judgment")
        self.assertEqual(one._next_types(TODAY), self._type("enforcement"))
        self.assertEqual(one.case_id.recommended_type_id, self._type("enforcement"))
        found = one._begin(one.case_id, self._type("enforcement"), one)
        found._file(TODAY, self.court)
        self.assertEqual(one.case_id.phase, "enforcement")

    def test_a_smaller_amount_that_is_refused_leaves_a_declaratory_suit(self):
        """LEC 815.3."""
        one = self._filed(self._case(3000))
        one._advance(self._stage(one, "reduced"), TODAY)
        one._advance(self._stage(one, "refused"), TODAY)
        self.assertEqual((one.state, one.outcome), ("ended", "dismissed"))
        self.assertEqual(one._next_types(TODAY), self._type("verbal_2024"))

    def test_the_preference_of_the_company_and_the_law_differ_and_say_so(self):
        for amount, code, words in (
            (1500, "monitorio", ""),
            (3000, "verbal", "Without it"),
            (8000, "monitorio", "does not open"),
            (20000, "ordinario", "Without it"),
        ):
            case = self._case(amount, opened=False)
            self.assertEqual(case.recommended_type_id.code, code, amount)
            found = CaseVerdict(case).words()["advice"]
            self.assertIn(words, found["differs"], amount)
            self.assertEqual(bool(found["differs"]), bool(words), amount)
            case.action_cancel()

    def test_the_law_of_the_day_is_the_gate(self):
        """A claim of 8,000 went by an ordinary suit until 2024-03-19."""
        case = self._case(8000)
        for day, code in (("2024-03-19", "ordinario"), ("2024-03-20", "monitorio")):
            found = CaseVerdict(case, date.fromisoformat(day))
            self.assertEqual(found.recommended().code, code, day)

    def test_above_two_thousand_somebody_acts_by_a_power(self):
        self.env["cobranza.power"].search([])._revoke("Over", date(2026, 1, 2))
        verbal = self._type("verbal_2024")
        for amount, refused in ((1000, False), (3000, True)):
            one = self.env["cobranza.proceeding"]._begin(self._case(amount), verbal)
            if refused:
                with self.assertRaisesRegex(UserError, "LEC, art. 24"):
                    one._file(TODAY, self.court)
            else:
                one._file(TODAY, self.court)

    def test_a_public_body_is_claimed_from_to_the_judgment(self):
        case = self._case(1000, opened=False, partner=self.council)
        case.debtor_id.regime = "public"
        self.assertEqual(case.recommended_type_id, self._type("public_claim"))
        case._hand_over_to(self.env.user, self.env["res.partner"])
        case.action_open()
        one = self._filed(case, "public_claim")
        for code in ("silent", "contentious", "measure", "paid"):
            one._advance(self._stage(one, code), TODAY)
        self.assertEqual((one.state, one.outcome), ("ended", "paid"))
