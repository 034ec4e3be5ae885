"""What money is expected in the next weeks, by where it is known from."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, LazyTranslate
from odoo.tools.translate import LazyGettext

from ...kernel.owed import ZERO
from ..agreement.agreement import RUNNING
from ..common.money import to_decimal
from ..common.payers import BANKS
from ..position.reader import PositionReader
from .indicator import Measure

_lt = LazyTranslate(__name__)


WEEKS = 8
"""So many are forecast, this one first; and so many are looked back on."""


HABITS = """
    SELECT (t.due + round(r.habit_days)::int) AS day, t.currency,
           sum(t.open)::text, sum(t.own)::text
      FROM (%(table)s) t
      JOIN cobranza_debtor r ON r.partner_id = t.partner AND r.company_id = %(company)s
      LEFT JOIN cobranza_debt d ON d.id = t.debt
     WHERE t.own > 0 AND t.counts AND r.habit_debts > 0
       AND (t.debt IS NULL OR t.debt <> ALL(%(known)s))
       AND t.due + round(r.habit_days)::int BETWEEN %(today)s AND %(until)s
       AND NOT (d.ceded_on IS NOT NULL AND d.ceded_back_on IS NULL)
     GROUP BY 1, 2
"""


CAME = """
    SELECT date_trunc('week', COALESCE(y.date, l.date))::date, l.currency_id,
           (-sum(l.amount_currency))::text, (-sum(l.balance))::text
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN account_journal j ON j.id = l.journal_id
      LEFT JOIN account_payment y ON y.id = m.origin_payment_id
     WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND l.date >= %(since)s
       AND (y.id IS NOT NULL OR j.type IN %(banks)s)
       AND y.state IS DISTINCT FROM 'rejected'
       AND COALESCE(y.date, l.date) BETWEEN %(since)s AND %(until)s
     GROUP BY 1, 2
"""


SAID = """
    SELECT DISTINCT ON (split) split, numerator::text
      FROM cobranza_kpi
     WHERE company_id = %(company)s AND code = 'forecast' AND split = ANY(%(splits)s)
       AND day < substr(split, 6)::date AND NOT backfilled
     ORDER BY split, day DESC
"""
"""The last that was said of each week before it began."""


class Expected(NamedTuple):
    """Money that is expected on a day: ``open`` in its currency, ``own`` in that of the
    company. ``debt``: id of that which it pays, counted once."""

    day: date
    currency: int
    open: Decimal
    own: Decimal


@dataclass(frozen=True, slots=True)
class ForecastSource:
    """From where money is known. ``read`` is the name of an ``api.model`` method of
    ``source``: (company, today, until, debts known already) → ([``Expected``], {debt
    id} that it knows of), as superuser. ``behind``: of one that gives the action of the
    list behind it: (company, today, until)."""

    code: str
    label: LazyGettext = field(compare=False)
    source: str = "cobranza.forecast"
    read: str = ""
    behind: str = ""


class CobranzaForecastSource(models.AbstractModel):
    """Sources of the forecast, the surest first; blocks add theirs."""

    _name = "cobranza.forecast.source"
    _inherit = "cobranza.rows"
    _description = "Sources of the forecast"

    def _rows(self):
        return (
            ForecastSource(
                "promise",
                _lt("Promises"),
                read="_expect_promises",
                behind="_behind_promises",
            ),
            ForecastSource(
                "agreement",
                _lt("Payment agreements"),
                read="_expect_instalments",
                behind="_behind_instalments",
            ),
        )


HABIT = ForecastSource(
    "habit", _lt("Habits of payers"), read="_expect_habits", behind="_behind_habits"
)
"""The last one asked: of what nobody else knows."""


class CobranzaForecast(models.AbstractModel):
    """Each debt is counted once, where it is known best: by what was promised, agreed
    or is being debited, else by how late its debtor usually pays."""

    _name = "cobranza.forecast"
    _description = "Forecast of money"

    @api.model
    def _sources(self):
        rows = self.env["cobranza.forecast.source"]._by_code()
        off = self.env["cobranza.block"]._off_codes("cobranza.forecast.source")
        return [*(row for code, row in rows.items() if code not in off), HABIT]

    @api.model
    def _read(self, company, today, first):
        """{source code: [``Expected``]} from today until the end of ``WEEKS`` weeks of
        which ``first`` is the Monday of the first. As superuser."""
        until = first + timedelta(7 * WEEKS - 1)
        known, result = set(), {}
        for row in self._sources():
            source = self.env[row.source].sudo().with_company(company)
            found, debts = getattr(source, row.read)(company, today, until, known)
            result[row.code] = found
            known |= debts
        return result

    # -- sources -----------------------------------------------------------------------

    @api.model
    def _rates(self, company, currencies, today):
        """{currency id: what one of it is in the company's}."""
        return {
            one.id: to_decimal(
                one._get_conversion_rate(one, company.currency_id, company, today)
            )
            for one in currencies
        }

    @api.model
    def _expect_promises(self, company, today, until, known):
        promises = self.env["cobranza.promise"].search(
            [
                *[("company_id", "=", company.id), ("state", "=", "open")],
                *[("promised_on", ">=", today), ("promised_on", "<=", until)],
            ]
        )
        rates = self._rates(company, promises.currency_id, today)
        found = []
        for one in promises:
            amount = to_decimal(one.amount)
            currency = one.currency_id.id
            found.append(
                Expected(one.promised_on, currency, amount, amount * rates[currency])
            )
        return found, set(promises.debt_ids.ids)

    @api.model
    def _expect_instalments(self, company, today, until, known):
        agreements = self.env["cobranza.agreement"].search(
            [("company_id", "=", company.id), ("state", "in", RUNNING)]
        )
        rates = self._rates(company, agreements.currency_id, today)
        found, filled = [], agreements._filled()
        for row in agreements.instalment_ids:
            if today <= row.due_on <= until:
                paid, _on = filled.get(row.id, (ZERO, None))
                left = to_decimal(row.amount) - to_decimal(paid)
                currency = row.currency_id.id
                if left > 0:
                    own = left * rates[currency]
                    found.append(Expected(row.due_on, currency, left, own))
        return found, set(agreements.line_ids.debt_id.ids)

    @api.model
    def _expect_habits(self, company, today, until, known):
        self.env["cobranza.debtor"].flush_model()
        query = SQL(
            HABITS,
            table=PositionReader(self.env, company, today).table(),
            company=company.id,
            known=sorted(known),
            today=today,
            until=until,
        )
        rows = self.env.execute_query(query)
        found = [Expected(*row[:2], Decimal(row[2]), Decimal(row[3])) for row in rows]
        return found, set()

    # -- what came of it ---------------------------------------------------------------

    @api.model
    def _came(self, company, since, until, currency=None):
        """{Monday: money that came in from debtors, what went back taken off}."""
        reader = PositionReader(self.env, company, until)
        reader.flush()
        query = SQL(
            CAME,
            accounts=reader.followed.told,
            tree=reader.followed.tree,
            since=since,
            until=until,
            banks=BANKS,
        )
        sums = defaultdict(lambda: ZERO)
        for monday, in_currency, amount, own in self.env.execute_query(query):
            if currency is None:
                sums[monday] += Decimal(own)
            elif in_currency == currency.id:
                sums[monday] += Decimal(amount)
        return sums

    @api.model
    def _said(self, company, mondays):
        """{Monday: what the last figure before it said of its week}; those that nothing
        was said of are missing. What was taken afterwards does not count."""
        splits = [f"week:{monday}" for monday in mondays]
        self.env["cobranza.kpi"].flush_model()
        rows = self.env.execute_query(SQL(SAID, company=company.id, splits=splits))
        return {date.fromisoformat(split[5:]): Decimal(said) for split, said in rows}

    # -- kept every day ----------------------------------------------------------------

    @api.model
    def _measure_forecast(self, book):
        """[Measure] of each of the next weeks. Only of yesterday: what would have been
        said earlier is not known any more."""
        today = book.company._cobranza_today()
        if book.day < today - timedelta(1):
            return []
        first = monday_of(today)
        sums = defaultdict(lambda: defaultdict(lambda: ZERO))
        for code, rows in self._read(book.company, today, first).items():
            for one in rows:
                sums[monday_of(one.day)][code] += one.own
        return [
            Measure(
                sum(parts.values(), ZERO),
                Decimal(1),
                {code: str(amount) for code, amount in parts.items()},
                f"week:{monday}",
            )
            for monday, parts in sorted(sums.items())
        ]

    # -- lists behind ------------------------------------------------------------------

    @api.model
    def _behind_promises(self, company, today, until):
        domain = [("company_id", "=", company.id), ("state", "=", "open")]
        domain += [("promised_on", ">=", today), ("promised_on", "<=", until)]
        pages = self.env["cobranza.dashboard"]
        return pages._list("action_cobranza_promise", domain)

    @api.model
    def _behind_instalments(self, company, today, until):
        domain = [("company_id", "=", company.id), ("state", "in", RUNNING)]
        domain += [("instalment_ids.due_on", ">=", today)]
        domain += [("instalment_ids.due_on", "<=", until)]
        pages = self.env["cobranza.dashboard"]
        return pages._list("action_cobranza_agreement", domain)

    @api.model
    def _behind_habits(self, company, today, until):
        domain = [("company_id", "=", company.id), ("habit_debts", ">", 0)]
        return self.env["cobranza.dashboard"]._list("action_cobranza_debtor", domain)


def monday_of(day):
    return day - timedelta(day.weekday())
