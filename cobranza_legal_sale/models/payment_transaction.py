from odoo import models


class PaymentTransaction(models.Model):
    """Money that comes in for a quotation whose customer may book nothing is kept as
    any other: the quotation waits for a person."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        quotations = self.sale_order_ids.filtered(
            lambda order: order.state in ("draft", "sent")
        )
        held = quotations.browse(quotations._cobranza_blocked())
        if not held:
            return super()._check_amount_and_confirm_order()
        for order in held:
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=order.env._("Paid online, but new orders are blocked"),
                user_id=(order.user_id or order.create_uid).id,
            )
        free = self.filtered(lambda one: not one.sale_order_ids & held)
        return super(PaymentTransaction, free)._check_amount_and_confirm_order()
