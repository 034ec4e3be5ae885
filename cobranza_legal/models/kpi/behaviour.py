"""How debtors pay, by their settlements of the last twelve months."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...kernel.behaviour import WINDOW, Part, habit
from ...kernel.owed import CHARGE
from ..common.payers import BANKS
from ..common.transaction import pg_array
from ..debtor.worklist import HABIT
from ..position.reader import Followed, PositionReader

PAID = """
    SELECT d.debtor_id, d.id,
           COALESCE(d.kept_due_date, l.date_maturity, d.original_due_date) AS due,
           s.date, s.amount::text
      FROM (%(settlements)s) s
      JOIN cobranza_debt d ON d.id = s.debt_id
      JOIN account_move_line l ON l.id = d.move_line_id
     WHERE d.company_id = %(company)s AND d.nature = 'principal'
"""


NEVER_FOLLOWED = """
    SELECT r.id, -l.id, COALESCE(l.date_maturity, l.date), COALESCE(y.date, c.date),
           p.amount::text
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN res_partner o ON o.id = l.partner_id
      JOIN cobranza_debtor r ON r.partner_id = o.commercial_partner_id
                            AND r.company_id = %(company)s
      JOIN account_partial_reconcile p ON p.debit_move_id = l.id
      JOIN account_move_line c ON c.id = p.credit_move_id
      JOIN account_move e ON e.id = c.move_id
      JOIN account_journal j ON j.id = e.journal_id
      LEFT JOIN account_payment y ON y.id = e.origin_payment_id
     WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND m.move_type IN ('out_invoice', 'out_receipt')
       AND COALESCE(l.date_maturity, l.date) BETWEEN %(first)s AND %(today)s
       AND c.parent_state = 'posted'
       AND (y.state NOT IN ('rejected', 'canceled')
            OR y.id IS NULL AND j.type IN %(banks)s)
       AND NOT EXISTS (SELECT 1 FROM cobranza_debt d WHERE d.move_line_id = l.id)
       AND NOT EXISTS (SELECT 1 FROM cobranza_debt_former_line_rel f
                        WHERE f.line_id = l.id)
"""
"""What was paid before it reached a level: no debt was made of it."""


OWNERS = """
    SELECT id, debtor_id FROM cobranza_debt
     WHERE company_id = %(company)s AND nature = 'principal'
       AND NOT (ceded_on IS NOT NULL AND ceded_on <= %(today)s
                AND (ceded_back_on IS NULL OR ceded_back_on > %(today)s))
"""
"""{debt: debtor} of what is owed to us."""


UPDATE = """
    UPDATE cobranza_debtor r
       SET habit_days = v.days, habit_on_time = v.on_time, habit_trend = v.trend,
           habit_debts = v.debts
      FROM (SELECT o.id, w.days, w.on_time, w.trend, w.debts
              FROM cobranza_debtor o
              LEFT JOIN unnest(%(ids)s::int[], %(days)s::float8[],
                               %(on_time)s::float8[], %(trend)s::float8[],
                               %(debts)s::int[])
                     AS w(id, days, on_time, trend, debts) ON w.id = o.id
             WHERE o.company_id = %(company)s) v
     WHERE r.id = v.id
       AND (r.habit_days, r.habit_on_time, r.habit_trend, r.habit_debts)
           IS DISTINCT FROM (v.days, v.on_time, v.trend, v.debts)
"""


class CobranzaBehaviour(models.AbstractModel):
    """The behaviour of all debtors of a company, read and written once a day."""

    _name = "cobranza.behaviour"
    _description = "Payer behaviour"

    @api.model
    def _daily(self, company, today):
        """Bring the figures of a company up to date, in a fixed number of queries; only
        what has changed is written. It may be run again at any time."""
        reader = PositionReader(self.env, company, today)
        reader.flush()
        self.env["cobranza.settlement.undone"].flush_model()
        parts = self._paid(company, today)
        self._add_open(parts, reader)
        found = {debtor: habit(own, today) for debtor, own in parts.items()}
        rows = [
            (
                debtor,
                _rounded(one.days, 1),
                _rounded(one.on_time, 4),
                None if one.trend is None else _rounded(one.trend, 1),
                one.debts,
            )
            for debtor, one in found.items()
            if one
        ]
        columns = list(zip(*rows, strict=True)) or [()] * 5
        names = ("ids", "days", "on_time", "trend", "debts")
        arrays = {
            name: pg_array(values) for name, values in zip(names, columns, strict=True)
        }
        debtors = self.env["cobranza.debtor"]
        debtors.flush_model(HABIT)
        self.env.cr.execute(SQL(UPDATE, company=company.id, **arrays))
        debtors.invalidate_model(HABIT, flush=False)

    def _paid(self, company, today):
        """{debtor id: [kernel ``Part``]} of what debtors have paid of principals."""
        settlements = self.env["cobranza.settlement"]
        query = settlements._search(
            [
                ("company_id", "=", company.id),
                ("kind", "in", settlements._kinds(collects=True)),
                ("date", ">=", today - timedelta(days=2 * WINDOW)),
            ]
        )
        names = ("debt_id", "date", "amount")
        columns = [SQL.identifier(query.table, name) for name in names]
        found = defaultdict(list)
        rows = self.env.execute_query(
            SQL(PAID, settlements=query.select(*columns), company=company.id)
        )
        rows += self._never_followed(company, today)
        for debtor, debt, due, day, amount in rows:
            found[debtor].append(Part(debt, due, day, Decimal(amount)))
        return found

    def _never_followed(self, company, today):
        followed = Followed.of(company)
        values = {
            "company": company.id,
            "accounts": followed.accounts,
            "tree": followed.tree,
            "banks": BANKS,
            "first": today - timedelta(days=WINDOW),
            "today": today,
        }
        return self.env.execute_query(SQL(NEVER_FOLLOWED, **values))

    def _add_open(self, parts, reader):
        """Add what is open of debts that fell due."""
        today = reader.on
        items = [
            item
            for item in reader.items()
            if item.is_debit and item.debt and item.kind != CHARGE and item.due < today
        ]
        values = {"company": reader.company.id, "today": today}
        owners = dict(self.env.execute_query(SQL(OWNERS, **values)))
        for item in items:
            if item.debt in owners:
                part = Part(item.debt, item.due, None, item.open_company)
                parts[owners[item.debt]].append(part)


def _rounded(number, digits):
    return float(round(number, digits))
