from odoo import fields, models

from odoo.addons.cobranza_legal.wizards.common.reason import ACTS, MANAGER, Act

BOOK = "book_anyway"


ACTS[BOOK] = Act(
    "Confirm despite the suspension",
    "sale.order",
    lambda orders, dialog: orders._cobranza_confirm_anyway(dialog.reason) and None,
    groups=(MANAGER,),
    note=lambda orders: orders.env._(
        "Services of this customer are suspended and new orders blocked. The order is "
        "confirmed all the same; who did it and why is written down."
    ),
)


class CobranzaReason(models.TransientModel):
    _inherit = "cobranza.reason"

    act = fields.Selection(
        selection_add=[(BOOK, ACTS[BOOK].label)], ondelete={BOOK: "cascade"}
    )
