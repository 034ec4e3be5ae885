"""Who took what is out of the process today out of it was read from the newest row of
its history; it has a row of its own from now on."""

LEFT = """
    INSERT INTO cobranza_leave (
        company_id, debtor_id, debt_id, kind, user_id, since,
        create_uid, create_date, write_uid, write_date)
    SELECT d.company_id, d.debtor_id, d.id, s.kind, said.user_id,
           COALESCE(s.ceded_on, said.moment::date), 1, %(now)s, 1, %(now)s
      FROM cobranza_debt d
      JOIN account_move_line l ON l.id = d.move_line_id
      JOIN account_move m ON m.id = l.move_id
     CROSS JOIN LATERAL (
           SELECT CASE WHEN d.ceded_back_on IS NULL THEN d.ceded_on END AS ceded_on,
                  CASE WHEN d.ceded_on IS NOT NULL AND d.ceded_back_on IS NULL
                       THEN 'ceded'
                       WHEN l.no_followup THEN 'not_followed'
                       ELSE 'blocked' END AS kind) s
     CROSS JOIN LATERAL (
           SELECT h.user_id, h.moment FROM cobranza_history h
            WHERE h.res_model = 'cobranza.debt' AND h.res_id = d.id
            ORDER BY h.id DESC LIMIT 1) said
     WHERE d.void_reason IS NULL AND d.nature = 'principal'
       AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
       AND (s.ceded_on IS NOT NULL OR l.no_followup OR m.payment_state = 'blocked')
       AND NOT EXISTS (SELECT 1 FROM cobranza_leave v
                        WHERE v.debt_id = d.id AND v.kind = s.kind
                          AND v.ended_on IS NULL)
"""


def migrate(cr, version):
    if version:
        cr.execute(LEFT, {"now": cr.now()})
