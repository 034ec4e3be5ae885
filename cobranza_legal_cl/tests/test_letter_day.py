from odoo.fields import Date
from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.letter_day import LetterDay

from .common import ROUND_UF, ChileCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestLetterDay(LetterDay, ChileCommon):
    """A demand leaves on a later day than it was charged: it claims the interest of its
    own day, as the page does."""

    def test_the_demand_of_a_later_day_has_the_interest_of_that_day(self):
        self._rate("2026-08-15", "2026-09-14", 20.06)
        for number in range(45):
            day = Date.add(Date.to_date("2026-08-28"), days=number)
            self._uf(Date.to_string(day), ROUND_UF)
        for partner in (self.person, self._business()):
            with self.subTest(partner.name):
                self._assert_days(partner)

    def _assert_days(self, partner):
        move = self._bill(500000, "2026-08-20", partner)
        self._run("2026-09-16")
        debt = self._debts(move)
        contact = debt.debtor_id.contact_ids[:1]
        contact._through_gate().text_purpose = "formal_demand"
        first = self._assert_letter_is_page(contact, "2026-09-17")
        with self.at("2026-09-25"):
            today = self.company._cobranza_today()
            self.env["cobranza.charge"].sudo()._assess(debt, today)
        self._assert_letter_is_page(contact, "2026-09-25")
        last = self._assert_letter_is_page(contact, "2026-10-08")
        self.assertLess(first, last)
