"""Print the requirements of setup.cfg, one a line: requirements.py [EXTRA...]

With --manifests what the addons' manifests declare takes the place of setup.cfg's own.
"""

import ast
import configparser
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SETUP = ROOT / "setup.cfg"


def declared():
    """Names of the libraries that the manifests tell Odoo of."""
    names = set()
    for path in ROOT.glob("*/__manifest__.py"):
        manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
        names |= set(manifest.get("external_dependencies", {}).get("python", ()))
    return sorted(names)


def requirements(extras, manifests=False):
    config = configparser.ConfigParser()
    config.read(SETUP)
    own = "\n".join(declared()) if manifests else config["options"]["install_requires"]
    lists = [own]
    lists += [config["options.extras_require"][extra] for extra in extras]
    lines = [line.strip() for text in lists for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


if __name__ == "__main__":
    arguments = sys.argv[1:]
    chosen = [one for one in arguments if one != "--manifests"]
    print("\n".join(requirements(chosen, manifests=chosen != arguments)))
