import hashlib

from odoo import fields, models


class CobranzaContact(models.Model):
    """What a debtor did on its page."""

    _inherit = "cobranza.contact"

    portal_ref = fields.Char(
        readonly=True,
        copy=False,
        help="Names one form that was sent: the same form sent twice is one contact.",
    )

    _portal_ref_uniq = models.UniqueIndex(
        "(debtor_id, portal_ref) WHERE portal_ref IS NOT NULL"
    )

    def _keep_portal_files(self, uploads, owner=None):
        """The files of a form, as files of ``owner`` (else of this contact) and as
        evidence of this contact, each with its hash."""
        self.ensure_one()
        owner = owner or self
        files = self.env["ir.attachment"].create(
            [
                {
                    "name": one.name,
                    "raw": one.content,
                    "mimetype": one.mimetype,
                    "res_model": owner._name,
                    "res_id": owner.id,
                    "public": False,
                }
                for one in uploads
            ]
        )
        for file, one in zip(files, uploads, strict=True):
            self._add_events(
                "answered",
                self.env._("Debtor's page"),
                note=one.name,
                attachment_id=file.id,
                file_hash=hashlib.sha256(one.content).hexdigest(),
            )
        return files
