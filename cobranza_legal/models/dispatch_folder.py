"""The folder of the server through which files go to a provider and come back.

Its base is set by whoever runs the server, in the configuration file
(``cobranza_dispatch_dir``) or as system administrator in the system parameter
``cobranza_legal.dispatch_dir``. Below it: database / company / provider / out, in, done
and rejected. No name in it is typed by a user.
"""

import os
import re
import stat
from pathlib import Path

from odoo.tools import config

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
