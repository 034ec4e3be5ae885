from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import ChileCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDeadlineChile(ChileCommon):
    """Terms before Chilean courts, as records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        move = cls._invoice(amount=1000000, due="2026-10-05", partner=cls.person)
        cls._run("2026-11-20")
        debts = cls._debts(move)
        cls.case = cls.env["cobranza.case"].create(
            {"debtor_id": debts.debtor_id.id, "debt_ids": [Command.set(debts.ids)]}
        )
        cls.court = cls.env["cobranza.court"].create(
            {
                "name": "1º Juzgado Civil de Santiago",
                "city": "Santiago",
                "state_id": cls.env.ref("base.state_cl_13").id,
                "country_id": cls.env.ref("base.cl").id,
                "company_id": cls.company.id,
            }
        )

    def _proceeding(self, code):
        kind = self.env["cobranza.proceeding.type"].search(
            [("code", "=", code)], limit=1
        )
        return self.env["cobranza.proceeding"].create(
            {
                "case_id": self.case.id,
                "type_id": kind.id,
                "court_id": self.court.id,
            }
        )

    def _term(self, name, day, way="cl_receptor"):
        """A deadline of a term of the law by a notice served on a day at noon."""
        term = self.env.ref(f"cobranza_legal_cl.term_{name}")
        suit = self._proceeding(term.stage_id.procedure_code)
        start = {"received_at": f"{day} 15:00:00", "way": way}
        if not term.from_receipt:
            start = {"start_on": day}
        return self.env["cobranza.deadline"].create(
            {"proceeding_id": suit.id, "term_id": term.id, **start}
        )

    def test_executive_and_ordinary_terms(self):
        golden = {
            ("executive_required_oppose", "2026-11-20"): "2026-11-30",
            ("mayor_served_answer", "2026-11-20"): "2026-12-12",
            ("executive_required_oppose", "2026-12-04"): "2026-12-15",
            ("mayor_served_answer", "2026-12-04"): "2026-12-28",
        }
        for (name, day), until in golden.items():
            with self.subTest(name=name, day=day), freeze_time(f"{day} 18:00:00"):
                found = self._term(name, day)
                self.assertEqual(str(found.due_on), until)
                self.assertTrue(found.elapses and found.local_known)
                self.assertFalse(found.grace_until)

    def test_served_on_a_sunday_monday_is_the_first_day(self):
        """CPC art. 41."""
        found = self._term("executive_required_oppose", "2026-11-22")
        self.assertEqual(str(found.first_on), "2026-11-23")
        self.assertEqual(str(found.due_on), "2026-12-01")

    def test_terms_of_the_parts_a_and_c(self):
        for name in (
            "invoice_notice_notified_falsity",
            "cheque_notice_notified_deposit",
        ):
            found = self._term(name, "2026-11-20")
            self.assertEqual(str(found.due_on), "2026-11-24")

    def test_the_claim_in_an_insolvency(self):
        """Ley 20.720 arts. 7 and 170: thirty working days, by hand on the case."""
        found = self.env["cobranza.deadline"].create(
            {
                "name": "Verify the credit",
                "case_id": self.case.id,
                "number": 30,
                "unit": "working_day",
                "start_on": "2026-11-20",
                "article": "Ley 20.720, art. 170",
            }
        )
        self.assertEqual(str(found.due_on), "2026-12-28")

    def test_what_is_not_ours_to_move_does_not_roll(self):
        """A day of ours does not move to the next working one."""
        found = self.env["cobranza.deadline"].create(
            {
                "name": "x",
                "case_id": self.case.id,
                "number": 9,
                "unit": "natural_day",
                "start_on": "2026-11-20",
            }
        )
        self.assertEqual(str(found.due_on), "2026-11-29")  # a Sunday
        found.elapses = True
        self.assertEqual(str(found.due_on), "2026-11-30")

    def test_two_agreed_suspensions_of_ninety_days_together(self):
        """CPC art. 64."""
        found = self._term("executive_transferred_answer", "2026-11-20")
        suit, none = found.proceeding_id, self.env["ir.attachment"]
        with self.assertRaisesRegex(UserError, "90"):
            suit._suspend_terms(date(2026, 11, 21), date(2027, 2, 19), "x", none)
        suit._suspend_terms(date(2026, 11, 23), date(2026, 11, 24), "One", none)
        self.assertEqual(str(found.due_on), "2026-11-27")
        with self.assertRaisesRegex(UserError, "covers"):
            suit._suspend_terms(date(2026, 11, 24), date(2026, 11, 30), "x", none)
        suit._suspend_terms(date(2027, 1, 1), date(2027, 1, 31), "Two", none)
        with self.assertRaisesRegex(UserError, "2 times"):
            suit._suspend_terms(date(2027, 3, 1), date(2027, 3, 2), "Three", none)

    def test_a_suit_is_abandoned_after_six_months_without_anything_useful(self):
        found = self._term("mayor_served_abandonment", "2026-11-20")
        self.assertEqual(str(found.due_on), "2027-05-20")
        self.assertEqual(str(found.alarm_on), "2027-04-20")
        found = self._term("executive_auction_abandonment", "2026-11-20")
        self.assertEqual(str(found.due_on), "2029-11-20")
