"""What the report of the shadow month asks of the database."""

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
