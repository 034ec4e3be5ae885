from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.letter_day import LetterDay

from .common import SERNAC_UF, ChileCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestLetterDay(LetterDay, ChileCommon):
    """A demand leaves on a later day than it was charged: it claims the interest of its
    own day, as the page does."""

    def test_the_demand_of_a_later_day_has_the_interest_of_that_day(self):
        self._rate("2018-11-01", "2019-12-31", 24)
        for day in ("2018-12-05", "2018-12-20", "2019-01-10"):
            self._uf(day, SERNAC_UF)
        move = self._bill(500000, "2018-11-10")
        self._run("2018-12-01")
        debt = self._debts(move)
        contact = debt.debtor_id.contact_ids[:1]
        contact._through_gate().text_purpose = "formal_demand"
        first = self._assert_letter_is_page(contact, "2018-12-05")
        with self.at("2018-12-20"):
            today = self.company._cobranza_today()
            self.env["cobranza.charge"].sudo()._assess(debt, today)
        self._assert_letter_is_page(contact, "2018-12-20")
        last = self._assert_letter_is_page(contact, "2019-01-10")
        self.assertLess(first, last)
