import dataclasses

from odoo.tests import tagged

from ...models.common.rows import Row, forget_rows
from .contact import MONDAY, ContactCommon

REGISTRIES = {
    "cobranza.decision.reason": "reason",
    "cobranza.text.purpose": "purpose",
    "cobranza.outcome": "outcome",
    "cobranza.event.kind": "kind",
    "cobranza.hold.reason": "hold reason",
    "cobranza.approval.kind": "approval",
    "cobranza.settlement.kind": "settlement",
    "cobranza.obligor.capacity": "capacity",
    "cobranza.obligor.end": "end",
}


@tagged("post_install", "-at_install")
class TestRows(ContactCommon):
    """Codes with attributes: known ones only, whoever writes them."""

    def test_every_registry_has_rows_with_words_in_every_language(self):
        for name in REGISTRIES:
            rows = self.env[name]
            self.assertTrue(rows._by_code(), name)
            for code, row in rows._by_code().items():
                self.assertTrue(dataclasses.is_dataclass(row), f"{name} {code}")
                self.assertTrue(rows._label(code), f"{name} {code}")
                self.assertEqual(row, dataclasses.replace(row), f"{name} {code}")
                hash(row)
            self.assertEqual(
                rows._choices(), [(code, rows._label(code)) for code in rows._by_code()]
            )

    def test_the_colour_of_a_status_is_on_its_row(self):
        reasons = self.env["cobranza.decision.reason"]
        tones = {code: reasons._tone(code) for code in reasons._by_code()}
        self.assertLessEqual(
            set(tones.values()), {"", "success", "info", "warning", "danger", "muted"}
        )
        situations = {reason.value for reason in reasons._situations().values()}
        red = {code for code, tone in tones.items() if tone == "danger"}
        self.assertEqual(red, situations)
        self.assertEqual(reasons._tone("unknown"), "")
        debt = self._ensure_debts(self._invoice(), self._debtor()).sudo()
        debtor = debt.debtor_id
        (debt | debtor.debt_ids)._through_gate().write({"reason": "on_hold"})
        debtor._through_gate().reason = "promised"
        self.assertEqual((debt.reason_tone, debtor.reason_tone), ("warning", "success"))
        debtor.insolvent_on = MONDAY
        self.assertEqual(debtor.reason_tone, "danger")

    def test_an_unknown_code_is_refused_by_every_field_that_keeps_one(self):
        seen = 0
        for model in self.env.values():
            for field in model._fields.values():
                if not isinstance(field, Row) or not field.registry:
                    continue
                seen += 1
                with self.assertRaises(ValueError, msg=str(field)):
                    field.convert_to_cache("smoke_signal", model)
                for code, _label in field._description_selection(self.env):
                    self.assertEqual(field.convert_to_cache(code, model), code)
        self.assertGreater(seen, 12)

    def test_an_unknown_channel_is_refused_by_write_and_create(self):
        level = self.policy.level_ids[0] if self.policy else self._policy((5, {}))
        with self.assertRaises(ValueError):
            level.channel = "smoke_signal"
        with self.assertRaises(ValueError):
            level.write({"channel": "portal"})  # nothing leaves by it
        with self.assertRaises(ValueError):
            level.copy({"fallback_channel": "smoke_signal"})
        self.assertNotEqual(level.channel, "smoke_signal")

    def test_an_unknown_purpose_is_refused_at_import(self):
        texts = self.env["cobranza.text"]
        names = ["name", "purpose", "lang", "body"]
        result = texts.load(names, [["Hers", "poem", "en_US", "<p>Roses</p>"]])
        self.assertFalse(result["ids"])
        self.assertIn("purpose", str(result["messages"]).lower())

    def test_every_proportional_kind_of_charge_can_be_charged_again(self):
        charges = self.env["cobranza.charge"]
        codes = self.env["cobranza.charge.kind"]._where(proportional=True)
        self.assertTrue(codes)
        for code in codes:
            self.assertTrue(callable(getattr(charges, f"_redraft_{code}")), code)

    def test_no_channel_is_free_of_the_neutral_limits(self):
        rules = self.env["cobranza.rules"]._contact_rules("consumer", MONDAY, None)
        limited = rules.classes[0].channels
        for code, channel in self.env["cobranza.channel"]._by_code().items():
            reaches = channel._class_kind != "task"
            self.assertEqual(code in limited, reaches, code)
            if channel._class_kind in ("voice", "remote"):
                self.assertTrue(channel._way, f"{code} cannot be refused on the page")

    def test_a_channel_says_itself_how_its_text_is_shown(self):
        previews = self.env["cobranza.text.preview"]
        shown = {"email": "email", "sms": "message", "whatsapp": "message"}
        shown |= {"letter": "letter", "certified_email": "letter"}
        for code, shape in shown.items():
            preview = previews.with_context(preview_channel=code)
            self.assertEqual(preview._default_shape(), shape, code)
        self.patch(self.env.registry["cobranza.channel.call"], "_is_plain", True)
        preview = previews.with_context(preview_channel="call")
        self.assertEqual(preview._default_shape(), "message")
        for purpose, shape in (("sms_reminder", "message"), ("reminder", "email")):
            preview = previews.with_context(preview_purpose=purpose)
            self.assertEqual(preview._default_shape(), shape, purpose)

    def test_labels_are_those_of_the_users_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        reasons = self.env["cobranza.decision.reason"].with_context(lang="es_ES")
        self.assertEqual(list(dict(reasons._choices())), list(reasons._by_code()))
        field = self.env["cobranza.debt"]._fields["reason"]
        spanish = field._description_selection(reasons.env)
        self.assertEqual(spanish, reasons._choices())

    def test_debts_are_grouped_by_a_code(self):
        invoice = self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        self._run(MONDAY)
        debts = self._debts(invoice)
        groups = self.env["cobranza.debt"]._read_group(
            [("id", "in", debts.ids)], ["reason"], ["__count"]
        )
        self.assertEqual(groups, [(debts.reason, 1)])

    def test_what_an_addon_leaves_behind_gets_another_code(self):
        invoice = self._invoice(due="2026-11-16", invoice_date="2026-11-01")
        self._run(MONDAY)
        debt = self._debts(invoice)
        # as if an addon that is gone had written it
        self.env.cr.execute(
            "UPDATE cobranza_debt SET reason = 'in_orbit' WHERE id = %s", [debt.id]
        )
        debt.invalidate_recordset()
        self.assertEqual(debt.reason, "in_orbit")
        self.assertIn("in_orbit", debt.why)
        forget_rows(self.env, "cobranza.decision.reason", ["in_orbit"], "no_policy")
        self.assertEqual(debt.reason, "no_policy")

    def test_a_field_that_needs_a_code_is_not_emptied(self):
        with self.assertRaises(ValueError):
            forget_rows(self.env, "cobranza.hold.reason", ["other"], False)

    def test_a_code_belongs_to_one_row(self):
        kinds = self.env["cobranza.outcome"]
        twice = kinds._rows()[:1] * 2
        self.patch(self.env.registry[kinds._name], "_rows", lambda self: twice)
        self.env.registry.clear_cache()
        self.addCleanup(self.env.registry.clear_cache)
        with self.assertRaises(ValueError):
            kinds._by_code()
