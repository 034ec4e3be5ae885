from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common.mandate import IBAN, IDENTIFIER, OTHER_IBAN, MandateCommon
from ..common.test_update import migrate

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestMandate(MandateCommon):
    """What a mandate is, how it becomes valid and how it ends."""

    # -- making ------------------------------------------------------------------------

    def test_a_customer_who_never_owed_anything_may_have_a_mandate(self):
        stranger = self.env["res.partner"].create({"name": "New student"})
        mandate = self._mandate(stranger)
        self.assertEqual(mandate.debtor_id.partner_id, stranger)
        self.assertEqual(mandate.company_id, self.company)
        self.assertEqual(mandate.state, "draft")
        self.assertEqual(mandate.creditor_identifier, IDENTIFIER)
        self.assertRegex(mandate.reference, r"^M2026-\d{5}$")

    def test_a_contact_of_a_customer_signs_for_the_customer(self):
        child = self.env["res.partner"].create(
            {"name": "Treasury", "parent_id": self.partner_a.id}
        )
        mandate = self._mandate(child)
        self.assertEqual(mandate.partner_id, self.partner_a)

    def test_the_form_makes_a_mandate(self):
        form = Form(self.env["cobranza.mandate"])
        form.partner_id = self.partner_a
        form.scheme = "core"
        form.bank_account_id = self.account
        mandate = form.save()
        self.assertEqual(mandate.debtor_id.partner_id, self.partner_a)
        self.assertEqual(mandate.bank_account_id, self.account)

    def test_references_are_those_that_banks_take(self):
        for bad in ("MANDATO Ñ", "A B", "/A", "A//B", "A" * 36):
            with self.subTest(bad), self.assertRaises(ValidationError):
                self._mandate(reference=bad)
        self.assertEqual(self._mandate(reference=" RES-1/2 ").reference, "RES-1/2")

    @mute_logger("odoo.sql_db")
    def test_a_reference_is_unique_for_a_creditor_whatever_its_capitals(self):
        self._mandate(reference="Res-001")
        self.env.flush_all()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._mandate(reference="RES-001")
            self.env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_the_business_code_makes_no_other_creditor(self):
        self._mandate(reference="RES-001")
        self.company.cobranza_creditor_identifier = "ES11ABCB12345674"
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._mandate(reference="RES-001")
            self.env.flush_all()

    def test_the_creditor_identifier_is_looked_at(self):
        for bad in ("ES12000B12345674", "B12345674", "ES11 000"):
            with self.subTest(bad), self.assertRaises(ValidationError):
                self.company.cobranza_creditor_identifier = bad
        self.company.cobranza_creditor_identifier = "es11-000-b12345674"

    def test_consumers_sign_no_mandate_between_businesses(self):
        debtor = self._mandate().debtor_id
        debtor.sudo().regime = "company"
        self.assertTrue(self._mandate(scheme="b2b"))
        for regime in ("consumer", "unknown"):
            debtor.sudo().regime = regime
            with self.assertRaisesRegex(ValidationError, "may not sign"):
                self._mandate(scheme="b2b")

    def test_the_account_is_an_iban_of_the_customer_or_of_its_payer(self):
        foreign = self._account(self.partner_b, OTHER_IBAN)
        with self.assertRaisesRegex(ValidationError, "neither is"):
            self._mandate(bank_account_id=foreign.id)
        mandate = self._mandate()
        mandate.debtor_id.payer_id = self.partner_b
        mandate.bank_account_id = foreign
        wrong = self._account(self.partner_a, "ES9121000418450200051333")
        with self.assertRaisesRegex(ValidationError, "no IBAN"):
            mandate.bank_account_id = wrong

    def test_where_the_law_knows_no_direct_debit_nothing_is_made(self):
        rules = type(self.env["cobranza.rules"])
        nothing = patch.object(rules, "_mandate_schemes", lambda *_args: ())
        with nothing, self.assertRaisesRegex(UserError, "know no direct debit"):
            self._mandate()

    # -- signature ---------------------------------------------------------------------

    def test_a_signature_by_hand_needs_its_scan(self):
        mandate = self._mandate()
        dialog = self.env["cobranza.mandate.sign"].create(
            {"mandate_id": mandate.id, "day": "2026-11-20", "place": "Sevilla"}
        )
        with self.assertRaisesRegex(UserError, "scan"):
            dialog.action_confirm()
        dialog.write({"file": PNG, "filename": "scan.png"})
        dialog.action_confirm()
        self.assertEqual(mandate.state, "valid")
        self.assertEqual(mandate.signed_on, date(2026, 11, 20))
        self.assertEqual(mandate.signed_place, "Sevilla")
        self.assertEqual(mandate.account_number, IBAN)
        self.assertEqual(mandate.creditor_name, self.company.name)
        with self.assertRaises(UserError):
            mandate.file_ids.unlink()

    def test_nobody_signs_tomorrow(self):
        with self.assertRaisesRegex(UserError, "to come"):
            self._mandate()._sign(date(2026, 11, 24), "Sevilla", "hand")

    def test_it_is_signed_without_an_account_that_comes_later(self):
        mandate = self._mandate(bank_account_id=False)
        mandate._sign(date(2026, 11, 23), "Sevilla", "hand")
        self.assertEqual(mandate.state, "valid")
        self.assertFalse(mandate.account_number)
        mandate._amend("The account came", account=self.account)
        self.assertEqual(mandate.account_number, IBAN)
        self.assertEqual(mandate.bank_account_id, self.account)

    def test_without_an_identifier_nothing_is_requested(self):
        self.company.cobranza_creditor_identifier = False
        mandate = self._mandate()
        with self.assertRaisesRegex(UserError, "no creditor identifier"):
            mandate.action_request()
        self.company.cobranza_creditor_identifier = IDENTIFIER
        mandate.action_request()
        self.assertEqual(mandate.creditor_identifier, IDENTIFIER)

    def test_what_was_handed_over_changes_by_amendments_only(self):
        mandate = self._mandate()
        mandate.action_request()
        for vals in ({"reference": "X"}, {"scheme": "b2b"}, {"kind": "one_off"}):
            with self.assertRaises(UserError):
                mandate.write(vals)
        mandate.note = "Called on Monday"
        mandate.action_draft()
        mandate.reference = "RES-77"
        with self.assertRaises(UserError):
            self._valid().unlink()

    def test_the_number_signed_for_stays_when_the_account_is_edited(self):
        mandate = self._valid()
        self.account.acc_number = OTHER_IBAN
        self.assertEqual(mandate.account_number, IBAN)

    def test_an_account_that_was_edited_is_not_signed_for(self):
        mandate = self._mandate()
        mandate.action_request()
        self.assertEqual(mandate.account_number, IBAN)
        self.account.acc_number = OTHER_IBAN
        with self.assertRaisesRegex(UserError, "asked to sign for"):
            mandate._sign(date(2026, 11, 20), "Sevilla", "hand")
        mandate.action_draft()
        self.assertFalse(mandate.account_number)
        mandate.action_request()
        mandate._sign(date(2026, 11, 20), "Sevilla", "hand")
        self.assertEqual(mandate.account_number, OTHER_IBAN)

    def test_what_was_asked_for_before_an_update_is_signed(self):
        mandate = self._mandate()
        mandate.action_request()
        mandate._through_gate().write({"account_number": False, "creditor_name": False})
        self.partner_a.cobranza_direct_debit = True
        self.env.flush_all()
        self.env.cr.execute(
            """ALTER TABLE res_partner DROP COLUMN IF EXISTS cobranza_direct_debit;
               ALTER TABLE res_partner RENAME cobranza_direct_debit_own
                        TO cobranza_direct_debit"""
        )
        for _time in range(2):
            migrate(self.env.cr, "pre-direct-debit", "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertTrue(self.partner_a.cobranza_direct_debit)
        mandate._sign(date(2026, 11, 20), "Sevilla", "hand")
        self.assertEqual(mandate.account_number, IBAN)

    def test_a_creditor_that_changed_its_name_asks_again(self):
        mandate = self._mandate()
        mandate.action_request()
        self.company.name = "New name"
        with self.assertRaisesRegex(UserError, "asked to sign for"):
            mandate._sign(date(2026, 11, 20), "Sevilla", "hand")

    # -- amendments --------------------------------------------------------------------

    def test_amendments_keep_what_was_there(self):
        mandate = self._valid(reference="OLD-1")
        other = self._account(self.partner_a, OTHER_IBAN)
        dialog = self.env["cobranza.mandate.amend"].create(
            {"mandate_id": mandate.id, "reason": "New bank"}
        )
        self.assertEqual(dialog.reference, "OLD-1")
        self.assertEqual(dialog.bank_account_id, self.account)
        dialog.write({"reference": "NEW-1", "bank_account_id": other.id})
        dialog.action_confirm()
        rows = {row.kind: (row.old, row.new) for row in mandate.amendment_ids}
        self.assertEqual(
            rows, {"reference": ("OLD-1", "NEW-1"), "account": (IBAN, OTHER_IBAN)}
        )
        self.assertEqual(mandate.reference, "NEW-1")
        self.assertEqual(mandate.bank_account_id, other)
        self.assertIn("OLD-1", " ".join(mandate.history_ids.mapped("change")))
        with self.assertRaises(UserError):
            mandate.amendment_ids.sudo().unlink()

    def test_a_creditor_who_changed_tells_it_of_its_mandates(self):
        mandates = self._valid() | self._valid(self.partner_b)
        self.company.cobranza_creditor_identifier = "ES30000A58818501"
        self.company.name = "New name"
        mandates._amend("We merged", creditor=True)
        self.assertEqual(
            set(mandates.mapped("creditor_identifier")), {"ES30000A58818501"}
        )
        kinds = mandates[0].amendment_ids.mapped("kind")
        self.assertEqual(set(kinds), {"creditor", "creditor_name"})

    def test_without_an_identifier_the_creditor_is_not_amended(self):
        mandate = self._valid()
        self.company.cobranza_creditor_identifier = False
        with self.assertRaisesRegex(UserError, "no creditor identifier"):
            mandate._amend("?", creditor=True)
        self.assertEqual(mandate.creditor_identifier, IDENTIFIER)

    def test_an_identifier_that_is_given_is_looked_at(self):
        for bad in ("ES12000B12345674", "B12345674", "<b>"):
            with self.subTest(bad), self.assertRaises(ValidationError):
                self._mandate(creditor_identifier=bad)
        former = self._mandate(creditor_identifier="es30-000-a58818501")
        self.assertEqual(former.creditor_identifier, "ES30000A58818501")

    def test_the_bank_is_told_once_of_what_it_knew_before(self):
        mandate = self._valid(last="2026-11-02", reference="OLD-1")
        third = self._account(self.partner_a, "ES6621000418401234567891")
        mandate._amend("New bank", account=self._account(self.partner_a, OTHER_IBAN))
        mandate._amend("New bank again", account=third)
        mandate._amend("Renumbered", reference="NEW-1")
        wanted = {mandate.id: {"account": IBAN, "reference": "OLD-1"}}
        self.assertEqual(mandate._amendments_to_tell(), wanted)
        self.assertEqual(mandate._told(date(2026, 11, 23)), wanted)
        days = set(mandate.amendment_ids.mapped("told_on"))
        self.assertEqual(days, {date(2026, 11, 23)})
        self.assertFalse(mandate._told(date(2026, 11, 24)))
        self.assertEqual(set(mandate.amendment_ids.mapped("told_on")), days)

    def test_nothing_is_told_of_what_changed_before_the_first_debit(self):
        mandate = self._valid()
        mandate._amend("New bank", account=self._account(self.partner_a, OTHER_IBAN))
        self.assertFalse(mandate._amendments_to_tell())
        self.assertFalse(mandate._told(date(2026, 11, 23)))
        mandate._used(date(2026, 11, 23))
        self.assertFalse(mandate._amendments_to_tell())

    def test_what_was_changed_back_is_not_told(self):
        mandate = self._valid(last="2026-11-02", reference="OLD-1")
        mandate._amend("By mistake", reference="NEW-1")
        mandate._amend("The mistake is mended", reference="OLD-1")
        self.assertFalse(mandate._amendments_to_tell())

    def test_an_amendment_that_changes_nothing_is_none(self):
        mandate = self._valid()
        with self.assertRaisesRegex(UserError, "nothing changes"):
            mandate._amend("?", reference=mandate.reference)
        with self.assertRaises(UserError):
            self._mandate()._amend("?", reference="X")

    # -- ends --------------------------------------------------------------------------

    def test_suspended_revoked_and_good_again_with_reasons(self):
        mandate = self._valid()
        act = self.env["cobranza.mandate.act"]
        values = {"mandate_ids": mandate.ids}
        dialog = act.with_context(default_act="suspend").create(
            {**values, "code": "returned", "reason": "AM04 twice"}
        )
        dialog.action_confirm()
        self.assertEqual(mandate.state, "suspended")
        self.assertEqual(mandate.stop_reason, "returned")
        self.assertIn("AM04 twice", mandate.state_reason)
        resume = act.with_context(default_act="resume").create(values)
        with self.assertRaisesRegex(UserError, "reason"):
            resume.action_confirm()
        resume.reason = "Paid"
        resume.action_confirm()
        self.assertEqual(mandate.state, "valid")
        revoke = act.with_context(default_act="revoke").create(
            {**values, "code": "debtor"}
        )
        revoke.action_confirm()
        self.assertEqual(mandate.state, "revoked")
        with self.assertRaises(UserError):
            mandate._resume("no")
        self.assertEqual(len(mandate.history_ids), 6)

    def test_a_mandate_for_one_debit_is_used_up(self):
        mandate = self._valid(kind="one_off", last="2026-11-02")
        self.assertEqual(mandate.state, "exhausted")
        mandate._resume("The bank returned it before it was booked")
        self.assertEqual(mandate.state, "valid")

    def test_it_ends_36_months_after_the_last_debit(self):
        mandate = self._valid(signed="2020-01-01", last="2024-02-29")
        self.assertEqual(mandate.expires_on, date(2027, 2, 28))
        mandate._used(date(2023, 1, 1))
        self.assertEqual(mandate.last_used_on, date(2024, 2, 29))
        self.assertEqual(mandate.first_used_on, date(2023, 1, 1))

    def _upkeep(self, day):
        with self.at(day):
            today = self.company._cobranza_today()
            model = self.company._cobranza_engine(self.env["cobranza.mandate"])
            due = model._upkeep_due(self.company, today, 500)
            due._upkeep(today)
            left = model._upkeep_due(self.company, today, 500)
        self.assertFalse(left)
        return due

    def test_the_upkeep_warns_and_ends_what_nobody_uses(self):
        mandate = self._valid(signed="2020-01-01", last="2023-12-20")
        never = self._valid(self.partner_b)
        self.assertFalse(self._upkeep("2026-10-20"))
        self.assertEqual(self._upkeep("2026-10-21"), mandate)
        self.assertEqual(mandate.state, "valid")
        self.assertEqual(len(mandate.activity_ids), 1)
        self.assertFalse(self._upkeep("2026-11-30"))
        self.assertEqual(self._upkeep("2026-12-20"), mandate)
        self.assertEqual(mandate.state, "expired")
        self.assertEqual(never.state, "valid")
        self.assertEqual(len(mandate.activity_ids), 2)

    def test_the_upkeep_does_not_ask_for_each_mandate(self):
        """As many queries for 220 mandates as for 20."""
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(240)]
        )
        mandates = self.env["cobranza.mandate"].create(
            [{"partner_id": one.id, "scheme": "core"} for one in partners]
        )
        self.env.cr.flush()
        mandates._through_gate().write(
            {
                "state": "valid",
                "last_used_on": "2023-11-23",
                "expires_on": "2026-11-23",
            }
        )
        self.env.cr.flush()
        today = self.company._cobranza_today()

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            some.mapped("debtor_id.user_id")
            before = self.env.cr.sql_log_count
            some._upkeep(today)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        engine = self.company._cobranza_engine(self.env["cobranza.mandate"])
        mandates = engine.browse(mandates.ids)
        count(mandates[:2])  # warm
        few, many = count(mandates[2:20]), count(mandates[20:])
        self.assertLessEqual(many, few + 12)
        self.assertEqual(set(mandates.mapped("state")), {"expired"})

    # -- who may -----------------------------------------------------------------------

    def test_roles(self):
        mandate = self._valid()
        for role in ("collector", "accountant", "manager"):
            user = self._role(role)
            own = self.env["cobranza.mandate"].with_user(user)
            new = own.create({"partner_id": self.partner_b.id, "scheme": "core"})
            self.assertEqual(new.user_id, user)
            new.action_request()
            new._stop("revoked", "creditor", "Test")
        for role in ("lawyer", "approver"):
            user = self._role(role)
            with self.assertRaises(AccessError):
                self.env["cobranza.mandate"].with_user(user).create(
                    {"partner_id": self.partner_b.id, "scheme": "core"}
                )
            with self.assertRaises(AccessError):
                mandate.with_user(user)._stop("revoked", "creditor", "Test")

    def test_what_only_code_writes_is_kept_from_clients(self):
        collector = self._role("collector")
        mandate = self._valid().with_user(collector)
        for vals in (
            {"state": "revoked"},
            {"signed_on": "2020-01-01"},
            {"expires_on": "2030-01-01"},
            {"last_used_on": "2026-01-01"},
            {"account_number": OTHER_IBAN},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                mandate.write(vals)
        with self.assertRaises(UserError):
            self.env["cobranza.mandate"].with_user(collector).create(
                {"partner_id": self.partner_b.id, "scheme": "core", "state": "valid"}
            )

    def test_nobody_sees_the_mandates_of_another_company(self):
        mandate = self._valid()
        other = self.setup_other_company()["company"]
        stranger = self._role("manager", other)
        self.assertFalse(
            self.env["cobranza.mandate"].with_user(stranger).search_count([])
        )
        with self.assertRaises(AccessError):
            mandate.with_user(stranger).read(["reference"])

    # -- its people --------------------------------------------------------------------

    def test_two_customers_that_become_one_keep_their_mandates(self):
        mandates = self._valid() | self._valid(self.partner_b)
        source, target = mandates.sudo().debtor_id.sorted("id", reverse=True)
        source._merge_into(target)
        self.assertEqual(mandates.debtor_id, target.sudo(False))
        self.assertEqual(mandates.partner_id, self.partner_a)

    def test_deleting_a_partner_with_a_mandate_is_refused(self):
        stranger = self.env["res.partner"].create({"name": "New student"})
        self._mandate(stranger)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            stranger.unlink()

    def test_smart_buttons_lead_to_the_mandates(self):
        mandate = self._valid()
        debtor = mandate.debtor_id
        self.assertEqual(debtor.mandate_count, 1)
        found = self.env["cobranza.mandate"].search(
            debtor.action_view_mandates()["domain"]
        )
        self.assertEqual(found, mandate)
        action = self.partner_a.action_cobranza_mandates()
        self.assertEqual(self.partner_a.cobranza_mandate_count, 1)
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]), mandate
        )

    def test_the_company_record_rule_covers_amendments_and_signatures(self):
        mandate = self._valid()
        other = self._account(self.partner_a, OTHER_IBAN)
        mandate._amend("New bank", account=other)
        company = self.setup_other_company()["company"]
        stranger = self._role("manager", company)
        for model in ("cobranza.mandate.amendment", "cobranza.signature"):
            self.assertFalse(self.env[model].with_user(stranger).search_count([]))
