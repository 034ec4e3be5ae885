from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel.ageing import BadSpans, Spans
from ..company.company import INTERNAL

SPANS = "30, 60, 90, 180"


class ResCompany(models.Model):
    """The columns of the ageing: one definition for the account statement, the ageing
    and the figures."""

    _inherit = "res.company"

    cobranza_ageing_days = fields.Char(
        "Buckets of the ageing",
        default=SPANS,
        required=True,
        help="The last day past due of each bucket but the oldest, with commas: "
        "30, 60, 90, 180. What is not due has its own column.",
        groups=INTERNAL,
    )

    @api.constrains("cobranza_ageing_days")
    def _check_cobranza_ageing_days(self):
        for company in self:
            company._cobranza_read_spans(company.cobranza_ageing_days)

    def _cobranza_spans(self):
        """The kernel ``Spans`` of this company: the columns of its ageing."""
        self.ensure_one()
        # sudo: columns are no secret, and are asked by whoever reads a statement
        return self._cobranza_read_spans(self.sudo().cobranza_ageing_days)

    @api.model
    def _cobranza_read_spans(self, text):
        """The kernel ``Spans`` of a text; ValidationError for one that is none."""
        try:
            return Spans.parse(text)
        except BadSpans as error:
            raise ValidationError(
                self.env._(
                    "Buckets of the ageing: “%s” cannot be read. Write days that rise, "
                    "parted by commas, such as 30, 60, 90, 180.",
                    error.text,
                )
            ) from error
