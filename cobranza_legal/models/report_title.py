import io

from odoo import models
from odoo.tools.pdf import OdooPdfFileReader, OdooPdfFileWriter


class IrActionsReport(models.Model):
    """Papers of the collection have a title of their own, for whoever opens, archives
    or reads them aloud; what Odoo prints has none, or "Odoo Report"."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        streams = super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        records = self.env.get(self._get_report(report_ref).model)
        if hasattr(records, "_document_title"):
            for record in records.browse(res_ids):
                found = streams.get(record.id)
                if found and found["stream"]:
                    found["stream"] = self._finished(record, found["stream"])
        return streams

    def _finished(self, record, stream):
        return self._with_title(stream, record._document_title())

    def _with_title(self, stream, title):
        writer, titled = OdooPdfFileWriter(), io.BytesIO()
        writer.appendPagesFromReader(OdooPdfFileReader(stream, strict=False))
        writer.addMetadata({"/Title": title})
        writer.write(titled)
        return titled


class CobranzaContact(models.Model):
    _inherit = "cobranza.contact"

    def _document_title(self):
        """Title of the letter, in its language."""
        lang = self.lang or self.debtor_id._lang()
        lang = self.debtor_id._installed_lang(lang)
        return self.with_context(lang=lang).display_name


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def _document_title(self):
        """Title of the account statement, in the debtor's language."""
        spoken = self.with_context(lang=self._installed_lang())
        return spoken.env._("Account statement · %s", spoken.display_name)
