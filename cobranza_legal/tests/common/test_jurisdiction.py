from odoo.tests import tagged

from .base import CobranzaCommon


@tagged("post_install", "-at_install")
class TestJurisdiction(CobranzaCommon):
    """Lists open with what is made for the law of the user's company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls.company.account_fiscal_country_id
        cls.abroad = cls.env.ref("base.nz")
        cls.records = {
            "cobranza.policy": [cls._policy((5, {}), name=n) for n in "abc"],
            "cobranza.text": [
                cls.env["cobranza.text"].create(
                    {"name": n, "purpose": "reminder", "lang": "en_US", "body": "x"}
                )
                for n in "abc"
            ],
        }
        for _any, home, abroad in cls.records.values():
            home.country_id, abroad.country_id = cls.home, cls.abroad

    def _listed(self, model, records, companies=None):
        """Which of ``records`` the list of the menu shows when it opens."""
        action = self.env.ref(f"cobranza_legal.action_{model.replace('.', '_')}")
        self.assertEqual(action.context, "{'search_default_own': 1}")
        domain = [("of_my_jurisdiction", "=", True)]
        companies = companies or self.company
        found = self.env[model].with_context(allowed_company_ids=companies.ids)
        ids = [record.id for record in records]
        return found.search([*domain, ("id", "in", ids)])

    def test_other_countries_stay_out_of_the_lists(self):
        for model, records in self.records.items():
            shown = self._listed(model, records)
            self.assertEqual(set(shown), set(records[:2]), model)
            flags = [record.of_my_jurisdiction for record in records]
            self.assertEqual(flags, [True, True, False], model)

    def test_whoever_looks_after_two_companies_sees_what_is_made_for_both(self):
        other = self.env["res.company"].create({"name": "Abroad"})
        other.account_fiscal_country_id = self.abroad
        self.env.user.company_ids |= other
        for model, records in self.records.items():
            shown = self._listed(model, records, self.company | other)
            self.assertEqual(set(shown), set(records), model)

    def test_a_branch_has_the_jurisdiction_of_its_root(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.user.company_ids |= branch
        for model, records in self.records.items():
            shown = self._listed(model, records, branch)
            self.assertEqual(set(shown), set(records[:2]), model)
