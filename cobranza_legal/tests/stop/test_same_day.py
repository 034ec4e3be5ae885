from datetime import date, datetime, timedelta

from odoo.tests import freeze_time, tagged

from ..common.contact import ContactCommon

DAY = date(2026, 11, 24)
BEFORE, DURING, AFTER = (DAY + timedelta(days=one) for one in (-1, 0, 1))


@tagged("post_install", "-at_install")
class TestSameDay(ContactCommon):
    """What happens on one day counts in the order in which it happened; each day is
    that of the company, and its edges belong where the calendar says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_promise_tolerance = 0
        cls.move = cls._invoice(amount=1000)
        cls._run("2026-10-10")
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id

    def _at(self, day, hour):
        self.env.flush_all()
        return freeze_time(f"{day} {hour:02}:00:00")

    # -- promises ----------------------------------------------------------------------

    def _pay(self, day, hour, amount=400):
        with self._at(day, hour):
            self._register_payment(self.move, amount=amount, payment_date=day)

    def _promise(self, hour, **vals):
        with self._at(DAY, hour):
            return self.env["cobranza.promise"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_ids": self.debt.ids,
                    "amount": 400,
                    "made_on": DAY,
                    "promised_on": DAY,
                    **vals,
                }
            )

    def _judged(self, promise, day):
        with self._at(day, 12):
            due = promise._upkeep_due(self.company, day, 10)
            due._upkeep(day)
        return promise.result

    def test_a_payment_keeps_a_promise_by_its_day_and_its_order(self):
        for day, hour, result in (
            (BEFORE, 9, "broken"),
            (DURING, 9, "broken"),
            (DURING, 11, "kept"),
            (AFTER, 11, "broken"),
        ):
            with self.subTest(day=day, hour=hour), self.env.cr.savepoint() as point:
                if hour < 10:
                    self._pay(day, hour)
                promise = self._promise(10)
                if hour > 10:
                    self._pay(day, hour)
                self.assertEqual(self._judged(promise, AFTER), result)
                point.rollback()
                self.env.invalidate_all(flush=False)

    def test_a_promise_covers_until_the_end_of_its_day(self):
        self._promise(10)
        promised = self.env["cobranza.promise"]._promised
        for day, covered in ((DURING, True), (AFTER, False)):
            self.assertEqual(bool(promised(self.debt.ids, day)), covered)

    # -- disputes ----------------------------------------------------------------------

    def _credit(self, day, hour):
        with self._at(day, hour):
            note = self._reverse_invoice(self.move, date=day, is_modify=False)
            note.invoice_line_ids.price_unit = 100
            note.action_post()
            lines = (self.move | note).line_ids.filtered(
                lambda line: line.display_type == "payment_term"
            )
            lines.filtered(lambda line: not line.reconciled).reconcile()

    def _dispute(self, hour):
        with self._at(DAY, hour):
            dispute = self.env["cobranza.dispute"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_id": self.debt.id,
                    "reason": "price",
                    "whole": False,
                    "amount": 100,
                }
            )
            dispute._answer("upheld", "right")

    def test_a_credit_note_gives_back_what_was_disputed_before_it(self):
        for day, hour, left in (
            (BEFORE, 9, 100),
            (DURING, 9, 100),
            (DURING, 11, 0),
            (AFTER, 11, 0),
        ):
            with self.subTest(day=day, hour=hour), self.env.cr.savepoint() as point:
                if hour < 10:
                    self._credit(day, hour)
                self._dispute(10)
                if hour > 10:
                    self._credit(day, hour)
                amounts = self.env["cobranza.dispute"]._disputed_amounts(self.debt.ids)
                self.assertEqual(amounts.get(self.debt.id, (0,))[0], left)
                point.rollback()
                self.env.invalidate_all(flush=False)

    # -- holds, opt-outs, situations --------------------------------------------------

    def test_a_hold_stops_on_its_first_and_on_its_last_day(self):
        self.env["cobranza.hold"].create(
            {"debtor_id": self.debtor.id, "date_from": DAY, "date_to": DAY}
        )
        for day, held in ((BEFORE, False), (DURING, True), (AFTER, False)):
            found = self.env["cobranza.hold"]._blocking(
                self.company, self.debtor.ids, day
            )
            self.assertEqual(bool(found.debtors), held, day)

    def test_an_opt_out_and_a_situation_begin_with_their_day_and_end_after_it(self):
        contact = self._contact(self._invoice())
        self.env["cobranza.opt.out"].create(
            {"debtor_id": self.debtor.id, "since": DAY, "until": DAY}
        )
        self.debtor.sudo().sued_on = DURING
        rules = self.company._cobranza_rules()
        for day, found in (
            (BEFORE, []),
            (DURING, ["sued", "opted_out"]),
            (AFTER, ["sued"]),
        ):
            noon = datetime.combine(day, datetime.min.time()).replace(hour=12)
            blockers = rules._contact_blockers(contact, noon).get(contact.id, [])
            self.assertEqual([code for code, _message in blockers], found, day)

    def test_what_has_begun_in_the_company_has_begun_for_a_debtor_far_west(self):
        """23:30 UTC of the 23rd is 0:30 of the 24th in Madrid, and the 23rd in Lima:
        since the 24th, until the 24th."""
        contact = self._contact(self._invoice())
        self.debtor.tz = "America/Lima"
        self.env["cobranza.opt.out"].create(
            {"debtor_id": self.debtor.id, "since": DAY, "until": DAY}
        )
        rules = self.company._cobranza_rules()
        midnight = datetime(2026, 11, 23, 23)
        for moment, closed in (
            (midnight - timedelta(minutes=1), False),
            (midnight, True),
            (midnight + timedelta(minutes=1), True),
            (datetime(2026, 11, 25, 4, 59), True),
            (datetime(2026, 11, 25, 5, 0), False),
        ):
            found = rules._opted_out(contact, moment)
            self.assertEqual(bool(found), closed, moment)

    # -- the bank ----------------------------------------------------------------------

    def _bank_entry(self, day):
        with self._at(DAY, 12):
            lines = [
                {"account_id": account.id, "debit": debit, "credit": 10 - debit}
                for account, debit in (
                    (self.company_data["default_account_revenue"], 0),
                    (self.company_data["default_account_expense"], 10),
                )
            ]
            self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "date": day,
                    "journal_id": self.company_data["default_journal_bank"].id,
                    "line_ids": [(0, 0, line) for line in lines],
                }
            ).action_post()

    def test_a_bank_entry_of_the_future_does_not_disarm_the_guard(self):
        self.company.cobranza_bank_guard_days = 5
        contacts = self.env["cobranza.contact"]
        for day, stale in (
            (date(2035, 1, 1), True),
            (AFTER, True),
            (DAY - timedelta(days=6), True),
            (DAY - timedelta(days=5), False),
        ):
            self._bank_entry(day)
            with self._at(DAY, 12):
                self.assertEqual(bool(contacts._stale_bank(self.company)), stale, day)

    # -- moments of the database and days of the calendar ------------------------------

    def test_a_day_of_the_company_begins_at_its_own_midnight(self):
        begin = self.company._cobranza_midnight(DAY)
        self.assertEqual(begin, datetime(2026, 11, 23, 23))
        for minutes, day in ((-1, BEFORE), (0, DURING), (1, DURING)):
            moment = begin + timedelta(minutes=minutes)
            self.assertEqual(self.company._cobranza_local(moment).date(), day)

    def test_the_log_of_a_day_is_that_of_the_company(self):
        """Made at 23:30 UTC of the 23rd, the 24th in Madrid: older than the 25th, not
        than the 24th."""
        contact = self._contact(self._invoice())
        made = datetime(2026, 11, 23, 23, 30)
        contact.sudo()._through_gate().write({"state": "sent", "sent_at": made})
        erasure = self.env["cobranza.erasure"]
        for cutoff, old in ((BEFORE, False), (DURING, False), (AFTER, True)):
            found = contact.search(erasure._log_domain(self.debtor, cutoff, False))
            self.assertEqual(bool(found), old, cutoff)
