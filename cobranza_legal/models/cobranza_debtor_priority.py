import json
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, format_amount, formatLang

from ..kernel.priority import Priority
from .pg_array import pg_array

UPDATE = """
    UPDATE cobranza_debtor r
       SET priority = v.score, priority_parts = v.parts::jsonb
      FROM unnest(%(ids)s::int[], %(score)s::float8[], %(parts)s::text[])
           AS v(id, score, parts)
     WHERE r.id = v.id AND r.company_id = %(company)s
"""


class CobranzaDebtor(models.Model):
    """The priority: said in words, and computed again when its weights change."""

    _inherit = "cobranza.debtor"

    priority_words = fields.Char(
        compute="_compute_priority_words", string="How the priority comes about"
    )

    @api.depends("priority", "priority_parts")
    @api.depends_context("lang")
    def _compute_priority_words(self):
        for debtor in self:
            debtor.priority_words = debtor._say_priority()

    def _say_priority(self):
        """The factors of the score with the facts behind them, empty before the first
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
        overdue = self.env._("overdue %s", overdue)
        if factors["amount"] != Decimal(parts["overdue"]):
            overdue = f"{formatLang(self.env, float(factors['amount']), 0)} ({overdue})"
        said = {
            "age": self._days_late_words(parts["days_late"]),
            "broken": self._broken_words(parts["broken_promises"]),
            "act": self.env._("an act is due"),
            "large": self.env._("a large debtor"),
        }
        words = [
            f"{formatLang(self.env, float(factors[name]), 2)} ({why})"
            for name, why in said.items()
            if factors[name] != 1
        ]
        score = formatLang(self.env, self.priority, 0)
        return f"{score} = " + " × ".join([overdue, *words])

    def _days_late_words(self, count):
        if count == 1:
            return self.env._("1 day late")
        return self.env._("%s days late", count)

    def _broken_words(self, count):
        if count == 1:
            return self.env._("1 broken promise")
        return self.env._("%s broken promises", count)

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
        self.env.cr.execute(SQL(UPDATE, company=company.id, **arrays))
        self.invalidate_model(["priority", "priority_parts"], flush=False)
