"""The four figures of many debtors at once."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ...kernel.dunning import Reason
from ...kernel.money import round_to
from ...kernel.owed import (
    CHARGE,
    Figures,
    Item,
    company_figures,
    figures,
    grouped,
    netted,
)
from ..charge.charge import STANDING
from ..common.money import to_decimal, unit
from .reader import PositionReader
from .statement import accruing_of

ZERO = Decimal(0)


@dataclass(slots=True)
class Principals:
    """What is open of one debtor on a day, in company currency, without charges that
    no document bills. ``oldest`` is the due date of the oldest document that is
    overdue and not too small to ask for, ``debts`` the number of its debts."""

    overdue: Decimal = ZERO
    not_due: Decimal = ZERO
    loose: Decimal = ZERO
    oldest: "date | None" = None
    debts: int = 0


@dataclass(slots=True)
class Owed:
    """What the figures of one debtor are made of; fields as in ``kernel.owed``."""

    items: "list[Item]" = field(default_factory=list)
    stops: dict = field(default_factory=dict)
    charges: "dict[int, Decimal]" = field(default_factory=dict)
    ceded: "set[int]" = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Read:
    """The kernel ``Figures`` of one debtor: by currency id, and ``company``, those of
    all currencies together in the company's, charges at the rate of the day."""

    currencies: "dict[int, Figures]"
    company: Figures


class FiguresReader:
    """What debtors of one company owe on a day that is not over, in the words of every
    screen and document: a fixed number of queries for any number of debtors. As
    superuser.

    ``seen``: {debtor id: ids of its debts} of those debtors of whom no more may be
    told than what these debts are: no credits, which are of the whole debtor.
    ``whole``: ids of those among them whose debts are all of them, and credits too.
    """

    def __init__(self, env, company, on, seen=None, whole=()):
        self.env = env
        self.company = company
        self.on = on
        self.seen = seen or {}
        self.whole = whole

    # -- items only --------------------------------------------------------------------

    def principals(self, debtors):
        """{debtor id: ``Principals``}: three queries, one for what is ceded and one for
        what is too small."""
        reader = PositionReader(self.env, self.company, self.on)
        items = self._by_debtor(debtors, reader.items(debtors.partner_id))
        ceded = self.ceded()
        small = self.env["cobranza.dust"]._amounts(self.company)
        return {
            debtor: self._principals(group, ceded, small)
            for debtor, group in items.items()
        }

    def _principals(self, items, ceded, small):
        items = [one for one in items if one.kind != CHARGE]
        found = company_figures(items, self.on, ceded=ceded)
        step = unit(self.company.currency_id)
        asked = [
            item
            for item in netted_groups(items)
            if item.is_debit and item.counts and item.debt not in ceded
        ]
        late = [
            item.due
            for item in asked
            if item.due < self.on and item.open > small[item.currency]
        ]
        return Principals(
            overdue=round_to(found.overdue, step),
            not_due=round_to(found.not_due, step),
            loose=round_to(found.loose, step),
            oldest=min(late, default=None),
            debts=len({one.debt for one in items if one.debt and one.is_debit}),
        )

    def ceded(self):
        """Ids of the debts of the company that are owed to somebody else."""
        domain = [
            *[("company_id", "=", self.company.id), ("ceded_on", "<=", self.on)],
            *["|", ("ceded_back_on", "=", False), ("ceded_back_on", ">", self.on)],
        ]
        return set(self.env["cobranza.debt"].search(domain).ids)

    def _by_debtor(self, debtors, items):
        """{debtor id: [Item]} of what may be told."""
        by_partner = defaultdict(list)
        for item in items:
            by_partner[item.partner].append(item)
        return {
            debtor.id: self._seen_items(debtor, by_partner[debtor.partner_id.id])
            for debtor in debtors
        }

    def _seen_items(self, debtor, items):
        if debtor.id not in self.seen:
            return items
        own = self.seen[debtor.id]
        credits = debtor.id in self.whole
        # what they were charged is told by the charge
        return [
            item
            for item in items
            if item.kind != CHARGE
            and (item.debt in own or (credits and not item.is_debit))
        ]

    # -- with charges ------------------------------------------------------------------

    def collect(self, debtors):
        """{debtor id: {currency id: kernel ``Figures``}}."""
        return {
            debtor: one.currencies for debtor, one in self.read_all(debtors).items()
        }

    def read_all(self, debtors):
        """{debtor id: ``Read``}."""
        return {debtor: self._read(one) for debtor, one in self._owed(debtors).items()}

    def _read(self, owed):
        currencies = figures(owed.items, self.on, owed.stops, owed.charges, owed.ceded)
        charges = self._converted(
            {currency: one.charges for currency, one in currencies.items()}
        )
        items = [one for one in owed.items if one.kind != CHARGE]
        found = company_figures(items, self.on, charges, owed.ceded)
        return Read(currencies, self._rounded(found))

    def _converted(self, charges):
        own, currencies = self.company.currency_id, self.env["res.currency"]
        return sum(
            (
                to_decimal(
                    currencies.browse(currency)._convert(
                        float(amount), own, self.company, self.on
                    )
                )
                for currency, amount in charges.items()
            ),
            ZERO,
        )

    def _rounded(self, found):
        step = unit(self.company.currency_id)
        return Figures(
            overdue=round_to(found.overdue, step),
            not_due=round_to(found.not_due, step),
            charges=round_to(found.charges, step),
            loose=round_to(found.loose, step),
        )

    def _owed(self, debtors):
        """{debtor id: ``Owed``}."""
        run = self.env["cobranza.run"].with_company(self.company)
        book = run._book(self.company, self.on).collect(debtors.ids)
        charges = self._charges(book, debtors)
        ceded = {row.id for row in book.rows if Reason.CEDED in row.blockers}
        stops = book.stops()
        items = self._by_debtor(debtors, book.items)
        result = {}
        for debtor in debtors:
            own = items[debtor.id]
            debts = {item.debt for item in own}
            if book.debtor_blockers.get(debtor.id):
                stopped = dict.fromkeys(debts)  # what is no debt yet, too
            else:
                stopped = {debt: stops[debt] for debt in debts & stops.keys()}
            result[debtor.id] = Owed(own, stopped, charges[debtor.id], ceded & debts)
        return result

    def _charges(self, book, debtors):
        """{debtor id: {currency id: what is owed of charges that no item tells}}: those
        that stand and what accrues until the day."""
        result = defaultdict(lambda: defaultdict(lambda: ZERO))
        self._add_standing(result, debtors)
        ours = {
            row.id
            for row in book.rows
            if not {Reason.CEDED, Reason.VOID} & set(row.blockers)
        }
        spared = self.on <= self.company._cobranza_today()
        for draft in accruing_of(self.env, book, ours, spared).drafts:
            if self._tells(draft["debtor_id"], draft["debt_id"]):
                currency = self.env["res.currency"].browse(draft["currency_id"])
                owed = round_to(to_decimal(draft["amount"]), unit(currency))
                result[draft["debtor_id"]][currency.id] += owed
        return result

    def _add_standing(self, result, debtors):
        domain = [
            ("debtor_id", "in", debtors.ids),
            ("state", "in", STANDING),
            ("assessed_on", "<=", self.on),
        ]
        standing = self.env["cobranza.charge"].search(domain)
        in_part = standing.filtered(lambda charge: charge.debtor_id.id in self.seen)
        owed = in_part._owed_on(self.on) if in_part else {}
        for charge in standing:
            if charge.id in owed:
                amount = owed[charge.id]
                told = self._tells(charge.debtor_id.id, charge.debt_id.id)
            else:
                amount = to_decimal(charge.amount)
                told = not charge._is_in_ledger(self.on)
            if told:
                result[charge.debtor_id.id][charge.currency_id.id] += amount

    def _tells(self, debtor, debt):
        return debtor not in self.seen or debt in self.seen[debtor]


def netted_groups(items):
    """[Item] of any partners and currencies, without what cancels itself out."""
    return [one for group in grouped(items).values() for one in netted(group)]
