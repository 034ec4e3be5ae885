import hashlib
import io
import logging
import zipfile

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import PdfFileReader

from .format import write_table
from .provider import NoFolder, ProviderFolder

_logger = logging.getLogger(__name__)


EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same batch is the same file, whenever it is made."""


class CobranzaDispatch(models.Model):
    """A batch of letters handed to a provider: one PDF each and a table."""

    _name = "cobranza.dispatch"
    _inherit = "cobranza.gate.mixin"
    _description = "Batch for a provider"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    provider_id = fields.Many2one(
        "cobranza.provider", required=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", string="Handed over by", readonly=True)
    handed_at = fields.Datetime(string="Handed over", readonly=True)
    contact_ids = fields.One2many("cobranza.contact", "dispatch_id", readonly=True)
    count = fields.Integer(string="Letters", compute="_compute_count")
    file_id = fields.Many2one("ir.attachment", readonly=True, ondelete="restrict")
    file_hash = fields.Char(string="SHA-256", readonly=True)
    written_on = fields.Datetime(string="In the folder since", readonly=True)

    _unwritten_idx = models.Index("(provider_id) WHERE written_on IS NULL")

    def _compute_name(self):
        for batch in self:
            batch.name = f"D{batch.id:06d}"

    @api.depends("contact_ids")
    def _compute_count(self):
        for batch in self:
            batch.count = len(batch.contact_ids)

    @api.model
    def _make(self, provider, letters):
        """The batch of these printed letters, its file included."""
        batch = self._through_gate().create(
            {
                "company_id": provider.company_id.id,
                "provider_id": provider.id,
                "user_id": self.env.uid,
                "handed_at": fields.Datetime.now(),
            }
        )
        batch = batch.with_env(self.env)
        letters._through_gate().write(
            {"dispatch_id": batch.id, "provider_id": provider.id}
        )
        content = batch._archive(letters.sorted("id"))
        file = self.env["ir.attachment"].create(
            {
                "name": f"{batch.name}.zip",
                "raw": content,
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": batch.id,
            }
        )
        digest = hashlib.sha256(content).hexdigest()
        batch._through_gate().write({"file_id": file.id, "file_hash": digest})
        return batch

    def _archive(self, letters):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            rows = [letter._dispatch_row(self.name) for letter in letters]
            files = [("batch.csv", write_table(rows))]
            files += [
                (row["document"], letter.attachment_id.raw)
                for row, letter in zip(rows, letters, strict=True)
            ]
            for name, content in files:
                info = zipfile.ZipInfo(name, EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, content)
        return out.getvalue()

    def action_download(self):
        self.ensure_one()
        url = f"/web/content/{self.file_id.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_write(self):
        """Put these batches into the folder of the server, again if need be."""
        self.check_access("read")
        try:
            # sudo: nobody writes batches by hand
            self.sudo()._write_files()
        except (NoFolder, OSError) as error:
            _logger.warning("Folder of the batches: %s", error)
            raise UserError(
                self.env._(
                    "The server has no folder for batches: an administrator sets it. "
                    "Download the batch meanwhile."
                )
            ) from error
        return True

    def _write_files(self):
        for batch in self:
            name = f"{batch.name}.zip"
            ProviderFolder(batch.provider_id).put(name, batch.file_id.raw)
            written = batch.written_on or fields.Datetime.now()
            batch._through_gate().written_on = written


class CobranzaContact(models.Model):
    _inherit = "cobranza.contact"

    dispatch_id = fields.Many2one(
        "cobranza.dispatch",
        string="Batch",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="cobranza_legal.group_collector",
    )

    def action_hand_over(self):
        """Choose the provider that these letters go to."""
        self.check_access("write")
        self._check_dispatchable()
        return self._wizard("action_cobranza_dispatch_make")

    def _check_dispatchable(self):
        self._expect("planned")
        if len(self.company_id) > 1 or not all(self.mapped("is_tracked")):
            raise UserError(
                self.env._("Choose certified letters of one company, and no others.")
            )

    def _hand_over_to(self, provider):
        """These letters leave our hands: printed, checked, and frozen in a batch."""
        self.check_access("write")
        self._check_dispatchable()
        letters = self._print_due()
        if not letters:
            raise UserError(self.env._("These letters have nothing left to claim."))
        letters._check_postable()
        # sudo: batches are made here only
        batch = self.env["cobranza.dispatch"].sudo()._make(provider, letters.sudo())
        letters._complete()
        letters._add_events("handed_over", provider.name)
        return batch.with_env(self.env)

    def _dispatch_row(self, attempt):
        """{column: value} of the table that goes with a batch."""
        partner = self.recipient_id
        content = self.attachment_id.raw
        pdf = self.attachment_id.mimetype == "application/pdf"
        commercial = partner.commercial_partner_id
        return {
            "id": self._reference(),
            "attempt": attempt,
            "channel": self.channel,
            "recipient": partner.name,
            "company": commercial.name if commercial != partner else "",
            "street": partner.street,
            "street2": partner.street2,
            "zip": partner.zip,
            "city": partner.city,
            "state": partner.state_id.name,
            "country": partner.country_id.code,
            "email": self.address if self._class_of_channel() == "remote" else "",
            "document": f"{self._reference()}.{'pdf' if pdf else 'html'}",
            "sha256": hashlib.sha256(content).hexdigest(),
            "pages": self._page_count(content) if pdf else 0,
        }

    @staticmethod
    def _page_count(content):
        """Pages of a PDF, by whichever library this Odoo reads PDF with."""
        return PdfFileReader(io.BytesIO(content), strict=False).getNumPages()

    def _class_of_channel(self):
        return self._channel_model()._class_kind
