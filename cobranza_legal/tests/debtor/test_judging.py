from contextlib import ExitStack, closing
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...kernel.compensation import FixedCompensation
from ...kernel.money import Money
from ...models.debtor import judging as engine
from ..common.charging import ChargeCommon

DAY = "2026-10-12"
"""Seven days after the due date: level 1 of three was reached on the 10th."""


class JudgingCommon(ChargeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy((5, {"charge": True}), (15, {}), (30, {}))
        cls.company.cobranza_policy_id = cls.policy
        cls.move = cls._invoice(amount=3650)
        cls._run("2026-10-10")
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id
        cls.cr.flush()

    def flush(self):
        """What happens before a commit."""
        self.cr.flush()
        self.env.invalidate_all()

    def pay(self, amount=3650, day=DAY):
        return self._register_payment(self.move, amount=amount, payment_date=day)

    def hold(self, **vals):
        return self.env["cobranza.hold"].create(
            {"debtor_id": self.debtor.id, "date_from": "2026-10-10", **vals}
        )

    def dispute(self, **vals):
        return self.env["cobranza.dispute"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_id": self.debt.id,
                "amount": 3650,
                "reason": "other",
                **vals,
            }
        )

    def promise(self):
        return self.env["cobranza.promise"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": [Command.set(self.debt.ids)],
                "amount": 3650,
                "made_on": DAY,
                "promised_on": "2026-10-20",
            }
        )


@tagged("post_install", "-at_install")
class TestOwnInputs(JudgingCommon):
    """What a debtor is judged by changes: before the transaction ends it is judged."""

    def test_a_task_that_goes_with_its_contact_keeps_nobody_from_judging(self):
        contact = self.debt.contact_line_ids.contact_id
        self.assertEqual(contact.state, "planned")
        task = self.debtor.sudo().activity_schedule("mail.mail_activity_data_todo")
        contact.sudo()._through_gate().activity_id = task
        with self.assertNoLogs("odoo.addons.cobranza_legal", "ERROR"):
            self.hold()
            self.flush()
        self.assertFalse(task.exists())
        self.assertEqual(self.debtor.reason, "on_hold")
        self.assertFalse(self.debtor.judge_since)

    def test_each_input_of_a_decision_shows_in_the_header_at_once(self):
        """{what changes: what the debtor and its debt say then}."""
        line = self.debt.move_line_id
        table = {
            "a hold": (self.hold, "on_hold"),
            "a dispute": (self.dispute, "disputed"),
            "a promise": (self.promise, "promised"),
            "a payment": (self.pay, "settled"),
            "cession": (lambda: self.debt.sudo().write({"ceded_on": DAY}), "ceded"),
            "no follow-up": (lambda: line.write({"no_followup": True}), "no_followup"),
            "cancelled": (self._cancel, "settled"),
            "due date": (
                lambda: line.write({"date_maturity": "2026-12-01"}),
                "not_due",
            ),
            **{
                name: (lambda name=name: self.debtor.write({name: DAY}), reason.value)
                for name, reason in self.env["cobranza.decision.reason"]
                ._situations()
                .items()
            },
        }
        for what, (change, reason) in table.items():
            with self.subTest(what), self.at(DAY), self._undone():
                self.assertEqual(self.debtor.reason, "entered")
                change()
                self.flush()
                said = self.debtor.reason
                self.assertEqual(said, reason, what)
                if reason not in ("settled", "not_due"):
                    self.assertEqual(self.debt.reason, reason, what)
                    self.assertEqual(self.debtor.priority, 0, what)
                    self.assertFalse(self.debtor.next_act_on, what)
                self.assertFalse(self.debtor.judge_since, what)

    def _cancel(self):
        self.move.button_draft()
        self.move.button_cancel()

    def _undone(self):
        """A savepoint that is rolled back."""
        return closing(self.cr.savepoint())

    def test_it_moves_no_level_and_plans_nothing_but_says_what_is_due(self):
        self.env.flush_all()
        self.cr.execute("UPDATE cobranza_contact SET state = 'sent'")
        with self.at("2026-10-21"):
            before = self.env["cobranza.contact"].search_count([])
            hold = self.hold()
            self.flush()
            hold._release("done")
            self.flush()
            self.assertEqual((self.debt.level, self.debt.reason), (1, "due"))
            self.assertEqual(self.debtor.reason, "due")
            self.assertEqual(self.debtor.next_level_id, self.policy.level_ids[1])
            self.assertEqual(str(self.debtor.next_act_on), "2026-10-21")
            self.assertEqual(self.env["cobranza.contact"].search_count([]), before)
            # today's run still does it
            self.assertEqual(str(self.debtor.review_on), "2026-10-21")
        self._run("2026-10-21")
        self.assertEqual(self.debt.level, 2)

    def test_what_is_planned_and_no_longer_right_is_cancelled(self):
        contact = self.debt.contact_line_ids.contact_id
        self.assertEqual(contact.state, "planned")
        with self.at(DAY):
            self.hold()
            self.flush()
        self.assertEqual(contact.state, "cancelled")

    def test_a_payment_that_is_taken_back_is_owed_again_in_the_same_transaction(self):
        with self.at(DAY):
            self.pay()
            self.flush()
            self.assertEqual(self.debtor.reason, "settled")
            self.debt.move_line_id.remove_move_reconcile()
            self.flush()
        self.assertEqual(self.debt.episode, 2)
        self.assertNotEqual(self.debtor.reason, "settled")

    def test_what_the_engine_writes_itself_asks_for_no_other_judgement(self):
        with self.at(DAY):
            self.hold()
            queued = type(self.debtor)._redecide_queued
            with patch.object(
                self.registry["cobranza.debtor"],
                "_redecide_queued",
                autospec=True,
                side_effect=queued,
            ) as judged:
                self.debtor._redecide_later()
                self.cr.flush()
                self.cr.flush()
            self.assertLessEqual(judged.call_count, 1)
        self._run("2026-10-13")
        self.assertNotIn(engine.QUEUE, self.cr.precommit.data)

    def test_two_companies_are_judged_in_one_go(self):
        data = self.setup_other_company()
        other = data["company"]
        move = self._invoice(
            company_id=other.id, journal_id=data["default_journal_sale"].id
        )
        other.cobranza_policy_id = self.policy
        self._run("2026-10-10", other)
        debts = self.debt | self._debts(move)
        self.assertEqual(debts.company_id, self.company | other)
        with self.at(DAY):
            debts.debtor_id.sudo().write({"insolvent_on": DAY})
            self.flush()
        self.assertEqual(debts.mapped("reason"), ["insolvent", "insolvent"])

    def test_too_much_for_a_transaction_is_marked_and_judged_when_opened(self):
        with self.at(DAY), patch.object(engine, "LIMIT", 0):
            self.hold()
            self.flush()
            self.assertTrue(self.debtor.judge_since)
            self.assertEqual(self.debtor.reason, "entered")
            self.debtor.web_read({"reason": {}, "judge_since": {}})
        self.assertEqual(self.debtor.reason, "on_hold")
        self.assertFalse(self.debtor.judge_since)

    def test_a_fault_of_ours_keeps_nobody_from_booking(self):
        run = self.registry["cobranza.run"]
        with (
            self.at(DAY),
            patch.object(run, "_book", side_effect=ValueError),
            self.assertLogs("odoo.addons.cobranza_legal", "ERROR"),
        ):
            self.pay()
            self.flush()
        self.assertIn(self.move.payment_state, ("paid", "in_payment"))
        self.assertTrue(self.debtor.judge_since)

    def test_a_fault_of_others_is_theirs(self):
        """Another addon that refuses the transaction before its end is heard, though we
        judge before it."""

        def refuse():
            words = "Not in this journal"
            raise UserError(words)

        with self.at(DAY):
            self.hold()
            self.cr.precommit.add(refuse)
            with self.assertRaisesRegex(UserError, "Not in this journal"):
                self.cr.flush()

    def test_nothing_is_judged_while_addons_are_loaded(self):
        with self.at(DAY), patch.object(self.registry, "ready", False):
            self.hold()
            self.flush()
            self.assertTrue(self.debtor.judge_since)
        self.assertEqual(self.debtor.reason, "entered")


@tagged("post_install", "-at_install")
class TestChargeInputs(JudgingCommon):
    """What no law allows any more is reversed with the reason; it comes back when the
    law allows it again."""

    def _law(self, **more):
        money = Money.of(40, self.company.currency_id.name)
        forty = [FixedCompensation("compensation", money, "Law 3 art. 8")]

        def business(answer):
            return lambda regime, *_args: answer if regime == "company" else None

        laws = {
            "fee": business(self.schedule()),
            "interest": business(self.terms("10")),
            "compensations": lambda regime, *_args: business(forty)(regime) or [],
        }
        return self.law(**{**laws, **more})

    def _standing(self):
        charges = self.debt.charge_ids.filtered(lambda one: one.state == "assessed")
        return {one.kind: one.amount for one in charges}

    def setUp(self):
        super().setUp()
        self.debtor.regime = "company"
        with self._law():
            self._assess_on("2026-10-30", self.debt)
            self.flush()
        self.assertEqual(
            self._standing(), {"fee": 328.5, "interest": 25, "compensation": 40}
        )

    def _on(self, day, vals, **law):
        with self._law(**law), self.at(day):
            self.debtor.write(vals)
            self.flush()

    def test_a_company_turns_out_to_be_a_consumer(self):
        charges = self.debt.charge_ids
        self._on("2026-11-02", {"regime": "consumer"})
        self.assertEqual(self._standing(), {})
        self.assertEqual(set(charges.mapped("state")), {"reversed"})
        for charge in charges:
            self.assertIn("Regime", charge.state_reason)
            self.assertIn(charge.state_reason, charge.history_ids.mapped("reason"))

    def test_a_mistake_that_is_put_right_brings_the_charges_back(self):
        before = self._standing()
        self._on("2026-11-02", {"regime": "consumer"})
        self._on("2026-11-03", {"regime": "company"})
        self.assertEqual(self._standing(), before)
        again = self.debt.charge_ids.filtered(lambda one: one.state == "assessed")
        self.assertEqual({str(one.assessed_on) for one in again}, {"2026-10-30"})

    def test_interest_after_the_insolvency_goes_and_comes_back_with_it(self):
        self._on("2026-11-02", {"insolvent_on": "2026-10-15"})
        self.assertEqual(self._standing()["interest"], 10)
        self._on("2026-11-03", {"insolvent_on": False})
        self.assertEqual(self._standing()["interest"], 25)

    def test_death_ends_automation_and_no_interest(self):
        self._on("2026-11-02", {"deceased_on": "2026-10-15"})
        self.assertEqual(self._standing()["interest"], 25)
        self.assertEqual(self.debtor.reason, "deceased")
        with self._law():
            position = self.debtor._position(self._day("2026-11-09"))
        interest = sum(
            item.amount
            for section in position.sections
            for item in section.charges
            if item.kind == "interest"
        )
        self.assertEqual(float(interest), 35)

    def test_of_a_ceded_debt_interest_is_ours_until_the_cession(self):
        with self._law(), self.at("2026-11-02"):
            self.debt.sudo().ceded_on = "2026-10-20"
            self.flush()
        self.assertEqual(self._standing()["interest"], 15)

    def test_the_position_runs_to_the_day_of_the_insolvency_and_not_to_our_look(self):
        with self._law(), self.at("2026-11-09"):
            self.debtor.insolvent_on = "2026-11-04"
            self.flush()
            for day in ("2026-11-09", "2026-11-30"):
                position = self.debtor._position(self._day(day))
                items = [one for one in position.sections[0].charges]
                interest = sum(one.amount for one in items if one.kind == "interest")
                self.assertEqual(float(interest), 30, day)

    def test_another_due_date_is_another_interest(self):
        with self._law(), self.at("2026-11-02"):
            self.debt.move_line_id.date_maturity = "2026-10-20"
            self.flush()
        self.assertEqual(self._standing()["interest"], 10)

    def test_what_was_waived_stays_waived(self):
        self.company.cobranza_waive_limit = 5000
        charges = self.debt.charge_ids
        charges._waive("goodwill")
        self._on("2026-11-02", {"regime": "consumer"})
        self.assertEqual(set(charges.mapped("state")), {"waived"})

    def test_the_same_law_changes_nothing(self):
        charges = self.debt.charge_ids
        self._on("2026-11-02", {"costs_agreed": True})
        self.assertEqual(self.debt.charge_ids, charges)

    def test_what_was_billed_is_credited(self):
        income = self.company_data["default_account_revenue"]
        misc = self.company_data["default_journal_misc"]
        self.env["cobranza.charge.form"].sudo().create(
            {
                "company_id": self.company.id,
                "kind": "compensation",
                "basis": "law",
                "form": "entry",
                "journal_id": misc.id,
                "account_id": income.id,
                "post": True,
            }
        )
        charge = self.debt.charge_ids.filtered(lambda one: one.kind == "compensation")
        with self._law(), self.at("2026-11-01"):
            self.flush()
            self.debtor._judge_if_marked()
            charge._bill()
            self.flush()
        self.assertEqual(charge.state, "billed")
        self._on("2026-11-02", {"regime": "consumer"})
        self.assertEqual((charge.state, charge.amount_due), ("reversed", 0))
        self.assertTrue(charge.bill_line_id.reconciled)

    @staticmethod
    def _day(text):
        return date.fromisoformat(text)


@tagged("post_install", "-at_install")
class TestCompanyInputs(JudgingCommon):
    """What touches many marks them: nothing leaves and nothing is billed until the
    upkeep has judged them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(
            cls.registry["ir.cron"],
            "_commit_progress",
            lambda *_args, **_values: float("inf"),
        )

    def _judge(self, day=DAY):
        with self.at(day):
            self.env["cobranza.debtor"].sudo()._cron_upkeep()
        self.env.invalidate_all()

    def _value(self, **vals):
        parameter = self.env["cobranza.parameter"].search(
            [("code", "=", "test.value")]
        ) or self.env["cobranza.parameter"].sudo().create(
            {"code": "test.value", "name": "Test", "validity": "period"}
        )
        return self.env["cobranza.parameter.value"].create(
            {
                "parameter_id": parameter.id,
                "date_from": "2026-01-01",
                "value": 7,
                "source": "Gazette",
                "reason": "test",
                **vals,
            }
        )

    def _charged(self, **used):
        entry = {"code": "test.value", "key": "", "day": "2026-10-06", "value": "5"}
        return (
            self.env["cobranza.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "debtor_id": self.debtor.id,
                    "debt_id": self.debt.id,
                    "move_id": self.move.id,
                    "kind": "compensation",
                    "currency_id": self.company.currency_id.id,
                    "amount": 40,
                    "assessed_on": DAY,
                    "values": [{**entry, **used}],
                }
            )
        )

    def test_each_input_of_many_marks_whom_it_concerns_and_is_traced(self):
        """{what changes: (how, who wrote it down where)}."""
        level = self.policy.level_ids[0]
        loud = {"tracking_disable": False, "mail_notrack": False}
        company = self.company.sudo().with_context(**loud)
        self._charged()
        spain = self.env.ref("base.es")
        self.company.account_fiscal_country_id = spain
        self.env.invalidate_all()
        table = {
            "terms": (
                lambda: company.write({"cobranza_terms_required": "none"}),
                company,
            ),
            "policy": (lambda: company.write({"cobranza_policy_id": False}), company),
            "gap": (lambda: company.write({"cobranza_contact_gap": 3}), company),
            "tolerance": (
                lambda: company.write({"cobranza_promise_tolerance": 9}),
                company,
            ),
            "level": (lambda: level.write({"days": 6}), level),
            "ladder": (lambda: self.policy.write({"entry": "age"}), self.policy),
            "text": (self._new_text, None),
            "holiday": (lambda: self._new_holiday(spain), None),
            "legal value": (self._value, None),
            "billing form": (self._new_form, None),
        }
        for what, (change, record) in table.items():
            with self.subTest(what), self.at(DAY), closing(self.cr.savepoint()):
                self._clean()
                made = change()
                self.env.flush_all()
                self.cr.precommit.run()
                self.env.invalidate_all()
                self.assertTrue(self.debtor.judge_since, what)
                self._assert_traced(record or made, what)
                self._judge()
                self.assertFalse(self.debtor.judge_since, what)

    def _clean(self):
        self.cr.flush()
        self.cr.execute("UPDATE cobranza_debtor SET judge_since = NULL")
        self.cr.execute("UPDATE cobranza_charge SET state = 'assessed'")
        self.cr.execute(
            "UPDATE cobranza_contact SET state = 'planned', text_purpose = 'reminder'"
        )
        self.env.invalidate_all()

    def _assert_traced(self, record, what):
        history = self.env["cobranza.history"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
        if record._name == "res.company":
            self.assertTrue(record.message_ids.tracking_value_ids, what)
            return
        self.assertTrue(history, what)
        self.assertEqual(history[0].user_id, self.env.user, what)

    def _new_text(self):
        text = self.env["cobranza.text"].create(
            {
                "name": "Again",
                "purpose": "reminder",
                "lang": "en_US",
                "subject": "{{ document }}",
                "body": "<p>{{ company_name }}: {{ amount }}</p>",
            }
        )
        text.action_approve()
        return text

    def _new_holiday(self, country):
        return self.env["cobranza.holiday"].create(
            {"name": "Feast", "date": "2026-10-13", "country_id": country.id}
        )

    def _new_form(self):
        return (
            self.env["cobranza.charge.form"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "kind": "compensation",
                    "basis": "law",
                    "form": "memo",
                }
            )
            .with_user(self.env.user)
        )

    def test_a_legal_value_of_other_days_concerns_nobody(self):
        self._charged()
        self.cr.flush()
        self._value(date_from="2026-11-01")
        self.env.invalidate_all()
        self.assertFalse(self.debtor.judge_since)
        self._value(date_from="2026-01-01", date_to="2026-10-31")
        self.env.invalidate_all()
        self.assertTrue(self.debtor.judge_since)
        self.assertIn("test.value", self.debtor.judge_reason)

    def test_nothing_leaves_until_it_has_been_judged(self):
        self.company.write({"cobranza_mode": "automatic"})
        contact = self.debt.contact_line_ids.contact_id
        contact.action_release()
        contacts = self.env["cobranza.contact"].sudo()
        with self.at("2026-10-13"):
            ready = contacts.search(contacts._domain_ready(self.company))
            self.assertEqual(ready, contact)
            facts = contact.sudo()._facts()
            self.company.cobranza_contact_gap = 4
            self.assertNotEqual(contact.sudo()._facts(), facts)
            self.assertFalse(contacts.search(contacts._domain_ready(self.company)))
            self._judge("2026-10-13")
            ready = contacts.search(contacts._domain_ready(self.company))
            self.assertEqual(ready, contact)

    def test_nothing_is_billed_until_it_has_been_judged(self):
        charge = self._charged()
        form = self._new_form().sudo()
        self._judge()
        self.assertNotIn("being updated", charge.bill_problem or "")
        form.write({"post": not form.post})
        self.env.invalidate_all()
        self.assertIn("being updated", charge.bill_problem)

    def test_the_upkeep_judges_batch_by_batch_and_goes_on_where_it_was(self):
        other = self._invoice(partner=self.partner_b)
        self._run("2026-10-11")
        debtors = (self.debt | self._debts(other)).debtor_id
        self.company.cobranza_contact_gap = 4
        self.env.invalidate_all()
        self.assertEqual(len(debtors.filtered("judge_since")), 2)
        cron = self.registry["ir.cron"]
        with (
            self.at(DAY),
            patch.object(engine, "LIMIT", 1),
            patch.object(cron, "_commit_progress", lambda *_a, **_v: 0),
        ):
            model = self.env["cobranza.debtor"].sudo()
            self.assertFalse(model._judge_marked(self.company, limit=1))
        self.env.invalidate_all()
        self.assertEqual(len(debtors.filtered("judge_since")), 1)
        self._judge()
        self.assertFalse(debtors.filtered("judge_since"))

    def test_the_run_judges_what_is_marked_itself(self):
        self.company.cobranza_terms_required = "none"
        self.env.invalidate_all()
        self.assertIn("Settings", self.debtor.judge_reason)
        charges = self.registry["cobranza.charge"]
        with patch.object(charges, "_judge_again", return_value=None) as judged:
            self._run(DAY)
        self.assertTrue(judged.called)
        self.assertFalse(self.debtor.judge_since)

    def test_saving_the_same_setting_marks_nobody(self):
        self.company.write({"cobranza_contact_gap": self.company.cobranza_contact_gap})
        self.env.invalidate_all()
        self.assertFalse(self.debtor.judge_since)

    def test_another_mode_is_in_the_header_at_once(self):
        with self.at(DAY):
            self.company._cobranza_switch("confirm")
            self.assertFalse(self.debtor.review_on)
            self.flush()
        self.assertTrue(self.debtor.review_on)


@tagged("post_install", "-at_install")
class TestTraces(JudgingCommon):
    """Who changed an input of a debtor, when, from what to what."""

    TRACED = {
        "regime": "consumer",
        "lang": "en_US",
        "tz": "America/Santiago",
        "insolvent_on": DAY,
        "insolvency_kind": "liquidation",
        "deceased_on": DAY,
        "sued_on": DAY,
        "represented_on": DAY,
        "authority_claim_on": DAY,
        "vulnerable_on": DAY,
        "terms_informed_on": DAY,
        "costs_agreed": True,
        "contract_address": "Street 1",
        "certified_email": "a@example.com",
    }
    PEOPLE = (
        "payer_id",
        "invoice_contact_id",
        "dunning_contact_id",
        "legal_contact_id",
        "representative_id",
        "beneficiary_ids",
    )

    def _tracked(self):
        return self.env["cobranza.debtor"].with_context(
            tracking_disable=False, mail_notrack=False
        )

    def test_each_input_of_a_debtor_is_tracked_and_judged(self):
        debtor = self._tracked().browse(self.debtor.id)
        person = self.env["res.partner"].create({"name": "Person"})
        changes = dict(self.TRACED)
        for name in self.PEOPLE:
            many = name.endswith("_ids")
            changes[name] = [Command.link(person.id)] if many else person.id
        for name, value in changes.items():
            with self.subTest(name), self.at(DAY):
                self.cr.flush()
                debtor.write({name: value})
                queue = self.cr.precommit.data[engine.QUEUE][self.company.id]
                self.assertIn(debtor.id, queue, name)
                self.env.flush_all()
                self.cr.precommit.run()
                values = debtor.message_ids.sudo().tracking_value_ids
                self.assertIn(name, values.field_id.mapped("name"), name)

    def test_a_new_place_is_written_down_and_judged(self):
        chile = self.env.ref("base.cl")
        child = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.partner_a.id, "type": "other"}
        )
        for partner, vals in (
            (self.partner_a, {"country_id": chile.id}),
            (self.partner_a, {"zip": "7500000", "city": "Providencia"}),
            (child, {"tz": "America/Santiago"}),
        ):
            with self.at(DAY):
                self.cr.flush()
                partner.write(vals)
                queue = self.cr.precommit.data[engine.QUEUE][self.company.id]
            self.assertTrue(queue[self.debtor.id], vals)
        rows = self.env["cobranza.history"].search(
            [("debtor_id", "=", self.debtor.id), ("reason", "like", "→")]
        )
        self.assertEqual(len(rows), 4)
        self.assertIn("→ Chile", " ".join(rows.mapped("reason")))
        self.assertEqual(rows.user_id, self.env.user)

    def test_a_legal_value_that_is_edited_leaves_a_trace(self):
        parameter = (
            self.env["cobranza.parameter"]
            .sudo()
            .create({"code": "test.trace", "name": "Test", "validity": "period"})
        )
        value = self.env["cobranza.parameter.value"].create(
            {
                "parameter_id": parameter.id,
                "date_from": "2026-01-01",
                "value": 7,
                "source": "Gazette",
                "reason": "test",
            }
        )
        value.write({"value": 8})
        self.assertIn("7.0 → 8.0", value.history_ids.mapped("reason"))
        name = value.display_name
        history = value.history_ids
        value.unlink()
        gone = self.env["cobranza.history"].search(
            [("res_model", "=", "cobranza.parameter.value")]
        )
        self.assertIn(name, (gone - history).mapped("reason"))


@tagged("post_install", "-at_install")
class TestJudgingQueries(JudgingCommon):
    """Judging costs a fixed number of queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"].create(
            [{"name": f"Debtor {n}", "is_company": True} for n in range(40)]
        )
        moves = cls._invoices(partners)
        cls._run("2026-10-11")
        cls.many = cls._debts(moves).debtor_id
        cls.env.flush_all()

    def _judged(self, debtors, warm=False):
        """Queries of judging these debtors again; ``warm``: where the transaction has
        read the settings of the company already."""
        with self.at(DAY):
            debtors._redecide_later()
            self.cr.flush()
            if not warm:
                self.env.invalidate_all()
            debtors._redecide_later()
            self.env.flush_all()
            if not warm:
                self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.cr.flush()
            return self.cr.sql_log_count - before

    def test_one_debtor_and_forty(self):
        one, many = self._judged(self.many[:1]), self._judged(self.many)
        self.assertLessEqual(self._judged(self.many[:1], warm=True), 17)
        self.assertLessEqual(many, 21)
        self.assertLessEqual(many - one, 1, "a query for each debtor")

    def test_reconciling_many_costs_a_fixed_number_more(self):
        few, many = self._reconciled(5), self._reconciled(30)
        self.assertLessEqual(many, 26)  # one asks what is suspended until they are paid
        self.assertLessEqual(many, few + 5, "a query for each invoice")

    def _reconciled(self, count):
        """Queries that we add to paying so many invoices of one customer in one go."""
        partner = self.env["res.partner"].create({"name": "Pays", "is_company": True})
        counts = []
        for ours in (True, True, False):
            moves = self._invoices([partner] * count, amount=100)
            self._run("2026-10-11")
            self.cr.flush()
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_id": partner.id,
                    "amount": 100 * count,
                    "date": DAY,
                }
            )
            payment.action_post()
            self.cr.flush()
            self.env.invalidate_all()
            lines = (moves | payment.move_id).line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
            counts.append(self._count(lines, ours))
        return counts[1] - counts[2]

    def _count(self, lines, ours):
        with ExitStack() as stack, self.at(DAY):
            if not ours:
                for model, name in (
                    ("account.partial.reconcile", "_cobranza_redecide"),
                    ("account.partial.reconcile", "_cobranza_settle"),
                    ("account.move", "_cobranza_redecide"),
                ):
                    stack.enter_context(
                        patch.object(self.registry[model], name, lambda *_a, **_k: None)
                    )
            before = self.cr.sql_log_count
            lines.reconcile()
            self.cr.flush()
            return self.cr.sql_log_count - before
