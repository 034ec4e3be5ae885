import sys
from datetime import date
from unittest.mock import patch

from ...models.kpi.book import KpiBook
from ...models.kpi.kpi import _logger
from ..common.booking import BookingCommon


def _fail(message, *args):
    """A source that fails is a fault here, not a line of the log."""
    raise AssertionError(message % args) from sys.exc_info()[1]


class KpiCommon(BookingCommon):
    """Figures of a company, taken on a day."""

    @classmethod
    def _take(cls, day, company=None, **options):
        """Take the figures of a day (ISO)."""
        company = (company or cls.company).sudo()
        kpis = cls.env["cobranza.kpi"].sudo().with_company(company)
        with patch.object(_logger, "exception", _fail):
            kpis._take(company, date.fromisoformat(day), **options)

    @classmethod
    def _kpi(cls, code, day, split="", company=None):
        return cls.env["cobranza.kpi"].search(
            [
                ("company_id", "=", (company or cls.company).id),
                ("day", "=", day),
                ("code", "=", code),
                ("split", "=", split),
            ]
        )

    @classmethod
    def _book_of(cls, day, *, then=True):
        return KpiBook(cls.company, date.fromisoformat(day), then=then)

    @classmethod
    def _paid_on(cls, day, amount, move, **vals):
        """A payment that was booked on its day."""
        with cls.at(day):
            return cls._payment(amount, day, move, **vals)

    def _undo(self, payment, way, day):
        """Undo a payment on a day by a method of it or of its items."""
        self.cr.precommit.run()
        with self.at(day):
            if way == "remove_move_reconcile":
                self._receivable(payment.move_id).remove_move_reconcile()
            else:
                getattr(payment, way)()
