from datetime import date, timedelta

from .billing import EVERY_KIND, BillingCommon
from .contact import ContactCommon


class BillingYear(BillingCommon, ContactCommon):
    """What is billed lives on for a year of runs."""

    def _billed(self, *kinds, **vals):
        move, debt = self._opened()
        charges = self.env["cobranza.charge"]
        for number, kind in enumerate(kinds, 1):
            self._form(kind, **vals)
            charges |= self._charge(debt, kind, number * 10)
        self._bill_on("2026-11-02", charges)
        return move, debt, charges

    def _check_a_year(self, step):
        """Every kind billed, in entries and invoices: the bases of a year stay those
        of the documents that were charged. ``step``: days between two runs."""
        levels = [(days, {"charge": True}) for days in (5, 60, 120, 240)]
        self.company.cobranza_policy_id = self._policy(*levels)
        _move, debt, charges = self._billed(*EVERY_KIND)
        self._form("fee", "invoice")
        _other, second = self._opened(partner=self.partner_b)
        fee = self._charge(second, "fee", 90)
        self._bill_on("2026-11-02", fee)
        bills = charges.bill_debt_id | fee.bill_debt_id
        day, last = date(2026, 11, 3), date(2027, 11, 3)
        law = {
            "fee": self.schedule(),
            "interest": self.terms("10"),
            "compensations": [],
        }
        with self.law(**law):
            while day <= last:
                self._run(str(day))
                every = self.env["cobranza.debt"].search([])
                self._assess_on(str(day), every)
                new = (debt | second).charge_ids - charges - fee
                self._bill_on(
                    str(day), new.filtered(lambda charge: not charge.bill_move_id)
                )
                day += timedelta(days=step)
            with self.at(str(last)):
                works = self.env["cobranza.charge"]._works(
                    debt | second | bills, self.company._cobranza_today()
                )
        found = [draft for work in works for draft in work.drafts]
        bills = self.env["cobranza.debt"].search([("nature", "!=", "principal")])
        every = self.env["cobranza.charge"].search([])
        self.assertGreater(len(every), len(charges) + 1)
        self.assertFalse(every.debt_id & bills)
        self.assertEqual({one["debt_id"] for one in found} & set(bills.ids), set())
        self.assertLessEqual(max(every.mapped("base")), 1000)
        self.assertFalse(bills.filtered(lambda bill: bill.level or bill.policy_id))
        self.assertFalse(bills.contact_line_ids)
        opened = self.env["cobranza.debt"].search([("nature", "=", "principal")])
        self.assertEqual(opened, debt | second)
