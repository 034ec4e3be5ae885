import base64

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...models.rules.charge import RecoverableCost
from ..common.charging import ChargeCommon
from ..common.contact import MONDAY
from ..common.paper import PaperCommon

RECEIPT = base64.b64encode(b"receipt of the post office")


@tagged("post_install", "-at_install")
class TestPosting(PaperCommon, ChargeCommon):
    """Letters go to the carrier with number, price and receipt."""

    def _two(self):
        one = self._letter()
        return one | self._letter(self._invoice(partner=self.partner_b))

    def test_a_batch_is_posted_from_one_grid(self):
        letters = self._print(self._two())
        self._posting(letters, voucher=RECEIPT)
        self.assertEqual(set(letters.mapped("state")), {"sent"})
        self.assertEqual(
            letters.mapped("tracking_number"), [f"CD{one.id}" for one in letters]
        )
        self.assertEqual(letters.provider_id, self.provider)
        self.assertEqual(str(letters[0].posted_on), MONDAY)
        costs = letters.cost_id
        self.assertEqual(len(costs), 2)
        self.assertEqual(set(costs.mapped("amount")), {6.5})
        self.assertEqual(set(costs.mapped("kind")), {"certified_letter"})
        for letter in letters:
            self.assertEqual(letter.cost_id.debt_ids, letter.line_ids.debt_id)
        proofs = costs.attachment_ids
        self.assertEqual(len(proofs), 2)
        self.assertEqual(set(proofs.mapped("raw")), {b"receipt of the post office"})

    def test_without_a_receipt_the_price_is_kept_and_no_cost_is_proven(self):
        letter = self._posted()
        self.assertEqual((letter.price, letter.cost_id.id), (6.5, False))
        with self.clock("2026-11-27 12:00:00"):
            action = letter.action_add_voucher()
            wizard = self.env[action["res_model"]].with_user(self.collector)
            wizard = wizard.with_context(**action["context"])
            wizard.create({"file": RECEIPT, "filename": "late.pdf"}).action_confirm()
        self.assertEqual(letter.cost_id.amount, 6.5)
        self.assertEqual(str(letter.cost_id.day), MONDAY)
        with self.assertRaises(UserError):
            letter.action_add_voucher()

    def test_the_carrier_is_the_last_one_by_this_channel_and_the_price_is_typed(self):
        self.env["cobranza.provider"].create({"name": "Courier"})
        first = self._print(self._letter(self._invoice(partner=self.partner_b)))
        with self.clock(f"{MONDAY} 14:00:00"):
            wizard = self.env["cobranza.posting"].with_user(self.collector)
            form = Form(wizard.with_context(default_contact_ids=first.ids))
            self.assertFalse(form.provider_id)
        self._posting(first, provider_id=self.provider)
        letter = self._print(self._letter())
        with self.clock(f"{MONDAY} 14:00:00"):
            wizard = self.env["cobranza.posting"].with_user(self.collector)
            form = Form(wizard.with_context(default_contact_ids=letter.ids))
            self.assertEqual(form.provider_id, self.provider)
            with form.line_ids.edit(0) as line:
                self.assertEqual(line.price, 0)
                line.price = 7.25
            form.voucher = RECEIPT
            form.save().action_confirm()
        self.assertEqual(letter.cost_id.amount, 7.25)

    def test_two_letters_never_share_a_number(self):
        first = self._posted()
        second = self._print(self._letter(self._invoice(partner=self.partner_b)))
        number = first.tracking_number.lower().replace("cd", "cd ")
        with self.assertRaisesRegex(UserError, "tracking number"):
            self._posting(second, numbers={second.id: number})
        self.assertEqual(second.state, "planned")

    def test_a_letter_is_posted_after_it_was_printed_and_not_tomorrow(self):
        letter = self._print(self._letter())
        for moment in (f"{MONDAY} 12:59:00", "2026-11-24 14:00:00"):
            with self.assertRaisesRegex(UserError, "after it was printed"):
                self._posting(letter, posted_at=moment)

    def test_who_paid_meanwhile_gets_no_letter(self):
        letter = self._print(self._letter())
        invoice = letter.line_ids.debt_id.move_id
        self._register_payment(invoice.with_user(self.env.user), amount=10)
        with self.assertRaises(UserError):
            self._posting(letter)

    def test_the_debtor_is_charged_only_where_the_law_lets(self):
        letter = self._print(self._letter())
        self._posting(letter, voucher=RECEIPT)
        debt = letter.line_ids.debt_id.with_user(self.env.user)
        for allowed, expected in ((False, []), (True, [6.5])):
            costs = RecoverableCost(allowed, article="Law 2 art. 8")
            with self.law(costs=costs):
                self._assess_on("2026-11-30", debt)
            self.assertEqual(debt.charge_ids.mapped("amount"), expected)
        self.assertIn("Law 2 art. 8", debt.charge_ids.article)

    def test_the_carriers_page_is_opened_with_the_number(self):
        self.provider.tracking_url = "https://post.example.com/{number}"
        letter = self._posted()
        expected = f"https://post.example.com/CD{letter.id}"
        self.assertEqual(letter.action_follow()["url"], expected)
        self.provider.tracking_url = "javascript:alert(1)//{number}"
        self.assertFalse(letter.tracking_url)
