from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SpainCommon

DUE = "2026-10-05"
POSTED = "2026-11-21 10:00:00"
ARRIVED = "2026-11-23 10:00:00"
CERTIFIED = "2026-11-24 10:00:00"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestEffects(SpainCommon):
    """What a letter brings about in law, each effect by its own conditions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"cobranza_mode": "automatic", "cobranza_bank_guard_days": 0})
        cls.env["res.lang"]._activate_lang("en_US")

    def _sent(self, purpose="burofax", channel="burofax", partner=None):
        """A letter about a debt of 650, posted on a Saturday."""
        dates = {"due": DUE, "invoice_date": "2026-09-05"}
        move = self._invoice(amount=650, partner=partner or self.student, **dates)
        self._run("2026-11-20")
        return self._letter(self._debts(move), POSTED, purpose, channel)

    def _found(self, contact):
        return {
            one.kind: (one.standing, one.why, one.day)
            for one in contact.effect_ids.with_context(lang="en_US")
        }

    def test_a_burofax_achieves_its_effects_one_by_one(self):
        contact = self._sent()
        self.assertEqual(contact.state, "sent")
        attempt = date(2026, 11, 21)
        found = self._found(contact)
        # the attempt interrupts (LO 1/2025, 7.1), and opens no gate (10.2)
        self.assertEqual(found["interruption"], ("yes", "achieved", attempt))
        self.assertEqual(found["invitation"], ("waiting", "reception", False))
        self.assertEqual(found["mora"], ("waiting", "reception", False))
        self.assertEqual(found["register_warning"], ("no", "not_said", False))
        self._happens(contact, "delivered", ARRIVED)
        arrived = date(2026, 11, 23)
        found = self._found(contact)
        self.assertEqual(found["mora"], ("yes", "achieved", arrived))
        self.assertEqual(found["invitation"], ("waiting", "content", False))
        self.assertEqual(found["vat_proof"], ("waiting", "content", False))
        self._happens(contact, "content_certified", CERTIFIED)
        found = self._found(contact)
        self.assertEqual(found["invitation"], ("yes", "achieved", arrived))
        self.assertEqual(found["vat_proof"], ("yes", "achieved", arrived))
        self.assertFalse(contact.effect_ids.partner_id)  # the debtor
        self.assertEqual(len(contact.effect_ids), 5)

    def test_what_is_taken_back_is_judged_again(self):
        contact = self._sent()
        self._happens(contact, "delivered", ARRIVED)
        self._happens(contact, "content_certified", CERTIFIED)
        wrong = contact.event_ids.filtered(lambda one: one.kind == "delivered")
        with self.clock(CERTIFIED):
            contact._add_events(
                "correction", "Correos", CERTIFIED, corrects_id=wrong.id, note="Other"
            )
        found = self._found(contact)
        self.assertEqual(found["invitation"], ("waiting", "reception", False))
        self.assertEqual(found["mora"][0], "waiting")

    def test_a_certified_letter_proves_no_content_and_invites_to_nothing(self):
        contact = self._sent("certified_letter", "certified_letter")
        found = self._found(contact)
        self.assertEqual(found["interruption"], ("waiting", "reception", False))
        self._happens(contact, "delivered", ARRIVED)
        found = self._found(contact)
        self.assertEqual(found["interruption"], ("yes", "achieved", date(2026, 11, 23)))
        self.assertEqual(found["invitation"], ("no", "not_said", False))
        self.assertEqual(found["vat_proof"], ("waiting", "content", False))

    def test_what_came_back_interrupts_nothing_but_where_the_company_says_so(self):
        contact = self._sent("certified_letter", "certified_letter")
        self._happens(contact, "refused", ARRIVED)
        self.assertEqual(self._found(contact)["interruption"][0], "no")
        debtor = contact.debtor_id
        self.company.l10n_es_refused_received = True
        debtor._judge_if_marked()
        debtor.contract_address = contact.address
        self.env.flush_all()
        expected = "yes" if contact._at_agreed_address() else "no"
        self.assertEqual(self._found(contact)["interruption"][0], expected)
        self.assertEqual(expected, "yes")

    def test_a_public_body_needs_no_invitation_and_no_demand(self):
        contact = self._sent(partner=self.council)
        found = self._found(contact)
        self.assertEqual(found["invitation"], ("no", "exempt", False))
        self.assertEqual(found["vat_proof"], ("no", "exempt", False))
        articles = {one.kind: one.article for one in contact.effect_ids}
        self.assertIn("3.2", articles["invitation"])

    def test_a_claim_against_a_public_body_interrupts_when_it_arrives(self):
        contact = self._sent(partner=self.council)
        self.assertEqual(
            self._found(contact)["interruption"], ("waiting", "reception", False)
        )
        self._happens(contact, "delivered", ARRIVED)
        self.assertEqual(
            self._found(contact)["interruption"],
            ("yes", "achieved", date(2026, 11, 23)),
        )

    def test_no_attempt_interrupts_by_a_channel_that_nobody_certifies(self):
        contact = self._sent("burofax", "letter")
        self.assertEqual(self._found(contact)["interruption"][0], "waiting")
        contact = self._sent()
        self._happens(contact, "unknown_address", ARRIVED)
        self.assertEqual(self._found(contact)["interruption"][0], "no")

    def _guarantee(self, contact, person, **vals):
        return self.env["cobranza.obligor"].create(
            {
                "debtor_id": contact.debtor_id.id,
                "partner_id": person.id,
                "since": "2020-01-01",
                **vals,
            }
        )

    def test_a_letter_to_a_director_who_guarantees_concerns_the_company(self):
        director = self._partner("Directora", parent_id=self.client.id)
        contact = self._sent(partner=self.client)
        contact._through_gate().recipient_id = director
        record = self._guarantee(contact, director)
        self.assertEqual(self._found(contact)["interruption"][0], "yes")
        self.assertFalse(contact.effect_ids.partner_id)
        contact.level_id.sudo().recipient_role = "guarantor"
        self.env["cobranza.contact.effect"]._derive(contact)
        self.assertEqual(contact.effect_ids.partner_id, director)
        record._end("mistake", "Somebody else")
        self.assertFalse(contact.effect_ids.partner_id)

    def test_a_letter_to_a_guarantor_concerns_who_answered_on_its_day(self):
        person = self._partner("Aval")
        contact = self._sent(partner=self.client)
        contact._through_gate().recipient_id = person
        record = self._guarantee(contact, person, since="2026-11-22")
        self.assertFalse(contact.effect_ids.partner_id)
        record.since = "2026-11-01"
        self.assertEqual(contact.effect_ids.partner_id, person)

    def test_what_may_not_have_left_has_no_effect_yet_and_what_did_not_none(self):
        contact = self._sent()
        gate = contact._through_gate()
        gate.state = "in_doubt"
        self.env["cobranza.contact.effect"]._derive(contact)
        self.assertEqual(
            self._found(contact)["interruption"], ("waiting", "reception", False)
        )
        contact.action_mark_failed()
        self.assertFalse(contact.effect_ids)

    def test_people_do_not_write_effects(self):
        contact = self._sent()
        effect = contact.effect_ids[:1]
        collector = self._role("collector")
        with self.assertRaises(AccessError):
            effect.with_user(collector).write({"standing": "yes"})

    def test_two_companies_are_judged_in_one_call(self):
        contact = self._sent()
        neutral = self.env["res.company"].create({"name": "Elsewhere"})
        debtor = self.env["cobranza.debtor"].sudo()
        debtor = debtor.create({"company_id": neutral.id, "partner_id": self.client.id})
        other = self.env["cobranza.contact"].sudo()._through_gate()
        other = other.create(
            {
                "company_id": neutral.id,
                "debtor_id": debtor.id,
                "channel": "letter",
                "state": "sent",
                "sent_at": POSTED,
            }
        )
        self.env["cobranza.contact.effect"]._derive(contact | other)
        self.assertEqual(len(contact.effect_ids), 5)
        self.assertFalse(other.effect_ids)
