from datetime import date

from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.smtp_sink import smtp_sink

from .common import ROUND_UF, ChileCommon

DUE, DAY_21 = "2026-09-01", "2026-09-22"
"""A Tuesday. The fifteenth day is Wednesday 16, the sixteenth is a Thursday."""


@tagged("post_install", "-at_install", "post_install_l10n")
class TestGestionUtil(ChileCommon):
    """The free notice within fifteen days, without which the fee is 0.2 UF lower."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._uf(DAY_21, ROUND_UF)
        cls.company.l10n_cl_email_hours = False

    def _proof(self, invoice, on=DAY_21):
        debts = self._debts(invoice)
        with self.at(on):
            return self.rules._free_notice_proof(debts, date.fromisoformat(on))

    def _noticed(self, moment, **vals):
        """An invoice whose free notice leaves at a moment (UTC)."""
        invoice = self._bill(400000, DUE, **vals)
        with smtp_sink(self.env):
            self._replay_days([moment])
        notice = self._steps(invoice)
        self.assertEqual(notice.state, "sent")
        return invoice, notice

    def _event(self, contact, kind, moment):
        with self.clock(moment):
            contact.sudo()._add_events(kind, "test")

    def _call(self, moment, outcome, **vals):
        """The call of the second level, made with an outcome."""
        invoice = self._bill(400000, DUE)
        self.person.email = False
        self._days(DUE, 3, 9)
        call = self._steps(invoice, "call_script")
        with self.clock(moment):
            wizard = self.env["cobranza.contact.outcome"].create(
                {"contact_id": call.id, "outcome": outcome, "made_at": moment, **vals}
            )
            wizard.action_confirm()
        return invoice, call

    def test_a_free_notice_outside_the_ladder_counts_too(self):
        invoice, notice = self._noticed("2026-09-04 15:00:00")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cobranza_contact_line SET level_id = NULL WHERE contact_id = %s",
            [notice.id],
        )
        self.env.invalidate_all()
        debt = self._debts(invoice)
        self.assertEqual(self._proof(invoice, "2026-09-07"), {debt.id: notice})

    def test_an_accepted_email_proves_itself_after_three_days_without_a_bounce(self):
        invoice, notice = self._noticed("2026-09-04 15:00:00")
        debt = self._debts(invoice)
        self.assertEqual(self._proof(invoice, "2026-09-06"), {})
        self.assertEqual(self._proof(invoice, "2026-09-07"), {debt.id: notice})
        self.company.l10n_cl_bounce_days = 5
        notice.invalidate_recordset()
        self.assertEqual(self._proof(invoice, "2026-09-07"), {})

    def test_a_bounce_within_three_days_proves_nothing(self):
        invoice, notice = self._noticed("2026-09-04 15:00:00")
        self._event(notice, "bounced", "2026-09-06 15:00:00")
        self.assertEqual(self._proof(invoice), {})

    def test_the_fifteenth_day_at_23_hours_counts(self):
        # 23 h in Santiago, already the sixteenth day in UTC
        invoice, notice = self._noticed("2026-09-17 02:00:00")
        self.assertEqual(self._proof(invoice), {self._debts(invoice).id: notice})

    def test_the_sixteenth_day_does_not_count(self):
        invoice, _notice = self._noticed("2026-09-17 15:00:00")
        self.assertEqual(self._proof(invoice), {})

    def test_the_day_of_the_due_date_is_too_early(self):
        self.policy.level_ids[0].days = 0
        invoice, _notice = self._noticed("2026-09-01 15:00:00")
        self.assertEqual(self._proof(invoice), {})

    def test_each_instalment_needs_its_own_notice(self):
        first, notice = self._noticed("2026-09-04 15:00:00")
        second = self._bill(400000, "2026-09-05")
        proofs = self._proof(first + second)
        self.assertEqual(proofs, {self._debts(first).id: notice})

    def test_an_answered_call_counts(self):
        invoice, call = self._call("2026-09-11 15:00:00", "answered")
        self.assertEqual(self._proof(invoice), {self._debts(invoice).id: call})

    def test_a_call_answered_by_a_third_party_does_not_count(self):
        invoice, _call = self._call("2026-09-11 15:00:00", "third_party")
        self.assertEqual(self._proof(invoice), {})

    def test_a_call_answered_by_whoever_may_not_hear_does_not_count(self):
        neighbour = self._person("Vecino")
        invoice, call = self._call(
            "2026-09-11 15:00:00", "answered", recipient_id=neighbour.id
        )
        self.assertEqual(call.recipient_id, neighbour)
        self.assertEqual(self._proof(invoice), {})

    def test_a_call_that_nobody_answers_does_not_count(self):
        invoice, _call = self._call("2026-09-11 15:00:00", "no_answer")
        self.assertEqual(self._proof(invoice), {})

    def test_a_certified_letter_counts_when_delivered_or_refused(self):
        rules = self.rules._delivery_rules("carta_certificada", date(2026, 9, 1))
        self.assertEqual(rules.proving, {"delivered", "refused"})
        self.assertEqual(rules.wait_days, 0)
        plain = self.rules._delivery_rules("letter", date(2026, 9, 1))
        self.assertEqual(plain.proving, {"delivered"})

    def test_a_late_bounce_lowers_the_fee_that_it_proved(self):
        invoice = self._bill(400000, DUE)
        with smtp_sink(self.env):
            self._days(DUE, 3, 21)
        notice = self._steps(invoice, "free_notice")
        charge = self._fees(invoice)
        self.assertEqual((charge.amount, charge.proof_contact_id), (36000, notice))
        self._event(notice, "bounced", "2026-09-25 15:00:00")
        self.assertEqual(charge.state, "reversed")
        again = self._fees(invoice)
        self.assertEqual((again.amount, again.assessed_on), (28000, charge.assessed_on))
        self.assertFalse(again.proof_contact_id)
