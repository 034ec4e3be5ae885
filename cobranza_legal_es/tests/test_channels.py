import importlib.util
from datetime import date
from pathlib import Path

from odoo.tests import tagged

from .common import SpainCommon

SCRIPT = Path(__file__).parents[1] / "migrations" / "19.0.1.2.0" / "post-migrate.py"


def migrate(cr):
    spec = importlib.util.spec_from_file_location("post_migrate", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.migrate(cr, "19.0.1.1.0")


@tagged("post_install", "-at_install", "post_install_l10n")
class TestChannels(SpainCommon):
    """Burofaxes and certified letters are channels of their own."""

    def level(self, name):
        return self.env.ref(f"cobranza_legal_es.{name}")

    def test_the_shipped_policies_use_the_certified_channels(self):
        channels = {
            "policy_residence_certified": "certified_letter",
            "policy_residence_burofax": "burofax",
            "policy_business_burofax": "burofax",
        }
        for name, channel in channels.items():
            self.assertEqual(self.level(name).channel, channel, name)

    def test_what_was_planned_as_letter_follows_and_what_was_made_stays(self):
        level = self.level("policy_residence_burofax")
        level.channel = "letter"
        debts = self._follow(self._invoice(partner=self.student), "2026-10-13")
        contact = self.env["cobranza.contact"].sudo()._through_gate()
        vals = {
            "company_id": self.company.id,
            "debtor_id": debts.debtor_id.id,
            "currency_id": self.company.currency_id.id,
            "channel": "letter",
            "level_id": level.id,
            "text_purpose": "burofax",
            "planned_at": "2026-10-13 12:00:00",
        }
        planned, task, printed, made = contact.create(
            [
                {**vals, "state": "planned"},
                {**vals, "state": "planned"},
                {**vals, "state": "planned", "content_hash": "x"},
                {**vals, "state": "sent", "content_hash": "x"},
            ]
        )
        task._set_activities([task._channel_model()._task_values(task)])
        self.assertNotIn("burofax", task.activity_id.summary)
        chile = self.env.ref("base.cl")
        chilean = self.env["res.company"].create(
            {"name": "Chile SpA", "account_fiscal_country_id": chile.id}
        )
        policy = level.policy_id.copy({"company_id": chilean.id})
        other = level.copy({"policy_id": policy.id})
        migrate(self.cr)
        self.env.invalidate_all()
        self.assertEqual((level.channel, other.channel), ("burofax", "letter"))
        self.assertEqual(
            [one.channel for one in (planned, task, printed, made)],
            ["burofax", "burofax", "letter", "letter"],
        )
        self.assertIn("burofax", task.activity_id.summary)
        migrate(self.cr)
        self.assertEqual(level.channel, "burofax")

    def test_the_task_of_a_burofax_says_how_to_prove_the_text(self):
        lines = self.env["cobranza.channel.burofax"]._checklist()
        self.assertIn("certification of the text", " ".join(lines))
        self.assertIn("thirty days", lines[-1])

    def test_no_channel_of_the_country_is_outside_its_classes(self):
        rules = self.rules._contact_rules("consumer", date(2026, 11, 23), self._table())
        known = frozenset().union(*(one.channels for one in rules.classes))
        for code, channel in self.env["cobranza.channel"]._by_code().items():
            if channel._is_tracked and code != "carta_certificada":
                self.assertIn(code, known)
