"""The books of one company on one day, read once for all that is measured of it."""

from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from ...kernel.kpi import ZERO
from ..position.reader import PositionReader

SALES = """
    SELECT date_trunc('month', invoice_date)::date,
           sum(amount_total_signed)::text, sum(amount_untaxed_signed)::text
      FROM account_move
     WHERE company_id = ANY(%(tree)s) AND state = 'posted'
       AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
       AND invoice_date > %(after)s AND invoice_date <= %(until)s
     GROUP BY 1
"""


class KpiBook:
    """What indicators are measured from. As superuser, past record rules.

    ``then``: as it was known on the day, what was undone after it put back; else as the
    ledger tells that day now. The two are the same of today.
    """

    def __init__(self, company, day, *, then=True):
        # figures of the whole company, for whoever may see its figures
        self.company = company.sudo().root_id
        self.env = self.company.env
        self.day = day
        self.then = then

    @cached_property
    def reader(self):
        return PositionReader(self.env, self.company, self.day)

    @cached_property
    def tree(self):
        """Ids of the company and its branches."""
        return self.company._cobranza_tree()

    @cached_property
    def _read(self):
        if self.then and self.day < self.company._cobranza_today():
            return self.reader.items_known_then()
        return self.reader.items(), []

    @property
    def items(self):
        """[kernel ``Item``] of the followed accounts, all debtors."""
        return self._read[0]

    @property
    def changes(self):
        """[``Change``] by which they differ from what the ledger tells now."""
        return self._read[1]

    @cached_property
    def receivables(self):
        """What stands on the followed accounts, credits taken off."""
        return sum((item.open_company for item in self.items), ZERO)

    def sales(self, after, until):
        """(with tax, without) of the invoices less credit notes dated after one day
        and until another."""
        self.env["account.move"].flush_model()
        query = SQL(SALES, tree=self.tree, after=after, until=until)
        rows = self.env.execute_query(query)
        return tuple(
            sum((Decimal(row[place]) for row in rows), ZERO) for place in (1, 2)
        )

    @cached_property
    def year(self):
        """The day before the twelve months until the day."""
        return self.day - relativedelta(years=1)

    @property
    def tomorrow(self):
        return self.day + timedelta(1)
