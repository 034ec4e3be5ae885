from odoo import api, fields, models
from odoo.tools import format_amount, format_date


class CobranzaPaymentSplit(models.TransientModel):
    """What whoever registers a payment should know before."""

    _inherit = "cobranza.payment.split"

    problem = fields.Text(compute="_compute_problem")

    @api.depends("debtor_id", "date", "currency_id", "named_ids", "consented", "amount")
    def _compute_problem(self):
        for split in self:
            split.problem = "\n".join(split._problems()) if split._ready() else False

    def _problems(self):
        """What whoever registers the payment should know."""
        payables = self._payables()
        problems = list(payables.notes)
        if self._proposed(payables)[1]:
            problems.append(
                self.env._(
                    "A debt that is not due may not be preferred to one that is "
                    "(%s): the order of the law is proposed.",
                    self._law_order().article,
                )
            )
        for name, total in payables.elsewhere:
            currency = self.env["res.currency"].search([("name", "=", name)])
            total = format_amount(self.env, float(total), currency)
            problems.append(self.env._("Owed in another currency: %s", total))
        problems += self._duplicates()
        return problems

    def _duplicates(self):
        """A payment alike on that day may be this one."""
        alike = self.env["account.payment"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("payment_type", "=", "inbound"),
                ("date", "=", self.date),
                ("currency_id", "=", self.currency_id.id),
                ("amount", "=", self.amount),
                ("state", "in", ("in_process", "paid")),
            ],
            limit=1,
        )
        if not alike:
            return []
        return [
            self.env._(
                "%(payment)s of %(day)s has the same amount.",
                payment=alike.name,
                day=format_date(self.env, alike.date),
            )
        ]
