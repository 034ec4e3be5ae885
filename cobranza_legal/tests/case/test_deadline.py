from datetime import date, timedelta
from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from ...kernel.deadlines import GraceRule
from ...models.case import deadline as deadline_module
from ...models.case.clock import CourtClock
from ..common.case import CaseCommon

TODAY = date(2026, 11, 23)


class DeadlineCommon(CaseCommon):
    """An open case before a court, with a procedure of three stages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._opened()
        own = {"company_id": cls.company.id}
        cls.kind = cls.env["cobranza.proceeding.type"].create(
            {"code": "own", "name": "Own", **own}
        )
        stages = cls.env["cobranza.proceeding.stage"]
        cls.stages = stages.create(
            [
                {"procedure_code": "own", "code": code, "name": code, **own}
                for code in ("served", "answered", "over")
            ]
        )
        cls.served, cls.answered, cls.over = cls.stages
        cls.terms = cls.env["cobranza.proceeding.term"].create(
            [
                {
                    "stage_id": cls.served.id,
                    "code": "answer",
                    "name": "The debtor answers",
                    "number": 10,
                    "who": "debtor",
                    "elapses": True,
                    **own,
                },
                {
                    "stage_id": cls.served.id,
                    "code": "reply",
                    "name": "Reply",
                    "number": 5,
                    "article": "art. 1",
                    **own,
                },
                {
                    "stage_id": cls.served.id,
                    "code": "hand",
                    "name": "Only if asked",
                    "number": 5,
                    "automatic": False,
                    **own,
                },
                {
                    "stage_id": cls.answered.id,
                    "code": "reply",
                    "name": "Reply again",
                    "number": 3,
                    "from_receipt": False,
                    **own,
                },
            ]
        )
        cls.court = cls.env["cobranza.court"].create(
            {"name": "Court One", "city": "Town", **own}
        )
        cls.suit = cls._suit(cls.case)

    @classmethod
    def _suit(cls, case):
        return cls.env["cobranza.proceeding"].create(
            {
                "case_id": case.id,
                "type_id": cls.kind.id,
                "court_id": cls.court.id,
                "user_id": cls.lawyer.id,
            }
        )

    @classmethod
    def _deadline(cls, suit=None, **vals):
        """Five court days of ours from Monday, unless told."""
        suit = suit or cls.suit
        vals = {"name": "Answer", "number": 5, "start_on": TODAY, **vals}
        return cls.env["cobranza.deadline"].create(
            {"proceeding_id": suit.id, "user_id": cls.lawyer.id, **vals}
        )

    def _enter(self, stage, suit=None, day=TODAY, **values):
        suit = suit or self.suit
        before = suit.stage_id
        suit.sudo()._through_gate().write({"stage_id": stage.id, "stage_on": day})
        suit._on_stage(before, day, **values)

    def _names(self, state="open", suit=None):
        found = (suit or self.suit).deadline_ids.filtered(
            lambda one: one.state == state
        )
        return sorted(found.mapped("name"))

    none = property(lambda self: self.env["ir.attachment"])


@tagged("post_install", "-at_install")
class TestDeadline(DeadlineCommon):
    """A deadline from its opening to its end."""

    def test_it_is_counted_and_its_owner_is_told_before(self):
        found = self._deadline()
        self.assertEqual(str(found.due_on), "2026-11-30")
        self.assertEqual(str(found.alarm_on), "2026-11-27")
        task = found.activity_ids
        self.assertEqual(
            (task.user_id, task.date_deadline), (self.lawyer, found.alarm_on)
        )
        self.assertIn("Answer", task.summary)
        self.assertIn("Town", found.calendar_words)
        self.company.cobranza_deadline_days = 5
        self._daily()
        self.assertEqual(str(task.date_deadline), "2026-11-25")

    def _daily(self, day=TODAY):
        with freeze_time(f"{day} 12:00:00"):
            self.env["cobranza.deadline"]._daily(self.company, day)
            self.env.flush_all()

    def test_the_day_of_a_notice_is_local(self):
        with freeze_time("2026-11-24 12:00:00"):
            found = self._deadline(from_receipt=True, received_at="2026-11-23 23:30:00")
        self.assertEqual(str(found.counts_on), "2026-11-24")
        self.assertEqual(str(found.due_on), "2026-12-01")

    def test_what_it_needs_to_be_counted(self):
        with self.assertRaises(ValidationError):
            self._deadline(start_on=False)
        with self.assertRaises(ValidationError):
            self._deadline(from_receipt=True)
        with self.assertRaises(ValidationError):
            self._deadline(from_receipt=True, received_at="2026-11-25 10:00:00")
        other = self._suit(self._opened(debts=self.debts[3:4]))
        with self.assertRaises(ValidationError):
            self._deadline(other, case_id=self.case.id)

    def test_the_rule_of_a_term_of_the_law_is_not_written_over(self):
        found = self._deadline(
            name="Reply",
            number=5,
            term_id=self.terms[1].id,
            from_receipt=True,
            received_at="2026-11-23 09:00:00",
        )
        self.assertEqual(found.article, "art. 1")
        with self.assertRaises(ValidationError):
            found.number = 30
        found.write({"term_id": False, "number": 30})
        self.assertGreater(found.due_on, date(2026, 12, 30))

    def test_done_is_an_act_of_the_case(self):
        found = self._deadline()
        file = self.env["ir.attachment"].create({"name": "a.pdf", "raw": b"%PDF"})
        dialog = self.env["cobranza.deadline.act"].with_user(self.lawyer)
        dialog.create(
            {
                "what": "done",
                "deadline_ids": [Command.set(found.ids)],
                "day": TODAY,
                "reason": "Filed",
            }
        ).action_confirm()
        self.assertEqual((found.state, found.done_on), ("done", TODAY))
        self.assertFalse(found.activity_ids)
        self.assertEqual(found.act_id.user_id, self.lawyer)
        self.assertEqual(found.act_id.summary, "Answer: Filed")
        other = self._deadline()
        other._end_done(TODAY, "x", file)
        self.assertEqual(other.act_id.file_ids, file)
        with self.assertRaises(UserError):
            self._deadline()._end_done(TODAY + timedelta(days=1), "x")

    def test_the_ways_to_close_and_to_open_again(self):
        found = self._deadline()
        with self.assertRaisesRegex(UserError, "reason"):
            found._close("")
        found._close("Paid")
        self.assertFalse(found.activity_ids)
        found._reopen("It bounced")
        self.assertEqual((found.state, len(found.activity_ids)), ("open", 1))
        found._cancel("Not ours")
        with self.assertRaises(UserError):
            found._reopen("x")

    def test_it_is_missed_the_day_after_and_may_have_been_done_in_time(self):
        found, wait = self._deadline(), self._deadline(name="Wait", elapses=True)
        self._daily(found.due_on)
        self.assertEqual(found.state, "open")
        self._daily(found.due_on + timedelta(days=1))
        self.assertEqual((found.state, wait.state), ("missed", "open"))
        self.assertIn("Missed", found.activity_ids.summary)
        self._daily(found.due_on + timedelta(days=2))
        self.assertEqual(len(found.activity_ids), 1)
        with freeze_time("2026-12-10 12:00:00"):
            with self.assertRaisesRegex(UserError, "keep"):
                found._end_done(date(2026, 12, 9), "Too late")
            found._end_done(found.due_on, "It was filed")
        self.assertEqual(found.state, "done")
        self.assertFalse(found.activity_ids)

    def test_what_the_law_forgives_is_never_told_and_never_missed(self):
        rules = self.registry["cobranza.rules"]
        self.patch(rules, "_grace_rule", lambda _self, _on, _table: GraceRule())
        found = self._deadline()
        local = self.company._cobranza_local(found.grace_until)
        self.assertEqual(str(local), "2026-12-01 15:00:00")
        self.assertEqual(str(found.alarm_on), "2026-11-27")
        self.assertNotIn("12/01", found.activity_ids.summary)
        self._daily(date(2026, 12, 1))
        self.assertEqual(found.state, "open")
        with freeze_time("2026-12-01 12:00:00"):
            self.assertTrue(found.late)
        self._daily(date(2026, 12, 2))
        self.assertEqual(found.state, "missed")

    def test_a_lawyer_moves_it_and_it_is_kept_who_did(self):
        found = self._deadline()
        mine = found.with_user(self.lawyer)
        with self.assertRaisesRegex(UserError, "reason"):
            mine._move(date(2026, 11, 27), " ")
        mine._move(date(2026, 11, 27), "The clerk said so")
        self.assertEqual(str(found.due_on), "2026-11-27")
        self.assertEqual(str(found.rule_on), "2026-11-30")
        self.assertEqual(str(found.alarm_on), "2026-11-24")
        row = found.history_ids.filtered(lambda one: "→" in one.change)
        self.assertEqual(row.user_id, self.lawyer)
        self.assertEqual(row.reason, "The clerk said so")
        self.assertEqual(row.change, "Until: 11/30/2026 → 11/27/2026")
        found.start_on = TODAY + timedelta(days=1)
        self.assertEqual(str(found.due_on), "2026-11-27")
        self.assertEqual(str(found.rule_on), "2026-12-01")
        mine._move(None, "It was wrong")
        self.assertEqual(str(found.due_on), "2026-12-01")

    def test_nobody_but_lawyers_moves_it(self):
        found = self._deadline()
        with self.assertRaises(AccessError):
            found._move(date(2026, 11, 27), "x")

    def test_extensions_are_kept_with_their_files(self):
        found = self._deadline()
        file = self.env["ir.attachment"].create({"name": "a.pdf", "raw": b"%PDF"})
        found.with_user(self.lawyer)._extend(3, "court_day", "Asked for", file)
        self.assertEqual(str(found.due_on), "2026-12-03")
        found._extend(1, "court_day", "Again", self.none)
        self.assertEqual(str(found.due_on), "2026-12-04")
        self.assertEqual(found.change_ids.file_ids, file)
        self.assertEqual(file.res_model, "cobranza.deadline.change")
        with self.assertRaises(UserError):
            found.change_ids.unlink()

    def test_a_new_one_is_counted_once_and_where_the_court_moves_again(self):
        self.cr.flush()
        with patch.object(deadline_module, "CourtClock", wraps=CourtClock) as clock:
            found = self._deadline()
            self.cr.flush()
            self.assertEqual(clock.call_count, 1)
            self.court.city = "Another"
            self.cr.flush()
            self.assertEqual(clock.call_count, 2)
        self.assertIn("Another", found.calendar_words)

    def test_suspensions_put_off_all_that_runs(self):
        found, done = self._deadline(), self._deadline()
        done._end_done(TODAY, "x")
        before = done.due_on
        self.suit.with_user(self.lawyer)._suspend_terms(
            date(2026, 11, 24), date(2026, 11, 25), "Agreed", self.none
        )
        self.assertEqual(str(found.due_on), "2026-12-02")
        self.assertEqual(done.due_on, before)
        later = self._deadline()
        self.assertEqual(later.due_on, found.due_on)

    def test_it_is_late_by_the_local_day(self):
        found = self._deadline()
        deadlines = self.env["cobranza.deadline"]
        with freeze_time("2026-11-30 22:00:00"):  # 23:00 in Madrid
            self.assertFalse(found.late)
            self.assertNotIn(found, deadlines.search([("late", "=", True)]))
        with freeze_time("2026-11-30 23:30:00"):
            found.invalidate_recordset(["late"])
            self.assertTrue(found.late)
            self.assertIn(found, deadlines.search([("late", "=", True)]))

    def test_who_no_longer_works_on_it_is_not_told(self):
        found = self._deadline()
        self.case._hand_over_to(self.other, self.env["res.partner"])
        self.assertEqual(found.activity_ids.user_id, self.other)

    def test_what_was_written_is_erased_and_the_days_stay(self):
        found = self._deadline(name="Call Antonio", note="At home")
        file = self.env["ir.attachment"].create({"name": "a.pdf", "raw": b"%PDF"})
        found._extend(1, "court_day", "He is ill", file)
        found._close("He paid")
        due = found.due_on
        self.assertFalse(found._over_before(found.history_ids[0].moment))
        over = found._over_before(found.history_ids[0].moment + timedelta(days=1))
        files = over.sudo()._through_gate()._erase("Erased in time")
        self.assertEqual(files, file)
        self.assertEqual((found.due_on, found.name), (due, "Erased in time"))
        self.assertFalse(found.note or found.state_reason)
        words = " ".join(found.history_ids.mapped("change"))
        self.assertNotIn("Antonio", words + found.change_ids.reason)
        data = self.env["cobranza.block.case"]._personal_matters()["deadlines"]
        self.assertEqual(self.debtor.mapped(data[0]), found)

    def test_a_case_that_ends_ends_what_runs(self):
        found = self._deadline()
        self.case._end("recovered", "")
        self.assertEqual(found.state, "closed")
        self.assertFalse(found.activity_ids)

    def test_the_filters_of_the_list(self):
        found = self._deadline()
        arch = self.env["cobranza.deadline"].get_views([(False, "search")])
        tree = etree.fromstring(arch["views"]["search"]["arch"])
        domains = {
            node.get("name"): safe_eval(node.get("domain"), {"uid": self.env.uid})
            for node in tree.iter("filter")
            if node.get("domain")
        }
        for name, domain in domains.items():
            with self.subTest(name=name):
                seen = found in self.env["cobranza.deadline"].search(domain)
                wanted = name in ("running", "week", "ours", "local")
                self.assertEqual(seen, wanted)


@tagged("post_install", "-at_install")
class TestStageDeadlines(DeadlineCommon):
    """What a change of stage opens, ends and carries."""

    def test_a_stage_opens_its_terms_from_the_notice(self):
        received = "2026-11-20 09:00:00"
        self._enter(self.served, notice=(received, "post"))
        self.assertEqual(self._names(), ["Reply", "The debtor answers"])
        reply = self.suit.deadline_ids.filtered(lambda one: one.name == "Reply")
        self.assertEqual((str(reply.received_at), reply.way), (received, "post"))
        self.assertEqual(str(reply.due_on), "2026-11-27")
        self.assertEqual(reply.user_id, self.lawyer)

    def test_a_row_of_the_company_says_for_which_amounts_a_term_runs(self):
        self.terms[1].for_procedure = "big"
        kinds = self.env["cobranza.proceeding.type"].sudo()
        law = kinds.create({"code": "big", "name": "Big", "above": 10})
        self._enter(self.served)
        self.assertIn("Reply", self._names())
        own = law.copy({"above": 10**6, "company_id": self.company.id})
        another = self._suit(self.case)
        self._enter(self.served, another)
        self.assertNotIn("Reply", self._names(suit=another))
        own.write({"above": 0, "up_to": 10**6})
        third = self._suit(self.case)
        self._enter(self.served, third)
        self.assertIn("Reply", self._names(suit=third))

    def test_without_a_notice_it_runs_from_the_day(self):
        self._enter(self.served)
        reply = self.suit.deadline_ids.filtered(lambda one: one.name == "Reply")
        self.assertEqual(reply.counts_on, TODAY)

    def test_no_client_says_when_a_notice_came_or_what_is_decided(self):
        self._enter(self.served)
        names = {
            "cobranza_decided": True,
            "cobranza_notice": ["2026-01-02 09:00:00", "post"],
        }
        self._enter(self.served, self.suit.with_context(**names))
        found = self.suit.deadline_ids.filtered(lambda one: one.state == "open")
        received = found.filtered("from_receipt").mapped("received_at")
        self.assertEqual({one.date() for one in received}, {TODAY})
        self._enter(self.answered, self.suit.with_context(**names))
        self.assertEqual(self._names(), ["Reply again"])

    def test_what_nobody_decided_about(self):
        """What the debtor had to do ends; ours of the same code runs anew."""
        self._enter(self.served)
        self._enter(self.answered)
        self.assertEqual(self._names(), ["Reply again"])
        self.assertEqual(self._names("closed"), ["Reply", "The debtor answers"])
        self._enter(self.over)
        self.assertEqual(self._names(), ["Reply again"])
        again = self.suit.deadline_ids.filtered(lambda one: one.state == "open")
        self.assertIn("Goes on in the next stage", again.history_ids.mapped("change"))

    def _dialog(self, stage, **vals):
        return self.env["cobranza.stage.change"].create(
            {"proceeding_id": self.suit.id, "stage_id": stage.id, **vals}
        )

    def test_the_dialog_asks_about_each(self):
        self._enter(self.served)
        self._deadline(name="By hand")
        dialog = self._dialog(self.answered)
        choices = {one.name: one.choice for one in dialog.line_ids}
        self.assertEqual(
            choices,
            {"The debtor answers": "close", "Reply": "carry", "By hand": "carry"},
        )
        dialog.line_ids[0].choice = False
        with self.assertRaisesRegex(UserError, "ends or goes on"):
            dialog.action_confirm()

    def test_what_is_chosen_is_done(self):
        self._enter(self.served)
        dialog = self._dialog(self.over, note="Settled")
        choices = {"The debtor answers": "carry", "Reply": "close"}
        for line in dialog.line_ids:
            line.choice = choices[line.name]
        self.suit.sudo()._set_state("filed", filed_on=TODAY)
        dialog.action_confirm()
        self.assertEqual(self._names(), ["The debtor answers"])
        self.assertEqual(self._names("closed"), ["Reply"])


@tagged("post_install", "-at_install")
class TestHearing(DeadlineCommon):
    """Hearings, who attends them and what follows."""

    def _hearing(self, **vals):
        return self.env["cobranza.hearing"].create(
            {
                "proceeding_id": self.suit.id,
                "starts_at": "2026-12-10 23:30:00",
                "user_id": self.lawyer.id,
                **vals,
            }
        )

    def test_its_day_is_local_and_who_attends_is_told(self):
        self.case._hand_over_to(self.lawyer | self.other, self.env["res.partner"])
        found = self._hearing(attendee_ids=[Command.set(self.other.ids)])
        self.assertEqual(str(found.day), "2026-12-11")
        self.assertEqual(found.activity_ids.user_id, self.lawyer | self.other)
        self.assertEqual(str(found.activity_ids[0].date_deadline), "2026-12-08")
        found.starts_at = "2026-12-15 10:00:00"
        self.assertEqual(
            set(map(str, found.activity_ids.mapped("date_deadline"))), {"2026-12-12"}
        )
        found.attendee_ids = False
        self.assertEqual(found.activity_ids.user_id, self.lawyer)

    def test_a_case_shows_its_next_deadline_or_hearing(self):
        self.assertFalse(self.case.next_deadline_on)
        far, near = self._deadline(number=20), self._deadline()
        self.assertLess(near.due_on, far.due_on)
        self.assertEqual(self.case.next_deadline_on, near.due_on)
        near._end_done(TODAY, "x")
        hearing = self._hearing(starts_at="2026-12-10 10:00:00")
        self.assertEqual(str(self.case.next_deadline_on), "2026-12-10")
        cases = self.env["cobranza.case"]
        soon = cases.with_user(self.lawyer).search(
            [("next_deadline_on", "<=", "2026-12-10")]
        )
        self.assertEqual(soon, self.case)
        hearing._end("cancelled", "x")
        self.assertEqual(self.case.next_deadline_on, far.due_on)
        far._close("x")
        self.assertFalse(self.case.next_deadline_on)
        self.assertFalse(cases.search([("next_deadline_on", "!=", False)]))
        calendar = self.env.ref("cobranza_legal.view_cobranza_case_calendar")
        self.assertIn('date_start="next_deadline_on"', calendar.arch)

    def test_held_adjourned_cancelled(self):
        found = self._hearing().with_user(self.lawyer)
        with self.assertRaises(UserError):
            found._end("held", "x")
        with self.assertRaisesRegex(UserError, "came of it"):
            found._end("adjourned", "")
        dialog = self.env["cobranza.hearing.end"].with_user(self.lawyer)
        dialog.create(
            {
                "hearing_ids": [Command.set(found.ids)],
                "state": "adjourned",
                "outcome": "The judge is ill",
                "again_at": "2026-12-20 10:00:00",
            }
        ).action_confirm()
        self.assertEqual(found.state, "adjourned")
        self.assertFalse(found.activity_ids)
        self.assertEqual(found.next_id.state, "planned")
        self.assertIn("ill", found.case_id.act_ids[0].note)
        with freeze_time("2026-12-20 12:00:00"):
            found.next_id._end("held", "Both were heard")
        action = found.next_id.action_add_deadline()
        context = action["context"]
        deadline = self.env["cobranza.deadline"].with_context(**context)
        deadline = deadline.create({"name": "Conclusions", "number": 5})
        self.assertEqual(deadline.hearing_id, found.next_id)
        self.assertEqual(str(deadline.due_on), "2026-12-25")

    def test_a_link_is_a_link(self):
        with self.assertRaises(ValidationError):
            self._hearing(link="javascript:alert(1)")


@tagged("post_install", "-at_install")
class TestDeadlineRights(DeadlineCommon, HttpCase):
    """Who sees and changes deadlines, also from outside; the feed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine_due = cls._deadline()
        strange = cls._opened(debts=cls.debts[3:4], lawyers=cls.other)
        cls.foreign = cls._deadline(cls._suit(strange), user_id=cls.other.id)
        cls.hearing = cls.env["cobranza.hearing"].create(
            {
                "proceeding_id": cls.suit.id,
                "starts_at": "2026-12-10 10:00:00",
                "user_id": cls.lawyer.id,
            }
        )

    def test_a_lawyer_sees_and_changes_own_ones_only(self):
        deadlines = self.env["cobranza.deadline"].with_user(self.lawyer)
        self.assertEqual(deadlines.search([]), self.mine_due)
        mine, foreign = (
            one.with_user(self.lawyer) for one in (self.mine_due, self.foreign)
        )
        mine.note = "x"
        for act in (
            lambda: foreign.read(["name"]),
            lambda: foreign.write({"note": "x"}),
            lambda: foreign._end_done(TODAY, "x"),
            lambda: foreign.action_done(),
            lambda: deadlines.create(
                {
                    "name": "x",
                    "number": 1,
                    "start_on": TODAY,
                    "proceeding_id": self.foreign.proceeding_id.id,
                }
            ),
            lambda: mine.unlink(),
        ):
            with self.assertRaises(AccessError):
                act()
        hearings = self.env["cobranza.hearing"].with_user(self.other)
        self.assertFalse(hearings.search([]))

    def test_readonly_fields_are_readonly_from_outside(self):
        values = {
            "due_on": "2027-01-01",
            "rule_on": "2027-01-01",
            "moved_on": "2027-01-01",
            "grace_until": "2027-01-01 10:00:00",
            "state": "done",
            "done_on": "2026-11-23",
            "alarm_on": "2027-01-01",
        }
        for name, value in values.items():
            with self.subTest(name=name), self.assertRaises(UserError):
                self.mine_due.with_user(self.lawyer).write({name: value})
        with self.assertRaises(UserError):
            self.hearing.with_user(self.lawyer).write({"outcome": "x"})
        with self.assertRaises(AccessError):
            self.env["cobranza.deadline.change"].with_user(self.lawyer).create(
                {"kind": "extension", "case_id": self.case.id, "reason": "x"}
            )

    def test_of_two_companies_in_one_call(self):
        other = self.env["res.company"].create({"name": "Another"})
        self.env.user.company_ids |= other
        other.cobranza_deadline_days = 1
        both = self.mine_due | self.foreign
        both.with_context(allowed_company_ids=[self.company.id, other.id])._count()
        self.assertEqual(str(both[0].alarm_on), "2026-11-27")
        self.env["cobranza.deadline"]._daily(other, TODAY)

    def _feed(self, link):
        self.authenticate(None, None)
        return self.url_open("/cobranza/" + link.split("/cobranza/")[1])

    def test_the_feed_has_own_deadlines_and_hearings_and_ends(self):
        link = self.lawyer.with_user(self.lawyer)._cobranza_agenda_open()
        raw = self.env["cobranza.deadline"].with_user(self.lawyer)._agenda()
        self.assertIn(b"BEGIN:VCALENDAR", raw)
        answer = self._feed(link)
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertIn("text/calendar", answer.headers["Content-Type"])
        body = answer.text.replace("\r\n ", "")
        self.assertIn("DTSTART;VALUE=DATE:20261130", body)
        self.assertIn("DTSTART:20261210T100000Z", body)
        self.assertNotIn(self.debtor.display_name, body)
        self.assertNotIn(f"deadline-{self.foreign.id}@", body)
        self.assertNotIn("Set-Cookie", answer.headers)
        self.mine_due._close("x")
        self.assertNotIn("20261130", self._feed(link).text)
        # whoever no longer works on the case sees nothing of it
        self.case._hand_over_to(self.other, self.env["res.partner"])
        self.assertNotIn("VEVENT", self._feed(link).text)
        self.lawyer.with_user(self.lawyer)._cobranza_agenda_close()
        self.assertEqual(self._feed(link).status_code, 404)

    def test_what_must_elapse_stands_on_the_day_after_it(self):
        wait = self._deadline(name="Wait", elapses=True)
        self.assertEqual(str(wait.due_on), "2026-11-30")
        raw = self.env["cobranza.deadline"].with_user(self.lawyer)._agenda().decode()
        [entry] = (one for one in raw.split("BEGIN:VEVENT") if "Wait" in one)
        self.assertIn("DTSTART;VALUE=DATE:20261201", entry)
        self.assertIn("DTEND;VALUE=DATE:20261202", entry)

    def test_wrong_links_are_not_found(self):
        link = self.lawyer.with_user(self.lawyer)._cobranza_agenda_open()
        new = self.lawyer.with_user(self.lawyer)._cobranza_agenda_open()
        self.assertEqual(self._feed(link).status_code, 404)
        self.assertEqual(self._feed(new[:-5] + "x.ics").status_code, 404)
        self.lawyer.active = False
        self.assertEqual(self._feed(new).status_code, 404)

    def test_nobody_reads_or_makes_the_link_of_another(self):
        with self.assertRaises(AccessError):
            self.lawyer.with_user(self.other)._cobranza_agenda_open()
        with self.assertRaises(AccessError):
            self.lawyer.with_user(self.other).read(["cobranza_agenda_hash"])
        dialog = self.env["cobranza.agenda.link"].with_user(self.lawyer).create({})
        dialog.action_create()
        self.assertIn("/cobranza/agenda/", dialog.link)
        self.assertTrue(dialog.since)
        dialog.action_revoke()
        self.assertFalse(dialog.link or dialog.since)


@tagged("post_install", "-at_install")
class TestDeadlinesNightly(DeadlineCommon):
    """The nightly job over many deadlines."""

    MANY = 240

    def _sister(self):
        """A deadline of a case of another company, counted as our own."""
        data = self.setup_other_company(name="Sister Ltd")
        other = data["company"]
        self.env.user.company_ids |= other
        companies = [self.company.id, other.id]
        self.env = self.env(
            context={**self.env.context, "allowed_company_ids": companies}
        )
        other = other.with_env(self.env)
        other.cobranza_deadline_days = 1
        move = self.env["account.move"].with_company(other)
        line = {"name": "x", "price_unit": 700, "tax_ids": False}
        line["account_id"] = data["default_account_revenue"].id
        move = move.create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_b.id,
                "invoice_date": "2026-10-01",
                "invoice_date_due": "2026-10-15",
                "invoice_line_ids": [Command.create(line)],
            }
        )
        move.action_post()
        run = self.env["cobranza.run"].with_company(other)
        debtor = run._ensure_debtors(other, self.partner_b)
        debtor.write({"regime": "company", "regime_stated": True})
        entered = run._book(other).enter_due(debtor, lambda _item: True)
        case = self.env["cobranza.case"].create(
            {"debtor_id": debtor.id, "debt_ids": [Command.set(list(entered))]}
        )
        case._through_gate().state = "open"
        kind = self.kind.create(
            {"code": "sister", "name": "Own", "company_id": other.id}
        )
        suit = self.env["cobranza.proceeding"].create(
            {"case_id": case.id, "type_id": kind.id}
        )
        return other, self._deadline(suit, user_id=self.env.user.id)

    def test_two_companies_each_have_their_own_deadlines_settings_and_night(self):
        other, theirs = self._sister()
        mine = self._deadline().with_env(self.env)
        both = mine | theirs
        self.assertEqual(mine.due_on, theirs.due_on)
        both._count()
        both._keep_activities()
        self.assertEqual(
            [str(one.alarm_on) for one in both], ["2026-11-27", "2026-11-29"]
        )
        self.assertEqual(len(mine.activity_ids), 1)
        self.assertEqual(len(theirs.activity_ids), 1)
        self.assertEqual(theirs.activity_ids.user_id, self.env.user)
        cases = both.case_id
        self.assertEqual(set(cases.mapped("next_deadline_on")), {mine.due_on})
        late = mine.due_on + timedelta(days=3)
        deadlines = self.env["cobranza.deadline"]
        with freeze_time(f"{late} 12:00:00"):
            deadlines._daily(self.company, late)
            self.assertEqual(both.mapped("state"), ["missed", "open"])
            deadlines._daily(other, late)
            deadlines._daily(other, late)
        self.assertEqual(both.mapped("state"), ["missed", "missed"])
        for one in both:
            self.assertIn("Missed", one.activity_ids.summary)
        self.assertFalse(any(cases.mapped("next_deadline_on")))

    def test_the_number_of_queries_does_not_grow(self):
        few = self._book(20)
        counts = [self._queries()]
        self._book(self.MANY - len(few))
        counts.append(self._queries())
        self.assertLess(counts[1] - counts[0], 10, counts)
        self.assertLess(counts[1], 60)

    def _book(self, number):
        suit = self.suit
        return self.env["cobranza.deadline"].create(
            [
                {
                    "name": f"Answer {index}",
                    "number": 5 + index % 20,
                    "start_on": TODAY - timedelta(days=index % 3),
                    "proceeding_id": suit.id,
                    "user_id": self.lawyer.id,
                }
                for index in range(number)
            ]
        )

    def _queries(self):
        deadlines = self.env["cobranza.deadline"]
        deadlines._daily(self.company, TODAY)  # once with cold caches
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        deadlines._daily(self.company, TODAY)
        self.env.flush_all()
        return self.cr.sql_log_count - before
