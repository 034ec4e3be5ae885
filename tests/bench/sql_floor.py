"""The floor: the same rows by pure SQL, with the same indexes and keys.

Nothing decides here: whoever can be claimed moves. It is what a run cannot be cheaper
than, on the same server in the same session.
"""

import time
from contextlib import contextmanager

from session import cpu_seconds

FIND = """
CREATE TEMP TABLE f_item AS
SELECT l.id, l.move_id, m.name, l.currency_id, p.commercial_partner_id AS partner,
       l.date_maturity AS due, l.amount_currency AS amount,
       l.amount_residual_currency AS open,
       m.payment_state = 'blocked' OR l.no_followup
           OR EXISTS (SELECT 1 FROM cobranza_hold h JOIN cobranza_debtor r
                          ON r.id = h.debtor_id
                       WHERE r.partner_id = p.commercial_partner_id
                         AND h.state = 'open') AS stopped,
       row_number() OVER (PARTITION BY l.move_id ORDER BY l.date_maturity, l.id) AS no
  FROM account_move_line l
  JOIN account_move m ON m.id = l.move_id
  JOIN account_journal j ON j.id = l.journal_id
  JOIN account_account a ON a.id = l.account_id
  JOIN res_partner p ON p.id = l.partner_id
 WHERE l.company_id = 1 AND a.account_type = 'asset_receivable' AND j.type = 'sale'
   AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted' AND l.amount_residual > 0
   AND l.date_maturity + 5 <= %(day)s
   AND NOT EXISTS (SELECT 1 FROM cobranza_debt d WHERE d.move_line_id = l.id)
"""
RELAX = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT table_name, column_name FROM information_schema.columns
                WHERE table_name IN ('cobranza_debtor', 'cobranza_debt',
                                     'cobranza_contact', 'cobranza_contact_line')
                  AND is_nullable = 'NO' AND column_default IS NULL
                  AND column_name <> 'id'
    LOOP EXECUTE format('ALTER TABLE %I ALTER COLUMN %I DROP NOT NULL',
                        one.table_name, one.column_name);
    END LOOP;
END $$
"""
"""Fields with a default of Odoo are not what the run is compared by."""
DEBTORS = """
INSERT INTO cobranza_debtor (company_id, partner_id, regime, active, phase, reason,
       next_act_on, next_level_id, priority, priority_parts, review_on,
       create_uid, create_date, write_uid, write_date)
SELECT 1, partner, 'unknown', TRUE, 'reminder', 'entered', %(day)s, %(level)s,
       50, '{"amount": 30, "age": 20}', %(day)s, 1, now(), 1, now()
  FROM (SELECT DISTINCT partner FROM f_item) one
 WHERE NOT EXISTS (SELECT 1 FROM cobranza_debtor r
                    WHERE r.partner_id = one.partner AND r.company_id = 1)
"""
DEBTS = """
INSERT INTO cobranza_debt (company_id, debtor_id, partner_id, currency_id, move_id,
       instalment_no, document, original_due_date, original_amount, move_line_id,
       nature, level, level_id, level_since, episode, policy_id, policy_reason, reason,
       next_on, decision, decided_on, create_uid, create_date, write_uid, write_date)
SELECT 1, r.id, i.partner, i.currency_id, i.move_id, i.no, i.name, i.due, i.amount,
       i.id, 'principal', (NOT stopped)::int, CASE WHEN NOT stopped THEN %(level)s END,
       CASE WHEN NOT stopped THEN %(day)s::date END, 1, v.policy_id, 'company',
       CASE WHEN stopped THEN 'on_hold' ELSE 'entered' END, %(day)s,
       json_build_object('claim', i.open::text, 'due', i.due, 'blockers', '{}'::text[],
                         'step', 'none')::jsonb, %(day)s, 1, now(), 1, now()
  FROM f_item i
  JOIN cobranza_debtor r ON r.partner_id = i.partner AND r.company_id = 1
  JOIN cobranza_policy_level v ON v.id = %(level)s
"""
CLAIM = """
CREATE TEMP TABLE f_claim AS
SELECT d.id AS debt, d.debtor_id, d.currency_id, d.episode,
       l.amount_residual_currency AS open
  FROM cobranza_debt d JOIN account_move_line l ON l.id = d.move_line_id
 WHERE d.company_id = 1 AND d.reason = %(reason)s
"""
CONTACTS = """
INSERT INTO cobranza_contact (company_id, debtor_id, currency_id, level_id, channel,
       direction, state, text_purpose, planned_at, automatic, released, waiting,
       recipient_id, address, amount, amount_credit, create_uid, create_date, write_uid,
       write_date)
SELECT 1, c.debtor_id, c.currency_id, %(level)s, v.channel, 'outbound', 'planned',
       v.text_purpose, now(), FALSE, FALSE, 'not_automatic', p.id, p.email, sum(c.open),
       0, 1, now(), 1, now()
  FROM f_claim c
  JOIN cobranza_debtor r ON r.id = c.debtor_id
  JOIN res_partner p ON p.id = r.partner_id
  JOIN cobranza_policy_level v ON v.id = %(level)s
 GROUP BY c.debtor_id, c.currency_id, v.channel, v.text_purpose, p.id, p.email
"""
LINES = """
INSERT INTO cobranza_contact_line (contact_id, debt_id, level_id, level, episode,
       amount, amount_credit, is_step)
SELECT k.id, c.debt, %(level)s, %(number)s, c.episode, c.open, 0, TRUE
  FROM f_claim c
  JOIN cobranza_contact k ON k.debtor_id = c.debtor_id
       AND k.currency_id = c.currency_id AND k.level_id = %(level)s
"""
ESCALATE_FIND = """
CREATE TEMP TABLE f_move AS
SELECT d.id
  FROM cobranza_debt d
  JOIN account_move_line l ON l.id = d.move_line_id
  JOIN account_move m ON m.id = l.move_id
  JOIN cobranza_contact_line cl ON cl.debt_id = d.id AND cl.level_id = d.level_id
       AND cl.episode = d.episode AND cl.is_step
  JOIN cobranza_contact c ON c.id = cl.contact_id AND c.state = 'sent'
 WHERE d.company_id = 1 AND d.level = 1 AND l.reconciled IS NOT TRUE
   AND l.parent_state = 'posted' AND m.payment_state <> 'blocked'
   AND l.no_followup IS NOT TRUE AND l.date_maturity + 12 <= %(day)s
"""
ESCALATE_DEBTS = """
UPDATE cobranza_debt d
   SET level = 2, level_id = %(level)s, level_since = %(day)s, reason = 'advanced',
       next_on = %(day)s, decision = d.decision || '{"step": "done"}', write_uid = 1,
       write_date = now(), decided_on = %(day)s
  FROM f_move f WHERE f.id = d.id
"""
ESCALATE_DEBTORS = """
UPDATE cobranza_debtor r
   SET priority = 60, priority_parts = '{"amount": 30, "age": 30}', phase = 'reminder',
       reason = 'advanced', next_act_on = %(day)s, next_level_id = %(level)s,
       review_on = %(day)s
 WHERE r.company_id = 1
"""
FIRST = (FIND, DEBTORS, DEBTS, CLAIM, CONTACTS, LINES)
ESCALATE = (ESCALATE_FIND, ESCALATE_DEBTS, CLAIM, CONTACTS, LINES, ESCALATE_DEBTORS)


@contextmanager
def _timed(cr, result):
    cpu, started = cpu_seconds(cr), time.perf_counter()
    yield
    result["seconds"] = time.perf_counter() - started
    result["cpu"] = cpu_seconds(cr) - cpu


def first_day(cr, day):
    """Find the items and insert debtors, debts, contacts and lines."""
    return _play(cr, FIRST, day, number=1, reason="entered")


def all_escalate(cr, day):
    """Move every debt whose act is done one level up, with its contact and lines."""
    return _play(cr, ESCALATE, day, number=2, reason="advanced")


def unchanged(cr, day):
    """Find that there is nothing to open and nobody to look at."""
    result = {}
    with _timed(cr, result):
        cr.execute(FIND, {"day": day})
        cr.execute(
            "SELECT count(*) FROM cobranza_debtor WHERE company_id = 1 AND active "
            "AND (review_on IS NULL OR review_on <= %s)",
            [day],
        )
        cr.commit()
    return result


def _play(cr, statements, day, number, reason):
    cr.execute(
        """SELECT v.id FROM cobranza_policy_level v
             JOIN res_company c ON c.cobranza_policy_id = v.policy_id
            WHERE c.id = 1 AND v.number = %s AND v.active""",
        [number],
    )
    [level] = cr.fetchone()
    values = {"day": day, "level": level, "number": number, "reason": reason}
    cr.execute(RELAX)
    result = {}
    with _timed(cr, result):
        for statement in statements:
            cr.execute(statement, values)
        cr.commit()
    return result
