from odoo import models

from odoo.addons.cobranza_legal.kernel.money import Money
from odoo.addons.cobranza_legal.kernel.penalty import PenaltyClause
from odoo.addons.cobranza_legal.models.bridge import to_decimal


class CobranzaCharge(models.Model):
    """Cláusula penal for paying late: CC arts. 1535 to 1544."""

    _inherit = "cobranza.charge"

    def _penalty_clause(self, debt, base):
        """A percentage of what is overdue, or an amount for the document, of which
        each instalment bears its part."""
        if debt.company_id._cobranza_rules()._name != "cobranza.rules.cl":
            return super()._penalty_clause(debt, base)
        debtor = debt.debtor_id
        source = debtor if debtor.l10n_cl_penalty else debt.company_id
        value = to_decimal(source.l10n_cl_penalty_value)
        if source.l10n_cl_penalty == "none" or not value:
            return None
        if source.l10n_cl_penalty == "percent":
            return PenaltyClause(base * (value / 100), for_delay=True)
        move = debt.move_id
        whole = move.is_invoice(include_receipts=True) and move.amount_total
        part = to_decimal(debt.original_amount) / to_decimal(
            whole or debt.original_amount
        )
        return PenaltyClause(Money(value * min(part, 1), base.currency), for_delay=True)
