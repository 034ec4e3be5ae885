import base64
import io

from PIL import Image

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.portal import PortalCommon
from ..common.refusals import Refusals


def picture():
    image = io.BytesIO()
    Image.new("RGB", (200, 60), "white").save(image, "PNG")
    return base64.b64encode(image.getvalue()).decode()


@tagged("post_install", "-at_install")
class TestAgreementPage(Refusals, PortalCommon):
    """The debtor asks for an agreement on its page, reads it, signs it, follows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["cobranza.agreement.policy"].create(
            {"name": "Terms", "company_id": cls.company.id, "valid_from": "2020-01-01"}
        )

    def _offered(self):
        agreement = self.env["cobranza.agreement"].create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": [Command.set(self.debt.ids)],
                "requested_by": "page",
                "grounds": "Paid late myself",
                "count": 4,
                "working_day": "same",
            }
        )
        agreement.action_request()
        agreement.action_offer()
        self.env.flush_all()
        return agreement

    def _ref(self):
        page = self.debtor.sudo()._portal_own()._portal_page()
        return next(iter(page.to_sign), "")

    def _post(self, agreement, nonce="n" * 24, shown=None, ref=None, **values):
        shown, ref = shown or agreement.document_hash, ref or self._ref()
        answer = self.make_jsonrpc_request(
            f"{self.path}/sign/{ref}/{shown}/{nonce}",
            {"name": "Ana Pérez", "signature": picture(), **values},
        )
        self.env.invalidate_all()
        return answer

    def test_a_request_on_the_page_is_a_draft_with_its_contact(self):
        for _twice in range(2):
            self._send("plan", proposal="250 a month", text="I lost my job")
        self.env.invalidate_all()
        agreement = self.debtor.agreement_ids
        self.assertEqual(len(agreement), 1, "asked twice, one draft")
        self.assertEqual((agreement.state, agreement.requested_by), ("draft", "page"))
        self.assertEqual(agreement.grounds, "I lost my job")
        self.assertEqual(agreement.proposal, "250 a month")
        self.assertEqual(agreement.debt_ids, self.debt)
        self.assertIn("250 a month", agreement.contact_id.body)
        self.assertEqual(agreement.user_id, self.debtor._task_owner())

    def test_looking_changes_nothing(self):
        agreement = self._offered()
        before = agreement.read()[0]
        self.assertIn("To sign", self._text(self._page()))
        sign = self._page(f"{self.path}/sign/{self._ref()}")
        self.assertIn("acknowledges that it owes", self._text(sign))
        self.env.invalidate_all()
        self.assertEqual(agreement.read()[0], before)

    def test_signed_on_the_page_it_runs_and_is_shown(self):
        agreement = self._offered()
        answer = self._post(agreement)
        self.assertTrue(answer["force_refresh"], answer)
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.signed_method, "page")
        self.assertEqual(agreement.signature_ids.name, "Ana Pérez")
        self.assertTrue(agreement.signed_file_id)
        text = self._text(self._page())
        self.assertIn(f"Your payment agreement {agreement.name}", text)
        self.assertIn("In an agreement", text)
        self.assertNotIn("To sign", text)
        self.assertTrue(self._post(agreement, ref="gone")["force_refresh"])
        self.assertEqual(len(agreement.signature_ids), 1)

    def test_other_words_or_other_sums_are_not_signed(self):
        agreement = self._offered()
        shown = agreement.document_hash
        agreement.action_draft()
        agreement.count = 2
        agreement.action_request()
        agreement.action_offer()
        self.env.flush_all()
        self.assertIn("changed", self._post(agreement, shown=shown)["error"])
        self.assertEqual(agreement.state, "offered")
        self._register_payment(self.move, amount=100)
        self.env.flush_all()
        self.assertFalse(self._ref(), "it is not to be signed any more")
        with self.refuses(UserError, "is open now"):
            agreement._sign(self.today, "page")
        self.assertFalse(agreement.signature_ids)
