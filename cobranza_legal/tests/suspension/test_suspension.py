from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...models.suspension.suspension import LIFT
from ..common.base import MONDAY
from ..common.queries import listed
from ..common.suspension import SuspensionCommon


@tagged("post_install", "-at_install")
class TestSuspension(SuspensionCommon):
    """What is proposed, what forbids it, who is told, who sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role("collector")

    def _refusal(self, suspension):
        """Why its notice may not leave, said at once."""
        with self.assertRaises(UserError) as caught:
            suspension.action_notify()
        self.assertEqual(suspension.state, "proposed")
        self.assertFalse(suspension.contact_ids)
        return str(caught.exception)

    # -- proposing ---------------------------------------------------------------------

    def test_a_level_makes_a_draft_once_and_no_task(self):
        self.policy.level_ids[0].propose_suspension = True
        move = self._invoice(partner=self.partner_b, due="2026-11-10")
        later = self._invoice(partner=self.partner_b, due="2026-11-12")
        self._run(MONDAY)
        debts = self._debts(move | later)
        [draft] = debts.debtor_id.suspension_ids
        self.assertEqual((draft.state, draft.debt_ids), ("proposed", debts))
        self.assertFalse(debts.debtor_id.activity_ids)
        self._run(MONDAY)
        self.assertEqual(debts.debtor_id.suspension_ids, draft)
        third = self._invoice(partner=self.partner_b, due="2026-11-14")
        self._run("2026-11-24")
        self.assertEqual(debts.debtor_id.suspension_ids, draft)
        self.assertEqual(draft.debt_ids, debts | self._debts(third))

    def test_a_draft_of_a_level_begins_with_the_services_of_the_company(self):
        self.company.cobranza_suspension_services = "The laundry"
        self.company.cobranza_suspension_days = 15
        model = self.company._cobranza_engine(self.env["cobranza.suspension"].sudo())
        draft = model._draft({self.debtor.id: self.debts.ids})
        self.assertEqual((draft.services, draft.term_days), ("The laundry", 15))
        self.assertFalse(draft.essential)
        self.assertFalse(model._draft({self.debtor.id: self.debts.ids}))

    def test_many_are_proposed_with_as_many_queries_as_few(self):
        model = self.company._cobranza_engine(self.env["cobranza.suspension"].sudo())
        partners = self.env["res.partner"].create(
            [{"name": f"Debtor {number}"} for number in range(9)]
        )
        debts = self.env["cobranza.debt"]
        for partner in partners:
            moves = self._invoice(partner=partner) | self._invoice(partner=partner)
            for move in moves:
                debts |= self._ensure_debts(move, self._debtor(partner))
        by_debtor = list(debts.grouped("debtor_id").items())
        counts = []
        for chosen in (by_debtor[:1], by_debtor[1:3], by_debtor[3:]):
            for number in (0, 1):  # drafts, then what they take up
                self.env.flush_all()
                self.env.invalidate_all()
                with listed(self.env.cr) as queries:
                    model._draft({one.id: mine[number].ids for one, mine in chosen})
                    self.env.flush_all()
                counts.append(queries)
        for few, many in ((counts[2], counts[4]), (counts[3], counts[5])):
            self.assertEqual(len(few), len(many), f"{few}\n----\n{many}")
        self.assertTrue(all(len(one.debt_ids) == 2 for one in model.search([])))

    def test_a_debt_is_in_one_suspension_only(self):
        self._suspension(self.debts[0])
        with self.refuses(ValidationError, "another suspension"):
            self._suspension(self.debts)
        with self.refuses(ValidationError, "of this debtor"):
            self._suspension(self.debts[1])._through_gate().debt_ids |= self.debts_b

    # -- what forbids it ---------------------------------------------------------------

    def test_everything_that_forbids_it_is_said_in_one_message(self):
        suspension = self._suspension(services=False, essential=False, channel="email")
        self.debtor.write({"insolvent_on": "2026-11-01", "vulnerable_on": "2026-11-01"})
        self.env["cobranza.dispute"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_id": self.debts[0].id,
                "reason": "quality",
            }
        )
        self.env["cobranza.hold"].create(
            {"debtor_id": self.debtor.id, "date_from": MONDAY, "reason": "says_paid"}
        )
        said = self._refusal(suspension)
        for words in (
            "whether one of the services is essential",
            "Insolvency proceedings",
            "Vulnerable debtor",
            "Disputed: ",
            "On hold: ",
            "which services",
            "proves reception",
            "may be claimed today",
        ):
            self.assertIn(words, said)
        self.assertIn("Disputed: ", suspension.stopped_by)

    def test_essential_services_of_a_dwelling_are_never_suspended(self):
        said = self._refusal(self._suspension(essential="yes"))
        self.assertIn("live in a dwelling is never suspended", said)

    def test_each_situation_stops_it_alone(self):
        rules = self.company._cobranza_rules()
        today = self.company._cobranza_today()

        def found():
            return [
                one.code
                for one in rules._suspension_blockers(self.debtor, today)[
                    self.debtor.id
                ]
            ]

        for name, codes in (
            ("insolvent_on", ["insolvent"]),
            ("deceased_on", ["deceased"]),
            ("sued_on", ["sued"]),
            ("authority_claim_on", ["authority_claim"]),
            ("vulnerable_on", ["vulnerable"]),
            ("represented_on", ["represented"]),
        ):
            self.debtor[name] = "2026-11-24"
            self.assertEqual(found(), [], name)  # not yet
            self.debtor[name] = MONDAY
            self.assertEqual(found(), codes, name)
            self.debtor[name] = False

    def test_a_promise_is_waited_for(self):
        self.env["cobranza.promise"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": [Command.set(self.debts.ids)],
                "amount": 1500,
                "promised_on": "2026-11-30",
            }
        )
        said = self._refusal(self._suspension())
        self.assertIn("Promise to pay open", said)

    # -- the notice --------------------------------------------------------------------

    def test_the_notice_says_what_and_until_when_and_is_logged(self):
        suspension = self._suspension().with_user(self.collector)
        suspension.action_notify()
        contact = suspension.notice_contact_id
        self.assertEqual(
            (contact.text_purpose, contact.channel, contact.released),
            ("suspension_notice", "letter", True),
        )
        self.assertEqual(contact.line_ids.debt_id, self.debts)
        self.assertFalse(any(contact.line_ids.mapped("is_step")))
        _subject, body = (
            contact.sudo()._current_text()._render(contact.sudo()._merge_values())
        )
        self.assertIn("Internet access and the gym.", body)
        self.assertIn("10 calendar days", body)
        self.assertIn("1,500.00", body)
        self.assertEqual(suspension.state, "proposed")
        with self.refuses(UserError, "on its way"):
            suspension.action_notify()
        with self.refuses(UserError, "cancel it before"):
            suspension.services = "Everything"
        with self.refuses(UserError, "announced"):
            suspension.sudo().unlink()

    def test_what_was_announced_does_not_change(self):
        suspension = self._notified()
        self.assertEqual(suspension.state, "noticed")
        self.assertEqual(str(suspension.noticed_on), MONDAY)
        with self.refuses(UserError, "closed"):
            suspension.with_user(self.collector).services = "Everything"
        suspension.with_user(self.collector).note = "The son called."
        with self.refuses(UserError, "announced"):
            suspension.unlink()

    def test_dropping_it_calls_the_notice_back(self):
        suspension = self._suspension()
        suspension.action_notify()
        contact = suspension.notice_contact_id
        suspension._drop("A good customer")
        self.assertEqual((suspension.state, contact.state), ("dropped", "cancelled"))
        self.assertEqual(suspension.state_reason, "A good customer")
        self.assertIn("A good customer", suspension.history_ids.mapped("reason"))

    # -- who sees it -------------------------------------------------------------------

    def test_it_shows_on_worklist_invoice_and_partner(self):
        suspension = self._notified()
        self.env.invalidate_all()
        debtor = self.debtor.with_user(self.collector)
        self.assertEqual(debtor.suspension_state, "noticed")
        self.assertIn("Internet access and the gym.", debtor.suspension_note)
        self.assertEqual(debtor.partner_id.cobranza_suspension_state, "noticed")
        move = self.moves[0].with_user(self.collector)
        self.assertEqual(move.cobranza_suspension_state, "noticed")
        self.assertEqual(
            debtor.search([("suspension_ids.state", "=", "noticed")]), debtor
        )
        suspension._drop("No")
        self.env.invalidate_all()
        self.assertFalse(debtor.suspension_state)
        self.assertFalse(move.cobranza_suspension_state)

    def test_who_sees_some_debts_sees_what_is_about_these_alone(self):
        lawyer = self._role("lawyer")
        whole = self._suspension()
        self.debts[0].sudo()._assign(lawyer)
        seen = self.env["cobranza.suspension"].with_user(lawyer)
        self.assertFalse(seen.search([]))
        self.assertFalse(self.debtor.with_user(lawyer).suspension_state)
        whole._drop("No")
        mine = self._suspension(self.debts[0])
        self.env.invalidate_all()
        self.assertEqual(seen.search([]), mine)
        self.assertEqual(self.debtor.with_user(lawyer).suspension_state, "proposed")

    # -- what is kept ------------------------------------------------------------------

    def test_what_is_not_over_keeps_the_log_and_what_is_over_is_erased(self):
        suspension = self._suspension(note="He shouted")
        self.assertIn(
            "Open suspension of services",
            "\n".join(self.debtor._retention_refusals()),
        )
        suspension.services = "The gym"
        suspension._drop("No")
        self.assertNotIn(
            "Open suspension of services",
            "\n".join(self.debtor._retention_refusals()),
        )
        self.debtor._erase_matters(suspension.ended_on, "Time is over")
        self.assertTrue(suspension.services)
        with self.at("2032-01-01"):
            day = self.company._cobranza_today()
            self.debtor._erase_matters(day, "Time is over")
        self.assertEqual((suspension.services, suspension.note), (False, False))
        history = " ".join(suspension.history_ids.mapped("change"))
        self.assertNotIn("gym", history)

    def test_a_merged_debtor_keeps_it(self):
        suspension = self._suspension()
        other = self._suspension(self.debts_b)
        target = other.debtor_id
        self.debtor.sudo()._follow_partner(self.partner_b)
        self.assertEqual(suspension.debtor_id, target)
        self.assertEqual(target.suspension_ids, suspension | other)
        self.assertEqual(target.suspension_state, "proposed")


@tagged("post_install", "-at_install")
class TestSuspensionLifted(SuspensionCommon):
    """What is in force is given back by hand with two people, by paying by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role("collector")
        cls.suspension = cls._in_force()

    def test_giving_back_without_payment_takes_two_people(self):
        approver = self._role("approver")
        suspension = self.suspension.with_user(self.collector)
        self.assertEqual(suspension.state, "in_force")
        self.env["cobranza.reason"].with_user(self.collector).create(
            {
                "act": "lift_suspension",
                "record_ids": suspension.ids,
                "reason": "The director promised it",
            }
        ).action_confirm()
        self.assertEqual((suspension.state, suspension.lift_asked), ("in_force", True))
        request = suspension.sudo().approval_ids
        self.assertEqual((request.kind, request.amount), (LIFT, 1500))
        with self.assertRaises(AccessError):
            request.with_user(self.collector)._answer(True, "Mine")
        request.with_user(approver)._answer(True, "Agreed")
        self.assertEqual(suspension.state, "lifted")
        self.assertEqual(suspension.state_reason, "The director promised it")
        self.assertEqual(suspension.lifted_by_id, self.collector)
        self.assertIn("Give these services back", self._tasks())

    def test_a_refused_request_leaves_it_in_force(self):
        suspension = self.suspension
        suspension.with_user(self.collector)._ask_to_lift("Please")
        approver = self._role("approver")
        suspension.approval_ids.with_user(approver)._answer(False, "No")
        self.assertEqual((suspension.state, suspension.lift_asked), ("in_force", False))

    def test_whoever_only_books_sees_nothing_and_pays_as_before(self):
        suspension = self.suspension
        books = self._books_only()
        move = self.moves[0].with_user(books)
        self.assertFalse([name for name in move.fields_get() if "suspension" in name])
        with self.assertRaises(AccessError):
            suspension.with_user(books).read(["state"])
        with self.at("2026-12-04"):
            for one in self.moves:
                self._register_payment(one.with_user(books), payment_date="2026-12-04")
        self.assertEqual(suspension.state, "lifted")

    def test_a_broken_suspension_keeps_nobody_from_booking(self):
        suspension = self.suspension
        with (
            patch.object(
                type(suspension), "_end_paid", side_effect=ValueError("broken")
            ),
            self.assertLogs("odoo.addons.cobranza_legal", "ERROR"),
            self.at("2026-12-04"),
        ):
            for one in self.moves:
                self._register_payment(one, payment_date="2026-12-04")
        self.assertTrue(all(self.debts.mapped("settled")))
        self._night("2026-12-05")
        self.assertEqual(suspension.state, "lifted")
