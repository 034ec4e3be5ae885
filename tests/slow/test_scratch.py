"""Another addon adds one of each to the registries without touching the core: each is
seen, used, refused when it is unknown, and falls back when the addon is gone."""

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ADDON = "cobranza_scratch"


class Scratch:
    """A copy of the database in which the scratch addon comes and goes."""

    def __init__(self, source, folder):
        self.db = f"{source}_scratch"
        self.drop()
        subprocess.run(["createdb", "-T", source, self.db], check=True)
        self.conf = folder / "scratch.conf"
        found = configparser.RawConfigParser()
        found.read(os.environ["ODOO_RC"])
        options = found["options"]
        options["addons_path"] = f"{options['addons_path']},{HERE / 'scratch'}"
        options["db_name"], options["dbfilter"] = self.db, f"^{self.db}$"
        with self.conf.open("w") as file:
            found.write(file)

    def drop(self):
        command = ["dropdb", "--if-exists", "--force", self.db]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)

    def odoo(self, *arguments):
        place = ("-c", str(self.conf), "-d", self.db)
        command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "odoo"]
        self._call([*command, *arguments[:2], *place, *arguments[2:]])

    def install(self):
        place = ["-c", str(self.conf), "-d", self.db, "--log-level=warn"]
        command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "odoo"]
        self._call([*command, *place, "-i", ADDON, "--stop-after-init", "--no-http"])

    def uninstall(self):
        self.odoo("module", "uninstall", ADDON)

    def play(self, name):
        self._call([sys.executable, str(HERE / "scratch_play.py"), name])

    def _call(self, command):
        env = {**os.environ, "ODOO_RC": str(self.conf), "SCRATCH_DB": self.db}
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, check=False
        )
        assert not done.returncode, f"{done.stdout}\n{done.stderr}"[-4000:]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    if not os.environ.get("COBRANZA_DB"):
        pytest.skip("run by make test-slow: it needs a database with the addons")
    own = Scratch(os.environ["COBRANZA_DB"], tmp_path_factory.mktemp("scratch"))
    yield own
    own.drop()


def test_an_addon_comes_is_used_and_goes(scratch):
    scratch.play("before")
    scratch.install()
    scratch.play("installed")
    scratch.uninstall()
    scratch.play("after")
