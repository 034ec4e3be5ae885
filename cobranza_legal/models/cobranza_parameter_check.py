from bisect import bisect
from decimal import Decimal

from odoo import models

from .cobranza_parameter_value import exact


class CobranzaParameter(models.Model):
    """Whether a value is plausible beside the ones that are known."""

    _inherit = "cobranza.parameter"

    def _too_far(self, legals, there, tolerance=1):
        """[(LegalValue, (day, number))]: those of one key, in the order of their days,
        that are implausibly far from their nearest neighbour.

        ``there`` are the stored values of that key; what is plausible becomes a
        neighbour too. ``tolerance`` multiplies what the parameter allows.
        """
        if not self.max_change and not self.max_step:
            return []
        known = sorted(
            (value.date_from, exact(value.value))
            for value in there
            if not value.no_rule
        )
        far = []
        for legal in legals:
            if legal.value is None:
                continue
            day, number = legal.first, legal.value
            at = bisect(known, (day, number))
            near = min(
                known[max(at - 1, 0) : at + 1],
                key=lambda one, day=day: abs((one[0] - day).days),
                default=(day, number),
            )
            if abs(number - near[1]) <= self._allowed(near, day) * exact(tolerance):
                known.insert(at, (day, number))
            else:
                far.append((legal, near))
        return far

    def _allowed(self, near, day):
        """The largest plausible change from a neighbour (day, number) to a day."""
        months = Decimal(abs((near[0] - day).days)) / 30
        share = abs(near[1]) * exact(self.max_change) / 100
        return max(share, exact(self.max_step)) * (1 + months)

    def _far_message(self, legal, near):
        return self.env._(
            "%(value)s is too far from %(near)s of %(day)s.",
            value=legal.value,
            near=near[1],
            day=near[0],
        )
