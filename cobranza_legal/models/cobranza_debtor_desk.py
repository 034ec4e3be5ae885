from odoo import api, models
from odoo.exceptions import UserError

from .cobranza_session import LONGEST

VERBS = {"next": "done", "skip": "skipped", "later": "later"}


class CobranzaDebtor(models.Model):
    """The desk: one debtor after the other, each on one desk only."""

    _inherit = "cobranza.debtor"

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
