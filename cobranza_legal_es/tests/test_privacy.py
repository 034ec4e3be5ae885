from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SpainCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPrivacyEs(SpainCommon):
    """Blocked evidence and the month of the RGPD."""

    def test_the_log_is_kept_a_year_longer_than_the_longest_claim(self):
        retention = self.company._cobranza_retention(self.company._cobranza_today())
        self.assertEqual((retention.years, retention.advised), (6, 6))
        self.assertIn("1964.2", retention.article)
        with self.assertRaises(ValidationError):
            self.company.cobranza_log_years = 5
        self.company.cobranza_log_years = 7

    def test_people_are_answered_in_a_month_and_three_at_most(self):
        for kind in ("access", "restriction", "portability"):
            request = self.env["cobranza.privacy.request"].create(
                {"kind": kind, "email": "who@example.com", "received_on": "2026-01-31"}
            )
            self.assertEqual(str(request.deadline), "2026-02-28", kind)
            self.assertEqual(request.article, "RGPD art. 12.3")
            request._through_gate().write({"extended": True})
            self.assertEqual(str(request.deadline), "2026-04-30")
