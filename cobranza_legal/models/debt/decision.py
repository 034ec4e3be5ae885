from odoo import api, fields, models
from odoo.tools import SQL

ARCHIVED = "archived"
"""Why a debt of a debtor who is archived is left alone; no reason of the engine, which
does not look at it."""


LOG_ACTIVE = """
    INSERT INTO cobranza_decision (
        debt_id, day, run_no, by_run, stopped, reason, policy_no, episode, due, claim,
        step, before_no, before_since, level_no, level_since)
    SELECT d.id, %(day)s,
           (SELECT max(id) FROM cobranza_run r
             WHERE r.company_id = d.company_id AND r.day = %(day)s),
           FALSE, last.stopped OR NOT %(active)s,
           CASE WHEN %(active)s THEN last.reason ELSE %(archived)s END,
           last.policy_no, d.episode, last.due, last.claim, last.step, d.level_id,
           d.level_since, d.level_id, d.level_since
      FROM cobranza_debt d
      JOIN LATERAL (SELECT * FROM cobranza_decision c
                     WHERE c.debt_id = d.id AND c.reason <> %(archived)s
                     ORDER BY c.id DESC LIMIT 1) last ON TRUE
     WHERE d.debtor_id = ANY(%(debtors)s) AND last.reason NOT IN ('settled', 'void')
     ORDER BY d.id
"""


class CobranzaDecision(models.Model):
    """What was decided about a debt and by what, each time that one of them changed;
    append-only, written in the statement that writes the decision on the debt.

    Between two rows nothing changed that the engine looks at. ``stopped`` is what
    stops the debt whatever its policy says; the step is that of the level before. By
    these inputs the past is replayed, under the policies of then or under others.
    """

    _name = "cobranza.decision"
    _inherit = "cobranza.gate.mixin"
    _description = "Decision about a debt"
    _order = "id"
    _rec_name = "debt_id"
    _log_access = False

    debt_id = fields.Many2one(
        "cobranza.debt", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="debt_id.company_id")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    day = fields.Date(required=True, readonly=True)
    run_no = fields.Integer(
        readonly=True,
        string="Run number",
        help="The newest run of the day when it was decided. Empty: none yet.",
    )
    by_run = fields.Boolean(
        readonly=True,
        string="By a run",
        help="Otherwise after that run, when no debt moves.",
    )
    reason = fields.Char(readonly=True, string="Code of the reason")
    stopped = fields.Boolean(
        readonly=True, help="Something other than its policy stopped it."
    )
    episode = fields.Integer(readonly=True, default=1)
    due = fields.Date(readonly=True, string="Due date")
    claim = fields.Monetary(
        readonly=True,
        currency_field="company_currency_id",
        string="Claimable",
    )
    step = fields.Char(readonly=True, string="State of the step")
    # plain numbers: a foreign key of each would cost as much as the row
    policy_no = fields.Integer(readonly=True, string="Policy number")
    before_no = fields.Integer(readonly=True, string="Level before")
    before_since = fields.Date(readonly=True, string="There since")
    level_no = fields.Integer(readonly=True, string="Level after")
    level_since = fields.Date(readonly=True, string="Since")

    @api.model
    def _log_active(self, debtors, active):
        """Write down that these debtors are archived, when nobody looks at their debts,
        or followed again."""
        self.flush_model()
        self.env["cobranza.debt"].flush_model(["debtor_id", "level_id", "level_since"])
        for company, group in debtors.grouped("company_id").items():
            self.env.cr.execute(
                SQL(
                    LOG_ACTIVE,
                    day=company._cobranza_today(),
                    active=active,
                    archived=ARCHIVED,
                    debtors=group.ids,
                )
            )
