import base64
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...models.mandate import choice as choosing
from ..common.mandate import IBAN, OTHER_IBAN, MandateCommon


@tagged("post_install", "-at_install")
class TestMandateChoice(MandateCommon):
    """Which mandate an invoice is debited by, and who has to get one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.cobranza_direct_debit = True
        cls.move = cls._invoice(currency_id=cls.euro.id)

    def _missing(self):
        return self.env["account.move"].search(
            [("cobranza_mandate_missing", "=", True)]
        )

    def test_an_invoice_says_by_which_mandate_it_is_debited(self):
        mandate = self._valid()
        self.assertTrue(self.move.cobranza_to_debit)
        self.assertEqual(self.move.cobranza_mandate_id, mandate)
        self.assertIn(mandate.reference, self.move.cobranza_mandate_note)
        self.assertFalse(self._missing())

    def test_it_says_why_it_is_not(self):
        said = {}
        said["none"] = self.move.cobranza_mandate_note
        mandate = self._mandate()
        for state in ("draft", "requested"):
            if state == "requested":
                mandate.action_request()
            self.env.invalidate_all()
            said[state] = self.move.cobranza_mandate_note
        mandate._sign(date(2026, 11, 2), "Sevilla", "hand")
        mandate._stop("suspended", "returned", "")
        self.env.invalidate_all()
        said["suspended"] = self.move.cobranza_mandate_note
        self.assertEqual(len(set(said.values())), 4)
        self.assertIn("There is no mandate", said["none"])
        self.assertIn(mandate.reference, said["suspended"])
        self.assertEqual(self._missing(), self.move)

    def test_another_currency_has_no_mandate(self):
        self._valid()
        pesos = self.env.ref("base.CLP")
        pesos.active = True
        move = self._invoice(currency_id=pesos.id, amount=1000)
        self.assertIn("currency", move.cobranza_mandate_note)
        self.assertIn(move, self._missing())

    # -- branches and contacts ---------------------------------------------------------

    def _branch(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.user.company_ids |= branch
        return branch

    def test_a_customer_pays_by_direct_debit_in_all_branches_or_in_none(self):
        here, branch = self.partner_b, self._branch()
        there = here.with_company(branch)
        there.cobranza_direct_debit = True
        self.assertTrue(here.with_company(self.company).cobranza_direct_debit)
        self.assertTrue(there.cobranza_direct_debit)
        for company in (self.company, branch):
            people = self.env["res.partner"].with_company(company)
            found = people.search([("cobranza_direct_debit", "=", True)])
            self.assertEqual(found & here, here)
            found = people.search([("cobranza_direct_debit", "=", False)])
            self.assertFalse(found & here)
        here.with_company(self.company).cobranza_direct_debit = False
        self.assertFalse(there.cobranza_direct_debit)

    def test_the_invoice_of_a_branch_is_debited(self):
        branch = self._branch()
        move = self.move.copy()
        self.env.cr.execute(
            "UPDATE account_move SET company_id = %s WHERE id = %s",
            [branch.id, move.id],
        )
        self.env.invalidate_all()
        self.assertTrue(move.cobranza_to_debit)

    def test_a_contact_pays_as_its_customer_does(self):
        contacts = self.env["res.partner"]
        child = contacts.create({"name": "Treasury", "parent_id": self.partner_a.id})
        self.assertTrue(child.cobranza_direct_debit)
        self.partner_a.cobranza_direct_debit = False
        self.assertFalse(child.cobranza_direct_debit)
        child.cobranza_direct_debit = True
        self.assertTrue(self.partner_a.cobranza_direct_debit)
        found = contacts.search([("cobranza_direct_debit", "=", True)])
        self.assertEqual(found & (child | self.partner_a), child | self.partner_a)
        contacts.create(
            {
                "name": "Plain",
                "parent_id": self.partner_a.id,
                "cobranza_direct_debit": False,
            }
        )
        self.assertTrue(self.partner_a.cobranza_direct_debit)

    def test_a_user_of_a_branch_reads_writes_and_searches_the_flag(self):
        branch = self._branch()
        user = self._role("manager", branch)
        user.company_ids = branch
        people = self.env["res.partner"].with_user(user).with_company(branch)
        person = people.browse(self.partner_a.id)
        self.assertTrue(person.cobranza_direct_debit)
        self.assertIn(person, people.search([("cobranza_direct_debit", "=", True)]))
        moves = self.env["account.move"].with_user(user).with_company(branch)
        self.assertFalse(moves.search([("cobranza_mandate_missing", "=", True)]))

    def test_the_manager_of_a_branch_imports_mandates(self):
        branch = self._branch()
        user = self._role("manager", branch)
        user.company_ids = branch
        dialog = self._import(
            f"reference;customer;signed_on\nB-1;{self.partner_b.name};2025-01-31\n",
            user,
        )
        self.assertEqual(dialog.line_ids.mapped("done"), [True], dialog.line_ids.words)
        self.assertEqual(self.partner_b.cobranza_mandate_count, 1)

    def test_customers_who_pay_otherwise_are_left_alone(self):
        other = self._invoice(partner=self.partner_b, currency_id=self.euro.id)
        self.assertFalse(other.cobranza_to_debit)
        self.assertFalse(other.cobranza_mandate_note)
        self.move.cobranza_no_debit = True
        self.assertFalse(self.move.cobranza_to_debit)
        self.assertFalse(self._missing())

    def test_a_mandate_between_businesses_is_not_used_for_who_became_a_consumer(self):
        mandate = self._mandate()
        mandate.debtor_id.sudo().regime = "company"
        mandate.scheme = "b2b"
        mandate._sign(date(2026, 11, 2), "Sevilla", "hand")
        self.assertEqual(self.move.cobranza_mandate_id, mandate)
        mandate.debtor_id.sudo().regime = "consumer"
        self.env.invalidate_all()
        self.assertFalse(self.move.cobranza_mandate_id)
        self.assertIn("not for this debtor", self.move.cobranza_mandate_note)

    def test_the_partner_says_it_too(self):
        mandate = self._valid()
        partner = self.partner_a.with_company(self.company)
        self.assertEqual(partner.cobranza_mandate_count, 1)
        self.assertIn(mandate.reference, partner.cobranza_mandate_note)

    def test_mandates_of_another_company_are_not_chosen(self):
        other = self.setup_other_company()["company"]
        chooser = choosing.MandateChooser(self.env, other)
        self._valid()
        wanted = {(self.partner_a.id, "EUR")}
        self.assertEqual(chooser.choices(wanted).popitem()[1].reason, "none")

    def test_a_thousand_choices_ask_as_often_as_one(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(60)]
        )
        for partner in partners:
            self._mandate(partner)
        wanted = [(partner.id, "EUR") for partner in partners]

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            chooser = choosing.MandateChooser(self.env, self.company)
            before = self.env.cr.sql_log_count
            chooser.choices(some)
            return self.env.cr.sql_log_count - before

        count(wanted[:1])
        self.assertEqual(count(wanted[:1]), count(wanted))

    # -- tasks -------------------------------------------------------------------------

    def _daily(self):
        block = self.company._cobranza_engine(self.env["cobranza.block.mandate"])
        block._daily(self.company, self.company._cobranza_today())
        debtor = self.partner_a.cobranza_debtor_id
        return debtor.activity_ids.filtered(
            lambda activity: "without a mandate" in (activity.summary or "")
        )

    def test_somebody_is_asked_once_for_a_mandate_that_lacks(self):
        self._run("2026-10-20")
        self.assertEqual(len(self._daily()), 1)
        self.assertEqual(len(self._daily()), 1)
        self._daily().unlink()
        self.assertFalse(self._daily())
        mandate = self._valid()
        self.assertFalse(self._daily())
        mandate._stop("revoked", "debtor", "")
        self.assertEqual(len(self._daily()), 1)

    def test_the_tasks_of_many_customers_are_raised_at_once(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(46)]
        )
        partners.cobranza_direct_debit = True
        self._invoices(partners, currency_id=self.euro.id)
        self._run("2026-10-20")
        debtors = partners.cobranza_debtor_ids
        block = self.company._cobranza_engine(self.env["cobranza.block.mandate"])

        def count(some):
            (debtors - some)._through_gate().mandate_asked_on = "2026-11-01"
            some._through_gate().mandate_asked_on = False
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            block._daily(self.company, self.company._cobranza_today())
            self.env.flush_all()
            self.assertEqual(len(some.filtered("mandate_asked_on")), len(some))
            return self.env.cr.sql_log_count - before

        self.assertEqual(len(debtors), 46)
        self.partner_a.cobranza_direct_debit = False
        count(debtors[:3])  # warm
        few, many = count(debtors[3:6]), count(debtors[6:])
        self.assertLessEqual(many, few + 6)

    def test_nobody_is_asked_while_the_switch_is_off(self):
        self._run("2026-10-20")
        self._switch(False)
        debtors = self.env["cobranza.debtor"]
        self.assertNotIn("cobranza.mandate", debtors._upkeep_models())
        self.assertFalse(self.env["cobranza.block"]._live_blocks())
        self._switch(True)
        self.assertIn("cobranza.mandate", debtors._upkeep_models())
        self.assertEqual(
            self.env["cobranza.block"]._live_blocks(),
            [self.env["cobranza.block.mandate"]],
        )

    # -- the switch --------------------------------------------------------------------

    def test_off_on_and_off_again_nothing_is_lost(self):
        mandate = self._valid()
        form = self.env.ref("cobranza_legal.view_cobranza_debtor_form")
        menu = self.env.ref("cobranza_legal.menu_direct_debit")
        collector = self._role("collector")

        def seen():
            self.env.invalidate_all()
            self.env.registry.clear_all_caches()
            user = self.env["cobranza.debtor"].with_user(collector)
            arch = user.get_view(form.id, "form")["arch"]
            menus = self.env["ir.ui.menu"].with_user(collector)._visible_menu_ids()
            return "action_view_mandates" in arch, menu.id in menus

        self.assertEqual(seen(), (True, True))
        self._switch(False)
        self.assertEqual(seen(), (False, False))
        self.assertEqual(mandate.state, "valid")
        self._switch(True)
        self.assertEqual(seen(), (True, True))
        self.assertEqual(self.move.cobranza_mandate_id, mandate)

    def test_the_settings_switch_it(self):
        self._switch(False)
        settings = self.env["res.config.settings"]
        with Form(settings) as form:
            self.assertFalse(form.group_cobranza_direct_debit)
            form.group_cobranza_direct_debit = True
        form.record.execute()
        self.assertTrue(self.env["cobranza.block.mandate"]._is_on())

    # -- import ------------------------------------------------------------------------

    def _import(self, text, user=None):
        dialog = self.env["cobranza.mandate.import"]
        if user:
            dialog = dialog.with_user(user)
        dialog = dialog.create({"file": base64.b64encode(text.encode())})
        dialog.action_import()
        return dialog

    def test_a_table_of_mandates_is_read_line_by_line(self):
        self.partner_a.vat = "B12345674"
        self.partner_b.ref = "C-2"
        taken = self._valid(reference="OLD-9")
        text = (
            "reference;customer;signed_on;scheme;kind;account;place;last_debit\n"
            f"IMP-1;B12345674;2025-01-31;CORE;;{IBAN};Sevilla;31/10/2026\n"
            f"IMP-2;C-2;31.1.2025;core;one-off;{OTHER_IBAN};;\n"
            "IMP 3;C-2;2025-01-31;;;;;\n"
            "IMP-4;Nobody;2025-01-31;;;;;\n"
            "IMP-5;C-2;yesterday;;;;;\n"
            "imp-1;C-2;2025-01-31;;;;;\n"
            "old-9;C-2;2025-01-31;;;;;\n"
            "IMP-6;C-2;2027-01-31;;;;;\n"
            "IMP-7;C-2;2025-01-31;magic;;;;\n"
            "IMP-8;C-2;2025-01-31;core;;ES00;;\n"
        )
        dialog = self._import(text)
        done = dialog.line_ids.filtered("done")
        self.assertEqual(done.mapped("number"), [2, 3])
        self.assertEqual(len(dialog.line_ids), 10)
        self.assertIn("2 of 10", dialog.result)
        one, two = self.env["cobranza.mandate"].search(
            [("reference", "in", ("IMP-1", "IMP-2"))], order="reference"
        )
        self.assertEqual(one.partner_id, self.partner_a)
        self.assertEqual((one.state, one.signed_method), ("valid", "import"))
        self.assertEqual(one.expires_on, date(2029, 10, 31))
        self.assertEqual(one.account_number, IBAN)
        self.assertEqual(two.kind, "one_off")
        self.assertEqual(two.bank_account_id.partner_id, self.partner_b)
        words = {row.number: row.words for row in dialog.line_ids}
        self.assertIn("banks take", words[4])
        self.assertIn("nobody", words[5])
        self.assertIn("not a day", words[6])
        self.assertIn("taken", words[7])
        self.assertIn("taken", words[8])
        self.assertIn("none of", words[10])
        self.assertEqual(taken.state, "valid")
        with self.assertRaisesRegex(UserError, "lacks the columns"):
            self._import("reference;customer\nA;B\n")

    def test_managers_import(self):
        for role in ("collector", "accountant"):
            with self.assertRaises(AccessError):
                self._import("reference;customer;signed_on\n", self._role(role))


@tagged("post_install", "-at_install")
class TestMandateBesideOca(MandateCommon):
    """Mandates of the OCA's addons are read where these are installed."""

    def _row(self, **vals):
        account = self.partner_b.bank_ids or self._account(self.partner_b, OTHER_IBAN)
        values = {
            "id": 7,
            "partner_id": self.partner_b,
            "partner_bank_id": account,
            "unique_mandate_reference": "OCA-1",
            "signature_date": date(2025, 1, 1),
            "last_debit_date": False,
            "state": "valid",
            "format": "sepa",
            "type": "recurrent",
            "scheme": "CORE",
            **vals,
        }
        names = {**dict.fromkeys(values)}
        return type("Row", (), {**values, "_fields": names})()

    def _choice(self, *rows):
        chooser = choosing.MandateChooser(self.env, self.company)
        regimes = chooser._regimes([self.partner_b.id])
        found = [
            chooser._foreign_candidate(row, regimes.get(self.partner_b.id, "unknown"))
            for row in rows
        ]
        return choosing.choose(found, "EUR", date(2026, 11, 23))

    def test_a_valid_one_is_chosen(self):
        self.assertEqual(self._choice(self._row()).candidate.key, (choosing.OCA, 7))

    def test_states_schemes_and_ends_are_those_of_our_law(self):
        reasons = {
            "draft": {"state": "draft"},
            "exhausted": {"state": "final"},
            "revoked": {"state": "cancel"},
            "expired": {"last_debit_date": date(2023, 1, 1)},
            "scheme": {"scheme": "B2B"},
        }
        for reason, vals in reasons.items():
            with self.subTest(reason):
                self.assertEqual(self._choice(self._row(**vals)).reason, reason)

    def test_the_other_stack_says_the_scheme_by_the_format(self):
        chooser = choosing.MandateChooser(self.env, self.company)
        for form, code in (("sepa_core", "core"), ("sepa_b2b", "b2b"), ("basic", "")):
            row = self._row(format=form)
            del row._fields["scheme"]
            with self.subTest(form):
                self.assertEqual(chooser._foreign_scheme(row), code)
        debtor = self._mandate(self.partner_b).debtor_id
        debtor.sudo().regime = "consumer"
        row = self._row(format="sepa_b2b", scheme="")
        self.assertEqual(self._choice(row).reason, "scheme")

    def test_one_that_is_no_sepa_mandate_does_not_expire(self):
        old = self._row(format="basic", last_debit_date=date(2015, 1, 1))
        self.assertEqual(self._choice(old).reason, "valid")

    def test_without_their_addon_nothing_is_asked(self):
        chooser = choosing.MandateChooser(self.env, self.company)
        if choosing.OCA not in self.env:
            self.assertEqual(list(chooser._foreign([self.partner_b.id])), [])

    def test_their_real_mandates_are_read_and_left_as_they_are(self):
        """Run by scripts/test_stories, which installs those of both stacks."""
        if choosing.OCA not in self.env:
            self.skipTest("no mandates of the OCA are installed")
        account = self._account(self.partner_b, OTHER_IBAN)
        mandates = self.env[choosing.OCA].sudo()
        vals = {
            "partner_bank_id": account.id,
            "company_id": self.company.id,
            "signature_date": "2026-01-10",
            "unique_mandate_reference": "OCA-1",
        }
        if not mandates._fields["partner_id"].related:
            vals["partner_id"] = self.partner_b.id
        theirs = mandates.create(vals)
        self.partner_b.cobranza_direct_debit = True
        move = self._invoice(partner=self.partner_b, currency_id=self.euro.id)
        self.assertIn("OCA-1", move.cobranza_mandate_note)
        self.assertTrue(move.cobranza_mandate_missing)
        theirs.validate()
        self.env.invalidate_all()
        self.assertFalse(move.cobranza_mandate_missing)
        self.assertFalse(move.cobranza_mandate_id)
        self.assertIn("OCA-1", move.cobranza_mandate_note)
        own = self._valid(self.partner_b, signed="2026-02-01")
        self.env.invalidate_all()
        self.assertEqual(move.cobranza_mandate_id, own)
        self.assertEqual(theirs.state, "valid")
