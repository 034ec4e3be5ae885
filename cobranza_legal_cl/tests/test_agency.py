from datetime import datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.kernel.wording import Wording
from odoo.addons.cobranza_legal.tests.common.refusals import Refusals

from .common import ChileCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestAgencyChile(Refusals, ChileCommon):
    """An agency that collects in Chile: its contract, the weekly limits of both, and
    what was paid to the creditor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        group = cls.env.ref("cobranza_legal.group_agencies")
        cls.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        partner = cls._person("Cobros SpA", is_company=True)
        cls.agency = cls.env["cobranza.agency"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "since": "2026-01-01",
            }
        )
        cls.move = cls._bill(300000, "2026-10-05")
        cls._run("2026-11-13")
        cls.debt = cls._debts(cls.move)

    def _place(self):
        with self.at("2026-11-13"):
            placement = self.env["cobranza.placement"]._draft(self.debt, self.agency)
            placement._place()
        return placement

    def test_the_contract_is_that_of_whoever_processes_data(self):
        with self.refuses(UserError, "Ley 19.628, art. 15 bis"):
            self._place()

    def test_calls_and_messages_of_the_agency_count_in_our_week(self):
        self.agency.contract_file_ids = [Command.create({"name": "c", "raw": b"x"})]
        placed = self._place()
        name = placed.name
        rows = (
            "reference;date;channel",
            f"{name};2026-11-16 10:00;email",
            f"{name};2026-11-17 10:00;call",
            f"{name};2026-11-18 21:30;whatsapp",
            f"{name};2026-11-19 10:00;call",
        )
        content = "\n".join(rows).encode()
        file = self.env["cobranza.agency.file"]._read(self.agency, content)
        self.assertEqual(file.done_count, 4)
        report = file.report.splitlines()
        self.assertEqual(len(report), 2)
        self.assertIn("Line 4", report[0])
        self.assertIn("outside the permitted hours", report[0])
        self.assertIn("Line 5", report[1])
        self.assertIn("too many contacts in the week", report[1])
        debtor = self.debt.debtor_id
        with self.at("2026-11-20"):
            for channel in ("call", "email"):
                warning = debtor._limit_warning(channel, datetime(2026, 11, 20, 14))
                self.assertIn("too many", warning or "", channel)

    def test_what_is_paid_to_the_creditor_is_told_with_its_article(self):
        self.agency.contract_file_ids = [Command.create({"name": "c", "raw": b"x"})]
        placed = self._place()
        with self.at("2026-11-17"):
            self._register_payment(self.move, amount=1000, payment_date="2026-11-17")
            self.env.cr.flush()
            placed.sudo().notice_ids._upkeep(self.company._cobranza_today())
        notice = placed.sudo().notice_ids
        self.assertIn("Ley 19.496, art. 39 B", notice.mail_id.body_html)
        # with the interest that it knows, and not what runs later
        self.assertEqual(notice.owed, placed.amount - 1000)
        self.assertEqual(notice.owed - notice.charges, 299000)

    def test_no_text_may_say_that_only_the_agency_may_be_paid(self):
        said = Wording("Desde hoy puede pagar únicamente a la agencia.")
        today = self.company._cobranza_today()
        [found] = self.rules._text_objections(said, "consumer", today)
        self.assertEqual(found.article, "Ley 19.496, art. 39 B")
        said = Wording("Puede pagar a la agencia o directamente al acreedor.")
        self.assertFalse(self.rules._text_objections(said, "consumer", today))
