from odoo import fields
from odoo.tests import tagged

from .common import SpainCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPaymentTerm(SpainCommon):
    def test_invoices_fall_due_on_the_next_fifth(self):
        term = self.env.ref("cobranza_legal_es.payment_term_day_5")
        for issued, due in (
            ("2026-09-01", "2026-09-05"),
            ("2026-09-05", "2026-09-05"),
            ("2026-09-06", "2026-10-05"),
            ("2026-09-30", "2026-10-05"),
            ("2026-12-31", "2027-01-05"),
            ("2026-03-01", "2026-03-05"),
            ("2028-02-29", "2028-03-05"),
        ):
            move = self._invoice(
                partner=self.student,
                invoice_date=issued,
                due=False,
                invoice_payment_term_id=term.id,
            )
            self.assertEqual(move.invoice_date_due, fields.Date.to_date(due), issued)
