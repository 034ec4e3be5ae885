from odoo import fields, models


class CobranzaDebtor(models.Model):
    """What provisions ask of a debtor."""

    _inherit = "cobranza.debtor"

    related_party = fields.Boolean(
        tracking=True,
        help="A company of the group, a partner or an administrator: the law treats "
        "what it does not pay in another way.",
    )
    charged_on = fields.Date(
        "Charged with a crime about its debts",
        tracking=True,
        help="With hiding what creditors could be paid from: the law may let the loss "
        "be deducted from that day on.",
    )
    assessment_ids = fields.One2many(
        "cobranza.provision.assessment", "debtor_id", "Individual assessments"
    )
    insurance_ids = fields.One2many(
        "cobranza.credit.insurance", "debtor_id", "Credit insurance"
    )
