from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from ...kernel.errors import KernelError
from ..common.limits import Limiter
from ..common.transaction import once

CLAIM = timedelta(minutes=15)
"""How long a debtor that a collector has open is kept from the others."""


LONGEST = 500
"""Debtors in one session."""


VERBS = {"next": "done", "skip": "skipped", "later": "later"}


ASKING = ("answered", "will_pay", "disputes", "third_party", "asks_plan")
"""Outcomes that need more than a click."""


PROMISE_DAYS = timedelta(days=7)
"""How far away the day is that a promise is offered."""


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
    """A collector works through a part of the worklist, one debtor after the other.

    What came of a session, written when it ends.
    """

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
    currency_id = fields.Many2one(related="company_id.currency_id")
    worked_count = fields.Integer(readonly=True, string="Debtors worked")
    skipped_count = fields.Integer(readonly=True, string="Debtors skipped")
    left_count = fields.Integer(readonly=True, string="Debtors left")
    call_count = fields.Integer(readonly=True, string="Calls")
    reached_count = fields.Integer(readonly=True, string="Calls that were answered")
    contact_count = fields.Integer(readonly=True, string="Other contacts")
    promise_count = fields.Integer(readonly=True, string="Promises")
    promise_amount = fields.Monetary(readonly=True, string="Promised")
    dispute_count = fields.Integer(readonly=True, string="Disputes")
    hold_count = fields.Integer(readonly=True, string="Holds")

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

    def _results(self):
        self.ensure_one()
        states = self.line_ids.mapped("state")
        return {
            "worked_count": states.count("done"),
            "skipped_count": states.count("skipped"),
            "left_count": states.count("todo"),
            **self._contacts_made(),
            **self._promises_made(),
            "dispute_count": len(self._made("cobranza.dispute")),
            "hold_count": len(self._made("cobranza.hold")),
        }

    def _made(self, model):
        """What this collector wrote down about these debtors since the start."""
        return self.env[model].search(
            [
                ("debtor_id", "in", self.line_ids.debtor_id.ids),
                ("create_uid", "=", self.user_id.id),
                ("create_date", ">=", self.create_date),
            ]
        )

    def _contacts_made(self):
        contacts = self.env["cobranza.contact"].search(
            [
                ("debtor_id", "in", self.line_ids.debtor_id.ids),
                ("user_id", "=", self.user_id.id),
                ("direction", "=", "outbound"),
                ("state", "=", "sent"),
                ("sent_at", ">=", self.started_at),
            ]
        )
        calls = contacts.filtered(lambda one: one.channel == "call")
        events = calls.event_ids.filtered(lambda one: one.kind == "answered")
        return {
            "call_count": len(calls),
            "reached_count": len(events.contact_id),
            "contact_count": len(contacts - calls),
        }

    def _promises_made(self):
        promises = self._made("cobranza.promise")
        today = self.company_id._cobranza_today()
        own = self.company_id.currency_id
        amounts = [
            one.currency_id._convert(one.amount, own, self.company_id, today)
            for one in promises
        ]
        return {"promise_count": len(promises), "promise_amount": sum(amounts)}


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


class CobranzaDebtor(models.Model):
    """The desk: one debtor after the other, each on one desk only.

    Calls from the debtor's page: whether one may, and how it ended.
    """

    _inherit = "cobranza.debtor"

    call_warning = fields.Char(
        compute="_compute_call_warning", string="Why not to call at this moment"
    )

    @api.model
    def desk_start(self, domain):
        """Work through the debtors of a list, by priority; opens the first one."""
        self.check_access("write")
        domain = [("company_id", "=", self.env.company.id), *domain]
        sessions = self.env["cobranza.session"]
        session = sessions._start(self.search(domain, limit=LONGEST))
        return self._desk_show(session._take_next())

    @api.model
    def desk_resume(self):
        """Open the debtor that was left open, else the next one."""
        self.check_access("write")
        session = self.env["cobranza.session"]._current()
        line = session.line_ids.filtered(lambda one: one.state == "open")
        if line:
            return self._desk_show(line.debtor_id)
        return self._desk_show(session and session._take_next())

    def desk_open(self):
        """What the bar of this debtor says: the place in the session, and who else has
        it open. From now on it is open on this desk."""
        self.ensure_one()
        self.check_access("write")
        # claims and sessions are written by code only
        claims = self.env["cobranza.debtor.claim"].sudo()
        mine = claims._take(self, self.env.user)
        bar = {"other": False, "session": False, "paused": False}
        if not mine:
            claim = claims.search([("debtor_id", "=", self.id)])
            bar["other"] = claim.user_id.name
        session = self.env["cobranza.session"]._current()
        if session:
            here = session._line_of(self).filtered(lambda one: one.state == "open")
            bar["session" if here else "paused"] = session._position()
        return bar

    def desk_leave(self):
        """Nobody has to wait for this debtor any more."""
        self.check_access("write")
        # claims are written by code only
        self.env["cobranza.debtor.claim"].sudo().search(
            [("debtor_id", "in", self.ids), ("user_id", "=", self.env.uid)]
        ).unlink()
        return True

    def desk_move(self, verb):
        """Leave this debtor (next, skip, later) and open the next one; at the end, the
        summary."""
        self.ensure_one()
        self.check_access("write")
        session = self.env["cobranza.session"]._current()
        if not session:
            raise UserError(self.env._("The session has ended."))
        line = session._line_of(self).filtered(lambda one: one.state == "open")
        if line:
            session._leave_line(line, VERBS[verb])
        found = session._take_next()
        return self._desk_show(found) if found else self.desk_end()

    @api.model
    def desk_end(self):
        """End the session and show what came of it."""
        self.check_access("write")
        session = self.env["cobranza.session"]._current()
        session._end()
        if not session:
            return self.env["ir.actions.act_window"]._for_xml_id(
                "cobranza_legal.action_cobranza_debtor"
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What came of the session"),
            "res_model": "cobranza.session",
            "res_id": session.id,
            "views": [[False, "form"]],
            "target": "current",
        }

    def _desk_show(self, debtor):
        if not debtor:
            return self.desk_end()
        return {
            "type": "ir.actions.act_window",
            "name": debtor.display_name,
            "res_model": self._name,
            "res_id": debtor.id,
            "views": [[False, "form"]],
            "target": "current",
        }

    @api.depends("partner_id", "contact_ids.state")
    @api.depends_context("lang")
    def _compute_call_warning(self):
        for debtor in self:
            debtor.call_warning = debtor._call_warning()

    def _planned_call(self):
        """The call that is planned first, if there is one."""
        return self.env["cobranza.contact"].search(
            [
                ("debtor_id", "=", self.id),
                ("channel", "=", "call"),
                ("state", "=", "planned"),
            ],
            order="planned_at, id",
            limit=1,
        )

    def _call_warning(self):
        """Why no call is permitted now, with the next moment at which it is."""
        self.ensure_one()
        now, planned = fields.Datetime.now(), self._planned_call().id or None
        warning = self._limit_warning("call", now, planned)
        if not warning:
            return False
        slot = self._next_call(now, planned)
        if not slot:
            return warning
        moment = format_datetime(self.env, slot, tz=self._tz(), dt_format="short")
        return self.env._(
            "%(warning)s The next permitted moment is %(moment)s in the debtor's time.",
            warning=warning,
            moment=moment,
        )

    def _next_call(self, now, planned):
        try:
            limiter = Limiter(self.company_id, self, now)
            slot, _waiting, _note = limiter.slot(self.id, "call", now, planned)
        except KernelError:  # the warning says what is not known
            return False
        return slot

    def action_call(self):
        """How a call to this debtor ended (``call_outcome`` of the context): written
        down at once, or in a dialog where more has to be known. A planned call is
        done by it."""
        self.ensure_one()
        self.check_access("write")
        outcome = self.env.context.get("call_outcome", "answered")
        values = {
            "contact_id": self._planned_call().id,
            "debtor_id": self.id,
            "outcome": outcome,
        }
        wizards = self.env["cobranza.contact.outcome"]
        if outcome in ASKING:
            return self._ask_outcome(values)
        wizards.create(values).action_confirm()
        labels = dict(wizards._fields["outcome"]._description_selection(self.env))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Call written down: %s", labels[outcome]),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _ask_outcome(self, values):
        view = self.env.ref("cobranza_legal.cobranza_contact_outcome_view_small")
        defaults = {f"default_{name}": value for name, value in values.items()}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Outcome of the call"),
            "res_model": "cobranza.contact.outcome",
            "views": [[view.id, "form"]],
            "target": "new",
            "context": {**defaults, "default_promise_on": self._usual_promise_day()},
        }

    def _usual_promise_day(self):
        """A week from now, on a working day."""
        company = self.company_id
        day = company._cobranza_today() + PROMISE_DAYS
        rules, state = company._cobranza_rules(), self.partner_id.state_id
        try:
            return rules._calendar("contact", state, day).next_working(day)
        except KernelError:  # the holidays of that year are not known
            return day
