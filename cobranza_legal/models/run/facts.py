from decimal import Decimal
from functools import partial
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ...kernel.dunning import Ladder, Reason
from ..common.reason import DISCOUNT, NEVER_SENT
from ..common.transaction import once
from .book import Book, BookRow
from .document_stops import read_document_stops


class Scope(NamedTuple):
    """What a company follows, read once for a run: plain values, which outlive the
    cache that each batch's commit empties.

    ``ladders`` are those of the active policies that have levels, by policy id in the
    order of the policies; ``default`` is the policy where nothing else is chosen.
    """

    ladders: dict[int, Ladder]
    default: "int | None"
    accounts: list[int]


ITEMS = """
    SELECT r.id, l.currency_id, COALESCE(l.date_maturity, l.date),
           l.amount_residual_currency::text, %(policy)s, %(reason)s,
           m.payment_state = 'blocked', l.no_followup IS TRUE,
           m.payment_state IN ('in_payment', 'paid', 'reversed'),
           l.id, l.move_id
    %(source)s AND r.id = ANY(%(debtors)s)
     ORDER BY l.id
"""


class CobranzaRun(models.Model):
    """What the run reads, by a fixed number of queries for any number of debts: which
    journal items become debts and of whom (read first, written with their first
    decision), and the facts of the debts that are known.
    """

    _inherit = "cobranza.run"

    def _scope(self, company):
        ladders = self._policies(company)._ladders()
        default = company._cobranza_default_policy().id or None
        return Scope(ladders, default, company._cobranza_followed_accounts().ids)

    def _policies(self, company):
        """Active policies a debt of this company may follow, with their levels."""
        domain = [("company_id", "in", [company.id, False])]
        policies = self.env["cobranza.policy"].sudo().search(domain)
        return policies.filtered("level_ids")

    def _sql_policy(self, company, scope):
        """(joins, policy id, reason, days of the first level) for queries in which
        ``m`` is the move and ``cp`` the commercial partner: invoice, partner, tag of
        the partner with the lowest sequence, company default."""
        if not scope.ladders:
            return SQL(), SQL("NULL::int"), SQL("NULL::text"), SQL("NULL::int")
        key = str(company.id)
        rows = [
            SQL("(%s, %s)", ladder.id, min(level.days for level in ladder.levels))
            for ladder in scope.ladders.values()
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
            default=scope.default,
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

    def _sql_items(self, company, day, scope):
        """(FROM and WHERE, policy, why) of the items that reach the first level of
        their policy, or have none and are due, and are not debts yet.

        What a bank's line or a payment to the customer debits counts too: a payment
        that came back. What pays an unallocated credit back is covered by that.
        """
        joins, policy, reason, days = self._sql_policy(company, scope)
        source = SQL(
            """FROM account_move_line l
               JOIN account_move m ON m.id = l.move_id
               JOIN account_journal j ON j.id = l.journal_id
               JOIN res_partner p ON p.id = l.partner_id
               JOIN res_partner cp ON cp.id = p.commercial_partner_id
               LEFT JOIN cobranza_debtor r
                 ON r.partner_id = cp.id AND r.company_id = l.company_id
               %(joins)s
              WHERE l.company_id = %(company)s AND l.account_id = ANY(%(accounts)s)
                AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
                AND l.amount_residual > 0 AND r.active IS NOT FALSE
                AND (j.type = 'sale' OR l.no_followup IS NOT TRUE)
                AND COALESCE(l.date_maturity, l.date) + COALESCE(%(days)s, 0)
                    <= %(day)s
                AND NOT EXISTS (SELECT 1 FROM cobranza_debt d
                                 WHERE d.move_line_id = l.id)
                AND NOT EXISTS (SELECT 1 FROM cobranza_charge h
                                 WHERE h.bill_move_id = m.id)""",
            joins=joins,
            company=company.id,
            accounts=scope.accounts,
            days=days,
            day=day,
        )
        return source, policy, reason

    def _flush_ledger(self):
        for model in (
            "account.move.line",
            "account.move",
            "res.partner",
            "res.partner.category",
            "cobranza.policy",
            "cobranza.charge",
            "cobranza.debt",
            "cobranza.debtor",
        ):
            self.env[model].flush_model()

    def _partners_to_look_at(self, company):
        """[(commercial partner id, number of debts)] in a stable order."""
        day = company._cobranza_today()
        self._flush_ledger()
        due = SQL(
            """SELECT r.partner_id AS partner, count(d.id) AS weight
                 FROM cobranza_debtor r
                 LEFT JOIN cobranza_debt d ON d.debtor_id = r.id
                WHERE r.company_id = %s AND r.active
                  AND (r.review_on IS NULL OR r.review_on <= %s)
                GROUP BY r.partner_id""",
            company.id,
            day,
        )
        source, _policy, _why = self._sql_items(company, day, self._scope(company))
        query = SQL(
            """SELECT partner, greatest(1, sum(weight))::int
                 FROM (%s UNION ALL
                       SELECT cp.id AS partner, count(*) AS weight %s
                        GROUP BY cp.id) AS todo
                GROUP BY partner ORDER BY partner""",
            due,
            source,
        )
        return self.env.execute_query(query)

    def _ensure_debtors(self, company, partners):
        """The debtors of these commercial partners; new ones are made in one go, unless
        another transaction has just made them."""
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
            ["active", "partner_id"],
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

    def _read_items(self, company, debtors, day, scope):
        """BookRows of the items of these debtors that become debts today, under the ids
        that they will have."""
        self._flush_ledger()
        source, policy, reason = self._sql_items(company, day, scope)
        query = SQL(
            ITEMS, source=source, policy=policy, reason=reason, debtors=debtors.ids
        )
        items = self.env.execute_query(query)
        # a join of the two would be planned for a handful of rows
        lines = {item[-2]: item[-1] for item in items}
        places = self.env["cobranza.debt"]._places(lines, scope.accounts)
        return [
            self._item_row(*places[item[-2]], *item[:-1])
            for item in items
            if item[-2] in places
        ]

    @staticmethod
    def _item_row(debt, number, debtor, currency, due, amount, policy, why, *others):
        blocked, no_followup, paid, line = others
        flags = (
            (blocked, Reason.BLOCKED_PAYMENT),
            (no_followup, Reason.NO_FOLLOWUP),
            (paid, Reason.COVERED),
        )
        return BookRow(
            id=debt,
            debtor=debtor,
            currency=currency,
            level=0,
            level_id=None,
            level_since=None,
            episode=1,
            due=due,
            open=Decimal(amount),
            policy=policy,
            policy_reason=why,
            stored=(None, None, None, None),
            stored_level=0,
            blockers=tuple(reason for flag, reason in flags if flag),
            opens=(line, number),
            line=line,
        )

    def _read_facts(self, company, debtor_ids, day, scope=None, items=()):
        """The ``Book`` of these debtors of one company on a day, with the rows of the
        ``items`` that are about to become debts."""
        self._flush_ledger()
        scope = scope or self._scope(company)
        rows = self._read_rows(company, debtor_ids, scope)
        held_debtors, held = self.env["cobranza.hold"]._blocking(
            company, debtor_ids, day
        )
        if rows:
            self._add_stops(rows, held, day)
        rows += items
        credits = self._read_credit_amounts(company, debtor_ids, scope.accounts)
        currencies = {row.currency for row in rows} | {key[1] for key in credits}
        dust = self.env["cobranza.dust"]._amounts(company, currencies)
        self._add_document_stops(company, rows, day, dust)
        blockers, broken, stale = self._read_situations(debtor_ids, held_debtors)
        return Book(
            rows=rows,
            ladders=scope.ladders,
            debtor_blockers=blockers,
            broken=broken,
            credits=credits,
            rates=self._read_rates(company, currencies, day),
            today=day,
            stale=stale,
            dust=dust,
        )

    @staticmethod
    def _add_document_stops(company, rows, day, dust):
        """Add what the documents say: a discount taken in time, or that may still be
        taken; an invoice never sent."""
        over = {Reason.SETTLED, Reason.VOID}
        by_line = {row.line: row for row in rows if not over & set(row.blockers)}
        found = read_document_stops(company, by_line.keys(), day, dust)
        for line, row in by_line.items():
            if line in found.taken:
                row.blockers += (DISCOUNT,)
            if line in found.unsent:
                row.blockers += (NEVER_SENT,)
            row.open = max(row.open - found.discounts.get(line, 0), Decimal(0))

    def _add_stops(self, rows, held, day):
        """Add what stops single debts, and where the act of their level stands."""
        debt_ids = [row.id for row in rows]
        promised = self.env["cobranza.promise"]._promised(debt_ids, day)
        disputed = self.env["cobranza.dispute"]._disputed_amounts(debt_ids)
        steps = self._read_steps(debt_ids)
        covered = self.env["cobranza.debt"]._covered(debt_ids, day)
        for row in rows:
            row.step = steps.get(row.id, "none")
            if row.id in covered:
                reason, row.covered_until = covered[row.id]
                row.blockers += (reason,)
            if row.id in promised:
                row.blockers += (Reason.PROMISED,)
            row.blockers += tuple(held.get(row.id, ()))
            if row.id in disputed:
                amount, whole = disputed[row.id]
                row.disputed = row.open if whole else amount

    def _read_rows(self, company, debtor_ids, scope):
        """One BookRow for each principal that is open, or was so at the last look."""
        joins, policy, why, _days = self._sql_policy(company, scope)
        query = SQL(
            """SELECT d.id, d.debtor_id, d.currency_id, d.level, d.level_id,
                      d.level_since, d.episode,
                      COALESCE(d.kept_due_date, l.date_maturity, l.date,
                               d.original_due_date),
                      l.amount_residual_currency::text, %(policy)s, %(why)s,
                      d.policy_id, d.reason, d.next_on, d.policy_reason,
                      d.void_reason IS NOT NULL OR l.id IS NULL
                          OR l.parent_state <> 'posted' AS void,
                      l.reconciled IS TRUE AS settled,
                      d.ceded_on IS NOT NULL
                          AND d.ceded_back_on IS NULL AS ceded,
                      m.payment_state = 'blocked' AS blocked,
                      l.no_followup IS TRUE AS no_followup,
                      d.charge_pending IS TRUE, d.step_dropped IS TRUE,
                      m.payment_state IN ('in_payment', 'paid', 'reversed'), v.days,
                      d.reason = 'settled' AND l.reconciled IS NOT TRUE
                          AND d.void_reason IS NULL AND l.parent_state = 'posted',
                      k.on_reopen, l.id
                 FROM cobranza_debt d
                 JOIN res_partner cp ON cp.id = d.partner_id
                 LEFT JOIN account_move_line l ON l.id = d.move_line_id
                 LEFT JOIN account_move m ON m.id = l.move_id
                 LEFT JOIN cobranza_policy_level v ON v.id = d.level_id
                 LEFT JOIN cobranza_policy k ON k.id = d.policy_id
                 %(joins)s
                WHERE d.company_id = %(company)s AND d.debtor_id = ANY(%(debtors)s)
                  AND d.nature = 'principal'
                  AND (d.reason IS NULL OR d.reason NOT IN ('settled', 'void')
                       OR (l.reconciled IS NOT TRUE AND d.void_reason IS NULL))
                ORDER BY d.id""",
            joins=joins,
            policy=policy,
            why=why,
            company=company.id,
            debtors=debtor_ids,
        )
        return [self._book_row(row) for row in self.env.execute_query(query)]

    @staticmethod
    def _book_row(row):
        flags = (
            (row[15], Reason.VOID),
            (row[16] and not row[15], Reason.SETTLED),
            (row[17], Reason.CEDED),
            (row[18], Reason.BLOCKED_PAYMENT),
            (row[19], Reason.NO_FOLLOWUP),
            # paid without an entry, as accounting apps do
            (row[22] and not row[16], Reason.COVERED),
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
            open=Decimal(row[8] or 0),
            policy=row[9],
            policy_reason=row[10],
            stored=(row[11], row[12], row[13], row[14]),
            stored_level=row[3],
            charge_pending=row[20],
            step_dropped=row[21],
            level_days=row[23],
            blockers=tuple(reason for flag, reason in flags if flag),
            line=row[26],
        )
        if row[24]:
            result.reopen(restart=row[25] != "resume")
        return result

    def _read_steps(self, debt_ids):
        """{debt id: done | pending | unreleased} of the act of the present level."""
        for model in ("cobranza.contact", "cobranza.contact.line"):
            self.env[model].flush_model()
        query = SQL(
            """SELECT cl.debt_id,
                      CASE WHEN c.state = 'sent' THEN 'done'
                           WHEN c.released THEN 'pending'
                           ELSE 'unreleased' END
                 FROM cobranza_contact_line cl
                 JOIN cobranza_contact c ON c.id = cl.contact_id
                 JOIN cobranza_debt d ON d.id = cl.debt_id
                WHERE cl.is_step AND cl.debt_id = ANY(%s)
                  AND cl.level_id = d.level_id AND cl.episode = d.episode""",
            debt_ids,
        )
        return dict(self.env.execute_query(query))

    def _read_situations(self, debtor_ids, held):
        """({debtor id: reasons that leave the whole debtor alone}, {debtor id: number
        of broken promises}, debtors whose charges have to be judged again)."""
        self.env["cobranza.promise"].flush_model(["debtor_id", "result"])
        situations = self.env["cobranza.decision.reason"]._situations()
        query = SQL(
            """SELECT r.id, (SELECT count(*) FROM cobranza_promise p
                              WHERE p.debtor_id = r.id AND p.result = 'broken'),
                      EXISTS (SELECT 1 FROM cobranza_debt d
                               WHERE d.debtor_id = r.id AND d.charge_stale), %s
                 FROM cobranza_debtor r WHERE r.id = ANY(%s)""",
            SQL(", ").join(SQL.identifier("r", name) for name in situations),
            debtor_ids,
        )
        reasons = tuple(situations.values())
        result, broken, stale = {}, {}, set()
        for debtor, count, judge, *dates in self.env.execute_query(query):
            found = [why for day, why in zip(dates, reasons, strict=True) if day]
            result[debtor] = (*found, *held.get(debtor, ()))
            broken[debtor] = count
            if judge:
                stale.add(debtor)
        return result, broken, frozenset(stale)

    def _read_credit_rows(self, company, debtor_ids, accounts):
        """[(debtor, currency, amount, amount in company currency)] of the posted,
        unallocated payments and credit notes, as positive numerics."""
        query = SQL(
            """SELECT r.id, l.currency_id, sum(-l.amount_residual_currency)::text,
                      sum(-l.amount_residual)::text
                 FROM cobranza_debtor r
                 JOIN res_partner p ON p.commercial_partner_id = r.partner_id
                 JOIN account_move_line l ON l.partner_id = p.id
                WHERE r.id = ANY(%(debtors)s) AND l.company_id = %(company)s
                  AND l.account_id = ANY(%(accounts)s)
                  AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
                  AND l.amount_residual < 0
                GROUP BY r.id, l.currency_id""",
            debtors=debtor_ids,
            company=company.id,
            accounts=accounts,
        )
        return self.env.execute_query(query)

    def _read_credit_amounts(self, company, debtor_ids, accounts):
        rows = self._read_credit_rows(company, debtor_ids, accounts)
        return {
            (debtor, currency): Decimal(amount)
            for debtor, currency, amount, _company in rows
        }

    def _read_credits(self, debtors):
        """{debtor id: {currency id: (amount, amount in company currency)}}."""
        self.env["account.move.line"].flush_model()
        result = {}
        for company, group in debtors.grouped("company_id").items():
            accounts = company._cobranza_followed_accounts().ids
            rows = self._read_credit_rows(company, group.ids, accounts)
            for debtor, currency, amount, own in rows:
                money = (Decimal(amount), Decimal(own))
                result.setdefault(debtor, {})[currency] = money
        return result

    def _read_rates(self, company, currency_ids, day):
        """{currency id: units of company currency for one of it, on the day}."""
        result = {}
        for currency in self.env["res.currency"].browse(currency_ids):
            rate = currency._get_conversion_rate(
                currency, company.currency_id, company, day
            )
            result[currency.id] = Decimal(str(rate))
        return result
