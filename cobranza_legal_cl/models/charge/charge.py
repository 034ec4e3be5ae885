from collections import defaultdict

from odoo import api, models

from odoo.addons.cobranza_legal.kernel.money import Money
from odoo.addons.cobranza_legal.kernel.penalty import PenaltyClause
from odoo.addons.cobranza_legal.models.charge.charge import STANDING
from odoo.addons.cobranza_legal.models.common.money import to_decimal


class CobranzaCharge(models.Model):
    """Cláusula penal for paying late: CC arts. 1535 to 1544."""

    _inherit = "cobranza.charge"

    def _interest_key(self, debt):
        if debt.company_id._cobranza_rules()._name != "cobranza.rules.cl":
            return super()._interest_key(debt)
        return debt.debtor_id._l10n_cl_interest_key(debt)

    def _index_key(self, debt):
        if debt.company_id._cobranza_rules()._name != "cobranza.rules.cl":
            return super()._index_key(debt)
        return debt.debtor_id._l10n_cl_index_key()

    def _interest_basis(self, key):
        if getattr(key, "kind", None) == "contract":
            return "contract"
        return super()._interest_basis(key)

    @api.model
    def _fee_incurred(self, debts, on):
        """By setting, the proven costs of this debtor that no fee has taken yet."""
        incurred = super()._fee_incurred(debts, on)
        company = debts[0].company_id
        rules = company._cobranza_rules()
        if rules._name != "cobranza.rules.cl" or company.l10n_cl_fee_mode != "incurred":
            return incurred
        records = self.env["cobranza.debt"].concat(*debts)
        left = self._l10n_cl_costs_left(records, on)[debts[0].debtor_id.id]
        return Money(max(left, to_decimal(0)), company.currency_id.name)

    @api.model
    def _l10n_cl_costs_left(self, debts, on):
        """{debtor id: proven costs until ``on`` less the fees that stand}."""
        debtors = debts.debtor_id
        left = defaultdict(lambda: to_decimal(0))
        # sudo: what may be charged does not depend on who asks
        costs = self.env["cobranza.cost"].sudo()
        domain = [
            ("debtor_id", "in", debtors.ids),
            ("day", "<=", on),
            ("kind", "!=", "court_fee"),
            ("currency_id.name", "=", "CLP"),
        ]
        for debtor, amount in costs._read_group(domain, ["debtor_id"], ["amount:sum"]):
            left[debtor.id] += to_decimal(amount)
        domain = [
            ("debtor_id", "in", debtors.ids),
            ("kind", "=", "fee"),
            ("state", "in", STANDING),
        ]
        fees = self.sudo()._read_group(domain, ["debtor_id"], ["amount:sum"])
        for debtor, amount in fees:
            left[debtor.id] -= to_decimal(amount)
        return left

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


class CobranzaCost(models.Model):
    """In the mode "costs incurred" the fee of Ley 19.496 art. 37 is the lower of the
    costs out of court and the legal ceiling."""

    _inherit = "cobranza.cost"

    def _evidence(self):
        """Also those that a fee of that mode rests on."""
        rest = super()._evidence()
        chilean = self.filtered(
            lambda one: (
                one.company_id._cobranza_rules()._name == "cobranza.rules.cl"
                and one.company_id.l10n_cl_fee_mode == "incurred"
            )
        )
        if not chilean:
            return rest
        domain = [
            ("debtor_id", "in", chilean.debtor_id.ids),
            ("kind", "=", "fee"),
            ("state", "in", STANDING),
        ]
        # sudo: whoever records costs may not read every charge
        last = dict(
            self.env["cobranza.charge"]
            .sudo()
            ._read_group(domain, ["debtor_id"], ["assessed_on:max"])
        )
        return rest | chilean.filtered(
            lambda one: (
                one.debtor_id in last
                and last[one.debtor_id] >= (one._origin or one).day
            )
        )
