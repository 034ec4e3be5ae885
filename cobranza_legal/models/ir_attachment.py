from odoo import models
from odoo.exceptions import UserError

EVIDENCE = {"cobranza.contact", "cobranza.contact.event"}
CONTENT = {"raw", "datas", "db_datas", "store_fname", "res_model", "res_id"}


class IrAttachment(models.Model):
    """The files of a contact that was made are evidence."""

    _inherit = "ir.attachment"

    def _cobranza_check_evidence(self):
        files = self.filtered(lambda file: file.res_model in EVIDENCE)
        if not files or self.env.su:
            return
        # whoever touches the file need not read contacts
        contacts = self.env["cobranza.contact"].sudo()
        domain = [
            ("state", "in", ("sending", "sent", "in_doubt")),
            *("|", ("attachment_id", "in", files.ids)),
            ("event_ids.attachment_id", "in", files.ids),
        ]
        if contacts.search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "%s is evidence of a contact and is kept as it is.", files[0].name
                )
            )

    def write(self, vals):
        if CONTENT & set(vals):
            self._cobranza_check_evidence()
        return super().write(vals)

    def unlink(self):
        self._cobranza_check_evidence()
        return super().unlink()
