"""What an agency may ask a debtor for of debts that we hand over to it."""

from dataclasses import dataclass

from ...kernel.dunning import ZERO, Reason
from ..common.reason import DUST
from ..position.claims import BURDENS, burden_of, charges_of
from .rows import IN_AGENCY

PAID = {Reason.SETTLED, Reason.VOID, DUST}
"""They leave nothing to be asked for; all else only stops us from asking."""


@dataclass(slots=True)
class Asked:
    """Of one debt, in its currency: its ``principal`` net of the money of its debtor
    that is not matched yet and of what is disputed, and its charges. ``stop``: why
    nothing may be asked for all the same, None if nothing stops it; ``part``: the
    debtor disputes some of it."""

    due_on: object
    principal: object = ZERO
    interest: object = ZERO
    fees: object = ZERO
    costs: object = ZERO
    stop: "Reason | None" = None
    part: bool = False

    @property
    def charges(self):
        return self.interest + self.fees + self.costs

    def values(self):
        """{field of a line: value}."""
        names = ("principal", *BURDENS)
        found = {name: float(getattr(self, name)) for name in names}
        amount = float(self.principal + self.charges)
        return {**found, "due_on": self.due_on, "amount": amount}


def read_asked(company, debts, on):
    """{debt id: ``Asked``} of these debts of a company, today or later, as the run
    decides what may be claimed, but for the agency that has them. A fixed number of
    queries. Run as superuser."""
    env = debts.env
    run = env["cobranza.run"].with_company(company)
    book = run._book(company, on).collect(debts.debtor_id.ids)
    for row in book.rows:
        row.blockers = tuple(one for one in row.blockers if one != IN_AGENCY)
    # what was settled before is in no book, its charges may be owed still
    result = {debt.id: Asked(debt.original_due_date) for debt in debts}
    for row in book.rows:
        if row.id in result:
            result[row.id] = _asked(book, row)
    for debt, kind, amount in charges_of(env, book, debts, set(result)):
        name = burden_of(kind)
        setattr(result[debt], name, getattr(result[debt], name) + amount)
    for debtor, currency in {(one.debtor_id, one.currency_id) for one in debts}:
        mine = debts.filtered(
            lambda one, of=(debtor, currency): (one.debtor_id, one.currency_id) == of
        )
        _cover(book, (debtor.id, currency.id), [result[one.id] for one in mine])
    return result


def _asked(book, row):
    stops = {*book.stops_of(row), *book.debtor_blockers.get(row.debtor, ())}
    if row.disputed and row.disputed >= row.open:
        stops.add(Reason.DISPUTED)
    asked = Asked(row.due, part=bool(row.disputed))
    if not stops & PAID:
        asked.principal = book.claim(row).left
        gravest = sorted(stops, key=lambda one: (-one.gravity, one))
        asked.stop = gravest[0] if gravest else None
    return asked


def _cover(book, key, found):
    """Take off the charges of these debts of a (debtor, currency) what its credits are
    more than all principals."""
    rows = [row for row in book.rows if (row.debtor, row.currency) == key]
    spare = sum((amount for _day, amount in book.credits.get(key, ())), ZERO)
    spare -= sum((book.claim(row).credit for row in rows), ZERO)
    for asked in sorted(found, key=lambda one: one.due_on):
        for name in BURDENS:
            used = min(max(spare, ZERO), getattr(asked, name))
            setattr(asked, name, getattr(asked, name) - used)
            spare -= used
