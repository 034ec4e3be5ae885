from odoo import Command
from odoo.tests import new_test_user, tagged

from .base import ROLES
from .portal import PDF, PortalCommon
from .screens import ScreenChecks
from .web_client import WebClient


@tagged("post_install", "-at_install")
class TestScreensRoles(ScreenChecks, PortalCommon):
    """Each role opens all of its screens, in a database of several companies, after a
    debtor has used its page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        cls.users = {role: cls._role(role) for role in ROLES}
        cls.company.cobranza_user_id = cls.users["collector"]
        cls.both = new_test_user(
            cls.env,
            login="of_both",
            groups=",".join(ROLES.values()),
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.other).ids)],
        )
        cls.payment = cls._register_payment(
            cls.move, amount=100, payment_date=cls.today
        )
        cls.second = cls._invoice(
            due=cls.due,
            invoice_date=cls.due,
            amount=600,
            invoice_payment_term_id=cls._term(0, 1),
        )
        with cls.law(fee=cls.schedule()):
            cls.env["cobranza.run"].sudo()._run_company(cls.company)
        cls.debtor.debt_ids._assign(cls.users["lawyer"])
        second = cls._debts(cls.second)[:1]
        day = cls.today
        make = cls.env
        make["cobranza.hold"].create({"debtor_id": cls.debtor.id, "note": "x"})
        make["cobranza.privacy.request"].create(
            {"partner_id": cls.partner_a.id, "kind": "erasure"}
        )
        make["cobranza.promise"].create(
            {
                "debtor_id": cls.debtor.id,
                "debt_ids": second.ids,
                "amount": 10,
                "promised_on": day,
            }
        )
        make["cobranza.dispute"].create(
            {"debtor_id": cls.debtor.id, "debt_id": second.id, "reason": "price"}
        )

    def setUp(self):
        super().setUp()
        self.assertTrue(self._dispute(files=[("a.pdf", PDF, "application/pdf")]).ok)
        self.env.invalidate_all()

    def test_each_role_opens_every_screen(self):
        seen = self.check_screens(self.users)
        for role, opened in seen.items():
            models = {one.model for one in opened.values() if one.ids}
            if role != "approver":
                self.assertIn("cobranza.debtor", models, role)
                self.assertIn("cobranza.debt", models, role)
                self.assertIn("cobranza.contact", models, role)

    def test_a_user_of_several_companies_opens_every_screen(self):
        self.check_screens({"both": self.both}, self.company | self.other)

    def test_what_a_debtor_did_on_its_page_is_nobody_of_another_company(self):
        """Odoo shows authors, and refuses users of companies that are not ours."""
        activities = self.debtor.activity_ids
        self.assertTrue(activities)
        root = self.env.ref("base.user_root")
        self.assertEqual(activities.create_uid, root)
        for records in (
            self.debtor.message_ids[:1],
            self.debtor.dispute_ids.sorted("id")[-1:],
            self.contacts,
            self.contacts.event_ids,
            self.contacts.event_ids.attachment_id,
        ):
            self.assertEqual(records.create_uid, root, records)
            self.assertEqual(records.write_uid, root, records)

    def test_the_tasks_after_the_page_show_to_the_collector(self):
        self.debtor.user_id = self.users["collector"]
        self._send("message", text="Call me")
        client = WebClient(self.users["collector"])
        opened = client.views("cobranza_legal.action_cobranza_debtor")
        store = opened.chatter(self.debtor.id)
        self.assertGreater(len(store["mail.activity"]), 1)
