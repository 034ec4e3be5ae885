from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.cobranza_legal.tests.common.contact import MONDAY

from .post_common import PostCommon


@tagged("post_install", "-at_install")
class TestPostRights(PostCommon):
    """Who sees the letters that debtors get through Odoo's post."""

    def test_employees_see_the_letters_of_no_debtor(self):
        letter = self._printed()
        with self._post():
            self._press(letter)
        post = letter.snailmail_letter_ids
        other = self.env["snailmail.letter"].create(
            {
                "model": "res.partner",
                "res_id": self.partner_b.id,
                "partner_id": self.partner_b.id,
            }
        )
        employee = new_test_user(self.env, "post_employee", "base.group_user")
        self.assertTrue(post.with_user(self.collector).attachment_datas)
        seen = self.env["snailmail.letter"].with_user(employee)
        self.assertEqual(seen.search([("id", "in", (post | other).ids)]), other)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            post.with_user(employee).read(["attachment_datas"])

    def test_only_collectors_post(self):
        letter = self._printed()
        approver = self._role("approver")
        with self._post() as sink, self.assertRaises(AccessError):
            letter.with_user(approver).action_post_through_odoo()
        self.assertFalse(sink.asked)

    def test_letters_to_debtors_are_made_by_their_contacts_only(self):
        letter = self._printed()
        debtor = letter.debtor_id
        letters = self.env["snailmail.letter"].with_user(self.collector)
        stranger = self._books_only()
        stranger.group_ids |= self.env.ref("base.group_partner_manager")
        for model, res_id in (
            ("cobranza.debtor", debtor.id),
            ("res.partner", self.partner_a.id),
        ):
            vals = {"model": model, "res_id": res_id, "partner_id": self.partner_a.id}
            with self.clock(f"{MONDAY} 12:00:00"):
                with self.assertRaisesRegex(UserError, "from its contacts only"):
                    letters.create({**vals, "cobranza_contact_id": letter.id})
                with self.assertRaisesRegex(UserError, "from its contacts only"):
                    letters.create(vals)
        with self.clock(f"{MONDAY} 12:00:00"):
            self.assertTrue(letters.with_user(stranger).create(vals))
