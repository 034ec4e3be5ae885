from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...kernel.deadlines import Term, Unit
from ...kernel.errors import MissingValue
from ...models.case.verdict import CaseVerdict
from ..common.suit import SuitCommon


@tagged("post_install", "-at_install")
class TestInsolvency(SuitCommon):
    """What a debtor in insolvency proceedings owes is told to them in time."""

    def setUp(self):
        super().setUp()
        term = Term(10, Unit.NATURAL_DAY, rolls=False, article="Law 5")
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_insolvency_claim_term", lambda *_args: term)

    def _daily(self, day="2026-11-24"):
        with self.at(day):
            today = self.company._cobranza_today()
            claims = self.env["cobranza.insolvency.claim"]
            claims.sudo()._follow(self.company, today)
        return self.debtor.insolvency_claim_ids

    def _insolvent(self, day="2026-11-24"):
        self.debtor.insolvent_on = day
        return self._daily()

    def test_it_is_prepared_once_for_all_that_is_owed(self):
        self.assertFalse(self._daily())
        claim = self._insolvent()
        self.assertEqual(claim.debt_ids, self.debts)
        self.assertEqual((claim.case_id, claim.amount), (self.case, 1500))
        self.assertEqual(claim.user_id, self.lawyer)
        self._daily("2026-11-25")
        self._daily("2026-11-25")
        self.assertEqual(self.debtor.insolvency_claim_ids, claim)
        [task] = claim.activity_ids
        self.assertIn("published", task.summary)
        self.assertEqual(str(task.date_deadline), "2026-11-24")

    def test_the_last_day_follows_from_the_publication_and_the_earlier_counts(self):
        claim = self._insolvent()
        claim.with_user(self.lawyer).published_on = "2026-11-25"
        self.assertEqual(str(claim.due_on), "2026-12-05")
        self.assertIn("Law 5", claim.due_words)
        self._daily("2026-11-26")
        self._daily("2026-11-27")
        [task] = claim.activity_ids
        self.assertIn("until", task.summary)
        self.assertEqual(str(task.date_deadline), "2026-11-28")
        for typed, due in (("2026-12-04", "2026-12-04"), ("2026-12-06", "2026-12-05")):
            claim.typed_due_on = typed
            self.assertEqual(str(claim.due_on), due)

    def test_where_no_term_is_known_the_day_is_typed(self):
        rules = self.registry["cobranza.rules"]
        claim = self._insolvent()
        with patch.object(rules, "_insolvency_claim_term", lambda *_args: None):
            claim.published_on = "2026-11-25"
            self.assertFalse(claim.due_on)
            self.assertIn("type the last day", claim.due_words)
            claim.typed_due_on = "2026-12-01"
            self.assertEqual(str(claim.due_on), "2026-12-01")

    def test_it_is_counted_again_when_what_lacked_is_known(self):
        rules = self.registry["cobranza.rules"]
        claim = self._insolvent()
        lacks = MissingValue("xx.insolvency", date(2026, 11, 25))
        with patch.object(rules, "_insolvency_claim_term", side_effect=lacks):
            claim.published_on = "2026-11-25"
            self.assertFalse(claim.due_on)
        self._daily("2026-11-26")
        self.assertEqual(str(claim.due_on), "2026-12-05")
        [task] = claim.activity_ids
        self.assertEqual(str(task.date_deadline), "2026-11-28")
        self.env.flush_all()
        with patch.object(self.registry["cobranza.insolvency.claim"], "write") as kept:
            self._daily("2026-11-27")
        self.assertFalse(kept.called)

    def test_what_was_told_is_frozen(self):
        claim = self._insolvent()
        mine = claim.with_user(self.lawyer)
        with self.assertRaisesRegex(UserError, "to whom"):
            mine.action_tell()
        mine.write({"recipient_id": self.partner_b.id, "published_on": "2026-11-24"})
        with self.at("2026-11-25"):
            self._register_payment(self.moves[4], amount=500, payment_date="2026-11-25")
        with self.at("2026-12-04"):  # the last day
            mine.action_tell()
        self.assertEqual((claim.state, claim.amount), ("sent", 1000))
        self.assertFalse(claim.state_reason or claim.activity_ids)
        with self.assertRaises(UserError):
            mine.published_on = "2026-11-26"
        self.assertIn("note", self.case.act_ids.mapped("kind"))
        mine.action_recognised()
        self.assertEqual(claim.recognised_amount, 1000)

    def test_a_day_too_late_is_said(self):
        claim = self._insolvent()
        claim.write({"recipient_id": self.partner_b.id, "published_on": "2026-11-24"})
        with self.at("2026-12-05"):
            claim.action_tell()
        self.assertIn("After", claim.state_reason)

    def test_executions_stand_still(self):
        self.procedure.nature = "executive"
        self._file()
        self.assertFalse(self.suit.suspended_words)
        self._insolvent()
        self.assertIn("suspends", self.suit.suspended_words)
        self.procedure.nature = "declaratory"
        self.env.invalidate_all()
        self.assertFalse(self.suit.suspended_words)

    def test_no_execution_begins_after_the_insolvency(self):
        """Refused on its day and later, by the verdict, too; what is no execution, and
        what was filed before, is not."""
        before, day = date(2026, 11, 23), date(2026, 11, 24)
        self.procedure.nature = "executive"
        words = "no execution begins"
        self.assertNotIn(words, "".join(self.suit._filing_problems(day)))
        self.debtor.insolvent_on = day
        self.assertNotIn(words, "".join(self.suit._filing_problems(before)))
        self.assertIn(words, "".join(self.suit._filing_problems(day)))
        court = self.env["cobranza.court"].create({"name": "Court"})
        with self.at("2026-11-25"), self.assertRaisesRegex(UserError, words):
            self.suit.with_user(self.lawyer)._file(date(2026, 11, 25), court)
        self.procedure.nature = "declaratory"
        self.assertNotIn(words, "".join(self.suit._filing_problems(day)))

    def _answers(self, capacity="co_debtor"):
        return self.env["cobranza.obligor"].create(
            {
                "debtor_id": self.debtor.id,
                "partner_id": self.env["res.partner"].create({"name": "Antonio"}).id,
                "capacity": capacity,
                "since": "2026-01-01",
            }
        )

    def test_an_execution_goes_on_against_who_answers_alone(self):
        """The debtor is spared: it is neither sued, nor stands it still."""
        day, words = date(2026, 11, 25), "no execution begins"
        self.procedure.nature = "executive"
        self.debtor.insolvent_on = "2026-11-24"
        answers = self._answers()
        with self.assertRaises(AccessError):
            self.case.with_user(self._role("collector")).obligor_ids = answers
        self.case.with_user(self._role("manager")).obligor_ids = answers
        self.assertIn(words, "".join(self.suit._filing_problems(day)))
        self.assertIn("Antonio", "".join(self.suit._filing_problems(day)))
        ways = {one.procedure: one for one in CaseVerdict(self.case, day).ways()}
        way = ways[self.procedure]
        self.assertEqual(way.closed, [])
        self.assertIn("only against Antonio", "".join(way.lacking))
        with self.at("2026-11-25"):
            dialog = self.env["cobranza.proceeding.begin"].with_user(self.lawyer)
            dialog = dialog.create(
                {"case_id": self.case.id, "type_id": self.procedure.id}
            )
            self.assertTrue(dialog.may_spare and dialog.spares_debtor)
            found = dialog.action_confirm()["res_id"]
        suit = self.suit.browse(found)
        self.assertTrue(suit.spares_debtor)
        self.assertEqual(suit.party_ids.partner_id, answers.partner_id)
        self.assertNotIn(words, "".join(suit._filing_problems(day)))
        self._file("2026-11-25", suit)
        self.assertEqual(suit.defendant_ids.partner_id, answers.partner_id)
        self.assertFalse(suit.suspended_words)
        with self.assertRaises(UserError):
            suit.spares_debtor = False

    def test_who_is_sued_beside_an_insolvent_debtor_goes_on_being_sued(self):
        self.procedure.nature = "executive"
        self.case.obligor_ids = self._answers()
        self._file()
        self.assertEqual(len(self.suit.defendant_ids), 2)
        self._insolvent()
        self.assertIn("goes on against Antonio", self.suit.suspended_words)

    def test_only_who_owes_the_whole_is_sued_alone(self):
        """Not a simple guarantor, and nobody who is insolvent, too."""
        self.procedure.nature = "executive"
        self.debtor.insolvent_on = "2026-11-24"
        simple = self._answers("guarantor")
        self.case.obligor_ids = simple
        with self.assertRaisesRegex(ValidationError, "without the debtor"):
            self.suit.spares_debtor = True
        self.case.obligor_ids = waived = self._answers("guarantor_waived")
        self.suit.spares_debtor = True
        self.assertEqual(self.suit.party_ids.partner_id, waived.partner_id)
        other = self.env["cobranza.debtor"].create(
            {"partner_id": waived.partner_id.id, "company_id": self.company.id}
        )
        other.insolvent_on = "2026-11-25"
        day = date(2026, 11, 25)
        self.assertIn("no execution begins", "".join(self.suit._filing_problems(day)))
        self.suit.spares_debtor = False
        self.assertIn(self.case.partner_id, self.suit.party_ids.partner_id)

    def test_the_way_out_is_the_claim_in_the_insolvency(self):
        mine = self.case.with_user(self.lawyer)
        with self.assertRaises(UserError):
            mine.action_insolvency_claim()
        self.debtor.insolvent_on = "2026-11-20"
        action = mine.action_insolvency_claim()
        found = self.env["cobranza.insolvency.claim"].with_user(self.lawyer)
        claim = found.search(action["domain"])
        self.assertEqual((claim.case_id, claim.debt_ids), (mine, self.debts))
        mine.action_insolvency_claim()
        self.assertEqual(self.debtor.insolvency_claim_ids, claim)
        with self.assertRaises(AccessError):
            self.case.with_user(self.other).action_insolvency_claim()

    def test_only_who_works_on_the_case_sees_and_tells_it(self):
        claim = self._insolvent()
        with self.assertRaises(AccessError):
            claim.with_user(self.other).read(["amount"])
        with self.assertRaises(AccessError):
            claim.line_ids.with_user(self.other).read(["amount"])
        with self.assertRaises(AccessError):
            claim.with_user(self._role("collector")).action_leave()
        for vals in ({"sent_on": date(2026, 1, 1)}, {"state": "sent"}):
            with self.assertRaises(UserError):
                claim.with_user(self.lawyer).write(vals)

    def test_two_companies_in_one_go(self):
        other = self.env["res.company"].create({"name": "Other"})
        claim = self._insolvent()
        with self.at("2026-11-24"):
            self.env["cobranza.insolvency.claim"].sudo()._follow(
                other, other._cobranza_today()
            )
        found = self.env["cobranza.insolvency.claim"].sudo().search([])
        self.assertEqual(found, claim)
