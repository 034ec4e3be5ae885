from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.tools import format_date, hmac

from ...kernel.position import ChargeItem, Principal, Section, owed
from ..common.files import safe_name
from ..common.money import to_decimal
from ..contact.content import payment_qr

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


SCOPE = "cobranza.portal.file"


REF_LENGTH = 40


SILENT = ("voice", "task")
"""Kinds of channels that leave nothing on paper."""


class PortalFile(NamedTuple):
    """A document that the debtor may have; ``record`` is what it is made from."""

    kind: str
    record: object
    label: str
    day: object = None


class CobranzaDebtor(models.Model):
    """The figures of the debtor's page. Run as superuser, past ``_portal_own``.

    Sentences of the debtor's page with figures in them.

    The documents on the debtor's page. Run as superuser, past ``_portal_own``.

    A document is asked for by a keyed hash that is good for this debtor only, and only
    while the document is on the debtor's list: no id can be guessed.
    """

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

    def _portal_greeting(self):
        return self.env._("Your account with %s", self.company_id.name)

    def _portal_label(self, on):
        return self.env._("To pay on %s", format_date(self.env, on))

    def _portal_when(self, row, on):
        """When a document of the page was or is due."""
        due = row.principal.due
        day = format_date(self.env, due)
        if due == on:
            return self.env._("Due today")
        if due > on:
            return self.env._("Due on %s", day)
        if row.late == 1:
            return self.env._("Was due yesterday")
        return self.env._(
            "Was due on %(day)s, %(late)s days ago", day=day, late=row.late
        )

    def _portal_promise_words(self, terms, money):
        _debts, least, most, days = terms
        return self.env._(
            "From %(least)s to %(most)s, within %(days)s days. Until that day we do "
            "not claim it.",
            least=money(least),
            most=money(most),
            days=days,
        )

    def _portal_files(self):
        """{reference: PortalFile} of everything that this debtor may download."""
        self.ensure_one()
        files = [
            PortalFile("statement", self, self.env._("Account statement")),
            PortalFile("liquidation", self, self.env._("Debt statement of today")),
            *self._portal_invoices(),
            *self._portal_letters(),
        ]
        return {self._portal_ref(one.kind, one.record): one for one in files}

    def _portal_ref(self, kind, record):
        message = (self.id, kind, record._name, record.id)
        return hmac(self.env(su=True), SCOPE, message)[:REF_LENGTH]

    def _portal_invoices(self):
        """The posted invoices and credit notes of what is open."""
        moves = (self._portal_debts().move_id | self._open_items().move_id).filtered(
            lambda one: self._portal_is_own(one)
        )
        return [PortalFile("invoice", one, one.name, one.invoice_date) for one in moves]

    def _portal_is_own(self, move):
        """Whether a document is an invoice of ours to this debtor."""
        return (
            move.state == "posted"
            and move.is_sale_document(include_receipts=True)
            and move.company_id == self.company_id
            and move.commercial_partner_id == self.partner_id
        )

    def _portal_letters(self):
        """What was written to the debtor itself, newest first; not what a guarantor or
        a lawyer got."""
        contacts = self.contact_ids.filtered(
            lambda one: (
                one.direction == "outbound"
                and one.state == "sent"
                and one.body
                and one._channel_model()._class_kind not in SILENT
                and one.recipient_id.commercial_partner_id == self.partner_id
            )
        )
        return [
            PortalFile(
                "letter",
                one,
                one.subject or one.display_name,
                one._local_day(one.sent_at),
            )
            for one in contacts.sorted("sent_at", reverse=True)
        ]

    def _portal_content(self, file):
        """(name, content, mimetype) of a ``PortalFile``. UserError when it cannot be
        made today. Whatever making it writes is undone: to look changes nothing."""
        maker = getattr(self, f"_portal_make_{file.kind}")
        with closing(self.env.cr.savepoint()):
            return maker(file)

    def _portal_make_statement(self, file):
        return self._portal_report("cobranza_legal.action_report_statement", file)

    def _portal_make_liquidation(self, file):
        today = self.company_id._cobranza_today()
        doc = self.env["cobranza.liquidation"].create(
            {"debtor_id": self.id, "on": today}
        )
        doc._check_complete()
        file = file._replace(record=doc, day=today)
        return self._portal_report("cobranza_legal.action_report_liquidation", file)

    def _portal_make_invoice(self, file):
        document = file.record.invoice_pdf_report_id
        if document:
            name = safe_name(f"{file.label}.pdf")
            return name, document.raw, "application/pdf"
        report = file.record.partner_id.invoice_template_pdf_report_id
        report = report or self.env.ref("account.account_invoices")
        return self._portal_report(report.report_name, file)

    def _portal_make_letter(self, file):
        document = file.record.attachment_id
        if document.mimetype == "application/pdf":
            name = safe_name(f"{file.label}.pdf")
            return name, document.raw, document.mimetype
        return self._portal_report("cobranza_legal.action_report_letter", file)

    def _portal_report(self, report, file):
        content, kind = self.env["ir.actions.report"]._render_qweb_pdf(
            report, file.record.ids
        )
        day = format_date(self.env, file.day) if file.day else ""
        name = " ".join(part for part in (file.label, day) if part)
        mimetype = "application/pdf" if kind == "pdf" else "text/html"
        return safe_name(f"{name}.{kind}"), content, mimetype
