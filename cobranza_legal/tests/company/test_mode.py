from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import config, file_open

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import body_of, smtp_sink

REGISTER = "Proposes the credit register"


@tagged("post_install", "-at_install")
class TestMode(ContactCommon):
    """Nothing reaches a debtor until a manager has switched the company on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_mode = "proposal"

    def _wizard(self, **vals):
        return self.env["cobranza.go.live"].create(vals)

    def _ready(self):
        bank = {"partner_id": self.company.partner_id.id, "acc_number": "ES12 3456"}
        self.env["res.partner.bank"].create(bank)
        self.company.partner_id.write({"vat": "X1", "street": "A", "city": "B"})
        self.company.cobranza_user_id = self.env.user

    def test_a_new_company_only_proposes(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertEqual(company.cobranza_mode, "proposal")

    def test_automatic_mode_needs_everything_in_order(self):
        self.company.email = False
        with self.assertRaises(UserError) as caught:
            self._wizard(mode="automatic").action_apply()
        text = str(caught.exception)
        for problem in ("no sender", "no bank account", "lacks", "No sample letter"):
            self.assertIn(problem, text)
        self.assertEqual(self.company.cobranza_mode, "proposal")

    def test_a_mail_server_of_the_configuration_is_one(self):
        self._ready()
        self.env["ir.mail_server"].sudo().search([]).active = False
        wizard = self._wizard(mode="automatic")
        # the last map holds Odoo's own defaults, which nobody has set up
        given = config.options.maps[0]
        with patch.dict(given, {"smtp_server": "mail.example.com"}):
            self.assertFalse(wizard.sender_problem)
        self.env.invalidate_all()
        with patch.dict(given, {"smtp_server": False}):
            self.assertIn("mail server", wizard.sender_problem)

    def test_after_the_checklist_and_a_sample_it_goes_live(self):
        self._ready()
        with smtp_sink(self.env) as sink, self.at(MONDAY):
            wizard = self._wizard(mode="automatic", sample_email="me@example.com")
            self.assertEqual(wizard._problems(), [])
            wizard.action_sample()
            wizard.action_apply()
        self.assertEqual(sink.recipients(), ["me@example.com"])
        self.assertIn("Sample with example figures", body_of(sink.messages[0]))
        self.assertEqual(self.company.cobranza_mode, "automatic")
        self.assertEqual(str(self.company.cobranza_live_on), MONDAY)
        self.assertEqual(self.company.cobranza_live_by_id, self.env.user)

    def test_what_was_proposed_leaves_only_if_asked(self):
        self._ready()
        self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        self._debtor()
        self._run(MONDAY)
        contact = self.env["cobranza.contact"].search([])
        self.assertEqual((contact.released, contact.waiting), (False, "proposal"))
        with smtp_sink(self.env) as sink:
            with self.at(MONDAY):
                self._wizard(mode="confirm", replan=True).action_apply()
            self._send(f"{MONDAY} 12:30:00")
        self.assertEqual(sink.recipients(), ["debtor.a@example.com"])

    def test_what_a_level_proposes_waits_for_the_company_to_go_live(self):
        level = self.policy.level_ids[0]
        level.propose_suspension = level.propose_listing = True
        self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        debtor = self._debtor()
        self._run(MONDAY)
        self.assertFalse(debtor.activity_ids or debtor.suspension_ids)
        with self.at(MONDAY):
            self.company._cobranza_switch("confirm")
            self.company._cobranza_switch("confirm")
        self.assertEqual(debtor.activity_ids.mapped("summary"), [REGISTER])
        self.assertEqual(debtor.suspension_ids.mapped("state"), ["proposed"])

    def test_a_manager_without_other_rights_goes_live(self):
        self._ready()
        manager = self._role("manager")
        with smtp_sink(self.env) as sink, self.at(MONDAY):
            wizard = self.env["cobranza.go.live"].with_user(manager)
            vals = {"mode": "automatic", "sample_email": "m@example.com"}
            wizard = wizard.create(vals)
            wizard.action_sample()
            wizard.action_apply()
        self.assertEqual(sink.recipients(), ["m@example.com"])
        self.assertEqual(self.company.cobranza_live_by_id, manager)

    def test_only_a_manager_changes_the_mode(self):
        collector = self._role("collector")
        with self.assertRaises(AccessError):
            self.env["cobranza.go.live"].with_user(collector).create({})

    def test_live_since_the_day_it_left_the_proposal(self):
        with self.at("2026-11-02"):
            self.company._cobranza_switch("confirm")
        with self.at("2026-11-09"):
            self.company._cobranza_switch("automatic")
        self.assertEqual(str(self.company.cobranza_live_on), "2026-11-02")
        self.company._cobranza_switch("proposal")
        self.assertFalse(self.company.cobranza_live_on)
        self.assertFalse(self.company.cobranza_live_by_id)

    def test_a_neutralised_copy_proposes_again(self):
        self.company._cobranza_switch("confirm")
        self.company.cobranza_mode = "automatic"
        contact = self._contact()
        self.assertTrue(contact.released)
        self.env.flush_all()
        path = "cobranza_legal/data/neutralize.sql"
        with file_open(path) as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.assertEqual(self.company.cobranza_mode, "proposal")
        self.assertFalse(self.company.cobranza_live_by_id)
        self.assertEqual((contact.released, contact.waiting), (False, "proposal"))


@tagged("post_install", "-at_install")
class TestDroppedStep(ContactCommon):
    """A contact that something stops at the last minute is not lost."""

    def test_the_notice_is_planned_again_when_the_hold_ends(self):
        invoice = self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        debtor = self._debtor()
        self._run(MONDAY)
        with self.clock(f"{MONDAY} 12:10:00"):
            hold = self.env["cobranza.hold"].create(
                {"debtor_id": debtor.id, "reason": "internal", "date_from": MONDAY}
            )
        with smtp_sink(self.env) as sink:
            self._send(f"{MONDAY} 12:30:00")
            self.assertFalse(sink.messages)
            debt = self._debts(invoice)
            self.assertTrue(debt.step_dropped)
            self.assertEqual(debt.contact_line_ids.contact_id.state, "cancelled")
            self._run("2026-11-24")
            self.assertEqual(debt.reason, "on_hold")
            with self.clock("2026-12-02 12:00:00"):
                hold._release("It was a mistake")
            self._run("2026-12-02")
            self.assertEqual(debt.level, 1, "not before the first notice has gone out")
            self._send("2026-12-02 12:30:00")
            self.assertEqual(len(sink.messages), 1)
        self.assertFalse(debt.step_dropped)

    def test_the_proposal_forgets_whom_something_stops(self):
        self.company.cobranza_mode = "proposal"
        self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        debtor = self._debtor()
        self._run(MONDAY)
        contact = debtor.contact_ids
        self.assertEqual(contact.state, "planned")
        debtor.insolvent_on = MONDAY
        self._run(MONDAY)
        self.assertEqual(contact.state, "cancelled")
        debtor.insolvent_on = False
        self._run("2026-11-24")
        self.assertEqual((debtor.contact_ids - contact).state, "planned")


@tagged("post_install", "-at_install")
class TestLanguageOfTheEngine(ContactCommon):
    def test_what_a_cron_writes_down_is_in_the_collectors_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.company.cobranza_user_id = self.env.user
        self.env.user.lang = "es_ES"
        self.policy.level_ids[0].propose_listing = True
        self.partner_a.email = False
        self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        debtor = self._debtor()
        cron = self.env.ref("cobranza_legal.ir_cron_follow_up")
        with self.clock(f"{MONDAY} 12:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self._send(f"{MONDAY} 12:30:00")
        label = self.env["cobranza.policy.level"].with_context(lang="es_ES")
        label = label._fields["propose_listing"]._description_string(label.env)
        self.assertNotIn("Proposes", label)
        self.assertIn(label, debtor.activity_ids.mapped("summary"))
        self.assertNotIn("no valid e-mail", debtor.contact_ids.waiting_note)
