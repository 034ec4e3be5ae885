"""The four figures of many debtors at once."""

from collections import defaultdict

from ...kernel.dunning import Reason
from ...kernel.money import round_to
from ...kernel.owed import figures
from ..charge.charge import STANDING
from ..common.money import to_decimal, unit
from .statement import accruing_of


class FiguresReader:
    """What debtors of one company owe on a day that is not over, in the words of every
    screen and document: a fixed number of queries for any number of debtors. As
    superuser."""

    def __init__(self, env, company, on):
        self.env = env
        self.company = company
        self.on = on

    def collect(self, debtors):
        """{debtor id: {currency id: kernel ``Figures``}}."""
        run = self.env["cobranza.run"].with_company(self.company)
        book = run._book(self.company, self.on).collect(debtors.ids)
        charges = self._charges(book, debtors)
        ceded = {row.id for row in book.rows if Reason.CEDED in row.blockers}
        stops = book.stops()
        items = defaultdict(list)
        for item in book.items:
            items[item.partner].append(item)
        result = {}
        for debtor in debtors:
            own = items[debtor.partner_id.id]
            debts = {item.debt for item in own}
            if book.debtor_blockers.get(debtor.id):
                stopped = dict.fromkeys(debts)  # what is no debt yet, too
            else:
                stopped = {debt: stops[debt] for debt in debts & stops.keys()}
            result[debtor.id] = figures(
                own, self.on, stopped, charges[debtor.id], ceded & debts
            )
        return result

    def _charges(self, book, debtors):
        """{debtor id: {currency id: what is owed of charges that no document bills}}:
        those that stand and what accrues until the day."""
        result = defaultdict(lambda: defaultdict(lambda: to_decimal(0)))
        domain = [
            ("debtor_id", "in", debtors.ids),
            ("state", "in", STANDING),
            ("assessed_on", "<=", self.on),
        ]
        standing = self.env["cobranza.charge"].search(domain)
        for charge in standing:
            if not charge._is_in_ledger(self.on):
                owed = to_decimal(charge.amount)
                result[charge.debtor_id.id][charge.currency_id.id] += owed
        ours = {
            row.id
            for row in book.rows
            if not {Reason.CEDED, Reason.VOID} & set(row.blockers)
        }
        for draft in accruing_of(self.env, book, ours).drafts:
            currency = self.env["res.currency"].browse(draft["currency_id"])
            owed = round_to(to_decimal(draft["amount"]), unit(currency))
            result[draft["debtor_id"]][currency.id] += owed
        return result
