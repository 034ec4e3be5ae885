from decimal import Decimal
from unittest.mock import patch

from odoo.tests import tagged

from ..common.charging import ChargeCommon


@tagged("post_install", "-at_install")
class TestChargeProof(ChargeCommon):
    """A fee stands on its free notice; when the notice fails, so does the fee."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_waive_limit = 99999
        cls.moves = cls._invoice(amount=20000) + cls._invoice(amount=10000)
        cls._run("2026-10-10")
        cls.debts = cls._debts(cls.moves)
        cls.contact = cls.debts.contact_line_ids.contact_id[:1]
        cls._invoice(amount=100, partner=cls.partner_b)
        cls._run("2026-10-11")
        contacts = cls.env["cobranza.contact"].search([])
        cls.other = (contacts - cls.contact)[:1]

    def _charged(self):
        with self._law({debt.id: self.contact for debt in self.debts}):
            return self._assess_on("2026-10-30", self.debts)[0]

    def _law(self, proofs):
        schedule = self.schedule(reduction=Decimal("0.2"))
        return self.law(fee=schedule, proofs=proofs)

    def _reassess(self, proofs):
        with self._law(proofs), self.at("2026-11-10"):
            charges = self.env["cobranza.charge"]._reassess(self.contact)
        return charges.sorted(self._place)

    def test_a_lost_proof_reverses_the_base_and_charges_it_with_the_reduction(self):
        old = self._charged()
        new = self._reassess({})
        self.assertEqual(set(old.mapped("state")), {"reversed"})
        self.assertIn("no longer proven", old[0].state_reason)
        self.assertEqual(sum(new.mapped("amount")), 2100 - 2 * 200)
        self.assertFalse(new.proof_contact_id)
        self.assertEqual(str(new[0].assessed_on), "2026-10-30")
        self.assertEqual(new.mapped("base"), [20000, 10000])

    def test_one_lost_proof_of_two_takes_off_one_reduction(self):
        self._charged()
        new = self._reassess({self.debts[0].id: self.contact})
        self.assertEqual(sum(new.mapped("amount")), 2100 - 200)
        self.assertEqual(new[0].proof_contact_id, self.contact)

    def test_another_notice_in_time_keeps_the_fee(self):
        old = self._charged()
        self.assertFalse(self._reassess({debt.id: self.other for debt in self.debts}))
        self.assertEqual(set(old.mapped("state")), {"assessed"})
        self.assertEqual(old.proof_contact_id, self.other)

    def test_a_waived_fee_stays_waived(self):
        old = self._charged()
        old[0]._waive("goodwill")
        new = self._reassess({})
        self.assertEqual(old.mapped("state"), ["waived", "reversed"])
        self.assertEqual(new.debt_id, self.debts[1])

    def test_judging_twice_changes_nothing_more(self):
        self._charged()
        new = self._reassess({})
        self.assertFalse(self._reassess({}))
        self.assertEqual(set(new.mapped("state")), {"assessed"})

    def test_a_late_bounce_tells_the_charges(self):
        with patch.object(
            self.env.registry["cobranza.charge"], "_reassess", autospec=True
        ) as reassess:
            self.contact._add_events("bounced", "mail server")
        self.assertEqual(reassess.call_args.args[1], self.contact)
