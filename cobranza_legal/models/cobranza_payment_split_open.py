from odoo import models
from odoo.exceptions import UserError

ACTION = "cobranza_legal.action_cobranza_payment_split"


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def action_register_payment(self):
        """Register what this debtor has paid."""
        self.ensure_one()
        return self._open_payment_split(self.debt_ids.browse())

    def _open_payment_split(self, debts):
        """``debts``: those that the payment is opened from, as if the debtor had named
        them; not those that are not due, which it may not prefer."""
        if not self:
            raise UserError(
                self.env._("Nothing is being collected of this: pay it as usual.")
            )
        today = self.company_id._cobranza_today()
        due = debts.filtered(
            lambda one: (
                not one.settled and one.date_maturity and one.date_maturity <= today
            )
        )
        currencies = debts.currency_id or self._open_items()[:1].currency_id
        currency = currencies[:1] or self.company_id.currency_id
        action = self.env["ir.actions.act_window"]._for_xml_id(ACTION)
        context = {
            "default_debtor_id": self.id,
            "default_date": today,
            "default_currency_id": currency.id,
            "default_named_ids": due.ids,
        }
        return {**action, "context": context}


class CobranzaDebt(models.Model):
    _inherit = "cobranza.debt"

    def action_register_payment(self):
        """Register what has been paid of this debt."""
        self.ensure_one()
        return self.debtor_id._open_payment_split(self.parent_id or self)


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_cobranza_payment(self):
        """Register what has been paid of this document."""
        debts = self._cobranza_principals()
        return debts.debtor_id[:1]._open_payment_split(debts)
