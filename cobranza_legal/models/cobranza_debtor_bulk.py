import json

from odoo import models
from odoo.tools import SQL

from .pg_array import pg_array

WORKLIST = ("ids", "score", "parts", "level", "reason", "next_on", "next", "look")
UPDATE = """
    UPDATE cobranza_debtor r
       SET priority = v.score, priority_parts = v.parts::jsonb, phase = p.phase,
           reason = v.reason, next_act_on = v.next_on, next_level_id = v.next,
           check_on = v.look
      FROM unnest(%(ids)s::int[], %(score)s::float8[], %(parts)s::text[],
                  %(level)s::int[], %(reason)s::text[], %(next_on)s::date[],
                  %(next)s::int[], %(look)s::date[])
           AS v(id, score, parts, level, reason, next_on, next, look)
      LEFT JOIN cobranza_policy_level p ON p.id = v.level
     WHERE r.id = v.id AND r.company_id = %(company)s
"""


class CobranzaDebtor(models.Model):
    """The bulk gate for the worklist's columns: untracked, written by the run only."""

    _inherit = "cobranza.debtor"

    def _bulk_worklist(self, company, rows):
        """Write [(debtor id, Priority, highest level id, reason, next act on, next
        level id, look again on)]."""
        if not rows:
            return
        plain = [
            (debtor, float(priority.score), json.dumps(priority.parts()), *rest)
            for debtor, priority, *rest in rows
        ]
        columns = zip(WORKLIST, zip(*plain, strict=True), strict=True)
        arrays = {name: pg_array(values) for name, values in columns}
        self.env.cr.execute(SQL(UPDATE, company=company.id, **arrays))
        self.invalidate_model(flush=False)
