from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from odoo.tools import format_amount, format_date, hmac

from ...kernel.position import ChargeItem, Principal, Section, owed
from ..agreement.agreement import RUNNING
from ..agreement.simulation import Simulator
from ..common.files import safe_name
from ..common.method import Methods
from ..common.money import to_decimal
from ..contact.content import payment_qr

ZERO = Decimal(0)


A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class PageRow:
    """One document on the debtor's page, with what hangs from it.

    ``frozen`` is why nothing is asked for it now: disputed, promised, the reason of a
    hold or of what covers it, such as ``instrument``; ``dust`` of what is too small.
    ``note`` says how it is paid, where that is not by transfer.
    """

    principal: Principal
    charges: tuple[ChargeItem, ...]
    late: int
    frozen: str = ""
    move: object = None
    note: str = ""

    @property
    def burden(self) -> Decimal:
        return owed(self.charges)


@dataclass(frozen=True, slots=True)
class PageSection:
    """What is owed in one currency: ``due`` today or before, ``later`` after.

    ``covered`` is what nothing is asked for before a day, ``disputed`` what the debtor
    objects to, with the charges of what is disputed whole, ``dust`` what is too small
    to ask for; ``pay`` what is due less these and less what was paid on account.
    ``transfer`` is what of it is to be transferred, ``methods`` how the rest is paid.
    """

    section: Section
    currency: object
    due: tuple[PageRow, ...]
    later: tuple[PageRow, ...]
    disputed: Decimal
    pay: Decimal
    transfer: Decimal
    methods: Methods
    reference: str
    code: str = ""
    loose: tuple[ChargeItem, ...] = ()
    dust: Decimal = ZERO
    covered: Decimal = ZERO

    @property
    def upcoming(self) -> Decimal:
        return sum((row.principal.open + row.burden for row in self.later), ZERO)

    @property
    def payments(self):
        """[(document, Payment)], newest first."""
        rows = [
            (row.principal.document, one)
            for row in (*self.due, *self.later)
            for one in row.principal.payments
        ]
        return sorted(rows, key=lambda row: row[1].day, reverse=True)


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


class DebtorPage:
    """What the debtor's page says of one debtor today: figures, words and documents.

    ``debtor`` is one as ``_portal_own`` gives it: superuser, in its own company and
    language. Nothing is written. ``sections`` are read once, when first asked for.

    A document is asked for by a keyed hash that is good for this debtor only, and only
    while the document is on its list: no id can be guessed.
    """

    def __init__(self, debtor):
        debtor.ensure_one()
        self.debtor = debtor
        self.env = debtor.env
        self.company = debtor.company_id
        self.on = self.company._cobranza_today()

    @cached_property
    def doc(self):
        """The debt statement of today, not stored: formats amounts and formulas."""
        return self.env["cobranza.debt.statement"].new(
            {"debtor_id": self.debtor.id, "on": self.on}
        )

    @cached_property
    def _position(self):
        return self.debtor._position(self.on, paying=True)

    @property
    def missing(self):
        """Whether a legal value of these days is not known, so that charges lack."""
        return self._position.missing

    @cached_property
    def sections(self):
        """[PageSection], one for each currency."""
        frozen = self._frozen()
        return [self._section(one, frozen) for one in self._position.sections]

    @cached_property
    def agreements(self):
        """The agreements of this debtor that run, then those that were completed in
        the last year."""
        mine, since = self.debtor.agreement_ids, self.on - A_YEAR
        done = mine.filtered(
            lambda one: (
                one.state == "completed" and one.ended_on >= since and not one.erased_on
            )
        )
        return mine.filtered(lambda one: one.state in RUNNING) | done

    @cached_property
    def asked(self):
        """The agreements that the debtor asked for and that wait for our answer."""
        return self.debtor.agreement_ids.filtered(
            lambda one: one.state in ("requested", "approved") and one.instalment_ids
        )

    @cached_property
    def simulator(self):
        return Simulator(self.debtor)

    @cached_property
    def simulates(self):
        """Whether plans may be simulated: the company has terms for this debtor, and
        something is open that is in no other agreement."""
        policies = self.env["cobranza.agreement.policy"]
        terms = policies._choose(self.company, self.debtor.regime, self.on)
        return bool(terms and self.simulator.debts)

    # -- figures -----------------------------------------------------------------------

    def _frozen(self):
        """{debt id: why nothing is asked for it}; None as key: for anything."""
        frozen = self.env["cobranza.hold.reason"]._where(frozen=True)
        holds = self.debtor.hold_ids.filtered(
            lambda hold: (
                hold.state == "open"
                and hold.reason in frozen
                and (not hold.date_to or hold.date_to >= self.on)
            )
        )
        result = {}
        for hold in holds:
            result |= {debt.id: hold.reason for debt in hold.debt_ids}
            if not hold.debt_ids:
                result[None] = hold.reason
        promises = self.debtor.promise_ids.filtered(
            lambda promise: promise.state == "open"
        )
        result |= {debt.id: "promised" for debt in promises.debt_ids}
        covered = self._covered.items()
        return result | {debt: reason.value for debt, (reason, _until) in covered}

    @cached_property
    def _covered(self):
        """{debt id: (reason, until)} of what nothing is asked for before that day."""
        return self.env["cobranza.debt"]._covered(self.debts().ids, self.on)

    def _section(self, section, frozen):
        methods = self.debtor._section_methods(section)
        rows = [
            self._row(section, principal, frozen, methods)
            for principal in section.principals
            if principal.open or self._charged(section, principal)
        ]
        due = tuple(row for row in rows if row.principal.due <= self.on)
        known = {row.principal.debt for row in rows}
        loose = tuple(one for one in section.charges if one.debt not in known)
        covered, disputed, pay = self._sums(section, due, loose)
        currency = self.doc._currency(section)
        reference = self.doc._reference(section)
        transfer = self._transfer(due, methods, pay)
        account = self.doc._account()
        code = transfer and payment_qr(account, currency, transfer, reference)
        return PageSection(
            section=section,
            currency=currency,
            due=due,
            later=tuple(row for row in rows if row.principal.due > self.on),
            covered=covered,
            disputed=disputed,
            pay=pay,
            transfer=transfer,
            methods=methods,
            reference=reference,
            code=code or "",
            loose=loose,
            dust=sum((row.principal.dust for row in due), ZERO),
        )

    @staticmethod
    def _charged(section, principal):
        mine = (one for one in section.charges if one.debt == principal.debt)
        return any(one.open for one in mine)

    def _row(self, section, principal, frozen, methods):
        charges = tuple(
            one for one in section.charges if one.debt == principal.debt and one.open
        )
        debt = self.env["cobranza.debt"].browse(principal.debt)
        small = "dust" if principal.dust else ""
        why = frozen.get(principal.debt) or frozen.get(None) or small
        return PageRow(
            principal=principal,
            charges=charges if principal.debt else (),
            late=max(0, (self.on - principal.due).days),
            frozen="disputed" if principal.disputed else why,
            move=debt.move_id if debt else self._loose_move(principal),
            note=methods.note(principal.line),
        )

    def _loose_move(self, principal):
        moves = self._open_moves()
        return moves.filtered(lambda move: move.name == principal.document)[:1]

    def _open_moves(self):
        """The documents and entries of which something is open."""
        moves = dict.fromkeys(item.move for item in self.debtor._told_items())
        # sudo: the page tells a debtor of its own documents
        return self.env["account.move"].sudo().browse(moves)

    def _sums(self, section, due, loose):
        """(what is covered, what is disputed, what is to pay now) of what is due, with
        its charges; what is too small is not asked for."""
        asked = owed(loose)
        covered = disputed = ZERO
        for row in due:
            principal = row.principal
            if principal.debt in self._covered:
                covered += principal.open + row.burden
                continue
            whole = principal.disputed and principal.disputed >= principal.open
            part = principal.open + row.burden if whole else principal.disputed
            disputed += part
            asked += principal.open + row.burden - part - principal.dust
        return covered, disputed, max(ZERO, asked - section.credit)

    def _transfer(self, due, methods, pay):
        """What of ``pay`` is left when what is paid otherwise was paid."""
        for row in due:
            one = row.principal
            if one.debt not in self._covered:
                asked = max(ZERO, one.open - one.disputed - one.dust)
                pay -= min(methods.amount(one.line), asked)
        return max(ZERO, pay)

    # -- what may be promised --------------------------------------------------------

    def _promisable(self, currency):
        """The debts of a currency that a promise on the page would cover."""
        debts = self.debts().filtered(
            lambda debt: debt.currency_id == currency and debt._due_on() <= self.on
        )
        left = {*self.env["cobranza.dispute"]._disputed_amounts(debts.ids)}
        left |= self._covered.keys()
        for section in self._position.sections:
            left |= {one.debt for one in section.principals if one.dust}
        return debts.filtered(lambda debt: debt.id not in left)

    def promise_terms(self, currency):
        """(debts, least amount, most, days) of a promise on the page, None when none
        is taken: not offered, one is open, or the last one was not kept."""
        company, debtor = self.company, self.debtor
        debts = self._promisable(currency)
        open_now = debtor.promise_ids.filtered(lambda promise: promise.state == "open")
        last = debtor.promise_ids.sorted("id")[-1:]
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

    def debts(self):
        """The debts of the page, oldest first: open, ours, and of nobody else."""
        debts = self.debtor.debt_ids.filtered(
            lambda debt: (
                not debt.void_reason
                and not debt._is_ceded(self.on)
                and debt.move_line_id.parent_state == "posted"
                and debt.amount_residual_currency > 0
            )
        )
        return debts.sorted(lambda debt: (debt.original_due_date, debt.id))

    def greeting(self):
        return self.env._("Your account with %s", self.company.name)

    def label(self):
        """What the sum of a section is: to pay today."""
        return self.env._("To pay on %s", format_date(self.env, self.on))

    def when(self, row):
        """When the document of a ``PageRow`` was or is due, in words."""
        due = row.principal.due
        day = format_date(self.env, due)
        if due == self.on:
            return self.env._("Due today")
        if due > self.on:
            return self.env._("Due on %s", day)
        if row.late == 1:
            return self.env._("Was due yesterday")
        return self.env._(
            "Was due on %(day)s, %(late)s days ago", day=day, late=row.late
        )

    def promise_text(self, terms, money):
        """The limits of a promise, in words; ``terms`` as ``promise_terms`` gives them,
        ``money`` formats an amount."""
        _debts, least, most, days = terms
        return self.env._(
            "From %(least)s to %(most)s, within %(days)s days. Until that day we do "
            "not claim it.",
            least=money(least),
            most=money(most),
            days=days,
        )

    # -- plans -------------------------------------------------------------------------

    def _money(self, amount):
        return format_amount(self.env, float(amount), self.debtor.currency_id)

    def plans_text(self):
        """What a plan would be about, and when it begins to be true."""
        debts = self.simulator.debts
        return self.env._(
            "%s is open. Choose when you can begin and how often you pay. Nothing "
            "changes before we have accepted it and you have signed it.",
            self._money(sum(debts.mapped("amount_residual_currency"))),
        )

    def plan_label(self, plan):
        return self.env._(
            "%(count)s payments of %(amount)s",
            count=len(plan.rows),
            amount=self._money(plan.instalment),
        )

    def plan_text(self, plan):
        """Until when a ``Simulated`` lasts and what it costs."""
        values = {
            "day": format_date(self.env, plan.last_on),
            "total": self._money(plan.total),
            "interest": self._money(plan.interest),
        }
        if plan.interest:
            return self.env._(
                "Until %(day)s, %(total)s in all, of which %(interest)s is interest",
                **values,
            )
        return self.env._("Until %(day)s, %(total)s in all", **values)

    @cached_property
    def to_sign(self):
        """{reference: record that is put into writing and waits for a signature}."""
        names = sorted(self.env["cobranza.document.mixin"]._inherit_children)
        records = [
            record
            for name in names
            for record in self.env[name]._document_to_sign(self.debtor)
        ]
        return {self.ref("sign", one): one for one in records}

    def signable(self, ref):
        """The record that is to be signed under a reference, None if none is."""
        return self.to_sign.get(ref or "")

    def _signed(self):
        """What the debtor signed, newest first."""
        signatures = self.env["cobranza.signature"].search(
            [("debtor_id", "=", self.debtor.id)]
        )
        for signature in signatures:
            record = self.env[signature.res_model].browse(signature.res_id).exists()
            if record and record.signed_file_id and record._document_is_debtors():
                yield PortalFile(
                    "signed",
                    record,
                    record.document_subject or record.display_name,
                    self.debtor.company_id._cobranza_local(signature.moment).date(),
                )

    def files(self):
        """{reference: PortalFile} of everything that this debtor may download."""
        files = [
            PortalFile("statement", self.debtor, self.env._("Account statement")),
            PortalFile(
                "debt_statement", self.debtor, self.env._("Debt statement of today")
            ),
            *self._invoices(),
            *self._letters(),
            *self._signed(),
            *self._receipts(),
            *self._certificates(),
            *(
                PortalFile("unsigned", record, record.document_subject)
                for record in self.to_sign.values()
            ),
        ]
        return {self.ref(one.kind, one.record): one for one in files}

    def ref(self, kind, record):
        """Reference by which this page, and no other, asks for a document or debt."""
        message = (self.debtor.id, kind, record._name, record.id)
        return hmac(self.env(su=True), SCOPE, message)[:REF_LENGTH]

    def _invoices(self):
        """The posted invoices and credit notes of what is open."""
        moves = (self.debts().move_id | self._open_moves()).filtered(
            lambda move: self._is_own(move)
        )
        return [PortalFile("invoice", one, one.name, one.invoice_date) for one in moves]

    def _is_own(self, move):
        """Whether a document is an invoice of ours to this debtor."""
        return (
            move.state == "posted"
            and move.is_sale_document(include_receipts=True)
            and move.company_id._cobranza_creditor() == self.company
            and move.commercial_partner_id == self.debtor.partner_id
        )

    def _receipts(self):
        """The receipts of what was paid, newest first."""
        # sudo: the page tells a debtor of its own payments
        payments = self.env["account.payment"].sudo()
        found = payments.search(
            [
                ("cobranza_debtor_id", "=", self.debtor.id),
                ("state", "in", ("in_process", "paid")),
            ],
            order="date desc, id desc",
        )
        return [
            PortalFile("receipt", one, one._cobranza_receipt_name(), one.date)
            for one in found
            if one.cobranza_split
        ]

    def _certificates(self):
        """The certificates of the agreements that are paid."""
        papers = [one._page_certificate() for one in self.agreements]
        return [
            PortalFile("unsigned", one, one.document_subject, one.written_on)
            for one in papers
            if one
        ]

    def _letters(self):
        """What was written to the debtor itself, newest first; not what a guarantor or
        a lawyer got."""
        contacts = self.debtor.contact_ids.filtered(
            lambda contact: (
                contact.direction == "outbound"
                and contact.state == "sent"
                and contact.body
                and contact._channel_model()._class_kind not in SILENT
                and contact.recipient_id.commercial_partner_id == self.debtor.partner_id
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

    def content(self, file):
        """(name, content, mimetype) of a ``PortalFile``. UserError when it cannot be
        made today. Whatever making it writes is undone: to look changes nothing."""
        maker = getattr(self, f"_make_{file.kind}")
        with closing(self.env.cr.savepoint()):
            return maker(file)

    def _make_statement(self, file):
        return self._report("cobranza_legal.action_report_statement", file)

    def _make_debt_statement(self, file):
        doc = self.env["cobranza.debt.statement"].create(
            {"debtor_id": self.debtor.id, "on": self.on}
        )
        doc._check_complete()
        file = file._replace(record=doc, day=self.on)
        return self._report("cobranza_legal.action_report_debt_statement", file)

    def _make_invoice(self, file):
        document = file.record.invoice_pdf_report_id
        if document:
            name = safe_name(f"{file.label}.pdf")
            return name, document.raw, "application/pdf"
        report = file.record.partner_id.invoice_template_pdf_report_id
        report = report or self.env.ref("account.account_invoices")
        return self._report(report.report_name, file)

    def _make_letter(self, file):
        document = file.record.attachment_id
        if document.mimetype == "application/pdf":
            name = safe_name(f"{file.label}.pdf")
            return name, document.raw, document.mimetype
        return self._report("cobranza_legal.action_report_letter", file)

    def _make_receipt(self, file):
        return self._report("cobranza_legal.action_report_payment_receipt", file)

    def _make_unsigned(self, file):
        return self._kept(file, file.record.document_file_id)

    def _make_signed(self, file):
        return self._kept(file, file.record.signed_file_id)

    def _kept(self, file, document):
        extension = ".pdf" if document.mimetype == "application/pdf" else ".html"
        return (
            safe_name(file.label, extension=extension),
            document.raw,
            document.mimetype,
        )

    def _report(self, report, file):
        content, kind = self.env["ir.actions.report"]._render_qweb_pdf(
            report, file.record.ids
        )
        day = format_date(self.env, file.day) if file.day else ""
        name = " ".join(part for part in (file.label, day) if part)
        mimetype = "application/pdf" if kind == "pdf" else "text/html"
        return safe_name(f"{name}.{kind}"), content, mimetype
