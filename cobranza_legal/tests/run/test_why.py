from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import format_amount, format_date

from ...kernel.dunning import REASONS
from ...models.run import why as cobranza_why
from ..common.base import CobranzaCommon


@tagged("post_install", "-at_install")
class TestWhy(CobranzaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice()
        cls._run("2026-10-25")
        cls.debtor = cls.partner_a.cobranza_debtor_ids
        cls.debt = cls.debtor.debt_ids

    def _why(self, record=None, name="why", day="2026-10-26"):
        record = record or self.debt
        with self.at(day):
            record.invalidate_recordset([name])
            return record[name]

    def test_a_debt_says_its_policy_its_level_and_the_next_act(self):
        why = self._why()
        self.assertIn("Entered the policy", why)
        self.assertIn("Test policy · Default of the company", why)
        self.assertIn("1 of 3, Day 5", why)
        self.assertIn("Day 15 (", why)

    def test_a_planned_contact_says_what_it_waits_for(self):
        self.assertIn("Proposal: waits for release", self._why())

    def test_a_hold_says_who_put_it_why_and_until_when(self):
        with self.at("2026-10-26"):
            self.env["cobranza.hold"].create(
                {
                    "debtor_id": self.debtor.id,
                    "reason": "says_paid",
                    "note": "Bank slip by e-mail",
                    "date_to": "2026-11-02",
                }
            )
        self._run("2026-10-26")
        why = self._why()
        self.assertIn("On hold", why)
        self.assertIn("The debtor says it is paid", why)
        self.assertIn(self.env.user.name, why)
        self.assertIn(format_date(self.env, "2026-11-02"), why)
        self.assertIn("Bank slip by e-mail", why)

    def test_a_situation_says_since_when(self):
        self.debtor.insolvent_on = "2026-10-20"
        self._run("2026-10-26")
        why = self._why()
        self.assertIn("Insolvency proceedings", why)
        self.assertIn(f"Since {format_date(self.env, '2026-10-20')}", why)

    def test_what_stops_a_debt_is_told_with_its_rule_and_its_article(self):
        self.debtor.insolvent_on = "2026-10-20"
        self.debtor.represented_on = "2026-10-21"
        self._run("2026-10-26")
        why = self._why()
        self.assertIn("nobody may press for payment", why)
        self.assertIn("only the lawyer is contacted", why)
        self.assertNotIn("Act 1, s. 2", why)
        laws = {"insolvent": "Act 1, s. 2"}
        rules = type(self.env["cobranza.rules"])
        with patch.object(rules, "_reason_articles", return_value=laws) as asked:
            self.assertEqual(self._why().count("Act 1, s. 2"), 1)
        self.assertEqual(asked.call_args.args[0], self.debtor.regime)

    def test_every_reason_of_the_engine_has_its_rule_in_words(self):
        reasons = self.env["cobranza.decision.reason"]
        self.assertLessEqual({one.value for one in REASONS}, set(reasons._by_code()))
        for code in reasons._by_code():
            self.assertTrue(reasons._sentence(code), code)

    def test_a_dispute_and_a_promise_are_shown_with_their_amounts(self):
        with self.at("2026-10-26"):
            self.env["cobranza.dispute"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_id": self.debt.id,
                    "reason": "price",
                }
            )
        self._run("2026-10-26")
        self.assertIn("Price or terms differ", self._why())
        self.env["cobranza.dispute"].search([])._answer("rejected", "No proof")
        with self.at("2026-10-27"):
            self.env["cobranza.promise"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_ids": self.debt.ids,
                    "amount": 400,
                    "promised_on": "2026-10-30",
                }
            )
        self._run("2026-10-27")
        amount = format_amount(self.env, 400, self.debt.currency_id)
        self.assertIn(amount, self._why(day="2026-10-27"))

    def test_something_that_changed_since_is_told(self):
        self.assertNotIn("Something has changed", self._why())
        self.debtor._redecide_later()
        self.assertIn("Something has changed", self._why())

    def test_debtor_and_document_show_the_same_words(self):
        self.assertIn("Test policy", self._why(self.debtor))
        self.assertIn("(20 days late)", self._why(self.debtor))
        self.assertIn("Test policy", self._why(self.invoice, "cobranza_why"))

    def test_a_document_that_is_not_followed_says_so(self):
        fresh = self._invoice(due="2027-01-01")
        self.assertIn("Not followed", self._why(fresh, "cobranza_why"))

    def test_of_many_debts_the_first_are_explained_and_the_others_counted(self):
        self._invoice(due="2026-10-06")
        self._run("2026-10-25")
        with patch.object(cobranza_why, "SHOWN", 1):
            why = self._why(self.debtor)
        first, second = self.debtor.open_debt_ids
        self.assertIn(first.document, why)
        self.assertNotIn(second.document, why)
        self.assertIn("And 1 more", why)
        self.assertNotIn(" more:", self._why(self.debtor))

    def test_channels_are_looked_up_once_for_each_language(self):
        channels = self.env["cobranza.channel"]
        channels._choices()
        before = self.env.cr.sql_log_count
        with patch.object(type(self.env["ir.model"]), "_get") as looked_up:
            self.assertIn("email", dict(channels._choices()))
        looked_up.assert_not_called()
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_more_debts_ask_the_database_no_more_often(self):
        for _number in range(5):
            self._invoice()
        self._run("2026-10-26")
        debts = self.debtor.debt_ids
        with self.at("2026-10-26"):
            one = self._count(debts[:1])
            many = self._count(debts)
        self.assertLessEqual(many, one + 2)

    def _count(self, debts):
        self.env.flush_all()
        self.env.invalidate_all()
        debts = debts.browse(debts.ids)
        before = self.env.cr.sql_log_count
        self.assertTrue(all(debts.mapped("why")))
        return self.env.cr.sql_log_count - before
