"""What is open of every item that a company follows: the one definition of it."""

from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from itertools import starmap
from typing import NamedTuple

from odoo.tools import SQL

from ...kernel.owed import DOCUMENTS, ZERO, Item, grouped
from ..common.payers import BANKS
from .known import KnownThen

NOTHING = ZERO, ZERO, ZERO
UNSETTLED = """
    SELECT p.debit_move_id, sum(p.debit_amount_currency)::text, sum(p.amount)::text,
           COALESCE(sum(p.debit_amount_currency)
                    FILTER (WHERE o.parent_state = 'posted'
                              AND n.state IS DISTINCT FROM 'rejected'), 0)::text
      FROM %(own_debit)s
      JOIN account_move_line o ON o.id = p.credit_move_id
      LEFT JOIN account_move e ON e.id = o.move_id
      LEFT JOIN account_payment n ON n.id = e.origin_payment_id
     WHERE %(of_debit)s AND (o.parent_state <> 'posted' OR p.max_date > %(on)s
                           OR n.state = 'rejected')
     GROUP BY p.debit_move_id
     UNION ALL
    SELECT p.credit_move_id, (-sum(p.credit_amount_currency))::text,
           (-sum(p.amount))::text, '0'
      FROM %(own_credit)s
      JOIN account_move_line o ON o.id = p.debit_move_id
     WHERE %(of_credit)s AND (o.parent_state <> 'posted' OR p.max_date > %(on)s
                           OR EXISTS (SELECT 1 FROM account_payment n
                                       WHERE n.move_id = o.move_id
                                         AND n.state = 'rejected'))
     GROUP BY p.credit_move_id
"""


ITEMS = """
    SELECT l.id, r.commercial_partner_id, l.company_id, l.currency_id, l.move_id,
           m.name, CASE
             WHEN d.nature <> 'principal' OR EXISTS (
                 SELECT 1 FROM cobranza_charge h WHERE h.bill_move_id = l.move_id)
               THEN 'charge'
             WHEN m.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
             WHEN m.move_type = 'out_refund' THEN 'credit_note'
             WHEN m.move_type <> 'entry' THEN 'bill'
             WHEN m.origin_payment_id IS NOT NULL OR j.type IN %(banks)s
               THEN 'payment'
             ELSE 'entry' END,
           COALESCE(d.kept_due_date, l.date_maturity, l.date), l.date,
           COALESCE(y.date, l.date), l.amount_currency::text,
           l.amount_residual_currency::text, l.amount_residual::text,
           l.no_followup IS NOT TRUE, m.payment_state = 'blocked',
           COALESCE(d.id, f.debt_id),
           l.discount_date, (l.amount_currency - l.discount_amount_currency)::text
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN account_journal j ON j.id = l.journal_id
      LEFT JOIN res_partner r ON r.id = l.partner_id
      LEFT JOIN account_payment y ON y.id = m.origin_payment_id
      LEFT JOIN cobranza_debt d ON d.move_line_id = l.id
      LEFT JOIN cobranza_debt_former_line_rel f ON f.line_id = l.id
     WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND l.date <= %(on)s AND %(whose)s
       AND y.state IS DISTINCT FROM 'rejected' AND NOT (%(aside)s)
       AND (l.reconciled IS NOT TRUE OR l.id = ANY(%(moved)s))
     ORDER BY l.id
"""


TABLE = """
    SELECT i.line, i.partner, i.currency, i.due, i.debt,
           i.followed OR i.kind = ANY(%(documents)s) OR i.debt IS NOT NULL AS counts,
           i.open::numeric + COALESCE(u.more, 0) AS open,
           i.own::numeric + COALESCE(u.own, 0) AS own
      FROM (%(items)s) AS i(
               line, partner, company, currency, move, name, kind, due, day, paid,
               original, open, own, followed, blocked, debt, until, less)
      LEFT JOIN unnest(%(lines)s::int[], %(more)s::numeric[], %(more_own)s::numeric[])
             AS u(line, more, own) ON u.line = i.line
     WHERE i.open::numeric + COALESCE(u.more, 0) <> 0
        OR i.own::numeric + COALESCE(u.own, 0) <> 0
"""


ASIDE = """
    SELECT r.commercial_partner_id, l.currency_id,
           sum(l.amount_residual_currency)::text
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      LEFT JOIN res_partner r ON r.id = l.partner_id
     WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND l.date <= %(on)s AND %(whose)s
       AND l.reconciled IS NOT TRUE AND (%(aside)s)
     GROUP BY r.commercial_partner_id, l.currency_id
"""


HINTS = """
    SELECT y.id, y.currency_id, y.amount::text, y.state = 'paid',
           array_agg(k.invoice_id)
      FROM account_payment y
      JOIN account_move__account_payment k ON k.payment_id = y.id
     WHERE y.move_id IS NULL AND y.state IN ('in_process', 'paid')
       AND y.payment_type = 'inbound' AND y.date <= %(on)s AND %(which)s
     GROUP BY y.id
     ORDER BY y.id
"""


ACCOUNTS = """
    SELECT f.id, FALSE FROM (%(followed)s) f
     UNION ALL
    SELECT account_id, TRUE FROM cobranza_company_instrument_rel
     WHERE company_id = %(root)s
"""


FLUSHED = (
    "account.move.line",
    "account.move",
    "account.partial.reconcile",
    "account.payment",
    "res.partner",
    "cobranza.charge",
    "cobranza.debt",
)


class Followed(NamedTuple):
    """What is followed in a tree of companies: the ``path`` of its root, as companies
    keep it, the ids of the accounts, and of those on which cheques and bills wait.
    ``hints``: whether there may be payments without an entry."""

    path: str
    accounts: list[int]
    instruments: list[int]
    hints: bool = True

    @classmethod
    def of(cls, company):
        """That of the tree that a company is part of."""
        root = company.sudo().root_id
        root.flush_model(["cobranza_instrument_account_ids"])
        query = SQL(ACCOUNTS, followed=root._cobranza_sql_followed(), root=root.id)
        rows = root.env.execute_query(query)
        followed = [account for account, is_instrument in rows if not is_instrument]
        instruments = [account for account, is_instrument in rows if is_instrument]
        return cls(root.parent_path, followed, instruments)

    @property
    def told(self):
        """The ids of all accounts on which something may be open."""
        return [*self.accounts, *self.instruments]

    @property
    def tree(self):
        """The ids of the companies, as an array in SQL."""
        return SQL(
            "ARRAY(SELECT id FROM res_company WHERE parent_path LIKE %s)",
            f"{self.path}%",
        )


class PositionReader:
    """The open items of the followed accounts of a company, its branches included, on
    any day: debits and credits, due or not, debts of ours or not, followed or not.

    Open is what the ledger says is left, and what is matched with an entry that is not
    posted, which settles nothing, and what was matched after the day. Left out is what
    a block sets aside (``_set_aside``). A status of a document is never an amount.
    Every sum of what a debtor owes is made of these items.

    It reads as superuser and past record rules: callers check who may know. Whichever
    company of the tree is given, the items are those of the whole tree on the accounts
    of its root, for a branch is its root's creditor. ``followed``: None, or what
    ``Followed.of`` has given.
    """

    def __init__(self, env, company, on, followed=None):
        self.env = env
        self.company = company
        self.on = on
        if followed:
            self.followed = followed

    @cached_property
    def followed(self):
        return Followed.of(self.company)

    def looked_for_hints(self):
        """What is followed, knowing whether any payment is without an entry: for many
        readings in a row."""
        self.flush()
        which = SQL("y.company_id = ANY(%s)", self.followed.tree)
        query = SQL("SELECT EXISTS (%s)", SQL(HINTS, on=self.on, which=which))
        [[found]] = self.env.execute_query(query)
        return self.followed._replace(hints=found)

    def flush(self):
        """Everything that the queries read."""
        for model in FLUSHED:
            self.env[model].flush_model()

    def items(self, partners=None, coming=False):
        """[Item] of the day, by id; of commercial ``partners`` (records or ids), or of
        the whole book for None. Three queries for any number of items.

        ``coming``: what is booked to be paid after the day is hinted, as for a day that
        is not over: nobody asks for what a payment of tomorrow pays.
        """
        ids = None if partners is None else list(getattr(partners, "ids", partners))
        self.flush()
        unsettled = self._read_unsettled(ids)
        rows = self._read_items(ids, list(unsettled))
        items = list(starmap(self._item, self._opened(rows, unsettled)))
        later = {line: more[2] for line, more in unsettled.items() if more[2]}
        return self._add_hints(items, ids, later if coming else {})

    def items_known_then(self, partners=None):
        """([Item], [Change]): the items of a day that is over as they were known then,
        and what makes the difference to ``items``, which tells the day as the ledger
        does now: settlements that had been booked by the day and were undone after it
        are put back, those that were undone on it and done again later are taken off.
        """
        ids = None if partners is None else list(getattr(partners, "ids", partners))
        self.flush()
        changes = KnownThen(self).changes(ids)
        unsettled = self._read_unsettled(ids)
        touched = [line for one in changes for line in (*one.debits, *one.credits)]
        rows = self._read_items(ids, [*unsettled, *touched])
        opened, currencies = {}, {row[0]: row[3] for row in rows}
        for row in rows:
            more = unsettled.get(row[0], NOTHING)
            opened[row[0]] = [Decimal(row[11]) + more[0], Decimal(row[12]) + more[1]]
        for change in changes:
            change.apply(opened, currencies)
        items = [
            self._item(*row[:10], Decimal(row[10]), *opened[row[0]], *row[13:])
            for row in rows
            if any(opened[row[0]])
        ]
        return self._add_hints(items, ids, {}), changes

    def balances(self, partners=None):
        """{(commercial partner id, currency id): what is open, credits taken off}."""
        groups = grouped(self.items(partners))
        return {key: sum(item.open for item in group) for key, group in groups.items()}

    # -- the queries -------------------------------------------------------------------

    def _whose(self, ids):
        if ids is None:
            return SQL("TRUE")
        return SQL(
            """l.partner_id = ANY(ARRAY(SELECT id FROM res_partner
                                         WHERE commercial_partner_id = ANY(%s)))""",
            ids,
        )

    def _read_unsettled(self, ids):
        """{line: (amount, amount in company currency) to add to what is left, and how
        much of it is booked to be paid after the day}."""
        if ids is None:
            whole = SQL("p.company_id = ANY(%s)", self.followed.tree)
            parts = [SQL("account_partial_reconcile p")] * 2 + [whole] * 2
        else:
            joined = (
                "account_move_line l JOIN account_partial_reconcile p "
                "ON p.{}_move_id = l.id"
            )
            own = SQL(
                "%s AND l.account_id = ANY(%s)",
                self._whose(ids),
                self.followed.told,
            )
            parts = [SQL(joined.format(side)) for side in ("debit", "credit")]
            parts += [own, own]
        names = ("own_debit", "own_credit", "of_debit", "of_credit")
        query = SQL(UNSETTLED, on=self.on, **dict(zip(names, parts, strict=True)))
        return {
            line: tuple(map(Decimal, amounts))
            for line, *amounts in self.env.execute_query(query)
        }

    def _read_items(self, ids, moved):
        return self.env.execute_query(self._items_query(ids, moved))

    def _items_query(self, ids, moved):
        return SQL(
            ITEMS,
            banks=BANKS,
            accounts=self.followed.told,
            tree=self.followed.tree,
            on=self.on,
            whose=self._whose(ids),
            moved=moved,
            aside=self.aside_condition(),
        )

    def table(self):
        """SQL of the open items of the whole book as a table, for sums of many of them:
        line, partner, currency, due, debt (ids, NULL for none), whether it ``counts``
        as of ``Item``, and what is ``open`` in its currency and ``own`` in the
        company's. One query beside that of whoever reads the table at once, before
        anything else is written."""
        self.flush()
        unsettled = self._read_unsettled(None)
        amounts = list(zip(*unsettled.values(), strict=True)) or [()] * 3
        return SQL(
            TABLE,
            documents=list(DOCUMENTS),
            items=self._items_query(None, list(unsettled)),
            lines=list(unsettled),
            more=list(map(str, amounts[0])),
            more_own=list(map(str, amounts[1])),
        )

    def aside_condition(self):
        """Condition on the entry ``m``: blocks say that its items are no matter between
        the debtor and us."""
        blocks = self.env["cobranza.block"]._blocks()
        found = [block._set_aside(SQL.identifier("m")) for block in blocks]
        return SQL(" OR ").join([SQL("FALSE"), *filter(None, found)])

    def set_aside(self, partners=None):
        """{(commercial partner id, currency id): what is open of the items that are
        none of the debtor's matters}: with ``balances`` it adds up to the ledger."""
        ids = None if partners is None else list(getattr(partners, "ids", partners))
        self.flush()
        query = SQL(
            ASIDE,
            accounts=self.followed.told,
            tree=self.followed.tree,
            on=self.on,
            whose=self._whose(ids),
            aside=self.aside_condition(),
        )
        rows = self.env.execute_query(query)
        return {(partner, currency): Decimal(sum_) for partner, currency, sum_ in rows}

    @staticmethod
    def _opened(rows, unsettled):
        """The rows of which something is open, with what it is."""
        for row in rows:
            amount, own = Decimal(row[11]), Decimal(row[12])
            if row[0] in unsettled:
                more, more_own, _later = unsettled[row[0]]
                amount, own = amount + more, own + more_own
            if amount or own:
                yield (*row[:10], Decimal(row[10]), amount, own, *row[13:])

    @staticmethod
    def _item(*row):
        *values, until, less = row
        if until and less and Decimal(less) > 0:
            return Item(*values, until, Decimal(less))
        return Item(*values)

    # -- payments without an entry -----------------------------------------------------

    def _add_hints(self, items, ids, said):
        """The items with what payments without an entry say about their documents;
        ``said``: by line, what is known already."""
        hints = self._read_hints(items, ids)
        if not hints and not said:
            return items
        by_move = {}
        for item in items:
            if item.kind == "invoice" and item.is_debit:
                by_move.setdefault(item.move, []).append(item)
        for currency, amount, settled, moves in hints:
            found = [item for move in moves for item in by_move.get(move, ())]
            for item in sorted(found, key=lambda item: (item.due, item.line)):
                matched = settled and item.open != item.original
                if item.currency == currency and not matched:
                    before = said.get(item.line, ZERO)
                    part = min(amount, item.open - before)
                    amount -= part
                    said[item.line] = before + part
        return [
            replace(item, hinted=said[item.line]) if said.get(item.line) else item
            for item in items
        ]

    def _read_hints(self, items, ids):
        """[(currency, amount, whether the payment is over, invoices)]. A payment that
        is over counts only while nothing else is matched with its document: then the
        bank's line has taken its place."""
        if not self.followed.hints:
            return []
        which = SQL("y.company_id = ANY(%s)", self.followed.tree)
        if ids is not None:
            moves = list({item.move for item in items if item.kind == "invoice"})
            if not moves:
                return []
            which = SQL(
                """y.id IN (SELECT payment_id FROM account_move__account_payment
                             WHERE invoice_id = ANY(%s))""",
                moves,
            )
        rows = self.env.execute_query(SQL(HINTS, on=self.on, which=which))
        return [
            (currency, Decimal(amount), settled, moves)
            for _payment, currency, amount, settled, moves in rows
        ]
