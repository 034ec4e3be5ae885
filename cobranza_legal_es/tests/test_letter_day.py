from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.letter_day import LetterDay

from .common import SpainCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestLetterDay(LetterDay, SpainCommon):
    """A demand leaves on a later day than it was charged: it claims the interest of its
    own day, as the page does."""

    def _demand(self, partner):
        move = self._invoice(partner=partner, amount=3000, due="2026-07-05")
        debt = self._follow(move, "2026-10-12")
        self._inform(debt.debtor_id, "2026-06-01")
        contact = debt.debtor_id.contact_ids[:1]
        contact._through_gate().text_purpose = "formal_demand"
        return contact, debt

    def test_the_demand_of_a_later_day_has_the_interest_of_that_day(self):
        for partner in (self.client, self.student, self.council):
            with self.subTest(partner.name):
                contact, debt = self._demand(partner)
                first = self._assert_letter_is_page(contact, "2026-10-13")
                with self.at("2026-10-20"):
                    today = self.company._cobranza_today()
                    self.env["cobranza.charge"].sudo()._assess(debt, today)
                self._assert_letter_is_page(contact, "2026-10-20")
                last = self._assert_letter_is_page(contact, "2026-11-05")
                grows = partner != self.student
                (self.assertLess if grows else self.assertLessEqual)(first, last)

    def test_a_payment_before_it_leaves_is_taken_off(self):
        contact, debt = self._demand(self.client)
        before = self._assert_letter_is_page(contact, "2026-10-20")
        self._pay(debt.move_id, 1000, "2026-10-21")
        after = self._assert_letter_is_page(contact, "2026-10-22")
        self.assertLess(after, before - 900)
