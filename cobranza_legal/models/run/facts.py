from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, partial
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ...kernel.dunning import Ladder, Reason
from ...kernel.owed import CHARGE, grouped, netted
from ..common.owed import UNDONE
from ..common.reason import BARRED, DISCOUNT, NEVER_SENT, OWN_COMPANY
from ..common.transaction import once
from ..debt.bulk import NO_POLICY, UNSEEN
from ..position.reader import Followed, PositionReader
from .book import Book, BookRow
from .document_stops import read_document_stops

ZERO = Decimal(0)


@dataclass(slots=True)
class Scope:
    """What a company follows, read once for a run: plain values, which outlive the
    cache that each batch's commit empties.

    ``ladders`` are those of the active policies, by policy id in the order of the
    policies; ``default`` is the policy where nothing else is chosen;
    ``followed`` the companies and accounts; ``dust`` by currency what is too small to
    claim, filled in by the first batch that asks.
    """

    ladders: dict[int, Ladder]
    default: "int | None"
    followed: Followed
    dust: dict[int, Decimal] = field(default_factory=dict)


class Said(NamedTuple):
    """Whether any of some debtors has open holds, promises or disputes: what nobody has
    is not read."""

    holds: bool = False
    promises: bool = False
    disputes: bool = False


ROWS = """
    SELECT d.id, d.debtor_id, d.currency_id, d.level, d.level_id, d.level_since,
           d.episode, COALESCE(d.kept_due_date, l.date_maturity, l.date,
                               d.original_due_date),
           %(policy)s, %(why)s, d.policy_id, d.reason, d.next_on, d.policy_reason,
           d.void_reason IS NOT NULL OR l.id IS NULL OR l.parent_state <> 'posted',
           d.ceded_on IS NOT NULL AND d.ceded_back_on IS NULL,
           d.charge_pending IS TRUE, d.step_dropped IS TRUE, v.days, k.on_reopen,
           CASE WHEN c.state = 'sent' THEN 'done' WHEN c.released THEN 'pending'
                WHEN c.id IS NOT NULL THEN 'unreleased' ELSE 'none' END,
           COALESCE(d.claimable_until < %(day)s, FALSE),
           d.decision ->> 'due'
      FROM cobranza_debt d
      JOIN res_partner cp ON cp.id = d.partner_id
      LEFT JOIN account_move_line l ON l.id = d.move_line_id
      LEFT JOIN account_move m ON m.id = l.move_id
      LEFT JOIN cobranza_policy_level v ON v.id = d.level_id
      LEFT JOIN cobranza_policy k ON k.id = d.policy_id
      LEFT JOIN cobranza_contact_line cl
        ON cl.debt_id = d.id AND cl.level_id = d.level_id
       AND cl.episode = d.episode AND cl.is_step
      LEFT JOIN cobranza_contact c ON c.id = cl.contact_id
      %(joins)s
     WHERE d.company_id = %(company)s AND d.debtor_id = ANY(%(debtors)s)
       AND d.nature = 'principal'
       AND (d.reason IS NULL OR d.reason NOT IN ('settled', 'void')
            OR d.id = ANY(%(open)s))
     ORDER BY d.id
"""


FLUSHED = (
    "res.partner.category",
    "cobranza.policy",
    "cobranza.policy.level",
    "cobranza.debtor",
    "cobranza.contact",
    "cobranza.contact.line",
)


OPENINGS = """
    SELECT cp.id AS partner, count(*) AS weight
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN res_partner p ON p.id = l.partner_id
      JOIN res_partner cp ON cp.id = p.commercial_partner_id
      LEFT JOIN cobranza_debtor r
        ON r.partner_id = cp.id AND r.company_id = %(company)s
      %(joins)s
     WHERE l.account_id = ANY(%(accounts)s)
       AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND %(which)s
       AND r.active IS NOT FALSE
       AND (l.no_followup IS NOT TRUE OR m.move_type <> 'entry')
       AND COALESCE(l.date_maturity, l.date) + COALESCE(%(days)s, 0) <= %(day)s
       AND NOT EXISTS (SELECT 1 FROM cobranza_debt d WHERE d.move_line_id = l.id)
       AND NOT EXISTS (SELECT 1 FROM cobranza_charge h WHERE h.bill_move_id = m.id)
     GROUP BY cp.id
"""
"""Whoever has items that may become debts today."""


OPEN = SQL("l.reconciled IS NOT TRUE AND l.amount_residual_currency > 0")


OWED_AGAIN = SQL("l.reconciled AND l.balance > 0 AND l.id IN %s", UNDONE)
"""What says that it is paid, by what settles nothing any more."""


class BookReader:
    """The facts of debtors of one company on a day, by a fixed number of queries for
    any number of debts: which items become debts, and all that the run decides by.

    What is open, and what has been paid and not allocated, are the items of
    ``PositionReader``. A branch is its root's creditor: the company is the root of the
    one that is given. ``scope``: None, or that of the run. As superuser.
    """

    def __init__(self, env, company, day, scope=None):
        self.company = company.sudo().root_id.with_env(env)
        self.env = self.company.env
        self.day = day
        self.positions = PositionReader(env, company, day, scope and scope.followed)
        if scope:
            self.scope = scope

    @cached_property
    def scope(self):
        """The ``Scope`` of the company."""
        ladders = self.env["cobranza.policy"].sudo()._ladders(self.company)
        chosen = self.company.cobranza_policy_id.id
        if chosen not in ladders:  # archived, or none
            chosen = self.company._cobranza_default_policy().id or None
        return Scope(ladders, chosen, self.positions.followed)

    def flush(self):
        """Everything that the queries read."""
        self.positions.flush()
        for model in FLUSHED:
            self.env[model].flush_model()

    def _sql_policy(self):
        """(joins, policy id, reason, days of the first level) for queries in which
        ``m`` is the move and ``cp`` the commercial partner: invoice, partner, tag of
        the partner with the lowest sequence, company default."""
        if not self.scope.ladders:
            return NO_POLICY
        key = str(self.company.id)
        rows = [
            SQL(
                "(%s, %s)",
                ladder.id,
                min((level.days for level in ladder.levels), default=0),
            )
            for ladder in self.scope.ladders.values()
        ]
        ladder = SQL("(SELECT * FROM (VALUES %s) AS v(id, days))", SQL(", ").join(rows))
        tag = self._sql_tag_policy(key, ladder)
        joins = SQL(
            """LEFT JOIN %(ladder)s lm ON lm.id = m.cobranza_policy_id
               LEFT JOIN %(ladder)s lp
                 ON lp.id = (cp.cobranza_policy_id ->> %(key)s)::int
               LEFT JOIN %(tag)s lt ON lt.partner_id = cp.id
               LEFT JOIN %(ladder)s lc ON lc.id = %(default)s""",
            ladder=ladder,
            tag=tag,
            key=key,
            default=self.scope.default,
        )
        policy = SQL("COALESCE(lm.id, lp.id, lt.id, lc.id)")
        reason = SQL(
            """CASE WHEN lm.id IS NOT NULL THEN 'invoice'
                    WHEN lp.id IS NOT NULL THEN 'partner'
                    WHEN lt.id IS NOT NULL THEN 'category'
                    WHEN lc.id IS NOT NULL THEN 'company' END"""
        )
        days = SQL("COALESCE(lm.days, lp.days, lt.days, lc.days)")
        return joins, policy, reason, days

    @staticmethod
    def _sql_tag_policy(key, ladder):
        """(partner, policy, days) of the partners whose tags have policies: the one
        with the lowest sequence."""
        return SQL(
            """(SELECT DISTINCT ON (r.partner_id) r.partner_id, p.id, l.days
                  FROM res_partner_res_partner_category_rel r
                  JOIN res_partner_category c ON c.id = r.category_id
                  JOIN cobranza_policy p
                    ON p.id = (c.cobranza_policy_id ->> %s)::int
                  JOIN %s l ON l.id = p.id
                 ORDER BY r.partner_id, p.sequence, p.id)""",
            key,
            ladder,
        )

    # -- whom to look at ---------------------------------------------------------------

    def partners_to_look_at(self):
        """[(commercial partner id, number of debts)] in a stable order: whoever is due
        to be looked at, or has an item that may become a debt today."""
        self.flush()
        joins, _policy, _why, days = self._sql_policy()
        query = SQL(
            """SELECT partner, greatest(1, sum(weight))::int
                 FROM (SELECT r.partner_id AS partner, count(d.id) AS weight
                         FROM cobranza_debtor r
                         LEFT JOIN cobranza_debt d ON d.debtor_id = r.id
                        WHERE r.company_id = %(company)s AND r.active
                          AND (r.review_on IS NULL OR r.review_on <= %(day)s)
                        GROUP BY r.partner_id
                        UNION ALL %(open)s
                        UNION ALL %(owed_again)s) AS todo
                GROUP BY partner ORDER BY partner""",
            company=self.company.id,
            day=self.day,
            open=self._sql_openings(OPEN, joins, days),
            owed_again=self._sql_openings(OWED_AGAIN, joins, days),
        )
        return self.env.execute_query(query)

    def _sql_openings(self, which, joins, days):
        return SQL(
            OPENINGS,
            which=which,
            company=self.company.id,
            day=self.day,
            joins=joins,
            days=days,
            accounts=self.scope.followed.accounts,
            tree=self.scope.followed.tree,
        )

    # -- the book ----------------------------------------------------------------------

    def collect(self, debtor_ids, opening=False):
        """The ``Book`` of these debtors; with ``opening``, also with the rows of the
        items that are about to become debts, under the ids that they will have."""
        self.flush()
        read = self._read_debtors(debtor_ids)
        debtors, blockers, broken, habits, stale, said = read
        held = {}
        if said.holds:
            stopped, held = self.env["cobranza.hold"]._blocking(
                self.company, debtor_ids, self.day
            )
            blockers |= {one: (*blockers[one], *stopped[one]) for one in stopped}
        items = self.positions.items(list(debtors), coming=True)
        rows = self._read_rows(debtor_ids, items)
        if rows:
            self._add_stops(rows, held, said)
        opens = self._read_openings(items, debtors) if opening else {}
        self._add_covered_items(opens)
        rows += opens.values()
        credits = self._credits_of(items, debtors, opens)
        currencies = {row.currency for row in rows} | {key[1] for key in credits}
        dust = self._dust(currencies)
        self._add_document_stops(rows, items, dust)
        return Book(
            rows=rows,
            ladders=self.scope.ladders,
            debtor_blockers=blockers,
            broken=broken,
            habits=habits,
            credits=credits,
            rates=self.rates(currencies),
            today=self.day,
            company=self.company.id,
            stale=stale,
            items=items,
            dust=dust,
        )

    def enter_due(self, debtors, wanted):
        """Ids of new debts of what is open of these debtors and is no debt yet, because
        their ladder has not come to it: of items for which ``wanted(item)`` holds. They
        are at no level; the run goes on with them."""
        self.flush()
        partners = {debtor.partner_id.id: debtor.id for debtor in debtors}
        items = self.positions.items(list(partners))
        found = {
            item.line: item
            for group in grouped(items).values()
            for item in netted(group)
            if item.open > 0
            and item.debt is None
            and item.counts
            and item.followed
            and not item.blocked
            and item.kind != CHARGE
            and wanted(item)
        }
        debts = self.env["cobranza.debt"]
        moves = {line: item.move for line, item in found.items()}
        places = debts._places(moves, self.scope.followed.accounts, self.day)
        decision = (0, None, None, None, None, Reason.NOT_DUE.value, None, "{}")
        rows = [
            (debt, line, number, partners[found[line].partner], *decision, *UNSEEN)
            for line, (debt, number, *_policy) in places.items()
        ]
        return debts._bulk_enter(self.company, rows)

    def credits(self, debtors):
        """{(debtor id, currency id): [(day or None, amount, amount in company
        currency)]} of the payments and, without a day, credit notes that nobody has
        allocated; what pays back or cancels out is taken off."""
        partners = {debtor.partner_id.id: debtor.id for debtor in debtors}
        items = self.positions.items(list(partners))
        result = {}
        for item in self._loose(items, partners):
            key = partners[item.partner], item.currency
            day = None if item.kind == "credit_note" else item.paid_on
            result.setdefault(key, []).append((day, -item.open, -item.open_company))
        return result

    def _dust(self, currencies):
        """{currency id: what is too small to claim}, read once for a run."""
        known = self.scope.dust
        if currencies - known.keys():
            known |= self.env["cobranza.dust"]._amounts(self.company)
        return {currency: known[currency] for currency in currencies}

    def rates(self, currency_ids):
        """{currency id: units of company currency for one of it, on the day}."""
        result = {}
        for currency in self.env["res.currency"].browse(currency_ids):
            rate = currency._get_conversion_rate(
                currency, self.company.currency_id, self.company, self.day
            )
            result[currency.id] = Decimal(str(rate))
        return result

    @staticmethod
    def _loose(items, partners):
        """The credits among these items, each as much of it as is free."""
        for (partner, _currency), group in grouped(items).items():
            if partner in partners:
                yield from (item for item in netted(group) if item.open < 0)

    def _credits_of(self, items, debtors, opens):
        """{(debtor, currency): [(day or None, amount)]}; what is about to open is a
        debt like any other."""
        if opens:
            items = [
                replace(item, debt=opens[item.line].id) if item.line in opens else item
                for item in items
            ]
        result = {}
        for item in self._loose(items, debtors):
            key = debtors[item.partner], item.currency
            day = None if item.kind == "credit_note" else item.paid_on
            result.setdefault(key, []).append((day, -item.open))
        return result

    # -- debts -------------------------------------------------------------------------

    def _read_rows(self, debtor_ids, items):
        """One BookRow for each principal that is open, or was so at the last look."""
        joins, policy, why, _days = self._sql_policy()
        open_ = {item.debt: item for item in items if item.debt and item.open > 0}
        query = SQL(
            ROWS,
            joins=joins,
            policy=policy,
            why=why,
            company=self.company.id,
            debtors=list(debtor_ids),
            open=list(open_),
            day=self.day,
        )
        return [
            self._book_row(row, open_.get(row[0]))
            for row in self.env.execute_query(query)
        ]

    @staticmethod
    def _book_row(row, item):
        """``item``: what is open of the debt, None for nothing."""
        void, settled = row[14], item is None and not row[14]
        flags = (
            (void, Reason.VOID),
            (settled, Reason.SETTLED),
            (row[15], Reason.CEDED),
            (row[21], BARRED),
            (item and item.blocked, Reason.BLOCKED_PAYMENT),
            (item and not item.followed, Reason.NO_FOLLOWUP),
        )
        result = BookRow(
            id=row[0],
            debtor=row[1],
            currency=row[2],
            level=row[3],
            level_id=row[4],
            level_since=row[5],
            episode=row[6],
            due=row[7],
            open=item.open if item else ZERO,
            hinted=item.hinted if item else ZERO,
            policy=row[8],
            policy_reason=row[9],
            stored=row[10:14],
            stored_level=row[3],
            stored_place=(row[4], row[5]),
            known_due=row[22],
            charge_pending=row[16],
            step_dropped=row[17],
            level_days=row[18],
            step=row[20],
            blockers=tuple(reason for flag, reason in flags if flag),
            line=item.line if item else None,
        )
        if row[11] == "settled" and item and not void:
            result.reopen(restart=row[19] != "resume")
        return result

    def _add_stops(self, rows, held, said):
        """Add what stops single debts; ``said``: as ``_read_debtors`` gives it."""
        debt_ids, promised, disputed = [row.id for row in rows], (), {}
        if said.promises:
            promised = self.env["cobranza.promise"]._promised(debt_ids, self.day)
        if said.disputes:
            disputed = self.env["cobranza.dispute"]._disputed_amounts(debt_ids)
        covered = self.env["cobranza.debt"]._covered(debt_ids, self.day)
        for row in rows:
            if row.id in covered:
                reason, row.covered_until = covered[row.id]
                row.blockers += (reason,)
            if row.id in promised:
                row.blockers += (Reason.PROMISED,)
            row.blockers += tuple(held.get(row.id, ()))
            if row.id in disputed:
                amount, whole = disputed[row.id]
                row.disputed = row.open if whole else amount

    def _add_covered_items(self, opens):
        """Add what covers the items that become debts today, which only blocks know."""
        if not opens:
            return
        for block in self.env["cobranza.block"]._blocks():
            found = block._covering_items(list(opens), self.day)
            for line, (reason, until) in found.items():
                opens[line].blockers += (reason,)
                opens[line].covered_until = until

    def _add_document_stops(self, rows, items, dust):
        """Add what the documents say: a discount taken in time, or that may still be
        taken; an invoice never sent."""
        over = {Reason.SETTLED, Reason.VOID}
        by_line = {
            row.line: row for row in rows if row.line and not over & set(row.blockers)
        }
        items = [item for item in items if item.line in by_line]
        found = read_document_stops(self.company, items, self.day, dust)
        for line, row in by_line.items():
            if line in found.taken:
                row.blockers += (DISCOUNT,)
            if line in found.unsent:
                row.blockers += (NEVER_SENT,)
            row.open = max(row.open - found.discounts.get(line, ZERO), ZERO)

    # -- items that become debts -------------------------------------------------------

    def _read_openings(self, items, debtors):
        """{journal item: BookRow} of the items that become debts today: what is due by
        the first level of its policy, or has none and is due. Neither entries that are
        not followed, nor money that was given back as far as a credit stood for it."""
        found = {}
        for (partner, _currency), group in grouped(items).items():
            if partner in debtors:
                found |= {
                    item.line: item
                    for item in netted(group)
                    if item.open > 0
                    and item.debt is None
                    and item.counts
                    and item.kind != CHARGE
                }
        moves = {line: item.move for line, item in found.items()}
        whole = {item.line: item for item in items if item.line in found}
        places = self.env["cobranza.debt"]._places(
            moves, self.scope.followed.accounts, self.day, self._sql_policy()
        )
        return {
            line: self._item_row(whole[line], debtors, *place)
            for line, place in places.items()
        }

    @staticmethod
    def _item_row(item, debtors, debt, number, policy, why):
        flags = (
            (item.blocked, Reason.BLOCKED_PAYMENT),
            (not item.followed, Reason.NO_FOLLOWUP),
        )
        return BookRow(
            id=debt,
            debtor=debtors[item.partner],
            currency=item.currency,
            level=0,
            level_id=None,
            level_since=None,
            episode=1,
            due=item.due,
            open=item.open,
            hinted=item.hinted,
            policy=policy,
            policy_reason=why,
            stored=(None, None, None, None),
            stored_level=0,
            blockers=tuple(reason for flag, reason in flags if flag),
            opens=(item.line, number),
            line=item.line,
        )

    # -- acts and situations -----------------------------------------------------------

    def _read_debtors(self, debtor_ids):
        """({commercial partner id: debtor id}, {debtor id: reasons that leave the whole
        debtor alone}, {debtor id: number of broken promises}, {debtor id: days late on
        average} of those of whom it counts, debtors whose charges have to be judged
        again, ``Said``)."""
        names = ["habit_days", "habit_counts", "regime"]
        self.env["cobranza.debtor"].flush_model(names)
        for model in ("cobranza.promise", "cobranza.hold"):
            self.env[model].flush_model(["debtor_id", "state"])
        self.env["cobranza.promise"].flush_model(["result"])
        self.env["cobranza.dispute"].flush_model(["debtor_id", "state"])
        situations = self.env["cobranza.decision.reason"]._situations()
        query = SQL(
            """SELECT r.id, r.partner_id,
                      (SELECT count(*) FROM cobranza_promise p
                        WHERE p.debtor_id = r.id AND p.result = 'broken'),
                      EXISTS (SELECT 1 FROM cobranza_debt d
                               WHERE d.debtor_id = r.id AND d.charge_stale),
                      EXISTS (SELECT 1 FROM cobranza_hold h
                               WHERE h.debtor_id = r.id AND h.state = 'open'),
                      EXISTS (SELECT 1 FROM cobranza_promise p
                               WHERE p.debtor_id = r.id AND p.state = 'open'),
                      EXISTS (SELECT 1 FROM cobranza_dispute u
                               WHERE u.debtor_id = r.id
                                 AND u.state IN ('open', 'upheld')),
                      CASE WHEN %s THEN r.habit_days::text END, %s, %s
                 FROM cobranza_debtor r WHERE r.id = ANY(%s)""",
            self.env["cobranza.debtor"]._sql_habit_counts(),
            self.env["cobranza.debtor"]._sql_of_our_companies(),
            SQL(", ").join(SQL.identifier("r", name) for name in situations),
            list(debtor_ids),
        )
        reasons = tuple(situations.values())
        partners, result, broken, habits = {}, {}, {}, {}
        stale, said = set(), []
        rows = self.env.execute_query(query)
        for debtor, partner, count, judge, *acts, habit, ours, dates in (
            (*row[:9], row[9:]) for row in rows
        ):
            found = [why for day, why in zip(dates, reasons, strict=True) if day]
            found += [OWN_COMPANY] * ours
            partners[partner] = debtor
            result[debtor] = tuple(found)
            broken[debtor] = count
            if habit:
                habits[debtor] = Decimal(habit)
            said.append(acts)
            if judge:
                stale.add(debtor)
        said = Said(*map(any, zip(*said, strict=True))) if said else Said()
        return partners, result, broken, habits, frozenset(stale), said


class CobranzaRun(models.Model):
    """What the run reads, and the debtors that it makes: the debts of whom are written
    with their first decision."""

    _inherit = "cobranza.run"

    def _book(self, company, day=None, scope=None):
        """The ``BookReader`` of a company; of today for None."""
        day = day or company._cobranza_today()
        return BookReader(self.env, company, day, scope)

    def _scope(self, company, many=False):
        """The ``Scope`` of a company, read once for all batches; worth one more look
        where they are ``many``."""
        book = self._book(company)
        if not many:
            return book.scope
        return replace(book.scope, followed=book.positions.looked_for_hints())

    def _read_credits(self, debtors):
        """{debtor id: {currency id: (amount, amount in company currency)}} of what is
        paid and not allocated."""
        result = {}
        for company, group in debtors.grouped("company_id").items():
            found = self._book(company).credits(group)
            for (debtor, currency), rows in found.items():
                amount = sum(row[1] for row in rows)
                own = sum(row[2] for row in rows)
                result.setdefault(debtor, {})[currency] = amount, own
        return result

    def _read_rates(self, company, currency_ids, day):
        """{currency id: units of company currency for one of it, on the day}."""
        return self._book(company, day).rates(currency_ids)

    def _ensure_debtors(self, company, partners):
        """The debtors of these commercial partners to the creditor that a company or
        branch is; new ones are made in one go, unless another transaction has just made
        them."""
        company = company._cobranza_creditor()
        found = self._find_debtors(company, partners)
        missing = partners - found.partner_id
        if not missing:
            return found

        def again():
            seen = self._find_debtors(company, missing)
            return seen and self._ensure_debtors(company, missing)

        make = partial(self._make_debtors, company, missing)
        return found | once(self.env, make, again)

    def _find_debtors(self, company, partners):
        debtors = self.env["cobranza.debtor"].sudo().with_context(active_test=False)
        return debtors.search_fetch(
            [("company_id", "=", company.id), ("partner_id", "in", partners.ids)],
            ["active", "partner_id", "company_id", "judge_reason"],
        )

    def _make_debtors(self, company, missing):
        regimes = company._cobranza_rules()._debtor_regime(missing)
        quiet = {
            "mail_create_nolog": True,
            "mail_create_nosubscribe": True,
            "mail_notrack": True,
            "tracking_disable": True,
        }
        vals_list = [
            {
                "company_id": company.id,
                "partner_id": partner.id,
                "regime": regimes[partner.id],
                "user_id": company.cobranza_user_id.id,
            }
            for partner in missing
        ]
        debtors = self.env["cobranza.debtor"].sudo().with_context(active_test=False)
        made = debtors.with_context(**quiet).create(vals_list)
        return made.with_context(**{name: False for name in quiet})
