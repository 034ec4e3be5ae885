from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..common.case import CaseCommon


@tagged("post_install", "-at_install")
class TestTourLawyer(CaseCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everybody = cls.env.ref("base.group_user")
        switch = cls.env.ref("cobranza_legal.group_legal_cases")
        everybody.implied_ids = [Command.link(switch.id)]
        cls.debtor.partner_id.name = "Tour debtor"
        cls.lawyer.lang = "en_US"
        cls.case = cls._opened()
        today = cls.company._cobranza_today()
        cls.env["cobranza.deadline"].create(
            {
                "case_id": cls.case.id,
                "name": "Answer the court",
                "start_on": today - timedelta(days=5),
                "number": 3,
                "unit": "natural_day",
            }
        )
        cls.mail = (
            cls.env["cobranza.case.mail"]
            .sudo()
            .create(
                {
                    "case_id": cls.case.id,
                    "received_on": "2026-11-20 10:00:00",
                    "sender": "stranger@x.example",
                    "subject": "A question",
                    "digest": "x",
                }
            )
        )

    def test_a_lawyer_works_the_day(self):
        self.start_tour("/odoo", "cobranza_legal_lawyer", login=self.lawyer.login)
        acts = self.case.act_ids
        self.assertIn("Called the court", acts.mapped("summary"))
        dropped = acts.filtered(lambda one: one.kind == "received")
        self.assertEqual(dropped.file_ids.raw, b"Filed")
        self.assertEqual(dropped.user_id, self.lawyer)
        self.assertEqual(self.mail.decided_by_id, self.lawyer)
