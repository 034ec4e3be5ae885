import re
from datetime import timedelta

from lxml import html

from odoo.tests import HttpCase, new_test_user

from .charging import ChargeCommon

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class PortalCommon(ChargeCommon, HttpCase):
    """A debtor with one overdue invoice of 1000, and its page over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._cobranza_today()
        cls.due = cls.today - timedelta(days=25)
        cls.partner_a.write({"name": "Portal debtor", "lang": "en_US"})
        cls.company.write(
            {"name": "Calm Creditor", "email": "help@creditor.example.com"}
        )
        cls.move = cls._invoice(due=cls.due, invoice_date=cls.due)
        cls.env["cobranza.run"].sudo()._run_company(cls.company)
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id
        cls.debtor._task_owner().lang = "en_US"
        cls.link = cls.debtor._portal_link()
        cls.path = cls.debtor._portal_path()

    @classmethod
    def _portal_user(cls, partner, login="portal_debtor"):
        user = new_test_user(cls.env, login=login, groups="base.group_portal")
        user.partner_id.parent_id = partner
        return user

    def _page(self, path=None, **kwargs):
        return self.url_open(path or self.path, **kwargs)

    def _tree(self, response):
        return html.fromstring(response.text)

    def _text(self, response):
        text = self._tree(response).xpath("string(//body)")
        return re.sub(r"\s+", " ", text.replace("\xa0", " "))

    def _hidden(self, form, page=None):
        """The values that a browser sends with a form without being asked."""
        tree = self._tree(page or self._page())
        [node] = tree.xpath(f"//form[contains(@action, '/send/{form}#')]")
        fields = node.xpath(".//input[@type='hidden']")
        return {one.get("name"): one.get("value") for one in fields}

    def _debt_ref(self, debt=None):
        return self.debtor.sudo()._portal_ref("debt", debt or self.debt)

    def _send(self, form, files=None, path=None, hidden=None, **values):
        """A form as a browser sends it; the answer is not followed."""
        data = {**(hidden or self._hidden(form)), **values}
        files = [("files", one) for one in files or ()]
        return self.url_open(
            f"{path or self.path}/send/{form}",
            data=data,
            files=files or {"files": ("", b"")},
            allow_redirects=False,
        )

    def _dispute(self, **values):
        values = {
            "document": self._debt_ref(),
            "scope": "part",
            "amount": "250",
            "reason": "quality",
            "text": "The second box was empty",
            **values,
        }
        return self._send("dispute", **values)

    @property
    def contacts(self):
        self.env.invalidate_all()
        return self.debtor.contact_ids.filtered(
            lambda contact: contact.channel == "portal"
        )
