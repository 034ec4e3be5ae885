from odoo import fields, models
from odoo.exceptions import UserError


class CobranzaDebtor(models.Model):
    """The cases of a debtor."""

    _inherit = "cobranza.debtor"

    case_ids = fields.One2many("cobranza.case", "debtor_id", "Legal cases")
    proceeding_ids = fields.One2many("cobranza.proceeding", "debtor_id", "Proceedings")
    negotiation_ids = fields.One2many(
        "cobranza.negotiation", "debtor_id", "Negotiations"
    )
    insolvency_claim_ids = fields.One2many(
        "cobranza.insolvency.claim", "debtor_id", "Claims in its insolvency"
    )
    case_count = fields.Integer("Number of legal cases", compute="_compute_case_count")

    def _compute_case_count(self):
        counts = self._count_by_debtor("cobranza.case", [])
        for debtor in self:
            debtor.case_count = counts.get(debtor.id, 0)

    def _follow_suits(self, served, everything):
        """Count as sued since the first day of what was ``served`` on it in suits that
        are before a court, where that stops ``everything``. As superuser."""
        days = set(served.mapped("served_on"))
        pending = served.filtered(lambda one: one.proceeding_id.state == "filed")
        wanted = min(pending.mapped("served_on"), default=False)
        wanted = everything and wanted
        if self.sued_on == wanted or (self.sued_on and self.sued_on not in days):
            return
        if wanted or self.sued_on:
            self.sued_on = wanted

    def action_view_cases(self):
        return self._action_related("cobranza_legal.action_cobranza_case")

    def _hand_over(self, debts=None):
        """Drafts of a case for each of these debtors, over ``debts`` or all that is
        open and in no other case. UserError that names those of whom nothing is."""
        cases = self.env["cobranza.case"]
        mine = self.open_debt_ids & debts if debts else self.open_debt_ids
        free = cases._free_debts(mine).grouped("debtor_id")
        none = self.filtered(lambda one: one not in free)
        if none:
            raise UserError(
                self.env._(
                    "Nothing is open that could be handed over: %s",
                    ", ".join(none.mapped("display_name")),
                )
            )
        return cases.create(
            [
                {"debtor_id": debtor.id, "debt_ids": [fields.Command.set(own.ids)]}
                for debtor, own in free.items()
            ]
        )
