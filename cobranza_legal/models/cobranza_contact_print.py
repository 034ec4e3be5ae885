from odoo import models
from odoo.tools.pdf import merge_pdf

SHEET = "cobranza_legal.action_report_address_sheet"
PDF = "application/pdf"


class CobranzaContact(models.Model):
    """Printing many letters at once."""

    _inherit = "cobranza.contact"

    def _print_due(self):
        """Print these planned letters as they are now; gives back those that still
        claim something."""
        self._check_may_leave()
        self._check_limits()
        kept = self._recompute()
        for letter in kept:
            if not letter._is_same_paper():
                letter._print_letter()
        return kept

    def _is_same_paper(self):
        """Whether what was printed is what would be printed now: then the paper that is
        frozen stays."""
        if not (self.attachment_id and self.content_hash):
            return False
        return self._frozen_values()["content_hash"] == self.content_hash

    def _download_letters(self):
        """Download the papers of these letters in the order of their references; of
        several in one file, with the sheet of their addresses on top."""
        files = [one.attachment_id for one in self]
        if len(files) < 2 or {one.mimetype for one in files} != {PDF}:
            return self._download(files[0])
        sheet, _kind = self.env["ir.actions.report"]._render_qweb_pdf(SHEET, self.ids)
        pages = merge_pdf([sheet, *(one.raw for one in files)])
        values = {"name": self.env._("Letters.pdf"), "raw": pages}
        # no record: only who made it may read it
        return self._download(self.env["ir.attachment"].create(values))

    def _download(self, file):
        url = f"/web/content/{file.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_address_sheet(self):
        """The list of addresses, with room for the tracking numbers."""
        letters = self.filtered("is_printed").sorted("id")
        return self.env.ref(SHEET).report_action(letters, config=False)

    def _sheet_rows(self):
        """[{reference, name, address, channel, number}] of the address sheet."""
        labels = dict(self._fields["channel"]._description_selection(self.env))
        rows = []
        for letter in self.filtered("is_printed").sorted("id"):
            recipient = letter.recipient_id or letter._current_recipient()
            address = letter.address or letter._channel_model()._address(recipient)
            rows.append(
                {
                    "reference": letter._reference(),
                    "name": recipient.name,
                    "address": address,
                    "country": recipient.country_id.name,
                    "channel": labels[letter.channel],
                    "number": letter.tracking_number,
                }
            )
        return rows
