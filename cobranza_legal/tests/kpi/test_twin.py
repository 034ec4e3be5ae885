import random
from contextlib import suppress
from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...models.kpi.twin import Twin
from ...models.shadow.rehearsal import Rehearsal
from ..common.base import CobranzaCommon
from ..debt.ledger_ways import LedgerWays

FIRST = date(2026, 9, 15)
WAITS = {"waits": True}


class Undo(Exception):
    """Nothing of a history stays."""


class NothingThere(Exception):
    """There is nothing to which it could happen."""


class TwinCommon(LedgerWays, CobranzaCommon):
    """A company with a past that was written down, and what happened in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.last = FIRST, FIRST + timedelta(days=90)
        cls.classPatch(
            cls.registry["cobranza.rules"],
            "_debtor_regime",
            lambda _rules, partners: dict.fromkeys(partners.ids, "company"),
        )

    def setUp(self):
        super().setUp()
        self.happened = []

    def _judge(self):
        """What a transaction does before it ends."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()

    def _places(self):
        self.env.flush_all()
        debts = self.env["cobranza.debt"].sudo().search([("nature", "=", "principal")])
        return {
            one.id: (one.level_id.id, one.level_since, one.episode) for one in debts
        }

    def _ran(self, day):
        """The run of a day; what moved is kept, as the debts themselves show it."""
        with self.at(str(day)):
            self._judge()
        before = self._places()
        self._run(str(day))
        for debt, place in self._places().items():
            if place[1] == day and before.get(debt, (None, None))[1:2] != (day,):
                self.happened.append((debt, place[0], day))

    def _twin(self, policy=None, instead=None, first=None):
        """({debt: ``DebtResult``}, ``TwinFigures``)."""
        results = {}
        with self.at(str(self.last)):
            twin = Twin(self.company, first or self.first, self.last, policy, instead)
            figures = twin.play(lambda one: results.update({one.debt: one}))
        return results, figures

    @staticmethod
    def _steps(results, name):
        return sorted(
            (one.debt, one.level, one.day)
            for result in results.values()
            for one in getattr(result, name) or ()
        )

    def _make_planned(self, moment, share=1.0, rng=random):
        """Contacts that wait are released and made."""
        contacts = self.env["cobranza.contact"].sudo()
        for one in contacts.search([("state", "=", "planned")]):
            if rng.random() <= share:
                one._set_state("sending", sent_at=moment, released=True, waiting=False)
                one._set_state("sent")


@tagged("post_install", "-at_install")
class TestTwinHistories(TwinCommon):
    """The replay of the policies that were followed gives what happened: on random
    histories of payments, stops, situations, and changes of the policies."""

    DAYS = 40
    SEEDS = 3

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first_policy = cls._policy(
            (-2, {}), (5, {"gap": 3}), (15, WAITS), (20, {"minimum": 1500}), (40, {})
        )
        cls.other_policy = cls._policy(
            (3, {"minimum": 800}), (10, WAITS), (30, {"gap": 10}), on_reopen="resume"
        )
        cls.company.cobranza_policy_id = cls.first_policy
        cls.partners = cls.partner_a | cls.partner_b
        cls.partners |= cls.env["res.partner"].create(
            [{"name": f"Debtor {n}", "is_company": True} for n in range(2)]
        )

    def test_random_histories(self):
        steps = 0
        for seed in range(self.SEEDS):
            with self.subTest(seed=seed), suppress(Undo), self.cr.savepoint():
                self.company.cobranza_mode = ("automatic", "proposal")[seed % 2]
                self._play(random.Random(seed))
                raise Undo
            steps += len(self.happened)
            self.env.invalidate_all(flush=False)
        self.assertGreater(steps, 15 * self.SEEDS)

    def _play(self, rng):
        self.happened, self.notes = [], []
        day = FIRST
        acts = [
            *[self._act_invoice] * 6,
            *[self._act_pay] * 3,
            *[self._act_made] * 5,
            *(self._act_undo, self._act_hold, self._act_release),
            *(self._act_promise, self._act_dispute, self._act_answer),
            *(self._act_situation, self._act_archive, self._act_edit_level),
            *(self._act_archive_level, self._act_policy, self._act_prepay),
        ]
        while day < FIRST + timedelta(days=self.DAYS):
            for _turn in range(rng.randint(0, 3)):
                self._act(rng, rng.choice(acts), day)
            if rng.random() < 0.85:
                with self.at(str(day)):
                    self._judge()
                    Rehearsal._upkeep(self.company.sudo())
                    self._judge()
                self._ran(day)
                if rng.random() < 0.2:
                    self._act(rng, rng.choice(acts), day)
                if rng.random() < 0.15:
                    self._ran(day)
                for _turn in range(rng.randint(0, 1)):
                    self._act(rng, rng.choice(acts), day)
            day += timedelta(days=1)
        self._compare(FIRST)
        middle = FIRST + timedelta(days=self.DAYS // 2)
        self._compare(middle)

    def _compare(self, first):
        results, figures = self._twin(first=first)
        happened = sorted(one for one in self.happened if one[2] >= first)
        self.assertEqual(self._steps(results, "happened"), happened)
        self.assertEqual(self._steps(results, "again"), happened, self.notes)
        self.assertFalse(figures.wrong)
        self.assertFalse(figures.unrecorded)

    def _act(self, rng, act, day):
        with suppress(UserError, NothingThere), self.at(str(day)), self.cr.savepoint():
            self.notes.append((str(day), act.__name__))
            act(rng, day)
            self._judge()

    # -- what may happen ---------------------------------------------------------------

    def _debtors(self):
        debtors = self.env["cobranza.debtor"].with_context(active_test=False)
        return debtors.search([("company_id", "=", self.company.id)])

    def _open(self):
        debts = self.env["cobranza.debt"].search([("nature", "=", "principal")])
        return debts.filtered(lambda one: not (one.settled or one.void_reason))

    def _one(self, rng, records):
        if not records:
            raise NothingThere
        return records[rng.randrange(len(records))]

    def _act_invoice(self, rng, day):
        due = day + timedelta(days=rng.randint(-30, 20))
        self._invoice(
            due=str(due),
            amount=rng.choice([300, 700, 1000, 2000]),
            partner=self._one(rng, self.partners),
            invoice_date=str(min(due, day)),
        )

    def _act_pay(self, rng, day):
        debt = self._one(rng, self._open())
        amount = debt.amount_residual_currency * rng.choice([0.3, 1, 1])
        self._register_payment(debt.move_id, amount=amount, payment_date=str(day))

    def _act_prepay(self, rng, day):
        self._prepay(rng.choice([100, 5000]), str(day), self._one(rng, self.partners))

    def _act_undo(self, rng, day):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.receivable.id), ("balance", ">", 0)]
        )
        self._one(rng, lines.filtered("matched_credit_ids")).remove_move_reconcile()

    def _act_hold(self, rng, day):
        debtor = self._one(rng, self._debtors())
        debts = debtor.debt_ids.filtered(lambda one: one.nature == "principal")[:1]
        self.env["cobranza.hold"].create(
            {
                "debtor_id": debtor.id,
                "reason": "says_paid",
                "debt_ids": [Command.set(debts.ids if rng.random() < 0.5 else [])],
                "date_from": day + timedelta(days=rng.randint(0, 2)),
                "date_to": day + timedelta(days=rng.randint(3, 9)),
            }
        )

    def _act_release(self, rng, day):
        holds = self.env["cobranza.hold"].search([("state", "=", "open")])
        self._one(rng, holds)._release("enough")

    def _act_promise(self, rng, day):
        debt = self._one(rng, self._open())
        self.env["cobranza.promise"].create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_ids": [Command.set(debt.ids)],
                "amount": debt.amount_residual_currency / 2,
                "promised_on": day + timedelta(days=rng.randint(1, 6)),
                "made_on": day,
            }
        )

    def _act_dispute(self, rng, day):
        debt = self._one(rng, self._open())
        self.env["cobranza.dispute"].create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_id": debt.id,
                "reason": "price",
                "whole": rng.random() < 0.5,
                "amount": debt.amount_residual_currency / 4,
            }
        )

    def _act_answer(self, rng, day):
        disputes = self.env["cobranza.dispute"].search([("state", "=", "open")])
        self._one(rng, disputes)._answer(rng.choice(["rejected", "withdrawn"]), "no")

    def _act_situation(self, rng, day):
        debtor = self._one(rng, self._debtors())
        name = rng.choice(["deceased_on", "insolvent_on"])
        ends = debtor[name] or rng.random() < 0.5
        debtor.sudo()._through_gate().write({name: False if ends else day})
        debtor._redecide_later()

    def _act_archive(self, rng, day):
        debtor = self._one(rng, self._debtors())
        debtor._set_active(not debtor.active, "for a while")

    def _act_edit_level(self, rng, day):
        level = self._one(rng, self.first_policy.level_ids)
        level.write(
            rng.choice(
                [
                    {"days": level.days + rng.randint(-3, 3)},
                    {"gap": rng.randint(0, 6)},
                    {"minimum": rng.choice([0, 500, 1800])},
                    {"waits": not level.waits},
                ]
            )
        )

    def _act_archive_level(self, rng, day):
        levels = (self.first_policy | self.other_policy).with_context(active_test=False)
        level = self._one(rng, levels.level_ids)
        level.active = not level.active

    def _act_policy(self, rng, day):
        partner = self._one(rng, self.partners).with_company(self.company)
        chosen = partner.cobranza_policy_id
        partner.cobranza_policy_id = False if chosen else self.other_policy

    def _act_made(self, rng, day):
        self._make_planned(fields.Datetime.now(), 0.7, rng)


@tagged("post_install", "-at_install")
class TestTwin(TwinCommon):
    """The screen: what happened beside what would have happened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_mode = "automatic"
        cls.manager = cls._role("manager")
        cls.later = cls._policy((12, {"channel": "email"}), (25, {}), name="Later")

    def _past(self):
        """Three debts of two debtors over 40 days; one is paid after its first act."""
        moves = self._invoice(due="2026-09-20", amount=100)
        moves |= self._invoice(due="2026-09-25", amount=200)
        moves |= self._invoice(due="2026-09-20", amount=300, partner=self.partner_b)
        day = FIRST
        while day <= FIRST + timedelta(days=40):
            self._ran(day)
            if str(day) == "2026-09-28":
                with self.at(str(day)):
                    self._register_payment(moves[2], payment_date=str(day))
                    self._judge()
            day += timedelta(days=1)
        return self._debts(moves)

    def _open(self, **values):
        twin = self.env["cobranza.twin"].with_user(self.manager)
        with self.at(str(FIRST + timedelta(days=41))):
            with Form(twin) as form:
                for name, value in values.items():
                    form[name] = value
            form.record.action_play()
        return form.record

    def test_what_happened_is_replayed_exactly(self):
        debts = self._past()
        results, figures = self._twin()
        self.assertEqual(self._steps(results, "again"), sorted(self.happened))
        self.assertEqual(len(self.happened), 7)
        self.assertEqual((figures.debts, figures.wrong), (3, []))
        self.assertEqual(figures.again.days_to_first, 5)
        self.assertEqual(set(results), set(debts.ids))

    def test_another_policy_beside_what_happened(self):
        debts = self._past()
        twin = self._open(policy_id=self.later)
        found = twin.result
        self.assertEqual((found["happened"]["steps"], found["again"]["steps"]), (7, 7))
        # the third debt is paid before the first act of the other policy
        self.assertEqual(found["other"]["steps"], 4)
        self.assertEqual(found["other"]["debtors"], 1)
        self.assertEqual(found["other"]["first"], "12.0")
        self.assertEqual(found["again"]["first"], "5.0")
        self.assertEqual(set(twin.debt_ids.mapped("kind")), {"differs"})
        self.assertEqual(twin.debt_ids.debt_id, debts)
        self.assertIn("gives exactly what happened", twin.figures)
        self.assertIn("Later", twin.figures)
        # nothing has changed
        self.assertEqual(debts.policy_id, self.policy)

    def test_what_was_not_written_down_is_counted(self):
        debts = self._past()
        gone = debts[0]
        self.env.cr.execute(
            "DELETE FROM cobranza_decision WHERE debt_id = %s", [gone.id]
        )
        twin = self._open(policy_id=self.later)
        self.assertEqual(twin.result["debts"], 2)
        self.assertEqual(twin.result["unrecorded"], 3)
        self.assertIn("Not replayable", twin.figures)
        self.assertNotIn(gone, twin.debt_ids.debt_id)

    def test_what_another_policy_would_have_met_earlier_is_counted(self):
        self._past()
        early = self._policy((-5, {}), (25, {}), name="Early")
        twin = self._open(policy_id=early)
        self.assertEqual(twin.result["early"], 3)
        self.assertEqual(twin.result["other"]["steps"], 0)
        self.assertEqual(set(twin.debt_ids.mapped("kind")), {"early"})

    def test_a_step_that_the_kernel_would_not_make_is_shown(self):
        debts = self._past()
        self.env.cr.execute(
            "UPDATE cobranza_decision SET stopped = TRUE WHERE debt_id = %s",
            [debts[0].id],
        )
        twin = self._open()
        self.assertEqual(twin.result["wrong"], 1)
        self.assertEqual(twin.debt_ids.debt_id, debts[0])
        self.assertIn("not to be", twin.figures)

    def test_limits_that_would_be_hit(self):
        """One contact a week, two debts of one debtor on different days."""
        self.company.cobranza_contact_gap = 7
        channel = {"channel": "email", "waits": False}
        often = self._policy((5, channel), (7, channel), (9, channel), name="Often")
        self._past()
        twin = self._open(policy_id=often)
        self.assertGreater(twin.result["other"]["limited"], 0)

    def test_a_window_of_the_past_and_a_year_at_most(self):
        with self.assertRaisesRegex(UserError, "days of the past"):
            self._open(first="2026-10-20", last="2026-10-01")
        with self.assertRaisesRegex(UserError, "A year at most"):
            self._open(first="2025-01-01")

    def test_decisions_are_written_down_when_they_change(self):
        debt = self._past()[0]
        rows = self.env["cobranza.decision"].sudo().search([("debt_id", "=", debt.id)])
        moved = rows.filtered(lambda one: one.reason in ("entered", "advanced"))
        self.assertEqual(moved.mapped("level_no"), self.policy.level_ids.ids)
        self.assertEqual(rows.mapped("claim"), [100] * len(rows))
        self.assertTrue(all(rows.mapped("by_run")))
        before = len(rows)
        self._ran(FIRST + timedelta(days=41))
        rows = rows.search([("debt_id", "=", debt.id)])
        self.assertEqual(len(rows), before)

    def test_the_policies_of_the_day_are_kept_with_the_run(self):
        self._past()
        run = self.env["cobranza.run"].sudo().search([], order="id", limit=1)
        runs = run.search([("ladders", "!=", False)])
        self.assertIn(str(self.policy.id), runs[:1].ladders)
