from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo import models

from ..kernel.position import ChargeItem, Principal, Section, owed
from .bridge import to_decimal
from .payment_qr import payment_qr

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PageRow:
    """One document on the debtor's page, with what hangs from it.

    ``frozen`` is why nothing is asked for it now: disputed, promised or says_paid.
    """

    principal: Principal
    charges: tuple[ChargeItem, ...]
    late: int
    frozen: str = ""
    move: object = None

    @property
    def burden(self) -> Decimal:
        return owed(self.charges)


@dataclass(frozen=True, slots=True)
class PageSection:
    """What is owed in one currency: ``due`` today or before, ``later`` after.

    ``disputed`` is what the debtor objects to, with the charges of what is disputed
    whole; ``pay`` what is due less that and less what was paid on account.
    """

    section: Section
    currency: object
    due: tuple[PageRow, ...]
    later: tuple[PageRow, ...]
    disputed: Decimal
    pay: Decimal
    reference: str
    code: str = ""
    loose: tuple[ChargeItem, ...] = ()

    @property
    def upcoming(self) -> Decimal:
        return sum((row.principal.open for row in self.later), ZERO)

    @property
    def payments(self):
        """[(document, Payment)], newest first."""
        rows = [
            (row.principal.document, one)
            for row in (*self.due, *self.later)
            for one in row.principal.payments
        ]
        return sorted(rows, key=lambda row: row[1].day, reverse=True)


@dataclass(slots=True)
class Page:
    """All that the debtor's page says of one debtor on the day ``on``."""

    on: date
    doc: object
    sections: list[PageSection] = field(default_factory=list)
    missing: bool = False


class CobranzaDebtor(models.Model):
    """The figures of the debtor's page. Run as superuser, past ``_portal_own``."""

    _inherit = "cobranza.debtor"

    def _portal_page(self):
        """The ``Page`` of today. Nothing is written."""
        self.ensure_one()
        today = self.company_id._cobranza_today()
        doc = self.env["cobranza.liquidation"].new({"debtor_id": self.id, "on": today})
        position = self._position(today)
        page = Page(today, doc, missing=position.missing)
        frozen = self._portal_frozen()
        for section in position.sections:
            page.sections.append(self._portal_section(page, section, frozen))
        return page

    def _portal_frozen(self):
        """{debt id: why nothing is asked for it}; None as key: for anything."""
        today = self.company_id._cobranza_today()
        holds = self.hold_ids.filtered(
            lambda one: (
                one.state == "open"
                and one.reason == "says_paid"
                and (not one.date_to or one.date_to >= today)
            )
        )
        result = {}
        for hold in holds:
            result |= {debt.id: "says_paid" for debt in hold.debt_ids}
            if not hold.debt_ids:
                result[None] = "says_paid"
        promises = self.promise_ids.filtered(lambda one: one.state == "open")
        return result | {debt.id: "promised" for debt in promises.debt_ids}

    def _portal_section(self, page, section, frozen):
        rows = [
            self._portal_row(page.on, section, principal, frozen)
            for principal in section.principals
            if principal.open or self._charged(section, principal)
        ]
        due = tuple(row for row in rows if row.principal.due <= page.on)
        known = {row.principal.debt for row in rows}
        loose = tuple(one for one in section.charges if one.debt not in known)
        disputed, pay = self._portal_sums(section, due, loose)
        currency = page.doc._currency(section)
        reference = page.doc._reference(section)
        code = pay and payment_qr(page.doc._account(), currency, pay, reference)
        return PageSection(
            section=section,
            currency=currency,
            due=due,
            later=tuple(row for row in rows if row.principal.due > page.on),
            disputed=disputed,
            pay=pay,
            reference=reference,
            code=code or "",
            loose=loose,
        )

    @staticmethod
    def _charged(section, principal):
        mine = (one for one in section.charges if one.debt == principal.debt)
        return any(one.open for one in mine)

    def _portal_row(self, on, section, principal, frozen):
        charges = tuple(
            one for one in section.charges if one.debt == principal.debt and one.open
        )
        debt = self.env["cobranza.debt"].browse(principal.debt)
        why = frozen.get(principal.debt) or frozen.get(None) or ""
        return PageRow(
            principal=principal,
            charges=charges if principal.debt else (),
            late=max(0, (on - principal.due).days),
            frozen="disputed" if principal.disputed else why,
            move=debt.move_id if debt else self._portal_loose_move(principal),
        )

    def _portal_loose_move(self, principal):
        items = self._open_items()
        return items.move_id.filtered(lambda one: one.name == principal.document)[:1]

    @staticmethod
    def _portal_sums(section, due, loose):
        """(what is disputed, what is to pay now) of what is due."""
        asked = owed(loose)
        disputed = ZERO
        for row in due:
            principal = row.principal
            whole = principal.disputed and principal.disputed >= principal.open
            part = principal.open + row.burden if whole else principal.disputed
            disputed += part
            asked += principal.open + row.burden - part
        return disputed, max(ZERO, asked - section.credit)

    # -- what may be promised --------------------------------------------------------

    def _portal_promisable(self, currency):
        """The debts of a currency that a promise on the page would cover."""
        today = self.company_id._cobranza_today()
        debts = self._portal_debts().filtered(
            lambda one: (
                one.currency_id == currency
                and (one.date_maturity or one.original_due_date) <= today
            )
        )
        disputed = self.env["cobranza.dispute"]._disputed_amounts(debts.ids)
        return debts.filtered(lambda one: one.id not in disputed)

    def _portal_promise_terms(self, currency):
        """(debts, least amount, most, days) of a promise on the page, None when none
        is taken: not offered, one is open, or the last one was not kept."""
        company = self.company_id
        debts = self._portal_promisable(currency)
        open_now = self.promise_ids.filtered(lambda one: one.state == "open")
        last = self.promise_ids.sorted("id")[-1:]
        if (
            not company.cobranza_portal_promise_days
            or not debts
            or open_now.debt_ids & debts
            or last.result == "broken"
        ):
            return None
        most = sum(to_decimal(debt.amount_residual_currency) for debt in debts)
        share = Decimal(company.cobranza_portal_promise_percent) / 100
        least = to_decimal(currency.round(float(most * share)))
        return debts, least, most, company.cobranza_portal_promise_days

    def _portal_debts(self):
        """The debts of the page, oldest first: open, ours, and of nobody else."""
        debts = self.debt_ids.filtered(
            lambda one: (
                not one.void_reason
                and not one.ceded_on
                and one.move_line_id.parent_state == "posted"
                and one.amount_residual_currency > 0
            )
        )
        return debts.sorted(lambda one: (one.original_due_date, one.id))
