"""What the demo company of any country shows of courts and of provisions."""

from datetime import timedelta


class DemoCourts:
    """Mixed into the test case of ``DemoChecks``."""

    def _lawyer(self):
        group = self.env.ref("cobranza_legal.group_lawyer_own")
        users = self.company.user_ids & group.all_user_ids
        return users.filtered(lambda one: one.company_id == self.company)

    def test_cases_of_every_phase_that_came_there_through_their_stages(self):
        cases = self._of("cobranza.case")
        phases = set(cases.mapped("phase"))
        self.assertLessEqual({"prepared", "filed"}, phases)
        self.assertGreater(len(phases), 2)
        suits = self._of("cobranza.proceeding")
        self.assertTrue(suits.court_id and all(suits.mapped("docket")))
        self.assertFalse(suits.filtered(lambda one: not one.power_id))
        self.assertIn("continued", suits.mapped("outcome"))
        for one in suits:
            self.assertLessEqual(one.case_id.opened_on, one.filed_on)
            self.assertLessEqual(one.filed_on, one.stage_on or one.filed_on)
            self.assertEqual(one.user_id, self._lawyer())
            self.assertTrue(one.amount)
        ours = suits.party_ids.filtered(lambda one: one.capacity != "opponent")
        self.assertTrue(ours)

    def test_the_lawyer_has_deadlines_this_week_and_a_hearing_the_next(self):
        deadlines = self._of("cobranza.deadline")
        soon = self.today + timedelta(days=8)
        week = deadlines.filtered(
            lambda one: (
                one.state == "open"
                and one.who == "us"
                and self.today <= one.due_on <= soon
            )
        )
        self.assertGreater(len(week), 1)
        self.assertEqual(week.user_id, self._lawyer())
        self.assertFalse(deadlines.filtered(lambda one: one.state == "missed"))
        self.assertFalse(deadlines.filtered("late"))
        planned = self._of("cobranza.hearing", [("state", "=", "planned")])
        self.assertTrue(planned)
        for one in planned:
            self.assertTrue(timedelta() < one.day - self.today < timedelta(days=21))
        day = self.env["cobranza.case.day"].with_user(self._lawyer()).get_day()
        self.assertTrue(day["due"] and day["came"] and day["cases"])

    def test_a_judgment_is_enforced_and_brings_money(self):
        judgments = self._of("cobranza.judgment", [("state", "=", "firm")])
        self.assertTrue(judgments)
        for one in judgments:
            self.assertTrue(one.owed and one.owed_on)
        money = self._of("cobranza.realisation", [("state", "=", "done")])
        self.assertTrue(money.sudo().payment_id)

    def test_costs_of_every_state_and_what_the_lawyer_takes(self):
        costs = self._of("cobranza.cost", [("case_id", "!=", False)])
        self.assertLessEqual({"budget", "advance", "final"}, set(costs.mapped("state")))
        self.assertTrue(costs.proceeding_id)
        case = costs.case_id[:1]
        terms = self.env["cobranza.lawyer.terms"].sudo()._of_cases(case)[case]
        self.assertTrue(terms.share and terms.fixed)

    def test_mail_of_a_case_landed_and_waits(self):
        mails = self._of("cobranza.case.mail")
        self.assertEqual(set(mails.mapped("state")), {"filed", "waiting"})
        landed = mails.filtered(lambda one: one.state == "filed")
        self.assertTrue(landed.act_id.file_ids)
        cases = self._of("cobranza.case", [("state", "in", ("review", "open"))])
        self.assertTrue(all(cases.mapped("mail_address")))

    def test_what_an_insolvent_debtor_owes_is_told_in_time(self):
        claims = self._of("cobranza.insolvency.claim")
        self.assertTrue(claims.line_ids and claims.recipient_id)
        for one in claims:
            self.assertLess(one.published_on, one.due_on)
            self.assertLessEqual(one.sent_on or self.today, one.due_on)

    def test_provisions_are_booked_and_those_of_today_worked_out(self):
        runs = self._of("cobranza.provision.run")
        found = {run.state: run for run in runs}
        self.assertEqual(set(found), {"posted", "computed"})
        self.assertTrue(found["posted"].move_id and found["posted"].charged)
        self.assertFalse(found["posted"].lacking)
        self.assertEqual(found["computed"].day, self.today)
        judged = self._of("cobranza.provision.assessment").debtor_id
        lines = found["computed"].line_ids.filtered(lambda one: one.debtor_id in judged)
        self.assertEqual(set(lines.mapped("percent")), {100})
        self.assertTrue(self._of("cobranza.credit.insurance"))

    def test_one_write_off_is_booked_and_one_waits_for_finance(self):
        offs = self._of("cobranza.write.off")
        found = {one.state: one for one in offs}
        self.assertEqual(set(found), {"posted", "declared"})
        for one in offs:
            people = one.requested_by_id | one.declared_by_id | one.approved_by_id
            self.assertEqual(len(people), 3 if one.state == "posted" else 2)
            self.assertFalse(one.blocked or one.lacking)
            self.assertEqual(one.amount, one.released)
        self.assertTrue(all(found["posted"].line_ids.debt_id.mapped("settled")))
        waiting = self._of("cobranza.approval", [("state", "=", "asked")])
        self.assertIn(found["declared"].id, waiting.mapped("res_id"))
        today = self._of("cobranza.provision.run", [("state", "=", "computed")])
        lines = today.line_ids.filtered(
            lambda one: one.debt_id in found["posted"].line_ids.debt_id
        )
        self.assertFalse(lines)
