from odoo import fields, models


class CobranzaPolicyLevel(models.Model):
    """Levels from which debts go to an agency."""

    _inherit = "cobranza.policy.level"

    hand_over_agency = fields.Boolean(string="Hands over to an agency")
