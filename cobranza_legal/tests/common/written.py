from .contact import MONDAY, ContactCommon

NOON = f"{MONDAY} 12:00:00"


class WrittenCommon(ContactCommon):
    """A collector who writes to a debtor in the chatter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role("collector")
        cls.collector.email = "collector@creditor.example.com"
        cls.debtor = cls._debtor()

    def _post(self, moment=NOON, partners=None, **values):
        values = {
            "body": "Please pay",
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "partner_ids": (partners or self.partner_a).ids,
            **values,
        }
        # in tests Odoo would send at once, not after the commit
        debtor = self.debtor.with_context(mail_notify_force_send=False)
        with self.clock(moment):
            return debtor.with_user(self.collector).message_post(**values)

    def _queue(self, moment=NOON):
        """Odoo's mail queue, as the scheduler runs it."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        with self.clock(moment), self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def _kinds(self):
        return self.debtor.contact_ids.event_ids.mapped("kind")
