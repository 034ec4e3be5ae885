from contextlib import contextmanager
from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import freeze_time

from .base import MONDAY, NOON, CobranzaCommon  # noqa: F401 (for the tests)


class ContactCommon(CobranzaCommon):
    """A company whose mode is automatic, with a text, and contacts planned at noon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "email": "claims@creditor.example.com",
                "name": "Creditor Ltd",
                "cobranza_mode": "automatic",
                "cobranza_bank_guard_days": 0,
            }
        )
        cls.env["res.lang"]._activate_lang("en_US")
        (cls.partner_a | cls.partner_b).lang = "en_US"
        cls.cron = cls.env.ref("cobranza_legal.ir_cron_send")
        cls.text = cls._text("reminder", "en_US", "About {{ document }}")
        cls.policy = cls._policy(
            (5, {"channel": "email", "text_purpose": "reminder"}),
            (15, {"channel": "call", "text_purpose": "call_script"}),
            (30, {"channel": "letter", "text_purpose": "formal_demand"}),
        )
        cls.company.cobranza_policy_id = cls.policy

    @classmethod
    def _text(cls, purpose, lang, subject, body=None):
        text = cls.env["cobranza.text"].create(
            {
                "name": f"{purpose} {lang}",
                "purpose": purpose,
                "lang": lang,
                "subject": subject,
                "body": body
                or "<p>{{ debtor_name }} owes {{ amount }}</p>{{ debts_table }}",
            }
        )
        text.action_approve()
        return text

    @classmethod
    def _debtor(cls, partner=None, **vals):
        partner = partner or cls.partner_a
        debtor = cls.env["cobranza.debtor"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", cls.company.id)]
        )
        if not debtor:
            debtor = (
                cls.env["cobranza.debtor"]
                .sudo()
                .create({"partner_id": partner.id, "company_id": cls.company.id})
            )
        debtor.write({"regime": "company", **vals})
        return debtor

    def _contact(self, *invoices, channel="email", moment=NOON, **spec):
        """A planned contact that claims these invoices, made by ``_plan``."""
        with self.clock(moment):
            if not invoices:
                invoices = (self._invoice(partner=spec.pop("partner", None)),)
            return self._plan(invoices, channel, **spec)

    def _plan(self, invoices, channel="email", **spec):
        debtor = self._debtor(invoices[0].partner_id.commercial_partner_id)
        lines = []
        for invoice in invoices:
            for debt in self._ensure_debts(invoice, debtor):
                amount = debt.amount_residual_currency
                lines.append(
                    (debt.id, spec.get("level", self.level).id, 1, 1, amount, 0)
                )
        level = spec.pop("level", self.level)
        purposes = {
            "email": "reminder",
            "call": "call_script",
            "letter": "formal_demand",
            "sms": "sms_reminder",
            "whatsapp": "reminder",
        }
        vals = {
            "debtor_id": debtor.id,
            "company_id": self.company.id,
            "currency_id": invoices[0].currency_id.id,
            "channel": channel,
            "level_id": level.id,
            "text_purpose": purposes.get(channel),
            "automatic": True,
            "lines": lines,
        }
        return self.env["cobranza.contact"].sudo()._plan([{**vals, **spec}])

    @property
    def level(self):
        return self.policy.level_ids[0]

    def _ensure_debts(self, invoice, debtor):
        debts = self._debts(invoice)
        line = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        if not debts:
            debts = (
                self.env["cobranza.debt"]
                .sudo()
                .create(
                    {
                        "company_id": self.company.id,
                        "debtor_id": debtor.id,
                        "partner_id": debtor.partner_id.id,
                        "currency_id": invoice.currency_id.id,
                        "move_id": invoice.id,
                        "document": invoice.name,
                        "original_due_date": line.date_maturity,
                        "original_amount": line.amount_currency,
                        "move_line_id": line.id,
                        "policy_id": self.policy.id,
                    }
                )
            )
        return debts

    @contextmanager
    def clock(self, moment):
        with freeze_time(moment):
            self.env.invalidate_all()
            yield
        self.env.invalidate_all()

    def _send(self, moment=NOON):
        """The sending cron, as the scheduler runs it."""
        with self.clock(moment), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    @staticmethod
    def later(moment, **delta):
        value = datetime.fromisoformat(moment) + timedelta(**delta)
        return fields.Datetime.to_string(value)
