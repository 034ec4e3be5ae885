from lxml import html

from odoo.tests import tagged

from ..common.mandate import IBAN, OTHER_IBAN, MandateCommon
from ..common.portal import PortalCommon
from .test_mandate_signing import picture

GROUPED = "ES91 2100 0418 4502 0005 1332"
OUTSIDE = "BR1800360305000010009795493C1"


@tagged("post_install", "-at_install")
class TestMandateTyped(MandateCommon, PortalCommon):
    """A mandate without an account asks for it on the debtor's page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo archives accounts instead of deleting them
        cls.account.sudo().acc_number = "ES7620770024003102575766"
        cls.partner_a.write({"city": "Sevilla", "street": "Calle Sierpes 1"})
        cls.mandate = cls._mandate(bank_account_id=False)
        cls.mandate.action_request()
        cls.env.flush_all()

    @property
    def accounts(self):
        self.env.invalidate_all()
        banks = self.env["res.partner.bank"].sudo().with_context(active_test=False)
        own = banks.search([("partner_id", "=", self.partner_a.id)])
        return own - self.account

    def _ref(self):
        page = self.debtor.sudo()._portal_own()._portal_page()
        return next(iter(page.to_sign), "")

    @property
    def address(self):
        return f"{self.path}/sign/{self._ref()}"

    def _write(self, account=GROUPED, holder="Ana Pérez", **values):
        """Fill in the form as a browser does."""
        tree = html.fromstring(self._page(self.address).text)
        [token] = tree.xpath("//form//input[@name='csrf_token']/@value")
        data = {"csrf_token": token, "account": account, "holder": holder, **values}
        return self.url_open(self.address, data=data)

    def _shown(self, page):
        """The hash of the words that a page asks to sign."""
        self.assertEqual(page.status_code, 200, self._text(page))
        [props] = html.fromstring(page.text).xpath("//owl-component/@props")
        return props.partition(f"/sign/{self._ref()}/")[2].partition("/")[0]

    def _sign(self, shown, nonce="n" * 24):
        answer = self.make_jsonrpc_request(
            f"{self.address}/{shown}/{nonce}",
            {"name": "Ana Pérez", "signature": picture()},
        )
        self.env.invalidate_all()
        return answer

    def test_to_look_asks_and_changes_nothing(self):
        before = self.mandate.read()[0]
        page = self._page(self.address)
        text = self._text(page)
        self.assertIn("Before you sign", text)
        self.assertNotIn("Your signature", text)
        self.assertNotIn("portal.signature_form", page.text)
        self.env.invalidate_all()
        self.assertEqual(self.mandate.read()[0], before)
        self.assertFalse(self.accounts)

    def test_what_was_signed_shows_the_account_and_its_holder(self):
        page = self._write()
        self.assertIn(GROUPED, self._text(page))
        self.assertIn("Ana Pérez", self._text(page))
        self.assertFalse(self.accounts)  # nothing is kept before it is signed
        self.assertEqual(self.mandate.state, "requested")
        self.assertTrue(self._sign(self._shown(page)).get("force_refresh"))
        mandate, account = self.mandate, self.accounts
        self.assertEqual(mandate.state, "valid")
        self.assertEqual(mandate.bank_account_id, account)
        self.assertEqual(mandate.account_number, IBAN)
        self.assertEqual(account.acc_holder_name, "Ana Pérez")
        self.assertFalse(account.allow_out_payment)
        self.assertIn(GROUPED, mandate.document_body)
        self.assertTrue(mandate._verify_document())
        self.assertEqual(mandate.signature_ids.document_hash, mandate.document_hash)
        self.assertTrue(mandate.signed_file_id)
        said = self._plain_contact()
        self.assertIn("ES91 •••• 1332", said)
        self.assertNotIn("0418", said)

    def _plain_contact(self):
        return str(self.contacts.body)

    def test_a_wrong_number_loses_nothing_and_says_why(self):
        for number, words in (
            ("", "Please write your account number"),
            ("ES91 2100 0418 4502 0005 1333", "not a correct account number"),
            ("ES91 2100", "not a correct account number"),
            ("hello", "not a correct account number"),
            (OUTSIDE, "SEPA area"),
        ):
            with self.subTest(number):
                page = self._write(number, holder="Ana P. López")
                self.assertEqual(page.status_code, 422)
                self.assertIn(words, self._text(page))
                self.assertIn("Ana P. López", page.text)
                self.assertNotIn("portal.signature_form", page.text)
        page = self._write(holder=" ")
        self.assertEqual(page.status_code, 422)
        self.assertIn("name of the holder", self._text(page))
        self.assertIn(GROUPED, page.text)
        self.assertFalse(self.accounts)
        self.assertEqual(self.mandate.state, "requested")

    def test_the_error_is_in_the_language_of_the_debtor(self):
        if "es_ES" not in dict(self.env["res.lang"].get_installed()):
            self.skipTest("Spanish is not installed here")
        self.partner_a.lang = self.debtor.sudo().lang = "es_ES"
        self.env.flush_all()
        page = self._write("ES00")
        self.assertIn("IBAN", self._text(page))
        self.assertNotIn("correct account number", self._text(page))

    def test_small_letters_and_signs_between_are_no_fault(self):
        page = self._write("es91-2100-0418-4502-0005-1332")
        self.assertTrue(self._sign(self._shown(page)).get("force_refresh"))
        self.assertEqual(self.mandate.account_number, IBAN)

    def test_what_was_shown_before_another_account_was_written_is_not_signed(self):
        first = self._shown(self._write())
        second = self._shown(self._write("ES79 2100 0813 6101 2345 6789"))
        self.assertNotEqual(first, second)
        self.assertIn("changed", self._sign(first)["error"])
        self.assertEqual(self.mandate.state, "requested")
        self.assertTrue(self._sign(second, "m" * 24).get("force_refresh"))
        self.assertEqual(self.mandate.account_number, OTHER_IBAN)

    def test_another_browser_has_to_write_it_itself(self):
        shown, address = self._shown(self._write()), self.address
        self.opener.cookies.clear()
        self.assertTrue(self._sign(shown)["error"])
        self.assertEqual(self.mandate.state, "requested")
        again = self._shown(self._write())
        self.assertTrue(self._sign(again, "m" * 24).get("force_refresh"))
        late = self.make_jsonrpc_request(
            f"{address}/{shown}/{'o' * 24}", {"name": "Ana", "signature": picture()}
        )
        self.assertIn("not to be signed", late["error"])  # it is signed
        self.assertEqual(len(self.mandate.signature_ids), 1)

    def test_the_words_asked_for_are_not_signed_without_the_account(self):
        self.assertTrue(self._sign(self.mandate.document_hash)["error"])
        self.assertEqual(self.mandate.state, "requested")

    def test_a_text_that_changed_since_is_not_signed(self):
        shown = self._shown(self._write())
        self.mandate.action_draft()
        self.mandate.kind = "one_off"
        self.mandate.action_request()
        self.env.flush_all()
        self.assertIn("changed", self._sign(shown)["error"])
        self.assertFalse(self.accounts)

    def test_an_account_of_the_debtor_is_used_again(self):
        own = self._account(self.partner_a)
        own.sudo().write({"acc_holder_name": "Known", "active": False})
        self.env.flush_all()
        page = self._write()
        self.assertTrue(self._sign(self._shown(page)).get("force_refresh"))
        self.assertEqual(self.accounts, own)
        self.assertEqual(self.mandate.bank_account_id, own)
        self.assertEqual(own.acc_holder_name, "Known")
        # somebody archived it: a person says whether it is debited
        self.assertEqual(self.mandate.state, "suspended")
        self.assertFalse(own.active)
        self.assertIn("archived", str(self.mandate.activity_ids.mapped("note")))
        self.mandate._resume("They told us")
        self.assertEqual(self.mandate.state, "valid")
        self.assertTrue(own.active)

    def test_an_account_of_somebody_else_is_told_to_us_only(self):
        other = self._account(self.partner_b)
        self.env.flush_all()
        page = self._write()
        self.assertNotIn(self.partner_b.name, page.text)
        self.assertTrue(self._sign(self._shown(page)).get("force_refresh"))
        mine = self.accounts
        self.assertEqual(len(mine), 1)
        self.assertNotEqual(mine, other)
        notes = str(self.mandate.activity_ids.mapped("note"))
        self.assertIn(self.partner_b.name, notes)
        self.assertNotIn("0418", notes)
        # nothing is debited from it until a person has looked
        self.assertEqual(self.mandate.state, "suspended")
        self.assertEqual(self.mandate.stop_reason, "holder")
        self.assertTrue(self.mandate.signed_on)
        self.mandate._resume("They pay for each other")
        self.assertEqual(self.mandate.state, "valid")

    def test_a_holder_who_neither_owes_nor_signs_is_confirmed_by_a_person(self):
        page = self._write(holder="Zoe Ruiz")
        self.assertTrue(self._sign(self._shown(page)).get("force_refresh"))
        self.assertEqual(self.mandate.state, "suspended")
        self.assertIn("Zoe Ruiz", str(self.mandate.activity_ids.mapped("note")))

    def test_a_name_in_another_order_is_the_same(self):
        page = self._write(holder="PEREZ, ana")
        self.assertTrue(self._sign(self._shown(page)).get("force_refresh"))
        self.assertEqual(self.mandate.state, "valid")

    def test_an_account_that_the_bank_called_closed_is_refused_or_looked_at(self):
        self._returned(self.mandate)
        page = self._write()
        self.assertEqual(page.status_code, 422)
        self.assertIn("account is closed", self._text(page))
        # of another's account the debtor is told nothing
        other = self._mandate(self.partner_b, bank_account_id=False)
        self.env["cobranza.debit"].search([])._through_gate().write(
            {"debtor_id": other.debtor_id.id}
        )
        self.env.flush_all()
        page = self._write()
        self.assertTrue(self._sign(self._shown(page)).get("force_refresh"))
        self.assertEqual(self.mandate.state, "suspended")
        self.assertIn("is closed", str(self.mandate.activity_ids.mapped("note")))

    def _returned(self, mandate):
        """A debit that came back because the account was closed, of which the mandate
        was amended since."""
        codes = type(self.env["cobranza.debit.return.code"])
        self.patch(codes, "_where", lambda _self, **_wanted: {"unknown"})
        past = self._valid(bank_account_id=self._account(self.partner_a).id)
        move = self._invoice(self.today, 50, currency_id=self.euro.id)
        debit = (
            self.env["cobranza.debit"]
            .sudo()
            ._through_gate()
            .create(
                {
                    "debtor_id": mandate.debtor_id.id,
                    "mandate_id": past.id,
                    "scheme": "core",
                    "move_id": move.id,
                    "document": move.name,
                    "currency_id": self.euro.id,
                    "amount": 50,
                    "due_on": self.today,
                    "collect_on": self.today,
                    "presented_on": self.today,
                    "return_code": "unknown",
                    "state": "returned",
                }
            )
        )
        other = self._account(self.partner_a, OTHER_IBAN)
        past._amend("Closed", account=other)
        self.assertEqual(debit._account_debited(), IBAN)
        self.env.flush_all()

    def test_an_account_of_another_company_is_none_of_ours(self):
        company = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Stranger", "company_id": company.id})
        )
        self._account(stranger)
        self.env.flush_all()
        page = self._write()
        self.assertTrue(self._sign(self._shown(page)).get("force_refresh"))
        self.assertFalse(self.mandate.activity_ids.filtered("note"))

    def test_a_post_without_the_token_of_the_browser_writes_nothing(self):
        answer = self.url_open(self.address, data={"account": GROUPED, "holder": "Ana"})
        self.assertEqual(answer.status_code, 400)

    def test_with_an_account_nothing_is_asked(self):
        self.mandate.action_draft()
        self.mandate.bank_account_id = self.account
        self.mandate.action_request()
        self.env.flush_all()
        text = self._text(self._page(self.address))
        self.assertNotIn("Before you sign", text)
        self.assertIn("Your signature", text)

    def test_no_client_hands_in_an_account(self):
        forged = self.mandate.with_context(cobranza_mandate_typed=GROUPED)
        self.assertFalse(forged._written_account())
