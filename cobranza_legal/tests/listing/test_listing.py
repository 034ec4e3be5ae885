from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...kernel.listing import ListingTerms
from ..common import test_two_companies
from ..common.charging import ChargeCommon
from ..common.refusals import Refusals

TERMS = ListingTerms(years=5, warns=False, demands=False)


class ListingOfTwo(Refusals, ChargeCommon):
    """One partner who owes to two members of a register, in a country whose law asks
    for nothing but an approval."""

    _invoice_of = classmethod(test_two_companies.TestTwoCompanies._invoice_of.__func__)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        data = cls.setup_other_company(name="Sister Ltd")
        cls.both = cls.company | data["company"]
        cls.env.user.company_ids |= cls.both
        allowed = {"allowed_company_ids": cls.both.ids}
        cls.env = cls.env(context={**cls.env.context, **allowed})
        cls.both = cls.both.with_env(cls.env)
        cls.books = dict(zip(cls.both, (cls.company_data, data), strict=True))
        cls.moves = cls.env["account.move"]
        for company, amount in zip(cls.both, (1100, 2200), strict=True):
            company.cobranza_policy_id = cls.policy
            cls.moves |= cls._invoice_of(company, amount)
            cls._run("2026-11-20", company)
        cls.debts = cls._debts(cls.moves)
        rules = type(cls.env["cobranza.rules"])
        for name, answer in (
            ("_credit_registers", lambda _rules: ("other",)),
            ("_listing_terms", lambda *_args: TERMS),
        ):
            cls.startClassPatcher(patch.object(rules, name, answer))
        group = cls.env.ref("cobranza_legal.group_registers")
        cls.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        cls.partner_a.vat = "BE0477472701"
        cls.members = cls.env["cobranza.register.membership"].create(
            [
                {
                    "register": "other",
                    "company_id": company.id,
                    "number": "1",
                    "since": "2026-01-01",
                    "agreement_file_ids": [
                        Command.create({"name": "agreement", "raw": b"x"})
                    ],
                }
                for company in cls.both
            ]
        )


@tagged("post_install", "-at_install")
class TestListingBase(ListingOfTwo):
    def test_two_companies_are_judged_in_one_call(self):
        self.debts.action_report_to_register()
        listings = self.debts.listing_ids
        self.assertEqual(listings.company_id, self.both)
        self.assertEqual(listings.mapped("state"), ["eligible", "eligible"])
        listings.action_judge()
        amounts = {one.company_id: one.owed for one in listings}
        self.assertEqual([amounts[one] for one in self.both], [1100, 2200])
        first = listings.filtered(lambda one: one.company_id == self.company)
        first.debtor_id.insolvent_on = "2026-11-23"
        self.env.cr.flush()
        self.assertEqual(first.state, "suspended")
        self.assertEqual((listings - first).state, "eligible")

    def test_a_lawyer_sees_the_reports_of_own_debts_and_writes_none(self):
        lawyer = self._role("lawyer")
        self.debts.action_report_to_register()
        mine = self.debts.listing_ids.filtered(
            lambda one: one.company_id == self.company
        )
        other = self.debts.listing_ids - mine
        alone = {"allowed_company_ids": self.company.ids}
        mine, other = mine.with_context(**alone), other.with_context(**alone)
        listings = mine.with_user(lawyer).browse()
        self.assertFalse(listings.search([]))
        mine.debt_id._assign(lawyer)
        self.env.invalidate_all()
        self.assertEqual(listings.search([]).ids, mine.ids)
        self.assertTrue(mine.with_user(lawyer).read(["register", "missing"]))
        with self.assertRaises(AccessError):
            other.with_user(lawyer).read(["register"])
        with self.assertRaises(AccessError):
            mine.with_user(lawyer).action_ask()
        with self.assertRaises(AccessError):
            files = mine.env["cobranza.listing.file"].with_user(lawyer)
            files._make(self.members[0])

    def test_nobody_writes_states_figures_or_rows(self):
        self.debts[0].action_report_to_register()
        listing = self.debts[0].listing_ids.with_user(self._role("collector"))
        for vals in (
            {"state": "approved"},
            {"approved_on": "2026-11-23"},
            {"reported": 1},
        ):
            with self.assertRaises(UserError):
                listing.write(vals)
        with self.assertRaises(AccessError):
            listing.env["cobranza.listing.entry"].create({"listing_id": listing.id})

    def test_a_draft_is_given_up_and_deleted_by_its_rules(self):
        self.debts[0].action_report_to_register()
        listing = self.debts[0].listing_ids
        with self.refuses(UserError, "kept as it was"):
            listing.unlink()
        listing._give_up("Not worth it")
        self.assertEqual(
            (listing.state, listing.state_reason), ("cancelled", "Not worth it")
        )
        self.assertEqual(str(listing.ended_on), "2026-11-23")

    def test_of_what_is_over_only_the_proof_stays(self):
        self.debts[0].action_report_to_register()
        listing = self.debts[0].listing_ids
        listing.note = "About a person"
        debtor = listing.debtor_id
        block = self.env["cobranza.block.listing"].sudo()
        today = self.company._cobranza_today()
        self.assertTrue(list(block._refusals_of_erasure(debtor, today)))
        listing._give_up("Not worth it")
        self.assertFalse(list(block._refusals_of_erasure(debtor, today)))
        self.assertFalse(block._is_to_erase(debtor, today))
        with self.at("2033-01-01"):
            later = self.company._cobranza_today()
            self.assertTrue(block._is_to_erase(debtor, later))
            block._erase_matters(debtor.sudo()._through_gate(), later, "Asked for")
            self.assertFalse(block._is_to_erase(debtor, later))
        self.assertFalse(listing.note)
        self.assertEqual(listing.state_reason, "Not worth it")

    def test_a_membership_keeps_its_agreement_and_its_country(self):
        member = self.members[0]
        with self.refuses(UserError, "is kept"):
            member.agreement_file_ids = [Command.clear()]
        rules = type(self.env["cobranza.rules"])
        with (
            patch.object(rules, "_credit_registers", lambda _rules: ()),
            self.refuses(ValidationError, "no register of the country"),
        ):
            member._check_register()
        with self.refuses(ValidationError, "two of them at a time"):
            member.copy({"since": "2026-05-01"})

    def test_off_nothing_is_proposed(self):
        group = self.env.ref("cobranza_legal.group_registers")
        self.env.ref("base.group_user").implied_ids = [Command.unlink(group.id)]
        debt = self.debts[0]
        found = {(debt.debtor_id.id, "propose_listing", "Register"): debt.ids}
        tasks = self.env["cobranza.debtor"]._raise_effects(
            found, self.company._cobranza_today()
        )
        self.assertEqual(len(tasks), 1)
        self.assertFalse(debt.listing_ids)
