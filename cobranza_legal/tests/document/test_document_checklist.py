from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...models.common.checklist import DocumentChecklist
from ..common.documents import DocumentCommon
from ..common.mandate import MandateCommon
from ..common.queries import listed

DAY = "2026-11-23"


@tagged("post_install", "-at_install")
class TestChecklist(DocumentCommon):
    def test_a_customer_without_any_debt_lacks_what_is_required(self):
        partner = self._customer()
        self.assertEqual(self._missing(partner), "Contract, Identity")
        self.assertFalse(partner.cobranza_debtor_ids)
        found = self.env["res.partner"].search([("cobranza_documents_missing", "=", 1)])
        self.assertIn(partner, found)
        rest = self.env["res.partner"].search([("cobranza_documents_missing", "=", 0)])
        self.assertNotIn(partner, rest)
        self.assertFalse(self.env["cobranza.document"].search([]))

    def test_a_contact_of_a_customer_lacks_what_its_customer_lacks(self):
        partner = self._customer(is_company=True)
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": partner.id}
        )
        self.assertEqual(self._missing(contact), "Contract, Identity")

    def test_opening_makes_a_row_of_each_once_and_takes_off_what_nobody_asks(self):
        partner = self._customer()
        document = self._document(partner, self.contract)
        self.assertEqual(document.state, "missing")
        debtor = document.debtor_id
        self.assertEqual(len(debtor.document_ids), 3)
        debtor.action_view_documents()
        self.env.invalidate_all()
        self.assertEqual(len(debtor.document_ids), 3)
        self.photo.active = False
        debtor.action_view_documents()
        self.env.invalidate_all()
        self.assertEqual(debtor.document_ids.type_id, self.contract | self.identity)

    def test_what_somebody_touched_stays_when_nobody_asks_for_it_any_more(self):
        partner = self._customer()
        document = self._document(partner, self.photo)
        document._receive(b"photo", "photo.jpg")
        self.photo.active = False
        document.debtor_id.action_view_documents()
        self.assertTrue(document.exists())

    def test_what_was_filed_counts_for_the_row_that_stands_in_its_place(self):
        partner = self._customer()
        document = self._document(partner, self.contract)
        document._receive(b"contract", "contract.pdf")
        self.assertEqual(self._missing(partner), "Identity")
        own = self._type(self.contract.code, company_id=self.company.id)
        self.env.invalidate_all()
        self.assertEqual(self._missing(partner), "Identity")
        document.debtor_id.action_view_documents()
        self.assertFalse(
            document.debtor_id.document_ids.filtered(lambda one: one.type_id == own)
        )

    def test_what_is_waived_after_its_time_is_not_asked_for(self):
        partner = self._customer()
        document = self._document(partner, self.contract)
        document._through_gate().write({"state": "expired", "expires_on": "2020-01-01"})
        document._waive("Nobody signs it")
        self.assertEqual(self._missing(partner), "Identity")

    def test_a_balance_that_is_no_invoice_asks_for_none(self):
        self._type("paper", target="debt", title="invoice", sequence=8)
        move = self._invoice(due="2026-10-05")
        debt = self._debts(move)
        self.assertEqual(debt._known_title(), "invoice")
        self.assertTrue(debt.documents_missing)
        entry = self.env["cobranza.debt"].new({"title": False})
        self.assertEqual(entry._known_title(), "none")

    def test_regimes_and_titles_decide_what_is_asked(self):
        self.contract.of_unknown = False
        self.assertEqual(self._missing(self._customer()), "Identity")
        debt = self._debts(self._invoice(due="2026-10-05"))
        self.assertEqual(self._missing(debt), "Signed note")
        debt._state_claim(False, "promissory_note", "Signed")
        self.assertEqual(self._missing(debt), "Signed note, Note")
        history = self.env["cobranza.history"].search(
            [("debtor_id", "=", debt.debtor_id.id)], limit=1
        )
        self.assertIn("Promissory note", history.change)
        move = debt.move_id
        self.assertIn("Note", self._missing(move))
        moves = self.env["account.move"]
        self.assertIn(move, moves.search([("cobranza_documents_missing", "=", True)]))

    def _debts(self, move):
        self._run(DAY)
        return self.env["cobranza.debt"].search([("move_id", "=", move.id)])

    def test_a_settled_debt_is_asked_for_nothing(self):
        move = self._invoice(due="2026-10-05")
        debt = self._debts(move)
        self.assertTrue(debt.documents_missing)
        self._register_payment(move)
        self.assertEqual(self._missing(debt), "")

    def test_own_rows_stand_in_the_place_of_the_country_s_and_these_of_any(self):
        types = self.env["cobranza.document.type"]
        country = self.env.ref("base.fr")
        shipped = {"code": "twin", "sequence": 9}
        any_ = self._type("twin", sequence=9)
        own = self._type("twin", sequence=9, country_id=country.id)
        company = self._type(**shipped, company_id=self.company.id, of_public=False)
        asked = types._asked(self.company, country, "unknown")
        self.assertEqual(asked & (any_ | own | company), company)
        self.assertFalse(types._asked(self.company, country, "public") & (any_ | own))
        company.active = False
        asked = types._asked(self.company, country, "unknown")
        self.assertEqual(asked & (any_ | own | company), own)
        asked = types._asked(self.company, country.browse(), "unknown")
        self.assertEqual(asked & (any_ | own | company), any_)

    def test_shipped_rows_are_archived_and_copied_but_not_edited(self):
        manager = self._role("manager")
        shipped = self.env.ref("cobranza_legal.document_contract")
        shipped = shipped.with_user(manager).with_context(lang="en_US")
        with self.assertRaisesRegex(UserError, "comes with the addon"):
            shipped.required = False
        with self.assertRaisesRegex(UserError, "comes with the addon"):
            shipped.unlink()
        self.contract.active = False
        self.env.flush_all()
        shipped.active = True
        copy = shipped.copy()
        copy.required = False
        self.assertFalse(copy.origin)
        self.assertEqual(copy.company_id, self.company)
        with self.assertRaisesRegex(UserError, "cannot be edited"):
            copy.origin = "cobranza_legal"
        with self.assertRaises(AccessError):
            copy.with_user(self._role("collector")).required = True

    def test_a_source_says_nothing_about_what_it_is_not_about(self):
        with self.assertRaises(ValidationError):
            self._type("odd", target="debt", source="payer")
        with self.assertRaises(ValidationError):
            self._type("odd", title="cheque")

    def test_what_stands_elsewhere_is_not_typed_again(self):
        self._type("terms", source="terms", sequence=5)
        self._type("payer", source="payer", sequence=6)
        partner = self._customer()
        debtor = self._debtor_of(partner)
        self.assertEqual(self._missing(partner), "Contract, Identity, Terms")
        debtor.terms_informed_on = "2026-01-01"
        debtor.terms_file_ids = self.env["ir.attachment"].create({"name": "t"})
        self.assertEqual(self._missing(partner), "Contract, Identity")
        payer = self._customer(name="Payer", customer_rank=0)
        debtor.payer_id = payer
        self.assertEqual(self._missing(partner), "Contract, Identity, Payer")
        document = self._document(
            debtor, self.env["cobranza.document.type"].search([("code", "=", "payer")])
        )
        self.assertEqual((document.derived, document.standing), (True, "missing"))
        with self.assertRaisesRegex(UserError, "stands elsewhere"):
            document._receive(b"x", "x.pdf")
        payer.phone = "+34 600 00 00 00"
        self.env.invalidate_all()
        self.assertEqual(document.standing, "checked")
        self.assertEqual(self._missing(debtor), "Contract, Identity")

    def test_the_posted_invoice_is_a_document_of_its_debt(self):
        self._type("invoice", target="debt", source="entry", title="invoice")
        debt = self._debts(self._invoice(due="2026-10-05"))
        self.assertEqual(self._missing(debt), "Signed note")

    def test_lists_are_grouped_by_it(self):
        debt = self._debts(self._invoice(due="2026-10-05"))
        good = self._customer(name="Good")
        for kind in (self.contract, self.identity):
            kind.check_code = False
            self._document(good, kind)._receive(b"x", "x.pdf")
        for model, ids, name in (
            ("cobranza.debt", debt.ids, "documents_missing"),
            ("cobranza.debtor", debt.debtor_id.ids, "documents_missing"),
            ("account.move", debt.move_id.ids, "cobranza_documents_missing"),
            ("res.partner", good.ids, "cobranza_documents_missing"),
        ):
            with self.subTest(model=model):
                groups = self.env[model].formatted_read_group(
                    [("id", "in", ids)], [name], ["__count"]
                )
                expected = model != "res.partner"
                found = [(bool(group[name]), group["__count"]) for group in groups]
                self.assertEqual(found, [(expected, len(ids))])

    def test_the_filter_and_the_tasks_ask_the_same_number_of_times_for_any_number(self):
        counts = {}
        for number in (2, 250):
            while (
                self.env["res.partner"].search_count([("name", "=", "Many")]) < number
            ):
                partner = self._customer(name="Many")
                self._debtor_of(partner)
            self.env.flush_all()
            self.env.invalidate_all()
            with listed(self.cr) as queries:
                found = self.env["res.partner"].search(
                    [("cobranza_documents_missing", "=", True), ("name", "=", "Many")]
                )
            self.assertEqual(len(found), number)
            self.env.invalidate_all()
            with listed(self.cr) as shown:
                found.mapped("cobranza_documents_note")
            self.env.invalidate_all()
            with listed(self.cr) as debtors:
                self.env["cobranza.debtor"].search([("documents_missing", "=", True)])
            counts[number] = (len(queries), len(shown), len(debtors))
        few, many = counts[2], counts[250]
        for one, other in zip(few, many, strict=True):
            self.assertLessEqual(other, one + 2, (counts, str(debtors)))
        self.assertLess(max(many), 20)


@tagged("post_install", "-at_install")
class TestMandateAsDocument(DocumentCommon, MandateCommon):
    def test_a_mandate_is_asked_of_who_pays_by_direct_debit_while_the_block_is_on(self):
        kind = self._type("sepa", source="mandate", sequence=4)
        self.contract.active = self.identity.active = False
        partner = self.partner_a
        self.assertEqual(self._missing(partner), "")
        partner.cobranza_direct_debit = True
        self.assertEqual(self._missing(partner), "Sepa")
        self._switch(False)
        self.assertEqual(self._missing(partner), "")
        self._switch(True)
        self._valid()
        self.assertEqual(self._missing(partner), "")
        document = self._document(partner, kind)
        self.assertEqual(document.standing, "checked")

    def test_the_choice_of_many_mandates_is_read_at_once(self):
        self._type("sepa", source="mandate", sequence=4)
        people = self.env["res.partner"].create(
            [{"name": f"Payer {n}", "customer_rank": 1} for n in range(30)]
        )
        people.cobranza_direct_debit = True
        checklist = DocumentChecklist(self.env, self.company, date(2026, 11, 23))
        with listed(self.cr) as queries:
            found = checklist.of_partners(people.ids)
        self.assertEqual(len(found), 30)
        self.assertLess(len(queries), 20, str(queries))
