from odoo import fields, models


class AccountMove(models.Model):
    """Collectors open invoices, and see of other entries what debtors owe: how many
    orders there are is counted of all items."""

    _inherit = "account.move"

    sale_order_count = fields.Integer(compute_sudo=True)
