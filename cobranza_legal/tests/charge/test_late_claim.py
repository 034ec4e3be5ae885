from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common.lateness import LateCommon


@tagged("post_install", "-at_install")
class TestLateClaim(LateCommon):
    """A manager claims what days late ask for, or leaves it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._role("manager")

    def _shown(self, *days):
        moves = [self._invoice(due="2026-10-05", amount=3650) for _day in days]
        for move, day in zip(moves, days, strict=True):
            self._pay_late(move, day)
        return self._look("2026-10-26").with_user(self.manager)

    def _claim(self, late, day="2026-10-27", **law):
        with self._grants(**law), self.at(day):
            late.action_claim()

    def test_what_is_claimed_is_charged_as_of_the_day_of_the_payment(self):
        late = self._shown("2026-10-20")
        self._claim(late)
        self.assertEqual(late.state, "claimed")
        charges = late.sudo().charge_ids
        found = {
            (one.kind, one.amount, str(one.assessed_on), one.state) for one in charges
        }
        self.assertEqual(
            found,
            {
                ("interest", 15, "2026-10-20", "assessed"),
                ("compensation", 40, "2026-10-20", "assessed"),
            },
        )
        interest = charges.filtered(lambda one: one.kind == "interest")
        self.assertEqual(str(interest.period_from), "2026-10-06")
        self.assertEqual(str(interest.period_to), "2026-10-20")
        self.assertEqual(late.debtor_id.charge_amount, 55)

    def test_it_is_billed_as_usual(self):
        late = self._shown("2026-10-20")
        self._claim(late)
        charges = late.sudo().charge_ids
        self._bill_on("2026-10-28", charges)
        self.assertEqual(set(charges.mapped("state")), {"billed"})
        self.assertEqual(sum(charges.mapped("amount_due")), 55)

    def test_only_what_is_ticked_is_claimed_and_nothing_twice(self):
        late = self._shown("2026-10-20", "2026-10-25")
        self._claim(late[0])
        self.assertEqual(late.mapped("state"), ["claimed", "open"])
        self._claim(late)
        self.assertEqual(late.mapped("state"), ["claimed", "claimed"])
        self.assertEqual(len(late.sudo().charge_ids), 4)
        self.assertEqual(self._look("2026-10-28").mapped("state"), ["claimed"] * 2)

    def test_what_is_left_is_asked_of_nobody_until_a_manager_decides_again(self):
        late = self._shown("2026-10-20")
        with self.at("2026-10-27"):
            late.action_leave()
        self.assertEqual(self._look("2026-10-28").state, "left")
        self._claim(late)
        self.assertFalse(late.sudo().debt_id.charge_ids)
        with self.at("2026-10-28"):
            late.action_decide_again()
        self._claim(late)
        self.assertEqual(late.state, "claimed")
        self.assertIn("Let go", late.history_ids.mapped("change"))

    def test_what_is_left_stays_so_though_a_legal_value_is_missing(self):
        late = self._shown("2026-10-20")
        late.sudo()._through_gate().lacking = True
        with self.at("2026-10-27"):
            late.action_leave()
        self.assertEqual(self._look("2026-10-28").state, "left")

    def test_only_managers_decide(self):
        late = self._shown("2026-10-20")
        for role in ("collector", "accountant"):
            own = late.with_user(self._role(role))
            self.assertEqual(own.total, 55)
            for verb in ("action_claim", "action_leave", "action_decide_again"):
                with self.assertRaises(AccessError):
                    getattr(own, verb)()
        self.assertEqual(late.state, "open")

    def test_a_payment_that_is_undone_takes_the_charges_with_it(self):
        move = self._invoice(due="2026-10-05", amount=3650)
        payment = self._pay_late(move, "2026-10-20")
        late = self._look("2026-10-26")
        self._claim(late, commission=self._one_percent())
        law = {"commission": self._one_percent()}
        with self._grants(**law), self.at("2026-10-28"):
            payment.action_draft()
            payment.action_cancel()
            self._run("2026-10-28")
        with self._grants(**law), self.at("2026-10-29"):
            self._register_payment(move, amount=3650, payment_date="2026-10-10")
        standing = late.debt_id.charge_ids.filtered(lambda one: one.state == "assessed")
        self.assertEqual(
            {(one.kind, one.amount) for one in standing if one.kind == "interest"},
            {("interest", 5)},
        )

    def test_the_activity_is_done_when_nothing_is_left_to_decide(self):
        late = self._shown("2026-10-20", "2026-10-25")
        self._look("2026-11-02")
        domain = [("res_model", "=", "cobranza.late")]
        activities = self.env["mail.activity"].sudo()
        self.assertTrue(activities.search(domain))
        self._claim(late[0], "2026-11-03")
        self.assertTrue(activities.search(domain))
        with self.at("2026-11-03"):
            late.action_leave()
        self.assertFalse(activities.search(domain))

    def test_two_instalments_of_a_document_owe_its_compensation_once(self):
        move = self._invoice(
            amount=3650,
            invoice_payment_term_id=self._term(10, 20).id,
            invoice_date="2026-09-25",
            due=False,
        )
        self._pay_late(move, "2026-10-20")
        late = self._look()
        self.assertEqual(len(late), 2)
        self.assertEqual(self._sums(late)["compensation"], 40)
        self._claim(late)
        kinds = late.charge_ids.mapped("kind")
        self.assertEqual(sorted(kinds), ["compensation", "interest", "interest"])
