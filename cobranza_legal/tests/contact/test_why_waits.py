from odoo.tests import Form, tagged

from ...models.common.reason import REASONS
from ...models.contact.obstacles import SENDER, ReleasePreview, SendVerdict
from ..common.contact import MONDAY, ContactCommon
from ..common.smtp_sink import smtp_sink

NOON = f"{MONDAY} 12:00:00"
SITUATED = {
    # what the world is like: (how it gets there, what the screen says first)
    "nothing": ("_given_nothing", None),
    "proposal": ("_given_proposal", "proposal"),
    "confirm": ("_given_confirm", None),
    "unreleased": ("_given_unreleased", "not_automatic"),
    "another_regime": ("_given_another_regime", "not_automatic"),
    "vulnerable": ("_given_vulnerable", "not_automatic"),
    "released_to_the_vulnerable": ("_given_released_to_the_vulnerable", None),
    "stale_bank": ("_given_stale_bank", "stale_bank"),
    "released_on_a_stale_bank": ("_given_released_on_a_stale_bank", None),
    "being_updated": ("_given_being_updated", "updating"),
    "opt_out": ("_given_opt_out", "opted_out"),
    "blacklist": ("_given_blacklist", "opted_out"),
    "beneficiary": ("_given_beneficiary", "beneficiary"),
    "third_party": ("_given_third_party", "third_party"),
    "no_address": ("_given_no_address", "missing_data"),
    "bounced": ("_given_bounced", "missing_data"),
    "archived": ("_given_archived", "missing_data"),
    "no_sender": ("_given_no_sender", "missing_data"),
    "no_text": ("_given_no_text", "missing_text"),
    "broken_text": ("_given_broken_text", "missing_text"),
    "covered": ("_given_covered", "nothing"),
    "hold": ("_given_hold", "nothing"),
    "disputed": ("_given_disputed", "nothing"),
    "later": ("_given_later", "slot"),
    "limit": ("_given_limit", "limit"),
    "company_gap": ("_given_company_gap", "gap"),
    "lifted": ("_given_lifted", None),
    **{one.since: ("_given_situation", one.code) for one in REASONS if one.since},
}


class WaitCommon(ContactCommon):
    def setUp(self):
        super().setUp()
        self.moment = NOON
        self.contact = self._contact()
        self.debtor = self.contact.debtor_id

    def _waits(self, contact=None, moment=None):
        with self.clock(moment or self.moment):
            contact = contact or self.contact
            return SendVerdict(contact, every=True).found[contact.id]

    def _leaves(self):
        with smtp_sink(self.env) as sink:
            self._send(self.moment)
        return bool(sink.messages)


@tagged("post_install", "-at_install")
class TestWhyWaits(WaitCommon):
    """The screen, the preview of a release and the sending say the same."""

    def _check(self, name):
        given, expected = SITUATED[name]
        self.name = name
        with self.clock(self.moment):
            getattr(self, given)()
            if name != "being_updated":
                self.debtor._judge_if_marked()
        codes = [one.code for one in self._waits()]
        with self.clock(self.moment):
            asked = SendVerdict(self.contact, kinds=SENDER).found[self.contact.id]
        self.assertLessEqual({one.code for one in asked}, set(codes), name)
        leaves = self._leaves()
        self.assertEqual(leaves, not codes, f"{name}: {codes}")
        self.assertEqual(codes[:1], [expected] if expected else [], name)

    def _check_preview(self, name):
        """What the preview lists is sent once it is released, and nothing else."""
        given, _expected = SITUATED[name]
        self.name = name
        with self.clock(self.moment):
            getattr(self, given)()
            if name != "being_updated":
                self.debtor._judge_if_marked()
            self.contact._withdraw_release("not_automatic")
            preview = ReleasePreview(self.contact)
            self.contact.action_release()
        sent = self.contact in preview.sent and self.contact.id not in preview.later
        reasons = [label for label, _contacts in preview.reasons()]
        self.assertEqual(self._leaves(), sent, f"{name}: {reasons}")
        self.assertEqual(bool(reasons), self.contact not in preview.sent, name)

    def test_a_contact_that_is_sent_counts_for_the_next_one(self):
        other = self._invoice(partner=self.partner_a, amount=40, due="2026-10-06")
        with self.clock(self.moment):
            second = self._plan([other], level=self.policy.level_ids[1])
            both = self.contact | second
            both.sudo().write({"planned_at": self.moment})
            verdict = SendVerdict(both, every=True)
            asked = SendVerdict(both, kinds=SENDER)
        self.assertEqual(verdict.clear, self.contact)
        self.assertEqual(asked.clear, self.contact)
        self.assertEqual({one.kind for one in verdict.found[second.id]}, {"limits"})
        moment = asked.slots[second.id][0]
        with self.clock(self.moment):
            both._withdraw_release("not_automatic")
            preview = ReleasePreview(both)
            both.action_release()
        self.assertEqual(preview.later, {second.id: moment})
        self.assertTrue(self._leaves())
        self.assertEqual((self.contact.state, second.state), ("sent", "planned"))
        self.assertEqual(second.planned_at, moment)

    def test_what_goes_by_another_channel_is_told_beforehand(self):
        self.contact.level_id.fallback_channel = "letter"
        self.partner_a.write({"email": False, "street": "1 High Street", "city": "X"})
        [wait] = self._waits()
        self.assertIn("Letter", " ".join(wait.details))
        self.assertFalse(self._leaves())
        self.assertEqual(self.contact.channel, "letter")

    # -- how the world gets there ----------------------------------------------------

    def _given_nothing(self):
        pass

    def _given_situation(self):
        self.debtor[self.name] = MONDAY

    def _given_proposal(self):
        self.company._cobranza_switch("proposal")

    def _given_confirm(self):
        self.company._cobranza_switch("confirm")
        self.contact.action_release()

    def _given_unreleased(self):
        self.contact._withdraw_release("not_automatic")

    def _given_another_regime(self):
        self.debtor.regime = "unknown"

    def _given_vulnerable(self):
        self.debtor.vulnerable_on = MONDAY

    def _given_released_to_the_vulnerable(self):
        self.debtor.vulnerable_on = MONDAY
        self.contact.action_release()

    def _given_stale_bank(self):
        self.company.cobranza_bank_guard_days = 5

    def _given_released_on_a_stale_bank(self):
        self._given_stale_bank()
        self.contact.action_release()

    def _given_being_updated(self):
        self.debtor._judge_in_batches({self.debtor.id: ""})

    def _given_opt_out(self):
        self.env["cobranza.opt.out"].create({"debtor_id": self.debtor.id})

    def _given_blacklist(self):
        self.env["mail.blacklist"].sudo()._add(self.partner_a.email)

    def _stranger(self):
        values = {"name": "Stranger", "email": "stranger@example.com"}
        return self.env["res.partner"].create(values)

    def _given_beneficiary(self):
        self.debtor.beneficiary_ids = self.contact.recipient_id = self._stranger()

    def _given_third_party(self):
        self.contact.recipient_id = self._stranger()

    def _given_no_address(self):
        self.partner_a.email = False

    def _given_bounced(self):
        old = self.contact._log(
            {
                "debtor_id": self.debtor.id,
                "channel": "email",
                "address": self.partner_a.email,
                "sent_at": "2026-11-02 12:00:00",
            }
        )
        old._add_events("bounced", "server", "2026-11-02 12:01:00")

    def _given_archived(self):
        self.partner_a.active = False

    def _given_no_sender(self):
        self.company.write({"email": False, "cobranza_email_from": False})

    def _reminders(self):
        return self.env["cobranza.text"].search([("purpose", "=", "reminder")])

    def _given_no_text(self):
        self._reminders().active = False

    def _given_broken_text(self):
        self.company.phone = False
        self._reminders().active = False
        self._text("reminder", "en_US", "Call {{ company_phone }}")

    def _given_covered(self):
        self._prepay(1500, "2026-11-18")

    def _given_hold(self):
        self.env["cobranza.hold"].create({"debtor_id": self.debtor.id})

    def _given_disputed(self):
        self.env["cobranza.dispute"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_id": self.contact.line_ids.debt_id.id,
                "whole": True,
                "reason": "price",
            }
        )

    def _given_later(self):
        self.contact.planned_at = "2026-11-24 12:00:00"

    def _log_call(self, moment):
        values = {"channel": "call", "sent_at": moment}
        return self.contact._log({"debtor_id": self.debtor.id, **values})

    def _given_limit(self):
        self._log_call("2026-11-20 12:00:00")

    def _given_company_gap(self):
        self.company.cobranza_contact_gap = 20
        self._log_call("2026-11-10 12:00:00")

    def _given_lifted(self):
        self._given_limit()
        self.env["cobranza.contact.override"].create(
            {"contact_id": self.contact.id, "lift_limit": True, "reason": "Agreed"}
        )


def _test_of(name):
    def test(self):
        self._check(name)

    test.__name__ = f"test_{name}"
    return test


def _preview_test_of(name):
    def test(self):
        self._check_preview(name)

    test.__name__ = f"test_the_preview_of_{name}"
    return test


for _name in SITUATED:
    setattr(TestWhyWaits, f"test_{_name}", _test_of(_name))
    if _name != "proposal":  # nothing is released there
        _preview = _preview_test_of(_name)
        setattr(TestWhyWaits, _preview.__name__, _preview)


@tagged("post_install", "-at_install")
class TestWhyScreen(WaitCommon):
    """What the screen tells and offers."""

    def _screen(self, record, user, moment=NOON):
        with self.clock(moment):
            action = record.with_user(user).action_why_waits()
            wizard = self.env[action["res_model"]].with_user(user)
            lines = wizard.browse(action["res_id"]).line_ids
            lines.mapped("next_slot")
            return lines

    def test_a_limit_lists_what_counts_until_when_and_the_next_moment(self):
        with self.clock("2026-11-20 12:00:00"):
            self.contact._log(
                {
                    "debtor_id": self.debtor.id,
                    "channel": "call",
                    "sent_at": "2026-11-20 12:00:00",
                }
            )
        [line] = self._screen(self.contact, self._role("collector"))
        self.assertEqual(line.code, "limit")
        self.assertIn("11/20/26", line.details)
        self.assertIn("Phone call", line.details)
        self.assertEqual(str(line.until), "2026-11-27 12:00:00")
        self.assertEqual(str(line.next_slot), "2026-11-27 12:00:00")
        self.assertFalse(line.solution, "no collector lifts a limit")
        manager = self._role("manager")
        [line] = self._screen(self.contact, manager)
        self.assertEqual(line.solution, "action_override")
        action = line.action_solve()
        self.assertEqual(action["res_model"], "cobranza.contact.override")
        self.debtor.regime = "consumer"
        lines = self._screen(self.contact, manager)
        self.assertNotIn("action_override", lines.mapped("solution"))

    def test_all_obstacles_at_once(self):
        self.company._cobranza_switch("proposal")
        self.debtor.write({"sued_on": "2026-11-20", "regime": "unknown"})
        self.partner_a.email = False
        codes = [one.code for one in self._waits(moment="2026-11-22 03:00:00")]
        for code in ("proposal", "sued", "nothing", "missing_data", "hours"):
            self.assertIn(code, codes)

    def test_who_is_on_a_blacklist_is_told_once(self):
        self.env["mail.blacklist"].sudo()._add(self.partner_a.email)
        [wait] = self._waits()
        self.assertEqual(wait.code, "opted_out")
        self.assertIn("blacklist", wait.message)

    def test_from_the_debtor_and_the_worklist(self):
        collector = self._role("collector")
        self.contact._withdraw_release("not_automatic")
        [line] = self._screen(self.debtor, collector)
        self.assertEqual(line.contact_id, self.contact)
        with self.clock(NOON):
            line.action_solve()
        self.assertTrue(self.contact.released)
        [line] = self._screen(self.debtor, collector)
        self.assertEqual(line.code, "free")

    def test_a_failed_contact_can_be_tried_again(self):
        with smtp_sink(self.env) as sink:
            sink.answer = "550 No"
            self._send(NOON)
        self.assertEqual(self.contact.state, "failed")
        lines = self._screen(self.contact, self._role("collector"))
        self.assertEqual(lines[0].solution, "action_try_again")
        with self.clock(NOON):
            lines[0].action_solve()
        self.assertEqual(self.contact.state, "planned")

    def test_the_screen_opens_as_a_form(self):
        [line] = self._screen(self.contact, self._role("collector"))
        self.assertTrue(Form(line.why_id))

    def test_nothing_else_is_called_by_its_name(self):
        [line] = self._screen(self.contact, self._role("collector"))
        line.sudo().solution = "unlink"
        self.assertFalse(line.action_solve())
        self.assertTrue(self.contact.exists())
