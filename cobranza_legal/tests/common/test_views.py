from ast import literal_eval
from pathlib import Path

from lxml import etree

from odoo.tests import Form, tagged

from .base import ROLES, CobranzaCommon

ADDON = Path(__file__).parent.parent.parent
WITH_ROWS = ("list", "form", "kanban", "activity")
NOT_OF_MANAGERS = (
    *("res.config.settings", "cobranza.payment.split"),
    "cobranza.negotiation.release",  # of lawyers
    # of accountants
    *("cobranza.vat.notify", "cobranza.vat.raise", "cobranza.vat.relieve"),
    "cobranza.write.off.request",
)
OF_OTHERS = ("account.move", "res.partner", "res.partner.category")
"""Models whose views this addon extends."""


@tagged("post_install", "-at_install")
class TestViews(CobranzaCommon):
    """Every screen opens for whoever may see it, with rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._role(role) for role in ROLES}
        cls._invoice(amount=1000)
        cls._invoice(amount=500, partner=cls.partner_b)
        cls._run("2026-10-25")
        cls.debtor = cls.partner_a.cobranza_debtor_ids
        debt = cls.debtor.debt_ids
        debt._assign(cls.users["lawyer"])
        with cls.at("2026-10-25"):
            cls.env["cobranza.hold"].create({"debtor_id": cls.debtor.id, "note": "x"})
            cls.env["cobranza.promise"].create(
                {
                    "debtor_id": cls.debtor.id,
                    "debt_ids": debt.ids,
                    "amount": 10,
                    "promised_on": "2026-10-30",
                }
            )
            cls.env["cobranza.dispute"].create(
                {"debtor_id": cls.debtor.id, "debt_id": debt.id, "reason": "price"}
            )

    def _own_models(self):
        names = [name for name in self.env if name.startswith("cobranza.")]
        return [name for name in names if not self.env[name]._abstract]

    def _views_of(self, model):
        domain = [("model", "=", model), ("mode", "=", "primary")]
        return self.env["ir.ui.view"].sudo().search(domain)

    def _fields_of(self, arch):
        """Names of the fields of a view itself, not of the views embedded in it."""
        nodes = etree.fromstring(arch).xpath("//field[not(ancestor::field)]")
        return {node.get("name") for node in nodes}

    def test_every_view_opens_with_its_rows_for_every_role(self):
        opened = set()
        for model in self._own_models():
            for role, user in self.users.items():
                records = self.env[model].with_user(user)
                if not records.has_access("read"):
                    continue
                rows = records.search([], limit=5)
                for view in self._views_of(model):
                    with self.subTest(role=role, view=view.name, model=model):
                        arch = rows.get_view(view.id, view.type)["arch"]
                        if view.type in WITH_ROWS:
                            rows.invalidate_model()
                            rows.web_read({key: {} for key in self._fields_of(arch)})
                        opened.add((model, view.type))
        self.assertIn(("cobranza.debtor", "form"), opened)
        self.assertIn(("cobranza.run", "form"), opened)

    def test_a_record_is_begun_from_every_list(self):
        """With nothing filled in: not even the company is known."""
        actions = self.env["ir.actions.act_window"].sudo()
        domain = [("res_model", "=like", "cobranza.%"), ("target", "!=", "new")]
        for name in set(actions.search(domain).mapped("res_model")):
            model = self.env[name].with_user(self.users["manager"])
            if not model.has_access("create"):
                continue
            arch = etree.fromstring(model.get_view(view_type="form")["arch"])
            if arch.get("create", "1").lower() not in ("0", "false"):
                with self.subTest(name):
                    Form(model)

    def test_what_is_in_order_is_told_in_the_checklist(self):
        """A placeholder of a field that nobody can write is never shown."""
        view = self.env.ref("cobranza_legal.cobranza_go_live_view_form")
        form = etree.fromstring(view.arch_db)
        problems = form.xpath("//field[contains(@name, '_problem')]/@name")
        self.assertGreater(len(problems), 4)
        for name in set(problems) - {"rival_problem"}:
            told = form.xpath(f"//span[@invisible='{name}']")
            self.assertEqual([one.text.strip() for one in told], ["✓ In order"], name)

    def test_the_chatter_says_that_a_record_is_new_without_a_gender(self):
        said = self.policy._creation_message()
        self.assertEqual(said, "New record: Collection policy")
        self.assertNotIn("New record", self.partner_a._creation_message())

    def test_no_model_has_two_fields_of_one_label(self):
        inherited = ("mail.thread", "mail.activity.mixin", "portal.mixin")
        common = {name for model in inherited for name in self.env[model]._fields}
        for model in self._own_models():
            fields = self.env[model]._fields.values()
            labels = [one.string for one in fields if one.name not in common]
            twice = {one for one in labels if labels.count(one) > 1}
            self.assertFalse(twice, model)

    def test_the_views_of_other_addons_still_open(self):
        for model in OF_OTHERS:
            for role in ("collector", "accountant"):
                records = self.env[model].with_user(self.users[role])
                for view_type in ("form", "list", "search"):
                    with self.subTest(role=role, model=model, view=view_type):
                        self.assertTrue(records.get_view(view_type=view_type)["arch"])

    def test_every_action_opens_for_a_manager(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "cobranza_legal"), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        manager = self.users["manager"]
        for action in actions:
            model = self.env[action.res_model].with_user(manager)
            with self.subTest(action=action.name):
                if not model.has_access("read"):
                    self.assertIn(action.res_model, NOT_OF_MANAGERS)
                    continue
                views = [(view_id, kind) for view_id, kind in action.views]
                if action.search_view_id:
                    views.append((action.search_view_id.id, "search"))
                self.assertTrue(model.get_views(views)["views"])
        self.assertGreater(len(actions), 10)

    def test_every_menu_leads_somewhere_for_its_users(self):
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
        root = self.env.ref("cobranza_legal.menu_root")
        for menu in menus.search([("id", "child_of", root.id)]):
            with self.subTest(menu=menu.complete_name):
                self.assertTrue(menu.action or menu.child_id)

    def test_every_file_of_views_is_loaded(self):
        manifest = literal_eval((ADDON / "__manifest__.py").read_text())
        listed = {*manifest["data"], *manifest.get("demo", ())}
        for folder in ("views", "wizards", "report", "data", "security"):
            for file in (ADDON / folder).rglob("*.xml"):
                self.assertIn(str(file.relative_to(ADDON)), listed)
        for name in listed:
            self.assertTrue((ADDON / name).exists(), name)
