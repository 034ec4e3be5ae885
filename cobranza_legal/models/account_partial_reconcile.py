from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Payment stops everything, and its return starts everything, at once."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        lines = partials.debit_move_id | partials.credit_move_id
        debts = self.env["cobranza.debt"]._of_lines(lines)
        partials._cobranza_touch(lines)
        settled = debts.filtered("settled")
        if settled:
            self.env["cobranza.contact"].sudo()._cancel_settled(settled)
        partials._cobranza_credit()
        return partials

    def unlink(self):
        if not self:
            return super().unlink()
        lines = self.debit_move_id | self.credit_move_id
        debts = self.env["cobranza.debt"]._of_lines(lines)
        settled = debts.filtered("settled")
        result = super().unlink()
        lines = lines.exists()
        self._cobranza_touch(lines)
        settled.exists().filtered(lambda debt: not debt.settled)._reopen()
        return result

    def _cobranza_credit(self):
        """What a credit note gives back was never owed: nor what was charged on it."""
        notes = self.filtered(
            lambda one: one.credit_move_id.move_id.move_type == "out_refund"
        )
        if notes:
            debts = self.env["cobranza.debt"]._of_lines(notes.debit_move_id)
            self.env["cobranza.charge"]._credited(debts)

    def _cobranza_touch(self, lines):
        if lines:
            self.env["cobranza.debtor"]._touch_partners(lines.partner_id)
