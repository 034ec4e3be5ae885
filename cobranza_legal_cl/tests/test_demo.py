from stdnum.cl import rut

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.cobranza_legal.tests.common.base import FrozenCase
from odoo.addons.cobranza_legal.tests.common.demo_checks import DemoChecks
from odoo.addons.cobranza_legal.tests.common.demo_courts import DemoCourts
from odoo.addons.cobranza_legal.tests.common.demo_figures import DemoFigures


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDemo(DemoFigures, DemoCourts, DemoChecks, FrozenCase, HttpCase):
    """The wholesaler."""

    demo = "cobranza.demo.cl"
    lang = "es_CL"

    @staticmethod
    def is_valid(vat):
        return rut.is_valid(vat)

    def test_the_chart_is_the_chilean_one_and_the_mode_is_proposal(self):
        self.assertEqual(self.company.chart_template, "cl")
        self.assertEqual(self.company.cobranza_mode, "proposal")

    def test_every_invoice_is_a_document_of_the_sii(self):
        codes = set(self.invoices.mapped("l10n_latam_document_type_id.code"))
        self.assertEqual(codes, {"33", "39", "110"})
        notes = self.moves.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(set(notes.mapped("l10n_latam_document_type_id.code")), {"61"})

    def test_every_day_around_today_has_an_uf_and_says_when_it_is_invented(self):
        parameter = self.env.ref("cobranza_legal_cl.parameter_uf")
        values = self.env["cobranza.parameter.value"].search(
            [("parameter_id", "=", parameter.id)]
        )
        days = {value.date_from: value for value in values}
        for number in range(-400, 401):
            self.assertIn(fields.Date.add(self.today, days=number), days)
        invented = values.filtered(lambda value: "ficticio" in value.source)
        self.assertFalse(any(invented.mapped("editable")))
        shipped = values - invented
        self.assertEqual(len(shipped), 4)
        for value in shipped:
            self.assertTrue(38000 < value.value < 42000)

    def test_protected_debtors_who_knew_the_terms_owe_fees_and_others_interest(self):
        fees = self._of("cobranza.charge", [("kind", "=", "fee")])
        self.assertTrue(fees)
        for debtor in fees.debtor_id:
            self.assertIn(debtor.regime, ("consumer", "small_business"))
            self.assertTrue(debtor.terms_informed_on)
        self.assertTrue(any(fees.mapped("proof_contact_id")))
        own = self._of("cobranza.charge", [("kind", "in", ("commission", "interest"))])
        self.assertEqual(set(own.mapped("kind")), {"commission", "interest"})
        self.assertFalse(own.debt_id & fees.debt_id)
        for debtor in own.debtor_id:
            self.assertIn(debtor.regime, ("company", "public"))
        self.assertTrue(any(self.debts.mapped("charge_note")))

    def test_debits_by_pac_tell_one_story(self):
        debits = self._of("cobranza.debit")
        self.assertEqual(set(debits.mapped("scheme")), {"pac"})
        found = debits.grouped("state")
        self.assertEqual(set(found), {"planned", "presented", "paid", "returned"})
        self.assertTrue(found["paid"].money_line_ids)
        self.assertEqual(found["presented"].mandate_id, found["paid"].mandate_id)
        self.assertGreaterEqual(found["presented"].return_until, self.today)
        returned = found["returned"]
        self.assertFalse(returned.move_line_id.reconciled)
        self.assertTrue(returned.return_note)
        self.assertEqual(returned.cost_id.kind, "returned_debit")
        self.assertTrue(returned.cost_id.attachment_ids)
        for debit in debits.filtered("presented_on"):
            self.assertLess(debit.presented_on, debit.collect_on)
            self.assertTrue(debit.batch_id.file_id)
        draft = self._of("cobranza.debit.batch", [("state", "=", "draft")])
        self.assertEqual(draft.debit_ids, found["planned"])
        self.assertFalse(draft.untold_count, "PAC asks for no notice")
        self.assertIn(returned.document, draft.left_out)
        mandates = self._of("cobranza.mandate")
        self.assertEqual(set(mandates.mapped("state")), {"requested", "valid"})
        self.assertTrue(all(one.account_number for one in debits.mandate_id))

    def test_a_suit_ended_in_a_settlement_that_is_being_paid(self):
        case = self._of("cobranza.case", [("outcome", "=", "settled")])
        self.assertEqual(len(case), 1)
        codes = case.proceeding_ids.sorted("id").mapped("procedure_code")
        self.assertEqual(codes, ["invoice_notice", "executive"])
        self.assertEqual(case.measure_ids.state, "released")
        agreement = case.debtor_id.agreement_ids
        self.assertEqual(agreement.state, "active")
        self.assertEqual(len(agreement.instalment_ids), 4)
        self.assertTrue(case.recovered, "the instalment came after its end")
        self.assertFalse(case.deadline_ids.filtered(lambda one: one.state == "open"))
