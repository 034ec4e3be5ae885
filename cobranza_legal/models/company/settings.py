import calendar
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount

from ...kernel.priority import Weights
from ..common.money import to_decimal
from .company import INTERNAL

LAST_DAY = 31


PERCENT = Decimal(100)


WEIGHTS = ("amount", "age", "broken", "act", "large")


def weights_of(percents, large_from):
    """The ``Weights`` of {name: percent}."""
    parts = {name: percents[name] / PERCENT for name in WEIGHTS}
    return Weights(**parts, large_from=to_decimal(large_from))


class ResCompany(models.Model):
    """How letters are put on paper.

    What the debtor's page offers.

    What decides who comes first in the worklist, in percent.

    How long the company keeps what it said to its debtors.

    Where the law leaves room, the strict reading is the default.
    """

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
    cobranza_portal_days = fields.Integer(
        string="Validity of the link of the debtor's page",
        default=90,
        required=True,
        help="Days from the last letter during which its link opens the page.",
        groups=INTERNAL,
    )
    cobranza_portal_answer_days = fields.Integer(
        string="Days to answer the debtor",
        default=15,
        required=True,
        help="In how many days we promise to answer what debtors tell us there.",
        groups=INTERNAL,
    )
    cobranza_portal_paid_days = fields.Integer(
        string="Days to check a payment",
        default=10,
        required=True,
        help="How long nothing is claimed from a debtor who says on its page that it "
        "has paid.",
        groups=INTERNAL,
    )
    cobranza_portal_promise_days = fields.Integer(
        string="Longest promise on the debtor's page",
        default=15,
        required=True,
        help="Days ahead that a debtor may choose. 0: no promises are taken there.",
        groups=INTERNAL,
    )
    cobranza_portal_promise_percent = fields.Integer(
        string="Smallest promise on the debtor's page",
        default=50,
        required=True,
        help="Percentage of what is due that a promise covers at least.",
        groups=INTERNAL,
    )
    _portal_days = models.Constraint(
        "CHECK (cobranza_portal_days > 0 AND cobranza_portal_answer_days > 0"
        " AND cobranza_portal_paid_days > 0 AND cobranza_portal_promise_days >= 0)",
        "The days of the debtor's page are positive; 0 only for no promises.",
    )
    _portal_percent = models.Constraint(
        "CHECK (cobranza_portal_promise_percent BETWEEN 1 AND 100)",
        "The smallest promise is between 1 and 100 %.",
    )
    cobranza_weight_amount = fields.Integer(
        string="Weight of the amount",
        default=100,
        help="100: twice the debt, twice the priority. 50: four times the debt, twice "
        "the priority. 0: the amount does not count.",
        groups=INTERNAL,
    )
    cobranza_weight_age = fields.Integer(
        string="More for every 30 days late",
        default=100,
        groups=INTERNAL,
    )
    cobranza_weight_broken = fields.Integer(
        string="More for every broken promise",
        default=50,
        groups=INTERNAL,
    )
    cobranza_weight_act = fields.Integer(
        string="More when an act is due", default=25, groups=INTERNAL
    )
    cobranza_weight_large = fields.Integer(
        string="More for a large debtor", groups=INTERNAL
    )
    cobranza_large_from = fields.Monetary(
        string="Large from",
        help="Overdue, in company currency. Zero: nobody is.",
        groups=INTERNAL,
    )
    _cobranza_weights_range = models.Constraint(
        """CHECK (cobranza_weight_amount BETWEEN 0 AND 100
             AND least(cobranza_weight_age, cobranza_weight_broken,
                       cobranza_weight_act, cobranza_weight_large) >= 0
             AND coalesce(cobranza_large_from, 0) >= 0)""",
        "Weights are not negative, and that of the amount is at most 100 %.",
    )
    cobranza_promise_tolerance = fields.Integer(
        string="Days of grace of a promise",
        default=3,
        required=True,
        help="A payment that comes so many days after the promised day still keeps the "
        "promise.",
        groups=INTERNAL,
    )
    cobranza_waive_limit = fields.Monetary(
        string="Charges waived without approval up to",
        help="In company currency. Waiving a higher charge needs an approval.",
        groups=INTERNAL,
    )
    cobranza_approve_alone = fields.Boolean(
        string="One person may approve alone",
        help="Who asks may also approve, with a reason that is logged and reported. "
        "Without this a second person approves as soon as two hold the right.",
        groups=INTERNAL,
    )
    _promise_tolerance = models.Constraint(
        "CHECK (cobranza_promise_tolerance >= 0)",
        "The days of grace of a promise are not negative.",
    )
    cobranza_log_years = fields.Integer(
        string="Years to keep the log of contacts",
        help="After the last debt of a debtor was closed; then its erasure is "
        "proposed, never done by itself. 0: what is advised in the country. Without a "
        "known law nothing is ever proposed.",
        groups=INTERNAL,
    )
    cobranza_terms_required = fields.Selection(
        [
            ("file", "Day and proof that the terms were informed"),
            ("day", "Day on which the terms were informed"),
            ("none", "Nothing"),
        ],
        string="Needed to charge by the terms of late payment",
        default="file",
        required=True,
        help="Fees and agreed interest of protected debtors rest on terms that were "
        "told before contracting.",
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

    def _cobranza_weights(self):
        """The ``Weights`` of this company."""
        self.ensure_one()
        percents = {name: self[f"cobranza_weight_{name}"] for name in WEIGHTS}
        return weights_of(percents, self.cobranza_large_from)

    def _cobranza_formula(self):
        """The formula of the priority with this company's weights, in words."""
        self.ensure_one()
        weights = self.sudo()  # what orders the list is no secret
        amount = weights.cobranza_weight_amount
        words = []
        if amount == 100:
            words.append(self.env._("overdue"))
        elif amount:
            words.append(self.env._("overdue to the power of %s %%", amount))
        more = (
            (weights.cobranza_weight_age, self.env._("for every 30 days late")),
            (weights.cobranza_weight_broken, self.env._("for every broken promise")),
            (weights.cobranza_weight_act, self.env._("when an act is due")),
        )
        large = weights.cobranza_large_from and weights.cobranza_weight_large
        if large:
            least = format_amount(
                self.env, weights.cobranza_large_from, self.currency_id
            )
            more += ((large, self.env._("from %s overdue", least)),)
        words += [f"(1 + {percent} % {when})" for percent, when in more if percent]
        return " × ".join(words) or "1"

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

    def write(self, vals):
        changed = "cobranza_terms_required" in vals
        result = super().write(vals)
        if changed:
            self.env["cobranza.debtor"]._touch_companies(self)
        return result


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cobranza_bill_when = fields.Selection(
        related="company_id.cobranza_bill_when", readonly=False
    )
    cobranza_bill_day = fields.Integer(
        related="company_id.cobranza_bill_day", readonly=False
    )
    cobranza_window = fields.Selection(
        related="company_id.cobranza_window", readonly=False
    )
    cobranza_portal_days = fields.Integer(
        related="company_id.cobranza_portal_days", readonly=False
    )
    cobranza_portal_answer_days = fields.Integer(
        related="company_id.cobranza_portal_answer_days", readonly=False
    )
    cobranza_portal_paid_days = fields.Integer(
        related="company_id.cobranza_portal_paid_days", readonly=False
    )
    cobranza_portal_promise_days = fields.Integer(
        related="company_id.cobranza_portal_promise_days", readonly=False
    )
    cobranza_portal_promise_percent = fields.Integer(
        related="company_id.cobranza_portal_promise_percent", readonly=False
    )
    cobranza_log_years = fields.Integer(
        related="company_id.cobranza_log_years", readonly=False
    )
    cobranza_mode = fields.Selection(related="company_id.cobranza_mode")
    cobranza_live_on = fields.Date(related="company_id.cobranza_live_on")
    cobranza_policy_id = fields.Many2one(
        related="company_id.cobranza_policy_id", readonly=False
    )
    cobranza_user_id = fields.Many2one(
        related="company_id.cobranza_user_id", readonly=False
    )
    cobranza_contact_gap = fields.Integer(
        related="company_id.cobranza_contact_gap", readonly=False
    )
    cobranza_bank_guard_days = fields.Integer(
        related="company_id.cobranza_bank_guard_days", readonly=False
    )
    cobranza_email_from = fields.Char(
        related="company_id.cobranza_email_from", readonly=False
    )
    cobranza_bank_account_id = fields.Many2one(
        related="company_id.cobranza_bank_account_id", readonly=False
    )
    cobranza_account_ids = fields.Many2many(
        related="company_id.cobranza_account_ids", readonly=False
    )
    cobranza_promise_tolerance = fields.Integer(
        related="company_id.cobranza_promise_tolerance", readonly=False
    )
    cobranza_terms_required = fields.Selection(
        related="company_id.cobranza_terms_required", readonly=False
    )
    cobranza_waive_limit = fields.Monetary(
        related="company_id.cobranza_waive_limit",
        readonly=False,
        currency_field="cobranza_currency_id",
    )
    cobranza_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Collection currency"
    )

    def action_cobranza_go_live(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_go_live"
        )

    def action_cobranza_first_day(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_first_day"
        )
