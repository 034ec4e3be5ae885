from odoo import fields, models

from .res_company import INTERNAL


class ResCompany(models.Model):
    """How letters are put on paper."""

    _inherit = "res.company"

    cobranza_window = fields.Selection(
        [("left", "Left"), ("right", "Right")],
        string="Window of the envelopes",
        default="left",
        required=True,
        help="Letters put the address where the window of a DL or C5 envelope shows "
        "it: 45 to 90 mm from the top, 20 mm from the left or 110 mm for windows on "
        "the right.",
        groups=INTERNAL,
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cobranza_window = fields.Selection(
        related="company_id.cobranza_window", readonly=False
    )
