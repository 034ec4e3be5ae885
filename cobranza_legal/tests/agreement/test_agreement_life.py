from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common.agreement import AgreementCommon


@tagged("post_install", "-at_install")
class TestAgreementLife(AgreementCommon):
    """What is paid follows from the ledger; missed, broken, cured, due at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._running()
        cls.first = cls.debts[0]

    def _statuses(self, day):
        with self.at(day):
            return self.agreement.instalment_ids.mapped("status")

    def _owed(self):
        """What the ledger says is open of its debts."""
        return sum(self.debts.mapped("amount_residual_currency"))

    def _left(self):
        rows = self.agreement.instalment_ids
        with self.at("2026-12-28"):
            rows.invalidate_recordset()
            return sum(row.amount - row.paid for row in rows)

    def test_payments_fill_the_instalments_in_order(self):
        self._pay_debt(self.first, 300, "2026-12-20")
        self.assertEqual(self._statuses("2026-12-24"), ["paid", "open", "open", "open"])
        with self.at("2026-12-24"):
            paid_on = self.agreement.instalment_ids[0].paid_on
        self.assertEqual(str(paid_on), "2026-12-20")
        self._pay_debt(self.first, 100, "2026-12-21")
        self.assertEqual(self._statuses("2026-12-24"), ["paid", "part", "open", "open"])
        self.assertEqual(self._left(), self._owed())

    def test_an_instalment_is_missed_from_the_day_after(self):
        self.assertEqual(self._statuses("2026-12-22")[0], "open")
        self.assertEqual(self._statuses("2026-12-23")[0], "due")
        self.assertEqual(self._statuses("2026-12-24")[0], "missed")
        self._night("2026-12-23")
        self.assertEqual(self.agreement.missed_count, 0)
        self._night("2026-12-24")
        self.assertEqual(
            (self.agreement.missed_count, self.agreement.state), (1, "active")
        )

    def test_money_that_nobody_has_allocated_is_not_missed(self):
        with self.at("2026-12-23"):
            self._prepay(300, "2026-12-23")
        self.assertEqual(self._statuses("2026-12-24")[0], "paid")
        self._night("2026-12-24")
        self.assertEqual(self.agreement.missed_count, 0)

    def test_a_bounced_payment_opens_the_instalment_again(self):
        payment = self._pay_debt(self.first, 300, "2026-12-20")
        self.assertEqual(self._statuses("2026-12-24")[0], "paid")
        with self.at("2026-12-28"):
            payment.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(self._statuses("2026-12-28")[0], "paid")  # its money is loose
        with self.at("2026-12-28"):
            payment.action_draft()
            payment.action_cancel()
        self.assertEqual(self._statuses("2026-12-28")[0], "missed")
        self.assertEqual(self._left(), self._owed())

    def test_a_credit_note_pays_too(self):
        with self.at("2026-12-01"):
            note = self._create_invoice_one_line(
                move_type="out_refund",
                price_unit=300,
                tax_ids=[],
                partner_id=self.partner_a,
                invoice_date="2026-12-01",
                post=True,
            )
            (note | self.first.move_id).line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            ).reconcile()
        self.assertEqual(self._statuses("2026-12-24")[0], "paid")
        self.assertEqual(self._left(), self._owed())

    def _break(self):
        self._night("2027-01-24")
        self.assertEqual(self.agreement.state, "breached")

    def _notice(self, day):
        return self._tell_breach(self.agreement, day)

    def test_two_missed_break_it_and_a_person_is_told_once(self):
        self._night("2027-01-23")
        self.assertEqual(self.agreement.state, "active")
        self._break()
        self._night("2027-01-25")
        tasks = self.agreement.activity_ids
        self.assertEqual(len(tasks), 1)
        self.assertIn("600", self.agreement.state_reason)
        self.assertFalse(self.agreement.cure_until)
        self._run("2027-01-25")
        self.assertEqual(set(self.debts.mapped("reason")), {"agreement"})

    def test_without_the_notice_nothing_becomes_due(self):
        self._break()
        self._night("2027-06-01")
        self.assertEqual(self.agreement.state, "breached")

    def test_the_days_to_cure_begin_with_the_notice(self):
        self._break()
        self._notice("2027-01-26")
        self._night("2027-01-27")
        self.assertEqual(str(self.agreement.cure_until), "2027-02-05")
        self._night("2027-02-05")
        self.assertEqual(self.agreement.state, "breached")
        self._night("2027-02-06")
        self.assertEqual(self.agreement.state, "accelerated")
        self.assertEqual(str(self.agreement.ended_on), "2027-02-06")
        level = self.debts.mapped("level_id")
        self._run("2027-02-06")
        self.assertNotIn("agreement", self.debts.mapped("reason"))
        self.assertTrue(level <= self.debts.mapped("level_id"))

    def _accelerate(self):
        self._break()
        self._notice("2027-01-26")
        self._night("2027-01-27")
        self._night("2027-02-06")
        self.assertEqual(self.agreement.state, "accelerated")

    def _book_later(self, amount, day, booked):
        """A payment of ``day`` that is booked on another one."""
        with self.at(booked):
            self._register_payment(self.first.move_id, amount=amount, payment_date=day)

    def test_money_of_before_that_is_booked_later_lets_it_run_again(self):
        self._accelerate()
        self._book_later(598, "2027-02-04", "2027-02-10")
        self.assertEqual(self.agreement.state, "accelerated")
        self._book_later(1, "2027-02-06", "2027-02-10")  # a day late
        self.assertEqual(self.agreement.state, "accelerated")
        self._book_later(1, "2027-02-05", "2027-02-10")
        found = self.agreement
        self.assertEqual((found.state, found.missed_count), ("active", 0))
        self.assertFalse(found.ended_on or found.breached_on or found.cure_until)
        self.assertIn("booked later", found.state_reason)
        self._run("2027-02-11")
        self.assertEqual(set(self.debts.mapped("reason")), {"agreement"})
        spans = self.debts.sudo()._covered_spans(self.debts.ids)
        self.assertEqual(str(spans[self.first.id][0][1]), "2999-12-31")

    def test_what_had_been_paid_before_it_was_broken_never_broke_it(self):
        self._break()
        self._book_later(300, "2027-01-20", "2027-01-26")
        self.assertEqual(self.agreement.state, "active")
        self.assertEqual(self.agreement.missed_count, 1)

    def test_an_insolvency_alone_makes_nothing_due(self):
        self._break()
        self._notice("2027-01-26")
        with self.at("2027-01-27"):
            self.debtor.write(
                {"insolvent_on": "2027-01-27", "insolvency_kind": "reorganisation"}
            )
        for day in ("2027-01-27", "2027-02-06", "2027-06-01"):
            self._night(day)
        self.assertEqual(self.agreement.state, "breached")

    def test_a_liquidation_makes_everything_due(self):
        with self.at("2026-12-10"):
            self.debtor.write(
                {"insolvent_on": "2026-12-08", "insolvency_kind": "liquidation"}
            )
        self._night("2026-12-10")
        found = self.agreement
        self.assertEqual(
            (found.state, str(found.ended_on)), ("accelerated", "2026-12-08")
        )
        self.assertIn("liquidation", found.state_reason)
        self.assertEqual(len(found.activity_ids), 1)
        # it was another debtor's
        with self.at("2026-12-11"):
            self.debtor.write({"insolvent_on": False, "insolvency_kind": False})
        self._night("2026-12-11")
        self.assertEqual((found.state, found.liquidated), ("active", False))

    def _joint(self, debts, amount, day):
        """One payment of several debts."""
        with self.at(day):
            return self._register_payment(
                debts.move_id, amount=amount, payment_date=day, group_payment=True
            )

    def _return(self, amount, day):
        """The bank takes it back by an entry of its own."""
        bank = self.company_data["default_journal_bank"]
        common = {"partner_id": self.partner_a.id}
        owed = {"account_id": self.first.move_line_id.account_id.id, "debit": amount}
        gone = {"account_id": bank.default_account_id.id, "credit": amount}
        with self.at(day):
            entry = self.env["account.move"].create(
                {
                    "date": day,
                    "journal_id": bank.id,
                    "line_ids": [
                        Command.create({**common, **side}) for side in (owed, gone)
                    ],
                }
            )
            entry.action_post()
        return entry

    def _apart(self, entry):
        items = entry.line_ids.filtered(lambda line: line.debit > 0)
        return self.env["cobranza.debt"].search([("move_line_id", "in", items.ids)])

    def test_one_payment_of_several_debts_that_bounced_belongs_to_it_again(self):
        both = self.debts[1:]
        self._joint(both, 500, "2026-12-20")
        self.assertEqual(self._statuses("2026-12-24"), ["paid", "part", "open", "open"])
        apart = self._apart(self._return(500, "2026-12-28"))
        self.assertEqual(apart.amount_residual, 500)
        self.assertEqual(self._statuses("2026-12-28"), ["missed", *["open"] * 3])
        self._run("2026-12-29")
        self.assertEqual(apart.reason, "agreement")
        spans = apart.sudo()._covered_spans(apart.ids)
        self.assertEqual(str(spans[apart.id][0][0]), "2026-11-24")
        with self.at("2026-12-29"), self.refuses(ValidationError, self.agreement.name):
            self._agreement(debt_ids=[Command.set(apart.ids)], working_day="same")
        self._pay_debt(apart, 300, "2026-12-30")
        self.assertEqual(self._statuses("2026-12-30"), ["paid", *["open"] * 3])
        self._pay_debt(apart, 200, "2026-12-30")
        self._pay_debt(self.first, 700, "2026-12-30")
        self.assertEqual(self.agreement.state, "completed")

    def test_one_that_had_paid_others_too_does_not(self):
        other = self._invoice(amount=50)
        self._run("2026-11-24")
        with self.at("2026-12-20"):
            self._register_payment(
                (self.debts[1].move_id | other),
                amount=350,
                payment_date="2026-12-20",
                group_payment=True,
            )
        apart = self._apart(self._return(350, "2026-12-28"))
        self._run("2026-12-29")
        self.assertNotEqual(apart.reason, "agreement")
        self.assertEqual(self._statuses("2026-12-28")[0], "missed")

    def test_what_was_missed_and_is_paid_goes_on(self):
        self._break()
        self._notice("2027-01-26")
        self._pay_debt(self.first, 598, "2027-01-28")
        self._night("2027-01-29")
        self.assertEqual(self.agreement.state, "breached")
        self._pay_debt(self.first, 1, "2027-01-30")
        self.assertEqual(
            (self.agreement.state, self.agreement.missed_count), ("active", 0)
        )
        self.assertFalse(self.agreement.cure_until)

    def test_dust_that_lacks_is_not_missed_and_completes_it_after_the_last_day(self):
        self._pay_debt(self.first, 298.99, "2026-12-20")
        self._night("2026-12-24")
        self.assertEqual(self.agreement.missed_count, 1, "1.01 is asked for")
        self._pay_debt(self.first, 1, "2026-12-24")
        self.assertEqual(self.agreement.missed_count, 0, "a cent is not")
        self.assertEqual(self._statuses("2026-12-25")[0], "paid")
        cost = self._charge()
        self.agreement._through_gate().charges_costs = "remit"
        for debt, amount in zip(self.debts, (400, 300, 200), strict=True):
            self._pay_debt(debt, amount, "2027-03-20")
        for day in ("2027-03-20", "2027-03-23"):
            self._night(day)
            self.assertEqual(self.agreement.state, "active", "to the last cent")
        with self.at("2027-03-23"):
            self.assertAlmostEqual(self.agreement.left, 0.01)
        self._night("2027-03-24")
        self.assertEqual((self.agreement.state, cost.state), ("completed", "waived"))
        self.assertIn("0.01 is left", self.agreement.state_reason)
        self._run("2027-03-25")
        self.assertEqual(self.first.reason, "dust")

    def test_where_every_cent_is_claimed_one_that_lacks_is_missed(self):
        self.env["cobranza.dust"].create(
            {
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "amount": 0,
            }
        )
        self._pay_debt(self.first, 299.99, "2026-12-20")
        self._night("2026-12-24")
        self.assertEqual(self.agreement.missed_count, 1)

    def test_paid_in_full_it_is_completed_and_a_bounce_takes_it_back(self):
        for debt, amount in zip(self.debts, (700, 300, 200), strict=True):
            payment = self._pay_debt(debt, amount, "2026-12-01")
        self.assertEqual((self.agreement.state, self._left()), ("completed", 0))
        self.assertEqual(str(self.agreement.ended_on), "2026-12-01")
        with self.at("2026-12-03"):
            payment.action_draft()
            payment.action_cancel()
        self.assertEqual(self.agreement.state, "active")
        self.assertFalse(self.agreement.ended_on)
        self.assertEqual(self._left(), self._owed())

    def test_the_upkeep_may_run_as_often_as_it_likes(self):
        self._night("2027-01-24")
        before = self.agreement.read()[0], len(self.agreement.history_ids)
        with self.at("2027-01-24"):
            self.agreement._upkeep(self.company._cobranza_today())
        self.env.invalidate_all()
        self.assertEqual(
            (self.agreement.read()[0], len(self.agreement.history_ids)), before
        )

    def test_the_last_one_alone_is_missed_and_breaks_it(self):
        self._pay_debt(self.first, 700, "2026-12-01")
        self._pay_debt(self.debts[1], 200, "2026-12-01")
        self._night("2027-03-23")
        self.assertEqual(self.agreement.state, "active")
        self._night("2027-03-24")
        self.assertEqual(self.agreement.state, "breached")

    def test_while_the_bank_is_behind_nothing_becomes_due(self):
        self.company.cobranza_bank_guard_days = 3
        self._break()
        self._notice("2027-01-26")
        self._pay_debt(self.first, 10, "2027-02-05")
        self._night("2027-02-06")
        self.assertEqual(self.agreement.state, "breached")
        self._pay_debt(self.first, 10, "2027-02-07")
        self._night("2027-02-07")
        self.assertEqual(self.agreement.state, "accelerated")

    def test_money_of_before_the_signature_is_no_new_money(self):
        payment = self._pay_debt(self.first, 300, "2026-12-20")
        self.assertEqual(self._statuses("2026-12-24")[0], "paid")
        entries = [[payment.move_id.id, self.first.id]]
        self.agreement._through_gate().settled_before = {
            "partials": [],
            "entries": entries,
        }
        self.env.invalidate_all()
        self.assertEqual(self._statuses("2026-12-24")[0], "missed")

    def test_money_of_a_day_to_come_pays_nothing_yet(self):
        self._pay_debt(self.first, 300, "2026-12-30")
        self.assertEqual(self._statuses("2026-12-24")[0], "missed")
        self.assertEqual(self._statuses("2026-12-30")[0], "paid")

    def test_loose_money_completes_nothing(self):
        with self.at("2026-12-01"):
            self._prepay(1200, "2026-12-01")
        self._night("2026-12-24")
        self.assertEqual(
            (self.agreement.state, self.agreement.missed_count), ("active", 0)
        )
        self._night("2027-03-24")
        self.assertEqual(self.agreement.state, "active")
        self.assertEqual(str(self.agreement.check_on), "2027-03-25")

    def test_a_fault_of_ours_stops_neither_the_booking_nor_the_others(self):
        model = type(self.agreement)
        with (
            patch.object(model, "_judge", side_effect=ValueError("odd")),
            self.assertLogs("odoo.addons.cobranza_legal.models.agreement.life"),
        ):
            self._pay_debt(self.first, 300, "2026-12-20")
        self.assertEqual(str(self.agreement.check_on), "2026-12-21")

    def test_the_signature_interrupts_the_limitation(self):
        found = self.env["cobranza.interruption"].search(
            [("debtor_id", "=", self.debtor.id)]
        )
        self.assertEqual(found.mapped("kind"), ["acknowledgement"])
        self.assertEqual(found.debt_ids, self.debts)
        self.assertEqual(found.day, self.agreement.signed_on)
        self.assertTrue(found.attachment_ids)

    # -- charges of before -------------------------------------------------------------

    def _charge(self, **vals):
        debt = self.first
        return (
            self.env["cobranza.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "debtor_id": self.debtor.id,
                    "debt_id": debt.id,
                    "move_id": debt.move_id.id,
                    "kind": "cost",
                    "currency_id": debt.currency_id.id,
                    "amount": 30,
                    "assessed_on": "2026-11-20",
                    **vals,
                }
            )
        )

    def test_what_is_forgiven_on_completion_is_waived_on_the_last_cent(self):
        self.agreement._through_gate().write(
            {"charges_costs": "remit", "charges_interest": "keep"}
        )
        cost, interest = self._charge(), self._charge(kind="interest", amount=9)
        self._pay_debt(self.first, 700, "2026-12-01")
        self._pay_debt(self.debts[1], 300, "2026-12-01")
        self._pay_debt(self.debts[2], 199.99, "2026-12-01")
        self.assertEqual((self.agreement.state, cost.state), ("active", "assessed"))
        last = self._pay_debt(self.debts[2], 0.01, "2026-12-02")
        self.assertEqual(
            (self.agreement.state, cost.state, interest.state),
            ("completed", "waived", "assessed"),
        )
        self.assertIn(self.agreement.name, cost.history_ids[:1].reason)
        self.assertEqual(self.agreement.remitted_ids, cost)
        with self.at("2026-12-03"):
            last.action_draft()
            last.action_cancel()
        self.assertEqual((self.agreement.state, cost.state), ("active", "assessed"))
        self.assertFalse(self.agreement.remitted_ids)

    def test_what_is_forgiven_beyond_the_limit_another_passes(self):
        self._charge()
        new = self.env["cobranza.agreement"].browse(
            self.agreement.action_replace()["res_id"]
        )
        new.charges_costs = "remit"
        for limit, beyond in ((30, False), (29.99, True)):
            self.company.cobranza_waive_limit = limit
            words = " ".join(one.words for one in new._objections())
            self.assertEqual("forgives charges" in words, beyond)
        new.charges_costs = "capitalise"
        with self.refuses(UserError, "may bear no interest"):
            new.write({"grounds": "x", "file_ids": [Command.set(self.request.ids)]})
            new.action_request()

    # -- reminders ---------------------------------------------------------------------

    def _mails(self, purpose):
        domain = [("agreement_id", "=", self.agreement.id)]
        domain.append(("text_purpose", "=", f"agreement_{purpose}"))
        return self.env["cobranza.contact"].search(domain, order="id")

    def test_an_instalment_is_reminded_before_and_after_once(self):
        for day in ("2026-12-19", "2026-12-20", "2026-12-20", "2026-12-21"):
            self._night(day)
            with self.at(day):  # killed and run again
                self.agreement._upkeep(self.company._cobranza_today())
        [before] = self._mails("reminder")
        self.assertEqual((before.state, before.automatic), ("planned", True))
        self.assertFalse(before.released)
        with self.at("2026-12-21"):
            values = before._merge_values()
            self.assertEqual(values["agreement_next_on"], "12/23/2026")
            self.assertIn("300", values["agreement_next_amount"])
        for day in ("2026-12-24", "2026-12-26", "2026-12-27"):
            self._night(day)
        [after] = self._mails("missed")
        self.assertEqual(before.state, "planned")
        with self.at("2026-12-27"):
            values = after._merge_values()
            self.assertIn("300", values["agreement_missed_total"])
        row = self.agreement.instalment_ids[0]
        self.assertEqual(
            (str(row.reminded_on), str(row.warned_on)), ("2026-12-20", "2026-12-26")
        )

    def test_what_is_paid_before_the_reminder_leaves_is_not_reminded(self):
        self._night("2026-12-20")
        self._night("2026-12-26")
        after = self._mails("missed")
        self._pay_debt(self.first, 300, "2026-12-26")
        self.assertEqual(after.state, "cancelled")
        self._night("2027-01-19")
        self.assertFalse(self._mails("reminder").filtered("agreement_id.breached_on"))

    def test_a_company_may_remind_of_no_instalment(self):
        self.company.write(
            {"cobranza_agreement_before": 0, "cobranza_agreement_after": 0}
        )
        for day in ("2026-12-20", "2026-12-23", "2026-12-26", "2027-01-20"):
            self._night(day)
        self.assertFalse(self._mails("reminder") | self._mails("missed"))

    def test_reminders_come_from_the_shipped_texts(self):
        self._night("2026-12-20")
        before = self._mails("reminder")
        with self.at("2026-12-21"):
            said = before._frozen_values()
        self.assertIn("12/23/2026", said["subject"])
        self.assertIn("300", said["body"])

    # -- replaced ----------------------------------------------------------------------

    def test_it_is_replaced_by_another_over_what_is_open(self):
        self._pay_debt(self.first, 300, "2026-12-20")
        action = self.agreement.action_replace()
        new = self.env["cobranza.agreement"].browse(action["res_id"])
        self.assertEqual(new.amount, 900)
        new.write(
            {
                "grounds": "Less work",
                "count": 3,
                "file_ids": [Command.set(self.request.ids)],
            }
        )
        self.assertEqual(self.agreement.state, "active")
        new.action_request()
        new.action_offer()
        new._sign(self.company._cobranza_today(), "hand")
        self.assertEqual((self.agreement.state, new.state), ("superseded", "active"))
        self.assertEqual(new._chain(), self.agreement)

    def test_the_limits_of_a_chain_add_up(self):
        """Six months and a quarter each: four instalments in all, since the first."""
        self._pay_debt(self.first, 600, "2027-01-23")
        with self.at("2027-01-24"):
            action = self.agreement.action_replace()
            new = self.env["cobranza.agreement"].browse(action["res_id"])
            files = [Command.set(self.request.ids)]
            new.write({"grounds": "Less work", "file_ids": files, "count": 3})
            new.write({"first_on": "2027-02-24", "working_day": "same"})
            new.action_request()
            self.assertEqual(new.state, "requested")
            self.assertIn("there are 5 instalments, the terms allow 4", new.beyond)
            new.action_draft()
            new.write({"count": 2})
            new.action_request()
            self.assertEqual(new.state, "approved")
            new.action_draft()
            new.write({"first_on": "2027-05-01"})
            new.action_request()
            self.assertIn("It lasts 7 months, the terms allow 6", new.beyond)

    def test_one_that_became_due_at_once_is_replaced_and_guarantors_sign_anew(self):
        self._accelerate()
        with self.at("2027-02-10"):
            guarantor = self.env["cobranza.obligor"].create(
                {
                    "debtor_id": self.debtor.id,
                    "partner_id": self.partner_b.id,
                    "capacity": "guarantor",
                    "since": "2026-01-01",
                }
            )
            self.env["cobranza.agreement.consent"].sudo().create(
                {
                    "agreement_id": self.agreement.id,
                    "obligor_id": guarantor.id,
                    "consented_on": "2026-11-23",
                    "user_id": self.env.uid,
                }
            )
            action = self.agreement.action_replace()
            new = self.env["cobranza.agreement"].browse(action["res_id"])
            self.assertEqual(new.unheard_ids, guarantor)
            files = [Command.set(self.request.ids)]
            new.write({"grounds": "Less work", "file_ids": files, "count": 2})
            new.action_request()
            new._set_state("approved")
            with self.refuses(UserError, "ends the guarantee"):
                new.action_offer()
            new._consent(guarantor, self.company._cobranza_today(), self.request)
            new.action_offer()
            new._sign(self.company._cobranza_today(), "hand")
        self.assertEqual((self.agreement.state, new.state), ("superseded", "active"))

    # -- interest ----------------------------------------------------------------------

    def test_late_interest_stops_and_goes_on(self):
        spans = self.debts.sudo()._covered_spans(self.debts.ids)
        first = spans[self.first.id][0]
        self.assertEqual(str(first[0]), "2026-11-24")
        self._break()
        self._notice("2027-01-26")
        self._night("2027-01-27")
        self._night("2027-02-06")
        spans = self.debts.sudo()._covered_spans(self.debts.ids)
        self.assertEqual(str(spans[self.first.id][0][1]), "2027-02-06")


@tagged("post_install", "-at_install")
class TestAgreementInterest(AgreementCommon):
    """The interest of an agreement: charged when earned, allocated, paid, not more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms.write({"rate_kind": "fixed", "rate": 5.221})
        cls.agreement = cls._running()

    def _charges(self):
        domain = [("kind", "=", "deferral"), ("state", "!=", "reversed")]
        return self.env["cobranza.charge"].search(domain, order="id")

    def test_interest_is_charged_on_the_day_of_each_instalment_and_once(self):
        self.assertFalse(self._charges())
        for day in ("2026-12-22", "2026-12-23", "2026-12-23", "2026-12-24"):
            self._night(day)
        charges = self._charges()
        self.assertEqual(sum(charges.mapped("amount")), 5.22)
        self.assertEqual(charges.mapped("amount"), [3.05, 1.3, 0.87])
        self.assertEqual(charges.debt_id, self.debts)
        self.assertEqual(set(charges.mapped("basis")), {"contract"})
        self._night("2027-03-23")
        charges = self._charges().grouped("debt_id")
        totals = [sum(charges[debt].mapped("amount")) for debt in self.debts]
        for found, part in zip(totals, (7.62, 3.27, 2.18), strict=True):
            self.assertAlmostEqual(found, part)

    def test_the_whole_instalment_is_principal_and_interest(self):
        self._pay_debt(self.debts[0], 298.05, "2026-12-23")
        self._night("2026-12-24")
        row = self.agreement.instalment_ids[0]
        with self.at("2026-12-24"):
            self.assertEqual((row.paid, row.status), (298.05, "missed"))
            self._prepay(5.22, "2026-12-24")
        with self.at("2026-12-25"):
            self.assertEqual((row.paid, row.status), (303.27, "paid"))

    def test_an_instalment_matched_with_the_invoice_alone_is_paid(self):
        self._pay_debt(self.debts[0], 303.27, "2026-12-23")
        self._night("2026-12-24")
        with self.at("2026-12-24"):
            rows = self.agreement.instalment_ids
            self.assertEqual(rows[0].status, "paid")
            self.assertEqual(rows.mapped("paid"), [303.27, 0, 0, 0])
        self.assertEqual(self.agreement.missed_count, 0)

    def test_settled_early_no_more_interest_is_charged(self):
        self._night("2026-12-23")
        for debt, amount in zip(self.debts, (700, 300, 200), strict=True):
            self._pay_debt(debt, amount, "2026-12-28")
        self.assertEqual(self.agreement.state, "active")
        self._night("2027-03-24")
        self.assertEqual(sum(self._charges().mapped("amount")), 5.22)
        with self.at("2027-03-24"):
            self.company.cobranza_waive_limit = 100
            self._charges()._waive("A courtesy")
        self._night("2027-03-25")
        self.assertEqual((self.agreement.state, self.agreement.left), ("completed", 0))

    def test_settled_early_but_for_a_cent_it_bears_no_interest(self):
        for debt, amount in zip(self.debts, (699.99, 300, 200), strict=True):
            self._pay_debt(debt, amount, "2026-12-01")
        self._night("2027-03-24")
        self.assertFalse(self._charges())
        self.assertEqual(self.agreement.state, "completed")
        paper = self.agreement._write_paper("agreement_settled")
        self.assertIn("1,200.00", paper.document_body)
        self.assertNotIn("1,213.07", paper.document_body, "what was never paid")

    def test_what_a_person_reversed_is_not_charged_again(self):
        self._night("2026-12-23")
        with self.at("2026-12-23"):
            self._charges()._withdraw("Wrong")
        self._night("2026-12-24")
        self.assertFalse(self._charges())

    def test_an_insolvency_ends_it(self):
        self.debtor.insolvent_on = "2026-12-01"
        self._night("2027-03-24")
        self.assertFalse(self._charges())

    def test_late_interest_stops_where_its_own_begins(self):
        self.agreement._through_gate().requested_on = "2026-11-20"
        spans = self.debts.sudo()._covered_spans(self.debts.ids)
        self.assertEqual(str(spans[self.debts[0].id][0][0]), "2026-11-21")

    def test_the_one_that_replaces_it_ends_its_interest(self):
        action = self.agreement.action_replace()
        new = self.env["cobranza.agreement"].browse(action["res_id"])
        files = [Command.set(self.request.ids)]
        day = "2026-12-08"
        with self.at(day):
            new.write({"grounds": "Less", "first_on": "2027-01-08", "file_ids": files})
            new.write({"requested_on": day, "rate": 5.221})
            new.action_request()
            new.action_offer()
            new._sign(self.company._cobranza_today(), "hand")
        # 15 of the 30 days of 5.22
        self.assertAlmostEqual(sum(self._charges().mapped("amount")), 2.61)

    def test_waived_interest_is_paid(self):
        self._pay_debt(self.debts[0], 298.05, "2026-12-23")
        self._night("2026-12-24")
        with self.at("2026-12-24"):
            self.company.cobranza_waive_limit = 100
            self._charges()._waive("A courtesy")
            self.assertEqual(self.agreement.instalment_ids[0].status, "paid")

    def test_interest_that_was_not_earned_is_not_charged(self):
        self._night("2027-01-24")
        self.assertEqual(self.agreement.state, "breached")
        with self.at("2027-02-06"):
            self.agreement._through_gate().cure_until = "2027-02-05"
            self.agreement._upkeep(self.company._cobranza_today())
        self.assertEqual(self.agreement.state, "accelerated")
        charged = sum(self._charges().mapped("amount"))
        # two instalments, and 14 of the 31 days of 2.62
        self.assertAlmostEqual(charged, 5.22 + 3.92 + 1.18)
        with self.refuses(UserError, "cannot be done now"):
            self.agreement.action_offer()
