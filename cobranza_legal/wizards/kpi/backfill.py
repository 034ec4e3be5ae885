from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError

MOST = 400
"""Days that one dialog takes."""


class CobranzaKpiBackfill(models.TransientModel):
    """Take the figures of days that are over and were not taken: as they were known
    then, as far as the ledger and what was undone tell."""

    _name = "cobranza.kpi.backfill"
    _inherit = "cobranza.dialog.mixin"
    _description = "Fill back figures"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    since = fields.Date(
        "From", required=True, default=lambda self: self._default_since()
    )
    until = fields.Date(
        required=True,
        default=lambda self: self.env.company._cobranza_today() - timedelta(1),
    )
    step = fields.Selection(
        [
            ("month", "Last day of each month"),
            ("week", "Sundays"),
            ("day", "Every day"),
        ],
        "Days",
        required=True,
        default="month",
    )

    _days = models.Constraint(
        "CHECK (until >= since)", "It does not end before it begins."
    )

    def _default_since(self):
        return self.env.company._cobranza_today() - relativedelta(months=12)

    def _days_of(self):
        """The days to take, from the oldest."""
        days = (self.until - self.since).days + 1
        for place in range(days):
            day = self.since + timedelta(place)
            last = (day + timedelta(1)).day == 1
            if self.step == "day" or (
                last if self.step == "month" else day.weekday() == 6
            ):
                yield day

    def action_fill(self):
        """Take what lacks; what was taken stays as it is."""
        self.ensure_one()
        if not self.env.user.has_group("cobranza_legal.group_collection_manager"):
            raise UserError(self.env._("Only managers fill back figures."))
        root = self.company_id._cobranza_creditor()
        days = list(self._days_of())
        if self.until >= root._cobranza_today():
            raise UserError(self.env._("Only days that are over can be taken."))
        if not days:
            raise UserError(self.env._("There is no such day between the two."))
        if len(days) > MOST:
            raise UserError(
                self.env._(
                    "These are %(count)s days: take %(most)s at most at once.",
                    count=len(days),
                    most=MOST,
                )
            )
        # sudo: the engine writes figures; the company is one of the user's
        figures = self.env["cobranza.kpi"].sudo().with_company(root)
        for day in days:
            figures._take(root.sudo(), day, backfilled=True)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_kpi"
        )
