"""What was recovered and what is overdue, in the mails of Odoo's digest."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError

from ..company.company import INTERNAL
from .book import KpiBook
from .tab import DIRECTION

ACTION = "cobranza_legal.action_cobranza_dashboard"


class DigestDigest(models.Model):
    """Two figures, off unless somebody wants them. The switches are no secret and are
    read by whoever works here and opens a digest; the values refuse who may not see the
    figures of the company, as Odoo's own do, and the mail leaves them out."""

    _inherit = "digest.digest"

    kpi_cobranza_recovered = fields.Boolean(
        "Recovered of overdue debts", groups=INTERNAL
    )
    kpi_cobranza_recovered_value = fields.Monetary(
        compute="_compute_kpi_cobranza_recovered_value", groups=INTERNAL
    )
    kpi_cobranza_overdue = fields.Boolean("Overdue, % of what is owed", groups=INTERNAL)
    kpi_cobranza_overdue_value = fields.Float(
        compute="_compute_kpi_cobranza_overdue_value", groups=INTERNAL
    )

    def _compute_kpi_cobranza_recovered_value(self):
        for digest in self:
            company = digest._cobranza_company()
            since, until = self._cobranza_days(company)
            book = KpiBook(company, until, since=since)
            digest.kpi_cobranza_recovered_value = float(
                sum(one.amount for one in book.recovered)
            )

    def _compute_kpi_cobranza_overdue_value(self):
        """As it was taken last in the time frame or before it."""
        for digest in self:
            company = digest._cobranza_company()
            _since, until = self._cobranza_days(company)
            # sudo: the role and the company were asked
            kpi = self.env["cobranza.kpi"].sudo()
            newest = kpi.search(
                [
                    *[("company_id", "=", company.id), ("code", "=", "overdue_rate")],
                    *[("split", "=", ""), ("day", "<=", until)],
                ],
                order="day desc",
                limit=1,
            )
            digest.kpi_cobranza_overdue_value = newest.value

    def _cobranza_days(self, company):
        """The first and the last day that end in the time frame, where there is one:
        the day on which a digest leaves is in the next one."""
        start, end, _companies = self._get_kpi_compute_parameters()
        now = fields.Datetime.now()
        start, end = (
            company._cobranza_local(fields.Datetime.to_datetime(one) or now).date()
            for one in (start, end)
        )
        return start, end - timedelta(1)

    def _cobranza_company(self):
        """Whose figures they are; AccessError for who may not see them."""
        if not any(map(self.env.user.has_group, DIRECTION)):
            raise AccessError(self.env._("The figures are for who directs collection."))
        company = self.company_id or self.env.company
        if company not in self.env.user.company_ids:
            raise AccessError(
                self.env._("%s is none of your companies.", company.sudo().name)
            )
        return company._cobranza_creditor()

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        figures = ("kpi_cobranza_recovered", "kpi_cobranza_overdue")
        return actions | dict.fromkeys(figures, ACTION)
