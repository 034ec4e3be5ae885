from datetime import timedelta
from unittest.mock import patch

from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import format_date, html2plaintext

from ...models.mandate.method import masked
from ..common.mandate import IBAN, OTHER_IBAN, MandateCommon
from ..common.portal import PortalCommon
from .test_debit import ReturnCommon

MASKED = "ES91 •••• 1332"
CREDITOR = "ES80 2310 0001 1800 0001 2345"


@tagged("post_install", "-at_install")
class TestPaymentMethod(ReturnCommon):
    """What letters, documents and the page say of how an invoice is paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        (cls.partner_a | cls.partner_b).lang = "en_US"
        cls.company.cobranza_bank_account_id = cls._account(
            cls.company.partner_id, CREDITOR
        )
        cls.debtor = cls.mandate.debtor_id
        cls.debtor.sudo().write({"regime": "company", "lang": "en_US"})
        cls.guarantor = cls.env["res.partner"].create(
            {"name": "Grandmother", "lang": "en_US"}
        )
        cls.payer = cls.env["res.partner"].create({"name": "Uncle", "lang": "en_US"})
        cls.env["cobranza.obligor"].create(
            {
                "debtor_id": cls.debtor.id,
                "partner_id": cls.guarantor.id,
                "capacity": "guarantor",
                "since": False,
            }
        )
        cls.debtor.sudo().write({"payer_id": cls.payer.id})

    def _letter(self, *moves, purpose="reminder", body=None, recipient=None):
        """The words of a letter that claims invoices, with a place for the method."""
        body = body or "<p>{{ total }}</p>{{ debts_table }}{{ payment_method? }}"
        text = self.env["cobranza.text"].create(
            {
                "name": purpose,
                "purpose": purpose,
                "lang": "en_US",
                "subject": "Letter",
                "body": body,
            }
        )
        text.action_approve()
        debts = self.env["cobranza.debt"]
        for move in moves:
            debts |= debts.sudo()._of_lines(move.line_ids) or self._opened(move)
        level = self.policy.level_ids[:1]
        contact = (
            self.env["cobranza.contact"]
            .sudo()
            ._through_gate()
            .create(
                {
                    "company_id": self.company.id,
                    "debtor_id": self.debtor.id,
                    "currency_id": self.euro.id,
                    "channel": "email",
                    "text_purpose": purpose,
                    "recipient_id": (recipient or self.partner_a).id,
                    "recipient_chosen": True,
                    "address": "x@example.com",
                    "state": "planned",
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "debt_id": debt.id,
                                "level_id": level.id,
                                "level": 1,
                                "episode": 1,
                                "amount": debt.amount_residual_currency,
                                "is_step": False,
                            },
                        )
                        for debt in debts
                    ],
                }
            )
        )
        contact.amount = sum(contact.line_ids.mapped("amount"))
        return self._plain(contact._render()["body"])

    def _opened(self, move):
        line = move.line_ids.filtered(lambda one: one.display_type == "payment_term")
        return (
            self.env["cobranza.debt"].sudo()._open_from(line, move.partner_id, 1).sudo()
        )

    @staticmethod
    def _plain(body):
        return " ".join(html2plaintext(Markup(body)).replace("\xa0", " ").split())

    def test_of_an_account_the_ends_are_shown_and_of_a_short_one_the_last(self):
        self.assertEqual(masked("ES91 2100 0418 4502 0005 1332"), MASKED)
        self.assertEqual(masked("00-0123456-02"), "•••• 6-02")
        self.assertEqual(masked("00012345602"), "•••• 5602")
        self.assertEqual(masked("123456"), "••3456")
        self.assertEqual(masked(None), "")

    # -- letters -----------------------------------------------------------------------

    def test_what_will_be_debited_is_said_with_amount_account_and_day(self):
        move = self._bill()
        with self.at("2026-11-23"):
            batch = self._batch()
            batch.debit_ids._tell(self._day("2026-11-23"))
            said = self._letter(move)
        self.assertIn("500.00", said)
        self.assertIn(f"will be charged to your account {MASKED} on 12/23/2026", said)
        self.assertIn("You need not make any transfer", said)
        self.assertIn("Direct debit on 12/23/2026", said)
        self.assertNotIn(CREDITOR, said)
        self.assertNotIn(IBAN, said.replace(" ", ""))

    def test_a_valid_mandate_without_debit_is_the_method_until_it_is_due(self):
        move = self._bill()
        with self.at("2026-12-23"):
            said = self._letter(move)
        self.assertIn(f"paid by direct debit from your account {MASKED}", said)
        self.assertNotIn(CREDITOR, said)
        with self.at("2026-12-24"):
            said = self._letter(move)
        self.assertNotIn("direct debit", said)
        self.assertIn(CREDITOR, said)

    def test_while_a_legal_value_lacks_it_is_paid_by_transfer(self):
        move = self._bill()
        company = type(self.company)
        lacking = patch.object(
            company, "_cobranza_mandate_schemes", side_effect=UserError("lacks")
        )
        with self.at("2026-12-20"), lacking:
            self.assertIn(CREDITOR, self._letter(move))
        with self.at("2026-11-23"):
            self.assertEqual(self._batch().debit_ids.state, "planned")
        with self.at("2026-12-20"), lacking:
            self.assertIn(CREDITOR, self._letter(move))

    def test_without_a_mandate_it_is_as_ever(self):
        with self.at("2026-12-28"):
            move = self._bill()
            self.mandate._stop("revoked", "debtor", "")
            said = self._letter(move)
        self.assertNotIn("debit", said.lower())
        self.assertIn(CREDITOR, said)
        self.assertIn("Details for the transfer:", said)

    def test_what_came_back_is_asked_for_by_transfer_without_its_reason(self):
        move = self._bill()
        debit = self._presented(move)
        with self.at("2026-12-28"):
            debit._come_back("T_AGAIN", self._day("2026-12-28"))
            debit.search([("state", "=", "planned")])._take_out("x")
            said = self._letter(move)
        label = self.env["cobranza.debit.return.code"]._label("T_AGAIN")
        self.assertIn("was returned by the bank. Please pay it by transfer.", said)
        self.assertIn(CREDITOR, said)
        self.assertIn("Details for the transfer:", said)
        self.assertNotIn(label, said)

    def test_the_second_presentation_is_told_with_its_day(self):
        move = self._bill()
        debit = self._presented(move)
        with self.at("2026-12-24"):
            debit._come_back("T_AGAIN", self._day("2026-12-24"))
            again = debit.search([("state", "=", "planned")])
            said = self._letter(move)
        self.assertTrue(again)
        self.assertIn("will be charged to your account", said)
        self.assertNotIn(CREDITOR, said)

    def test_what_is_left_is_asked_for_with_its_amount(self):
        one, other = self._bill(), self._bill(amount=120)
        other.cobranza_no_debit = True
        with self.at("2026-12-20"):
            said = self._letter(one, other)
        self.assertIn(f"{one.name}: paid by direct debit", said)
        self.assertRegex(said, r"transfer of the rest, €?\s?120\.00\s?€?:")

    def test_a_text_with_its_own_words_for_a_transfer_is_not_contradicted(self):
        move = self._bill()
        body = "<p>{{ total }} to {{ iban }}</p>{{ debts_table }}"
        with self.at("2026-12-20"):
            said = self._letter(move, body=body)
        self.assertNotIn("direct debit", said)
        debit = self._presented(move)
        with self.at("2026-12-28"):
            debit._come_back("T_AGAIN", self._day("2026-12-28"))
            debit.search([("state", "=", "planned")])._take_out("x")
            said = self._letter(move, body=body, purpose="formal_demand")
        self.assertIn("was returned by the bank", said)

    def test_third_persons_learn_nothing_of_the_bank(self):
        move = self._bill()
        with self.at("2026-11-23"):
            self._batch().debit_ids._tell(self._day("2026-11-23"))
            for person in self.guarantor, self.payer:
                with self.subTest(person.name):
                    said = self._letter(move, recipient=person)
                    self.assertNotIn("ES91", said)
                    self.assertNotIn("1332", said)
            self.assertIn("will be collected by direct debit on 12/23/2026", said)
        debit = self.env["cobranza.debit"].search([("move_id", "=", move.id)])
        with self.at("2026-12-22"):
            debit.batch_id.action_present()
        with self.at("2026-12-28"):
            debit._come_back("T_AGAIN", self._day("2026-12-28"))
            debit.search([("state", "=", "planned")])._take_out("x")
            for person in self.guarantor, self.payer:
                with self.subTest(person.name):
                    said = self._letter(move, recipient=person)
                    self.assertNotIn("returned", said)
                    self.assertIn(CREDITOR, said)

    def test_an_account_of_the_payer_is_told_to_the_payer_only(self):
        self.mandate._stop("revoked", "debtor", "")
        self._account(self.payer, OTHER_IBAN)
        self._valid(bank_account_id=self.payer.bank_ids.id)
        with self.at("2026-12-20"):
            move = self._bill()
            own = self._letter(move)
            payers = self._letter(move, recipient=self.payer)
        self.assertIn("paid by direct debit.", own)
        self.assertNotIn("6789", own)
        self.assertIn("ES79 •••• 6789", payers)

    def test_with_the_switch_off_it_is_as_ever_and_the_texts_hold(self):
        with self.at("2026-12-28"):
            move = self._bill()
            self._switch(False)
            body = "<p>{{ debit_total? }}</p>{{ debts_table }}{{ payment_method }}"
            said = self._letter(move, body=body)
        self.assertIn(CREDITOR, said)
        self.assertNotIn("debit", said.lower())

    def test_our_own_error_asks_for_nothing(self):
        move = self._bill()
        debit = self._presented(move)
        with self.at("2026-12-28"):
            debit._come_back("T_ERROR", self._day("2026-12-28"))
            said = self._letter(move)
        self.assertIn("by an error of ours", said)
        self.assertNotIn(CREDITOR, said)

    # -- the page and the statements ---------------------------------------------------

    def test_the_page_says_it_before_the_invoice_is_due_and_asks_for_no_transfer(self):
        move = self._bill()
        overdue = self._bill(due="2026-11-21", amount=80)
        with self.at("2026-11-23"):
            self._batch().debit_ids.filtered(lambda one: one.move_id == move)._tell(
                self._day("2026-11-23")
            )
            page = self.debtor.sudo()._portal_own()._portal_page()
            [section] = page.sections
            words = " ".join(section.methods.words)
        self.assertIn(f"will be charged to your account {MASKED}", words)
        self.assertIn(overdue.name, words)
        self.assertEqual(section.pay, 80)
        self.assertEqual(section.transfer, 0)
        self.assertFalse(section.code)
        [later] = section.later
        self.assertEqual(later.note, "Direct debit on 12/23/2026")

    def test_the_statements_say_it_and_ask_for_the_rest(self):
        move, other = self._bill(), self._bill(amount=120)
        other.cobranza_no_debit = True
        self._presented(move)
        with self.at("2026-12-28"):
            self._opened(move), self._opened(other)
            said, own, left, total = self._statements()
        for words in (said, own):
            self.assertIn(f"charged to your account {MASKED}", words)
        self.assertGreaterEqual(total - left, 500)
        self.assertGreaterEqual(left, 120)

    def _statements(self):
        """(words of the account statement, of the statement of debt, what is to be
        transferred by it, its total)."""
        report = self.env["ir.actions.report"]
        content, _kind = report._render_qweb_html(
            "cobranza_legal.statement", self.debtor.ids
        )
        doc = self.env["cobranza.debt.statement"].create({"debtor_id": self.debtor.id})
        paper, _kind = report._render_qweb_html(
            "cobranza_legal.debt_statement", doc.ids
        )
        [section] = doc._position().sections
        left = doc._transfer(section, doc._methods(section))
        said = self._plain(content.decode()), self._plain(paper.decode())
        return *said, left, section.total

    def _portal_section(self):
        [section] = self.debtor.sudo()._portal_own()._portal_page().sections
        return section

    def test_what_may_have_been_paid_is_not_asked_for_while_the_bank_is_old(self):
        self.company.cobranza_bank_guard_days = 5
        move = self._bill()
        debit = self._presented(move)
        self.assertEqual(str(debit.return_until), "2026-12-31")
        self._bank("2026-12-23")
        with self.at("2026-12-28"):
            self._opened(move)
        with self.at("2027-01-05"):
            said, own, left, _total = self._statements()
            letter = self._letter(move)
            section = self._portal_section()
        for words in (said, own, letter):
            self.assertIn(f"charged to your account {MASKED}", words)
        self.assertNotIn(CREDITOR, letter)
        self.assertEqual(left, 0)
        self.assertEqual(section.transfer, 0)
        self.assertFalse(section.code)
        [row] = section.due
        self.assertEqual(row.frozen, "debit_silent")
        self._bank("2027-01-05")
        with self.at("2027-01-05"):
            said, own, left, total = self._statements()
            section = self._portal_section()
        for words in (said, own):
            self.assertNotIn("charged to your account", words)
        self.assertEqual(left, total)
        self.assertEqual(section.transfer, section.pay)
        self.assertGreaterEqual(section.pay, 500)

    def _bank(self, day):
        journal = self.company_data["default_journal_bank"]
        with self.at(day):
            self.env["account.bank.statement.line"].create(
                {"journal_id": journal.id, "date": day, "payment_ref": "x", "amount": 7}
            )

    def test_switched_off_what_is_with_the_bank_is_not_asked_for(self):
        move = self._bill()
        other = self._bill(due="2027-01-20", amount=120)
        self._presented(move)
        with self.at("2026-12-28"):
            self._opened(move)
            self._switch(False)
            said, own, left, _total = self._statements()
            section = self._portal_section()
        for words in (said, own):
            self.assertIn(f"charged to your account {MASKED}", words)
            self.assertNotIn("paid by direct debit", words)
        self.assertEqual(left, 120)  # it is to be transferred as ever
        self.assertEqual(section.transfer, 0)
        lines = (move | other).line_ids.filtered(
            lambda one: one.display_type == "payment_term"
        )
        with self.at("2026-12-28"):
            methods = self.debtor.sudo()._payment_methods(lines)
        self.assertEqual(len(methods.found), 1)
        with self.at("2027-01-04"):
            self.assertFalse(self.debtor.sudo()._payment_methods(lines))

    def test_a_statement_for_somebody_else_says_what_it_may_know(self):
        move = self._bill()
        self._presented(move)
        with self.at("2026-12-28"):
            self._opened(move)
            report = self.env["ir.actions.report"].with_context(
                cobranza_reader=self.guarantor.id
            )
            content, _kind = report._render_qweb_html(
                "cobranza_legal.statement", self.debtor.ids
            )
        self.assertNotIn("direct debit", self._plain(content.decode()).lower())

    def test_many_items_take_no_more_queries(self):
        def read(moves):
            self.env.invalidate_all()
            self.env.flush_all()
            lines = moves.line_ids.filtered(
                lambda one: one.display_type == "payment_term"
            )
            debtor = self.debtor.sudo()
            debtor._payment_methods(lines)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            debtor._payment_methods(lines)
            return self.env.cr.sql_log_count - before

        with self.at("2026-12-20"):
            few = self._bill()
            many = few
            for _one in range(8):
                many |= self._bill()
            for move in many:
                self._opened(move)
            self.assertLessEqual(read(many), read(few) + 1)

    def test_who_sees_a_part_of_the_debtor_learns_nothing(self):
        move = self._bill()
        lines = move.line_ids.filtered(lambda one: one.display_type == "payment_term")
        lawyer = self._role("lawyer")
        with self.at("2026-12-20"):
            self.assertTrue(self.debtor._payment_methods(lines))
            self.assertFalse(self.debtor.with_user(lawyer)._payment_methods(lines))


@tagged("post_install", "-at_install")
class TestPaymentMethodPage(MandateCommon, PortalCommon):
    """The debtor reads on its page how its invoices are paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.with_company(cls.company).cobranza_direct_debit = True
        cls.mandate = cls._valid(signed=str(cls.today))
        cls.bill = cls._invoice(
            cls.today + timedelta(days=30),
            500,
            currency_id=cls.euro.id,
            invoice_date=cls.today,
        )
        cls.env.flush_all()

    def test_the_page_says_amount_account_and_day(self):
        batch = self.env["cobranza.debit.batch"].create(
            {"scheme": "core", "due_until": self.today + timedelta(days=60)}
        )
        batch.action_fill()
        debit = batch.debit_ids
        debit._tell(self.today)
        self.env.flush_all()
        self.env.invalidate_all()
        before = debit.read()[0]
        text = self._text(self._page())
        day = format_date(self.env, debit.collect_on, lang_code="en_US")
        self.assertIn(f"will be charged to your account {MASKED} on {day}", text)
        self.assertIn(f"Direct debit on {day}", text)
        self.assertIn("You need not make any transfer", text)
        self.assertNotIn("0418", text)
        self.env.invalidate_all()
        self.assertEqual(debit.read()[0], before)

    def test_before_a_debit_it_says_the_method_and_with_the_switch_off_nothing(self):
        text = self._text(self._page())
        self.assertIn(f"paid by direct debit from your account {MASKED}", text)
        self._switch(False)
        self.env.flush_all()
        text = self._text(self._page())
        self.assertNotIn("direct debit", text)
        self.assertIn(self.bill.name, text)
