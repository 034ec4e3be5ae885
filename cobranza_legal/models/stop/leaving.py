"""Who is out of the process: what was archived, ceded, put on hold, left out, blocked
or is followed by no policy; why, until when, who did it and who answers for it. Whoever
comes back, or whose end has come, is told to the one who answers for it."""

from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..common.owed import STILL_OPEN, open_sql
from ..common.rows import Row
from ..common.words import QUIET
from ..company.company import MANAGERS, NOT_OWN

LEAVES = [
    ("ceded", "Ceded"),
    ("not_followed", "Left out of the follow-up"),
    ("blocked", "Blocked for payment"),
    ("no_policy", "No policy follows it"),
]


KINDS = [("archived", "Debtor archived"), ("hold", "On hold"), *LEAVES]


GOES_BACK = ("not_followed",)
"""Kinds that end on their last day by themselves; of the others somebody is told."""


OPEN = """
    SELECT d.id, d.debtor_id, d.company_id, %(amount)s AS amount, l.no_followup,
           m.payment_state, d.ceded_to_id,
           d.decided_on IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM cobranza_policy_level v
                 JOIN cobranza_policy p ON p.id = v.policy_id AND p.active
                WHERE v.policy_id = d.policy_id AND v.active) AS no_policy,
           CASE WHEN d.ceded_back_on IS NULL THEN d.ceded_on END AS ceded_on
      FROM cobranza_debt d
      JOIN account_move_line l ON l.id = d.move_line_id
      JOIN account_move m ON m.id = l.move_id
     WHERE d.void_reason IS NULL AND d.nature = 'principal'
       AND l.parent_state = 'posted' AND %(still_open)s
"""


LEFT = """
WITH open AS (%(open)s), single AS (
    SELECT id, debtor_id, company_id, amount, ceded_on,
           CASE WHEN ceded_on IS NOT NULL THEN ceded_to_id END AS ceded_to_id,
           CASE WHEN ceded_on IS NOT NULL THEN 'ceded'
                WHEN no_followup THEN 'not_followed' ELSE 'blocked' END AS kind
      FROM open
     WHERE ceded_on IS NOT NULL OR no_followup OR payment_state = 'blocked'
)
SELECT o.id * 4 AS id, o.company_id, o.id AS debtor_id, NULL::int AS debt_id,
       'archived' AS kind, NULL AS hold_reason, NULL::int AS ceded_to_id,
       o.left_reason AS reason, COALESCE(o.left_reason, '') = '' AS unexplained,
       o.left_by_id AS decided_by_id, COALESCE(o.left_owner_id, o.user_id) AS owner_id,
       o.left_on AS since, o.left_until AS until,
       (SELECT COALESCE(sum(amount), 0) FROM open
         WHERE open.debtor_id = o.id) AS amount,
       'cobranza.debtor' AS res_model, o.id AS res_id
  FROM cobranza_debtor o
 WHERE o.active IS NOT TRUE
UNION ALL
SELECT h.id * 4 + 1, h.company_id, h.debtor_id, NULL::int, 'hold',
       h.reason, NULL::int, NULLIF(h.note, ''),
       COALESCE(h.note, '') = '' AND h.reason = ANY(%(vague)s),
       h.create_uid, h.user_id, h.date_from, h.date_to,
       (SELECT COALESCE(sum(amount), 0) FROM open
         WHERE open.debtor_id = h.debtor_id
           AND (open.id IN (SELECT cobranza_debt_id FROM cobranza_hold_debt_rel
                             WHERE cobranza_hold_id = h.id)
                OR NOT EXISTS (SELECT 1 FROM cobranza_hold_debt_rel
                                WHERE cobranza_hold_id = h.id))),
       'cobranza.hold', h.id
  FROM cobranza_hold h
 WHERE h.state = 'open'
UNION ALL
SELECT s.id * 4 + 2, s.company_id, s.debtor_id, s.id, s.kind, NULL, s.ceded_to_id,
       v.reason, COALESCE(v.reason, '') = '', v.user_id,
       COALESCE(v.owner_id, o.user_id), COALESCE(s.ceded_on, v.since), v.until,
       s.amount, 'cobranza.debt', s.id
  FROM single s
  JOIN cobranza_debtor o ON o.id = s.debtor_id
  LEFT JOIN cobranza_leave v
    ON v.debt_id = s.id AND v.kind = s.kind AND v.ended_on IS NULL
UNION ALL
SELECT o.id * 4 + 3, o.company_id, o.id, NULL::int, 'no_policy', NULL, NULL::int,
       v.reason, COALESCE(v.reason, '') = '', v.user_id,
       COALESCE(v.owner_id, o.user_id), v.since, v.until, t.amount,
       'cobranza.debtor', o.id
  FROM (SELECT debtor_id, sum(amount) AS amount FROM open
         WHERE no_policy AND id NOT IN (SELECT id FROM single)
         GROUP BY debtor_id) t
  JOIN cobranza_debtor o ON o.id = t.debtor_id AND o.active
  LEFT JOIN cobranza_leave v
    ON v.debtor_id = o.id AND v.debt_id IS NULL AND v.kind = 'no_policy'
   AND v.ended_on IS NULL
"""
"""Sums are in the currency of the company. What is ceded is not said twice."""


def check_until(companies, until):
    """UserError unless ``until`` is a day that is over in none of these companies."""
    day = fields.Date.to_date(until)
    for company in companies:
        if not day or day < company._cobranza_today():
            raise UserError(
                companies.env._("Say until which day, not before today, it stays out.")
            )


class CobranzaLeave(models.Model):
    """Somebody took a debt, or all of a debtor, out of the process in one of the ways
    of ``LEAVES``: who, since when, and, said in our screens, why, until which day and
    who answers for it. It ends when the debt is followed again.

    Odoo's own fields can be used by whoever may use them: then the row has no reason,
    and the manager's list asks for it.
    """

    _name = "cobranza.leave"
    _inherit = "cobranza.gate.mixin"
    _description = "Taken out of the process"
    _order = "id desc"
    _rec_name = "reason"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, ondelete="cascade", index=True
    )
    debt_id = fields.Many2one(
        "cobranza.debt",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: the debtor.",
    )
    kind = fields.Selection(LEAVES, required=True, readonly=True, string="How it left")
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, string="Decided by")
    owner_id = fields.Many2one(
        "res.users",
        readonly=True,
        string="Responsible",
        help="Is told when its time is over. Empty: the responsible of the debtor.",
    )
    since = fields.Date(readonly=True)
    until = fields.Date(
        readonly=True, help="Last day. Empty: until somebody takes it up again."
    )
    told_on = fields.Date(
        readonly=True, help="The responsible was told on this day that it is over."
    )
    ended_on = fields.Date(readonly=True, string="Followed again on")
    ended_by_id = fields.Many2one("res.users", readonly=True, string="Taken up by")

    _debt_uniq = models.UniqueIndex(
        "(debt_id, kind) WHERE ended_on IS NULL AND debt_id IS NOT NULL",
        "This debt has left in this way already.",
    )
    _debtor_uniq = models.UniqueIndex(
        "(debtor_id, kind) WHERE ended_on IS NULL AND debt_id IS NULL",
        "This debtor has left in this way already.",
    )
    _over_idx = models.Index(
        "(company_id, until) WHERE ended_on IS NULL AND told_on IS NULL"
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Who left the process is kept."))

    @api.model
    def _open_of(self, kind, subjects):
        """The open rows of this kind of debts or debtors."""
        field = "debt_id" if subjects._name == "cobranza.debt" else "debtor_id"
        domain = Domain(field, "in", subjects.ids) & Domain("kind", "=", kind)
        if field == "debtor_id":
            domain &= Domain("debt_id", "=", False)
        # sudo: whoever uses Odoo's own fields may not see who left
        return self.sudo().search(domain & Domain("ended_on", "=", False))

    @api.model
    def _begin(self, kind, subjects, **said):
        """These debts, or debtors, have left in a way, by the present user: rows for
        those that have none yet. ``said``: reason, until, owner_id, of all of them.
        Returns the rows."""
        subjects = subjects.sudo()
        known = self._open_of(kind, subjects)
        known.write({**said, "told_on": False} if said else {})
        debts = subjects._name == "cobranza.debt"
        left = subjects - (known.debt_id if debts else known.debtor_id)
        return known | known.create(
            [
                {
                    "company_id": one.company_id.id,
                    "debtor_id": one.debtor_id.id if debts else one.id,
                    "debt_id": debts and one.id,
                    "kind": kind,
                    "user_id": self.env.uid,
                    "since": one.company_id._cobranza_today(),
                    **said,
                }
                for one in left
            ]
        )

    @api.model
    def _end(self, kind, subjects):
        """These debts, or debtors, are followed again in this respect."""
        self._open_of(kind, subjects)._close(self.env.user)

    def _close(self, user=None):
        """These rows are over, by ``user`` or by nobody."""
        for company, rows in self.grouped("company_id").items():
            today = company._cobranza_today()
            rows.write({"ended_on": today, "ended_by_id": user and user.id})
        self.flush_recordset()  # another may begin at once

    def _still_out(self):
        """Those of these open rows that keep out what is still owed: what was paid, is
        void, or is followed by whatever road, is out no more."""
        # sudo: whoever uses Odoo's own fields may not see who left
        exits = self.env["cobranza.exit"].sudo()
        debts = exits.search([("debt_id", "in", self.debt_id.ids)]).debt_id
        whole = self.filtered(lambda one: not one.debt_id).debtor_id
        left = exits.search(
            [("kind", "=", "no_policy"), ("debtor_id", "in", whole.ids)]
        )
        return self.filtered(
            lambda one: (
                one.debt_id in debts and one.kind in one.debt_id._left_in()
                if one.debt_id
                else one.debtor_id in left.debtor_id
            )
        )

    # -- whose time is over ------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Rows of a company whose time is over and of which nobody was told. An
        archived debtor waits for its own end."""
        domain = Domain("company_id", "=", company.id) & Domain("until", "<", today)
        domain &= Domain("ended_on", "=", False) & Domain("told_on", "=", False)
        domain &= Domain("kind", "!=", "no_policy") | Domain(
            "debtor_id.active", "=", True
        )
        return self.search(domain, limit=limit, order="id")

    def _upkeep(self, today):
        """Those that end by themselves are followed again; the responsible is told of
        all, once for each debtor and reason. Of what is owed no more nobody is told."""
        out = self._still_out()
        (self - out)._through_gate()._close()
        out._through_gate().write({"told_on": today})
        back = out.filtered(lambda one: one.kind in GOES_BACK)
        back.debt_id.move_line_id.write({"no_followup": False})
        debtors = self.env["cobranza.debtor"]
        debtors._tell_back(back._told())
        debtors._tell_over((out - back)._told())

    def _told(self):
        """[(debtor, who answers for it, what is told)], one for each of both and
        reason."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        groups = self.grouped(
            lambda one: (one.debtor_id, one.owner_id, one.kind, one.reason)
        )
        for (debtor, owner, kind, reason), rows in groups.items():
            names = ", ".join(rows.debt_id.mapped("display_name"))
            yield (
                debtor,
                owner,
                " · ".join(filter(None, (labels[kind], names, reason))),
            )


class CobranzaExit(models.Model):
    """The one list of who is out of the process."""

    _name = "cobranza.exit"
    _inherit = "cobranza.gate.mixin"
    _description = "Out of the process"
    _auto = False
    _order = "until, since desc, id desc"
    _rec_name = "debtor_id"
    _depends: ClassVar = {
        "cobranza.debtor": [
            *("active", "left_reason", "left_until", "left_owner_id", "left_by_id"),
            *("left_on", "user_id"),
        ],
        "cobranza.debt": [
            *("ceded_on", "ceded_back_on", "ceded_to_id", "void_reason"),
            *("move_line_id", "policy_id", "decided_on"),
        ],
        "cobranza.hold": [
            *("state", "date_from", "date_to", "note", "reason", "debt_ids"),
            "user_id",
        ],
        "cobranza.leave": ["reason", "until", "owner_id", "since", "ended_on"],
        "cobranza.policy": ["active"],
        "cobranza.policy.level": ["active", "policy_id"],
        "account.move.line": [
            *("amount_residual", "no_followup", "parent_state", "reconciled"),
        ],
        "account.move": ["payment_state", "state"],
        "account.partial.reconcile": ["amount", "debit_move_id", "credit_move_id"],
        "account.payment": ["state", "move_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one("cobranza.debtor", readonly=True)
    debt_id = fields.Many2one(
        "cobranza.debt", readonly=True, help="Empty: all debts of the debtor."
    )
    kind = fields.Selection(KINDS, readonly=True, string="How it left")
    hold_reason = Row("cobranza.hold.reason", readonly=True, string="Kind of hold")
    ceded_to_id = fields.Many2one("res.partner", readonly=True, string="Ceded to")
    reason = fields.Char(readonly=True)
    unexplained = fields.Boolean(readonly=True, string="No reason given")
    why = fields.Char(
        compute="_compute_why",
        string="Because",
        help="The kind of hold or the buyer, and what was written down.",
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, string="Decided by")
    owner_id = fields.Many2one("res.users", readonly=True, string="Responsible")
    since = fields.Date(readonly=True)
    until = fields.Date(
        readonly=True, help="Last day. Empty: until somebody takes it up again."
    )
    amount = fields.Monetary(readonly=True, string="Open amount")
    res_model = fields.Char(readonly=True, string="Kind of record")
    res_id = fields.Integer(readonly=True, string="Record")

    @property
    def _table_query(self):
        vague = self.env["cobranza.hold.reason"]._where(vague=True)
        book = SQL(OPEN, amount=open_sql(), still_open=STILL_OPEN)
        return SQL(LEFT, open=book, vague=list(vague))

    @api.depends("hold_reason", "ceded_to_id", "reason", "unexplained")
    @api.depends_context("lang")
    def _compute_why(self):
        labels = dict(self._fields["hold_reason"]._description_selection(self.env))
        for row in self:
            # sudo: who bought a debt is told to whoever may see that it was ceded
            buyer = row.sudo().ceded_to_id.display_name
            none = row.unexplained and not row.hold_reason
            none = none and self.env._("No reason given")
            said = (labels.get(row.hold_reason), buyer, row.reason or none)
            row.why = ": ".join(filter(None, said))

    @api.depends("debtor_id", "debt_id")
    def _compute_display_name(self):
        for row in self:
            names = (row.debtor_id.display_name, row.debt_id.display_name)
            row.display_name = " · ".join(filter(None, names))

    def action_open_record(self):
        """The debtor, hold or debt that left."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).get_formview_action()

    def action_explain(self):
        """Ask why they are out, until when, and who answers for it."""
        return self.env["cobranza.reason"]._ask("explain", self)

    def _explain(self, reason, until, owner):
        """Say why these are out of the process, until which day, and who answers for
        it. UserError for a day that is over; AccessError for whoever is no manager."""
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("This act is for others to do."))
        self.check_access("read")
        check_until(self.company_id, until)
        said = {"reason": reason, "until": until, "owner_id": owner.id}
        leaves = self.env["cobranza.leave"]
        for kind, rows in self.grouped("kind").items():
            if kind == "hold":
                self.env["cobranza.hold"].browse(rows.mapped("res_id")).write(
                    {"note": reason, "date_to": until, "user_id": owner.id}
                )
            elif kind == "archived":
                rows.debtor_id._explain_archived(reason, until, owner)
            else:
                subjects = rows.debt_id or rows.debtor_id
                leaves._begin(kind, subjects, **said)
                subjects._log_act(self.env._("Said why it left the process"), reason)


class CobranzaDebtor(models.Model):
    """Debtors who are archived for a time: why, by whom, until when."""

    _inherit = "cobranza.debtor"

    left_reason = fields.Char(
        readonly=True,
        copy=False,
        string="Out of the process because",
        groups=NOT_OWN,
    )
    left_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, string="Taken out by"
    )
    left_on = fields.Date(readonly=True, copy=False, string="Out since")
    left_until = fields.Date(
        readonly=True, copy=False, string="Out until", index="btree_not_null"
    )
    left_owner_id = fields.Many2one(
        "res.users", readonly=True, copy=False, string="Answers for it"
    )

    def _leave(self, reason, until, owner):
        """Archive these debtors until a day, for which ``owner`` answers. UserError for
        a day that is over."""
        self.check_access("write")
        check_until(self.company_id, until)
        for company, debtors in self.grouped("company_id").items():
            debtors._through_gate().write(
                {
                    "left_reason": reason,
                    "left_by_id": self.env.uid,
                    "left_on": company._cobranza_today(),
                    "left_until": until,
                    "left_owner_id": owner.id,
                }
            )
        self._set_active(False, reason)

    def _explain_archived(self, reason, until, owner):
        """Why these debtors, who are archived already, are so, and until when."""
        self.check_access("write")
        for company, debtors in self.grouped("company_id").items():
            for debtor in debtors:
                debtor._through_gate().write(
                    {
                        "left_reason": reason,
                        "left_by_id": debtor.left_by_id.id or self.env.uid,
                        "left_on": debtor.left_on or company._cobranza_today(),
                        "left_until": until,
                        "left_owner_id": owner.id,
                    }
                )
        self._log_act(self.env._("Said why it left the process"), reason)

    def _left_values(self, active):
        """What else is written when these debtors are taken up again."""
        names = ("left_reason", "left_by_id", "left_on", "left_until", "left_owner_id")
        return dict.fromkeys(names, False) if active else {}

    @api.model
    def _upkeep_back(self, company, today, limit):
        """Archived debtors of a company whose time out is over."""
        over = Domain("active", "=", False) & Domain("left_until", "<", today)
        over &= Domain("company_id", "=", company.id)
        return self.with_context(active_test=False).search(
            over, limit=limit, order="id"
        )

    def _come_back(self, today):
        """Those whose time out is over are followed again; who answers for them is
        told. Returns them."""
        back = self.filtered(
            lambda one: not one.active and one.left_until and one.left_until < today
        )
        back._tell_back(
            (debtor, debtor.left_owner_id, debtor.left_reason) for debtor in back
        )
        back._set_active(True, self.env._("Its time out is over"))
        return back

    @api.model
    def _tell_back(self, told):
        """Tasks for (debtor, who answers for it or nobody, why it was left alone): it,
        or a part of it, is followed again. In one go."""
        self._tell(told, lambda name: self.env._("Followed up again: %s", name))

    @api.model
    def _tell_over(self, told):
        """The same of what stays out until somebody decides."""
        self._tell(
            told,
            lambda name: self.env._("Out of the process, its time is over: %s", name),
        )

    @api.model
    def _tell(self, told, summary):
        """The tasks, in the order of ``told``."""
        told = list(told)
        owners = self.union(*(debtor for debtor, *_why in told))._task_owners()
        todo = "mail.mail_activity_data_todo"
        kind = self.env["ir.model.data"]._xmlid_to_res_id(todo)
        model = self.env["ir.model"]._get_id(self._name)
        vals_list = [
            {
                "res_model_id": model,
                "res_id": debtor.id,
                "res_name": debtor.display_name,
                "activity_type_id": kind,
                "summary": summary(debtor.display_name),
                "note": reason,
                "user_id": (owner.filtered("active") or owners[debtor]).id,
                "date_deadline": debtor.company_id._cobranza_today(),
                "automated": True,
            }
            for debtor, owner, reason in told
        ]
        # tasks of others, raised by the engine
        return self.env["mail.activity"].sudo().with_context(**QUIET).create(vals_list)


class CobranzaDebt(models.Model):
    """Debts that leave one by one."""

    _inherit = "cobranza.debt"

    is_left_out = fields.Boolean("Left out of the follow-up", compute="_compute_left")
    is_blocked = fields.Boolean("Blocked for payment", compute="_compute_left")

    @api.depends("move_line_id.no_followup", "move_id.payment_state")
    def _compute_left(self):
        for debt in self:
            kinds = debt._left_in()
            debt.is_left_out = "not_followed" in kinds
            debt.is_blocked = "blocked" in kinds

    # -- acts --------------------------------------------------------------------------

    def action_cede(self):
        return self.env["cobranza.reason"]._ask("cede", self)

    def action_leave_out(self):
        return self.env["cobranza.reason"]._ask("leave_out", self)

    def action_block(self):
        return self.env["cobranza.reason"]._ask("block", self)

    def action_take_up(self):
        return self.env["cobranza.reason"]._ask("take_up", self)

    def _cede(self, day, buyer, reason, until, owner):
        """These debts belong to ``buyer`` from ``day`` on; on ``until`` ``owner`` looks
        at it again. UserError for one that is not open or ceded already, and for a day
        to come; AccessError for whoever is no manager."""
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("This act is for others to do."))
        self._check_may_leave(until)
        for debt in self:
            if debt.ceded_on and not debt.ceded_back_on:
                raise UserError(self.env._("%s is ceded already.", debt.display_name))
            if day > debt.company_id._cobranza_today():
                raise UserError(self.env._("That day has not come yet."))
        # sudo: the engine's fields
        self.sudo().write(
            {"ceded_on": day, "ceded_to_id": buyer.id, "ceded_back_on": False}
        )
        self._said("ceded", reason, until, owner)

    def _leave_out(self, reason, until, owner):
        """Nobody follows these debts up until the end of a day, for which ``owner``
        answers; then they are followed again."""
        self._check_may_leave(until)
        # sudo: Odoo's field, which collectors may not write
        self.sudo().move_line_id.no_followup = True
        self._said("not_followed", reason, until, owner)

    def _block(self, reason, until, owner):
        """The documents of these debts are neither paid nor asked for, by Odoo's own
        button, which the user has to be allowed to use."""
        self._check_may_leave(until)
        for move in self.move_id:
            if move.payment_state != "blocked":
                move.action_toggle_block_payment()
        # a document is blocked as a whole
        self._open_of_documents()._said("blocked", reason, until, owner)

    def _open_of_documents(self):
        """All open principals of the documents of these debts."""
        # sudo: whoever blocks a document need not see all its debts
        debts = self.sudo().move_id.cobranza_debt_ids
        return debts.filtered(
            lambda one: (
                one.nature == "principal" and not (one.settled or one.void_reason)
            )
        ).with_env(self.env)

    def _take_up(self, reason):
        """These debts, which were left out or blocked, are followed again."""
        self.check_access("read")
        lines = self.sudo().move_line_id.filtered("no_followup")
        blocked = self.filtered(
            lambda one: one.sudo().move_id.payment_state == "blocked"
        )
        if not (lines or blocked):
            raise UserError(self.env._("None of these was left out or blocked."))
        lines.no_followup = False  # sudo: as for leaving out
        for move in blocked.move_id:
            move.action_toggle_block_payment()
        self._log_act(self.env._("Taken up again"), reason)

    def _check_may_leave(self, until):
        self.check_access("read")
        check_until(self.company_id, until)
        for debt in self:
            if debt.settled or debt.void_reason or debt.nature != "principal":
                raise UserError(
                    self.env._("%s is no open document.", debt.display_name)
                )

    def _said(self, kind, reason, until, owner):
        """Keep why these debts have just left."""
        said = {"reason": reason, "until": until, "owner_id": owner.id}
        self.env["cobranza.leave"]._begin(kind, self, **said)
        self._log_act(self.env._("Said why it left the process"), reason)

    # -- what is written down ----------------------------------------------------------

    def _log_act(self, change, reason=None):
        """A row of history of each of these debts: what the present user did."""
        # sudo: whoever changes a document need not see its debts
        rows = [(one, f"{change}: {one.display_name}", reason) for one in self.sudo()]
        self.env["cobranza.history"]._append(rows)

    def _log_left(self, kind, left, change):
        """These debts left in a way, or (``left`` false) are followed again in this
        respect, by whatever road: who did it is kept."""
        if self:
            self._log_act(change)
            leaves = self.env["cobranza.leave"]
            # what left just now has nothing to do with what was said another time
            leaves._end(kind, self)
            if left:
                leaves._begin(kind, self)

    def _log_ceded(self, before):
        """``before``: {debt: whether it was ceded} a while ago."""
        changed = self.filtered(
            lambda debt: debt in before and debt._ceded_now() != before[debt]
        )
        for ceded, debts in changed.grouped(lambda debt: debt._ceded_now()).items():
            change = self.env._("Ceded") if ceded else self.env._("Given back")
            debts._log_left("ceded", ceded, change)

    def _left_in(self):
        """Kinds of ``LEAVES`` in which this debt is out at present."""
        self.ensure_one()
        debt = self.sudo()  # Odoo's own fields
        kinds = {
            "ceded": debt._ceded_now(),
            "not_followed": debt.move_line_id.no_followup,
            "blocked": debt.move_id.payment_state == "blocked",
        }
        return {kind for kind, out in kinds.items() if out}

    def _ceded_now(self):
        return bool(self.ceded_on and not self.ceded_back_on)
