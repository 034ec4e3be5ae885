from odoo.tests import tagged

from .common import SpainCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestRegime(SpainCommon):
    def regime(self, **vals):
        partner = self.env["res.partner"].new({"name": "X", **vals})
        return self.rules._regime_of(partner)

    def test_spanish_companies_get_spanish_rules(self):
        self.assertEqual(self.rules._name, "cobranza.rules.es")
        self.assertEqual(self.rules._country(), self.env.ref("base.es"))
        self.assertEqual(self.company._cobranza_default_policy(), self.residence)

    def test_a_natural_person_is_a_consumer(self):
        self.assertEqual(self.regime(vat="ES12345678Z"), "consumer")
        self.assertEqual(self.regime(vat="X1234567L"), "consumer")
        self.assertEqual(self.regime(), "consumer")

    def test_a_company_is_known_by_its_number(self):
        self.assertEqual(self.regime(vat="ESA58818501", is_company=True), "company")
        self.assertEqual(self.regime(vat="B-12345674"), "company")

    def test_public_bodies_are_known_by_their_letter(self):
        for vat in ("ESQ2826000H", "P2807900B", "S2800568D"):
            self.assertEqual(self.regime(vat=vat, is_company=True), "public", vat)

    def test_a_person_number_on_a_company_is_self_employed(self):
        regime = self.regime(vat="12345678Z", is_company=True)
        self.assertEqual(regime, "small_business")

    def test_entities_without_profit_are_consumers(self):
        for vat in ("ESG58818501", "H12345674"):
            self.assertEqual(self.regime(vat=vat, is_company=True), "consumer", vat)

    def test_a_company_without_number_is_unknown(self):
        spain = self.env.ref("base.es").id
        self.assertEqual(self.regime(is_company=True, country_id=spain), "unknown")

    def test_a_foreign_company_with_a_number_is_a_company(self):
        germany = self.env.ref("base.de").id
        regime = self.regime(is_company=True, country_id=germany, vat="DE136695976")
        self.assertEqual(regime, "company")

    def test_the_number_that_arrives_later_tells_the_regime(self):
        partner = self._partner("Sin número SL", is_company=True)
        debt = self._follow(self._invoice(partner=partner), "2026-10-12")
        self.assertEqual(debt.debtor_id.regime, "unknown")
        partner.vat = "ESA58818501"
        self.assertEqual(debt.debtor_id.regime, "company")

    def test_a_regime_stated_by_hand_stays_until_it_is_taken_back(self):
        debtor = self._follow(
            self._invoice(partner=self.client), "2026-10-12"
        ).debtor_id
        self.assertFalse(debtor.regime_stated)
        debtor.regime = "consumer"
        self.assertTrue(debtor.regime_stated)
        self.client.vat = "ESB12345674"
        self.assertEqual(debtor.regime, "consumer")
        debtor.regime_stated = False
        self.assertEqual(debtor.regime, "company")

    def test_the_run_gives_new_debtors_their_regime(self):
        moves = self._invoice(partner=self.student) | self._invoice(partner=self.client)
        debts = self._follow(moves | self._invoice(partner=self.council), "2026-10-12")
        self.assertEqual(
            {debt.partner_id: debt.debtor_id.regime for debt in debts},
            {
                self.student: "consumer",
                self.client: "company",
                self.council: "public",
            },
        )

    def test_the_canary_islands_keep_their_own_hour(self):
        for xmlid, zone in (
            ("base.state_es_tf", "Atlantic/Canary"),
            ("base.state_es_gc", "Atlantic/Canary"),
            ("base.state_es_m", "Europe/Madrid"),
        ):
            self.student.state_id = self.env.ref(xmlid)
            self.assertEqual(self.rules._timezone(self.student), zone)
        self.student.write(
            {"state_id": False, "country_id": self.env.ref("base.pt").id}
        )
        self.assertEqual(self.rules._timezone(self.student), "Europe/Lisbon")
