import base64
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common.case import CaseCommon

TODAY = date(2026, 11, 23)


class ProceedingCommon(CaseCommon):
    """A procedure of nobody's law with four stages, and a court."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = {"company_id": cls.company.id}
        kinds = cls.env["cobranza.proceeding.type"]
        cls.suit = kinds.create({**own, "code": "suit", "name": "Suit"})
        cls.after = kinds.create(
            {**own, "code": "after", "name": "Enforcement", "only_after": True}
        )
        rows = [
            ("claim", "filed", "", "", "", 30),
            ("served", "filed", "", "", "", 60),
            ("judgment", "judgment", "paid", "after", "after:begun", 0),
            ("paid", "over", "", "", "", 0),
        ]
        stages = cls.env["cobranza.proceeding.stage"]
        cls.stages = stages.create(
            [
                {
                    **own,
                    "code": code,
                    "name": code.title(),
                    "procedure_code": "suit",
                    "sequence": 10 * number,
                    "phase": phase,
                    "next_codes": following,
                    "next_procedures": procedures,
                    "same_file": same,
                    "usual_days": days,
                    "ends_as": "paid" if code == "paid" else False,
                }
                for number, (code, phase, following, procedures, same, days) in (
                    enumerate(rows, 1)
                )
            ]
        )
        cls.claim, cls.served, cls.judgment, cls.paid = cls.stages
        cls.begun = stages.create(
            [
                {
                    **own,
                    "code": code,
                    "name": code.title(),
                    "procedure_code": "after",
                    "sequence": number,
                    "phase": "enforcement",
                }
                for number, code in enumerate(("asked", "begun"), 1)
            ]
        )[1]
        cls.court = cls.env["cobranza.court"].create({"name": "Court 1", **own})
        cls.agent = cls.env["res.partner"].create({"name": "Lawyer Ltd"})
        cls.power = cls.env["cobranza.power"].create(
            {"partner_id": cls.agent.id, "valid_from": "2026-01-01", **own}
        )

    def _suit(self, case, **vals):
        mine = self.env["cobranza.proceeding"].with_user(self.lawyer)
        return mine._begin(case.with_user(self.lawyer), self.suit, **vals)

    def _filed(self, case=None, day=TODAY, **vals):
        one = self._suit(case or self._opened())
        one._file(day, self.court, **vals)
        return one


@tagged("post_install", "-at_install")
class TestProceeding(ProceedingCommon):
    """From the begin of a proceeding to its end, and what follows from it."""

    def test_what_is_claimed_is_frozen_of_each_kind_when_it_is_filed(self):
        case = self._opened()
        one = self._filed(case, docket=" 12  / 2026 ")
        self.assertEqual((one.state, one.stage_id), ("filed", self.claim))
        self.assertEqual(one.docket, "12 / 2026")
        self.assertEqual(one.filed_principal, sum(case.line_ids.mapped("principal")))
        self.assertEqual(one.filed_interest, sum(case.line_ids.mapped("interest")))
        self.assertEqual(one.amount, case.amount - one.filed_costs)
        with self.at("2026-11-24"):
            self._register_payment(self.moves[0], amount=40, payment_date="2026-11-24")
        self.env.invalidate_all()
        self.assertEqual(one.amount, case.amount - one.filed_costs)
        self.assertEqual(one.party_ids.partner_id, case.partner_id)
        self.assertEqual(one.power_id, self.power)
        self.assertIn("filed", case.act_ids.mapped("kind"))

    def test_a_claim_waits_for_everything_that_the_law_asks(self):
        case = self._handed()
        one = self._suit(case)
        with self.assertRaisesRegex(UserError, "take it first"):
            one._file(TODAY, self.court)
        case.with_user(self.lawyer).action_open()
        self.power._revoke("Left the firm", date(2026, 11, 23))
        with self.assertRaisesRegex(UserError, "No power"):
            one._file(TODAY, self.court)
        self.assertEqual(one.state, "draft")
        with self.assertRaisesRegex(UserError, "not come"):
            one._file(date(2026, 12, 24), self.court)
        self.power.copy({"valid_from": "2026-11-23", "valid_until": "2026-11-23"})
        one._file(TODAY, self.court)
        self.assertEqual(one.state, "filed")

    def test_a_power_holds_from_its_first_to_its_last_day(self):
        self.power.valid_until = "2026-11-23"
        one = self._suit(self._opened())
        for day, held in (("2025-12-31", 0), ("2026-01-01", 1), ("2026-11-24", 0)):
            self.assertEqual(len(one._powers_on(date.fromisoformat(day))), held, day)
        self.power._revoke("Over", date(2026, 11, 20))
        self.assertFalse(one._powers_on(date(2026, 11, 20)))
        self.assertTrue(one._powers_on(date(2026, 11, 19)))

    def test_a_used_power_is_not_rewritten_and_its_end_is_told_once(self):
        self._filed()
        manager = self._role("manager")
        with self.assertRaisesRegex(UserError, "revoke it"):
            self.power.with_user(manager).valid_from = "2025-01-01"
        self.power.sudo().valid_until = "2026-12-23"
        for _time in range(2):
            self.env["cobranza.power"]._tell_ending(self.company, TODAY)
        self.assertEqual(len(self.power.activity_ids), 1)
        with self.assertRaises(UserError):
            self.power.unlink()

    def test_stages_go_on_and_back_and_the_acts_say_so(self):
        one = self._filed()
        case = one.case_id.sudo()
        self.assertEqual(case.phase, "filed")
        one._advance(self.served, TODAY)
        with self.assertRaisesRegex(UserError, "say why"):
            one._advance(self.claim, TODAY)
        one._advance(self.claim, TODAY, "Served in the wrong place")
        one._advance(self.judgment, TODAY)
        self.assertEqual((one.phase, case.phase), ("judgment", "judgment"))
        kinds = case.act_ids.mapped("kind")
        self.assertEqual(kinds.count("stage"), 3)
        with self.assertRaisesRegex(UserError, "no stage of"):
            one._advance(self.begun, TODAY)
        one._advance(self.paid, TODAY)
        self.assertEqual((one.state, one.outcome), ("ended", "paid"))
        self.assertEqual(one.phase, "over")

    def test_the_next_stage_is_proposed_and_another_one_needs_words(self):
        one = self._filed()
        dialogs = self.env["cobranza.stage.change"].with_user(self.lawyer)
        form = Form(dialogs.with_context(default_proceeding_id=one.id))
        self.assertEqual((form.stage_id, form.unusual), (self.served, False))
        form.stage_id = self.served
        form.save().action_confirm()
        form = Form(dialogs.with_context(default_proceeding_id=one.id))
        form.stage_id = self.claim
        self.assertTrue(form.unusual)

    def test_what_follows_from_a_change_is_asked_for_with_the_stage_before(self):
        seen = []
        model = self.registry["cobranza.proceeding"]
        self.patch(
            model,
            "_on_stage",
            lambda one, before, day, *_decided: seen.append(
                (one.stage_id, before, day)
            ),
        )
        one = self._filed()
        one._advance(self.served, TODAY)
        self.assertEqual(
            seen,
            [
                (self.claim, self.claim.browse(), TODAY),
                (self.served, self.claim, TODAY),
            ],
        )

    def test_a_judgment_goes_on_in_the_same_file(self):
        one = self._filed(docket="7/2026")
        self.assertFalse(one.can_go_on)
        with self.assertRaises(UserError):
            one.action_go_on()
        one._advance(self.judgment, TODAY, "At once")
        self.assertEqual(one._next_types(TODAY), self.after)
        action = one.action_go_on()
        context = action["context"]
        dialogs = self.env["cobranza.proceeding.begin"].with_user(self.lawyer)
        dialog = dialogs.with_context(**context).create({})
        found = self.env["cobranza.proceeding"].browse(
            dialog.action_confirm()["res_id"]
        )
        self.assertEqual(found.parent_id, one)
        self.assertEqual((found.court_id, found.docket), (self.court, "7/2026"))
        found.with_user(self.lawyer)._file(TODAY, self.court)
        self.assertEqual(found.stage_id, self.begun)
        self.assertEqual((one.state, one.outcome), ("ended", "continued"))
        self.assertEqual(one.case_id.sudo().phase, "enforcement")
        with self.assertRaisesRegex(UserError, "already"):
            one.with_user(self._role("manager")).action_reopen()

    def test_only_what_follows_is_open_after_a_judgment_and_never_before(self):
        case = self._opened()
        ways = {one["name"]: one for one in self._verdict(case)["ways"]}
        self.assertEqual(ways["Enforcement"]["standing"], "closed")
        one = self._filed(case)
        one._advance(self.judgment, TODAY, "At once")
        found = self._verdict(case)
        ways = {one["name"]: one for one in found["ways"]}
        self.assertEqual(ways["Enforcement"]["standing"], "open")
        self.assertEqual(found["advice"]["name"], "Enforcement")

    def test_while_a_suit_is_before_the_court_nothing_else_is_recommended(self):
        case = self._opened()
        self.assertTrue(self._verdict(case)["advice"])
        one = self._filed(case)
        found = self._verdict(case)
        self.assertFalse(found["advice"])
        self.assertIn(one.display_name, found["running"])
        self.assertIn(one.display_name, case.verdict)
        one._advance(self.judgment, TODAY, "At once")
        self.assertFalse(self._verdict(case)["running"])

    def test_a_suit_that_ends_waits_for_nobody_and_leaves_what_we_have_to_do(self):
        one = self._filed(docket="7/2026")
        rule = {"proceeding_id": one.id, "number": 5, "start_on": TODAY}
        rule |= {"from_receipt": False, "unit": "natural_day"}
        deadlines = self.env["cobranza.deadline"].with_user(self.lawyer)
        theirs = deadlines.create({**rule, "name": "They pay", "who": "debtor"})
        waits = deadlines.create({**rule, "name": "Not before", "elapses": True})
        ours = deadlines.create({**rule, "name": "We appeal"})
        one._advance(self.judgment, TODAY, "At once")
        after = self.env["cobranza.proceeding"].with_user(self.lawyer)
        following = after._begin(one.case_id, self.after, one)
        following._file(TODAY, self.court)
        self.assertEqual((theirs | waits).mapped("state"), ["closed", "closed"])
        self.assertEqual(ours.state, "open")
        self.assertIn("continued", one.mapped("outcome"))
        self.assertEqual(one.case_id.dockets, "7/2026")

    def _verdict(self, case):
        from ...models.case.verdict import CaseVerdict

        return CaseVerdict(case).words()

    def test_a_case_has_one_suit_at_a_time(self):
        case = self._opened()
        self._filed(case)
        other = self._suit(case)
        with self.assertRaisesRegex(UserError, "before the court still"):
            other._file(TODAY, self.court)
        other.action_cancel()
        self.assertEqual(other.state, "cancelled")

    def test_opened_again_it_names_what_is_in_the_way(self):
        case = self._opened()
        one = self._filed(case)
        one._finish("withdrawn", TODAY, "x")
        other, before = self._suit(case), self._suit(case)
        one._through_gate().write({"parent_id": before.id})
        before._through_gate().write({"state": "filed", "docket": "1/2026"})
        manager = one.with_user(self._role("manager"))
        other._through_gate().write({"state": "filed", "docket": "2/2026"})
        with self.assertRaisesRegex(UserError, "2/2026 is before the court"):
            manager.action_reopen()
        other._through_gate().write({"state": "ended"})
        manager.action_reopen()
        self.assertEqual(one.state, "filed")

    def test_an_end_has_its_reason_where_it_needs_one(self):
        one = self._filed()
        with self.assertRaisesRegex(UserError, "reason"):
            one._finish("withdrawn", TODAY)
        one._finish("withdrawn", TODAY, "Paid by his brother")
        self.assertIn("brother", one.state_reason)
        self.assertEqual(one.case_id.phase, "prepared")
        with self.assertRaises(AccessError):
            one.action_reopen()
        one.with_user(self._role("manager")).action_reopen()
        self.assertEqual((one.state, one.outcome), ("filed", False))

    def test_the_recommended_procedure_comes_with_cost_and_time(self):
        case = self._opened()
        self.suit.fee = 150
        case.sudo().write({"suit_lawyer": 800})
        self.assertEqual(case.recommended_type_id, self.suit)
        advice = self._verdict(case)["advice"]
        self.assertEqual((advice["name"], advice["days"]), ("Suit", 90))
        self.assertTrue(advice["cost"])
        self.assertIn("Suit", str(case.verdict))

    def test_recoveries_are_what_was_paid_since_the_handover(self):
        with self.at("2026-11-23"):
            case = self._handed()
        self.assertEqual(case.recovered, 0)
        for day, paid in (("2026-11-22", 0), ("2026-11-23", 30), ("2026-11-24", 60)):
            with self.at("2026-11-24"):
                self._register_payment(self.moves[0], amount=30, payment_date=day)
            self.env.invalidate_all()
            self.assertEqual(case.recovered, paid, day)


@tagged("post_install", "-at_install")
class TestProceedingRights(ProceedingCommon):
    """Who may do what with a proceeding, by ORM and RPC."""

    def test_a_lawyer_of_another_case_sees_and_does_nothing(self):
        one = self._filed()
        env = self.env(user=self.other)
        strange = env["cobranza.proceeding"].browse(one.id)
        self.assertFalse(env["cobranza.proceeding"].search([]))
        self.assertFalse(env["cobranza.proceeding.party"].search([]))
        for act in (
            lambda: strange.read(["docket"]),
            lambda: strange.export_data(["docket"]),
            lambda: strange._advance(self.served, TODAY),
            lambda: strange._finish("paid", TODAY),
            lambda: strange.action_change_stage(),
            lambda: strange.party_ids.write({"note": "x"}),
            lambda: env["cobranza.stage.change"].create({"proceeding_id": one.id}),
            lambda: env["cobranza.proceeding"]._begin(
                env["cobranza.case"].browse(one.case_id.id), self.suit
            ),
            lambda: env["cobranza.proceeding"].create(
                {"case_id": one.case_id.id, "type_id": self.suit.id}
            ),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()

    def test_collectors_read_and_managers_act(self):
        one = self._filed()
        collector = one.with_user(self._role("collector"))
        self.assertTrue(collector.read(["docket"]))
        with self.assertRaises(AccessError):
            collector._advance(self.served, TODAY)
        manager = one.with_user(self._role("manager"))
        manager._advance(self.served, TODAY)
        self.assertEqual(one.stage_id, self.served)

    def test_what_follows_from_buttons_is_not_written_by_rpc(self):
        one = self._filed()
        case = one.case_id
        for vals in (
            {"state": "ended"},
            {"stage_id": self.paid.id},
            {"stage_on": "2026-01-01"},
            {"amount": 1},
            {"filed_principal": 1},
            {"filed_on": "2026-01-01"},
            {"outcome": "paid"},
            {"power_id": False},
            {"type_id": self.after.id},
        ):
            with self.assertRaises(UserError, msg=vals), self.cr.savepoint():
                one.write(vals)
        fresh = {"case_id": case.id, "type_id": self.suit.id}
        for vals in ({"amount": 5}, {"stage_id": self.paid.id}, {"state": "filed"}):
            with self.assertRaises(UserError, msg=vals), self.cr.savepoint():
                one.create({**fresh, **vals})
        one.write({"docket": "9/2026", "judge": "Solomon", "note": "x"})
        self.assertIn("9/2026", str(one.sudo().history_ids.mapped("change")))

    def test_it_is_found_by_its_docket_and_so_is_its_case(self):
        one = self._filed(docket="4711/2026")
        lawyer = self.env(user=self.lawyer)
        found = lawyer["cobranza.proceeding"].name_search("4711")
        self.assertEqual([row[0] for row in found], one.ids)
        found = lawyer["cobranza.case"].name_search("4711/2026")
        self.assertEqual([row[0] for row in found], one.case_id.ids)
        other = self.env(user=self.other)
        self.assertFalse(other["cobranza.case"].name_search("4711"))

    def test_two_companies_in_one_call(self):
        """Each with its own court and stages; a court of the other one is refused."""
        company = self.setup_other_company(name="Sister Ltd")["company"]
        own = {"company_id": company.id}
        users = self.env.user | self.lawyer
        users.sudo().company_ids |= company
        debtor = self.env["cobranza.debtor"].create(
            {"partner_id": self.partner_b.id, "company_id": company.id}
        )
        self.assertEqual(debtor.company_id, company)
        court = self.env["cobranza.court"].create({"name": "Of the sister", **own})
        draft = self._suit(self._opened())
        with self.assertRaises(UserError), self.cr.savepoint():
            draft._file(TODAY, court)
        env = self.env(context={"allowed_company_ids": [company.id]})
        strange = env(user=self.lawyer)["cobranza.proceeding"]
        self.assertFalse(strange.search([("id", "=", draft.id)]))
        powers = env["cobranza.power"].create({"partner_id": self.agent.id, **own})
        self.assertFalse(draft._powers_on(TODAY) & powers)


@tagged("post_install", "-at_install")
class TestCourt(ProceedingCommon):
    """Courts: how they were called on a day, and where they come from."""

    def test_it_is_called_as_on_the_day(self):
        names = self.env["cobranza.court.name"]
        names.create(
            [
                {"court_id": self.court.id, "name": "Juzgado 1"},
                {
                    "court_id": self.court.id,
                    "name": "Tribunal, plaza 1",
                    "valid_from": "2025-12-31",
                },
                {
                    "court_id": self.court.id,
                    "name": "Another day",
                    "valid_from": "2026-12-01",
                },
            ]
        )
        for day, name in (
            ("2025-12-30", "Juzgado 1"),
            ("2025-12-31", "Tribunal, plaza 1"),
            ("2026-11-30", "Tribunal, plaza 1"),
            ("2026-12-01", "Another day"),
        ):
            self.assertEqual(self.court._name_on(date.fromisoformat(day)), name)
        self.assertEqual(self.court.name, "Tribunal, plaza 1")
        self.env["cobranza.court"]._refresh_names(self.company, date(2026, 12, 1))
        self.assertEqual(self.court.name, "Another day")

    def test_the_page_of_dockets_is_a_page(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.court.docket_url = "javascript:alert(1)"
        one = self._filed(docket="1/2026")
        with self.assertRaisesRegex(UserError, "not known"):
            one.action_open_docket()
        self.court.docket_url = "https://courts.example/dockets"
        self.assertEqual(one.action_open_docket()["type"], "ir.actions.act_url")

    def test_courts_of_a_table_and_what_became_of_each_line(self):
        table = (
            "name;city;state;email;valid_from\n"
            "Court 7;Springfield;;c7@example.com;01/07/2025\n"
            ";Nowhere;;;\n"
            "Court 8;;Atlantis;;\n"
            "Court 1;;;c1@example.com;\n"
            "Court 9;;;;soon\n"
        )
        dialog = self.env["cobranza.court.import"].with_user(self._role("manager"))
        dialog = dialog.create(
            {"file": base64.b64encode(table.encode()), "filename": "courts.csv"}
        )
        dialog.action_import()
        done = {line.number: line.done for line in dialog.line_ids}
        self.assertEqual(done, {2: True, 3: False, 4: False, 5: True, 6: False})
        self.assertEqual(self.court.email, "c1@example.com")
        made = self.env["cobranza.court"].search([("name", "=", "Court 7")])
        self.assertEqual((made.city, made.company_id), ("Springfield", self.company))
        self.assertEqual(str(made.name_ids.valid_from), "2025-07-01")

    def test_parties_are_written_by_who_works_on_it(self):
        one = self._filed()
        one.party_ids = [
            Command.create({"partner_id": self.agent.id, "capacity": "lawyer"})
        ]
        self.assertIn("Lawyer Ltd", str(one.sudo().history_ids.mapped("change")))
        one._finish("paid", TODAY)
        with self.assertRaises(UserError), self.cr.savepoint():
            one.party_ids[:1].write({"note": "x"})

    def test_a_power_that_is_over_is_not_the_one_it_is_filed_with(self):
        one = self._suit(self._opened())
        old = self.power.copy({"valid_from": "2025-01-01", "valid_until": "2025-12-31"})
        one.power_id = old
        one._file(TODAY, self.court)
        self.assertEqual(one.power_id, self.power)

    def test_what_all_companies_use_is_not_renamed_by_one(self):
        court = self.env["cobranza.court"].create({"name": "Of all"})
        foreign = self.env["res.company"].create({"name": "Elsewhere"})
        courts = self.registry["cobranza.court"]
        self.patch(courts, "_using_companies", lambda _court: foreign)
        names = self.env["cobranza.court.name"].with_user(self.lawyer)
        with self.assertRaises(UserError), self.cr.savepoint():
            names.create({"court_id": court.id, "name": "Mine"})
