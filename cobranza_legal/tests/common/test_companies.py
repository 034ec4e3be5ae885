import ast
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .base import ROLES
from .charging import ChargeCommon

ADDON = Path(__file__).resolve().parents[2]
NO_COMPANY = {
    "account.full.reconcile": "its items have companies",
    "account.partial.reconcile": "Odoo gives it no rule",
}


@tagged("post_install", "-at_install")
class TestCompanies(ChargeCommon):
    """Nobody reads another company's records, by whatever road."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = cls.setup_other_company(name="Sister Ltd")
        cls.other = cls.data["company"]
        cls.users = {
            role: new_test_user(
                cls.env,
                login=f"{role}_companies",
                groups=group,
                lang="en_US",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for role, group in ROLES.items()
        }
        cls._run_other()

    @classmethod
    def _run_other(cls):
        """A claimed, part paid debt of a customer whose name says whose it is."""
        cls.foreign = (
            cls.env["res.partner"]
            .with_company(cls.other)
            .create(
                {
                    "name": "Foreign Customer",
                    "is_company": True,
                    "company_id": cls.other.id,
                    "email": "foreign@example.com",
                }
            )
        )
        cls.other.cobranza_policy_id = cls.policy
        move = cls.env["account.move"].with_company(cls.other)
        cls.move = move.create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.foreign.id,
                "invoice_date": "2026-09-01",
                "invoice_date_due": "2026-10-05",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "x", "price_unit": 4321.09, "tax_ids": False}
                    )
                ],
            }
        )
        cls.move.action_post()
        register = cls.env["account.payment.register"].with_company(cls.other)
        cls.payment = (
            register.with_context(active_model="account.move", active_ids=cls.move.ids)
            .create({"amount": 100, "payment_date": "2026-10-20"})
            ._create_payments()
        )
        bank = cls.data["default_journal_bank"]
        line = {"journal_id": bank.id, "date": "2026-10-21", "amount": 50}
        cls.env["account.bank.statement.line"].with_company(cls.other).create(
            {**line, "payment_ref": "Foreign money", "partner_id": cls.foreign.id}
        )
        cls._run("2026-10-25", cls.other)
        cls.debtor = cls._debts(cls.move).debtor_id
        cls.env.flush_all()

    # -- records of Odoo ---------------------------------------------------------------

    def _ours(self):
        """{role: models of Odoo that our access rows open}."""
        rows = self.env["ir.model.data"].search(
            [("model", "=", "ir.model.access"), ("module", "=like", "cobranza_legal%")]
        )
        access = self.env["ir.model.access"].sudo().browse(rows.mapped("res_id"))
        return {
            row.model_id.model
            for row in access
            if not row.model_id.model.startswith("cobranza.")
        }

    def test_each_model_of_odoo_that_we_open_has_a_company_rule(self):
        models = self._ours()
        self.assertIn("account.move", models)
        rules = self.env["ir.rule"].sudo()
        for name in models:
            found = rules.search([("model_id.model", "=", name)])
            own = found.filtered(
                lambda one: (
                    "company_id" in (one.domain_force or "")
                    and (
                        not one.groups or self.env.ref(ROLES["collector"]) in one.groups
                    )
                )
            )
            self.assertTrue(own, name)

    def test_no_role_reads_such_records_of_another_company(self):
        for name in self._ours():
            model = self.env[name]
            path = "company_id" if "company_id" in model._fields else None
            domain = (
                [(path, "=", self.other.id)]
                if path
                else [("reconciled_line_ids.company_id", "=", self.other.id)]
            )
            records = model.sudo().search(domain, limit=5)
            if name not in ("account.full.reconcile", "account.bank.statement"):
                self.assertTrue(records, name)
            for role, user in self.users.items():
                seen = model.with_user(user)
                if not seen.has_access("read") or role == "accountant":
                    continue
                self.assertFalse(seen.search(domain), (name, role))
                for record in records:
                    with self.assertRaises(AccessError, msg=(name, role)):
                        record.with_user(user).read(["id", "display_name"])

    # -- dialogs -----------------------------------------------------------------------

    def _dialogs(self):
        """(dialog, field, foreign record) of what a dialog of ours may name."""
        known = {
            "cobranza.debtor": self.debtor,
            "cobranza.debt": self.debtor.debt_ids[:1],
            "cobranza.contact": self.debtor.contact_ids[:1],
            "res.company": self.other,
            "account.move": self.move,
        }
        for name, model in self.env.registry.items():
            ours = str(model._original_module).startswith("cobranza_legal")
            if not (ours and model._transient):
                continue
            for field in model._fields.values():
                foreign = known.get(field.comodel_name)
                named = field.type in ("many2one", "many2many")
                if named and field.store and foreign and not field.related:
                    yield name, field, foreign

    def test_every_dialog_of_ours_looks_at_what_it_is_told(self):
        for name, model in self.env.registry.items():
            if model._transient and str(model._original_module) == "cobranza_legal":
                parents = [one.__name__ for one in model.__mro__]
                self.assertIn("cobranza.dialog.mixin", parents, name)

    def test_no_dialog_takes_or_tells_a_record_of_another_company(self):
        tried = set()
        for name, field, foreign in self._dialogs():
            one = field.type == "many2one"
            for role, user in self.users.items():
                dialogs = self.env[name].with_user(user)
                if not dialogs.has_access("create"):
                    continue
                value = foreign.id if one else [Command.set(foreign.ids)]
                told = foreign.id if one else [[4, foreign.id]]
                spec = {field.name: {"fields": {"display_name": {}}}}
                with (
                    self.subTest(dialog=name, field=field.name, role=role),
                    self.env.cr.savepoint() as savepoint,
                ):
                    with self.assertRaises(AccessError):
                        dialogs.onchange({field.name: told}, [field.name], spec)
                    with self.assertRaises(AccessError):
                        dialogs.create({field.name: value}).read([field.name])
                    savepoint.rollback()
                tried.add(name)
        self.assertGreater(len(tried), 8)

    # -- what is kept in memory --------------------------------------------------------

    def test_what_is_kept_in_memory_does_not_differ_by_company(self):
        """Each cached answer, and what it depends on."""
        found = {}
        for path in ADDON.parent.glob("cobranza_legal*/models/**/*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                for one in getattr(node, "decorator_list", ()):
                    said = ast.unparse(one)
                    if "ormcache" in said or "lru_cache" in said:
                        found[node.name] = said
        expected = {
            # of the code of the addons alone
            "_by_code",
            "shipped_records",
            # of a time zone, which is the key
            "_clock",
            # of the country: the same for all its companies
            "_days_of",
            "_local_years_of",
            # of a country, which is in the key
            "_cobranza_country_code",
            # of the language that the company writes, which is in the key
            "_choose_id",
            # of the company, which is in the key
            "_cobranza_tree",
            "_cobranza_creditor_id",
            "_standing_refusal",
        }
        self.assertEqual(set(found), expected, found)
        self.assertIn("self.env.company.id", found["_standing_refusal"])
        self.assertIn("own_lang", found["_choose_id"])
