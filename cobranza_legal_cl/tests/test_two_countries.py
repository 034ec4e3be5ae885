from odoo import Command
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.case.verdict import CaseVerdict

from .common import ChileCommon

DAY = "2026-11-20"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTwoCountries(ChileCommon):
    """A company of Chile and one of Spain in one call of what takes debts off the
    ladder: each is judged by its own law. Where Spain's addon is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "cobranza.rules.es" not in cls.env:
            cls.skipTest(cls, "the law of Spain is not installed")
        cls.data = cls.setup_other_company(name="Residencia Los Olmos")
        cls.spain = cls.data["company"]
        cls.both = cls.company | cls.spain
        cls.env.user.company_ids |= cls.both
        allowed = {"allowed_company_ids": cls.both.ids}
        cls.env = cls.env(context={**cls.env.context, **allowed})
        country = cls.env.ref("base.es")
        cls.spain.partner_id.write({"country_id": country.id, "vat": False})
        cls.spain.write(
            {
                "account_fiscal_country_id": country.id,
                "cobranza_mode": "automatic",
                "cobranza_bank_guard_days": 0,
                "cobranza_sent_check": "never",
                "cobranza_policy_id": cls.policy.id,
            }
        )
        cls.spain.partner_id.tz = "Europe/Madrid"
        cls.data["default_journal_sale"].l10n_latam_use_documents = False
        moves = cls._bill(500000, "2026-10-05") | cls._bill_of_spain()
        for company in cls.both:
            cls._run(DAY, company)
        cls.debts = cls._debts(moves.with_env(cls.env))
        cls.debtors = cls.debts.debtor_id

    @classmethod
    def _bill_of_spain(cls):
        moves = cls.env["account.move"].with_company(cls.spain)
        account = cls.data["default_account_revenue"].id
        line = {"name": "x", "price_unit": 500000, "tax_ids": False}
        move = moves.create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.person.id,
                "invoice_date": "2026-09-01",
                "invoice_date_due": "2026-10-05",
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({**line, "account_id": account})],
            }
        )
        move.action_post()
        return move

    def _of(self, records):
        """(that of Chile, that of Spain), one of each."""
        found = records.grouped("company_id")
        self.assertEqual(set(found), set(self.both))
        return found[self.company], found[self.spain]

    def _each(self, model, **vals):
        return self.env[model].create(
            [
                {
                    "debtor_id": debt.debtor_id.id,
                    "debt_ids": [Command.set(debt.ids)],
                    **vals,
                }
                for debt in self.debts
            ]
        )

    def test_each_debtor_is_of_the_law_of_its_creditor(self):
        names = [one._cobranza_rules()._name for one in self.both]
        self.assertEqual(names, ["cobranza.rules.cl", "cobranza.rules.es"])
        self.assertEqual(self.debtors.partner_id, self.person)
        self._of(self.debtors)

    def test_cases_open_the_procedures_of_their_own_courts(self):
        cases = self._each("cobranza.case")
        chile, spain = (
            {way.procedure.country_id.code for way in CaseVerdict(case).ways()}
            for case in self._of(cases)
        )
        self.assertEqual((chile, spain), ({"CL"}, {"ES"}))

    def test_a_negotiation_is_a_duty_in_one_of_them(self):
        negotiations = self._each(
            "cobranza.negotiation",
            party_ids=[Command.create({"partner_id": self.person.id})],
        )
        for one in negotiations:
            file = self.env["ir.attachment"].create({"name": "s.txt", "raw": b"sworn"})
            one.party_ids.write(
                {"sworn_on": DAY, "sworn_file_ids": [Command.set(file.ids)]}
            )
        negotiations.invalidate_recordset(["window_words"])
        negotiations.mapped("window_words")
        chile, spain = self._of(negotiations)
        self.assertFalse(chile.window_words)
        self.assertTrue(spain.window_words)

    def test_suspensions_are_stopped_by_their_own_law(self):
        self.debtors.write({"authority_claim_on": "2026-11-01"})
        suspensions = self._each(
            "cobranza.suspension", services="Gym", essential="yes", channel="email"
        )
        with self.at("2026-11-23"):
            suspensions.mapped("stopped_by")
            chile, spain = (one.stopped_by for one in self._of(suspensions))
        self.assertIn("art. 37, inc. 15", chile)
        self.assertNotIn("Código Penal", chile)
        for article in ("Código Penal, art. 172", "Ley 10/2025, art. 13.8"):
            self.assertIn(article, spain)
        self.assertNotIn("art. 37", spain)

    def test_one_upkeep_of_both_gives_back_what_each_law_forbids(self):
        suspensions = self._each(
            "cobranza.suspension", services="Gym", essential="no", channel="email"
        )
        for state in ("noticed", "in_force"):
            suspensions.sudo()._set_state(state)
        self._of(self.debtors)[1].authority_claim_on = "2026-11-01"
        with self.at("2026-11-23"):
            suspensions.sudo()._upkeep(self.company._cobranza_today())
        chile, spain = self._of(suspensions)
        self.assertEqual((chile.state, spain.state), ("in_force", "lifted"))
