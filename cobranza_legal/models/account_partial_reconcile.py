from datetime import date

from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Payment stops everything at once; what its return starts, the next run starts."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        lines = partials.debit_move_id | partials.credit_move_id
        debts = self.env["cobranza.debt"]._of_lines(lines)
        partials._cobranza_touch(lines)
        if debts:
            partials._cobranza_settle(debts, partials._cobranza_days(debts))
        return partials

    def _cobranza_settle(self, debts, days):
        """What these settlements of ``debts`` do at once; ``days`` as
        ``_cobranza_days`` gives them."""
        settled = debts.filtered("settled")
        if settled:
            self.env["cobranza.contact"].sudo()._cancel_settled(settled)
        self.env["cobranza.charge"]._settled_on(days)

    def unlink(self):
        if not self:
            return super().unlink()
        lines = self.debit_move_id | self.credit_move_id
        debts = self.env["cobranza.debt"]._of_lines(lines)
        result = super().unlink()
        self._cobranza_touch(lines.exists())
        self.env["cobranza.charge"]._mark_stale(debts.exists())
        return result

    def _cobranza_days(self, debts):
        """{debt: earliest day of these settlements of it}. A credit note says that it
        was never owed, whatever its day."""
        owner = {debt.move_line_id: debt for debt in debts}
        days = {}
        for partial in self:
            debt = owner.get(partial.debit_move_id)
            if debt:
                credit = partial.credit_move_id
                note = partial._cobranza_takes_back()
                paid = credit.move_id.origin_payment_id.date or credit.date
                day = date.min if note else paid
                days[debt] = min(days.get(debt, day), day)
        return days

    def _cobranza_takes_back(self):
        """Whether it credits or reverses the document that it settles."""
        back = self.credit_move_id.move_id
        document = self.debit_move_id.move_id
        return back.move_type == "out_refund" or back.reversed_entry_id == document

    def _cobranza_touch(self, lines):
        if lines:
            self.env["cobranza.debtor"]._touch_partners(lines.partner_id)
