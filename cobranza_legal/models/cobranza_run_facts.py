from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..kernel.dunning import Reason
from .cobranza_reason import SITUATIONS
from .run_book import Book, BookRow


class CobranzaRun(models.Model):
    """What the run reads: a fixed number of queries for any number of debts."""

    _inherit = "cobranza.run"

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
        )

    def _add_stops(self, rows, held, day):
        """Add what stops single debts, and where the act of their level stands."""
        debt_ids = [row.id for row in rows]
        promised = self.env["cobranza.promise"]._promised(debt_ids, day)
        disputed = self.env["cobranza.dispute"]._disputed_amounts(debt_ids)
        steps = self._read_steps(debt_ids)
        for row in rows:
            row.step = steps.get(row.id, "none")
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
                      COALESCE(l.date_maturity, l.date, d.original_due_date),
                      l.amount_residual_currency::text, %(policy)s, %(why)s,
                      d.policy_id, d.reason, d.next_on, d.policy_reason,
                      d.void_reason IS NOT NULL OR l.id IS NULL
                          OR l.parent_state <> 'posted' AS void,
                      l.reconciled IS TRUE AS settled,
                      d.ceded_on IS NOT NULL AS ceded,
                      m.payment_state = 'blocked' AS blocked,
                      l.no_followup IS TRUE AS no_followup,
                      d.charge_pending IS TRUE, d.step_dropped IS TRUE,
                      m.payment_state IN ('in_payment', 'paid', 'reversed'), v.days,
                      d.reason = 'settled' AND l.reconciled IS NOT TRUE
                          AND d.void_reason IS NULL AND l.parent_state = 'posted',
                      k.on_reopen
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
        query = SQL(
            """SELECT r.id, (SELECT count(*) FROM cobranza_promise p
                              WHERE p.debtor_id = r.id AND p.result = 'broken'),
                      EXISTS (SELECT 1 FROM cobranza_debt d
                               WHERE d.debtor_id = r.id AND d.charge_stale), %s
                 FROM cobranza_debtor r WHERE r.id = ANY(%s)""",
            SQL(", ").join(SQL.identifier("r", name) for name in SITUATIONS),
            debtor_ids,
        )
        reasons = tuple(SITUATIONS.values())
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
