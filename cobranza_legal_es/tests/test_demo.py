from datetime import date

from stdnum.es import nif

from odoo.tests import HttpCase, tagged

from odoo.addons.cobranza_legal.models.case.petition import write_petition
from odoo.addons.cobranza_legal.tests.common.base import FrozenCase
from odoo.addons.cobranza_legal.tests.common.demo_checks import DemoChecks
from odoo.addons.cobranza_legal.tests.common.demo_courts import DemoCourts
from odoo.addons.cobranza_legal.tests.common.demo_figures import DemoFigures


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDemo(DemoFigures, DemoCourts, DemoChecks, FrozenCase, HttpCase):
    """The student residence."""

    demo = "cobranza.demo.es"
    lang = "es_ES"

    @staticmethod
    def is_valid(vat):
        return nif.is_valid(vat)

    def test_the_chart_is_the_spanish_one_and_the_mode_is_confirm(self):
        self.assertEqual(self.company.chart_template, "es_pymes")
        self.assertEqual(self.company.cobranza_mode, "confirm")
        self.assertEqual(self.company.cobranza_bank_account_id.acc_type, "iban")

    def test_monthly_fees_are_due_on_the_fifth(self):
        term = self.env.ref("cobranza_legal_es.payment_term_day_5")
        fees = self.invoices.filtered(lambda move: move.invoice_payment_term_id == term)
        self.assertGreater(len(fees), 30)
        self.assertEqual({fee.invoice_date_due.day for fee in fees}, {5})

    def test_parents_pay_and_students_are_left_alone(self):
        students = self.debtors.beneficiary_ids
        self.assertEqual(len(students), 3)
        contacts = self._of("cobranza.contact")
        self.assertFalse(contacts.recipient_id & students)

    def test_businesses_follow_their_own_policy(self):
        business = self.env.ref("cobranza_legal_es.policy_business")
        tagged_ones = self.customers().filtered("category_id")
        tags = tagged_ones.category_id.with_company(self.company)
        self.assertEqual(tags.cobranza_policy_id, business)

    def test_a_business_may_agree_with_the_index_of_the_month_before(self):
        terms = self.env.ref("cobranza_legal_es.agreement_policy")
        rate, _words = terms._rate_on(self.company, self.company._cobranza_today())
        self.assertGreater(rate, 3)
        values = terms.index_id.value_ids
        made_up = values.filtered(lambda value: "ficticio" in value.source)
        self.assertTrue(made_up)
        known = values.filtered(lambda value: value.date_from == date(2026, 2, 1))
        self.assertEqual(known.mapped("value"), [2.221], "the true ones stay")

    def test_debits_of_every_state_tell_one_story(self):
        debits = self._of("cobranza.debit")
        found = debits.grouped("state")
        states = {"planned", "notified", "presented", "paid", "returned", "refunded"}
        self.assertEqual(set(found), states)
        self.assertTrue(all(debit.money_line_ids for debit in found["paid"]))
        self.assertLess(found["refunded"].paid_on, found["refunded"].returned_on)
        self.assertEqual(found["refunded"].return_code, "MD06")
        self.assertFalse(found["refunded"].move_line_id.reconciled)
        returned = found["returned"]
        self.assertEqual(set(returned.mapped("return_code")), {"AM04"})
        self.assertEqual(returned.cost_id.kind, "returned_debit")
        self.assertTrue(returned.cost_id.attachment_ids)
        again = debits.filtered(lambda one: one.number == 2)
        self.assertLessEqual({"returned", "planned"}, set(again.mapped("state")))
        for debit in debits:
            self.assertEqual(debit.scheme, debit.mandate_id.scheme)
            self.assertTrue(debit.notified_on or debit.state == "planned")
            if debit.presented_on:
                self.assertLess(debit.presented_on, debit.collect_on)
                self.assertLessEqual(debit.notified_on, debit.notify_by)
                self.assertTrue(debit.batch_id.file_id)
        used = self._of("cobranza.mandate", [("last_used_on", "!=", False)])
        old = used.filtered(lambda one: one.partner_id.ref == "sara.boceto")
        presented = debits.filtered("presented_on")
        self.assertEqual(presented.mandate_id, used - old)
        draft = self._of("cobranza.debit.batch", [("state", "=", "draft")])
        self.assertTrue(draft.untold_count)
        self.assertIn(draft.create_uid, self.company.user_ids)
        self.assertIn("MD06", draft.left_out)
        b2b = debits.filtered(lambda one: one.scheme == "b2b").partner_id
        others = self.invoices.filtered(lambda move: move.partner_id in b2b)
        for move in others:  # not of this batch at all
            self.assertNotIn(move.name, draft.left_out)

    def test_a_judgment_is_enforced_and_has_brought_a_part(self):
        cases = self._of("cobranza.case", [("phase", "=", "enforcement")])
        self.assertEqual(len(cases), 1)
        codes = cases.proceeding_ids.sorted("id").mapped("procedure_code")
        self.assertEqual(codes, ["monitorio", "verbal", "enforcement"])
        judgment = cases.judgment_ids
        self.assertEqual(judgment.state, "firm")
        self.assertEqual(judgment.granted, judgment.claimed)
        self.assertGreater(judgment.enforceable_until, self.today)
        self.assertTrue(0 < judgment.owed_principal < judgment.granted)
        self.assertEqual(cases.judged_amount, judgment.owed)
        states = set(cases.measure_ids.mapped("state"))
        self.assertLessEqual({"known", "ordered"}, states)
        money = cases.realisation_ids
        self.assertEqual(money.state, "done")
        self.assertEqual(money.payment_id.amount, money.amount)
        self.assertEqual(cases.recovered, money.amount)
        power = self._of("cobranza.power")
        self.assertTrue(power.file_ids and power.valid_until)

    def test_the_request_of_enforcement_says_what_was_judged_and_what_is_known(self):
        case = self._of("cobranza.case", [("phase", "=", "enforcement")])
        suit = case.proceeding_ids.filtered(lambda one: one.state == "filed")
        kind = self.env.ref("cobranza_legal_es.petition_enforcement")
        draft = write_petition(case, kind, suit).draft
        self.assertEqual(len(draft.missing), 1, "the number of the lawyer in the bar")

    def test_the_tax_of_one_invoice_is_back_and_that_of_another_may_be_taken(self):
        reliefs = self._of("cobranza.vat.relief")
        booked = reliefs.filtered(lambda one: one.state == "booked")
        self.assertEqual(len(booked), 1)
        self.assertEqual((booked.code, booked.tax), ("R3", 248))
        self.assertTrue(booked.proof_file_ids and booked.activity_ids)
        other = reliefs.filtered(
            lambda one: one.debtor_id == booked.debtor_id and one != booked
        )
        self.assertEqual(other.state, "watched")
        self.assertFalse(other.blocked)
        self.assertEqual(other.standing, "open")
        debts = booked.move_id.cobranza_debt_ids
        self.assertEqual(sum(debts.mapped("amount_residual")), 2480)
