"""Who is out of the process: what was archived, ceded, put on hold or left out, why,
until when and by whom. Whoever comes back is told to the one who answers for it."""

from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.owed import STILL_OPEN, open_sql
from ..common.rows import Row
from ..common.words import QUIET
from ..company.company import NOT_OWN

KINDS = [
    ("archived", "Debtor archived"),
    ("hold", "On hold"),
    ("ceded", "Ceded"),
    ("not_followed", "Left out of the follow-up"),
    ("blocked", "Blocked for payment"),
]


LEFT = """
WITH open AS (
    SELECT d.id, d.debtor_id, d.company_id, {open} AS amount, l.no_followup,
           m.payment_state, d.ceded_to_id,
           CASE WHEN d.ceded_back_on IS NULL THEN d.ceded_on END AS ceded_on
      FROM cobranza_debt d
      JOIN account_move_line l ON l.id = d.move_line_id
      JOIN account_move m ON m.id = l.move_id
     WHERE d.void_reason IS NULL AND d.nature = 'principal'
       AND l.parent_state = 'posted' AND {still_open}
), single AS (
    SELECT id, debtor_id, company_id, amount, ceded_on,
           CASE WHEN ceded_on IS NOT NULL THEN ceded_to_id END AS ceded_to_id,
           CASE WHEN ceded_on IS NOT NULL THEN 'ceded'
                WHEN no_followup THEN 'not_followed' ELSE 'blocked' END AS kind
      FROM open
     WHERE ceded_on IS NOT NULL OR no_followup OR payment_state = 'blocked'
)
SELECT o.id * 3 AS id, o.company_id, o.id AS debtor_id, NULL::int AS debt_id,
       'archived' AS kind, NULL AS hold_reason, o.left_reason AS reason,
       o.left_by_id AS decided_by_id, o.left_owner_id AS owner_id,
       o.left_on AS since, o.left_until AS until,
       (SELECT COALESCE(sum(amount), 0) FROM open
         WHERE open.debtor_id = o.id) AS amount,
       'cobranza.debtor' AS res_model, o.id AS res_id
  FROM cobranza_debtor o
 WHERE o.active IS NOT TRUE
UNION ALL
SELECT h.id * 3 + 1, h.company_id, h.debtor_id, NULL::int, 'hold',
       h.reason, NULLIF(h.note, ''), h.create_uid, h.user_id, h.date_from, h.date_to,
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
SELECT s.id * 3 + 2, s.company_id, s.debtor_id, s.id, s.kind, NULL,
       COALESCE(said.reason, buyer.name), said.user_id, o.user_id,
       COALESCE(s.ceded_on, said.moment::date),
       NULL::date, s.amount, 'cobranza.debt', s.id
  FROM single s
  JOIN cobranza_debtor o ON o.id = s.debtor_id
  LEFT JOIN res_partner buyer ON buyer.id = s.ceded_to_id
  LEFT JOIN LATERAL (
       SELECT h.user_id, h.moment, h.reason FROM cobranza_history h
        WHERE h.res_model = 'cobranza.debt' AND h.res_id = s.id
        ORDER BY h.id DESC LIMIT 1) said ON TRUE
"""
"""Sums are in the currency of the company. What is ceded is not said twice."""


class CobranzaExit(models.Model):
    """The one list of who is out of the process."""

    _name = "cobranza.exit"
    _inherit = "cobranza.gate.mixin"
    _description = "Out of the process"
    _auto = False
    _order = "until, since desc, id desc"
    _rec_name = "reason"
    _depends: ClassVar = {
        "cobranza.debtor": ["active", "left_reason", "left_until", "left_owner_id"],
        "cobranza.debt": ["ceded_on", "ceded_back_on", "void_reason", "move_line_id"],
        "cobranza.hold": [
            "state",
            "date_from",
            "date_to",
            "note",
            "reason",
            "debt_ids",
        ],
        "cobranza.history": ["res_id", "reason", "user_id"],
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
    reason = fields.Char(readonly=True)
    why = fields.Char(
        compute="_compute_why",
        string="Because",
        help="The kind of hold and what was written down.",
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
        return LEFT.format(open=open_sql().code, still_open=STILL_OPEN.code)

    @api.depends("hold_reason", "reason")
    @api.depends_context("lang")
    def _compute_why(self):
        labels = dict(self._fields["hold_reason"]._description_selection(self.env))
        for row in self:
            said = (labels.get(row.hold_reason), row.reason)
            row.why = ": ".join(filter(None, said))

    def action_open_record(self):
        """The debtor, hold or debt that left."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).get_formview_action()


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
        for company, debtors in self.grouped("company_id").items():
            today = company._cobranza_today()
            if not until or until < today:
                raise UserError(
                    self.env._("Say until which day, not before today, it stays out.")
                )
            debtors._through_gate().write(
                {
                    "left_reason": reason,
                    "left_by_id": self.env.uid,
                    "left_on": today,
                    "left_until": until,
                    "left_owner_id": owner.id,
                }
            )
        self._set_active(False, reason)

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
                "summary": self.env._("Followed up again: %s", debtor.display_name),
                "note": reason,
                "user_id": (owner.filtered("active") or owners[debtor]).id,
                "date_deadline": debtor.company_id._cobranza_today(),
                "automated": True,
            }
            for debtor, owner, reason in told
        ]
        # tasks of others, raised by the engine
        self.env["mail.activity"].sudo().with_context(**QUIET).create(vals_list)


class CobranzaDebt(models.Model):
    """Debts that leave one by one."""

    _inherit = "cobranza.debt"

    def _log_act(self, change, reason=None):
        """A row of history of each of these debts: what the present user did."""
        if not self:
            return
        # sudo: nobody but this code may append to the history
        self.env["cobranza.history"].sudo().create(
            [
                {
                    "company_id": debt.company_id.id,
                    "debtor_id": debt.debtor_id.id,
                    "res_model": debt._name,
                    "res_id": debt.id,
                    "change": f"{change}: {debt.display_name}",
                    "reason": reason,
                    "user_id": self.env.uid,
                    "moment": fields.Datetime.now(),
                }
                for debt in self.sudo()
            ]
        )

    def _log_ceded(self, before):
        """``before``: {debt: day on which it was ceded} of a while ago."""
        for debt, day in before.items():
            if debt.ceded_on != day:
                ceded = bool(debt.ceded_on)
                change = self.env._("Ceded") if ceded else self.env._("Given back")
                debt._log_act(change, debt.ceded_to_id.name if ceded else None)
