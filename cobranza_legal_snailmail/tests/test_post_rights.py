from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

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
