from odoo import fields, models


class CobranzaContact(models.Model):
    _inherit = "cobranza.contact"

    negotiation_id = fields.Many2one(
        "cobranza.negotiation",
        "Part of the negotiation",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
