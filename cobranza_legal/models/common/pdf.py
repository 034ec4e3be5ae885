import io

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from odoo import models
from odoo.tools.pdf import (
    OdooPdfFileReader,
    OdooPdfFileWriter,
    PdfFileReader,
    PdfFileWriter,
)

PRINTED = "cobranza_printed"
"""Context key: name of the report whose PDF is given its title and page numbers."""


class IrActionsReport(models.Model):
    """Titles and page numbers of the PDFs that we print.

    A record with ``_document_title()`` names its PDF, which Odoo leaves untitled; with
    ``_page_line(page, pages)`` each page has that line at its foot. Not by a footer of
    the report: Debian's wkhtmltopdf prints none. ``_titled_reports`` are the names of
    the reports that a model titles so; any other of its reports has its own name.
    """

    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        streams = super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        report = self._get_report(report_ref)
        records = self.env.get(report.model)
        if hasattr(records, "_document_title"):
            records = records.with_context(**{PRINTED: report.report_name})
            for record in records.browse(res_ids):
                found = streams.get(record.id)
                if found and found["stream"]:
                    found["stream"] = self._finished(report, record, found["stream"])
        return streams

    def _finished(self, report, record, stream):
        """The PDF of ``record`` with its page numbers, then its title, which a PDF that
        is written anew loses."""
        titled = getattr(record, "_titled_reports", (report.report_name,))
        if report.report_name not in titled:
            return self._with_title(stream, f"{report.name} · {record.display_name}")
        if hasattr(record, "_page_line"):
            stream = self._number_pages(record, stream)
        return self._with_title(stream, record._document_title())

    def _number_pages(self, record, stream):
        """The same PDF with ``record._page_line(page, pages)`` under each page."""
        reader, writer = PdfFileReader(stream, strict=False), PdfFileWriter()
        count = reader.getNumPages()
        for number in range(count):
            writer.addPage(reader.getPage(number))
            page = writer.getPage(number)
            box = page.mediaBox
            width, height = float(box.getWidth()), float(box.getHeight())
            layer = io.BytesIO()
            canvas = Canvas(layer, pagesize=(width, height))
            canvas.setFont("Helvetica", 8)
            canvas.setFillGray(0.35)
            words = record._page_line(number + 1, count)
            canvas.drawRightString(width - 15 * mm, 7 * mm, words)
            canvas.save()
            page.mergePage(PdfFileReader(layer).getPage(0))
        result = io.BytesIO()
        writer.write(result)
        return result

    def _with_title(self, stream, title):
        writer, titled = OdooPdfFileWriter(), io.BytesIO()
        writer.appendPagesFromReader(OdooPdfFileReader(stream, strict=False))
        writer.addMetadata({"/Title": title})
        writer.write(titled)
        return titled


class CobranzaPaperMixin(models.AbstractModel):
    """A record with a company that is printed in the company's own language, with the
    title of its ``_document_title()`` under each page."""

    _name = "cobranza.paper.mixin"
    _description = "Record that is printed"

    def _paper_lang(self):
        """The language of the paper: the company's own, if it is installed."""
        self.ensure_one()
        wanted = self.company_id.partner_id.lang
        return self.env["cobranza.debtor"]._installed_lang(wanted or self.env.lang)

    def _page_line(self, page, pages):
        """What stands under each page of the PDF."""
        spoken = self.with_context(lang=self._paper_lang())
        return spoken.env._(
            "%(title)s · page %(page)s of %(pages)s",
            title=self._document_title(),
            page=page,
            pages=pages,
        )
