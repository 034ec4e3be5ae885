from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink

NOON = f"{MONDAY} 12:00:00"


@tagged("post_install", "-at_install")
class TestSituation(ContactCommon):
    """Whom nobody writes to, not even to send an account statement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._text("statement", "en_US", "Your account")
        cls.debtor = cls._debtor()
        cls._invoice(due="2026-11-16", invoice_date="2026-11-01")

    def _recipients(self):
        with smtp_sink(self.env) as sink:
            self._send(f"{MONDAY} 12:30:00")
        return sink.recipients()

    def _statement(self):
        with self.clock(NOON):
            self.debtor.action_send_statement()
        return self.debtor.contact_ids[:1]

    def test_no_statement_in_any_situation_that_forbids_contact(self):
        labels = self.env["cobranza.rules"]._situation_labels()
        for name, reason in self.env["cobranza.decision.reason"]._situations().items():
            self.debtor[name] = MONDAY
            with self.assertRaises(UserError, msg=name) as caught:
                self._statement()
            self.assertIn(labels[reason.value], str(caught.exception))
            self.debtor[name] = False
        self.assertFalse(self.debtor.contact_ids)

    def test_what_happens_before_it_leaves_stops_it(self):
        contact = self._statement()
        self.debtor.deceased_on = MONDAY
        self.assertEqual(self._recipients(), [])
        self.assertEqual((contact.state, contact.waiting), ("planned", "deceased"))
        self.assertIn("Deceased", contact.waiting_note)

    def test_a_date_to_come_forbids_nothing_yet(self):
        self.debtor.sued_on = "2026-11-24"
        self._statement()
        self.assertEqual(self._recipients(), [self.partner_a.email])

    def test_the_lawyer_gets_the_statement_of_who_is_represented(self):
        lawyer = self.env["res.partner"].create(
            {"name": "Ann Law", "email": "law@example.com"}
        )
        self.debtor.write({"represented_on": MONDAY, "representative_id": lawyer.id})
        contact = self._statement()
        self.assertEqual(self._recipients(), ["law@example.com"])
        self.assertEqual(contact.recipient_id, lawyer)

    def test_nobody_speaks_past_a_lawyer(self):
        contact = self._contact()
        lawyer = self.env["res.partner"].create({"name": "Ann Law"})
        self.debtor.write({"represented_on": MONDAY, "representative_id": lawyer.id})
        with self.clock(NOON):
            rules = self.company._cobranza_rules()
            found = rules._contact_blockers(contact, contact.planned_at)
        [[(code, message)]] = found.values()
        self.assertEqual(code, "represented")
        self.assertIn("Ann Law only", message)

    def test_who_disputes_or_is_on_hold_may_have_a_statement(self):
        with self.clock(NOON):
            self.env["cobranza.hold"].create(
                {"debtor_id": self.debtor.id, "reason": "internal", "date_from": MONDAY}
            )
        self._statement()
        self.assertEqual(self._recipients(), [self.partner_a.email])

    def test_a_statement_is_printed_in_any_situation(self):
        self.debtor.deceased_on = MONDAY
        action = self.debtor.action_print_statement()
        self.assertEqual(action["type"], "ir.actions.report")

    def test_without_an_address_the_collector_hears_at_once(self):
        self.partner_a.email = False
        with self.assertRaisesRegex(UserError, "no valid e-mail"):
            self._statement()

    def test_the_file_of_a_statement_is_written_when_it_leaves(self):
        contact = self._statement()
        files = self.env["ir.attachment"].sudo()
        mine = [("res_model", "=", contact._name), ("res_id", "=", contact.id)]
        model = self.env.registry["cobranza.contact"]
        made, create, facts = [], type(files).create, model._facts

        def counting(records, vals_list):
            result = create(records, vals_list)
            made.extend(result.filtered(lambda record: record.res_model == model._name))
            return result

        self.patch(type(files), "create", counting)

        def changing(contacts, lock=False):
            return {} if lock else facts(contacts)

        with patch.object(model, "_facts", changing):
            self.assertEqual(self._recipients(), [])
        self.assertFalse(made)
        self.assertEqual(self._recipients(), [self.partner_a.email])
        self.assertEqual(contact.attachment_id, files.search(mine))


@tagged("post_install", "-at_install")
class TestOwner(ContactCommon):
    """Every task is somebody's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_user_id = False
        cls.collector, cls.manager = cls._role("collector"), cls._role("manager")

    def test_each_one_in_turn_answers_for_a_debtor(self):
        debtor, owners = self._debtor(user_id=self.collector.id), []
        self.company.cobranza_user_id = self.manager
        self.company._through_gate().cobranza_live_by_id = self.env.user
        owners.append(debtor._task_owner())
        debtor.user_id = False
        owners.append(debtor._task_owner())
        self.company.cobranza_user_id = False
        owners.append(debtor._task_owner())
        self.assertEqual(owners, [self.collector, self.manager, self.env.user])
        self.company._through_gate().cobranza_live_by_id = False
        last = debtor._task_owner()
        self.assertTrue(last.has_group("cobranza_legal.group_collection_manager"))
        self.assertIn(self.company, last.company_ids)

    def test_an_archived_collector_is_given_nothing(self):
        debtor = self._debtor(user_id=self.collector.id)
        self.company.cobranza_user_id = self.manager
        self.collector.active = False
        self.assertEqual(debtor._task_owner(), self.manager)

    def test_a_call_without_a_collector_is_a_managers_task(self):
        self.partner_a.phone = "+34 600 000 000"
        self._text("call_script", "en_US", "Call")
        contact = self._contact(channel="call")
        self._send()
        self.assertTrue(contact.task_raised)
        self.assertTrue(contact.activity_id.user_id)

    def test_the_checklist_asks_for_a_collector(self):
        wizard = self.env["cobranza.go.live"].create({"mode": "automatic"})
        self.assertIn("no default collector", wizard.collector_problem)
        self.assertIn(wizard.collector_problem, wizard._problems())
        self.company.cobranza_user_id = self.collector
        self.assertFalse(self.env["cobranza.go.live"].create({}).collector_problem)
