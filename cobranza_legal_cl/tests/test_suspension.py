from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ChileCommon

DAY = "2026-11-23"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestSuspension(ChileCommon):
    """A wholesaler delivers no more until it is paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._bill(100000, "2026-10-05")
        cls._run(DAY)
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id
        cls.suspension = cls.env["cobranza.suspension"].create(
            {
                "debtor_id": cls.debtor.id,
                "debt_ids": [Command.set(cls.debt.ids)],
                "services": "Despacho a domicilio",
                "essential": "no",
                "channel": "email",
            }
        )

    def test_an_email_that_does_not_bounce_is_received(self):
        with self.at(DAY):
            self.suspension.action_notify()
            notice = self.suspension.notice_contact_id.sudo()
            self.assertEqual(notice._current_text().country_id.code, "CL")
            notice._set_state("sending", sent_at=f"{DAY} 14:00:00")
            notice._set_state("sent")
            notice._add_events("accepted", "server", f"{DAY} 14:00:00")
        model = self.company._cobranza_engine(self.suspension.sudo())
        for day, state in (("2026-12-03", "noticed"), ("2026-12-04", "in_force")):
            with self.at(day):
                model._upkeep(self.company._cobranza_today())
            self.assertEqual(self.suspension.state, state, day)

    def test_the_law_is_cited_as_far_as_it_says(self):
        self.debtor.write({"authority_claim_on": "2026-11-01", "sued_on": "2026-11-02"})
        self.env["cobranza.dispute"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_id": self.debt.id,
                "reason": "quality",
            }
        )
        with self.assertRaises(UserError) as caught:
            self.suspension.action_notify()
        said = str(caught.exception)
        for article in ("art. 37, inc. 15", "art. 37, inc. 14"):
            self.assertIn(article, said)
        disputed = [one for one in said.splitlines() if self.debt.document in one]
        self.assertNotIn("art.", " ".join(disputed))
