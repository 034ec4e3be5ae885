from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .cobranza_reason import REASONS

OPERATORS = {">": SQL(">"), ">=": SQL(">="), "<": SQL("<"), "<=": SQL("<=")}
FIGURES = ("total", "overdue", "oldest_due", "days_late")


class CobranzaDebtor(models.Model):
    """The debtor as a line of the worklist: sorts and filters by what is owed."""

    _inherit = "cobranza.debtor"

    phase = fields.Selection(group_expand=True)
    total = fields.Monetary(search="_search_total")
    overdue = fields.Monetary(search="_search_overdue")
    days_late = fields.Integer(search="_search_days_late")
    contact_count = fields.Integer(compute="_compute_counts")
    promise_count = fields.Integer(compute="_compute_counts")
    dispute_count = fields.Integer(compute="_compute_counts")
    hold_count = fields.Integer(compute="_compute_counts")
    invoice_count = fields.Integer(compute="_compute_counts")
    waiting = fields.Selection(
        REASONS,
        compute="_compute_waiting",
        string="Waits for",
        help="Why the next contact that is planned has not left.",
    )
    open_debt_ids = fields.One2many(
        "cobranza.debt",
        "debtor_id",
        domain=[("settled", "=", False), ("void_reason", "=", False)],
        string="Open debts",
    )

    @api.depends("contact_ids", "promise_ids", "dispute_ids", "hold_ids", "debt_ids")
    def _compute_counts(self):
        is_open = [("state", "=", "open")]
        counted = {
            "contact_count": self._count_by_debtor("cobranza.contact", []),
            "promise_count": self._count_by_debtor("cobranza.promise", is_open),
            "dispute_count": self._count_by_debtor("cobranza.dispute", is_open),
            "hold_count": self._count_by_debtor("cobranza.hold", is_open),
        }
        for debtor in self:
            for name, counts in counted.items():
                debtor[name] = counts.get(debtor.id, 0)
            debtor.invoice_count = len(debtor.debt_ids.move_id)

    def _count_by_debtor(self, model, domain):
        groups = self.env[model]._read_group(
            [("debtor_id", "in", self.ids), *domain], ["debtor_id"], ["__count"]
        )
        return {debtor.id: count for debtor, count in groups}

    @api.depends("contact_ids.state", "contact_ids.waiting", "contact_ids.planned_at")
    def _compute_waiting(self):
        contacts = self.env["cobranza.contact"].search_fetch(
            [
                ("debtor_id", "in", self.ids),
                ("state", "=", "planned"),
                ("waiting", "!=", False),
            ],
            ["debtor_id", "waiting"],
            order="planned_at desc",
        )
        waiting = {contact.debtor_id.id: contact.waiting for contact in contacts}
        for debtor in self:
            debtor.waiting = waiting.get(debtor.id)

    # -- order and search by the figures of the moment ---------------------------------

    def _sql_figure(self, name):
        """A figure as an aggregate over the open journal items ``l`` of debts ``d``."""
        day = self.env.company._cobranza_today()
        due = SQL("COALESCE(l.date_maturity, l.date)")
        late = SQL("FILTER (WHERE %s < %s)", due, day)
        if name == "total":
            return SQL("COALESCE(sum(l.amount_residual), 0)")
        if name == "overdue":
            return SQL("COALESCE(sum(l.amount_residual) %s, 0)", late)
        if name == "days_late":
            return SQL("COALESCE(%s - min(%s) %s, 0)", day, due, late)
        return SQL("min(%s) %s", due, late)

    def _flush_figures(self):
        self.env["cobranza.debt"].flush_model()
        self.env["account.move.line"].flush_model()

    def _sql_open_items(self):
        return SQL(
            """FROM cobranza_debt d
               JOIN account_move_line l ON l.id = d.move_line_id
              WHERE d.void_reason IS NULL AND d.nature = 'principal'
                AND l.parent_state = 'posted'
                AND l.reconciled IS NOT TRUE"""
        )

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name not in FIGURES:
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        self._flush_figures()
        return SQL(
            "(SELECT %s %s AND d.debtor_id = %s) %s %s",
            self._sql_figure(field_name),
            self._sql_open_items(),
            SQL.identifier(alias, "id"),
            direction,
            nulls,
        )

    def _search_figure(self, name, operator, value):
        if operator not in OPERATORS or isinstance(value, bool):
            return NotImplemented
        self._flush_figures()
        having = (self._sql_figure(name), OPERATORS[operator], value)
        found = SQL(
            "(SELECT d.debtor_id %s GROUP BY d.debtor_id HAVING %s %s %s)",
            self._sql_open_items(),
            *having,
        )
        return Domain("id", "in", found)

    def _search_total(self, operator, value):
        return self._search_figure("total", operator, value)

    def _search_overdue(self, operator, value):
        return self._search_figure("overdue", operator, value)

    def _search_days_late(self, operator, value):
        return self._search_figure("days_late", operator, value)

    # -- buttons -----------------------------------------------------------------------

    def _action_new(self, model, name, **defaults):
        """A dialog for a new record of this debtor."""
        self.ensure_one()
        context = {f"default_{key}": value for key, value in defaults.items()}
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_debtor_id": self.id, **context},
        }

    def action_new_promise(self):
        debts = self.open_debt_ids
        debts = debts.filtered(lambda one: one.currency_id == debts[:1].currency_id)
        return self._action_new(
            "cobranza.promise",
            self.env._("Promise to pay"),
            debt_ids=debts.ids,
            amount=sum(debts.mapped("amount_residual_currency")),
        )

    def action_new_dispute(self):
        debt = self.open_debt_ids if len(self.open_debt_ids) == 1 else None
        name = self.env._("Dispute")
        return self._action_new("cobranza.dispute", name, debt_id=debt and debt.id)

    def action_new_hold(self):
        return self._action_new("cobranza.hold", self.env._("Put on hold"))

    def action_view_promises(self):
        return self._action_related("cobranza_legal.action_cobranza_promise")

    def action_view_disputes(self):
        return self._action_related("cobranza_legal.action_cobranza_dispute")

    def action_view_holds(self):
        return self._action_related("cobranza_legal.action_cobranza_hold")

    def action_view_invoices(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_invoice"
        )
        return {**action, "domain": [("id", "in", self.debt_ids.move_id.ids)]}
