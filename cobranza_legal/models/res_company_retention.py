from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_company import INTERNAL


class ResCompany(models.Model):
    """How long the company keeps what it said to its debtors."""

    _inherit = "res.company"

    cobranza_log_years = fields.Integer(
        string="Years to keep the log of contacts",
        help="After the last debt of a debtor was closed; then its erasure is "
        "proposed, never done by itself. 0: what is advised in the country. Without a "
        "known law nothing is ever proposed.",
        groups=INTERNAL,
    )

    def _cobranza_retention(self, on):
        """``LogRetention`` of the company's country on a day, None if none is known."""
        table = self._cobranza_legal_table(on, on)
        return self._cobranza_rules()._log_retention(on, table)

    @api.constrains("cobranza_log_years")
    def _check_cobranza_log_years(self):
        for company in self.filtered("cobranza_log_years"):
            law = company._cobranza_retention(company._cobranza_today())
            least = law.years if law else 0
            if company.cobranza_log_years < least:
                raise ValidationError(
                    self.env._(
                        "The log of contacts is kept %(years)s years at least "
                        "(%(article)s).",
                        years=least,
                        article=law.article if law else "",
                    )
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cobranza_log_years = fields.Integer(
        related="company_id.cobranza_log_years", readonly=False
    )
