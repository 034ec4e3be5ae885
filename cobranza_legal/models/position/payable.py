"""What a payment may be imputed to, and how the law spreads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo.tools import format_amount

from ...kernel.imputation import Claim, Part
from ...kernel.money import Money
from ...kernel.owed import CHARGE, Figures, netted
from ..charge.charge import STANDING
from ..common.money import to_decimal
from .ledger import LedgerReader
from .reader import PositionReader
from .statement import StatementReader
from .words import say_refused

ZERO = Decimal(0)


def accruing_key(debt, kind, basis):
    """Names what accrues on a debt until it is charged."""
    return f"accruing:{debt}:{kind}:{basis}"


PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class Payable:
    """One claim that a payment may extinguish, in the currency of the payment.

    ``key`` names it for as long as nothing changes; ``kind`` is ``principal`` or a kind
    of charge. ``owed`` is what is open, ``disputed`` the part to which the debtor
    objects; ``offered`` what is proposed to be paid: the part that is not disputed, and
    nothing of what is too small to ask for, unless the debtor names it.
    ``charge`` and ``line`` are the ids of the charge and of the open journal item, of
    what is in the ledger; what accrues until the day has neither.
    """

    key: str
    kind: str
    group: str
    document: str
    due: date
    owed: Decimal
    offered: Decimal
    part: Part
    debt: "int | None" = None
    charge: "int | None" = None
    line: "int | None" = None
    basis: str = "law"
    burden: Decimal = Decimal(0)
    first: "date | None" = None
    last: "date | None" = None
    disputed: Decimal = Decimal(0)

    @property
    def accruing(self) -> bool:
        return self.charge is None and self.line is None

    def as_claim(self, currency: str, named: bool = False) -> Claim:
        """``named``: the debtor says that it pays this."""
        money = Money(self.owed - self.disputed if named else self.offered, currency)
        return Claim(self.key, self.group, self.part, money, self.due, self.burden)


NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class Payables:
    """All of a debtor in one currency on a day; ``notes`` say what is left out and
    why, ``missing`` that interest is too low because a legal value is not known;
    ``elsewhere`` are (currency, total) of what is owed in others, ``figures`` those of
    every document on the day."""

    claims: Sequence[Payable]
    notes: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, Decimal], ...] = ()
    missing: bool = False
    figures: Figures = NOTHING

    def by_key(self) -> dict[str, Payable]:
        return {one.key: one for one in self.claims}


class PayableReader:
    """What a payment of one debtor may be imputed to. ``debtor`` as superuser."""

    def __init__(self, debtor):
        self.debtor = debtor
        self.env = debtor.env
        self.company = debtor.company_id

    def collect(self, on, currency):
        """The ``Payables``: see ``cobranza.debtor._payable``."""
        position = StatementReader(self.debtor, paying=True).collect(on)
        section = position.section(currency.name)
        notes = say_refused(position.refused)
        claims = self._payable_charges(section, on, currency, notes)
        claims += self._payable_principals(section, currency, notes)
        claims += self._payable_loose(on, currency, notes)
        order = {one.key: place for place, one in enumerate(claims)}
        claims.sort(key=lambda claim: (claim.due, claim.group, order[claim.key]))
        elsewhere = (one for one in position.sections if one.currency != currency.name)
        return Payables(
            claims=tuple(claims),
            notes=tuple(dict.fromkeys(notes)),
            elsewhere=tuple((one.currency, one.total) for one in elsewhere),
            missing=position.missing,
            figures=section.figures(on),
        )

    def _payable_principals(self, section, currency, notes):
        rows = [row for row in section.principals if row.debt]
        debts = self.env["cobranza.debt"].browse([row.debt for row in rows])
        burdens = self._burdens(section)
        claims = []
        for row, debt in zip(rows, debts, strict=True):
            owed = to_decimal(debt._open_amount())
            if owed > 0:
                claim = self._payable_item(debt.move_line_id.id, row.document, row.due)
                free = max(ZERO, owed - row.disputed)
                if row.dust:
                    notes.append(self._small(row, currency))
                claims.append(
                    Payable(
                        **claim,
                        group=f"debt:{debt.id}",
                        debt=debt.id,
                        owed=owed,
                        offered=ZERO if row.dust else free,
                        disputed=owed - free,
                        burden=burdens.get(row.debt, ZERO),
                    )
                )
        return claims

    def _small(self, row, currency):
        return self.env._(
            "Too small to ask for: %(amount)s of %(document)s.",
            amount=format_amount(self.env, float(row.dust), currency),
            document=row.document,
        )

    def _payable_loose(self, on, currency, notes):
        """Open items that are no debts yet; nothing is added to them, which is told of
        those that are due."""
        today = self.company._cobranza_today()
        reader = PositionReader(self.env, self.company, today)
        items = reader.items(self.debtor.partner_id)
        items = [
            item
            for item in items
            if item.currency == currency.id and not item.debt and item.kind != CHARGE
        ]
        claims = []
        for item in netted(items):
            if item.open > 0 and item.counts and item.day <= on:
                claim = self._payable_item(item.line, item.document, item.due)
                group, owed = f"item:{item.line}", item.open
                claims.append(Payable(**claim, group=group, owed=owed, offered=owed))
        late = [one.document for one in claims if one.due < on]
        if late:
            notes.append(
                self.env._(
                    "Not followed yet, so that no interest is added: %s",
                    ", ".join(late),
                )
            )
        return claims

    @staticmethod
    def _payable_item(line, document, due):
        return {
            "key": f"item:{line}",
            "kind": PRINCIPAL,
            "part": Part.PRINCIPAL,
            "document": document,
            "due": due,
            "line": line,
        }

    @staticmethod
    def _burdens(section):
        """{debt id: highest yearly rate that it bears, in percent}."""
        burdens = {}
        for item in section.interest:
            rates = [one.rate for one in item.slices]
            burdens[item.debt] = max([burdens.get(item.debt, ZERO), *rates])
        return burdens

    # -- charges -------------------------------------------------------------------

    def _payable_charges(self, section, on, currency, notes):
        forms = self.env["cobranza.charge.form"].search(
            [("company_id", "=", self.company.id)]
        )
        forms = {(one.kind, one.basis): one for one in forms}
        due = {row.debt: row.due for row in section.principals}
        burdens = self._burdens(section)
        items = section.charges
        kinds = self.env["cobranza.charge.kind"]
        charges = self.env["cobranza.charge"].browse(
            [one.charge for one in items if one.charge]
        )
        charges = {charge.id: charge for charge in charges}
        debts = self.env["cobranza.debt"].browse({one.debt for one in items})
        debts = {debt.id: debt for debt in debts}
        claims = []
        for item in items:
            form = forms.get((item.kind, item.basis), self.env["cobranza.charge.form"])
            charge = charges.get(item.charge, self.env["cobranza.charge"])
            debt = debts[item.debt]
            owed = self._payable_amount(item, charge, debt, form, currency, notes)
            if owed > 0:
                claims.append(
                    Payable(
                        key=self._payable_key(item),
                        kind=item.kind,
                        part=kinds._part(item.kind),
                        group=f"debt:{item.debt}",
                        document=item.document,
                        due=due.get(item.debt) or debt.original_due_date,
                        owed=owed,
                        offered=owed,
                        debt=item.debt,
                        charge=item.charge,
                        basis=item.basis,
                        burden=burdens.get(item.debt, ZERO),
                        first=item.first,
                        last=item.last,
                    )
                )
        return claims

    @staticmethod
    def _payable_key(item):
        if item.charge:
            return f"charge:{item.charge}"
        return accruing_key(item.debt, item.kind, item.basis)

    def _payable_amount(self, item, charge, debt, form, currency, notes):
        """What is owed of a charge; nothing, with a note, of what cannot be paid."""
        if charge.state == "billed":
            return min(item.open, to_decimal(charge.amount_due))
        why = ""
        if not form._payable_account():
            why = self.env._("memo only, so that no payment settles it")
        elif charge.approval_pending:
            why = self.env._("asked to be waived")
        if why:
            kinds = self.env["cobranza.charge"]._fields["kind"]
            notes.append(
                self.env._(
                    "Left out: %(kind)s of %(amount)s (%(document)s): %(why)s.",
                    kind=dict(kinds._description_selection(self.env))[item.kind],
                    amount=format_amount(self.env, float(item.open), currency),
                    document=item.document,
                    why=why,
                )
            )
            return ZERO
        return to_decimal(form._gross(float(item.open), currency, debt.move_id))

    # -- what accrues --------------------------------------------------------------

    def charge_accruing(self, on, debts):
        """{key: charge} of all that accrues on ``debts`` (ids) until the day of a
        payment, charged on it.

        Who takes a principal and has charged nothing loses what was due for it; the
        receipt reserves what stands. Interest that was charged for the days after is
        withdrawn: the next run charges it on what is left.
        """
        if not debts:
            return {}
        ledger = LedgerReader(self.debtor).collect(on)
        accruing = StatementReader(self.debtor, paying=True).accruing(on, ledger)
        drafts = {}
        for draft in accruing.drafts:
            basis = draft.get("basis") or "law"
            if draft["debt_id"] in debts:
                key = accruing_key(draft["debt_id"], draft["kind"], basis)
                drafts.setdefault(key, []).append(draft)
        every = [draft for found in drafts.values() for draft in found]
        self._withdraw_later(on, every)
        charges = self.env["cobranza.charge"].create(every)
        self.env["cobranza.parameter"]._mark_used(accruing.used)
        own = iter(charges)
        model = self.env["cobranza.charge"]
        return {
            key: model.concat(*(next(own) for _draft in found))
            for key, found in drafts.items()
        }

    def _withdraw_later(self, on, drafts):
        later = self.env["cobranza.charge"]
        for kind in self.env["cobranza.charge.kind"]._where(runs=True):
            debts = [one["debt_id"] for one in drafts if one["kind"] == kind]
            if debts:
                later |= later.search(
                    [
                        ("debt_id", "in", debts),
                        ("kind", "=", kind),
                        ("state", "in", STANDING),
                        ("assessed_on", ">", on),
                    ]
                )
        later._withdraw(self.env._("Paid before: charged to the day of the payment"))
        later.flush_model()
