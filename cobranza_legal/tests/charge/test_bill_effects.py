from odoo.tests import tagged

from ..common.billing_year import BillingYear


@tagged("post_install", "-at_install")
class TestBillEffects(BillingYear):
    """What is billed is claimed, and is never the base of anything."""

    # -- runs ------------------------------------------------------------------------

    def test_a_year_of_runs_charges_no_charge(self):
        self._check_a_year(step=30)

    def test_the_run_opens_no_billed_item_even_without_its_debt(self):
        _move, _debt, charges = self._billed("compensation", form="invoice")
        own = charges.bill_debt_id
        charges._through_gate().sudo().write({"bill_debt_id": False})
        own.sudo().unlink()
        self._run("2026-12-20")
        found = self.env["cobranza.debt"].search(
            [("move_id", "=", charges.bill_move_id.id)]
        )
        self.assertFalse(found)

    def test_interest_goes_on_after_what_was_billed(self):
        move, debt = self._opened()
        self._form("interest")
        with self.law(interest=self.terms("10")):
            first = self._assess_on("2026-10-30", debt)[0]
            self._bill_on("2026-11-02", first)
            second = self._assess_on("2026-11-30", debt)[0]
        self.assertEqual(str(second.period_from), "2026-10-31")
        self.assertEqual(second.base, 1000)
        self.assertEqual(move.amount_residual, 1000)

    def test_the_first_day_includes_no_billed_item(self):
        _move, _debt, charges = self._billed("compensation")
        wizard = self.env["cobranza.first.day"].create({})
        found = self.env["account.move.line"].search(wizard._excluded_domain())
        self.assertFalse(found & charges.bill_line_id)

    def test_figures_of_the_debtor_do_not_change_by_billing(self):
        _move, debt = self._opened()
        self._form("compensation")
        charge = self._charge(debt)
        debtor = debt.debtor_id
        before = (debtor.total, debtor.overdue, debtor.charge_amount)
        self._bill_on("2026-11-02", charge)
        self.env.invalidate_all()
        after = (debtor.total, debtor.overdue, debtor.charge_amount)
        self.assertEqual(before, after)
        self.assertEqual(_move.cobranza_charge_amount, 40)

    # -- letters ---------------------------------------------------------------------

    def test_a_letter_claims_what_is_still_due_of_a_billed_charge(self):
        self._text("reminder", "en_US", "x", "<p>{{ total }}</p>{{ charges_table }}")
        _move, debt, charges = self._billed("compensation")
        with self.at("2026-11-03"):
            self._settle(charges.bill_line_id, 4)
            contact = debt.contact_line_ids.contact_id[:1]
            self.assertTrue(contact)
            values = contact._merge_values()
        self.assertIn("1,006", values["total"])
        self.assertIn("6.00", str(values["charges_table"]))

    def test_the_statement_tells_charges_apart_and_counts_them_once(self):
        _move, debt, charges = self._billed("compensation", "interest")
        with self.at("2026-11-03"):
            section = debt.debtor_id._statement()[0]
        self.assertEqual(len(section["rows"]), 1)
        figures = section["figures"]
        self.assertEqual((section["open"], figures.charges), (1000, 30))
        self.assertEqual(figures.total, 1030)
        told = sorted(one["amount"] for one in section["charges"])
        self.assertEqual(told, sorted(charges.mapped("amount_due")))

    # -- papers and dialogs ------------------------------------------------------------

    def test_the_note_of_charges_tells_what_is_charged_and_why(self):
        _move, debt, charges = self._billed("compensation", "interest")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "cobranza_legal.charge_note", charges.bill_move_id.ids
        )[0]
        text = html.decode()
        for word in ("Note of charges", debt.document, "Law 1", "30.00"):
            self.assertIn(word, text)
        self.assertIn(charges.bill_move_id.name, text)

    def test_the_preview_shows_the_entries_and_leaves_nothing(self):
        self._form("compensation")
        _move, debt = self._opened()
        charges = self._charge(debt) | self._charge(debt, "fee", 9)
        moves = self.env["account.move"].search_count([])
        accountant = self._role("accountant")
        with self.at("2026-11-02"):
            action = charges.with_user(accountant).action_bill()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        for said in (self.receivable.code, self.income.code, "40.00"):
            self.assertIn(said, wizard.preview)
        self.assertIn("Collection fee (law)", wizard.problem)
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertFalse(charges.bill_move_id)
        with self.at("2026-11-02"):
            wizard.with_user(accountant).action_bill()
        self.assertEqual(charges.mapped("state"), ["billed", "assessed"])

    def test_the_screen_lists_what_goes_to_the_ledger(self):
        self._form("compensation")
        self._form("cost", "memo")
        _move, debt = self._opened()
        wanted = self._charge(debt) | self._charge(debt, "fee", 9)
        self._charge(debt, "cost", 3)
        action = self.env.ref("cobranza_legal.action_cobranza_charge_bill")
        domain = eval(action.domain)
        found = self.env["cobranza.charge"].search(domain)
        self.assertEqual(found, wanted.sorted("id", reverse=True))

    def test_the_button_creates_what_is_missing_once(self):
        forms = self.env["cobranza.charge.form"]
        forms._create_missing(self.company)
        rows = forms.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(rows), 16)
        self.assertEqual(set(rows.mapped("form")), {"memo"})
        self.assertFalse(forms._create_missing(self.company))
