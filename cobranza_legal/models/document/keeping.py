"""How long documents are kept whole, and what is left of them afterwards."""

from odoo import fields, models
from odoo.fields import Command

from .custody import OURS

GONE = ("number", "note", "state_reason")


MATTERS = {
    "documents": (
        "document_ids",
        (
            *("type_id", "debt_id", "state", "number", "dated_on", "expires_on"),
            *("received_on", "checked_on", "file_ids", "file_hashes", "note"),
            "erased_on",
        ),
    ),
    "originals": (
        "document_ids.custody_ids",
        ("kind", "day", "holder_id", "court", "receipt_hash", "note"),
    ),
}
"""As ``privacy.data.MATTERS``."""


class CobranzaDocument(models.Model):
    """How long a document is kept whole: as long as the log of its debtor."""

    _inherit = "cobranza.document"

    def _refusals_of_erasure(self):
        """[message] of the originals that somebody still has: they are claimed by, or
        have to be given back."""
        for document in self:
            if document.custody in OURS or document.custody in ("handed", "deposited"):
                yield self.env._(
                    "%(document)s: the original is held by: %(holder)s.",
                    document=document.display_name,
                    holder=document.holder,
                )

    def _over_before(self, begin):
        """Those of these documents with which nothing happened from a moment on, and
        of which something is left to erase."""
        return self.filtered(
            lambda one: (
                not one.erased_on
                and (one.file_ids or one.custody_ids or any(one[name] for name in GONE))
                and not any(row.moment >= begin for row in one.history_ids)
            )
        )

    def _erase(self, why):
        """Numbers, files and words of these documents go; their files, which are to be
        erased too. Hashes, days and states stay."""
        if not self:
            return self.env["ir.attachment"]
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", False),
            ]
        )
        files |= self.file_ids | self.custody_ids.receipt_id
        self.custody_ids.write({"receipt_id": False, "note": False})
        self.write(
            {
                **dict.fromkeys(GONE, False),
                "file_ids": [Command.clear()],
                "erased_on": fields.Datetime.now(),
                "erased_reason": why,
            }
        )
        return files
