from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from ...models.common.limits import Limiter
from ...models.common.tax_number import identity_key
from ..common.contact import ContactCommon
from ..common.smtp_sink import smtp_sink


@tagged("post_install", "-at_install")
class TestTaxNumber(ContactCommon):
    def test_one_number_has_one_key_however_it_is_written(self):
        for country, written, key in (
            ("ES", "B12345674", "ES:B12345674"),
            ("ES", "ESB12345674", "ES:B12345674"),
            ("es", "es-b12345674", "ES:B12345674"),
            ("ES", "B 1234567-4", "ES:B12345674"),
            ("CL", "12.531.909-2", "CL:125319092"),
            ("CL", "CL12531909-2", "CL:125319092"),
            ("CL", "6.824.160-k", "CL:6824160K"),
            ("", "AB-12345", ":AB12345"),
        ):
            self.assertEqual(identity_key(written, country), key, written)

    def test_the_prefix_of_another_country_is_that_country(self):
        here = identity_key("DE136695976", "DE")
        self.assertEqual(identity_key("DE136695976", "ES"), here)
        self.assertEqual(identity_key("136695976", "DE"), here)

    def test_what_tells_nobody_has_no_key(self):
        for written in (False, "", "/", "NA", "none", "1234", "00000000", "-"):
            self.assertEqual(identity_key(written, "ES"), "", written)


@tagged("post_install", "-at_install")
class TestIdentity(ContactCommon):
    """Debtors of one tax number are one person for the limits of contacts and for what
    has been said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spain = cls.env.ref("base.es")
        cls.first = cls._person("First", "ESB12345674")
        cls.second = cls._person("Second", "b-12345674")
        cls.stranger = cls._person("Stranger", "A58818501")

    @classmethod
    def _person(cls, name, vat):
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "vat": vat,
                "country_id": cls.spain.id,
                "is_company": True,
                "lang": "en_US",
                "email": f"{name.lower()}@example.com",
            }
        )
        return cls._debtor(partner, tz="Europe/Madrid")

    def _relaxed(self):
        """As in a country that waits for the answer."""
        rules = self.env.registry["cobranza.rules"]
        self.patch(rules, "_shares_unconfirmed", lambda rules: False)

    def _called(self, debtor, moment="2026-11-23 10:00:00"):
        return self.env["cobranza.contact"]._log(
            {
                "debtor_id": debtor.id,
                "channel": "call",
                "direction": "outbound",
                "sent_at": moment,
                "planned_at": moment,
                "recipient_id": debtor.partner_id.id,
            }
        )

    def _codes(self, debtor, moment="2026-11-24 10:00:00", channel="call"):
        at = datetime.fromisoformat(moment)
        debtors = self.first | self.second | self.stranger | debtor
        limiter = Limiter(self.company, debtors, at)
        return [one.code for one in limiter.obstacles(debtor.id, channel, at)]

    def test_the_second_record_is_not_called_the_next_day(self):
        self._called(self.first)
        self.assertEqual(self._codes(self.second), ["limit"])
        self.assertEqual(self._codes(self.stranger), [])
        alone = Limiter(self.company, self.second, datetime(2026, 11, 24, 10))
        [found] = alone.obstacles(self.second.id, "call", alone.now)
        self.assertEqual(found.code, "limit")

    def test_the_week_of_the_person_ends_to_the_minute(self):
        self._called(self.first)
        week = datetime(2026, 11, 30, 10)
        for minutes, found in ((-1, ["limit"]), (0, []), (1, [])):
            moment = str(week + timedelta(minutes=minutes))
            self.assertEqual(self._codes(self.second, moment), found)

    def test_what_one_gets_in_a_batch_counts_for_the_other(self):
        moment = datetime(2026, 11, 23, 10)
        limiter = Limiter(self.company, self.first | self.second, moment)
        slots = [
            limiter.slot(one.id, "email", moment)[0]
            for one in (self.first, self.second)
        ]
        self.assertEqual(slots[0], moment)
        self.assertEqual(slots[1], moment + timedelta(days=7))

    def test_two_contacts_of_one_person_do_not_leave_together(self):
        invoices = [self._invoice(partner=one.partner_id) for one in self._pair()]
        contacts = [self._contact(one) for one in invoices]
        sent = contacts[0] | contacts[1]
        sent._through_gate().write({"planned_at": "2026-11-23 12:00:00"})
        with smtp_sink(self.env) as sink:
            self._send("2026-11-23 12:00:00")
        self.assertEqual(len(sink.messages), 1)
        self.assertEqual(sorted(sent.mapped("state")), ["planned", "sent"])
        waiting = sent.filtered(lambda one: one.state == "planned")
        self.assertEqual(waiting.waiting, "contact_limit")

    def _pair(self):
        return self.first | self.second

    def test_a_proposal_is_answered_once_and_kept(self):
        self.assertEqual(self._pair().mapped("identity_state"), ["proposed"] * 2)
        self.assertEqual(self.first.identity_debtor_ids, self.second)
        self.assertFalse(self.stranger.identity_state)
        collector = self._role("collector")
        self.second.with_user(collector).action_same_person()
        self.env.invalidate_all()
        self.assertEqual(self._pair().mapped("identity_state"), ["same"] * 2)
        rows = self.env["cobranza.history"].search(
            [("debtor_id", "in", self._pair().ids), ("user_id", "=", collector.id)]
        )
        self.assertEqual(rows.debtor_id, self._pair())
        third = self._person("Third", "ES B1234567-4")
        self.assertEqual(third.identity_state, "proposed")

    def test_another_person_shares_nothing_until_its_number_changes(self):
        self._called(self.first)
        self.second.action_other_person()
        self.assertEqual(self._codes(self.second), [])
        self.assertEqual(self.second.identity_state, "other")
        self.assertFalse(self.first.identity_state)
        self.second.partner_id.vat = "ESA58818501"
        self.assertEqual(self.second.identity_state, "proposed")
        self.second.partner_id.vat = "ESB12345674"
        self.assertEqual(self.second.identity_state, "other")

    def test_where_the_country_waits_only_what_is_confirmed_counts(self):
        self._relaxed()
        self._called(self.first)
        self.assertEqual(self._codes(self.second), [])
        self.assertEqual(self.second.identity_state, "proposed")
        self.second.action_same_person()
        self.assertEqual(self._codes(self.second), ["limit"])

    def test_the_banner_says_what_is_shared(self):
        said = "Limits and history of contacts are shared with"
        self.assertEqual(self._pair().mapped("identity_note"), [said] * 2)
        self.assertFalse(self.stranger.identity_note)
        self._relaxed()
        self.env.invalidate_all()
        for one in self._pair():
            self.assertEqual(one.identity_state, "proposed")
            self.assertIn("not shared until somebody confirms", one.identity_note)
        self.second.action_same_person()
        self.env.invalidate_all()
        self.assertEqual(self._pair().mapped("identity_note"), [said] * 2)
        third = self._person("Third", "ESB12345674")
        self.env.invalidate_all()
        self.assertIn("somebody has confirmed", self.first.identity_note)
        self.assertIn("not shared until", third.identity_note)
        third.action_other_person()
        self.env.invalidate_all()
        self.assertEqual(self.first.identity_note, said)
        self.assertFalse(third.identity_note)

    def test_the_neutral_rules_are_strict(self):
        self.assertTrue(self.company._cobranza_rules()._shares_unconfirmed())

    def test_an_archived_record_counts_and_one_of_another_company_does_not(self):
        self._called(self.first)
        self.first.sudo()._set_active(False, "left")
        self.assertEqual(self._codes(self.second), ["limit"])
        other = self.setup_other_company()["company"]
        abroad = self.env["cobranza.debtor"].sudo()
        abroad = abroad.create(
            {"company_id": other.id, "partner_id": self.first.partner_id.id}
        )
        self.assertFalse(abroad.identity_state)
        self.assertEqual(abroad._people(), {abroad.id: abroad.ids})

    def test_the_log_of_one_shows_that_of_the_other(self):
        contact = self._called(self.first)
        self.assertIn(contact, self.second.person_contact_ids)
        self.assertNotIn(contact, self.stranger.person_contact_ids)
        action = self.second.action_view_contacts()
        found = self.env["cobranza.contact"].search(action["domain"])
        self.assertIn(contact, found)
        self.second.action_other_person()
        self.env.invalidate_all()
        self.assertNotIn(contact, self.second.person_contact_ids)

    def test_proposals_are_found_in_the_worklist(self):
        debtors = self.env["cobranza.debtor"]
        own = [("id", "in", (self._pair() | self.stranger).ids)]
        found = debtors.search([*own, ("identity_state", "=", "proposed")])
        self.assertEqual(
            found, self._pair().sorted(lambda one: found.ids.index(one.id))
        )
        none = debtors.search([*own, ("identity_state", "=", False)])
        self.assertEqual(none, self.stranger)

    def test_a_batch_asks_once_however_many_are_in_it(self):
        def ask(debtors):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Limiter(self.company, debtors, fields.Datetime.now())
            return self.env.cr.sql_log_count - before

        many = self._pair() | self.stranger
        many |= self.env["cobranza.debtor"].union(
            *(self._person(f"More {n}", "ESB12345674") for n in range(20))
        )
        ask(many)
        self.assertEqual(ask(many), ask(self.first))
