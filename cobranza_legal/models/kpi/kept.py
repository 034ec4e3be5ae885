"""Which promises and instalments were kept, as it was known then or as it is now."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ...kernel.kpi import ZERO
from ..common.money import to_decimal

PROMISES = """
    SELECT p.id, p.currency_id, p.amount::text, r.user_id
      FROM cobranza_promise p
      JOIN cobranza_debtor r ON r.id = p.debtor_id
      JOIN res_company c ON c.id = p.company_id
     WHERE p.company_id = %(company)s AND p.made_on <= %(day)s
       AND p.promised_on + c.cobranza_promise_tolerance > %(after)s
       AND p.promised_on + c.cobranza_promise_tolerance <= %(day)s
       AND NOT (p.state = 'cancelled' AND p.closed_on <= %(day)s)
     ORDER BY p.id
"""


UNDONE = """
    SELECT p.id, sum(u.amount_currency)::text
      FROM cobranza_promise p
      JOIN res_company c ON c.id = p.company_id
      JOIN cobranza_promise_debt_rel rel ON rel.cobranza_promise_id = p.id
      JOIN cobranza_settlement_undone u ON u.debt_id = rel.cobranza_debt_id
     WHERE p.id = ANY(%(promises)s) AND u.kind = ANY(%(kinds)s)
       AND u.date BETWEEN p.made_on AND p.promised_on + c.cobranza_promise_tolerance
       AND u.made_on <= %(day)s AND u.undone_on > %(day)s AND u.redone_on IS NULL
     GROUP BY p.id
"""


class Kept(NamedTuple):
    """A promise or instalment that fell due; amounts in company currency, what was
    received in time no more than what was to be. ``user``: the collector."""

    id: int
    amount: Decimal
    received: Decimal
    kept: bool
    user: "int | None"
    agreement: "int | None" = None


class KeptReader:
    """Of a ``KpiBook``: what fell due in so many days before its day."""

    def __init__(self, book):
        self.book, self.env = book, book.env
        self.after = book.day - timedelta(book.company.cobranza_kpi_promise_days)

    def promises(self):
        """[Kept]. Known then, what was undone after the day had kept them; now, it has
        not: what was reported first, and corrected."""
        promises, book = self.env["cobranza.promise"], self.book
        promises.flush_model()
        self.env["cobranza.debtor"].flush_model(["user_id"])
        values = {"company": book.company.id, "day": book.day, "after": self.after}
        rows = self.env.execute_query(SQL(PROMISES, **values))
        if not rows:
            return []
        ids = [row[0] for row in rows]
        received = promises._read_received(SQL("p.id = ANY(%s)", ids))
        known = self._known_then(ids) if book.then and book.is_past else {}
        rates = self._rates({row[1] for row in rows})
        found = []
        for key, currency, amount, user in rows:
            whole, rate = Decimal(amount), rates[currency]
            paid = min(whole, received.get(key, ZERO) + known.get(key, ZERO))
            found.append(Kept(key, whole * rate, paid * rate, paid >= whole, user))
        return found

    def _known_then(self, ids):
        kinds = self.env["cobranza.settlement"]._kinds(collects=True)
        values = {"promises": ids, "kinds": kinds, "day": self.book.day}
        self.env["cobranza.settlement.undone"].flush_model()
        rows = self.env.execute_query(SQL(UNDONE, **values))
        return {key: Decimal(amount) for key, amount in rows}

    def _rates(self, currencies):
        run = self.env["cobranza.run"]
        return run._read_rates(self.book.company, currencies, self.book.day)

    def _filled(self, agreements):
        """``_filled`` of them on the day, as it was known then; now: today, without
        what was undone."""
        book = self.book
        day = book.day if book.then else book.company._cobranza_today()
        days = dict.fromkeys(agreements.ids, day)
        return agreements._filled(loose=False, days=days)

    def instalments(self):
        """[Kept] of the agreements that were signed, until they ended another way than
        by being paid."""
        book = self.book
        rows = self.env["cobranza.agreement.instalment"].search_fetch(
            [
                ("company_id", "=", book.company.id),
                ("due_on", ">", self.after),
                ("due_on", "<=", book.day),
                ("agreement_id.signed_on", "<=", book.day),
            ],
            ["agreement_id", "due_on", "amount", "debtor_id"],
        )
        filled = self._filled(rows.agreement_id)
        rates = self._rates(set(rows.agreement_id.currency_id.ids))
        found = []
        for row in rows:
            agreement = row.agreement_id
            over = agreement.ended_on and agreement.ended_on <= row.due_on
            if over and agreement.state != "completed":
                continue
            amount, on = filled.get(row.id, (ZERO, None))
            rate, whole = rates[agreement.currency_id.id], to_decimal(row.amount)
            kept = bool(on and on <= row.due_on)
            received = min(whole, amount) if kept else ZERO
            user = row.debtor_id.user_id.id or None
            found.append(
                Kept(row.id, whole * rate, received * rate, kept, user, agreement.id)
            )
        return found

    def agreed(self):
        """{debt id: (agreement id, what of its instalments is missed on the day, in
        company currency)} of the agreements that run."""
        book = self.book
        self.env["cobranza.agreement"].flush_model()
        agreements = self.env["cobranza.agreement"].search(
            [
                ("company_id", "=", book.company.id),
                ("signed_on", "<=", book.day),
                "|",
                ("ended_on", "=", False),
                ("ended_on", ">", book.day),
            ]
        )
        filled = self._filled(agreements)
        rates = self._rates(set(agreements.currency_id.ids))
        missed = defaultdict(lambda: ZERO)
        for row in agreements.instalment_ids:
            if row.due_on < book.day:
                paid = filled.get(row.id, (ZERO, None))[0]
                lacks = max(ZERO, to_decimal(row.amount) - paid)
                rate = rates[row.agreement_id.currency_id.id]
                missed[row.agreement_id.id] += lacks * rate
        return {
            debt: (one.id, missed[one.id])
            for one in agreements
            for debt in one.debt_ids.ids
        }
