import base64
import csv
import io
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ...kernel.wording import PAY_ONLY, says
from ..common import test_two_companies
from ..common.agency import MAIL, AgencyCommon
from ..common.base import MONDAY

HEAD = "reference;date;channel;outcome;by;note;id"


@tagged("post_install", "-at_install")
class TestAgency(AgencyCommon):
    """Debts that an agency collects for us, from the draft to the day on which they are
    taken back."""

    # -- handing over ------------------------------------------------------------------

    def test_several_debtors_are_handed_over_in_one_file(self):
        other = self._invoice(partner=self.partner_b, amount=50)
        self._run("2026-11-20")
        debtors = self.debtor | self._debts(other).debtor_id
        manager = self._role("manager")
        dialog = Form(
            self.env["cobranza.agency.handover"]
            .with_user(manager)
            .with_context(active_model="cobranza.debtor", active_ids=debtors.ids)
        )
        self.assertEqual(dialog.agency_id, self.agency.with_user(manager))
        dialog.until = "2027-05-31"
        dialog.commission = 12
        dialog.save().action_hand_over()
        placements = debtors.placement_ids
        self.assertEqual(placements.mapped("state"), ["placed"] * 2)
        self.assertEqual(placements.mapped("commission"), [12, 12])
        [file] = placements.file_ids
        self.assertEqual((file.kind, file.line_count), ("out", 4))
        rows = file.attachment_id.raw.decode("utf-8-sig").splitlines()
        self.assertEqual(len(rows), 5)
        self.assertIn("2027-05-31", rows[1])
        with self.refuses(UserError, "evidence"):
            file.attachment_id.sudo().unlink()

    def test_the_ladder_leaves_alone_what_the_agency_has_until_its_day(self):
        self._placed(until="2026-12-31")
        with self.at(MONDAY):
            found = self.env["cobranza.debt"]._covered(self.debts.ids, MONDAY)
        self.assertEqual(set(found), set(self.debts[:2].ids))
        self._run("2026-11-30")
        reasons = dict(zip(self.debts, self.debts.mapped("reason"), strict=True))
        self.assertEqual({reasons[one] for one in self.debts[:2]}, {"in_agency"})
        self.assertNotEqual(reasons[self.debts[2]], "in_agency")
        later = self.env["cobranza.debt"]._covered(self.debts.ids, "2027-01-01")
        self.assertFalse(later)

    def test_without_its_contract_an_agency_gets_nothing(self):
        bare = self._agency(self.company, "Nobody Ltd", contract_file_ids=[])
        draft = self._draft(agency_id=bare.id)
        with self.refuses(UserError, "contract"):
            draft._place()
        draft.agency_id = self.agency
        self.agency.until = "2026-06-30"
        with self.refuses(UserError, "not in force"):
            draft._place()
        draft.agency_id = False
        with self.refuses(UserError, "choose the agency"):
            draft._place()
        self.assertEqual(draft.state, "draft")

    def test_a_debt_is_with_one_agency_and_with_nobody_else(self):
        placed = self._placed()
        with self.refuses(ValidationError, placed.name):
            self._draft(self.debts[1:])
        free = self.env["cobranza.case"]._free_debts(self.debts)
        self.assertEqual(free, self.debts[2])
        draft = self._draft(self.debts[2])
        covered = {self.debts[2].id: ("agreement", None)}
        self.patch(
            self.registry["cobranza.debt"],
            "_covered",
            lambda _self, _ids, _day: covered,
        )
        with self.refuses(UserError, "cannot be handed over"):
            draft._place()

    # -- what it may ask for -----------------------------------------------------------

    def _cells(self, placed):
        text = placed.file_ids.attachment_id.raw.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def test_money_that_nobody_matched_is_not_handed_over(self):
        self._prepay(40, "2026-11-20")
        placed = self._placed()
        row, other = self._cells(placed)
        self.assertEqual((row["principal"], row["amount"]), ("60.00", "60.00"))
        self.assertEqual(other["amount"], "200.00")
        self.assertEqual(placed.amount, 260)
        self.assertEqual(placed.amount_now, 260)
        self.assertEqual(placed.line_ids.mapped("told"), [60, 200])
        self._night("2026-11-24")
        self.assertFalse(placed.notice_ids)

    def test_a_charge_that_is_waived_is_told_and_growing_interest_is_not(self):
        self._run("2026-11-21")  # judges the regime before there is any charge
        charge = self._charge(self.debts[0], amount=15, day="2026-11-20")
        interest = self._charge(self.debts[0], "interest", 5, "2026-11-20")
        placed = self._placed()
        self.assertEqual(self._cells(placed)[0]["amount"], "120.00")
        self.assertEqual(placed.line_ids[0].told, 120)
        later = {"period_from": "2026-11-21"}
        self._charge(self.debts[0], "interest", 3, "2026-11-24", **later)
        self._night("2026-11-24")
        self.assertFalse(placed.notice_ids)
        with self.at("2026-11-25"):
            charge.sudo()._through_gate().write({"state": "waived"})
        for day in ("2026-11-25", "2026-11-26"):
            self._night(day)
        [notice] = placed.notice_ids
        # 100, and 8 of interest: what ran later is part of what it may ask for
        self.assertEqual((notice.kind, notice.known, notice.owed), ("paid", 120, 108))
        with self.at("2026-11-26"):
            interest.sudo()._through_gate().write({"state": "waived"})
        self._night("2026-11-27")
        self.assertEqual(placed.line_ids[0].told, 103)
        self._pay(self.moves[0], 100, "2026-11-27")
        self._pay(self.moves[1], 200, "2026-11-27")
        self._night("2026-11-28")
        self.assertEqual(placed.outcome, "paid")
        # of the charges it knows still
        self.assertIn("stop", placed.notice_ids.mapped("kind"))

    def test_money_on_account_pays_charges_last(self):
        self._run("2026-11-21")
        self._charge(self.debts[0], amount=15, day="2026-11-20")
        placed = self._placed(self.debts)
        with self.at("2026-11-24"):
            self._prepay(605, "2026-11-24")
            self.env.cr.flush()
        self._night("2026-11-24")
        self.assertEqual(placed.line_ids.mapped("told"), [10, 0, 0])

    def _dispute(self, debt, **vals):
        vals = {"whole": True, "reason": "price", **vals}
        ids = {"debtor_id": debt.debtor_id.id, "debt_id": debt.id}
        return self.env["cobranza.dispute"].create({**ids, **vals})

    def test_what_nobody_may_ask_for_is_not_handed_over(self):
        draft = self._draft()
        dispute = self._dispute(self.debts[0])
        with self.refuses(UserError, "Disputed"):
            draft._place()
        dispute._answer("withdrawn", "A misunderstanding")
        hold = self.env["cobranza.hold"].create(
            {"debtor_id": self.debtor.id, "reason": "internal"}
        )
        with self.refuses(UserError, "cannot be handed over"):
            draft._place()
        hold._through_gate().write({"state": "released"})
        debt = self.debts[1].sudo()._through_gate()
        debt.kept_due_date = "2027-01-31"
        with self.refuses(UserError, "not due yet"):
            draft._place()
        debt.kept_due_date = False
        self._dispute(self.debts[0], whole=False, amount=30)
        draft._place()
        self.assertEqual(self._cells(draft)[0]["amount"], "70.00")

    def test_disputed_and_handed_over_on_one_day_in_both_orders(self):
        before, after = self._draft(self.debts[:1]), self._draft(self.debts[1:2])
        with self.at("2026-11-24"):
            after._place()
            for debt in self.debts[:2]:
                self._dispute(debt)
            self.env.cr.flush()
            with self.refuses(UserError, "Disputed"):
                before._place()
        self._night("2026-11-24")
        self.assertFalse(before.notice_ids)
        self.assertEqual(after.notice_ids.mapped("kind"), ["leave"])

    def test_paid_and_handed_over_on_one_day_in_both_orders(self):
        before, after = self._draft(self.debts[:1]), self._draft(self.debts[1:2])
        with self.at("2026-11-24"):
            after._place()
        for move in self.moves[:2]:
            self._pay(move, move.amount_residual, "2026-11-24")
        with self.at("2026-11-24"), self.refuses(UserError, "cannot be handed over"):
            before._place()
        self._night("2026-11-24")
        self._night("2026-11-25")
        self.assertEqual((before.state, after.outcome), ("draft", "paid"))
        # what came on the day of the handover it did not collect
        self.assertEqual(after.recovered, 0)

    def test_what_is_disputed_or_ceded_meanwhile_is_to_be_left_once(self):
        placed = self._placed()
        with self.at("2026-11-24"):
            dispute = self._dispute(self.debts[0])
            self.debts[1].sudo().ceded_on = "2026-11-24"
            self.env.cr.flush()
        for day in ("2026-11-24", "2026-11-25"):
            self._night(day)
        told = placed.notice_ids.sorted("line_id")
        self.assertEqual(told.mapped("kind"), ["leave", "leave"])
        self.assertEqual(told.mapped("owed"), [0, 0])
        self.assertIn("Disputed", told[0].reason)
        [mail] = self._mails()
        self.assertIn("do not ask for it", mail.body_html)
        with self.at("2026-11-26"):
            dispute._answer("rejected", "All was delivered")
            self.env.cr.flush()
        self._night("2026-11-26")
        last = placed.notice_ids.sorted("id")[-1]
        self.assertEqual((last.kind, last.known, last.owed), ("more", 0, 100))
        self.assertEqual(len(placed.notice_ids), 3)

    def test_addresses_that_are_refused_are_not_handed_over(self):
        self.partner_a.write({"phone": "+34 600 111 222", "email": "a@example.com"})
        refusals = self.env["cobranza.opt.out"]
        base = {"debtor_id": self.debtor.id, "since": "2026-11-01"}
        refused = refusals.create({**base, "channel": "call"})
        self.assertEqual(self._ways(), ("", "a@example.com"))
        refused._through_gate().write({"state": "ended"})
        self.assertEqual(self._ways(), ("+34 600 111 222", "a@example.com"))
        other = {**base, "channel": "email", "address": "b@example.com"}
        refusals.create(other)
        self.assertEqual(self._ways()[1], "a@example.com")
        refusals.create({**base, "channel": False})
        self.assertEqual(self._ways(), ("", ""))

    def _ways(self):
        placed = self._placed(self.debts[:1])
        row = self._cells(placed)[0]
        placed._take_back("taken_back", "Another one")
        return row["phone"], row["email"]

    # -- what it did -------------------------------------------------------------------

    def _read(self, *rows):
        content = "\n".join([HEAD, *rows]).encode()
        return self.env["cobranza.agency.file"]._read(self.agency, content)

    def test_its_contacts_are_ours_count_and_say_who_made_them(self):
        with self.at("2026-11-16"):
            placed = self._placed()
        name = placed.name
        file = self._read(
            f"{name};2026-11-19 11:00;call;answered;Lara;Will think;7",
            f"{name};2026-11-20 12:00;email;;Omar;;8",
        )
        self.assertEqual((file.done_count, file.known_count), (2, 0))
        first, second = placed.contact_ids.sorted("sent_at")
        self.assertEqual(first.made_by, "Fast Collections Ltd: Lara")
        self.assertFalse(first.user_id)
        self.assertEqual(
            (first.state, first.outcome, str(first.sent_at)),
            ("sent", "answered", "2026-11-19 10:00:00"),
        )
        self.assertEqual(second.channel, "email")
        # one a week in all: the second was one too many, and so would ours be
        self.assertIn("too many contacts in the week", file.report)
        self.assertIn("Line 3", file.report)
        summaries = placed.activity_ids.mapped("summary")
        self.assertEqual(len([one for one in summaries if "more than" in one]), 1)
        with self.at(MONDAY):
            warning = self.debtor._limit_warning("call", second.sent_at)
        self.assertIn("too many", warning)
        export = self.env["cobranza.log.export"].create(
            {"debtor_id": self.debtor.id, "reason": "Asked for"}
        )
        entry = export._words(first)
        self.assertEqual(entry["operator"], first.made_by)

    def test_a_table_is_read_once_and_bad_lines_are_told(self):
        with self.at("2026-11-16"):
            placed = self._placed()
        rows = (
            f"{placed.name};2026-11-19 11:00;call;;Lara;;7",
            "A2020-1;2026-11-19;call;;;;",
            f"{placed.name};2026-11-10;call;;;;",
            f"{placed.name};2027-11-19;call;;;;",
            f"{placed.name};2026-11-19;pigeon;;;;",
            f"{placed.name};soon;call;;;;",
        )
        file = self._read(*rows)
        self.assertEqual(file.done_count, 1)
        for number, words in enumerate(
            ("is no handover", "not with the agency", "future", "pigeon", "not a day"),
            3,
        ):
            self.assertRegex(file.report, f"Line {number}: .*{words}")
        self.assertEqual(self._read(*rows), file)
        again = self._read(*rows[:1], f"{placed.name};2026-11-20;letter;;;;9")
        self.assertEqual((again.done_count, again.known_count), (1, 1))
        self.assertEqual(placed.contact_count, 2)
        with self.refuses(UserError, "lacks the columns"):
            self.env["cobranza.agency.file"]._read(self.agency, b"a;b\n1;2")

    def test_what_the_debtor_told_the_agency_is_a_task(self):
        with self.at("2026-11-16"):
            placed = self._placed()
        self._read(f"{placed.name};2026-11-19 11:00;call;disputes;Lara;;1")
        self.assertIn("Disputes it", " ".join(placed.activity_ids.mapped("summary")))

    def test_contacts_without_a_number_are_neither_lost_nor_doubled(self):
        with self.at("2026-11-16"):
            placed = self._placed()
        today = f"{placed.name};{MONDAY};call;;;;"
        rows = [f"{placed.name};2026-11-19;call;;;;"] * 2 + [today] * 2
        with freeze_time(f"{MONDAY} 08:00:00"):
            self.assertEqual(self._read(*rows).done_count, 4)
        with freeze_time(f"{MONDAY} 09:00:00"):
            again = self._read(*rows, today)
        self.assertEqual((again.done_count, again.known_count), (1, 4))
        self.assertEqual(placed.contact_count, 5)

    def test_a_file_hangs_from_every_handover_that_it_tells_of(self):
        with self.at("2026-11-16"):
            placed = self._placed()
        row = f"{placed.name};2026-11-19;call;;;;7"
        self._read(row)
        again = self._read(row, f"{placed.name};2026-11-10;call;;About a person;;8")
        self.assertEqual(again.done_count, 0)
        self.assertEqual(again.placement_ids, placed)

    # -- what it is told ---------------------------------------------------------------

    def test_a_payment_to_us_is_told_the_same_day_and_once(self):
        placed = self._placed()
        self._pay(self.moves[0], 40, "2026-11-24")
        [notice] = placed.notice_ids
        self.assertEqual(
            (notice.state, notice.kind, notice.known, notice.owed),
            ("pending", "paid", 100, 60),
        )
        for _again in range(2):
            self._night("2026-11-24")
        [mail] = self._mails()
        self.assertEqual((notice.state, str(notice.told_on)), ("sent", "2026-11-24"))
        self.assertEqual((notice.mail_id, notice.told_to), (mail, MAIL))
        self.assertIn(placed.name, mail.body_html)
        self.assertIn("60.00", mail.body_html)
        self.assertNotIn(self.partner_a.name, mail.body_html)
        self._night("2026-11-25")
        self.assertEqual(self._mails(), mail)

    def test_a_payment_that_nobody_matched_is_told_too_and_one_that_came_back(self):
        placed = self._placed(self.debts)
        payment = self._pay(self.moves[2], 300, "2026-11-24")
        self._night("2026-11-24")
        with self.at("2026-11-25"):
            payment.action_draft()
            self.env.cr.flush()
        self._night("2026-11-25")
        told = placed.notice_ids.sorted("id")
        self.assertEqual(told.mapped("kind"), ["paid", "more"])
        self.assertEqual(told.mapped("owed"), [0, 300])
        with self.at("2026-11-26"):
            self._prepay(600, "2026-11-26")
            self.env.cr.flush()
        self._night("2026-11-26")
        self.assertEqual(set(placed.notice_ids.mapped("state")), {"sent"})
        self.assertEqual(placed.line_ids.mapped("told"), [0, 0, 0])
        self.assertEqual(len(self._mails()), 3)

    def test_what_is_right_again_is_not_told(self):
        placed = self._placed()
        payment = self._pay(self.moves[0], 40, "2026-11-24")
        with self.at("2026-11-24"):
            payment.action_draft()
            self.env.cr.flush()
        self._night("2026-11-24")
        self.assertEqual(placed.notice_ids.mapped("state"), ["cancelled"])
        self.assertFalse(self._mails())

    def test_killed_in_the_middle_it_is_told_once_afterwards(self):
        self._placed()
        self._pay(self.moves[0], 40, "2026-11-24")
        notices = self.registry["cobranza.placement.notice"]
        queue = notices._queue_mail

        def dies(records, agency):
            queue(records, agency)
            raise RuntimeError

        with (
            patch.object(notices, "_queue_mail", dies),
            self.assertRaises(RuntimeError),
            self.cr.savepoint(),
        ):
            self._night("2026-11-24")
        self.env.invalidate_all()
        self.assertFalse(self._mails())
        self._night("2026-11-24")
        self.assertEqual(len(self._mails()), 1)

    def test_without_an_address_a_person_tells_it(self):
        self.agency.partner_id.email = False
        placed = self._placed()
        self._pay(self.moves[0], 40, "2026-11-24")
        self._pay(self.moves[1], 50, "2026-11-24")
        self._night("2026-11-24")
        self.assertEqual(placed.notice_ids.mapped("state"), ["asked"] * 2)
        tasks = self.agency.activity_ids.filtered("automated")
        self.assertEqual(len(tasks), 1)
        with self.assertRaises(AccessError):
            placed.notice_ids.with_user(self._role("collector")).action_told()
        placed.notice_ids.action_told()
        self.assertEqual(set(placed.notice_ids.mapped("state")), {"sent"})
        self.assertEqual(placed.notice_ids.told_by_id, self.env.user)
        self.assertFalse(self.agency.activity_ids.filtered("automated"))

    def test_an_email_that_did_not_leave_is_told_to_a_person(self):
        placed = self._placed()
        self._pay(self.moves[0], 40, "2026-11-24")
        self._night("2026-11-24")
        self._mails().state = "exception"
        self._night("2026-11-25")
        self.assertEqual(placed.notice_ids.state, "failed")
        self.assertEqual(len(self.agency.activity_ids), 1)

    def test_nothing_that_is_sent_says_that_only_the_agency_may_be_paid(self):
        placed = self._placed()
        self._pay(self.moves[0], 40, "2026-11-24")
        self._night("2026-11-24")
        placed._take_back("taken_back", "We go on ourselves")
        self._night("2026-11-24")
        said = [*self._mails().mapped("body_html")]
        said.append(placed.file_ids.attachment_id.raw.decode())
        self.assertEqual(len(said), 3)
        for lang, _name in self.env["res.lang"].get_installed():
            texts = self.env["cobranza.text"].with_context(lang=lang, active_test=False)
            said += texts.search([]).mapped("body")
        for words in filter(None, said):
            self.assertFalse(says(words, PAY_ONLY), words)
        self.assertIn("may pay us directly", " ".join(said[:2]))

    # -- the end -----------------------------------------------------------------------

    def test_what_is_taken_back_with_a_reason_is_ours_again(self):
        placed = self._placed()
        self.assertEqual(self.debts[0].reason, "in_agency")
        collector = placed.with_user(self._role("collector"))
        with self.assertRaises(AccessError):
            collector._take_back("taken_back", "Mine")
        with self.refuses(UserError, "reason"):
            placed._take_back("taken_back", " ")
        with self.refuses(UserError, "how it ended"):
            placed._take_back("paid", "It says so")
        dialog = self.env["cobranza.placement.end"].create(
            {"placement_ids": placed.ids, "reason": "We go on ourselves"}
        )
        dialog.action_confirm()
        self.env.cr.flush()
        self.assertEqual((placed.state, placed.outcome), ("ended", "taken_back"))
        self.assertIn("We go on ourselves", placed.state_reason)
        self.assertNotIn("in_agency", self.debts.mapped("reason"))
        for _again in range(2):
            self._night(MONDAY)
        [mail] = self._mails()
        self.assertIn("stop collecting", mail.body_html)
        self.assertTrue(self._draft())

    def test_a_term_that_is_over_and_a_paid_debt_end_it(self):
        placed = self._placed(until="2026-11-30")
        alone = self._placed(self.debts[2])
        self._pay(self.moves[2], 300, "2026-11-24")
        self._night("2026-11-25")
        self.assertEqual((alone.state, alone.outcome), ("ended", "paid"))
        self.assertEqual((alone.recovered, alone.commission_amount), (300, 30))
        self.assertEqual(alone.notice_ids.mapped("kind"), ["paid"])
        self._night("2026-11-30")
        self.assertEqual(placed.state, "placed")
        self._night("2026-12-01")
        self.assertEqual((placed.state, placed.outcome), ("ended", "over"))
        self.assertEqual(placed.notice_ids.mapped("kind"), ["stop"])

    def test_each_day_is_of_one_agency(self):
        self._pay(self.moves[0], 10, MONDAY)
        first = self._placed(until="2026-11-26")
        self._pay(self.moves[0], 20, "2026-11-25")
        with self.at("2026-11-25"):
            first._take_back("taken_back", "Another one is better")
            second = self._placed(until="2026-11-27")
        self._pay(self.moves[0], 30, "2026-11-27")
        self._pay(self.moves[0], 5, "2026-11-28")
        self._night("2026-11-30")
        self.assertEqual((second.outcome, str(second.ended_on)), ("over", "2026-11-30"))
        self.env.invalidate_all()
        self.assertEqual((first.recovered, second.recovered), (20, 30))
        with self.at("2026-12-01"):
            file = self._read(
                f"{second.name};2026-11-27;email;;;;1",
                f"{second.name};2026-11-28;email;;;;2",
            )
        self.assertEqual(file.done_count, 1)

    def test_an_archived_responsible_is_asked_no_more(self):
        self.agency.partner_id.email = False
        gone = self._role("manager")
        self.agency.user_id = gone
        gone.sudo().active = False
        self._placed()
        self._pay(self.moves[0], 40, "2026-11-24")
        self._night("2026-11-24")
        [task] = self.agency.activity_ids.filtered("automated")
        self.assertTrue(task.user_id.active)

    def test_without_an_agency_each_one_keeps_its_commission(self):
        context = {"active_model": "cobranza.debtor", "active_ids": self.debtor.ids}
        dialog = self.env["cobranza.agency.handover"].with_context(**context)
        dialog = dialog.create({"agency_id": False})
        self.assertEqual(dialog._prepared().commission, 10)

    def test_what_was_handed_over_is_kept(self):
        placed = self._placed()
        for vals in (
            {"debt_ids": [Command.set(self.debts[2].ids)]},
            {"commission": 50},
            {"agency_id": False},
            {"state": "draft"},
        ):
            with self.assertRaises(UserError):
                placed.with_user(self._managers()).write(vals)
        with self.refuses(UserError, "kept"):
            placed.unlink()
        with self.refuses(UserError, "kept"):
            self.agency.contract_file_ids = [Command.clear()]
        with self.refuses(UserError, "End it instead"):
            self.agency.unlink()
        placed.until = "2027-01-31"
        self.assertTrue(
            placed.history_ids.filtered(lambda row: "2027-01-31" in row.change)
        )

    def _managers(self):
        if not hasattr(self, "_a_manager"):
            self._a_manager = self._role("manager")
        return self._a_manager

    # -- who and where -----------------------------------------------------------------

    def test_managers_hand_over_collectors_see_lawyers_see_nothing(self):
        placed = self._placed()
        draft = self._draft(self.debts[2])
        collector, lawyer = self._role("collector"), self._role("lawyer")
        self.assertTrue(placed.with_user(collector).read(["name", "recovered"]))
        with self.assertRaises(AccessError):
            draft.with_user(collector)._place()
        with self.assertRaises(AccessError):
            self.env["cobranza.agency.handover"].with_user(collector).create({})
        self.debts._assign(lawyer)
        for model in ("placement", "placement.notice", "agency", "agency.file"):
            with self.assertRaises(AccessError):
                self.env[f"cobranza.{model}"].with_user(lawyer).search([])
        with self.assertRaises(AccessError):
            self.debtor.with_user(lawyer).read(["placement_ids"])

    def test_agencies_are_not_switched_off_while_one_has_debts(self):
        placed = self._placed()
        settings = self.env["res.config.settings"].create(
            {"group_cobranza_agencies": False}
        )
        with self.refuses(UserError, "take them back"):
            settings.set_values()
        placed._take_back("taken_back", "We go on ourselves")
        for state in ("pending", "asked", "failed"):
            placed.notice_ids.sudo()._through_gate().write({"state": state})
            with self.refuses(UserError, "tell them before"):
                settings.set_values()
        placed.notice_ids.action_told()
        settings.set_values()
        self.assertFalse(self.env["cobranza.block.agency"]._is_on())

    def test_lists_offer_agencies_to_managers_and_nothing_while_they_are_off(self):
        models = ("cobranza.debtor", "cobranza.debt")
        users = {role: self._role(role) for role in ("manager", "collector")}
        for role, user in users.items():
            for model in models:
                offered = "agency" in self._offered(model, user)
                self.assertEqual(offered, role == "manager", (model, role))
        group = self.env.ref("cobranza_legal.group_agencies")
        self.env.ref("base.group_user").implied_ids = [Command.unlink(group.id)]
        for model in models:
            self.assertNotIn("agency", self._offered(model, users["manager"]))

    def _offered(self, model, user):
        actions = self.env["ir.actions.actions"].with_user(user)
        found = actions.get_bindings(model).get("action", ())
        return " ".join(one["name"] for one in found)

    def _proposed(self, debts):
        found = {(debts.debtor_id.id, "hand_over_agency", "Agency"): debts.ids}
        return self.env["cobranza.debtor"]._raise_effects(
            found, self.company._cobranza_today()
        )

    def test_a_level_prepares_a_handover_and_off_asks_a_person(self):
        self.assertFalse(self._proposed(self.debts))
        [draft] = self.debtor.placement_ids
        self.assertEqual((draft.state, draft.agency_id), ("draft", self.agency))
        self.assertEqual(draft.debt_ids, self.debts)
        self.assertEqual(draft.amount, 600)
        self.assertFalse(self._proposed(self.debts))
        self.assertEqual(self.debtor.placement_ids, draft)
        draft.action_cancel()
        group = self.env.ref("cobranza_legal.group_agencies")
        self.env.ref("base.group_user").implied_ids = [Command.unlink(group.id)]
        self.assertEqual(len(self._proposed(self.debts)), 1)
        self.assertEqual(self.debtor.placement_ids, draft)

    def test_the_run_prepares_what_a_level_hands_over(self):
        self.policy.level_ids[-1].hand_over_agency = True
        self.company.cobranza_bank_guard_days = 0
        moves = self._invoice(partner=self.partner_b, amount=70)
        for day in ("2026-11-20", "2026-11-21", "2026-11-23", "2026-11-30"):
            self._run(day)
        debtor = self._debts(moves).debtor_id
        levels = self._debts(moves).level_id
        self.assertEqual(levels, self.policy.level_ids.sorted("number")[-1])
        self.assertEqual(debtor.placement_ids.mapped("state"), ["draft"])

    def test_of_what_is_over_only_the_proof_stays(self):
        placed = self._placed(note="About a person")
        block = self.env["cobranza.block.agency"].sudo()
        debtor, today = placed.debtor_id, self.company._cobranza_today()
        self.assertTrue(list(block._refusals_of_erasure(debtor, today)))
        placed._take_back("taken_back", "A reason")
        self.assertFalse(list(block._refusals_of_erasure(debtor, today)))
        self.assertFalse(block._is_to_erase(debtor.sudo(), today))
        file = placed.file_ids
        with self.at("2033-01-01"):
            later_on = self.company._cobranza_today()
            self.assertTrue(block._is_to_erase(debtor.sudo(), later_on))
            mine = debtor.sudo()._through_gate()
            block.with_env(mine.env)._erase_matters(mine, later_on, "Asked for")
            self.assertFalse(block._is_to_erase(debtor.sudo(), later_on))
        self.assertFalse(placed.note or placed.state_reason or file.attachment_id)
        self.assertEqual((placed.outcome, placed.amount), ("taken_back", 300))
        self.assertTrue(file.file_hash)

    def test_a_merge_takes_the_handovers_along(self):
        placed = self._placed()
        move = self._invoice(partner=self.partner_b, amount=50)
        self._run("2026-11-20")
        partners = self.partner_a | self.partner_b
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, self.partner_b)
        self.assertEqual(placed.debtor_id, self._debts(move).debtor_id)
        self.assertEqual(placed.debt_ids.debtor_id, placed.debtor_id)

    def test_the_dialog_reads_a_table_as_the_web_client_sends_it(self):
        placed = self._placed()
        content = f"reference;date;channel\n{placed.name};{MONDAY};email\n".encode()
        dialog = (
            self.env["cobranza.agency.contacts"]
            .with_context(bin_size=True)
            .create({"agency_id": self.agency.id, "file": base64.b64encode(content)})
        )
        dialog.action_read()
        self.assertEqual(placed.contact_ids.mapped("channel"), ["email"])
        with self.assertRaises(AccessError):
            dialog.with_user(self._role("collector")).action_read()


@tagged("post_install", "-at_install")
class TestAgencyOfTwo(AgencyCommon):
    """One partner who owes to two companies, and one agency that works for both."""

    _invoice_of = classmethod(test_two_companies.TestTwoCompanies._invoice_of.__func__)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        data = cls.setup_other_company(name="Sister Ltd")
        cls.sister = data["company"]
        cls.both = cls.company | cls.sister
        cls.env.user.company_ids |= cls.both
        allowed = {"allowed_company_ids": cls.both.ids}
        cls.env = cls.env(context={**cls.env.context, **allowed})
        cls.both = cls.both.with_env(cls.env)
        cls.books = dict(zip(cls.both, (cls.company_data, data), strict=True))
        cls.sister = cls.both[1]
        cls.sister.write(
            {
                "cobranza_policy_id": cls.policy.id,
                "cobranza_mode": "automatic",
                "cobranza_sent_check": "never",
            }
        )
        cls.theirs = cls._invoice_of(cls.sister, 70)
        cls._run("2026-11-20", cls.sister)
        cls.agency_of_sister = cls._agency(cls.sister)

    def test_the_agency_of_the_company_of_the_debts_is_proposed(self):
        debts = self._debts(self.theirs)
        context = {"active_model": "cobranza.debt", "active_ids": debts.ids}
        dialogs = self.env["cobranza.agency.handover"]
        dialog = dialogs.with_context(**context).create({})
        self.assertEqual(dialog.agency_id, self.agency_of_sister)
        context["active_ids"] = (debts | self.debts).ids
        self.assertFalse(dialogs.with_context(**context).create({}).agency_id)

    def test_each_company_has_its_own_handover_files_and_notices(self):
        debt = self._debts(self.theirs)
        with self.assertRaises(UserError):
            self._draft(debt)
        mine = self._placed()
        theirs = self._placed(debt, agency_id=self.agency_of_sister.id)
        self._pay(self.moves[0], 40, "2026-11-24")
        self._night("2026-11-24", self.sister)
        self.assertFalse(self._mails() or theirs.notice_ids)
        self._night("2026-11-24")
        self.assertEqual(mine.notice_ids.mapped("state"), ["sent"])
        self.assertEqual(theirs.file_ids & mine.file_ids, theirs.file_ids.browse())
        content = f"reference;date;channel\n{theirs.name};{MONDAY};call\n".encode()
        file = self.env["cobranza.agency.file"]._read(self.agency, content)
        self.assertEqual(file.done_count, 0)
        alone = self._role("collector", self.sister)
        placements = self.env["cobranza.placement"].with_user(alone)
        placements = placements.with_context(allowed_company_ids=self.sister.ids)
        self.assertEqual(placements.search([]).ids, theirs.ids)
