import logging

from odoo import api, fields, models

from .commit import commit, rollback
from .dispatch_archive import MAX_FILE
from .dispatch_folder import NoFolder, ProviderFolder

_logger = logging.getLogger(__name__)


class CobranzaProvider(models.Model):
    """The exchange of files with a provider through a folder of the server."""

    _inherit = "cobranza.provider"

    uses_folder = fields.Boolean(
        string="Exchanges files in the server's folder",
        help="Batches are put there and answers are read from there every hour. The "
        "administrator of the server says where it is.",
    )
    dispatch_ids = fields.One2many("cobranza.dispatch", "provider_id")

    @api.model
    def _cron_exchange(self):
        """Put the batches that wait into the folders, and read what has come back;
        each file in a transaction of its own."""
        for provider in self.search([("uses_folder", "=", True)]):
            provider = provider.company_id._cobranza_engine(provider)
            try:
                folder = ProviderFolder(provider)
                provider._write_batches()
                for path in folder.incoming():
                    provider._read_path(folder, path)
            except (NoFolder, OSError) as error:
                rollback(self.env)
                _logger.warning("Folder of %s: %s", provider.name, error)

    def _write_batches(self):
        waiting = self.dispatch_ids.filtered(lambda one: not one.written_on)
        for batch in waiting.sorted("id"):
            batch._write_files()
            commit(self.env)

    def _read_path(self, folder, path):
        """Read one file, then put it away. When it is killed between both, the file is
        known when it is met again."""
        if path.stat().st_size > MAX_FILE:
            _logger.warning("%s of %s is too large", path.name, self.name)
            folder.put_away(path, "rejected", "large")
            return
        try:
            answers = self.env["cobranza.dispatch.answer"]
            answer = answers._read_file(self, path.name, path.read_bytes())
            commit(self.env)
        except Exception:
            rollback(self.env)
            _logger.exception("%s of %s cannot be read now", path.name, self.name)
            return
        where = "rejected" if answer.problem else "done"
        folder.put_away(path, where, f"{answer.id:06d}")
