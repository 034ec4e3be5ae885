from functools import partial
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ..kernel.dunning import Ladder
from .commit import once

BANKS = ("bank", "cash", "credit")


class Scope(NamedTuple):
    """What a company follows, read once for a run: plain values, which outlive the
    cache that each batch's commit empties.

    ``ladders`` are those of the active policies that have levels, by policy id in the
    order of the policies; ``default`` is the policy where nothing else is chosen.
    """

    ladders: dict[int, Ladder]
    default: "int | None"
    accounts: list[int]


class CobranzaRun(models.Model):
    """Which journal items become debts, and of whom."""

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

        Bank journals only count where a payment was reversed: it is owed again.
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
                AND (j.type = 'sale' OR (l.no_followup IS NOT TRUE
                                         AND (m.reversed_entry_id IS NOT NULL
                                              OR j.type NOT IN %(banks)s)))
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
            banks=BANKS,
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
                  AND (r.check_on IS NULL OR r.check_on <= %s)
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
