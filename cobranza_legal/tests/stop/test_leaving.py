from datetime import date

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.base import CobranzaCommon
from ..common.refusals import Refusals

DAY = "2026-10-12"


@tagged("post_install", "-at_install")
class TestLeaving(Refusals, CobranzaCommon):
    """Who leaves the process is in one list: why, by whom, until when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls._invoice() + cls._invoice(amount=500)
        cls.other = cls._invoice(partner=cls.partner_b, amount=70)
        cls._run("2026-10-10")
        cls.debts = cls._debts(cls.moves)
        cls.debtor = cls.debts.debtor_id
        cls.collector = cls._role("collector")
        cls.manager = cls._role("manager")

    def _exits(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        exits = self.env["cobranza.exit"].with_user(user or self.manager)
        return exits.search([("company_id", "=", self.company.id)])

    def _archive(self, **vals):
        action = self.debtor.with_user(self.collector).action_archive()
        dialogs = self.env["cobranza.reason"].with_user(self.collector)
        dialogs = dialogs.with_context(**action["context"])
        with self.at(DAY):
            dialogs.create({"reason": "Wound up", **vals}).action_confirm()

    def _act(self, act, records, user=None, **vals):
        """An act of the dialog, as a person does it on ``DAY``."""
        user = user or records.env.user
        dialogs = self.env["cobranza.reason"].with_user(user)
        action = dialogs._ask(act, records.with_user(user))
        said = {"reason": "Sold", "until": "2026-12-01", "owner_id": user.id}
        with self.at(DAY):
            dialog = dialogs.with_context(**action["context"]).create({**said, **vals})
            return dialog.action_confirm()

    def _label(self, model, field, code):
        return dict(model._fields[field]._description_selection(model.env))[code]

    def _upkeep(self, day):
        with self.at(day):
            due = self.env["cobranza.debtor"].sudo()
            today = self.company._cobranza_today()
            due._upkeep_due(self.company, today, 10)._upkeep(today)
            holds = self.env["cobranza.hold"].sudo()
            holds._upkeep_due(self.company, today, 10)._upkeep(today)
            leaves = self.env["cobranza.leave"].sudo()
            leaves._upkeep_due(self.company, today, 10)._upkeep(today)

    def test_an_archived_debtor_is_listed_with_everything(self):
        self._archive(until="2026-12-01", owner_id=self.manager.id)
        row = self._exits()
        self.assertEqual((row.kind, row.reason), ("archived", "Wound up"))
        self.assertEqual(row.decided_by_id, self.collector)
        self.assertEqual(row.owner_id, self.manager)
        self.assertEqual((str(row.since), str(row.until)), (DAY, "2026-12-01"))
        self.assertEqual(row.amount, 1500)
        self.assertEqual(row.action_open_record()["res_id"], self.debtor.id)

    def test_without_another_day_it_is_a_year_and_never_a_day_that_is_over(self):
        with self.refuses(UserError, "until which day"):
            self._archive(until="2026-10-11")
        self.assertTrue(self.debtor.active)
        with self.at(DAY):
            self._archive()
        self.assertEqual(str(self.debtor.left_until), "2027-10-12")
        self.assertEqual(self.debtor.left_owner_id, self.collector)

    def test_whose_time_is_over_comes_back_and_the_owner_is_told(self):
        self._archive(until="2026-11-01", owner_id=self.manager.id)
        self._upkeep("2026-11-01")
        self.assertFalse(self.debtor.active)
        self._upkeep("2026-11-02")
        self.assertTrue(self.debtor.active)
        self.assertFalse(self.debtor.left_until)
        [task] = self.debtor.activity_ids
        self.assertEqual(task.user_id, self.manager)
        self.assertIn("Wound up", task.note)
        self.assertFalse(self._exits())
        self._upkeep("2026-11-02")
        self.assertEqual(self.debtor.activity_ids, task)

    def test_taken_up_again_by_hand_it_leaves_the_list(self):
        self._archive()
        self.debtor.with_user(self.collector).action_unarchive()
        self.assertFalse(self._exits())
        self.assertFalse(self.debtor.left_reason)

    def test_holds_are_listed_with_what_they_stop(self):
        holds = self.env["cobranza.hold"].with_user(self.collector)
        for debts, note in ((self.debts[0], "One"), (self.debts.browse(), False)):
            holds.create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_ids": [Command.set(debts.ids)],
                    "date_from": DAY,
                    "date_to": "2026-10-20",
                    "note": note,
                }
            )
        rows = self._exits().sorted("amount")
        self.assertEqual(rows.mapped("kind"), ["hold", "hold"])
        self.assertEqual(rows.mapped("amount"), [1000, 1500])
        self.assertEqual(rows.mapped("reason"), ["One", False])
        label = self._label(holds, "reason", "internal")
        self.assertEqual(rows.mapped("why"), [f"{label}: One", label])
        self.assertEqual(rows.decided_by_id, self.collector)
        self._upkeep("2026-10-21")
        self.assertFalse(self._exits())
        tasks = self.debtor.activity_ids.filtered(lambda one: "again" in one.summary)
        self.assertEqual(tasks.user_id, self.collector)

    def test_what_was_ceded_is_listed_from_its_day_until_it_is_given_back(self):
        debt = self.debts[0].with_user(self.manager)
        self._act("cede", debt, day="2026-10-02", partner_id=self.partner_b.id)
        row = self._exits()
        self.assertEqual((row.kind, str(row.since)), ("ceded", "2026-10-02"))
        with self.at(DAY):
            debt._give_back(self.company._cobranza_today(), "Not paid")
        self.assertFalse(self._exits())

    def test_what_is_ceded_blocked_or_left_out_names_who_did_it(self):
        buyer = self.partner_b
        ceded, blocked = self.debts
        self._act("cede", ceded, self.manager, day=DAY, partner_id=buyer.id)
        books = self._books_only()
        blocked.move_id.with_user(books).payment_state = "blocked"
        out = self._debts(self.other)
        out.move_line_id.with_user(books).no_followup = True
        rows = {row.debt_id: row for row in self._exits()}
        self.assertEqual(
            [rows[one].kind for one in (ceded, blocked, out)],
            ["ceded", "blocked", "not_followed"],
        )
        self.assertEqual(rows[ceded].decided_by_id, self.manager)
        self.assertEqual(rows[ceded].why, f"{buyer.name}: Sold")
        self.assertEqual((rows[blocked] | rows[out]).decided_by_id, books)
        self.assertEqual(rows[out].amount, 70)
        with self.at(DAY):
            ceded.with_user(self.manager)._give_back(ceded.ceded_on, "Not paid")
        out.move_line_id.with_user(books).no_followup = False
        self.assertEqual(self._exits().debt_id, blocked)

    def test_the_list_is_for_managers_of_the_company(self):
        self._archive()
        with self.assertRaises(AccessError):
            self._exits(self.collector)
        other = self.setup_other_company()["company"]
        foreign = self.manager.copy({"login": "foreign manager"})
        foreign.write({"company_id": other.id, "company_ids": [other.id]})
        self.assertFalse(self._exits(foreign))
        self.assertTrue(self._exits())
        self.assertFalse(self._exits().has_access("write"))

    # -- every kind with reason, end and owner -----------------------------------------

    def _tasks(self, debtor=None):
        return (debtor or self.debtor).sudo().activity_ids

    def test_who_leaves_out_says_why_and_until_when(self):
        debt = self.debts[0]
        self._act("leave_out", debt, self.collector, reason="A friend", until=DAY)
        row = self._exits()
        self.assertEqual((row.kind, row.reason), ("not_followed", "A friend"))
        self.assertEqual((str(row.since), str(row.until)), (DAY, DAY))
        self.assertEqual(row.decided_by_id, self.collector)
        self.assertEqual(row.owner_id, self.collector)
        self.assertFalse(row.unexplained)
        self.assertTrue(debt.move_line_id.no_followup)
        said = self.env["cobranza.history"].search([("res_id", "=", debt.id)])
        self.assertIn("A friend", said.mapped("reason"))
        with self.at(DAY):
            self.env.flush_all()
            self.cr.flush()
            self.assertEqual(debt.reason, "no_followup")

    def test_left_out_it_is_followed_again_after_its_last_day(self):
        self._act("leave_out", self.debts, self.collector, owner_id=self.manager.id)
        for day in ("2026-11-30", "2026-12-01"):
            self._upkeep(day)
            self.assertEqual(len(self._exits()), 2, day)
            self.assertFalse(self._tasks(), day)
        self._upkeep("2026-12-02")
        self.assertFalse(self._exits())
        self.assertFalse(any(self.debts.move_line_id.mapped("no_followup")))
        [task] = self._tasks()
        self.assertEqual(task.user_id, self.manager)
        self.assertIn("Sold", task.note)
        for debt in self.debts:
            self.assertIn(debt.document, task.note)
        self._upkeep("2026-12-02")
        self._upkeep("2026-12-03")
        self.assertEqual(self._tasks(), task)

    def test_ceded_and_blocked_stay_out_and_one_task_asks_to_look_again(self):
        ceded, blocked = self.debts
        self._act("cede", ceded, self.manager, day=DAY, partner_id=self.partner_b.id)
        accountant = self._role("accountant")
        accountant.group_ids |= self.env.ref("account.group_account_invoice")
        self._act("block", blocked, accountant, reason="Returned goods")
        self.assertEqual(blocked.move_id.payment_state, "blocked")
        self._upkeep("2026-12-01")
        self.assertFalse(self._tasks())
        self._upkeep("2026-12-02")
        self.assertEqual(len(self._exits()), 2)
        tasks = self._tasks()
        self.assertEqual(tasks.user_id, self.manager | accountant)
        self.assertEqual(len(tasks), 2)
        self._upkeep("2026-12-03")
        self.assertEqual(self._tasks(), tasks)

    def test_a_new_end_is_told_again(self):
        debt = self.debts[0]
        self._act("cede", debt, self.manager, day=DAY, partner_id=self.partner_b.id)
        self._upkeep("2026-12-02")
        row = self._exits()
        with self.at("2026-12-02"):
            row._explain("Still theirs", "2026-12-20", self.manager)
        self._upkeep("2026-12-20")
        self.assertEqual(len(self._tasks()), 1)
        self._upkeep("2026-12-21")
        self.assertEqual(len(self._tasks()), 2)
        self.assertEqual(self._exits().reason, "Still theirs")

    def test_what_odoo_itself_leaves_out_has_no_reason_until_it_is_given(self):
        debt = self.debts[0]
        books = self._books_only()
        with self.at(DAY):
            debt.move_line_id.with_user(books).no_followup = True
        row = self._exits()
        self.assertTrue(row.unexplained)
        self.assertEqual((row.decided_by_id, str(row.since)), (books, DAY))
        self.assertFalse(row.until)
        action = row.action_explain()
        dialogs = self.env["cobranza.reason"].with_user(self.manager)
        with self.at(DAY):
            dialog = dialogs.with_context(**action["context"]).create(
                {"reason": "Our mistake", "until": "2026-10-20"}
            )
            self.assertIn(debt.document, dialog.names)
            self.assertIn(self.debtor.display_name, dialog.names)
            dialog.action_confirm()
        row = self._exits()
        self.assertEqual((row.reason, row.owner_id), ("Our mistake", self.manager))
        self.assertEqual((row.decided_by_id, str(row.since)), (books, DAY))
        self.assertFalse(row.unexplained)
        self._upkeep("2026-10-21")
        self.assertFalse(self._exits())

    def test_what_was_out_before_it_was_a_debt_gets_its_reason_too(self):
        debt = self.debts[0]
        debt.move_line_id.sudo().no_followup = True
        self.env["cobranza.leave"].sudo().search([])._through_gate().write(
            {"ended_on": DAY}
        )
        row = self._exits()
        self.assertTrue(row.unexplained)
        self.assertFalse(row.decided_by_id)
        with self.at(DAY):
            row._explain("Old", "2026-10-20", self.manager)
        self.assertEqual(self._exits().reason, "Old")

    def test_a_vague_hold_and_an_old_archive_are_asked_for_their_reason(self):
        hold = self.env["cobranza.hold"].create(
            {"debtor_id": self.debtor.id, "date_from": DAY}
        )
        agreed = hold.copy({"reason": "says_paid"})
        other = self._debts(self.other).debtor_id
        other.sudo()._through_gate().write({"active": False})
        rows = self._exits()
        named = {(row.res_model, row.res_id): row.unexplained for row in rows}
        self.assertEqual(
            named,
            {
                ("cobranza.hold", hold.id): True,
                ("cobranza.hold", agreed.id): False,
                ("cobranza.debtor", other.id): True,
            },
        )
        with self.at(DAY):
            rows.filtered("unexplained")._explain("Said", "2026-10-30", self.manager)
        rows = self._exits()
        self.assertFalse(rows.filtered("unexplained"))
        self.assertEqual((hold.note, str(hold.date_to)), ("Said", "2026-10-30"))
        self.assertEqual(
            (other.left_reason, str(other.left_until)), ("Said", "2026-10-30")
        )

    def test_taken_up_by_hand_it_says_why_and_leaves_the_list(self):
        self._act("leave_out", self.debts[0], self.collector)
        self._act("take_up", self.debts[0], self.collector, reason="Sorry")
        self.assertFalse(self._exits())
        [leave] = (
            self.env["cobranza.leave"]
            .sudo()
            .search([("debt_id", "=", self.debts[0].id)])
        )
        self.assertEqual(leave.ended_by_id, self.collector)
        with self.refuses(UserError, "left out or blocked"):
            self._act("take_up", self.debts[0], self.collector)

    def test_a_policy_without_levels_follows_nobody_and_is_in_the_list(self):
        nobody = self.env["cobranza.policy"].create({"name": "Nobody"})
        with self.at(DAY):
            self.partner_a.with_user(self.manager).sudo().cobranza_policy_id = nobody
        self._run(DAY)
        self.assertEqual(self.debts.mapped("reason"), ["no_policy"] * 2)
        row = self._exits()
        self.assertEqual((row.kind, row.debtor_id), ("no_policy", self.debtor))
        self.assertEqual((row.amount, row.unexplained), (1500, True))
        self.assertEqual((row.decided_by_id, str(row.since)), (self.manager, DAY))
        said = self.env["cobranza.history"].search(
            [("res_model", "=", "cobranza.debtor"), ("res_id", "=", self.debtor.id)]
        )
        self.assertIn("– → Nobody", said.mapped("reason"))
        with self.at(DAY):
            row._explain("In court", "2026-10-20", self.manager)
        self._upkeep("2026-10-20")
        self.assertFalse(self._tasks())
        self._upkeep("2026-10-21")
        self.assertEqual(self._tasks().user_id, self.manager)
        self.assertEqual(self._exits().reason, "In court")
        self.partner_a.cobranza_policy_id = False
        self._run("2026-10-21")
        self.assertFalse(self._exits())

    # -- what is out no more -----------------------------------------------------------

    def _leaves(self, subjects):
        field = "debt_id" if subjects._name == "cobranza.debt" else "debtor_id"
        leaves = self.env["cobranza.leave"].sudo()
        return leaves.search([(field, "in", subjects.ids)], order="id")

    def test_of_what_was_paid_or_is_void_nobody_is_told_when_its_time_is_over(self):
        more = self._invoice(amount=200)
        self._run(DAY)
        paid, left = self.debts
        void = self._debts(more)
        for act in (paid, void, left):
            self._act("leave_out", act, self.collector, reason=act.document)
        self._register_payment(paid.move_id, payment_date=DAY)
        more.button_draft()
        more.button_cancel()
        self.assertTrue(void.void_reason)
        self._upkeep("2026-12-02")
        [task] = self._tasks()
        self.assertIn(left.document, task.note)
        gone = self._leaves(paid | void)
        self.assertEqual(gone.mapped("ended_on"), [date(2026, 12, 2)] * 2)
        self.assertFalse(gone.ended_by_id | gone.filtered("told_on").user_id)
        self.assertEqual(self._leaves(left).told_on, date(2026, 12, 2))

    def test_what_is_blocked_or_ceded_and_paid_asks_nobody_to_look_again(self):
        ceded, blocked = self.debts
        self._act("cede", ceded, self.manager, day=DAY, partner_id=self.partner_b.id)
        blocked.move_id.sudo().action_toggle_block_payment()
        with self.at(DAY):
            self._exits()._explain("Said", "2026-12-01", self.manager)
        for debt in self.debts:
            self._register_payment(debt.move_id, payment_date=DAY)
        self._upkeep("2026-12-02")
        self.assertFalse(self._tasks())
        self.assertEqual(len(self._leaves(self.debts).filtered("ended_on")), 2)

    def test_what_is_ceded_and_left_out_keeps_both_reasons(self):
        debt = self.debts[0]
        self._act("leave_out", debt, self.collector, reason="A friend")
        self._act("cede", debt, self.manager, day=DAY, partner_id=self.partner_b.id)
        self._upkeep("2026-12-02")
        self.assertEqual(len(self._tasks()), 2)
        self.assertEqual(self._exits().kind, "ceded")
        self.assertFalse(debt.move_line_id.no_followup)

    def _follow_nobody(self, name, policy=None, day=DAY):
        nobody = policy or self.env["cobranza.policy"].create({"name": name})
        with self.at(day):
            self.partner_a.cobranza_policy_id = nobody
        self._run(day)
        return nobody

    def test_of_a_policy_that_got_levels_nobody_is_told(self):
        nobody = self._follow_nobody("Nobody")
        with self.at(DAY):
            self._exits()._explain("In court", "2026-10-20", self.manager)
        level = {"name": "Now", "days": 5, "channel": "manual"}
        nobody.level_ids = [Command.create(level)]
        self._run("2026-10-14")
        self._upkeep("2026-10-21")
        self.assertFalse(self._tasks())
        self.assertTrue(self._leaves(self.debtor).ended_on)

    def test_what_leaves_anew_does_not_take_over_what_was_said_long_ago(self):
        nobody = self._follow_nobody("Nobody")
        debt = self._debts(self.other)
        self._act("leave_out", debt, self.collector, reason="A friend")
        with self.at(DAY):
            for row in self._exits():
                row._explain("Old", "2026-12-31", self.manager)
        level = {"name": "Now", "days": 5, "channel": "manual"}
        nobody.level_ids = [Command.create(level)]
        self._run("2026-10-14")
        self._follow_nobody("Nobody either", day="2026-10-15")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE account_move_line SET no_followup = false WHERE id = %s",
            [debt.move_line_id.id],
        )
        self.env.invalidate_all()
        with self.at("2026-10-15"):
            debt.move_line_id.with_user(self._books_only()).no_followup = True
        rows = self._exits()
        self.assertEqual(set(rows.mapped("kind")), {"no_policy", "not_followed"})
        self.assertEqual(rows.mapped("unexplained"), [True, True])
        self.assertEqual(len(self._leaves(debt)), 2)

    def test_a_document_is_blocked_as_a_whole_and_so_is_its_reason(self):
        term = self._term(5, 25, 45)
        move = self._invoice(due=None, invoice_payment_term_id=term.id)
        self._run("2026-11-10")
        debts = self._debts(move)
        self.assertEqual(len(debts), 3)
        accountant = self._role("accountant")
        accountant.group_ids |= self.env.ref("account.group_account_invoice")
        self._act("block", debts[1], accountant, reason="Returned goods")
        rows = self._exits()
        self.assertEqual(rows.debt_id, debts)
        self.assertEqual(set(rows.mapped("reason")), {"Returned goods"})

    def test_buttons_go_by_what_was_done_and_not_by_the_gravest_reason(self):
        debt = self.debts[0]
        self.env["cobranza.dispute"].create(
            {"debtor_id": self.debtor.id, "debt_id": debt.id, "reason": "price"}
        )
        debt.move_line_id.sudo().no_followup = True
        self._run(DAY)
        seen = debt.with_user(self.collector)
        self.assertEqual((seen.is_left_out, seen.is_blocked), (True, False))
        debt.move_id.sudo().action_toggle_block_payment()
        self.assertTrue(seen.is_blocked)
        arch = self.env["cobranza.debt"].get_view(view_type="form")["arch"]
        for button in etree.fromstring(arch).iterfind("header/button"):
            if button.get("name") in ("action_leave_out", "action_take_up"):
                self.assertIn("is_left_out", button.get("invisible"))
                self.assertNotIn("reason in", button.get("invisible"))

    # -- who may -----------------------------------------------------------------------

    def test_each_act_is_for_its_roles_by_rpc(self):
        roles = {
            role: self._role(role) if role not in ("collector", "manager") else user
            for role, user in (
                ("collector", self.collector),
                ("manager", self.manager),
                *((one, None) for one in ("lawyer", "all_lawyer")),
                *((one, None) for one in ("accountant", "approver")),
            )
        }
        may = {
            "cede": {"manager"},
            "leave_out": {"collector", "manager", "accountant"},
            "block": {"accountant"},
        }
        for act, allowed in may.items():
            for role, user in roles.items():
                with self.subTest(act, role=role), self.cr.savepoint() as undo:
                    vals = {"day": DAY, "partner_id": self.partner_b.id}
                    vals = vals if act == "cede" else {}
                    if role in allowed:
                        self._act(act, self.debts[0], user, **vals)
                        self.assertTrue(self._exits())
                    else:
                        with self.assertRaises(AccessError):
                            self._act(act, self.debts[0], user, **vals)
                        self.assertFalse(self._exits())
                    undo.rollback()
                self.env.invalidate_all()
        for role, user in roles.items():
            with self.assertRaises(UserError, msg=role):
                self.debts[0].with_user(user).write({"ceded_on": DAY})
            leaves = self.env["cobranza.leave"].with_user(user)
            with self.assertRaises(UserError, msg=role):
                leaves.create({"debtor_id": self.debtor.id, "kind": "ceded"})
            exits = self.env["cobranza.exit"].with_user(user)
            if role != "manager":
                with self.assertRaises(AccessError, msg=role):
                    exits._explain("Mine", "2026-12-01", user)

    def test_nothing_leaves_without_reason_day_owner_or_buyer(self):
        for act, vals, words in (
            ("leave_out", {"reason": " "}, "reason"),
            ("leave_out", {"until": False}, "until which day"),
            ("leave_out", {"until": "2026-10-11"}, "until which day"),
            ("leave_out", {"owner_id": False}, "answers"),
            ("cede", {"day": DAY}, "whom"),
            (
                "cede",
                {"day": "2026-10-13", "partner_id": self.partner_b.id},
                "not come",
            ),
        ):
            with self.subTest(act, **vals), self.refuses(UserError, words):
                self._act(act, self.debts[0], self.manager, **vals)
        self.assertFalse(self._exits())

    def test_whoever_has_no_role_of_ours_uses_odoo_as_always(self):
        books = self._books_only()
        for debt in self.debts:
            move = debt.move_id.with_user(books)
            move.action_toggle_block_payment()
            move.line_ids.filtered("date_maturity").no_followup = True
        self.assertEqual(len(self._exits()), 2)
        for debt in self.debts:
            debt.move_id.with_user(books).action_toggle_block_payment()
        self.assertEqual(self._exits().mapped("kind"), ["not_followed"] * 2)

    def test_two_companies_in_one_act_and_each_sees_its_own(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self.manager.company_ids |= other
        theirs = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.partner_a.id,
                    "invoice_date": "2026-09-01",
                    "invoice_date_due": "2026-09-01",
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": 30, "tax_ids": []})
                    ],
                }
            )
        )
        theirs.action_post()
        other.sudo().cobranza_policy_id = self.company.cobranza_policy_id
        self._run("2026-10-10", other)
        both = self.debts[0] | self._debts(theirs)
        self.assertEqual(both.company_id, self.company | other)
        manager = self.manager.with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        self._act("leave_out", both.with_context(**manager.env.context), self.manager)
        exits = self.env["cobranza.exit"].with_user(self.manager)
        self.env.flush_all()
        self.env.invalidate_all()
        mine = exits.with_context(allowed_company_ids=[self.company.id]).search([])
        self.assertEqual(mine.debt_id, self.debts[0])
        all_ = exits.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(len(all_.search([])), 2)
        with self.at("2026-12-02"):
            for company in (self.company, other):
                leaves = self.env["cobranza.leave"].sudo()
                due = leaves._upkeep_due(company, company._cobranza_today(), 10)
                self.assertEqual(due.company_id, company)
                due._upkeep(company._cobranza_today())
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(all_.search([]))

    def test_merged_debtors_keep_who_left_and_why(self):
        self._act("leave_out", self.debts[0], self.collector)
        target = self._debts(self.other).debtor_id
        self.debtor.sudo()._merge_into(target.sudo())
        row = self._exits()
        self.assertEqual((row.debtor_id, row.reason), (target, "Sold"))

    def test_a_thousand_leave_by_as_many_queries_as_ten(self):
        def count(number):
            moves = self._invoices([self.partner_a] * number, amount=10)
            self._run("2026-10-11")
            debts = self._debts(moves)
            self.env.flush_all()
            self.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self.at(DAY):
                debts.sudo()._said("not_followed", "Many", "2026-12-01", self.manager)
                self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = count(3), count(12)
        self.assertLessEqual(many, few + 3)

    def _queries(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        with self.at(DAY):
            act()
            self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_two_hundred_ceded_or_followed_by_nobody_cost_as_much_as_two(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(200)]
        )
        debtors = self.env["cobranza.debtor"].create(
            [{"partner_id": one.id, "company_id": self.company.id} for one in partners]
        )
        debts = (
            self.env["cobranza.debt"]
            .sudo()
            .create(
                [
                    {
                        "debtor_id": one.id,
                        "partner_id": one.partner_id.id,
                        "company_id": self.company.id,
                        "document": one.partner_id.name,
                        "currency_id": self.company.currency_id.id,
                    }
                    for one in debtors
                ]
            )
        )
        before = dict.fromkeys(debts, False)
        debts.flush_recordset()
        self.cr.execute(
            "UPDATE cobranza_debt SET ceded_on = %s WHERE id = ANY(%s)",
            [DAY, debts.ids],
        )
        costs = []
        for some in (debts[:2], debts[2:]):
            own = {one: before[one] for one in some}
            costs.append(self._queries(lambda own=own, some=some: some._log_ceded(own)))
        self.assertLessEqual(costs[1], costs[0] + 4)
        self.assertEqual(len(self._leaves(debts)), 200)
        nobody = self.env["cobranza.policy"].create({"name": "Nobody"})
        costs = []
        for some in (partners[:2], partners[2:]):
            some = some.sudo()
            old = dict.fromkeys(some, nobody.browse())
            self.env["ir.default"].flush_model()
            some.write({"cobranza_policy_id": nobody.id})
            for leave in self._leaves(some.cobranza_debtor_ids):
                leave._through_gate().ended_on = DAY
            costs.append(
                self._queries(
                    lambda old=old, some=some: some._cobranza_policy_changed(old)
                )
            )
        self.assertLessEqual(costs[1], costs[0] + 4)
        left = self._leaves(debtors).filtered(lambda one: one.kind == "no_policy")
        self.assertEqual(len(left.filtered(lambda one: not one.ended_on)), 200)
