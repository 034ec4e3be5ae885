"""What a company would do in the next days, and what it proposed before, in figures.

What the report of the shadow month asks of the database.

What is missing or wrong in the data of the debtors, before anything leaves.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from odoo.tools import SQL

from ..common.money import to_decimal
from ..common.owed import SETTLED
from ..common.words import WAITING
from ..debtor.worklist import OPEN

WITHIN = 30
"""Days after the first claim in which a payment counts as its answer."""


LOOKBACK = 365
"""Days of claims that make the company's own history."""


LEAST = 20
"""Claimed debts that make a history; of fewer no share is said."""


ZERO = Decimal(0)


class Act(NamedTuple):
    """A contact that the rehearsal made; amounts in company currency."""

    day: date
    partner: int
    channel: str
    planned_at: "datetime | None"
    automatic: bool
    level: int
    amount: Decimal
    debts: int


class Spared(NamedTuple):
    """A contact that was proposed, and what it claims was paid before any release."""

    day: date
    partner: int
    channel: str
    planned_at: "datetime | None"
    level: int
    amount: Decimal
    debts: int
    paid_on: date
    leaves_on: "date | None"

    @property
    def paid_before(self):
        """Paid before it would have left."""
        return self.leaves_on is None or self.paid_on < self.leaves_on


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
    """The figures of a ``cobranza.shadow.report``, read once each: what its rehearsal
    made, and what was proposed since the company works in proposal mode."""

    def __init__(self, report):
        self.report = report
        # figures of the whole company, for whoever may open the report
        self.company = report.company_id.sudo()
        self.env = self.company.env
        self.since, self.until = report.since, report.until
        self.today = report.day
        self.env.flush_all()

    def _sql(self, template, **values):
        common = {
            "company": self.company.id,
            "since": self.since,
            "until": self.today,
            "zone": self.company._cobranza_tz(),
            "cash": self.env["cobranza.settlement"]._kinds(collects=True),
            "settlements": self.env["cobranza.settlement"]._table_sql,
            "settled": SETTLED,
        }
        return SQL(template, **common, **values)

    @cached_property
    def acts(self):
        return [
            Act(
                act.day,
                act.partner_id.id,
                act.channel,
                act.planned_at,
                act.automatic,
                act.level_id.id,
                to_decimal(act.amount),
                act.debts,
            )
            for act in self.report.act_ids
        ]

    @cached_property
    def spared(self):
        rows = self.env.execute_query(self._sql(SPARED))
        rates = self.env["cobranza.run"]._read_rates(
            self.company, {row[5] for row in rows}, self.today
        )
        return [
            Spared(
                *row[:5],
                Decimal(row[6]) * rates[row[5]],
                *row[7:],
                row[3] and self.company._cobranza_local(row[3]).date(),
            )
            for row in rows
        ]

    def by_level(self):
        """[(channel, level record, contacts, by themselves, spared, amount)], in the
        order of the ladder."""
        groups = defaultdict(list)
        for act in self.acts:
            groups[act.channel, act.level].append(act)
        spared = Counter((one.channel, one.level) for one in self.spared)
        levels = self.env["cobranza.policy.level"]
        rows = []
        for channel, level in {**groups, **spared}:
            acts = groups[channel, level]
            rows.append(
                (
                    channel,
                    levels.browse(level),
                    len(acts),
                    sum(act.automatic for act in acts),
                    spared[channel, level],
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
        for one in self.spared:
            weeks[_monday(one.day)][3] += 1
        for day, _kind, amount in self._charges:
            weeks[_monday(day)][4] += amount
        return [(monday, *weeks[monday]) for monday in sorted(weeks)]

    # -- charges -------------------------------------------------------------------

    @cached_property
    def _charges(self):
        """[(day, kind, amount)] that the rehearsed runs assessed."""
        return [
            (date.fromisoformat(day), kind, Decimal(amount))
            for day, kind, amount in self.report.charges or ()
        ]

    def charges(self):
        """{kind: amount} that would be assessed."""
        sums = defaultdict(lambda: ZERO)
        for _day, kind, amount in self._charges:
            sums[kind] += amount
        return dict(sums)

    # -- money ---------------------------------------------------------------------

    @cached_property
    def claimed(self):
        """(debts, claimed the first time, of that still open)."""
        claims = {
            item: (Decimal(first), Decimal(last))
            for item, first, last in self.report.claims or ()
        }
        items = self.env["account.move.line"].browse(claims).exists()
        left = self.env["cobranza.debt"]._read_open(items)
        still_open = sum(
            (min(claims[item][1], to_decimal(own)) for item, (own, _) in left.items()),
            ZERO,
        )
        return len(claims), sum((one[0] for one in claims.values()), ZERO), still_open

    @cached_property
    def history(self):
        """The ``Share`` of what was really claimed before that was paid in time."""
        start = self.today - timedelta(LOOKBACK + WITHIN)
        return self._share(FIRST_CLAIMS, start, "amount_currency")

    @cached_property
    def unasked(self):
        """The ``Share`` of what was proposed that was paid in time although nobody was
        written to."""
        return self._share(FIRST_PROPOSALS, self.since, "amount_currency")

    def _share(self, first, start, money):
        query = self._sql(
            SHARE,
            first=self._sql(first),
            money=SQL.identifier(money),
            within=WITHIN,
            start=start,
            end=self.today - timedelta(WITHIN),
        )
        rows = self.env.execute_query(query)
        rates = self.env["cobranza.run"]._read_rates(
            self.company, {row[0] for row in rows}, self.today
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


SPARED = """
    WITH proposed AS (
        SELECT c.id, c.debtor_id, c.channel, c.planned_at, c.level_id, c.currency_id,
               r.day, count(*) AS debts, sum(cl.amount - cl.amount_credit) AS amount,
               array_agg(cl.debt_id) AS debt_ids
          FROM cobranza_contact c
          JOIN cobranza_run r ON r.id = c.run_id
          JOIN cobranza_contact_line cl ON cl.contact_id = c.id
          JOIN cobranza_debt d ON d.id = cl.debt_id
          JOIN account_move_line l ON l.id = d.move_line_id
         WHERE c.company_id = %(company)s AND c.state = 'cancelled'
           AND r.mode = 'proposal' AND r.day BETWEEN %(since)s AND %(until)s
         GROUP BY c.id, r.day
        HAVING bool_and(%(settled)s)
    ), paid AS (
        SELECT debt_id, max(date) AS day FROM %(settlements)s s
         WHERE kind = ANY(%(cash)s)
         GROUP BY debt_id
    )
    SELECT p.day, r.partner_id, p.channel, p.planned_at, p.level_id, p.currency_id,
           p.amount::text, p.debts, max(paid.day)
      FROM proposed p
      JOIN paid ON paid.debt_id = ANY(p.debt_ids)
      JOIN cobranza_debtor r ON r.id = p.debtor_id
     GROUP BY p.id, p.day, p.debtor_id, r.partner_id, p.channel, p.planned_at,
              p.level_id, p.currency_id, p.amount, p.debts
     ORDER BY p.day, p.debtor_id, p.channel
"""
"""One row for each proposed contact all of whose debts were paid meanwhile."""


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
    SELECT DISTINCT ON (cl.debt_id) cl.debt_id, d.currency_id,
           (c.sent_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
           cl.amount - cl.amount_credit AS amount
      FROM cobranza_contact_line cl
      JOIN cobranza_contact c ON c.id = cl.contact_id
      JOIN cobranza_debt d ON d.id = cl.debt_id
     WHERE c.company_id = %(company)s AND c.state = 'sent'
       AND c.direction = 'outbound' AND c.sent_at IS NOT NULL
     ORDER BY cl.debt_id, c.sent_at
"""
"""What was really claimed the first time, in the debt's currency."""


FIRST_PROPOSALS = """
    SELECT d.id AS debt_id, d.currency_id, d.level_since AS day,
           l.amount_currency - coalesce(sum(s.amount_currency), 0) AS amount
      FROM cobranza_debt d
      JOIN account_move_line l ON l.id = d.move_line_id
      LEFT JOIN %(settlements)s s ON s.debt_id = d.id AND s.date < d.level_since
     WHERE d.company_id = %(company)s AND d.level > 0
       AND d.level_since BETWEEN %(since)s AND %(until)s
       AND NOT EXISTS (
           SELECT 1 FROM cobranza_contact_line cl
             JOIN cobranza_contact c ON c.id = cl.contact_id
            WHERE cl.debt_id = d.id AND c.state = 'sent'
              AND c.direction = 'outbound')
     GROUP BY d.id, l.id
"""
"""What reached a level while nothing left, in the debt's currency: debts about which
nobody has ever been written to."""


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
        owing = [("company_id", "=", self.company.id), ("debt_ids", "any", OPEN)]
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
            [("company_id", "=", self.company.id), ("debt_ids", "any", OPEN)]
        )
        credits = self.env["cobranza.run"]._read_credits(debtors)
        found = debtors.filtered(lambda debtor: credits.get(debtor.id))
        return [(self.env._("Payments that nobody has allocated"), found)]
