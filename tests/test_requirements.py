"""What the addons import when they are loaded comes with Odoo or is declared."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "scripts" / "odoo_pins.txt"
ADDONS = sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))
DISTRIBUTIONS = {
    "PIL": "pillow",
    "dateutil": "python-dateutil",
    "psycopg2": "psycopg2-binary",
    "stdnum": "python-stdnum",
}
"""Names on the package index of what is imported by another name."""
OWN_TESTS = {"aiosmtpd": "setup.cfg, the extra of the tests"}


def pinned():
    lines = re.findall(r"^([\w-]+)", PINS.read_text(encoding="utf-8"), re.MULTILINE)
    return {line.lower() for line in lines}


def declared(addon):
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text("utf-8"))
    own = manifest.get("external_dependencies", {}).get("python", ())
    base = ADDONS[0] if addon != ADDONS[0] else None
    return {name.lower() for name in own} | (declared(base) if base else set())


def loaded(tree):
    """Top-level names of the modules that are imported when this file is."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def missing(addon):
    known = pinned() | declared(addon)
    for path in sorted(addon.rglob("*.py")):
        tests = OWN_TESTS if "tests" in path.parts else {}
        for name in loaded(ast.parse(path.read_text(encoding="utf-8"))):
            if name in sys.stdlib_module_names or name == "odoo" or name in tests:
                continue
            if DISTRIBUTIONS.get(name, name).lower() not in known:
                yield f"{path.relative_to(ROOT)}: {name}"


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_what_is_imported_at_load_comes_with_odoo_or_is_declared(addon):
    assert list(missing(addon)) == []


def test_an_undeclared_library_is_found():
    tree = ast.parse("import io\nfrom pypdf import PdfReader\nimport a.b\n")
    assert list(loaded(tree)) == ["io", "pypdf", "a"]
    assert "pypdf" not in pinned()
    assert "pypdf2" in pinned()
