from odoo.tests import TransactionCase, tagged

from odoo.addons.cobranza_legal.tests.common.screens import ScreenChecks


@tagged("post_install", "-at_install")
class TestScreensRoles(ScreenChecks, TransactionCase):
    """Each person of the demo company opens all of its screens."""

    def test_each_demo_user_opens_every_screen(self):
        company = self.env["cobranza.demo.cl"]._load()
        people = self.env["res.users"].search([("company_id", "=", company.id)])
        users = {one.login: one for one in people if not one.share}
        self.assertGreater(len(users), 3)
        debtors = self.env["cobranza.debtor"].search([("company_id", "=", company.id)])
        lawyers = self.env.ref("cobranza_legal.group_lawyer_own").all_user_ids
        debtors[:3].user_id = (people & lawyers)[:1]
        self.env.flush_all()
        seen = self.check_screens(users)
        for login, opened in seen.items():
            models = {one.model for one in opened.values() if one.ids}
            self.assertIn("cobranza.debtor", models, login)
