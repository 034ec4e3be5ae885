"""The folder of the server through which files go to a provider and come back.

Its base is set by whoever runs the server, in the configuration file
(``cobranza_dispatch_dir``) or as system administrator in the system parameter
``cobranza_legal.dispatch_dir``. Below it: database / company / provider / out, in, done
and rejected. No name in it is typed by a user.
"""

import logging
import os
import re
import stat
from pathlib import Path

from odoo import api, fields, models
from odoo.tools import config

from ..common.rows import Row
from ..common.transaction import commit, rollback
from .format import MAX_FILE

_logger = logging.getLogger(__name__)


PARAMETER = "cobranza_legal.dispatch_dir"


OPTION = "cobranza_dispatch_dir"


PARTS = ("out", "in", "done", "rejected")


UNFINISHED = (".tmp", ".part", ".filepart")


class NoFolder(Exception):
    """The server has no usable folder; the message is for the log."""


def base_folder(env):
    """The base, an existing directory. NoFolder."""
    # sudo: only system administrators may read or set system parameters
    text = config.get(OPTION) or env["ir.config_parameter"].sudo().get_param(PARAMETER)
    if not text:
        raise NoFolder("no base")
    base = Path(text)
    if not base.is_absolute() or not base.is_dir():
        raise NoFolder(str(base))
    return base.resolve()


class ProviderFolder:
    """The folders of one provider, made when they are missing."""

    def __init__(self, provider):
        base = base_folder(provider.env)
        database = re.sub(r"[^\w.-]", "_", provider.env.cr.dbname).lstrip(".") or "_"
        own = base / database / str(int(provider.company_id.id)) / str(int(provider.id))
        self.parts = {}
        for part in PARTS:
            folder = own / part
            folder.mkdir(parents=True, exist_ok=True)
            if not folder.resolve().is_relative_to(base):
                raise NoFolder(f"{folder} leads out of {base}")
            self.parts[part] = folder

    def put(self, name, content):
        """Put a file into ``out``: whole or not at all; the same again changes
        nothing."""
        target = self.parts["out"] / name
        if target.is_file() and target.read_bytes() == content:
            return
        draft = self.parts["out"] / f".{name}.tmp"
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, target)

    def incoming(self):
        """Finished regular files of ``in``, by name; links are not followed."""
        found = []
        for path in sorted(self.parts["in"].iterdir()):
            hidden = path.name.startswith(".") or path.name.endswith(UNFINISHED)
            if not hidden and stat.S_ISREG(path.lstat().st_mode):
                found.append(path)
        return found

    def put_away(self, path, where, prefix):
        """Move a file that was read; ``prefix`` keeps namesakes apart."""
        os.replace(path, self.parts[where] / f"{prefix}-{path.name}")


class CobranzaProvider(models.Model):
    """Who carries what is tracked: a post office, a burofax or a trust service.

    The exchange of files with a provider through a folder of the server.
    """

    _name = "cobranza.provider"
    _inherit = "cobranza.gate.mixin"
    _description = "Carrier of certified letters"
    _order = "sequence, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", string="Vendor", help="Who invoices its services."
    )
    tracking_url = fields.Char(
        string="Tracking address",
        help="Where a sending is followed; {number} stands for its number.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    price_ids = fields.One2many("cobranza.provider.price", "provider_id")
    _name_uniq = models.Constraint(
        "UNIQUE (company_id, name)", "A company has one carrier of a name."
    )
    uses_folder = fields.Boolean(
        string="Exchanges files in the server's folder",
        help="Batches are put there and answers are read from there every hour. The "
        "administrator of the server says where it is.",
    )
    dispatch_ids = fields.One2many("cobranza.dispatch", "provider_id")

    def _price(self, channel):
        """What a sending by ``channel`` costs by its list; 0 when it is not there."""
        prices = self.price_ids.filtered(lambda one: one.channel == channel)
        return prices[:1].amount

    @api.model
    def _default_for(self, company, channels):
        """The first carrier of a company that has a price for one of ``channels``,
        else its only one."""
        providers = self.search([("company_id", "=", company.id)])
        priced = providers.filtered(
            lambda one: set(one.price_ids.mapped("channel")) & set(channels)
        )
        return priced[:1] or (providers if len(providers) == 1 else self.browse())

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


class CobranzaProviderPrice(models.Model):
    _name = "cobranza.provider.price"
    _inherit = "cobranza.gate.mixin"
    _description = "Price of a carrier"
    _order = "provider_id, channel"
    _rec_name = "channel"

    provider_id = fields.Many2one(
        "cobranza.provider", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="provider_id.company_id", store=True)
    channel = Row(
        "cobranza.channel", only=lambda channel: channel._is_tracked, required=True
    )
    currency_id = fields.Many2one(related="provider_id.currency_id")
    amount = fields.Monetary(string="Price", required=True)

    _channel_uniq = models.Constraint(
        "UNIQUE (provider_id, channel)", "A carrier has one price for each channel."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A price is not negative."
    )
