"""The books of one company on one day, read once for all that is measured of it."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from ...kernel.kpi import ZERO, Amount, Sales
from ...kernel.provision import at_risk
from ..position.reader import PositionReader
from .cash import CashReader
from .kept import KeptReader

SALES = """
    SELECT invoice_date, amount_total_signed, amount_untaxed_signed
      FROM account_move
     WHERE company_id = ANY(%(tree)s) AND state = 'posted'
       AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
       AND invoice_date > %(after)s AND invoice_date <= %(until)s
"""


SOLD = """
    SELECT COALESCE(sum(amount_total_signed), 0)::text,
           COALESCE(sum(amount_untaxed_signed), 0)::text
      FROM (%s) sold
"""


BY_MONTH = """
    SELECT date_trunc('month', invoice_date)::date,
           sum(amount_total_signed)::text, sum(amount_untaxed_signed)::text
      FROM (%s) sold GROUP BY 1
"""


UNTAXED = """
    SELECT id, amount_untaxed_signed::text, amount_total_signed::text
      FROM account_move
     WHERE id = ANY(%s) AND amount_total_signed <> 0
"""


PHASES = """
    SELECT d.id, v.phase, r.user_id
      FROM cobranza_debt d
      JOIN cobranza_debtor r ON r.id = d.debtor_id
      LEFT JOIN cobranza_policy_level v ON v.id = d.level_id AND d.level > 0
     WHERE d.id = ANY(%s)
"""


BALANCE = """
    SELECT COALESCE(sum(balance), 0)::text FROM account_move_line
     WHERE account_id = ANY(%(accounts)s) AND company_id = ANY(%(tree)s)
       AND parent_state = 'posted' AND date <= %(day)s
"""


COSTS = """
    SELECT c.id, c.currency_id, c.amount::text, r.user_id,
           (SELECT array_agg(k.cobranza_debt_id) FROM cobranza_cost_debt_rel k
             WHERE k.cobranza_cost_id = c.id)
      FROM cobranza_cost c
      JOIN cobranza_debtor r ON r.id = c.debtor_id
     WHERE c.company_id = %(company)s AND c.state IN ('advance', 'final')
       AND c.day BETWEEN %(since)s AND %(day)s
     ORDER BY c.id
"""


class Cost(NamedTuple):
    """What was spent on collecting, in company currency; ``user``: the collector."""

    id: int
    amount: Decimal
    user: "int | None"
    debts: "tuple[int, ...]"


class KpiBook:
    """What indicators are measured from. As superuser, past record rules.

    ``then``: as it was known on the day, what was undone after it put back; else as the
    ledger tells that day now. The two are the same of today. ``day`` may be in the
    past; ``since`` is the first day of the period until it, None: by the settings.
    """

    def __init__(self, company, day, *, then=True, since=None):
        # figures of the whole company, for whoever may see its figures
        self.company = company.sudo().root_id
        self.env = self.company.env
        self.day = day
        self.then = then
        self.chosen = since

    # -- the days ----------------------------------------------------------------------

    @property
    def since(self):
        """The first day of the period: the chosen one, of the month, or so many days
        back."""
        if self.chosen:
            return self.chosen
        days = self.company.cobranza_kpi_days
        if days:
            return self.day - timedelta(days - 1)
        return self.day.replace(day=1)

    @property
    def year(self):
        """The day before the twelve months until the day."""
        return self.day - relativedelta(years=1)

    @property
    def quarter(self):
        """The day before the three months until the day."""
        return self.day - relativedelta(months=3)

    @property
    def is_past(self):
        return self.day < self.company._cobranza_today()

    @cached_property
    def before(self):
        """The book of the day before the period."""
        return type(self)(self.company, self.since - timedelta(1), then=self.then)

    # -- items -------------------------------------------------------------------------

    @cached_property
    def reader(self):
        return PositionReader(self.env, self.company, self.day)

    @cached_property
    def tree(self):
        """Ids of the company and its branches."""
        return self.company._cobranza_tree()

    @cached_property
    def accounts(self):
        """Ids of the accounts on which something may be owed."""
        return self.reader.followed.told

    @cached_property
    def _read(self):
        if self.then and self.is_past:
            return self.reader.items_known_then()
        return self.reader.items(), []

    @property
    def items(self):
        """[kernel ``Item``] of the followed accounts, all debtors."""
        return self._read[0]

    @property
    def changes(self):
        """[``Change``] by which they differ from what the ledger tells now."""
        return self._read[1]

    @cached_property
    def receivables(self):
        """What is open on the followed accounts, credits taken off."""
        return sum((item.open_company for item in self.items), ZERO)

    @cached_property
    def balance(self):
        """What the trial balance of the day says of these accounts now."""
        self.env["account.move.line"].flush_model()
        query = SQL(BALANCE, accounts=self.accounts, tree=self.tree, day=self.day)
        return Decimal(self.env.execute_query(query)[0][0])

    @cached_property
    def owed(self):
        """[Item] of what is owed to us: documents, debts and followed entries."""
        return [one for one in self.items if one.is_debit and one.counts]

    @cached_property
    def late(self):
        """[Item] of ``owed`` that is overdue, the days of grace over."""
        grace = timedelta(self.company.cobranza_kpi_grace)
        return [one for one in self.owed if one.due + grace < self.day]

    @cached_property
    def netted(self):
        """{item: open in company currency} of the debits, credits that nobody has
        matched taken off the oldest ones."""
        return {line: own for line, (_open, own) in at_risk(self.items).items()}

    @cached_property
    def bucket_of(self):
        """{item: the number of its span} of what is owed."""
        place = self.spans.place
        return {one.line: place((self.day - one.due).days) for one in self.owed}

    @cached_property
    def spans(self):
        """The kernel ``Spans`` of the company's ageing."""
        return self.company._cobranza_spans()

    @cached_property
    def untaxed_shares(self):
        """{document: which part of it is no tax}; 1 of those that are not there."""
        moves = list({item.move for item in self.items})
        rows = self.env.execute_query(SQL(UNTAXED, moves))
        return {move: Decimal(net) / Decimal(whole) for move, net, whole in rows}

    # -- sales -------------------------------------------------------------------------

    def _sold(self, query, after, until):
        self.env["account.move"].flush_model()
        rows = SQL(SALES, tree=self.tree, after=after, until=until)
        return self.env.execute_query(SQL(query, rows))

    def sales(self, after, until, days=None):
        """Kernel ``Sales`` of the invoices less credit notes dated after one day and
        until another, with tax or without by the settings; ``days``: instead of those
        between the two."""
        [[gross, net]] = self._sold(SOLD, after, until)
        taxed = self.company.cobranza_kpi_sales == "gross"
        days = (until - after).days if days is None else days
        return Sales(Decimal(gross if taxed else net), Decimal(days), taxed)

    @cached_property
    def sold(self):
        """Kernel ``Sales`` of the period."""
        return self.sales(self.since - timedelta(1), self.day)

    def months(self):
        """[kernel ``Sales``] of the months back from the day, two years of them, this
        month until the day first."""
        first = self.day.replace(day=1)
        begin = first - relativedelta(months=24)
        rows = self._sold(BY_MONTH, begin - timedelta(1), self.day)
        place = 1 if self.company.cobranza_kpi_sales == "gross" else 2
        sold = {row[0]: Decimal(row[place]) for row in rows}
        found, end = [], self.day
        while first >= begin:
            days = Decimal((end - first).days + 1)
            taxed = place == 1
            found.append(Sales(sold.get(first, ZERO), days, taxed))
            end, first = first - timedelta(1), first - relativedelta(months=1)
        return found

    def amount(self, items):
        """Kernel ``Amount`` of what is open of these items, with tax or without by the
        settings."""
        if self.company.cobranza_kpi_receivables == "gross":
            return Amount(sum((one.open_company for one in items), ZERO), True)
        shares = self.untaxed_shares
        return Amount(
            sum((one.open_company * shares.get(one.move, 1) for one in items), ZERO),
            False,
        )

    # -- cash, costs, phases -----------------------------------------------------------

    @cached_property
    def cash(self):
        """[``Receipt``] of the period, see ``CashReader``."""
        return CashReader(self).receipts()

    @cached_property
    def due(self):
        """What fell due in the period, in company currency."""
        return CashReader(self).due()

    @cached_property
    def promises(self):
        """[``Kept``] of the promises that fell due, see ``KeptReader``."""
        return KeptReader(self).promises()

    @cached_property
    def recovered(self):
        """[``Receipt``] of the period that came in after the day on which it was due,
        and what of such came back."""
        return [one for one in self.cash if one.day > one.due or one.amount < 0]

    @cached_property
    def costs(self):
        """[``Cost``] that was spent in the period; two queries."""
        self.env["cobranza.cost"].flush_model()
        self.env["cobranza.debtor"].flush_model(["user_id"])
        values = {"company": self.company.id, "since": self.since, "day": self.day}
        rows = self.env.execute_query(SQL(COSTS, **values))
        currencies = {row[1] for row in rows}
        rates = self.env["cobranza.run"]._read_rates(self.company, currencies, self.day)
        return [
            Cost(key, Decimal(amount) * rates[currency], user, tuple(debts or ()))
            for key, currency, amount, user, debts in rows
        ]

    def about_debts(self, debt_ids):
        """{debt id: (phase, id of its collector)} of these debts: that of their level,
        judicial once they are claimed in court, "none" before the first step."""
        ids = sorted(set(debt_ids))
        for model in ("cobranza.debt", "cobranza.debtor", "cobranza.policy.level"):
            self.env[model].flush_model()
        rows = self.env.execute_query(SQL(PHASES, ids))
        sued = set()
        for block in self.env["cobranza.block"]._blocks():
            sued |= block._claimed_in_court(ids, self.day)
        return {
            debt: ("judicial" if debt in sued else phase or "none", user)
            for debt, phase, user in rows
        }

    @cached_property
    def known_debts(self):
        """``about_debts`` of all that is owed, was recovered or cost something."""
        ids = {one.debt for one in self.owed} | {one.debt for one in self.recovered}
        ids |= {debt for cost in self.costs for debt in cost.debts}
        return self.about_debts(ids - {None})

    def phase_of(self, debt):
        """The phase of a debt of ``known_debts``; "none" of what is no debt yet."""
        return self.known_debts.get(debt, ("none", None))[0]

    def collector_of(self, debt):
        """The id of the collector of a debt, the company's where it has none; None."""
        own = self.known_debts.get(debt, ("none", None))[1]
        return own or self.company.cobranza_user_id.id or None

    def split(self, dimension, key_of, cost_of=None):
        """{key: [recovered, cost]} of the period by a dimension: ``key_of`` takes a
        ``Receipt``, ``cost_of`` a ``Cost`` and gives {key: share of it, 1 in all}.
        """
        found = defaultdict(lambda: [ZERO, ZERO])
        for one in self.recovered:
            found[key_of(one)][0] += one.amount
        for cost in self.costs if cost_of else ():
            for key, share in cost_of(cost).items():
                found[key][1] += cost.amount * share
        return {f"{dimension}:{key}": sums for key, sums in found.items()}
