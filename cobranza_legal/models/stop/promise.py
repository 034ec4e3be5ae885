from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ...kernel.lifecycle import PROMISE
from ..common.money import to_decimal

RESULTS = [("kept", "Kept"), ("part_kept", "Kept in part"), ("broken", "Broken")]


NOTHING = SQL()


class CobranzaPromise(models.Model):
    """The debtor promises to pay an amount until a day; its result (kept, kept in part,
    broken) is read from the settlements of its debts after the tolerance."""

    _name = "cobranza.promise"
    _inherit = "cobranza.followup.item.mixin"
    _description = "Promise to pay"
    _order = "promised_on desc, id desc"

    _lifecycle = PROMISE
    _logged = ("debtor_id", "debt_ids", "amount", "promised_on", "made_on", "user_id")
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_promise_debt_rel",
        string="Debts",
        required=True,
        domain="[('debtor_id', '=', debtor_id), ('settled', '=', False)]",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True
    )
    amount = fields.Monetary(string="Promised amount", required=True)
    promised_on = fields.Date(string="Will pay on", required=True)
    made_on = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    contact_id = fields.Many2one(
        "cobranza.contact", string="Made in", ondelete="set null", index=True
    )
    note = fields.Text()
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed"), ("cancelled", "Promise cancelled")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )
    result = fields.Selection(RESULTS, readonly=True, copy=False)
    received = fields.Monetary(readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False)
    paid_before = fields.Json(
        "Entries from before it",
        readonly=True,
        copy=False,
        help="Entries of the day of the promise that were there before it: they do not "
        "keep it.",
    )
    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The promised amount must be positive."
    )
    _open_idx = models.Index("(company_id, promised_on) WHERE state = 'open'")

    @api.depends("debt_ids.currency_id")
    def _compute_currency_id(self):
        for promise in self:
            promise.currency_id = promise.debt_ids[:1].currency_id

    @api.depends("debtor_id", "amount", "promised_on")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for promise in self:
            amount = formatLang(
                self.env, promise.amount, currency_obj=promise.currency_id
            )
            day = format_date(self.env, promise.promised_on)
            promise.display_name = f"{promise.debtor_id.display_name}: {amount} · {day}"

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        for promise in promises:
            entries = promise._entries_of_its_day()
            promise._through_gate().paid_before = {"entries": entries}
        return promises

    def _entries_of_its_day(self):
        """Ids of what has paid the debtor's debts, or may be allocated to them, with
        the day of the promise: people who promise owe more than that."""
        self.ensure_one()
        # sudo: whoever takes promises need not see the ledger
        debtor = self.debtor_id.sudo()
        domain = [("debt_id", "in", self.debt_ids.ids), ("date", "=", self.made_on)]
        settled = self.env["cobranza.settlement"].sudo().search(domain).move_id
        accounts = debtor.company_id._cobranza_followed_accounts()
        loose = (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("company_id", "=", debtor.company_id.id),
                    ("account_id", "in", accounts.ids),
                    ("partner_id.commercial_partner_id", "=", debtor.partner_id.id),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("balance", "<", 0),
                    ("date", "<=", self.made_on),
                ]
            )
            .move_id
        )
        return sorted((settled | loose).ids)

    @api.constrains("debtor_id", "debt_ids", "amount", "promised_on", "made_on")
    def _check_promise(self):
        for promise in self.filtered(lambda promise: promise.state == "open"):
            problems = promise._problems()
            if problems:
                raise ValidationError("\n".join(problems))

    def _problems(self):
        """[message] of what is wrong with this promise, each with what to do about
        it."""
        self.ensure_one()
        name = self.debtor_id.display_name
        debts = self.debt_ids
        if not debts:
            return [self.env._("%s: choose the debts that will be paid.", name)]
        if debts.debtor_id != self.debtor_id:
            return [self.env._("%s: every debt must be of this debtor.", name)]
        if len(debts.currency_id) > 1:
            return [self.env._("%s: one promise for each currency, please.", name)]
        return [*self._problems_of_dates(), *self._problems_of_amount()]

    def _problems_of_dates(self):
        if self.promised_on < self.made_on:
            yield self.env._(
                "%s: the day of payment comes before the day of the promise.",
                self.debtor_id.display_name,
            )
        others = self.search(
            [
                ("id", "!=", self.id),
                ("state", "=", "open"),
                ("debt_ids", "in", self.debt_ids.ids),
            ],
            limit=1,
        )
        if others:
            yield self.env._(
                "%(debt)s is promised already (%(promise)s). Cancel that promise or "
                "leave the debt out.",
                debt=(others.debt_ids & self.debt_ids)[0].display_name,
                promise=others.display_name,
            )

    def _problems_of_amount(self):
        open_amount = sum(self.debt_ids.mapped("amount_residual_currency"))
        if self.currency_id.compare_amounts(self.amount, open_amount) > 0:
            yield self.env._(
                "%(debtor)s: only %(open)s is open on these debts. Lower the amount or "
                "add debts.",
                debtor=self.debtor_id.display_name,
                open=formatLang(self.env, open_amount, currency_obj=self.currency_id),
            )

    @api.model
    def _promised(self, debt_ids, today):
        """Ids of the debts under an open promise that is not overdue; one query."""
        self.flush_model()
        self.env["res.company"].flush_model(["cobranza_promise_tolerance"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT rel.cobranza_debt_id
                  FROM cobranza_promise p
                  JOIN cobranza_promise_debt_rel rel ON rel.cobranza_promise_id = p.id
                  JOIN res_company c ON c.id = p.company_id
                 WHERE rel.cobranza_debt_id = ANY(%s) AND p.state = 'open'
                   AND p.promised_on + c.cobranza_promise_tolerance >= %s
                """,
                list(debt_ids),
                today,
            )
        )
        return {row[0] for row in rows}

    def action_cancel(self):
        """The dialog that asks why the promise no longer holds."""
        return self.env["cobranza.reason"]._ask("promise", self)

    def _cancel(self, reason):
        """The promises hold back nothing any more; their history keeps ``reason``."""
        for company, promises in self.grouped("company_id").items():
            today = company._cobranza_today()
            promises._set_state("cancelled", reason, closed_on=today)

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Open promises that are kept already or whose day and tolerance are over."""
        rows = self._read_received(
            SQL("p.company_id = %s AND p.state = 'open'", company.id),
            SQL(
                "HAVING p.promised_on + max(c.cobranza_promise_tolerance) < %s "
                "OR coalesce(sum(s.amount_currency), 0) >= p.amount",
                today,
            ),
            limit,
        )
        return self.browse(rows)

    def _upkeep(self, today):
        received = self._read_received(SQL("p.id = ANY(%s)", self.ids))
        labels = dict(self._fields["result"]._description_selection(self.env))
        evaluated = self.grouped(
            lambda promise: promise._evaluate(received[promise.id])
        )
        for result, promises in evaluated.items():
            for promise in promises:
                amount = float(received[promise.id])
                promise._through_gate().write({"received": amount})
            values = {"result": result, "closed_on": today}
            promises._set_state("closed", labels[result], **values)

    @api.model
    def _judged_by(self, debts):
        """Domain of the promises about these debts that were closed."""
        return [("debt_ids", "in", debts.ids), ("state", "=", "closed")]

    def _judge_again(self):
        """Settlements of the debts of these promises were undone, or came late: those
        that were closed are judged by what is there now, and say so."""
        if not self:
            return
        received = self._read_received(SQL("p.id = ANY(%s)", self.ids))
        labels = dict(self._fields["result"]._description_selection(self.env))
        for promise in self:
            amount = received[promise.id]
            result, before = promise._evaluate(amount), promise.result
            if result == before and to_decimal(promise.received) == amount:
                continue
            values = {"result": result, "received": float(amount)}
            promise._through_gate().write(values)
            if result != before:
                change = f"{labels.get(before, '–')} → {labels[result]}"
                promise._log(change, self.env._("What was paid has changed"))
                promise.debtor_id._redecide_later()

    def _evaluate(self, received):
        """The result of the promise if ``received`` (Decimal) was paid in time."""
        if received >= to_decimal(self.amount):
            return "kept"
        return "part_kept" if received > 0 else "broken"

    @api.model
    def _read_received(self, where, having=NOTHING, limit=None):
        """{promise id: paid from the day it was made to its last day of grace}.

        Only what collects counts: neither credit notes nor write-offs pay anything. Of
        the day itself what was matched after the promise: what was paid before it was
        not promised any more.
        """
        self.flush_model()
        self.env["res.company"].flush_model(["cobranza_promise_tolerance"])
        # an array of debts keeps the settlements of all others out of the plan
        debts = SQL(
            """ARRAY(SELECT rel.cobranza_debt_id
                       FROM cobranza_promise p
                       JOIN cobranza_promise_debt_rel rel
                         ON rel.cobranza_promise_id = p.id
                      WHERE %s)""",
            where,
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, coalesce(sum(s.amount_currency), 0)::text
                  FROM cobranza_promise p
                  JOIN res_company c ON c.id = p.company_id
                  JOIN cobranza_promise_debt_rel rel ON rel.cobranza_promise_id = p.id
             LEFT JOIN %s s ON s.debt_id = rel.cobranza_debt_id
                   AND s.debt_id = ANY(%s)
                   AND s.kind = ANY(%s)
                   AND s.date BETWEEN p.made_on
                                  AND p.promised_on + c.cobranza_promise_tolerance
                   AND (s.date > p.made_on OR CASE
                       WHEN p.paid_before IS NULL THEN EXISTS (
                           SELECT 1 FROM account_partial_reconcile matched
                            WHERE matched.id = s.partial_id
                              AND matched.create_date > p.create_date)
                       ELSE NOT p.paid_before -> 'entries' @> to_jsonb(s.move_id)
                       END)
                 WHERE %s
                 GROUP BY p.id %s
                 ORDER BY p.id
                 LIMIT %s
                """,
                self.env["cobranza.settlement"]._table_sql,
                debts,
                self.env["cobranza.settlement"]._kinds(collects=True),
                where,
                having,
                limit,
            )
        )
        return {promise: to_decimal(amount) for promise, amount in rows}
