from decimal import Decimal

from odoo import models

from odoo.addons.cobranza_legal.kernel.errors import MissingValue
from odoo.addons.cobranza_legal.kernel.interest import DayCount
from odoo.addons.cobranza_legal.kernel.money import Money, round_to
from odoo.addons.cobranza_legal.kernel.schedule import whole_months
from odoo.addons.cobranza_legal.models.agreement.limits import LAW, Objection
from odoo.addons.cobranza_legal.models.common.money import say_figures, to_decimal
from odoo.addons.cobranza_legal.models.common.words import say_error

from ..law import law

EXTENSION = "Código Civil, art. 1649"


LIQUIDATION = "Ley 20.720, art. 136"


STAMP = "DL 3.475, arts. 1 N° 3, 2 y 26"


CAPITALISING = "Código Civil, art. 1559 N° 3; Ley 18.010, art. 16"


HIGHEST = "Ley 18.010, arts. 6, 6 bis, 8 y 26"


class CobranzaRulesCl(models.AbstractModel):
    """Payment agreements in Chile: the highest interest, and what frees a guarantor."""

    _inherit = "cobranza.rules.cl"

    def _agreement_objections(self, agreement, on):
        """Never above the maximum conventional interest of the day and of the size of
        the operation (Ley 18.010 arts. 6, 6 bis, 8, 26). No law makes interest of an
        agreement within it doubtful."""
        found = super()._agreement_objections(agreement, on)
        own = [one for one in found if one.kind != LAW]
        if not agreement.rate:
            return own
        table = agreement.company_id._cobranza_legal_table(on, on)
        try:
            uf = table.number(law.UF, on)
            segment = law.SEGMENTS.key(to_decimal(agreement.amount), uf)
            highest = table.number(law.INTEREST_MAX, on, segment)
        except MissingValue as error:
            return [*own, Objection(say_error(self.env, error))]
        if to_decimal(agreement.rate) <= highest:
            return own
        words = self.env._(
            "Interest of %(rate)s %% is above the highest that may be agreed, "
            "%(highest)s %% (%(article)s).",
            rate=say_figures(self.env, f"{to_decimal(agreement.rate).normalize():f}"),
            highest=say_figures(self.env, f"{highest.normalize():f}"),
            article=HIGHEST,
        )
        return [*own, Objection(words)]

    def _acceleration_days(self, agreement, on):
        """Nothing becomes due early before sixty days of default of an operation of up
        to 200 UF (Ley 18.010 art. 30). Not knowing the UF of the day does not shorten
        them."""
        table = agreement.company_id._cobranza_legal_table(on, on)
        days = int(table.number(law.ACCELERATION_DAYS, on))
        try:
            size = table.number(law.ACCELERATION_UF, on) * table.number(law.UF, on)
        except MissingValue:
            return days
        return days if to_decimal(agreement.amount) <= size else 0

    def _stamp_tax(self, amount, start, end, table):
        """DL 3.475 arts. 1 N° 3, 2 and 26: for each month or part of one until the last
        day, at most so much of the whole. A note at sight has a rate of its own."""
        months, rest = whole_months(start, end)
        month, most = (
            table.number(code, start) for code in (law.STAMP_MONTH, law.STAMP_MOST)
        )
        rate = min(month * (months + (rest is not None)), most)
        tax = round_to(amount.amount * rate / 100, Decimal(1))
        return Money(tax, amount.currency), STAMP

    def _agreement_capitalisable(self, agreement):
        """Late interest bears none (CC art. 1559 N° 3; Ley 18.010 art. 16 inc. 2), and
        a fee once charged is the base of no other: strict reading for all."""
        return frozenset(), CAPITALISING

    def _liquidation_article(self):
        """Ley 20.720 art. 136."""
        return LIQUIDATION

    def _agreement_day_count(self):
        """Day by day, of a year of 360 (Ley 18.010 art. 11)."""
        return DayCount.ACT_360

    def _extension_article(self):
        """CC art. 1649."""
        return EXTENSION
