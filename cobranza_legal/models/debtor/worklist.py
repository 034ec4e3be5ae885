import json
import operator
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, formatLang

from ...kernel.priority import Priority
from ..common.limits import COUNTED
from ..common.rows import Row
from ..common.transaction import pg_array
from ..common.words import WAITING
from ..company.company import MANAGERS, NOT_OWN

OPERATORS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


OPEN = [("settled", "=", False), ("void_reason", "=", False)]
"""Domain of the debts that are owed."""


FIGURES = ("overdue", "not_due", "oldest_due", "days_late")


HABIT = ("habit_days", "habit_on_time", "habit_trend", "habit_debts")


PERSONS = ("consumer", "unknown")
"""Regimes of natural persons, and of those who may be."""


MADE = [one for one in COUNTED if one != "planned"]


UPDATE_PRIORITY = """
    UPDATE cobranza_debtor r
       SET priority = v.score, priority_parts = v.parts::jsonb
      FROM unnest(%(ids)s::int[], %(score)s::float8[], %(parts)s::text[])
           AS v(id, score, parts)
     WHERE r.id = v.id AND r.company_id = %(company)s
"""


WORKLIST = ("ids", "score", "parts", "level", "reason", "next_on", "next", "look")


UPDATE_DEBTORS = """
    UPDATE cobranza_debtor r
       SET priority = v.score, priority_parts = v.parts::jsonb, phase = p.phase,
           reason = v.reason, next_act_on = v.next_on, next_level_id = v.next,
           review_on = v.look, judge_since = NULL, judge_reason = NULL,
           contact_left = FALSE
      FROM unnest(%(ids)s::int[], %(score)s::float8[], %(parts)s::text[],
                  %(level)s::int[], %(reason)s::text[], %(next_on)s::date[],
                  %(next)s::int[], %(look)s::date[])
           AS v(id, score, parts, level, reason, next_on, next, look)
      LEFT JOIN cobranza_policy_level p ON p.id = v.level
     WHERE r.id = v.id AND r.company_id = %(company)s
"""


class CobranzaDebtor(models.Model):
    """The debtor as a line of the worklist: its columns, order and search by figures
    that are computed, the priority, and the SQL with which the run writes them."""

    _inherit = "cobranza.debtor"

    contact_count = fields.Integer(compute="_compute_counts")
    promise_count = fields.Integer(compute="_compute_counts")
    agreement_count = fields.Integer(compute="_compute_counts")
    suspension_count = fields.Integer(compute="_compute_counts")
    suspension_state = fields.Selection(
        lambda self: self.env["cobranza.suspension"]._states(),
        "Services",
        compute="_compute_suspension",
    )
    suspension_note = fields.Char("Which services", compute="_compute_suspension")
    dispute_count = fields.Integer(compute="_compute_counts")
    hold_count = fields.Integer(compute="_compute_counts")
    invoice_count = fields.Integer(compute="_compute_counts")
    waiting = Row(
        "cobranza.decision.reason",
        compute="_compute_waiting",
        string="Waits for",
        help="Why the next contact that is planned has not left.",
    )
    open_debt_ids = fields.One2many(
        "cobranza.debt",
        "debtor_id",
        domain=OPEN,
        string="Open debts",
    )
    limitation_on = fields.Date(
        compute="_compute_limitation_on",
        string="Limitation",
        help="The next day after which an action about one of its open debts is lost.",
    )
    last_contact_on = fields.Datetime(
        compute="_compute_last_contact_on", string="Last contact"
    )
    priority_words = fields.Char(
        compute="_compute_priority_words",
        string="How the priority comes about",
        groups=NOT_OWN,
    )
    # how it has paid: fixed figures, which decide nothing
    habit_days = fields.Float(
        "Days late on average",
        readonly=True,
        copy=False,
        digits=(8, 1),
        aggregator="avg",
        groups=NOT_OWN,
        help="Of what fell due in the last twelve months, by amount: paid on time "
        "counts as 0, what is open as late as it is today.",
    )
    habit_on_time = fields.Float(
        "Paid on time",
        readonly=True,
        copy=False,
        aggregator="avg",
        groups=NOT_OWN,
        help="Share of what fell due in the last twelve months that was paid by its "
        "day.",
    )
    habit_trend = fields.Float(
        "Change of the days late",
        readonly=True,
        copy=False,
        digits=(8, 1),
        aggregator=None,
        groups=NOT_OWN,
        help="The last six months less the six before: more than 0 is worse.",
    )
    habit_debts = fields.Integer(
        "Debts it is made of", readonly=True, copy=False, groups=NOT_OWN
    )
    habit_counts = fields.Boolean(
        "Behaviour counts in the priority",
        readonly=True,
        copy=False,
        tracking=True,
        groups=NOT_OWN,
        help="Of a natural person it counts only where a person has decided so.",
    )
    habit_is_person = fields.Boolean(compute="_compute_habit_words", groups=NOT_OWN)
    habit_words = fields.Char(
        "How it pays", compute="_compute_habit_words", groups=NOT_OWN
    )

    @api.depends("contact_ids", "promise_ids", "dispute_ids", "hold_ids", "debt_ids")
    def _compute_counts(self):
        is_open = [("state", "=", "open")]
        counted = {
            "contact_count": self._count_by_debtor("cobranza.contact", []),
            "promise_count": self._count_by_debtor("cobranza.promise", is_open),
            "agreement_count": self._count_by_debtor("cobranza.agreement", []),
            "suspension_count": self._count_by_debtor("cobranza.suspension", []),
            "dispute_count": self._count_by_debtor("cobranza.dispute", is_open),
            "hold_count": self._count_by_debtor("cobranza.hold", is_open),
        }
        for debtor in self:
            for name, counts in counted.items():
                debtor[name] = counts.get(debtor.id, 0)
            debtor.invoice_count = len(debtor.debt_ids.move_id)

    @api.depends("suspension_ids.state", "suspension_ids.services")
    @api.depends_context("uid")
    def _compute_suspension(self):
        """The gravest that is not over, of those that the user may see; one query."""
        suspensions = self.env["cobranza.suspension"]
        found = suspensions._gravest([("debtor_id", "in", self.ids)], "debtor_id")
        for debtor in self:
            one = found.get(debtor._origin.id, suspensions)
            debtor.suspension_state = one.state
            debtor.suspension_note = one and one._summary()

    @api.depends("debt_ids.limitation_on")
    @api.depends_context("uid")
    def _compute_limitation_on(self):
        """Of the debts that the user may see."""
        groups = self.env["cobranza.debt"]._read_group(
            [("debtor_id", "in", self.ids), ("limitation_on", "!=", False), *OPEN],
            ["debtor_id"],
            ["limitation_on:min"],
        )
        found = {debtor.id: day for debtor, day in groups}
        for debtor in self:
            debtor.limitation_on = found.get(debtor.id)

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

    @api.depends("contact_ids.sent_at", "contact_ids.state")
    def _compute_last_contact_on(self):
        groups = self.env["cobranza.contact"]._read_group(
            [
                ("debtor_id", "in", self.ids),
                ("direction", "=", "outbound"),
                ("state", "in", MADE),
            ],
            ["debtor_id"],
            ["sent_at:max"],
        )
        last = {debtor.id: moment for debtor, moment in groups}
        for debtor in self:
            debtor.last_contact_on = last.get(debtor.id)

    # -- order and search by the figures of the moment ---------------------------------

    def _figure_values(self, name):
        """{debtor id: value} of a figure of today, of all debtors that the user may
        read."""
        debtors = self.with_context(active_test=False).search(Domain.TRUE)
        found = debtors._read_principals()
        today = {
            one.id: one.company_id._cobranza_today()
            for one in (debtors if name == "days_late" else ())
        }
        values = {}
        for debtor, one in found.items():
            if name == "days_late":
                values[debtor] = (today[debtor] - one.oldest).days if one.oldest else 0
            elif name == "oldest_due":
                values[debtor] = one.oldest
            else:
                values[debtor] = getattr(one, name)
        return values

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == "last_contact_on":
            return self._order_by_last_contact(alias, direction, nulls)
        if field_name == "priority":  # an order tells no figure
            return super(CobranzaDebtor, self.sudo())._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        if field_name not in FIGURES:
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        values = self._figure_values(field_name)
        figures = SQL(
            "(SELECT * FROM unnest(%s::int[], %s::%s[]) AS v(id, figure))",
            list(values),
            list(values.values()),
            SQL("date" if field_name == "oldest_due" else "numeric"),
        )
        joined = query.make_alias(alias, field_name)
        condition = SQL(
            "%s = %s", SQL.identifier(alias, "id"), SQL.identifier(joined, "id")
        )
        query.add_join("LEFT JOIN", joined, figures, condition)
        return SQL("%s %s %s", SQL.identifier(joined, "figure"), direction, nulls)

    def _order_by_last_contact(self, alias, direction, nulls):
        self.env["cobranza.contact"].flush_model(["sent_at", "state"])
        return SQL(
            """(SELECT max(c.sent_at) FROM cobranza_contact c
                 WHERE c.debtor_id = %s AND c.direction = 'outbound'
                   AND c.state = ANY(%s)) %s %s""",
            SQL.identifier(alias, "id"),
            MADE,
            direction,
            nulls,
        )

    def _search_figure(self, name, sign, value):
        if sign not in OPERATORS or isinstance(value, bool):
            return NotImplemented
        compare = OPERATORS[sign]
        values = self._figure_values(name)
        found = [debtor for debtor, one in values.items() if compare(one, value)]
        return Domain("id", "in", found)

    def _search_overdue(self, sign, value):
        return self._search_figure("overdue", sign, value)

    def _search_not_due(self, sign, value):
        return self._search_figure("not_due", sign, value)

    def _search_days_late(self, sign, value):
        return self._search_figure("days_late", sign, value)

    # -- the priority ------------------------------------------------------------------

    @api.depends("priority", "priority_parts")
    @api.depends_context("lang")
    def _compute_priority_words(self):
        for debtor in self:
            debtor.priority_words = debtor._say_priority()

    def _say_priority(self):
        """The factors of the priority with their facts, as text; empty before the first
        run."""
        parts = self.priority_parts or {}
        factors = {
            name: Decimal(value) for name, value in parts.get("factors", {}).items()
        }
        if not factors:
            return ""
        if not factors["workable"]:
            return self.env._("0: nothing can be done now.")
        overdue = format_amount(self.env, float(parts["overdue"]), self.currency_id)
        overdue = self.env._("overdue and claimable %s", overdue)
        if factors["amount"] != Decimal(parts["overdue"]):
            overdue = f"{formatLang(self.env, float(factors['amount']), 0)} ({overdue})"
        said = {
            "age": self._days_late_words(parts["days_late"]),
            "broken": self._broken_words(parts["broken_promises"]),
            "act": self.env._("an act is due"),
            "large": self.env._("a large debtor"),
            "habit": self._habit_days_words(parts.get("habit_days", 0)),
        }
        words = [
            f"{formatLang(self.env, float(factors[name]), 2)} ({why})"
            for name, why in said.items()
            if factors.get(name, 1) != 1
        ]
        score = formatLang(self.env, self.priority, 0)
        return f"{score} = " + " × ".join([overdue, *words])

    def _days_late_words(self, count):
        if count == 1:
            return self.env._("1 day late")
        return self.env._("%s days late", count)

    def _habit_days_words(self, days):
        return self.env._("%s days late on average", round(Decimal(days)))

    def _broken_words(self, count):
        if count == 1:
            return self.env._("1 broken promise")
        return self.env._("%s broken promises", count)

    # -- how it pays -------------------------------------------------------------------

    @api.depends(*HABIT, "regime", "partner_id.is_company")
    @api.depends_context("lang")
    def _compute_habit_words(self):
        for debtor in self:
            debtor.habit_is_person = (
                not debtor.partner_id.is_company or debtor.regime in PERSONS
            )
            debtor.habit_words = debtor._say_habit() if debtor.habit_debts else False

    def _say_habit(self):
        """The figures in one line."""
        words = [
            self.env._(
                "%(share)s %% paid on time, %(days)s days late on average",
                share=formatLang(self.env, self.habit_on_time * 100, 0),
                days=formatLang(self.env, self.habit_days, 0),
            )
        ]
        if round(self.habit_trend) > 0:
            worse = formatLang(self.env, self.habit_trend, 0)
            words.append(self.env._("%s days worse than half a year ago", worse))
        elif round(self.habit_trend) < 0:
            better = formatLang(self.env, -self.habit_trend, 0)
            words.append(self.env._("%s days better than half a year ago", better))
        return " · ".join(words)

    def action_habit_counts(self):
        """Decide that the behaviour of this natural person counts in the priority, or
        does not any more: who did is in the history."""
        self.ensure_one()
        self.check_access("write")
        self._through_gate().write({"habit_counts": not self.habit_counts})
        self._redecide_later()
        return True

    @api.model
    def _sql_habit_counts(self):
        """Condition on a debtor ``r``: its behaviour may count in the priority."""
        self.env["res.partner"].flush_model(["is_company"])
        return SQL(
            """(r.habit_counts OR r.regime <> ALL(%s)
                AND EXISTS (SELECT 1 FROM res_partner person
                             WHERE person.id = r.partner_id AND person.is_company))""",
            list(PERSONS),
        )

    # -- what the run writes -----------------------------------------------------------

    @api.model
    def _bulk_priority(self, company):
        """Score every debtor of a company again from the facts of its last look; one
        statement reads and one writes."""
        self.flush_model(["priority", "priority_parts"])
        weights = company._cobranza_weights()
        rows = []
        query = SQL(
            "SELECT id, priority_parts FROM cobranza_debtor "
            "WHERE company_id = %s AND priority_parts IS NOT NULL",
            company.id,
        )
        for debtor, parts in self.env.execute_query(query):
            priority = Priority.of_parts(parts, weights)
            rows.append((debtor, float(priority.score), json.dumps(priority.parts())))
        if not rows:
            return
        columns = zip(("ids", "score", "parts"), zip(*rows, strict=True), strict=True)
        arrays = {name: pg_array(values) for name, values in columns}
        self.env.cr.execute(SQL(UPDATE_PRIORITY, company=company.id, **arrays))
        self.invalidate_model(["priority", "priority_parts"], flush=False)

    def _bulk_worklist(self, company, rows):
        """Write [(debtor id, Priority, highest level id, reason, next act on, next
        level id, look again on)]."""
        if not rows:
            return
        plain = [
            (debtor, float(priority.score), json.dumps(priority.parts()), *rest)
            for debtor, priority, *rest in rows
        ]
        columns = zip(WORKLIST, zip(*plain, strict=True), strict=True)
        arrays = {name: pg_array(values) for name, values in columns}
        self.env.cr.execute(SQL(UPDATE_DEBTORS, company=company.id, **arrays))
        self.invalidate_model(flush=False)

    @api.model
    def get_worklist_banner(self):
        """{name: value} of what stands above the worklist: the company's mode, contacts
        that wait for a person, legal values that run out, a country addon that is
        available but not installed, and how the list is ordered, unless the user may
        not know it."""
        company, user = self.env.company._cobranza_creditor(), self.env.user
        domain = [("company_id", "=", company.id), *WAITING]
        waiting = self.env["cobranza.contact"].search_count(domain)
        runs = self.env["cobranza.run"]
        run = runs._newest(company) if runs.has_access("read") else runs
        module, country = company._cobranza_missing_module()
        return {
            "mode": company.sudo().cobranza_mode,  # the mode is no secret
            "waiting": waiting,
            "run_id": run.id,
            "formula": not self._sees_own_debts() and company._cobranza_formula(),
            "can_work": user.has_group("cobranza_legal.group_collector"),
            "can_weigh": user.has_group(MANAGERS),
            "ending": self.env["cobranza.parameter"]._ending_lines(company),
            "country": country.name,
            "module": bool(module)
            and {
                "id": module.id,
                "name": module.shortdesc,
                "can_install": user.has_group("base.group_system"),
            },
        }

    def next_debtor(self):
        """Id of the debtor that follows this one in the worklist of its company, False
        after the last one.

        The worklist is that of the menu: active debtors that owe something, by priority
        and then by id.
        """
        self.ensure_one()
        self.check_access("read")
        this = self.sudo()  # the order by what lawyers do not see is no figure
        later = Domain("priority", "=", this.priority) & Domain("id", ">", self.id)
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= self.env["ir.rule"]._compute_domain(self._name, "read")
        open_ = Domain(OPEN)
        open_ &= self.env["ir.rule"]._compute_domain("cobranza.debt", "read")
        domain &= Domain("debt_ids", "any", open_)
        domain &= Domain("priority", "<", this.priority) | later
        return this.search(domain, order="priority desc, id", limit=1).id
