# pylint: disable=translation-required
import re
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.modules.module import get_module_path
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.contact import odoo_mail, written
from ..common.contact import MONDAY
from ..common.iap_sink import iap_sink
from ..common.smtp_sink import smtp_sink
from ..common.written import NOON, WrittenCommon
from .test_contact_sms import NUMBER

NIGHT = f"{MONDAY} 23:30:00"
LATER = "2099-01-05 23:00:00"
"""A day to come for the clock of the database, too."""
MADE = re.compile(r"""\[["']mail\.mail["']\](?:\.sudo\(\))?\.create\(""")


class ToldCommon(WrittenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice()
        cls.debtor.regime = "consumer"
        cls.stranger = cls._books_only()
        cls.accountant = cls._role("accountant")
        cls.emails = cls.env["mail.mail"].sudo()

    def setUp(self):
        super().setUp()
        self._ensure_debts(self.invoice, self.debtor)

    def _on(self, record, user, moment=NOON, **values):
        values = {
            "body": "About your invoice",
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "partner_ids": self.partner_a.ids,
            **values,
        }
        record = record.with_context(mail_notify_force_send=False)
        with self.clock(moment):
            return record.with_user(user).message_post(**values)

    def _mails(self):
        return self.emails.search([("recipient_ids", "in", self.partner_a.ids)])

    def _refused(self, act, words, *args, **values):
        before = self._mails(), self.debtor.contact_ids
        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
            act(*args, **values)
        self.env.invalidate_all()
        self.assertEqual((self._mails(), self.debtor.contact_ids), before)


@tagged("post_install", "-at_install")
class TestToldFromOurs(ToldCommon):
    """On records of ours everything that reaches people outside is a contact or is
    refused."""

    def test_a_note_that_mentions_the_debtor_is_refused(self):
        words = "Send message"
        self._refused(self._post, words, subtype_xmlid="mail.mt_note")
        self._refused(self._post, words, subtype_xmlid=None)

    def test_no_other_type_of_message_leaves(self):
        for kind in ("notification", "auto_comment", "snailmail"):
            self._refused(self._post, "Send message", message_type=kind)

    def test_notices_are_refused_from_wherever_they_come(self):
        threads = self.env["mail.thread"].with_user(self.collector)
        told = {"body": "Pay", "partner_ids": self.partner_a.ids}
        self._refused(
            self.debtor.with_user(self.collector).message_notify, "Send message", **told
        )
        about = {"model": "cobranza.debtor", "res_id": self.debtor.id}
        self._refused(threads.message_notify, "from the debtor", **told, **about)
        about = {"model": "cobranza.debt", "res_id": self.debtor.debt_ids[0].id}
        self._refused(threads.message_notify, "from the debtor", **told, **about)

    def test_other_records_of_ours_write_to_nobody_outside(self):
        policy = self.policy.with_user(self._role("manager"))
        self._refused(
            policy.message_post,
            "from the debtor",
            body="Pay",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_a.ids,
        )

    def test_a_message_for_another_day_is_refused(self):
        later = {"scheduled_date": LATER}
        self._refused(self._post, "without a date", **later)

    def test_nothing_is_written_in_proposal_mode_but_answers(self):
        self.company.cobranza_mode = "proposal"
        self._refused(self._post, "proposal mode")
        asked = {"debtor_id": self.debtor.id, "channel": "email"}
        asked |= {"direction": "inbound", "sent_at": f"{MONDAY} 11:00:00"}
        self.env["cobranza.contact"].sudo()._log(asked)
        self._post()
        self.assertTrue(self.debtor.contact_ids.filtered("is_answer"))

    def test_what_a_debtor_writes_is_forwarded_to_nobody_outside_and_kept(self):
        self.debtor.message_subscribe(self.partner_b.ids)
        with self.clock(NIGHT):
            message = self.debtor.sudo().message_post(
                body="I cannot pay",
                message_type="email",
                subtype_xmlid="mail.mt_comment",
                author_id=self.partner_a.id,
            )
        self.assertTrue(message.exists())
        self.assertFalse(message.notification_ids.res_partner_id & self.partner_b)
        self.assertFalse(self.debtor.contact_ids)

    def test_a_mail_of_a_template_about_a_debtor_is_refused(self):
        template = self.env["mail.template"].create(
            {
                "name": "Own",
                "model_id": self.env["ir.model"]._get_id("cobranza.debtor"),
                "body_html": "<p>Pay</p>",
                "partner_to": str(self.partner_a.id),
            }
        )
        self._refused(template.send_mail, "from the debtor", self.debtor.id)
        template.write({"partner_to": False, "email_to": "somebody@example.com"})
        self._refused(template.send_mail, "from the debtor", self.debtor.id)


@tagged("post_install", "-at_install")
class TestToldFromInvoices(ToldCommon):
    """On Odoo's own records Odoo and users without our rights lose nothing."""

    def test_a_stranger_writes_as_always_and_it_is_logged(self):
        self.company.cobranza_mode = "proposal"
        for moment in (NIGHT, f"{MONDAY} 23:40:00"):
            message = self._on(self.invoice, self.stranger, moment)
            self.assertIn(self.partner_a, message.notification_ids.res_partner_id)
        contacts = self.debtor.contact_ids
        self.assertEqual(len(contacts), 2)
        self.assertEqual(contacts.mapped("channel"), ["email", "email"])
        self.assertEqual(contacts.user_id, self.stranger)
        self.assertIn(message.message_id, contacts.mapped("attempt"))
        with self.clock(f"{MONDAY} 12:00:00"):
            self.assertIn(
                "many", self.debtor._limit_warning("email", contacts[0].sent_at)
            )

    def test_a_note_counts_by_who_is_told(self):
        self._on(self.invoice, self.stranger, subtype_xmlid="mail.mt_note")
        self.assertEqual(self.debtor.contact_ids.recipient_id, self.partner_a)

    def test_people_of_ours_keep_hours_and_limits(self):
        self._refused(self._on, "hours", self.invoice, self.accountant, NIGHT)
        self._on(self.invoice, self.accountant)
        self.assertEqual(len(self.debtor.contact_ids), 1)
        self._refused(
            self._on, "many", self.invoice, self.accountant, f"{MONDAY} 15:00:00"
        )
        self._refused(
            self._on, "many", self.invoice, self.collector, f"{MONDAY} 15:00:00"
        )

    def test_people_of_ours_keep_opt_outs(self):
        self.env["mail.blacklist"].sudo()._add("debtor.a@example.com")
        self._refused(self._on, "blacklist", self.invoice, self.accountant)

    def test_a_mention_and_a_notice_are_asked_for_too(self):
        night = {"moment": NIGHT, "subtype_xmlid": "mail.mt_note"}
        self._refused(self._on, "hours", self.invoice, self.accountant, **night)
        with self.clock(NIGHT):
            told = {"body": "Pay", "partner_ids": self.partner_a.ids}
            for record in (
                self.invoice.with_user(self.accountant),
                self.env["mail.thread"].with_user(self.accountant),
            ):
                self._refused(record.message_notify, "hours", **told)

    def test_a_date_is_refused_to_people_of_ours_only(self):
        later = {"scheduled_date": LATER}
        self._refused(
            self._on, "without a date", self.invoice, self.accountant, **later
        )
        self._on(self.invoice, self.stranger, **later)
        self.assertFalse(self.debtor.contact_ids)
        with self.clock(LATER):
            machine = self.env.ref("base.user_root")
            queue = self.env["mail.message.schedule"].with_user(machine)
            queue._send_notifications_cron()
        self.assertEqual(self.debtor.contact_ids.recipient_id, self.partner_a)

    def test_the_chatter_of_the_partner_is_asked_for_people_of_ours_only(self):
        accountant = self.accountant
        accountant.group_ids |= self.env.ref("base.group_partner_manager")
        self._refused(self._on, "hours", self.partner_a, accountant, NIGHT)
        self.stranger.group_ids |= self.env.ref("base.group_partner_manager")
        self._on(self.partner_a, self.stranger, NIGHT)
        self.assertFalse(self.debtor.contact_ids)

    def test_what_is_not_overdue_is_no_matter_of_ours(self):
        other = self._invoice(due="2026-12-31", partner=self.partner_b)
        self._ensure_debts(other, self._debtor(self.partner_b))
        told = {"partner_ids": self.partner_b.ids}
        self._on(other, self.accountant, NIGHT, **told)
        self.assertFalse(self._debtor(self.partner_b).contact_ids)
        self.invoice.message_subscribe(self.partner_b.ids)
        with self.clock(NIGHT):
            self.invoice.with_user(self.accountant).message_post(
                body="To a stranger to the debt",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertFalse(self.debtor.contact_ids)

    def test_guarantors_are_people_of_the_debtor(self):
        self._guarantee(self.debtor, self.partner_b)
        self._on(self.invoice, self.stranger, partner_ids=self.partner_b.ids)
        self.assertEqual(self.debtor.contact_ids.recipient_id, self.partner_b)
        night = {"moment": NIGHT, "partner_ids": self.partner_b.ids}
        self._refused(self._on, "hours", self.invoice, self.accountant, **night)

    def test_an_address_of_the_debtor_is_the_debtor(self):
        told = {"partner_ids": [], "outgoing_email_to": "debtor.a@example.com"}
        self._refused(self._on, "hours", self.invoice, self.accountant, NIGHT, **told)

    def test_what_becomes_of_it_is_followed(self):
        with smtp_sink(self.env) as sink:
            self._on(self.invoice, self.stranger)
            contact = self.debtor.contact_ids
            self.assertEqual(contact.state, "sending")
            self._queue()
        self.assertIn("debtor.a@example.com", sink.recipients())
        self.assertEqual((contact.state, self._kinds()), ("sent", ["accepted"]))

    def test_colleagues_and_debtors_themselves_are_not_asked(self):
        colleague = self._role("approver").partner_id
        self._on(self.invoice, self.accountant, NIGHT, partner_ids=colleague.ids)
        self.invoice.message_subscribe(self.partner_a.ids)
        portal = new_test_user(self.env, login="told_p", groups="base.group_portal")
        with self.clock(NIGHT):
            self.invoice.sudo().with_user(portal).sudo().message_post(
                body="A question",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertFalse(self.debtor.contact_ids)


@tagged("post_install", "-at_install")
class TestToldWithoutThread(ToldCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.write({"phone": NUMBER, "country_id": cls.env.ref("base.es").id})

    def _bulk(self, user, record, moment=NOON):
        user.group_ids |= self.env.ref("base.group_partner_manager")
        composer = self.env["mail.compose.message"].with_user(user)
        composer = composer.with_context(mail_notify_force_send=False).create(
            {
                "composition_mode": "mass_mail",
                "model": record._name,
                "res_ids": str(record.ids),
                "body": "Pay",
                "subject": "Pay",
                "force_send": False,
                "partner_ids": [Command.set(self.partner_a.ids)],
            }
        )
        with self.clock(moment):
            composer._action_send_mail()

    def test_bulk_mails_are_asked_for_people_of_ours_and_logged_for_all(self):
        self._refused(self._bulk, "hours", self.accountant, self.invoice, NIGHT)
        self._refused(self._bulk, "hours", self.accountant, self.partner_a, NIGHT)
        self._bulk(self.stranger, self.partner_a, NIGHT)
        self.assertFalse(self.debtor.contact_ids)
        self._bulk(self.stranger, self.invoice, NIGHT)
        self.assertEqual(self.debtor.contact_ids.recipient_id, self.partner_a)

    def test_what_becomes_of_a_mail_without_notifications_is_followed(self):
        with smtp_sink(self.env):
            with self.clock(NOON):
                self.emails.with_user(self.accountant).sudo().create(
                    {
                        "model": "account.move",
                        "res_id": self.invoice.id,
                        "email_to": "debtor.a@example.com",
                        "body_html": "<p>Pay</p>",
                        "auto_delete": True,
                    }
                )
            self._queue()
        contact = self.debtor.contact_ids
        self.assertEqual((contact.state, self._kinds()), ("sent", ["accepted"]))

    def test_an_sms_is_asked_for_too(self):
        texts = self.env["sms.sms"].with_user(self.accountant).sudo()
        vals = {"partner_id": self.partner_a.id, "number": NUMBER, "body": "Pay"}
        with self.clock(NIGHT):
            self._refused(texts.create, "hours", vals)
            self._refused(texts.create, "hours", {"number": NUMBER, "body": "Pay"})
        with self.clock(NOON):
            text = texts.create(vals)
        contact = self.debtor.contact_ids
        self.assertEqual((contact.channel, contact.address), ("sms", NUMBER))
        with self.clock(NOON):
            tracker = self.env["sms.tracker"].sudo()
            tracker = tracker.search([("sms_uuid", "=", text.uuid)])
            tracker._action_update_from_sms_state("sent")
        self.assertEqual((contact.state, self._kinds()), ("sent", ["delivered"]))

    def test_an_sms_from_an_invoice_is_asked_for(self):
        self.env["iap.account"].get("sms")

        def compose(user, moment):
            values = {"res_model": "account.move", "res_id": self.invoice.id}
            values |= {"composition_mode": "comment", "body": "Please pay"}
            values |= {"recipient_single_number_itf": NUMBER}
            with self.clock(moment):
                composer = self.env["sms.composer"].with_user(user)
                composer.create(values).action_send_sms()

        with iap_sink(self.env) as sink:
            self._refused(compose, "hours", self.accountant, NIGHT)
            self.assertFalse(sink.asked)
            compose(self.stranger, NIGHT)
            self.assertEqual(len(sink.messages), 1)
        self.assertEqual(self.debtor.contact_ids.mapped("channel"), ["sms"])


@tagged("post_install", "-at_install")
class TestToldByOdoo(ToldCommon):
    """What Odoo itself sends is a list, and what is not on it is noticed."""

    def test_the_invoice_is_sent_at_any_hour_and_is_no_contact(self):
        wizards = self.env["account.move.send.wizard"].with_user(self.accountant)
        with self.clock(NIGHT):
            wizard = wizards.create(
                {"move_id": self.invoice.id, "sending_methods": ["email"]}
            )
            wizard.action_send_and_print()
        sent = self.invoice.message_ids.notification_ids
        self.assertIn(self.partner_a, sent.res_partner_id)
        self.assertFalse(self.debtor.contact_ids)

    def test_templates_of_odoo_leave_as_they_are(self):
        template = self.env.ref("account.email_template_edi_invoice")
        template = template.with_user(self.accountant)
        with self.clock(NIGHT):
            template.send_mail(self.invoice.id)
        self.assertFalse(self.debtor.contact_ids)
        own = template.sudo().copy({"name": "Own"})
        with self.clock(NIGHT):
            self._refused(
                own.with_user(self.accountant).send_mail, "hours", self.invoice.id
            )

    def _compose(self, **values):
        composer = self.env["mail.compose.message"].with_user(self.accountant)
        composer = composer.with_context(mail_notify_force_send=False).create(
            {
                "composition_mode": "comment",
                "model": "account.move",
                "res_ids": str(self.invoice.ids),
                "template_id": self.env.ref("account.email_template_edi_invoice").id,
                **values,
            }
        )
        with self.clock(NIGHT):
            composer._action_send_mail()

    def test_a_template_that_was_written_over_is_a_persons_message(self):
        self._compose()
        self.assertFalse(self.debtor.contact_ids)
        self._refused(self._compose, "hours", body="<p>Pay now</p>")

    def test_a_document_is_shared_and_a_portal_user_invited(self):
        self.accountant.group_ids |= self.env.ref("base.group_partner_manager")
        with self.clock(NIGHT):
            self.env["portal.share"].with_user(self.accountant).create(
                {
                    "res_model": "account.move",
                    "res_id": self.invoice.id,
                    "partner_ids": [Command.set(self.partner_a.ids)],
                }
            ).action_send_mail()
            wizard = (
                self.env["portal.wizard"]
                .with_user(self.accountant)
                .sudo()
                .create({"partner_ids": [Command.set(self.partner_a.ids)]})
            )
            wizard.user_ids.action_grant_access()
        self.assertFalse(self.debtor.contact_ids)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_password_is_reset(self):
        user = new_test_user(
            self.env,
            login="debtor.a@example.com",
            groups="base.group_portal",
            partner_id=self.partner_a.id,
        )
        with self.clock(NIGHT):
            user.with_user(self.env.user).sudo()._action_reset_password()
        self.assertFalse(self.debtor.contact_ids)

    def test_a_client_cannot_pretend_to_be_odoo(self):
        fake = {odoo_mail.ODOO_KEY: True, written.TOLD_KEY: []}
        self._refused(
            self._on,
            "hours",
            self.invoice.with_context(**fake),
            self.accountant,
            NIGHT,
        )

    def test_every_template_about_debts_is_known(self):
        templates = self.env["mail.template"].with_context(active_test=False)
        found = templates.search([("model", "in", list(written.ABOUT_DEBTS))])
        ids = {one for one in found.get_external_id().values() if one}
        ids -= {one for one in ids if one.startswith("__")}
        self.assertEqual(ids, odoo_mail.ODOO_TEMPLATES & ids)
        self.assertIn("account.email_template_edi_invoice", ids)

    def test_every_method_of_odoo_that_makes_mails_is_known(self):
        known = {
            # of any record: those about debts are asked for
            "mail/models/discuss/discuss_channel.py",
            "mail/models/mail_template.py",
            "mail/wizard/mail_compose_message.py",
            # see ODOO_METHODS
            "auth_signup/models/res_users.py",
            "digest/models/digest.py",
            "mail/models/mail_thread.py",
            "mail/models/res_users.py",
        }
        modules = self.env["ir.module.module"].search([("state", "=", "installed")])
        found = set()
        for name in modules.mapped("name"):
            if name.startswith("cobranza_"):
                continue
            folder = Path(get_module_path(name))
            for file in folder.rglob("*.py"):
                if "tests" in file.parts or not MADE.search(file.read_text()):
                    continue
                found.add(f"{name}/{file.relative_to(folder)}")
        self.assertEqual(found - known, set())
        self.assertLessEqual({"digest/models/digest.py"}, found)

    def test_methods_of_odoo_are_marked(self):
        for model, name in odoo_mail.ODOO_METHODS:
            marked, kinds = [], self.env.registry[model].mro()
            [original] = [
                kind
                for kind in kinds
                if name in vars(kind) and "cobranza" not in kind.__module__
            ][-1:]

            def spy(records, *args, log=marked.append, name=name, **kwargs):
                sent = args[0] if name == "_send_mail" else records
                log(sent.env.context.get(odoo_mail.ODOO_KEY))

            with patch.object(original, name, spy):
                record = self.env[model]
                move = self.env["account.move"]
                args = (move, None) if name == "_send_mail" else ()
                getattr(record, name)(*args)
            self.assertIs(type(marked[0]), object, (model, name))
