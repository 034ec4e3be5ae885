from odoo.tests import tagged

from .common import ChileCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPrivacyCl(ChileCommon):
    """The log of art. 37 and the terms of Ley 19.628, before and after Ley 21.719."""

    def _term(self, kind, day):
        request = self.env["cobranza.privacy.request"].create(
            {"kind": kind, "email": "titular@example.com", "received_on": day}
        )
        return str(request.deadline), request.article

    def test_the_log_is_kept_two_years_at_least_and_five_by_default(self):
        retention = self.company._cobranza_retention(self.company._cobranza_today())
        self.assertEqual((retention.years, retention.advised), (2, 5))
        self.assertIn("art. 37, inc. 13", retention.article)

    def test_before_ley_21719_the_strictest_term_holds(self):
        for kind in ("access", "restriction", "erasure"):
            # Friday; Saturday is a working day, Sunday is not
            deadline, article = self._term(kind, "2026-11-27")
            self.assertEqual(deadline, "2026-11-30", kind)
            self.assertIn("Ley 19.628", article)

    def test_from_december_2026_thirty_days_and_two_to_block(self):
        deadline, article = self._term("access", "2026-12-01")
        self.assertEqual(deadline, "2026-12-31")
        self.assertIn("Ley 21.719", article)
        # the 8th is a holiday
        deadline, article = self._term("restriction", "2026-12-05")
        self.assertEqual(deadline, "2026-12-09")
        self.assertIn("8 ter", article)

    def test_a_law_that_is_postponed_is_corrected_with_a_row(self):
        parameter = self.env.ref("cobranza_legal_cl.parameter_privacy_ley21719")
        self.env["cobranza.parameter.value"].create(
            {
                "parameter_id": parameter.id,
                "date_from": "2026-12-01",
                "date_to": "2027-11-30",
                "no_rule": True,
                "reason": "Boletín 18.623-07",
                "source": "Diario Oficial",
            }
        )
        self.assertEqual(self._term("access", "2026-12-14")[0], "2026-12-16")
        self.assertEqual(self._term("access", "2027-12-01")[0], "2027-12-31")
