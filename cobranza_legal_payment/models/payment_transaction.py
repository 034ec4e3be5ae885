from odoo import models
from odoo.tools import format_amount

from odoo.addons.cobranza_legal.models.common.history import as_house


class PaymentTransaction(models.Model):
    """Payments of debtors that name no document.

    They stay on account: from that moment they are taken off what the debtor owes and
    nobody claims it, but which debts and charges they extinguish follows from the law
    and from what the debtor says, which the accountant applies.
    """

    _inherit = "payment.transaction"

    def _post_process(self):
        result = super()._post_process()
        for transaction in self:
            payment = transaction.payment_id
            if transaction.state == "done" and payment and not transaction.invoice_ids:
                transaction._cobranza_ask_imputation()
        return result

    def _cobranza_debtor(self):
        """The debtor of the company that paid, if it is one."""
        domain = [
            ("company_id", "=", self.company_id._cobranza_creditor().id),
            ("partner_id", "=", self.partner_id.commercial_partner_id.id),
        ]
        # who pays reads no debtors, and may be of another company
        return as_house(self.env["cobranza.debtor"]).search(domain, limit=1)

    def _cobranza_ask_imputation(self):
        debtor = self._cobranza_debtor()
        if not debtor:
            return
        owner = debtor._task_owner()
        lang = debtor.company_id._cobranza_lang(owner.lang)
        debtor = debtor.with_context(lang=lang)
        summary = debtor.env._("Paid online: impute the payment %s", self.reference)
        same = [("summary", "=", summary), ("res_id", "=", debtor.id)]
        activities = debtor.env["mail.activity"].with_context(active_test=False)
        if activities.search_count([("res_model", "=", debtor._name), *same], limit=1):
            return
        debtor.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=debtor.company_id._cobranza_today(),
            summary=summary,
            note=debtor.env._(
                "%s was paid on the debtor's page and is on account.",
                format_amount(debtor.env, self.amount, self.currency_id),
            ),
            user_id=owner.id,
        )
        debtor._redecide_later()
