from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..common.base import ROLES, CobranzaCommon

DAY = "2026-10-26"


@tagged("post_install", "-at_install")
class TestDesk(CobranzaCommon):
    """The worklist is worked from one debtor to the next, and filtered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_mode = "confirm"
        cls.third = cls.env["res.partner"].create({"name": "C", "is_company": True})
        cls._invoice(amount=300, due="2026-10-01", partner=cls.third)
        cls._invoice(amount=2000, due="2026-10-01")
        cls.second_invoice = cls._invoice(
            amount=1000, due="2026-10-01", partner=cls.partner_b
        )
        cls._run(DAY)
        partners = cls.partner_a | cls.partner_b | cls.third
        cls.debtors = cls.env["cobranza.debtor"].search(
            [("partner_id", "in", partners.ids)]
        )
        cls.first, cls.second, cls.last = cls.debtors
        cls.ana = new_test_user(
            cls.env,
            login="desk_ana",
            name="Ana",
            groups=ROLES["collector"],
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )
        cls.startClassPatcher(freeze_time(f"{DAY} 12:00:00"))

    def _desk(self):
        return self.env["cobranza.debtor"].with_user(self.ana)

    def _next(self, debtor):
        found = self._desk().browse(debtor.id).next_debtor()
        return self.env["cobranza.debtor"].browse(found or ())

    def test_the_next_debtor_is_the_one_that_follows_in_the_worklist(self):
        self.assertGreater(self.first.priority, self.second.priority)
        self.assertEqual(self._next(self.first), self.second)
        self.assertEqual(self._next(self.second), self.last)
        self.assertFalse(self._next(self.last))

    def test_debtors_of_one_priority_follow_each_other_by_id(self):
        self.debtors.sudo().priority = 7
        seen, debtor = [], self.debtors.sorted("id")[0]
        while debtor:
            seen.append(debtor.id)
            debtor = self._next(debtor)
        self.assertEqual(seen, sorted(self.debtors.ids))

    def test_who_owes_nothing_or_is_archived_does_not_follow(self):
        self._register_payment(self.second_invoice)
        self.assertEqual(self._next(self.first), self.last)
        self.last.sudo().active = False
        self.assertFalse(self._next(self.first))

    def test_the_debtors_of_another_company_do_not_follow(self):
        other = self.setup_other_company()["company"]
        self.ana.company_ids |= other
        self.second._write_multi([{"company_id": other.id}])
        self.second.invalidate_recordset()
        self.assertTrue(self._desk().search([("company_id", "=", other.id)]))
        self.assertEqual(self._next(self.first), self.last)

    def test_whoever_may_not_read_debtors_is_told_of_none(self):
        debtor = self.first.with_user(self._role("approver"))
        stranger = new_test_user(self.env, login="desk_stranger")
        self.assertEqual(debtor.next_debtor(), self.second.id)
        with self.assertRaises(AccessError):
            self.first.with_user(stranger).next_debtor()

    # -- filters -------------------------------------------------------------------

    def _found(self, name):
        view = self.env.ref("cobranza_legal.view_cobranza_debtor_search")
        arch = self._desk().get_view(view.id, "search")["arch"]
        [node] = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        domain = safe_eval(node.get("domain"), {"uid": self.ana.id})
        return self._desk().search([("id", "in", self.debtors.ids), *domain])

    def test_the_filters_of_a_collector(self):
        self.first.user_id = self.ana
        (self.partner_a | self.partner_b | self.third).phone = False
        self.second.partner_id.phone = "+34 600 000 000"
        self._desk().browse(self.first.id).with_context(
            call_outcome="no_answer"
        ).action_call()
        self.last.regime = "company"
        promise = self.env["cobranza.promise"].create(
            {
                "debtor_id": self.last.id,
                "debt_ids": [fields.Command.set(self.last.debt_ids.ids)],
                "amount": 10,
                "promised_on": DAY,
            }
        )
        later = fields.Date.to_date(DAY) + timedelta(days=30)
        promise._upkeep(later)
        self.env.flush_all()
        expected = {
            "mine": self.first,
            "with_phone": self.second,
            "quiet_7": self.second | self.last,
            "quiet_30": self.second | self.last,
            "regime_company": self.last,
            "regime_unknown": self.first | self.second,
            "broken": self.last,
            "to_release": self.debtors,
            "phase_reminder": self.debtors,
            "phase_judicial": self.debtors.browse(),
        }
        for name, debtors in expected.items():
            with self.subTest(name):
                self.assertEqual(self._found(name), debtors)
        self.assertTrue(self.first.last_contact_on)
        self.assertFalse(self.second.last_contact_on)
        order = self.env["cobranza.debtor"].search(
            [("id", "in", self.debtors.ids)], order="last_contact_on desc nulls last"
        )
        self.assertEqual(order[0], self.first)
