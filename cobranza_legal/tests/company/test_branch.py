import importlib.util
from pathlib import Path

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..common.base import ROLES
from ..common.charging import ChargeCommon
from ..common.web_client import WebClient

ADDON = Path(__file__).resolve().parents[2]
DAY = "2026-11-23"


@tagged("post_install", "-at_install")
class TestBranch(ChargeCommon):
    """A branch is its root's creditor: debtors, settings and money are the root's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        cls.branch = cls.env["res.company"].create(
            {"name": "North Branch", "parent_id": cls.company.id}
        )
        cls.env.cr.precommit.run()  # as Odoo prepares the accounts of a branch
        cls.env.user.company_ids |= cls.branch
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": [cls.company.id, cls.branch.id],
            }
        )
        cls.company = cls.company.with_env(cls.env)
        cls.policy = cls.policy.with_env(cls.env)

    @classmethod
    def _of_branch(cls, amount=1000, due="2026-10-05", **vals):
        """A posted invoice of the branch."""
        move = cls.env["account.move"].with_company(cls.branch)
        move = move.create(
            {
                "move_type": vals.pop("move_type", "out_invoice"),
                "partner_id": cls.partner_a.id,
                "company_id": cls.branch.id,
                "invoice_date": "2026-09-01",
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "x",
                            "price_unit": amount,
                            "tax_ids": False,
                            "account_id": cls.company_data[
                                "default_account_revenue"
                            ].id,
                        }
                    )
                ],
                **vals,
            }
        )
        move.action_post()
        return move

    def test_a_root_that_proposes_gets_another_branch(self):
        self.company.sudo().write(
            {"cobranza_proposal_on": DAY, "cobranza_late_told_on": DAY}
        )
        values = {"name": "South Branch", "parent_id": self.company.id}
        branch = self.env["res.company"].create(values)
        self.assertEqual(str(branch.cobranza_proposal_on), DAY)
        with self.assertRaises(UserError):
            values["cobranza_proposal_on"] = "2026-01-01"
            self.env["res.company"].create(values)

    def test_what_is_owed_to_both_has_one_debtor_and_one_claim(self):
        own, other = self._invoice(amount=500), self._of_branch(amount=700)
        run = self._run(DAY)
        debts = self._debts(own | other)
        self.assertEqual(len(debts), 2)
        self.assertEqual(debts.company_id, self.company)
        self.assertEqual(len(debts.debtor_id), 1)
        self.assertEqual(debts.move_id.company_id, self.company | self.branch)
        with self.at(DAY):
            self.assertEqual(debts.debtor_id.total, 1200)
        self.assertEqual(run.company_id, self.company)
        contact = debts.contact_line_ids.contact_id
        self.assertEqual(len(contact), 1)
        self.assertEqual(contact.company_id, self.company)
        self.assertEqual(contact.amount, 1200)

    def test_a_customer_who_pays_the_parent_is_not_claimed_by_the_branch(self):
        other = self._of_branch(amount=700)
        self._run("2026-11-20")
        debt = self._debts(other)
        with self.at("2026-11-20"):
            self.assertIn(debt.id, debt._claimable())
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner_a.id,
                "amount": 700,
                "date": "2026-11-21",
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        self.assertEqual(payment.company_id, self.company)
        self._run(DAY)
        with self.at(DAY):
            self.assertFalse(debt._claimable())
            self.assertEqual(debt.reason, "covered")
            self.assertEqual(debt.debtor_id.credit_amount, 700)
            position = debt.debtor_id._position(debt.company_id._cobranza_today())
            self.assertEqual(sum(one.total for one in position.sections), 0)

    def test_the_branch_decides_nothing_by_itself(self):
        self.company.write({"cobranza_contact_gap": 4, "cobranza_mode": "confirm"})
        self.assertEqual(self.branch.cobranza_contact_gap, 4)
        self.assertEqual(self.branch.cobranza_mode, "confirm")
        self.assertEqual(self.branch.cobranza_policy_id, self.policy)
        with self.assertRaises(ValidationError):
            self.branch.cobranza_contact_gap = 1
        new = self.env["res.company"].create(
            {"name": "South Branch", "parent_id": self.company.id}
        )
        self.assertEqual(new.cobranza_mode, "confirm")
        self.assertEqual(new.cobranza_policy_id, self.policy)
        self.assertEqual(new._cobranza_creditor(), self.company)
        self.assertEqual(
            set(new._cobranza_tree()), {self.company.id, self.branch.id, new.id}
        )

    def test_the_crons_work_for_creditors_only(self):
        self._of_branch()
        creditors = self.env["res.company"]._cobranza_creditors()
        self.assertIn(self.company, creditors)
        self.assertNotIn(self.branch, creditors)
        run = self.env["cobranza.run"].sudo()
        with self.at(DAY):
            found = run.with_company(self.branch).with_env(self.env)
            action = found.with_company(self.branch).action_run_now()
        run = self.env["cobranza.run"].browse(action["res_id"])
        self.assertEqual(run.company_id, self.company)
        self.assertEqual(run.opened_count, 1)

    def test_charges_are_the_roots_and_billed_in_its_forms(self):
        other = self._of_branch(amount=5000)
        self._run(DAY)
        debt = self._debts(other)
        with self.law(fee=self.schedule()):
            charges, _refused = self._assess_on(DAY, debt)
        self.assertEqual(charges.company_id, self.company)
        self.env["cobranza.charge.form"].action_create_missing()
        form = self.env["cobranza.charge.form"].search(
            [("company_id", "=", self.company.id), ("kind", "=", "fee")]
        )
        revenue = self.company_data["default_account_revenue"]
        form.write({"form": "debit_note", "account_id": revenue.id})
        with self.at(DAY):
            charges._bill(self.company._cobranza_today())
        bill = charges.bill_move_id
        self.assertEqual(bill.state, "posted")
        self.assertEqual(bill.company_id, self.branch)
        self.assertEqual(bill.cobranza_debt_ids.company_id, self.company)

    def test_a_payment_of_the_branchs_invoice_settles_the_debt(self):
        other = self._of_branch(amount=700)
        self._run(DAY)
        debt = self._debts(other)
        register = self.env["account.payment.register"].with_company(self.branch)
        register.with_context(active_model="account.move", active_ids=other.ids).create(
            {"amount": 700, "payment_date": DAY}
        )._create_payments()
        self.assertTrue(debt.settled)
        self.assertEqual(debt.settlement_ids.company_id, self.company)

    def test_who_works_in_the_branch_only_sees_the_debtors_of_its_creditor(self):
        self._of_branch(amount=700)
        self._run(DAY)
        user = new_test_user(
            self.env,
            login="north",
            groups=ROLES["collector"],
            lang="en_US",
            company_id=self.branch.id,
            company_ids=[Command.set(self.branch.ids)],
        )
        stranger = new_test_user(
            self.env,
            login="stranger",
            groups=ROLES["collector"],
            company_id=self.other.id,
            company_ids=[Command.set(self.other.ids)],
        )
        self.env.flush_all()
        self.env.invalidate_all()
        debtors = self.env["cobranza.debtor"]
        mine = self.partner_a.cobranza_debtor_ids
        none = debtors.with_user(stranger).with_context(
            allowed_company_ids=self.other.ids
        )
        self.assertFalse(none.search([]))
        with self.at(DAY):
            client = WebClient(user, self.branch)
            for action in ("cobranza_debtor", "cobranza_debt", "cobranza_contact"):
                screen = client.open(f"cobranza_legal.action_{action}", search=False)
                self.assertTrue(screen.rows(), action)
            screen = client.open("cobranza_legal.action_cobranza_debtor", search=False)
            self.assertTrue(screen.form(mine.id))

    # -- databases in which branches claimed by themselves -----------------------------

    def _migrate(self):
        path = ADDON / "migrations" / "19.0.1.4.0" / "post-branches.py"
        spec = importlib.util.spec_from_file_location("post_branches", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def _separate(self, debts, partner):
        """Make ``debts`` those of a debtor of the branch, as before."""
        stranger = self.env["res.partner"].create({"name": "Nobody"})
        values = {"partner_id": stranger.id, "company_id": self.company.id}
        debtor = self.env["cobranza.debtor"].create({**values, "regime": "company"}).id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cobranza_debtor SET company_id = %s, partner_id = %s WHERE id = %s",
            (self.branch.id, partner.id, debtor),
        )
        for table in ("cobranza_debt", "cobranza_contact", "cobranza_hold"):
            key = "id" if table == "cobranza_debt" else "debtor_id"
            ids = debts.ids if key == "id" else debts.debtor_id.ids
            self.env.cr.execute(
                f"UPDATE {table} SET debtor_id = %s, company_id = %s "
                f"WHERE {key} = ANY(%s) RETURNING id",
                (debtor, self.branch.id, ids),
            )
        self.env.invalidate_all(flush=False)
        return self.env["cobranza.debtor"].browse(debtor)

    def test_debtors_of_branches_become_the_roots(self):
        first = self._of_branch(amount=700)
        self._run("2026-11-20")
        debt = self._debts(first)
        self.env["cobranza.hold"].create({"debtor_id": debt.debtor_id.id, "note": "x"})
        old = self._separate(debt, self.partner_a)
        root = self.partner_a.cobranza_debtor_ids - old
        self.assertEqual(debt.debtor_id, old)
        self._migrate()
        self.assertFalse(old.exists())
        self.assertEqual(debt.debtor_id, root)
        self.assertEqual(debt.company_id, self.company)
        self.assertEqual(root.contact_ids.company_id, self.company)
        self.assertEqual(root.hold_ids.company_id, self.company)
        self.assertEqual(debt.move_id.company_id, self.branch)

    def test_a_debtor_of_the_branch_alone_moves_with_its_debts(self):
        move = self._of_branch(amount=700)
        self._run("2026-11-20")
        debt = self._debts(move)
        old = self._separate(debt, self.partner_b)
        self._migrate()
        self.assertEqual(old.company_id, self.company)
        self.assertEqual(debt.debtor_id, old)
        self.assertEqual(debt.company_id, self.company)

    def test_nothing_leaves_that_a_branch_would_not_have_sent(self):
        move = self._of_branch(amount=700)
        self._run("2026-11-20")
        self._separate(self._debts(move), self.partner_b)
        self.company.cobranza_mode = "automatic"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET cobranza_mode = 'proposal', "
            "cobranza_contact_gap = 9 WHERE id = %s",
            (self.branch.id,),
        )
        self.env.invalidate_all(flush=False)
        self._migrate()
        self.assertEqual(self.company.cobranza_mode, "proposal")
        self.assertEqual(
            self.branch.cobranza_contact_gap, self.company.cobranza_contact_gap
        )
