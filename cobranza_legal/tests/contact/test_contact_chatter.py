from odoo.tests import tagged

from ..common.contact import MONDAY, ContactCommon


@tagged("post_install", "-at_install")
class TestContactChatter(ContactCommon):
    """“Send message” to a debtor is a contact like any other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role("collector")
        cls.debtor = cls._debtor()

    def _post(self, user=None, **values):
        debtor = self.debtor.with_user(user or self.collector)
        vals = {"body": "Please pay", "message_type": "comment"}
        vals["subtype_xmlid"] = "mail.mt_comment"
        with self.clock(f"{MONDAY} 12:00:00"):
            return debtor.message_post(**{**vals, **values})

    def test_a_message_to_the_debtor_counts(self):
        message = self._post(partner_ids=self.partner_a.ids)
        contact = self.debtor.contact_ids
        # Odoo's mail takes it after the commit
        self.assertEqual((contact.channel, contact.state), ("email", "sending"))
        self.assertEqual(contact.recipient_id, self.partner_a)
        self.assertEqual(contact.user_id, self.collector)
        self.assertEqual(contact.attempt, message.message_id)
        self.assertIn("Please pay", contact.body)
        moment = contact.sent_at
        with self.clock(f"{MONDAY} 12:30:00"):
            self.assertIn("too many", self.debtor._limit_warning("email", moment))

    def test_followers_outside_count_too(self):
        self.debtor.message_subscribe(self.partner_a.ids)
        self._post()
        self.assertEqual(self.debtor.contact_ids.recipient_id, self.partner_a)

    def test_notes_and_messages_among_colleagues_are_no_contacts(self):
        self._post(subtype_xmlid="mail.mt_note")
        self._post(partner_ids=self.env.user.partner_id.ids)
        self._post()
        self.assertFalse(self.debtor.contact_ids)

    def test_the_answer_to_it_is_known(self):
        message = self._post(partner_ids=self.partner_a.ids)
        self.debtor.sudo().message_update(
            {
                "references": message.message_id,
                "email_from": self.partner_a.email,
                "body": "Tomorrow",
            }
        )
        answer = self.debtor.contact_ids.filtered(lambda c: c.direction == "inbound")
        self.assertEqual(answer.step_id.attempt, message.message_id)
