from datetime import date

from odoo.tests import tagged

from ..common.booking import BookingCommon


class KpiCommon(BookingCommon):
    """Figures of a company, taken on a day."""

    @classmethod
    def _take(cls, day, company=None, **options):
        """Take the figures of a day (ISO)."""
        company = (company or cls.company).sudo()
        kpis = cls.env["cobranza.kpi"].sudo().with_company(company)
        kpis._take(company, date.fromisoformat(day), **options)

    @classmethod
    def _kpi(cls, code, day, split="", company=None):
        return cls.env["cobranza.kpi"].search(
            [
                ("company_id", "=", (company or cls.company).id),
                ("day", "=", day),
                ("code", "=", code),
                ("split", "=", split),
            ]
        )


@tagged("post_install", "-at_install")
class TestKpi(KpiCommon):
    """Snapshots of the figures."""

    def test_a_figure_at_its_target_misses_a_strict_one(self):
        """T40: 82,500 / 1,003,750 × 365."""
        move = self._invoice(amount=1003750)
        self._payment(1003750 - 82500, "2026-10-12", move)
        self._take("2026-10-31")
        kpi = self._kpi("dso", "2026-10-31")
        self.assertEqual((kpi.value, kpi.standing), (30.0, "missed"))
        self.assertEqual(kpi.inputs["receivables"], "82500.00")

    def test_a_day_is_taken_once(self):
        self._invoice(amount=1000)
        self._take("2026-10-31")
        before = self.env["cobranza.kpi"].search([]).ids
        self._invoice(amount=500)
        self._take("2026-10-31")
        self.assertEqual(self.env["cobranza.kpi"].search([]).ids, before)
