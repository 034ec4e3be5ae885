"""Verbs of the demo for what the direction sees."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

MONTHS, WEEKS = 12, 10


class Figures:
    """The figures of the past, so that a dashboard of the first day has a course."""

    def fill_figures(self):
        """The last days of twelve months, Sundays, yesterday; the report of the month
        that is over, which the manager reads."""
        figures = self.env["cobranza.kpi"]
        for day in self._days_of_figures():
            figures._take(self.company, day, backfilled=True)
        self.company.cobranza_report_user_ids = self.user("manager")
        first = self.today.replace(day=1) - relativedelta(months=1)
        self.env["cobranza.kpi.report"]._make_month(self.company, first)

    def _days_of_figures(self):
        first = self.today.replace(day=1)
        sunday = self.today - timedelta(self.today.weekday() + 1)
        days = {
            first - relativedelta(months=place) - timedelta(1)
            for place in range(MONTHS)
        }
        days |= {sunday - timedelta(7 * place) for place in range(WEEKS)}
        return sorted({*days, self.today - timedelta(1)})
