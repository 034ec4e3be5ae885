from contextlib import closing
from typing import NamedTuple

from odoo import models
from odoo.tools import format_date, hmac

from .files import safe_name

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
    """The documents on the debtor's page. Run as superuser, past ``_portal_own``.

    A document is asked for by a keyed hash that is good for this debtor only, and only
    while the document is on the debtor's list: no id can be guessed.
    """

    _inherit = "cobranza.debtor"

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
