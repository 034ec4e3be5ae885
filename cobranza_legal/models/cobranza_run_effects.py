from collections import defaultdict

from odoo import models


class CobranzaRun(models.Model):
    """What a level brings about besides its contact: charges and tasks."""

    _inherit = "cobranza.run"

    def _judge_charges(self, book):
        """Judge again what was charged on debts whose settlements were undone."""
        debtors = self.env["cobranza.debtor"].browse(sorted(book.stale))
        if debtors:
            self.env["cobranza.charge"]._judge_stale(debtors)

    def _assess_charges(self, book, decisions, moved, levels):
        """Charge the debts that reached a level with charges, and those that could not
        be charged when they did; why not is kept on the debt."""
        reached = {
            debt for debt, (_row, level) in moved.items() if levels[level].charge
        }
        stopped = {decision.debt for decision in decisions if decision.blockers}
        waiting = {row.id for row in book.rows if row.charge_pending}
        ids = sorted((reached | waiting) - stopped)
        if not ids:
            return
        debts = self.env["cobranza.debt"].browse(ids)
        claims = book.claimable(ids)
        self.env["cobranza.charge"]._assess(debts, book.today, self, claims=claims)

    def _raise_effects(self, book, moved, levels):
        """One task for each debtor and effect of the levels reached now. In proposal
        mode they wait for the day the company goes live."""
        if self.company_id.cobranza_mode == "proposal" or not moved:
            return
        reached = {level_id for _row, level_id in moved.values()}
        effects = {level_id: levels[level_id]._effects() for level_id in reached}
        tasks = defaultdict(list)
        for row, level_id in moved.values():
            for effect, label in effects[level_id]:
                tasks[row.debtor, effect, label].append(row.id)
        self.env["cobranza.debtor"]._raise_tasks(tasks, book.today)
