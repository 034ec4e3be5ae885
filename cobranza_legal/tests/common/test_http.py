from odoo.tests import HttpCase, tagged

from .base import FrozenCase


@tagged("post_install", "-at_install")
class TestHttp(FrozenCase, HttpCase):
    def test_the_login_page_answers(self):
        self.assertEqual(self.url_open("/web/login").status_code, 200)
