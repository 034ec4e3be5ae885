from odoo import models

ACTION = "cobranza_legal.action_cobranza_liquidation"


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def action_liquidation(self):
        """What this debtor would owe on a day."""
        self.ensure_one()
        return self._open_liquidation(self.debt_ids.browse())

    def _open_liquidation(self, debts):
        action = self.env["ir.actions.act_window"]._for_xml_id(ACTION)
        context = {
            "default_debtor_id": self.id,
            "default_debt_ids": debts.ids,
            "default_on": self.company_id._cobranza_today(),
        }
        return {**action, "context": context}


class CobranzaDebt(models.Model):
    _inherit = "cobranza.debt"

    def action_liquidation(self):
        """What would be owed of this debt on a day."""
        self.ensure_one()
        principal = self.parent_id or self
        return self.debtor_id._open_liquidation(principal)


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_cobranza_liquidation(self):
        """What would be owed of this document on a day."""
        debts = self._cobranza_principals()
        return debts.debtor_id[:1]._open_liquidation(debts)

    def _cobranza_principals(self):
        """The debts of this document; of one that bills charges, those charged."""
        self.ensure_one()
        debts = self.cobranza_debt_ids.filtered(lambda one: not one.void_reason)
        return (debts.parent_id | debts).filtered(lambda one: not one.parent_id)
