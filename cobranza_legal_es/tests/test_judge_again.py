from datetime import date

from odoo.tests import tagged

from .common import SpainCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestJudgeAgain(SpainCommon):
    """What of Ley 3/2004 was charged follows what is known of the debtor now."""

    def _charged(self, due, day, amount=1000):
        move = self._invoice(
            due=due, amount=amount, partner=self.client, invoice_date="2026-04-01"
        )
        debt = self._follow(move, day)
        with self.at(day):
            on = self.company._cobranza_today()
            self.env["cobranza.charge"]._assess(debt, on)
            self.cr.flush()
        return debt

    def _standing(self, debt):
        charges = debt.charge_ids.filtered(lambda one: one.state == "assessed")
        return {one.kind: one.amount for one in charges}

    def _change(self, debt, day, **vals):
        with self.at(day):
            debt.debtor_id.write(vals)
            self.cr.flush()

    def _interest(self, debt, day):
        with self.at(day):
            statement = debt.debtor_id._position(date.fromisoformat(day))
        items = [one for section in statement.sections for one in section.charges]
        return float(sum(one.amount for one in items if one.kind == "interest"))

    def test_a_company_turns_out_to_be_a_consumer(self):
        debt = self._charged("2026-05-05", "2026-05-31")
        self.assertEqual(self._standing(debt), {"interest": 7.23, "compensation": 40})
        charges = debt.charge_ids
        self._change(debt, "2026-06-01", regime="consumer")
        self.assertEqual(self._standing(debt), {})
        self.assertEqual(set(charges.mapped("state")), {"reversed"})
        self.assertTrue(all(charges.mapped("state_reason")))
        self.assertEqual(self._interest(debt, "2026-06-01"), 0)

    def test_interest_ends_on_the_legal_day_and_not_at_our_last_look(self):
        debt = self._charged("2026-05-05", "2026-05-31")
        self._change(debt, "2026-07-01", insolvent_on="2026-06-10")
        for day in ("2026-07-01", "2026-11-23"):
            self.assertEqual(self._interest(debt, day), 10.01, day)

    def test_interest_after_the_declaration_is_taken_back(self):
        debt = self._charged("2026-05-05", "2026-07-31")
        self._change(debt, "2026-08-01", insolvent_on="2026-06-10")
        self.assertEqual(self._standing(debt)["interest"], 10.01)
        charge = debt.charge_ids.filtered(
            lambda one: one.kind == "interest" and one.state == "assessed"
        )
        self.assertIn("TRLC, art. 152", charge.article)
        self.assertEqual(str(charge.period_to), "2026-06-10")

    def test_the_day_of_death_ends_no_interest(self):
        debt = self._charged("2026-05-05", "2026-05-31")
        self._change(debt, "2026-07-01", deceased_on="2026-05-20")
        self.assertEqual(self._standing(debt)["interest"], 7.23)
        self.assertGreater(self._interest(debt, "2026-07-01"), 10.01)

    def test_another_agreed_rate_is_another_interest_of_the_same_days(self):
        debt = self._charged("2026-05-05", "2026-05-31")
        self._change(
            debt,
            "2026-06-01",
            l10n_es_interest_terms="contract",
            l10n_es_contract_rate=7.3,
        )
        self.assertEqual(self._standing(debt), {"interest": 5.2, "compensation": 40})
        self._change(debt, "2026-06-02", l10n_es_interest_terms="none")
        self.assertEqual(self._standing(debt), {"compensation": 40})
        self._change(debt, "2026-06-03", l10n_es_interest_terms=False)
        self.assertEqual(self._standing(debt), {"interest": 7.23, "compensation": 40})

    def test_the_terms_of_the_company_are_judged_by_the_upkeep(self):
        debt = self._charged("2026-05-05", "2026-05-31")
        self.company.l10n_es_contract_rate = 9
        self.env.invalidate_all()
        self.assertIn("Contract rate", debt.debtor_id.judge_reason)
