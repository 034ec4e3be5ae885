from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..common.transaction import pg_array


class CobranzaContactLine(models.Model):
    """What a contact claims of one debt. Written by code only."""

    _name = "cobranza.contact.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Debt claimed by a contact"
    _order = "contact_id, id"
    _rec_name = "debt_id"
    _log_access = False

    contact_id = fields.Many2one(
        "cobranza.contact", required=True, ondelete="cascade", index=True
    )
    debt_id = fields.Many2one(
        "cobranza.debt", required=True, ondelete="restrict", index=True
    )
    level_id = fields.Many2one("cobranza.policy.level", ondelete="restrict")
    level = fields.Integer(string="Level number")
    episode = fields.Integer(default=1)
    amount = fields.Monetary(string="Amount due", help="Open and undisputed.")
    amount_credit = fields.Monetary(
        string="Netted", help="Covered by unallocated payments and credit notes."
    )
    claim = fields.Monetary(compute="_compute_claim", string="Claimed")
    is_step = fields.Boolean(
        default=True,
        help="This contact is the debt's step on this level. Copies, extra calls and "
        "cancelled contacts are none.",
    )
    company_id = fields.Many2one(related="contact_id.company_id")
    debtor_id = fields.Many2one(related="contact_id.debtor_id")
    currency_id = fields.Many2one(related="contact_id.currency_id")
    state = fields.Selection(related="contact_id.state")

    _step_uniq = models.UniqueIndex(
        "(debt_id, level_id, episode) WHERE is_step",
        "This debt already has its contact of this level.",
    )

    @api.depends("amount", "amount_credit")
    def _compute_claim(self):
        for line in self:
            line.claim = line.amount - line.amount_credit

    def _check_gate(self):
        if not self._is_through_gate():
            raise UserError(self.env._("What a contact claims is never edited."))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_gate()
        return super().create(vals_list)

    def write(self, vals):
        self._check_gate()
        return super().write(vals)

    def unlink(self):
        self._check_gate()
        return super().unlink()

    @api.model
    def _bulk_insert_lines(self, company, rows):
        """Insert steps by SQL, past record rules: superuser only, one company.

        ``rows`` are (contact, debt, level record, level, episode, amount, credit).
        Steps that are there already and rows of another company are left out; gives
        back (contact, amount, credit) of those that went in.
        """
        if not self.env.su:
            raise UserError(self.env._("Only the engine inserts in bulk."))
        if not rows:
            return []
        self.env["cobranza.contact"].flush_model()
        self.flush_model()
        columns = [pg_array(column) for column in zip(*rows, strict=True)]
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO cobranza_contact_line (contact_id, debt_id, level_id, level,
                       episode, amount, amount_credit, is_step)
                SELECT v.contact_id, v.debt_id, v.level_id, v.level, v.episode,
                       v.amount, v.amount_credit, TRUE
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[],
                              %s::numeric[], %s::numeric[])
                       AS v (contact_id, debt_id, level_id, level, episode, amount,
                             amount_credit)
                  JOIN cobranza_contact c ON c.id = v.contact_id AND c.company_id = %s
                  JOIN cobranza_debt d ON d.id = v.debt_id AND d.company_id = %s
                 ORDER BY v.contact_id, v.debt_id
                    ON CONFLICT (debt_id, level_id, episode) WHERE is_step DO NOTHING
             RETURNING contact_id, amount, amount_credit
                """,
                *columns,
                company.id,
                company.id,
            )
        )
        self.invalidate_model(flush=False)
        self.env["cobranza.contact"].invalidate_model(["line_ids"], flush=False)
        return inserted
