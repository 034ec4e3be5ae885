from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .commit import once

CLAIM = timedelta(minutes=15)
"""How long a debtor that a collector has open is kept from the others."""
LONGEST = 500
"""Debtors in one session."""


class CobranzaDebtorClaim(models.Model):
    """Who has a debtor open right now. Expires by itself; written by code only."""

    _name = "cobranza.debtor.claim"
    _inherit = "cobranza.gate.mixin"
    _description = "Debtor that is open on a desk"
    _rec_name = "debtor_id"
    _log_access = False

    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade"
    )
    until = fields.Datetime(required=True, readonly=True)

    _debtor_uniq = models.Constraint(
        "UNIQUE (debtor_id)", "Somebody else has this debtor open."
    )

    @api.model
    def _take(self, debtor, user):
        """Whether the debtor is the user's from now on: nobody else's, or expired."""
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO cobranza_debtor_claim AS k (debtor_id, user_id, until)
                   VALUES (%s, %s, %s)
                       ON CONFLICT (debtor_id) DO UPDATE
                      SET user_id = EXCLUDED.user_id, until = EXCLUDED.until
                    WHERE k.user_id = EXCLUDED.user_id OR k.until <= %s
                RETURNING id""",
                debtor.id,
                user.id,
                now + CLAIM,
                now,
            )
        )
        self.invalidate_model(flush=False)
        return bool(rows)

    @api.autovacuum
    def _gc_claims(self):
        self.search([("until", "<", fields.Datetime.now())]).unlink()


class CobranzaSession(models.Model):
    """A collector works through a part of the worklist, one debtor after the other."""

    _name = "cobranza.session"
    _inherit = "cobranza.gate.mixin"
    _description = "Session at the desk"
    _order = "id desc"
    _rec_name = "user_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade"
    )
    started_at = fields.Datetime(required=True, readonly=True)
    ended_at = fields.Datetime(readonly=True)
    line_ids = fields.One2many("cobranza.session.line", "session_id", readonly=True)

    _open_uniq = models.UniqueIndex(
        "(user_id, company_id) WHERE ended_at IS NULL",
        "This collector has a session open already.",
    )

    @api.model
    def _current(self):
        """The open session of this user in this company, as the engine sees it."""
        # sessions are written by code only
        return self.sudo().search(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "=", self.env.company.id),
                ("ended_at", "=", False),
            ]
        )

    @api.model
    def _start(self, debtors):
        """A new session over these debtors, in the order given."""
        if not debtors:
            raise UserError(self.env._("There is nobody in this list."))
        for session in self._current():
            session._end()
        vals = {
            "company_id": self.env.company.id,
            "user_id": self.env.uid,
            "started_at": fields.Datetime.now(),
            "line_ids": [
                fields.Command.create({"debtor_id": debtor.id, "place": place})
                for place, debtor in enumerate(debtors, 1)
            ],
        }
        return once(self.env, lambda: self.sudo().create(vals), self._current)

    def _position(self):
        """{position, total, left} for the bar."""
        lines = self.line_ids
        todo = lines.filtered(lambda one: one.state == "todo")
        return {
            "position": len(lines) - len(todo),
            "total": len(lines),
            "left": len(todo),
        }

    def _line_of(self, debtor):
        return self.line_ids.filtered(lambda one: one.debtor_id == debtor)

    def _take_next(self):
        """The next debtor that nobody else has open, claimed; empty at the end.

        Rows that another transaction is taking are passed over.
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT l.id FROM cobranza_session_line l
                     JOIN cobranza_debtor r ON r.id = l.debtor_id
                     LEFT JOIN cobranza_debtor_claim k ON k.debtor_id = r.id
                    WHERE l.session_id = %s AND l.state = 'todo'
                      AND (k.id IS NULL OR k.user_id = %s OR k.until <= %s)
                    ORDER BY l.place, l.id
                    LIMIT 1
                      FOR NO KEY UPDATE OF r SKIP LOCKED""",
                self.id,
                self.user_id.id,
                fields.Datetime.now(),
            )
        )
        line = self.line_ids.browse(row[0] for row in rows)
        if not line:
            return line.debtor_id
        self._release()
        line._through_gate().state = "open"
        self.env["cobranza.debtor.claim"].sudo()._take(line.debtor_id, self.user_id)
        return line.debtor_id

    def _release(self):
        """Nobody waits for what this collector had open."""
        claims = self.env["cobranza.debtor.claim"].sudo()
        claims.search([("user_id", "=", self.user_id.id)]).unlink()

    def _leave_line(self, line, state):
        """``later`` comes again after all others."""
        if state == "later":
            last = max(self.line_ids.mapped("place"))
            line._through_gate().write({"state": "todo", "place": last + 1})
        else:
            line._through_gate().state = state

    def _end(self):
        """Close the session with what came of it."""
        for session in self:
            open_line = session.line_ids.filtered(lambda one: one.state == "open")
            open_line._through_gate().state = "skipped"
            session._release()
            ended = {"ended_at": fields.Datetime.now(), **session._results()}
            session._through_gate().write(ended)


class CobranzaSessionLine(models.Model):
    _name = "cobranza.session.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Debtor of a session"
    _order = "place, id"
    _rec_name = "debtor_id"
    _log_access = False

    session_id = fields.Many2one(
        "cobranza.session", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="session_id.company_id")
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, ondelete="cascade"
    )
    place = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("todo", "To do"),
            ("open", "Open"),
            ("done", "Worked"),
            ("skipped", "Skipped"),
        ],
        default="todo",
        required=True,
        readonly=True,
    )
