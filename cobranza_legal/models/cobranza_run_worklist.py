from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import models

from ..kernel.dunning import Reason
from ..kernel.priority import Priority
from .cobranza_run_apply import MOVED

LOOK_AGAIN = timedelta(days=7)
"""At the latest after these days a debtor is looked at again, whatever happened."""


class CobranzaRun(models.Model):
    """What the run tells the collector: who comes first, and what is next."""

    _inherit = "cobranza.run"

    def _write_debtors(self, book, debts, decisions, levels):
        """Bring the worklist up to date, debtors' rows in one statement."""
        groups = defaultdict(list)
        for row, facts, decision in zip(book.rows, debts, decisions, strict=True):
            groups[row.debtor].append((row, facts, decision))
        next_levels = self._next_levels(book)
        weights = self.company_id._cobranza_weights()
        rows = []
        for debtor in book.debtor_blockers:
            group = groups.get(debtor, [])
            overdue, late = Decimal(0), 0
            for row, facts, _decision in group:
                if row.due < book.today and Reason.SETTLED not in row.blockers:
                    overdue += facts.claim
                    late = max(late, (book.today - row.due).days)
            workable = any(not decision.blockers for _row, _facts, decision in group)
            priority = Priority(
                overdue,
                late,
                book.broken[debtor],
                workable,
                self._is_act_due(group),
                weights,
            )
            rows.append((debtor, priority, *self._worklist(book, group, next_levels)))
        self.env["cobranza.debtor"]._bulk_worklist(self.company_id, rows)

    @staticmethod
    def _is_act_due(group):
        """Whether a level was reached whose contact has not been made yet."""
        return any(
            not decision.blockers
            and (decision.reason in MOVED or row.step in ("pending", "unreleased"))
            for row, _facts, decision in group
        )

    @staticmethod
    def _next_levels(book):
        """{(policy, number reached): id of the level after it}."""
        result = {}
        for policy, ladder in book.ladders.items():
            number = 0
            for level in ladder.levels:
                result[policy, number] = level.id
                number = level.number
        return result

    def _worklist(self, book, group, next_levels):
        """(highest level id, reason, next act on, next level id, look again on)."""
        soon = book.today + LOOK_AGAIN
        if not group:
            return None, None, None, None, soon
        open_ones = [
            one
            for one in group
            if not {Reason.SETTLED, Reason.VOID} & set(one[0].blockers)
        ]
        if not open_ones:
            return None, Reason.SETTLED.value, None, None, soon
        top = max(open_ones, key=lambda one: (one[2].level, -one[0].due.toordinal()))
        days = [
            (book.next[row.id], row.policy, decision.level)
            for row, _facts, decision in open_ones
            if book.next[row.id]
        ]
        first = min(days, default=None, key=lambda one: one[0])
        reached = max(open_ones, key=lambda one: one[2].level)[2].level
        level_id = self._level_reached(book, open_ones, reached)
        look = min(first[0], soon) if first else soon
        look = max(look, book.today + timedelta(days=1))
        next_on, next_level = None, None
        if first:
            next_on, next_level = first[0], next_levels.get((first[1], first[2]))
        return level_id, top[2].reason.value, next_on, next_level, look

    @staticmethod
    def _level_reached(book, group, number):
        for row, _facts, decision in group:
            if decision.level == number and number:
                ladder = book.ladders.get(row.policy)
                for level in ladder.levels if ladder else ():
                    if level.number == number:
                        return level.id
                return row.level_id
        return None
