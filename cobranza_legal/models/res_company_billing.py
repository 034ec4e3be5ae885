import calendar

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_company import INTERNAL

LAST_DAY = 31


class ResCompany(models.Model):
    _inherit = "res.company"

    cobranza_bill_when = fields.Selection(
        [
            ("never", "Never: the accountant bills"),
            ("monthly", "Once a month"),
            ("run", "Every day"),
        ],
        string="Bill charges automatically",
        default="never",
        required=True,
        groups=INTERNAL,
    )
    cobranza_bill_day = fields.Integer(
        string="Day of the month on which charges are billed",
        default=1,
        help="In shorter months, their last day.",
        groups=INTERNAL,
    )
    cobranza_billed_on = fields.Date(
        string="Charges billed automatically on",
        readonly=True,
        groups=INTERNAL,
    )

    @api.constrains("cobranza_bill_day")
    def _check_cobranza_bill_day(self):
        for company in self:
            if not 1 <= company.cobranza_bill_day <= LAST_DAY:
                raise ValidationError(
                    self.env._("The day on which charges are billed is from 1 to 31.")
                )

    def _cobranza_bills_today(self, today):
        """Whether charges are to be billed: every day, or when the day of the month is
        here or was missed, and not done since."""
        self.ensure_one()
        done = self.cobranza_billed_on
        if self.cobranza_bill_when == "run":
            return not done or done < today
        if self.cobranza_bill_when != "monthly":
            return False
        last = calendar.monthrange(today.year, today.month)[1]
        day = today.replace(day=min(self.cobranza_bill_day, last))
        return today >= day and (not done or done < day)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cobranza_bill_when = fields.Selection(
        related="company_id.cobranza_bill_when", readonly=False
    )
    cobranza_bill_day = fields.Integer(
        related="company_id.cobranza_bill_day", readonly=False
    )
