"""What a company would have done in its shadow month, in figures.

What the report of the shadow month asks of the database.

What is missing or wrong in the data of the debtors, before anything leaves.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from odoo.tools import SQL

from ..common.money import to_decimal
from ..common.words import WAITING
from ..debt.settlement import COLLECTING

WITHIN = 30
"""Days after the first claim in which a payment counts as its answer."""


LOOKBACK = 365
"""Days of claims that make the company's own history."""


LEAST = 20
"""Claimed debts that make a history; of fewer no share is said."""


ZERO = Decimal(0)


class Act(NamedTuple):
    """A contact that would have been made; amounts in company currency."""

    day: date
    debtor: int
    channel: str
    planned_at: "datetime | None"
    automatic: bool
    level: int
    amount: Decimal
    debts: int
    settled: bool
    cash: bool
    paid_on: "date | None"

    @property
    def is_spared(self):
        """The debtor paid everything that it claims, and never received it."""
        return self.settled and self.cash

    @property
    def paid_before(self):
        """Paid before it would have left."""
        leaves = self.planned_at.date() if self.planned_at else None
        return self.is_spared and (leaves is None or self.paid_on < leaves)


class Share(NamedTuple):
    """Of ``claimed``, on so many debts, ``paid`` came in within ``WITHIN`` days."""

    debts: int
    claimed: Decimal
    paid: Decimal

    @property
    def rate(self):
        """None when there is too little to say it."""
        if self.debts < LEAST or not self.claimed:
            return None
        return self.paid / self.claimed


class ShadowFigures:
    """The figures of a company from ``since`` to ``until``, read once each."""

    def __init__(self, company, since, until):
        # figures of the whole company, for whoever may open the report
        self.env = company.sudo().env
        self.company = company.with_env(self.env)
        self.since, self.until = since, until
        self.env.flush_all()

    def _sql(self, template, **values):
        common = {
            "company": self.company.id,
            "since": self.since,
            "until": self.until,
            "currency": self.company.currency_id.id,
            "cash": list(COLLECTING),
            "settlements": self.env["cobranza.settlement"]._table_sql,
        }
        return SQL(template, **common, **values)

    @cached_property
    def acts(self):
        rows = self.env.execute_query(self._sql(ACTS))
        return [Act(*row[:6], Decimal(row[6]), *row[7:]) for row in rows]

    @cached_property
    def spared(self):
        return [act for act in self.acts if act.is_spared]

    def by_level(self):
        """[(channel, level record, contacts, by themselves, spared, amount)], in the
        order of the ladder."""
        groups = defaultdict(list)
        for act in self.acts:
            groups[act.channel, act.level].append(act)
        levels = self.env["cobranza.policy.level"]
        rows = []
        for (channel, level), acts in groups.items():
            rows.append(
                (
                    channel,
                    levels.browse(level),
                    len(acts),
                    sum(act.automatic for act in acts),
                    sum(act.is_spared for act in acts),
                    sum((act.amount for act in acts), ZERO),
                )
            )
        return sorted(rows, key=lambda row: (row[1].days, row[0], row[1].id))

    def weeks(self):
        """[(Monday, contacts, by themselves, claimed, spared, charges)]."""
        weeks = defaultdict(lambda: [0, 0, ZERO, 0, ZERO])
        for act in self.acts:
            week = weeks[_monday(act.day)]
            week[0] += 1
            week[1] += act.automatic
            week[2] += act.amount
            week[3] += act.is_spared
        for day, amount in self._charge_days:
            weeks[_monday(day)][4] += amount
        return [(monday, *weeks[monday]) for monday in sorted(weeks)]

    # -- charges -------------------------------------------------------------------

    @cached_property
    def _shadow_charges(self):
        """[(day, kind, amount)]: what each act would have added to the one before."""
        before, result = defaultdict(lambda: ZERO), []
        for debt, day, charges in self.env.execute_query(self._sql(CHARGES)):
            for kind, text in charges.items():
                amount = Decimal(text)
                result.append((day, kind, amount - before[debt, kind]))
                before[debt, kind] = amount
        return result

    @cached_property
    def _real_charges(self):
        """[(day, kind, amount)] of what the runs assessed: none was told to anybody."""
        charges = self.env["cobranza.charge"].search(
            [
                ("company_id", "=", self.company.id),
                ("run_id.mode", "=", "proposal"),
                ("assessed_on", ">=", self.since),
                ("assessed_on", "<=", self.until),
                ("state", "!=", "reversed"),
            ]
        )
        return [(one.assessed_on, one.kind, self._own(one)) for one in charges]

    def _own(self, charge):
        """The amount of a charge in company currency, at the rate of its day."""
        own = self.company.currency_id
        return to_decimal(
            charge.currency_id._convert(
                charge.amount, own, self.company, charge.assessed_on
            )
        )

    @property
    def _charge_days(self):
        rows = self._shadow_charges + self._real_charges
        return [(day, amount) for day, _kind, amount in rows]

    def charges(self):
        """{kind: amount} that would have been assessed."""
        sums = defaultdict(lambda: ZERO)
        for _day, kind, amount in self._shadow_charges + self._real_charges:
            sums[kind] += amount
        return dict(sums)

    # -- money ---------------------------------------------------------------------

    @cached_property
    def claimed(self):
        """(debts, claimed the first time, of that still open)."""
        own = SQL(
            "company_id = %s AND period_on = %s AND day <= %s",
            self.company.id,
            self.since,
            self.until,
        )
        [row] = self.env.execute_query(SQL(CLAIMED, own=own))
        return row[0], Decimal(row[1]), Decimal(row[2])

    @cached_property
    def history(self):
        """The ``Share`` of what was really claimed before that was paid in time."""
        start = self.until - timedelta(LOOKBACK + WITHIN)
        return self._share(FIRST_CLAIMS, start, "amount_currency")

    @cached_property
    def unasked(self):
        """The ``Share`` of what this month would have claimed that was paid in time
        although nobody was written to."""
        return self._share(FIRST_SHADOWS, self.since, "amount")

    def _share(self, first, start, money):
        query = self._sql(
            SHARE,
            first=self._sql(first),
            money=SQL.identifier(money),
            within=WITHIN,
            start=start,
            end=self.until - timedelta(WITHIN),
        )
        rows = self.env.execute_query(query)
        rates = self.env["cobranza.run"]._read_rates(
            self.company, {row[0] for row in rows}, self.until
        )
        debts, claimed, paid = 0, ZERO, ZERO
        for currency, count, amount, received in rows:
            debts += count
            claimed += Decimal(amount) * rates[currency]
            paid += Decimal(received) * rates[currency]
        return Share(debts, claimed, paid)

    @property
    def expected(self):
        """What is open of the claims × the share of the own history; None when there
        is no such history."""
        rate = self.history.rate
        return None if rate is None else self.claimed[2] * rate


def _monday(day):
    return day - timedelta(days=day.weekday())


ACTS = """
    WITH own AS (
        SELECT * FROM cobranza_shadow
         WHERE company_id = %(company)s AND period_on = %(since)s AND day <= %(until)s
    ), paid AS (
        SELECT debt_id, max(date) AS day, bool_or(kind = ANY(%(cash)s)) AS cash
          FROM %(settlements)s s
         WHERE debt_id IN (SELECT debt_id FROM own)
         GROUP BY debt_id
    )
    SELECT s.day, s.debtor_id, s.channel, s.planned_at, bool_and(s.automatic),
           (array_agg(s.level_id ORDER BY v.days DESC, v.id DESC))[1],
           sum(s.amount)::text, count(*), bool_and(l.reconciled IS TRUE),
           coalesce(bool_or(paid.cash), FALSE), max(paid.day)
      FROM own s
      JOIN cobranza_policy_level v ON v.id = s.level_id
      JOIN cobranza_debt d ON d.id = s.debt_id
      LEFT JOIN account_move_line l ON l.id = d.move_line_id
      LEFT JOIN paid ON paid.debt_id = s.debt_id
     GROUP BY s.day, s.debtor_id, d.currency_id, s.channel, v.charge, s.planned_at
     ORDER BY s.day, s.debtor_id, s.channel
"""
"""One row for each contact that would have been made: the debts of a debtor that reach
levels of one channel on a day share one, as in the run."""


CLAIMED = """
    SELECT count(*), coalesce(sum(first.amount), 0)::text,
           coalesce(sum(LEAST(last.amount, l.amount_residual))
                    FILTER (WHERE l.reconciled IS NOT TRUE
                              AND d.void_reason IS NULL), 0)::text
      FROM (SELECT DISTINCT ON (debt_id) debt_id, amount
              FROM cobranza_shadow WHERE %(own)s
             ORDER BY debt_id, day, level) first
      JOIN (SELECT DISTINCT ON (debt_id) debt_id, amount
              FROM cobranza_shadow WHERE %(own)s
             ORDER BY debt_id, day DESC, level DESC) last USING (debt_id)
      JOIN cobranza_debt d ON d.id = debt_id
      LEFT JOIN account_move_line l ON l.id = d.move_line_id
"""
"""(debts, claimed the first time, of that still open) in company currency."""


SHARE = """
    WITH first AS (%(first)s), paid AS (
        SELECT f.debt_id, f.currency_id, f.amount, sum(s.%(money)s) AS paid
          FROM first f
          LEFT JOIN %(settlements)s s ON s.debt_id = f.debt_id
               AND s.kind = ANY(%(cash)s)
               AND s.date BETWEEN f.day AND f.day + %(within)s
         WHERE f.amount > 0 AND f.day BETWEEN %(start)s AND %(end)s
         GROUP BY f.debt_id, f.currency_id, f.amount
    )
    SELECT currency_id, count(*), sum(amount)::text,
           sum(LEAST(amount, coalesce(paid, 0)))::text
      FROM paid GROUP BY currency_id
"""
"""Rows by currency: (debts, claimed, of that paid within so many days)."""


FIRST_CLAIMS = """
    SELECT DISTINCT ON (cl.debt_id) cl.debt_id, d.currency_id, c.sent_at::date AS day,
           cl.amount - cl.amount_credit AS amount
      FROM cobranza_contact_line cl
      JOIN cobranza_contact c ON c.id = cl.contact_id
      JOIN cobranza_debt d ON d.id = cl.debt_id
     WHERE c.company_id = %(company)s AND c.state = 'sent'
       AND c.direction = 'outbound' AND c.sent_at IS NOT NULL
     ORDER BY cl.debt_id, c.sent_at
"""
"""What was really claimed the first time, in the debt's currency."""


FIRST_SHADOWS = """
    SELECT DISTINCT ON (s.debt_id) s.debt_id, %(currency)s::int AS currency_id, s.day,
           s.amount
      FROM cobranza_shadow s
     WHERE s.company_id = %(company)s AND s.period_on = %(since)s
     ORDER BY s.debt_id, s.day, s.level
"""


CHARGES = """
    SELECT debt_id, day, charges FROM cobranza_shadow
     WHERE company_id = %(company)s AND period_on = %(since)s AND day <= %(until)s
       AND charges IS NOT NULL
     ORDER BY debt_id, day, level
"""


WRONG = (
    ("partner_id.vat", "in", (False, "")),
    ("regime", "=", "unknown"),
    ("reason", "=", "no_policy"),
    ("debt_ids.charge_lacking", "!=", False),
)
"""What is wrong with debtors, in the order of its messages."""


class DataErrors:
    """[(message, debtors)] about what a company proposes now, and whom it follows."""

    def __init__(self, company):
        # figures of the whole company, for whoever may open the report
        self.env = company.sudo().env
        self.company = company.with_env(self.env)

    def found(self):
        rows = [*self._of_contacts(), *self._of_debtors(), *self._unmatched()]
        return [(message, debtors) for message, debtors in rows if debtors]

    def _of_contacts(self):
        """What the waiting contacts lack: an address of their channel, or a text."""
        domain = [("company_id", "=", self.company.id), *WAITING]
        contacts = self.env["cobranza.contact"].search(domain)
        labels = dict(contacts._fields["channel"]._description_selection(self.env))
        lacking = defaultdict(lambda: self.env["cobranza.debtor"])
        for channel, group in contacts.grouped("channel").items():
            model = self.env[f"cobranza.channel.{channel}"]
            missing = model._check_data(group)
            for contact in group.browse(missing):
                place = self.env._("No address for: %s", labels[channel])
                if model._address(contact._current_recipient()):
                    place = self.env._("No approved text for: %s", labels[channel])
                lacking[place] |= contact.debtor_id
        return sorted(lacking.items())

    def _of_debtors(self):
        owing = [("company_id", "=", self.company.id), ("total", ">", 0)]
        debtors = self.env["cobranza.debtor"]
        messages = (
            self.env._("Without tax number"),
            self.env._("Regime unknown"),
            self.env._("No collection policy"),
            self.env._("Legal values missing for its charges"),
        )
        for message, condition in zip(messages, WRONG, strict=True):
            yield message, debtors.search([*owing, condition])

    def _unmatched(self):
        """Debtors who owe and also have money that nobody has allocated."""
        debtors = self.env["cobranza.debtor"].search(
            [("company_id", "=", self.company.id), ("total", ">", 0)]
        )
        credits = self.env["cobranza.run"]._read_credits(debtors)
        found = debtors.filtered(lambda one: credits.get(one.id))
        return [(self.env._("Payments that nobody has allocated"), found)]
