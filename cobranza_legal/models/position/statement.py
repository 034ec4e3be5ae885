from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from ...kernel.dunning import Claim, cover_claims
from ...kernel.money import round_to
from ...kernel.position import ChargeItem, Credit, LegalUse, Section, Statement
from ..charge.interest import from_rows
from ..common.money import to_decimal, unit
from .ledger import LedgerReader

ZERO = Decimal(0)


@dataclass(slots=True)
class Accruing:
    """What would be charged on the day besides what stands.

    ``covered`` is by debt id what unallocated payments take off it, ``disputed`` what
    the debtor disputes, ``dust`` what is left when that is too small to ask for;
    ``refused`` says by debt id why nothing is added, ``lacking`` for which of them a
    legal value is missing.
    """

    drafts: list[dict] = field(default_factory=list)
    covered: dict[int, Decimal] = field(default_factory=dict)
    disputed: dict[int, Decimal] = field(default_factory=dict)
    dust: dict[int, Decimal] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    lacking: set[int] = field(default_factory=set)
    used: set = field(default_factory=set)

    def take(self, works):
        for work in works:
            self.drafts += work.drafts
            self.refused |= work.refused
            self.lacking |= work.lacking
            self.used |= work.used


def accruing_of(env, book, principals, spared=False):
    """The ``Accruing`` of these principals (ids) of a ``Book``, of any number of
    debtors of one company, today or later. ``spared``: without the collection fee that
    nobody has charged yet, which a payment of the day spares."""
    free = book.claimable([row.id for row in book.rows if row.id in principals])
    result, stopped = Accruing(), {}
    # what ends the running of interest; all else only stops us from asking
    ending = set(env["cobranza.decision.reason"]._where(ends_interest=True))
    for row in book.rows:
        if row.id not in principals:
            continue
        claim = book.claim(row)
        result.covered[row.id] = claim.credit
        result.disputed[row.id] = min(row.disputed, row.open)
        if book.is_dust(row):
            result.dust[row.id] = book.net[row.id]
            continue  # as if it was paid: nothing runs on it
        stops = {*book.stops_of(row), *book.debtor_blockers.get(row.debtor, ())}
        if row.id not in free and not stops & ending:
            stopped[row.id] = claim
    charges = env["cobranza.charge"]
    debts = env["cobranza.debt"]
    result.take(charges._works(debts.browse(sorted(free)), book.today, free))
    result.take(charges._accruing(debts.browse(sorted(stopped)), book.today, stopped))
    if spared:
        result.drafts = [one for one in result.drafts if one["kind"] != "fee"]
    return result


class StatementReader:
    """What one debtor owes on any day: the one figure behind statements, previews, the
    debtor's page and payments. ``debtor`` as superuser.

    ``paying``: what a payment of the day is asked for: of a day that is over all that
    was due for days late by then, charged or not; of a day to come without the fee that
    a payment of its very day spares. Today there is no difference.
    """

    def __init__(self, debtor, paying=False):
        self.debtor = debtor
        self.paying = paying
        self.env = debtor.env
        self.company = debtor.company_id

    @cached_property
    def _tolerance(self):
        """{currency id: what is too small to ask for}."""
        return self.env["cobranza.dust"]._amounts(self.company)

    def collect(self, on, debts=None):
        """The kernel ``Statement``: see ``cobranza.debtor._position``."""
        ledger = LedgerReader(self.debtor).collect(on)
        accruing = self.accruing(on, ledger)
        items = self._charge_items(on, accruing.drafts)
        wanted = set(debts.ids) if debts else None
        return self._build_position(on, ledger, accruing, items, wanted)

    # -- what runs on --------------------------------------------------------------

    def accruing(self, on, ledger):
        """The ``Accruing`` of all debts of the debtor; ``ledger`` of the same day."""
        if on < self.company._cobranza_today():
            return self._accruing_then(on, ledger)
        return self._accruing_now(on, ledger)

    def _accruing_now(self, on, ledger):
        run = self.env["cobranza.run"].with_company(self.company)
        book = run._book(self.company, on).collect(self.debtor.ids)
        spared = self.paying or on == self.company._cobranza_today()
        return accruing_of(self.env, book, ledger.principals, spared)

    def _accruing_then(self, on, ledger):
        """As above for a day gone by: what was charged that day has been; only interest
        is worked out until then."""
        result, claims = Accruing(), {}
        debts = self.env["cobranza.debt"].browse(ledger.principals)
        for currency, group in debts.grouped("currency_id").items():
            rows = [ledger.principals[debt.id] for debt in group]
            found = cover_claims(
                [(row.debt, row.due, row.open) for row in rows],
                ledger.funds.get(currency.id, ()),
            )
            for row in rows:
                parts = found[row.debt]
                covered = sum((amount for _day, amount in parts), ZERO)
                paid = tuple(part for part in parts if part[0] > date.min)
                result.covered[row.debt] = covered
                if ZERO < row.open - covered <= self._tolerance[currency.id]:
                    result.dust[row.debt] = row.open - covered
                    continue
                claims[row.debt] = Claim(row.open, covered, paid)
        charges = self.env["cobranza.charge"]
        result.take(
            charges._accruing(debts, on, claims, known_until=on, due_once=self.paying)
        )
        return result

    # -- charges -------------------------------------------------------------------

    def _charge_items(self, on, drafts):
        """{currency id: [ChargeItem]} of what stands and of what accrues."""
        charges = self.env["cobranza.charge"]._standing_on(self.debtor, on)
        owed = charges._owed_on(on)
        rows = [(charge.id, charge._position_vals()) for charge in charges]
        rows += [(None, draft) for draft in drafts]
        ids = dict.fromkeys(vals["debt_id"] for _charge, vals in rows)
        debts = {debt.id: debt for debt in self.env["cobranza.debt"].browse(ids)}
        currencies = {vals["currency_id"] for _charge, vals in rows}
        units = {
            one.id: unit(one) for one in self.env["res.currency"].browse(currencies)
        }
        items = defaultdict(list)
        for charge, vals in rows:
            step = units[vals["currency_id"]]
            document = debts[vals["debt_id"]].display_name
            item = self._charge_item(charge, vals, document, step)
            if charge:
                item = replace(item, open=round_to(owed[charge], step))
            items[vals["currency_id"]].append(item)
        return items

    def _charge_item(self, charge, vals, document, step):
        amount = round_to(to_decimal(vals["amount"]), step)
        return ChargeItem(
            charge=charge,
            debt=vals["debt_id"],
            document=document,
            kind=vals["kind"],
            day=vals["assessed_on"],
            amount=amount,
            open=amount,
            base=round_to(to_decimal(vals["base"]), step),
            first=vals.get("period_from") or None,
            last=vals.get("period_to") or None,
            rate=vals.get("rate_text") or "",
            formula=vals.get("formula") or "",
            article=vals.get("article") or "",
            slices=from_rows(vals.get("slices"), step),
            values=tuple(self._legal_use(row) for row in vals.get("values") or ()),
            basis=vals.get("basis") or "law",
        )

    @staticmethod
    def _legal_use(row):
        return LegalUse(
            code=row["code"],
            key=row["key"],
            day=date.fromisoformat(row["day"]),
            value=None if row["value"] is None else Decimal(row["value"]),
            source=row.get("source") or "",
            article=row.get("article") or "",
        )

    # -- all together --------------------------------------------------------------

    def _build_position(self, on, ledger, accruing, items, wanted):
        debts = self.env["cobranza.debt"].browse(ledger.principals)
        own = {debt.id: debt.currency_id.id for debt in debts}
        ids = {*own.values(), *items}
        if wanted is None:
            ids |= {*ledger.loose, *ledger.credits}
        currencies = self.env["res.currency"].browse(ids).sorted("name")
        sections = []
        for currency in currencies:
            charges = [
                item
                for item in items.get(currency.id, ())
                if wanted is None or item.debt in wanted
            ]
            mine = [debt for debt, money in own.items() if money == currency.id]
            section = Section(
                currency=currency.name,
                principals=self._principals_of(
                    mine, ledger, accruing, items, wanted, currency
                ),
                charges=tuple(sorted(charges, key=self._charge_order(ledger))),
                credits=self._credits_of(mine, ledger, accruing, wanted, currency),
            )
            if section.principals or section.charges or section.credits:
                sections.append(section)
        names = {debt: one.document for debt, one in ledger.principals.items()}
        told = {*own} if wanted is None else wanted
        return Statement(
            on=on,
            sections=tuple(sections),
            refused=tuple(
                (names[debt], why)
                for debt, why in accruing.refused.items()
                if debt in told and debt in names
            ),
            missing=bool(accruing.lacking & told),
        )

    def _principals_of(self, mine, ledger, accruing, items, wanted, currency):
        """What is open, has a charge that is, or was asked for; oldest due first."""
        charged = {item.debt for group in items.values() for item in group}
        found = []
        for debt in mine:
            row = replace(
                ledger.principals[debt],
                disputed=accruing.disputed.get(debt, ZERO),
                dust=accruing.dust.get(debt, ZERO),
            )
            if debt in wanted if wanted is not None else row.open or debt in charged:
                found.append(row)
        if wanted is None:
            found += self._loose_of(ledger, currency)
        return tuple(
            sorted(found, key=lambda principal: (principal.due, principal.debt or 0))
        )

    def _loose_of(self, ledger, currency):
        """What is no debt yet; what is open of it may be too small to ask for."""
        rows = ledger.loose.get(currency.id, ())
        if not rows:
            return ()
        tolerance = self._tolerance[currency.id]
        return [
            replace(row, dust=row.open) if ZERO < row.open <= tolerance else row
            for row in rows
        ]

    def _credits_of(self, mine, ledger, accruing, wanted, currency):
        if wanted is None:
            rows = ledger.credits.get(currency.id, ())
            return tuple(sorted(rows, key=lambda credit: (credit.day, credit.document)))
        covered = [accruing.covered.get(debt, ZERO) for debt in mine if debt in wanted]
        part = sum(covered, ZERO)
        return (Credit(None, "", part),) if part else ()

    @staticmethod
    def _charge_order(ledger):
        def order(item):
            row = ledger.principals.get(item.debt)
            due = row.due if row else item.day
            return due, item.debt, item.kind, item.first or item.day, item.day

        return order
