import base64
from unittest.mock import patch

from odoo.tests import Form

from ...kernel.delivery import DeliveryRules
from .contact import MONDAY, ContactCommon

PROVEN = DeliveryRules(
    proving=frozenset({"delivered"}),
    refuting=frozenset({"unknown_address"}),
    at_agreed=frozenset({"refused"}),
    evidence=True,
    content=frozenset({"content_certified"}),
    article="Law 3 art. 9",
)
LATER = "2026-11-27 12:00:00"


class PaperCommon(ContactCommon):
    """Letters that a carrier certifies, under a made-up law."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role("collector")
        cls.partner_a.write({"street": "Calle Mayor 1", "city": "Madrid"})
        cls.partner_b.write({"street": "Gran Vía 2", "city": "Madrid"})
        cls._text("formal_demand", "en_US", "Demand", "<p>Pay {{ amount }}</p>")
        cls.provider = cls.env["cobranza.provider"].create({"name": "Post"})

    def _letter(self, *invoices, channel="certified_letter", **spec):
        """A certified letter that waits as a task of the collector."""
        spec = {"text_purpose": "formal_demand", **spec}
        letter = self._contact(*invoices, channel=channel, **spec)
        letter.debtor_id.user_id = self.collector
        self._send()
        return letter.with_user(self.collector)

    def _print(self, letters, moment=f"{MONDAY} 13:00:00"):
        with self.clock(moment):
            letters.action_print()
        return letters

    def _posting(self, letters, moment=f"{MONDAY} 14:00:00", **values):
        """The dialog of a posting, filled in and confirmed by the collector."""
        numbers, price = values.pop("numbers", {}), values.pop("price", 6.5)
        with self.clock(moment):
            action = letters.action_posted()
            model = self.env[action["res_model"]].with_user(self.collector)
            wizard = model.with_context(
                **{**action["context"], "default_contact_ids": letters.ids}
            )
            form = Form(wizard)
            for name, value in values.items():
                setattr(form, name, value)
            for row, letter in enumerate(letters.sorted("id")):
                with form.line_ids.edit(row) as line:
                    line.tracking_number = numbers.get(letter.id, f"CD {letter.id}")
                    line.price = price
            form.save().action_confirm()
        return letters

    def _posted(self, *invoices, **spec):
        return self._posting(self._print(self._letter(*invoices, **spec)))

    def _answer(self, letter, kind, moment=LATER, file=b"receipt", at=LATER, **values):
        """The dialog with what the carrier said."""
        with self.clock(at):
            action = letter.action_record_event()
            wizard = self.env[action["res_model"]].with_user(self.collector)
            wizard = wizard.with_context(**action["context"])
            vals = {"kind": kind, "moment": moment, **values}
            if file:
                vals |= {"file": base64.b64encode(file), "filename": "receipt.pdf"}
            wizard.create(vals).action_confirm()
        return letter.event_ids.sorted("id")[-1]

    def _under(self, **rules):
        """The made-up law in the place of the neutral rules, which prove nothing."""
        answers = {"certified_letter": PROVEN, **rules}
        return patch.object(
            self.env.registry["cobranza.rules"],
            "_delivery_rules",
            lambda _self, channel, _on: answers.get(channel),
        )

    def _reception(self, letter, at="2026-11-30 12:00:00", **rules):
        with self._under(**rules), self.clock(at):
            return str(letter.received_on or ""), letter.reception_note
