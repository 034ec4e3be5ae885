from odoo import api, models
from odoo.tools import SQL

from ..common.transaction import pg_array

PLACE = """
    SELECT id, nextval('cobranza_debt_id_seq')::int, no, policy, why
      FROM (SELECT place.id, place.no, %(policy)s AS policy, %(why)s AS why
              FROM (SELECT o.id, o.move_id, o.partner_id,
                           COALESCE(o.date_maturity, o.date) AS due,
                           (COALESCE((SELECT max(t.instalment_no)
                                        FROM cobranza_debt t
                                       WHERE t.move_id = o.move_id), 0)
                            + row_number() OVER (
                                PARTITION BY o.move_id
                                ORDER BY COALESCE(o.date_maturity, o.date), o.id)
                           )::int AS no
                      FROM account_move_line o
                     WHERE o.move_id = ANY(%(moves)s::int[])
                       AND o.account_id = ANY(%(accounts)s) AND o.balance > 0
                       AND NOT EXISTS (SELECT 1 FROM cobranza_debt d
                                        WHERE d.move_line_id = o.id)) AS place
              JOIN account_move m ON m.id = place.move_id
              JOIN res_partner p ON p.id = place.partner_id
              JOIN res_partner cp ON cp.id = p.commercial_partner_id
              %(joins)s
             WHERE place.id = ANY(%(lines)s::int[])
               AND place.due + COALESCE(%(days)s, 0) <= %(day)s
             ORDER BY place.id) AS todo
"""


NO_POLICY = SQL(), SQL("NULL::int"), SQL("NULL::text"), SQL("NULL::int")
"""What the policy of an item is in SQL where none is asked for: it is due by its own
day."""


LOG = """
    , logged AS (
        INSERT INTO cobranza_decision (
            debt_id, day, run_no, by_run, stopped, reason, policy_no, episode, due,
            claim, step, before_no, before_since, level_no, level_since)
        SELECT v.id, %(today)s,
               (SELECT max(id) FROM cobranza_run
                 WHERE company_id = %(company)s AND day = %(today)s),
               v.by_run, v.stopped, v.reason, v.policy, v.episode,
               v.seen_due, v.claim, v.step, v.before_no, v.before_since,
               v.level_id, v.since
          FROM v JOIN done ON done.id = v.id
         ORDER BY v.id)
    SELECT id FROM done
"""
"""Writes down by what was decided, in the same statement."""


SEEN = """
    %(by_run)s::bool[], %(stopped)s::bool[], %(seen_due)s::date[], %(claim)s::numeric[],
    %(step)s::text[], %(before_no)s::int[], %(before_since)s::date[]
"""


DECIDE = f"""
    WITH v AS (
        SELECT * FROM unnest(
            %(ids)s::int[], %(before)s::int[], %(episode)s::int[], %(level)s::int[],
            %(level_ids)s::int[], %(since)s::date[], %(policy)s::int[],
            %(policy_reason)s::text[], %(reason)s::text[], %(next_on)s::date[],
            %(decision)s::text[], {SEEN})
            AS v(id, before, episode, level, level_id, since, policy,
                 policy_reason, reason, next_on, decision, by_run, stopped, seen_due,
                 claim, step, before_no, before_since)
    ), done AS (
        UPDATE cobranza_debt d
           SET level = v.level, level_id = v.level_id, level_since = v.since,
               episode = v.episode,
               step_dropped = d.step_dropped AND d.episode = v.episode,
               policy_id = v.policy, policy_reason = v.policy_reason,
               reason = v.reason, next_on = v.next_on,
               decision = v.decision::jsonb, decided_on = %(today)s,
               write_uid = %(uid)s, write_date = %(now)s
          FROM v
         WHERE d.id = v.id AND d.level = v.before AND d.company_id = %(company)s
        RETURNING d.id)
    {LOG}
"""


ENTER = f"""
    WITH v AS (
        SELECT *, 1 AS episode FROM unnest(
            %(ids)s::int[], %(lines)s::int[], %(numbers)s::int[], %(debtors)s::int[],
            %(level)s::int[], %(level_ids)s::int[], %(since)s::date[],
            %(policy)s::int[], %(policy_reason)s::text[], %(reason)s::text[],
            %(next_on)s::date[], %(decision)s::text[], {SEEN})
            AS v(id, line, no, debtor, level, level_id, since, policy,
                 policy_reason, reason, next_on, decision, by_run, stopped, seen_due,
                 claim, step, before_no, before_since)
    ), done AS (
        INSERT INTO cobranza_debt (
            id, company_id, debtor_id, partner_id, currency_id, move_id,
            instalment_no, document, original_due_date, original_amount,
            move_line_id, nature, level, level_id, level_since, episode, policy_id,
            policy_reason, reason, next_on, decision, decided_on,
            create_uid, create_date, write_uid, write_date)
        SELECT v.id, r.company_id, r.id, r.partner_id, l.currency_id, l.move_id,
               v.no, m.name, COALESCE(l.date_maturity, l.date), l.amount_currency,
               l.id, 'principal', v.level, v.level_id, v.since, v.episode, v.policy,
               v.policy_reason, v.reason, v.next_on, v.decision::jsonb, %(today)s,
               %(uid)s, %(now)s, %(uid)s, %(now)s
          FROM v
          JOIN account_move_line l ON l.id = v.line
          JOIN res_company c ON c.id = l.company_id
                            AND c.parent_path LIKE %(tree)s
          JOIN account_move m ON m.id = l.move_id
          JOIN cobranza_debtor r ON r.id = v.debtor AND r.company_id = %(company)s
        ON CONFLICT DO NOTHING
        RETURNING id)
    {LOG}
"""


DECISION = (
    "level",
    "level_ids",
    "since",
    "policy",
    "policy_reason",
    "reason",
    "next_on",
    "decision",
    # what it was decided by
    "by_run",
    "stopped",
    "seen_due",
    "claim",
    "step",
    "before_no",
    "before_since",
)


UNSEEN = (False, False, None, None, "none", None, None)
"""What is written down of a debt that nobody has decided about yet."""


DECIDED = ("ids", "before", "episode", *DECISION)


ENTERED = ("ids", "lines", "numbers", "debtors", *DECISION)


class CobranzaDebt(models.Model):
    """The bulk gate: rows that the run writes by SQL, tens of thousands at a time.

    Nothing here has chatter, tracking, overrides or stored computes; a test shows that
    the ORM would have written the same rows.
    """

    _inherit = "cobranza.debt"

    @api.model
    def _places(self, lines, accounts, day, policy=NO_POLICY):
        """{journal item: (id that its debt will have, instalment number, policy id,
        reason of the policy)} of those of {journal item: its move} that become debts on
        a day: numbered in the order of their dates among all that the move has on these
        accounts, after the debts it has. ``policy``: (joins, policy id, reason, days of
        the first level) as SQL on ``m`` and ``cp``."""
        if not lines:
            return {}
        joins, policy_id, why, days = policy
        query = SQL(
            PLACE,
            lines=pg_array(lines),
            moves=pg_array(set(lines.values())),
            accounts=accounts,
            day=day,
            joins=joins,
            policy=policy_id,
            why=why,
            days=days,
        )
        return {line: place for line, *place in self.env.execute_query(query)}

    def _bulk_enter(self, company, rows):
        """Insert debts with their first decision: [(id, journal item, instalment
        number, debtor, level, level id, level since, policy id, policy reason, reason,
        next on, decision as text)]; the ids that went in."""
        return self._bulk_write(company, ENTER, ENTERED, rows)

    def _bulk_decide(self, company, rows):
        """Write decisions: [(id, level before, episode, level, level id, level since,
        policy id, policy reason, reason, next on, decision as text, and what
        ``_bulk_enter`` keeps besides)]. A row whose level has moved meanwhile is left
        alone; the ids that were written come back."""
        return self._bulk_write(company, DECIDE, DECIDED, rows)

    def _bulk_write(self, company, statement, names, rows):
        if not rows:
            return set()
        columns = (pg_array(values) for values in zip(*rows, strict=True))
        query = SQL(
            statement,
            today=company._cobranza_today(),
            uid=self.env.uid,
            now=self.env.cr.now(),
            company=company.id,
            tree=f"{company.parent_path}%",
            **dict(zip(names, columns, strict=True)),
        )
        result = self.env.execute_query(query)
        self.invalidate_model(flush=False)
        return {row[0] for row in result}

    def _bulk_charge_notes(self, company, rows):
        """Write [(id, whether a charge is pending, whether a legal value is missing,
        why)], only what changed."""
        ids, pending, lacking, notes = (list(one) for one in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """UPDATE cobranza_debt d
                      SET charge_pending = v.pending, charge_lacking = v.lacking,
                          charge_note = v.note
                     FROM unnest(%s, %s, %s, %s::text[])
                          AS v(id, pending, lacking, note)
                    WHERE d.id = v.id AND d.company_id = %s
                      AND (d.charge_pending, d.charge_lacking, d.charge_note)
                          IS DISTINCT FROM (v.pending, v.lacking, v.note)""",
                ids,
                pending,
                lacking,
                notes,
                company.id,
            )
        )
        names = ["charge_pending", "charge_lacking", "charge_note"]
        self.invalidate_model(names, flush=False)

    def _drop_step(self):
        """These debts were taken off the contact of their level, which is planned again
        when nothing stops them: when a payment is undone before a run has seen it."""
        lost = self.filtered(lambda debt: not debt.void_reason)
        # whoever sends may not write debts
        lost.sudo().write({"step_dropped": True})
        lost.debtor_id._redecide_later()

    def _bulk_take_up(self, company, ids):
        """The contact of their level has been planned again."""
        self.flush_model(["step_dropped"])
        self.env.cr.execute(
            SQL(
                """UPDATE cobranza_debt SET step_dropped = FALSE
                    WHERE id = ANY(%s) AND company_id = %s AND step_dropped""",
                ids,
                company.id,
            )
        )
        self.invalidate_model(["step_dropped"], flush=False)
