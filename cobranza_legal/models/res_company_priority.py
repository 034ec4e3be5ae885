from decimal import Decimal

from odoo import fields, models
from odoo.tools import format_amount

from ..kernel.priority import Weights
from .bridge import to_decimal
from .res_company import INTERNAL

PERCENT = Decimal(100)
WEIGHTS = ("amount", "age", "broken", "act", "large")


def weights_of(percents, large_from):
    """The ``Weights`` of {name: percent}."""
    parts = {name: percents[name] / PERCENT for name in WEIGHTS}
    return Weights(**parts, large_from=to_decimal(large_from))


class ResCompany(models.Model):
    """What decides who comes first in the worklist, in percent."""

    _inherit = "res.company"

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
