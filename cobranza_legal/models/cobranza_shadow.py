import json

from odoo import api, fields, models
from odoo.tools import SQL

from .pg_array import pg_array

COLUMNS = {
    "debt": SQL("int"),
    "level_id": SQL("int"),
    "level": SQL("int"),
    "episode": SQL("int"),
    "channel": SQL("text"),
    "planned_at": SQL("timestamp"),
    "automatic": SQL("bool"),
    "amount": SQL("numeric"),
    "charges": SQL("text"),
}


class CobranzaShadow(models.Model):
    """An act that the company would have made, had it not been in proposal mode: one
    row for each debt, level and episode. Written by the run only.

    The ladder goes on here as if every act had been made on its day, while the debts
    themselves stay where the debtor has been told that they are.
    """

    _name = "cobranza.shadow"
    _inherit = "cobranza.gate.mixin"
    _description = "Act of the shadow month"
    _order = "day desc, debtor_id, id"
    _rec_name = "debt_id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    period_on = fields.Date(
        required=True, readonly=True, string="In proposal mode since"
    )
    day = fields.Date(required=True, readonly=True)
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, ondelete="cascade"
    )
    debt_id = fields.Many2one(
        "cobranza.debt", required=True, readonly=True, ondelete="cascade", index=True
    )
    level_id = fields.Many2one(
        "cobranza.policy.level", required=True, readonly=True, ondelete="cascade"
    )
    level = fields.Integer(readonly=True, string="Level number")
    episode = fields.Integer(readonly=True)
    channel = fields.Selection(
        selection="_selection_channel", required=True, readonly=True
    )
    planned_at = fields.Datetime(
        readonly=True,
        string="Would have left on",
        help="The first moment that the limits permit. Empty: they permit none.",
    )
    automatic = fields.Boolean(
        readonly=True,
        string="By itself",
        help="In automatic mode it would have left without a person.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(readonly=True, string="Claimed")
    charges = fields.Json(
        readonly=True,
        help="What would have been charged on the debt until this day, by kind.",
    )
    settled = fields.Boolean(related="debt_id.settled")

    _step_uniq = models.UniqueIndex(
        "(debt_id, level_id, episode, period_on)",
        "This act has been noted already.",
    )
    _period_idx = models.Index("(company_id, period_on, day)")

    @api.model
    def _selection_channel(self):
        return self.env["cobranza.policy.level"]._selection_channel()

    @api.model
    def _reached(self, company, period_on, debt_ids):
        """{(debt id, episode): (level id, days of that level, day)} of the last act
        that each debt would have had."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (s.debt_id, s.episode)
                          s.debt_id, s.episode, s.level_id, v.days, s.day
                     FROM cobranza_shadow s
                     JOIN cobranza_policy_level v ON v.id = s.level_id
                    WHERE s.company_id = %s AND s.period_on = %s
                      AND s.debt_id = ANY(%s)
                    ORDER BY s.debt_id, s.episode, s.day DESC, v.days DESC""",
                company.id,
                period_on,
                debt_ids,
            )
        )
        return {(debt, episode): rest for debt, episode, *rest in rows}

    @api.model
    def _recent(self, company, debtor_ids, since):
        """[(debtor id, channel, moment)] of the acts that would have left since."""
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT debtor_id, channel, planned_at
                     FROM cobranza_shadow
                    WHERE company_id = %s AND debtor_id = ANY(%s)
                      AND planned_at > %s""",
                company.id,
                debtor_ids,
                since,
            )
        )

    @api.model
    def _keep(self, company, period_on, day, rows):
        """Insert {column: value} rows, past record rules: the engine only. What is
        there already stays as it is."""
        if not rows:
            return
        for row in rows:
            row["charges"] = json.dumps(row["charges"]) if row["charges"] else None
        arrays = [
            SQL("%s::%s[]", pg_array(row[name] for row in rows), kind)
            for name, kind in COLUMNS.items()
        ]
        names = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        self.env.cr.execute(
            SQL(
                """INSERT INTO cobranza_shadow (company_id, period_on, day, debtor_id,
                          debt_id, level_id, level, episode, channel, planned_at,
                          automatic, amount, charges)
                   SELECT d.company_id, %s, %s, d.debtor_id, d.id, v.level_id, v.level,
                          v.episode, v.channel, v.planned_at, v.automatic, v.amount,
                          v.charges::jsonb
                     FROM unnest(%s) AS v(%s)
                     JOIN cobranza_debt d ON d.id = v.debt AND d.company_id = %s
                       ON CONFLICT DO NOTHING""",
                period_on,
                day,
                SQL(", ").join(arrays),
                names,
                company.id,
            )
        )
        self.invalidate_model(flush=False)
