from collections import defaultdict

from odoo import api, models

from odoo.addons.cobranza_legal.kernel.money import Money
from odoo.addons.cobranza_legal.models.bridge import to_decimal
from odoo.addons.cobranza_legal.models.cobranza_charge import STANDING


class CobranzaCharge(models.Model):
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
