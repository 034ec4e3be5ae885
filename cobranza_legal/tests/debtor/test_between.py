from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common.base import CobranzaCommon

DAY = "2026-11-23"
MAY = ("manager", "accountant", "approver")
MAY_NOT = ("collector", "lawyer", "all_lawyer")


@tagged("post_install", "-at_install")
class TestBetween(CobranzaCommon):
    """What else stands between the company and a debtor."""

    def _bill(self, amount=300, partner=None):
        return self._invoice(amount=amount, partner=partner, move_type="in_invoice")

    def _follow(self):
        self._invoice(amount=1000)
        self._run(DAY)
        return self.partner_a.cobranza_debtor_ids

    # -- one of our own ----------------------------------------------------------------

    def test_a_company_of_the_house_is_never_dunned(self):
        sister = self.env["res.company"].create(
            {"name": "Sister Ltd", "partner_id": self.partner_a.id}
        )
        debtor = self._follow()
        debt = debtor.debt_ids
        self.assertEqual((debt.reason, debt.level), ("own_company", 0))
        self.assertEqual(debtor.reason, "own_company")
        self.assertFalse(debtor.contact_ids)
        self.assertIn("company of this database", debt.why)
        sister.active = False
        self._run("2026-11-24")
        self.assertEqual(debt.reason, "own_company")
        with self.at(DAY):
            self.assertFalse(debt._claimable())

    def test_a_contact_of_a_company_of_the_house_is_one_of_it(self):
        child = self.env["res.partner"].create(
            {"name": "Branch office", "parent_id": self.partner_a.id}
        )
        self.env["res.company"].create({"name": "Office", "partner_id": child.id})
        self.assertEqual(self._follow().reason, "own_company")

    def test_whoever_becomes_a_company_of_the_house_is_looked_at_again(self):
        debtor = self._follow()
        self.assertEqual(debtor.debt_ids.reason, "entered")
        self.assertTrue(debtor.review_on)
        self.env["res.company"].create(
            {"name": "Sister Ltd", "partner_id": self.partner_a.id}
        )
        self.assertFalse(debtor.review_on)
        self._run("2026-11-24")
        self.assertEqual(debtor.debt_ids.reason, "own_company")

    # -- we owe it too -----------------------------------------------------------------

    def test_open_vendor_bills_are_a_hint_of_set_off(self):
        bill, debtor = self._bill(300), self._follow()
        self._bill(50, partner=self.partner_b)
        self.assertEqual(debtor.we_owe, 300)
        self.assertEqual(debtor.search([("we_owe", ">", 0)]), debtor)
        run = self.env["cobranza.run"].search([], limit=1)
        self.assertEqual(run.set_off_ids, debtor)
        self.assertEqual(debtor.credit_amount, 0)
        self._register_payment(bill, amount=300)
        debtor.invalidate_recordset(["we_owe"])
        self.assertEqual(debtor.we_owe, 0)

    def test_wages_and_drafts_are_none(self):
        self._bill(300).button_draft()
        journal = self.company_data["default_journal_misc"]
        payable = self.company_data["default_account_payable"]
        cost = self.company_data["default_account_expense"]
        own = {"partner_id": self.partner_a.id}
        wage = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": "2026-11-01",
                "line_ids": [
                    (0, 0, {**own, "account_id": payable.id, "credit": 900}),
                    (0, 0, {**own, "account_id": cost.id, "debit": 900}),
                ],
            }
        )
        wage.action_post()
        self.assertEqual(self._follow().we_owe, 0)

    def test_only_who_may_know_it_is_told(self):
        self._bill(300)
        debtor = self._follow()
        debtor.debt_ids._assign(self._role("lawyer"))
        self.env.flush_all()
        for role in MAY:
            user = self._role(role) if role != "lawyer" else None
            self.env.invalidate_all()
            self.assertEqual(debtor.with_user(user).we_owe, 300, role)
        for role in MAY_NOT[::2]:
            user = self._role(role)
            self.env.invalidate_all()
            with self.assertRaises(AccessError, msg=role):
                debtor.with_user(user).read(["we_owe"])
            with self.assertRaises(AccessError, msg=role):
                debtor.with_user(user).search([("we_owe", ">", 0)])
            for kind in ("form", "list"):
                arch = debtor.with_user(user).get_view(view_type=kind)["arch"]
                self.assertNotIn("we_owe", arch, (role, kind))
