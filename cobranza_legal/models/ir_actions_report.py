import io

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from odoo import models
from odoo.tools.pdf import PdfFileReader, PdfFileWriter


class IrActionsReport(models.Model):
    """Numbers on the pages of documents that go to court.

    Not by a running footer: Debian's wkhtmltopdf prints none.
    """

    _inherit = "ir.actions.report"

    def _finished(self, record, stream):
        # first: what is written anew loses the title
        if hasattr(record, "_page_line"):
            stream = self._number_pages(record, stream)
        return super()._finished(record, stream)

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
