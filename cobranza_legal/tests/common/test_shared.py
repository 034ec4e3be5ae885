from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .base import ROLES, CobranzaCommon


@tagged("post_install", "-at_install")
class TestShared(CobranzaCommon):
    """What several companies use is changed by who works in all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company(name="Sister Ltd")["company"]
        cls.other.sudo().cobranza_policy_id = cls.policy
        for company in cls.company | cls.other:
            cls.env["cobranza.debtor"].sudo().create(
                {"company_id": company.id, "partner_id": cls.partner_a.id}
            )
        cls.one = cls._manager("manager_of_one", cls.company)
        cls.both = cls._manager("manager_of_both", cls.company | cls.other)
        cls.env.flush_all()

    @classmethod
    def _manager(cls, login, companies):
        return new_test_user(
            cls.env,
            login=login,
            groups=ROLES["manager"],
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(companies.ids)],
        )

    def _check(self, record, vals, *, delete=False):
        """One company's manager may not, that of both may."""
        with self.assertRaisesRegex(UserError, "Sister Ltd"):
            record.with_user(self.one).write(vals)
        record.with_user(self.both).write(vals)
        if delete:
            with self.assertRaisesRegex(UserError, "Sister Ltd"):
                record.with_user(self.one).unlink()
            record.with_user(self.both).unlink()

    def test_a_policy_and_its_levels(self):
        self._check(self.policy, {"name": "Ours"})
        level = self.policy.level_ids[0]
        self._check(level, {"days": 6})
        self._check(level, {"active": False})
        new = {"policy_id": self.policy.id, "name": "New", "days": 99}
        new |= {"channel": "manual", "waits": False}
        levels = self.env["cobranza.policy.level"]
        with self.assertRaisesRegex(UserError, "Sister Ltd.*Make a copy"):
            levels.with_user(self.one).create(new)
        self.assertTrue(levels.with_user(self.both).create(new))
        self._check(self.policy, {"active": False})

    def test_nobody_else_uses_it_any_more(self):
        self.other.sudo().cobranza_policy_id = self._policy((3, {}))
        self.policy.with_user(self.one).name = "Ours"
        self.partner_b.with_company(self.other).cobranza_policy_id = self.policy
        with self.assertRaisesRegex(UserError, "Sister Ltd"):
            self.policy.with_user(self.one).name = "Mine"

    def test_a_copy_for_the_company_is_the_way_out(self):
        policy = self.policy.with_user(self.one)
        self.assertEqual(policy.shared_with, "Sister Ltd")
        action = policy.action_copy_for_company()
        own = self.env["cobranza.policy"].browse(action["res_id"])
        self.assertEqual(own.company_id, self.company)
        self.assertEqual(len(own.level_ids), len(self.policy.level_ids))
        self.assertEqual(self.company.cobranza_policy_id, own)
        self.assertEqual(self.other.cobranza_policy_id, self.policy)
        own.with_user(self.one).write({"name": "Mine"})
        own.level_ids[0].with_user(self.one).days = 7
        self.assertFalse(own.with_user(self.one).shared_with)

    def test_a_text_that_letters_use(self):
        values = {"name": "T", "purpose": "reminder", "lang": "en_US", "body": "Hello"}
        draft = self.env["cobranza.text"].with_user(self.one).create(values)
        draft.body = "Still a draft"
        with self.assertRaisesRegex(UserError, "Sister Ltd"):
            draft.action_approve()
        draft.with_user(self.both).action_approve()
        self._check(draft.sudo(False), {"active": False})

    def test_a_legal_value_that_is_replaced(self):
        parameter = self.env["cobranza.parameter"].sudo()
        parameter = parameter.create({"code": "x_rate", "name": "Rate"})
        values = self.env["cobranza.parameter.value"]
        row = {"parameter_id": parameter.id, "value": 5, "source": "Gazette"}
        row["reason"] = "In force"
        earlier = {**row, "date_from": "2026-01-01", "date_to": "2026-06-30"}
        first = values.with_user(self.one).create(earlier)
        later = values.with_user(self.one).create({**row, "date_from": "2026-07-01"})
        with self.assertRaisesRegex(UserError, "Sister Ltd"):
            first.value = 6
        with self.assertRaisesRegex(UserError, "Sister Ltd"):
            later.unlink()
        later.with_user(self.both).value = 8
        again = {**row, "date_from": "2026-07-01", "value": 7}
        with self.assertRaisesRegex(UserError, "Sister Ltd"):
            values.with_user(self.one).create(again)

    def test_a_holiday(self):
        country = self.company._cobranza_jurisdictions()
        values = {"name": "Fair", "date": "2026-12-28", "country_id": country.id}
        day = self.env["cobranza.holiday"].create(values)
        self.assertEqual(self.other._cobranza_jurisdictions(), country)
        self._check(day, {"active": False}, delete=True)

    def test_whoever_does_not_collect_is_not_asked(self):
        self.env["cobranza.debtor"].sudo().search(
            [("company_id", "=", self.other.id)]
        ).unlink()
        country = self.company._cobranza_jurisdictions()
        values = {"name": "Fair", "date": "2026-12-28", "country_id": country.id}
        day = self.env["cobranza.holiday"].create(values)
        day.with_user(self.one).active = False
        self.assertFalse(day.active)
