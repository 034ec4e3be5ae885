from decimal import Decimal

from ...kernel.compensation import FixedCompensation
from ...kernel.fees import percent_terms
from ...kernel.money import Money
from .billing import BillingCommon


class LateCommon(BillingCommon):
    """Invoices of 3,650 that bear 1 a day and 40 each, paid late by many ways."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind in ("interest", "compensation", "commission"):
            cls._form(kind)

    @classmethod
    def _grants(cls, **vals):
        """A law that grants interest and 40 for each document."""
        money = Money(Decimal(40), cls.company.currency_id.name)
        forty = FixedCompensation("compensation", money, "Law 2 art. 8")
        return cls.law(**{"interest": cls.terms(), "compensations": [forty], **vals})

    @classmethod
    def _one_percent(cls):
        return percent_terms(
            Decimal("0.01"),
            cls.company.currency_id.name,
            rounding_unit=Decimal("0.01"),
            article="Law 3",
        )

    def _pay_late(self, move, day="2026-10-20", amount=None):
        """Odoo's own payment of a document."""
        with self._grants(), self.at(day):
            return self._register_payment(
                move, amount=amount or move.amount_residual, payment_date=day
            )

    def _look(self, day="2026-10-21", company=None, **law):
        """What the upkeep of a day finds of what was paid late."""
        company = company or self.company
        with self._grants(**law), self.at(day):
            model = company._cobranza_engine(self.env["cobranza.late"].sudo())
            today = company._cobranza_today()
            for _round in range(10):
                due = model._upkeep_due(company, today, 100)
                if not due:
                    break
                due._upkeep(today)
            else:
                self.fail("the upkeep never ends")
            self.env.flush_all()
        return self._late().sudo(False)

    def _late(self):
        domain = [("company_id", "=", self.company.id)]
        return self.env["cobranza.late"].sudo().search(domain, order="debt_id")

    @staticmethod
    def _sums(late):
        """{kind: amount} of what is due of rows."""
        result = {}
        for kind, _currency, amount in [row for one in late for row in one.sums or ()]:
            result[kind] = result.get(kind, 0) + float(amount)
        return result
