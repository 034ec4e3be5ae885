"""Code of ours deletes in one place: ``models/common/deletion.py`` says when."""

import ast
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOME = ROOT / "cobranza_legal" / "models" / "common" / "deletion.py"
DELETE = re.compile(r"\b(DELETE\s+FROM|TRUNCATE\s)", re.IGNORECASE)


def engine_files(suffix):
    """What runs in a database of somebody: neither tests nor migrations, which change
    the tables of a version once."""
    for path in sorted(ROOT.glob(f"cobranza_legal*/**/*{suffix}")):
        parts = path.relative_to(ROOT).parts
        if not {"tests", "migrations"} & set(parts) and path != HOME:
            yield path


def deletions(source):
    """Line numbers of what deletes records in a module, overrides of ``unlink`` that
    only pass the call on left out."""
    for node in ast.walk(ast.parse(source)):
        if _says_delete(node) or _deletes(node):
            yield node.lineno


def _says_delete(node):
    text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return text and DELETE.search(node.value)


def _deletes(node):
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    function, owner = node.func, node.func.value
    name = getattr(owner, "attr", getattr(owner, "id", ""))
    if name == "Command":  # Command.unlink takes a record off, and keeps it
        return function.attr == "delete"
    passed = isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "super"
    return function.attr == "unlink" and not passed and not node.args


def test_nothing_is_deleted_but_by_the_one_definition():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in engine_files(".py")
        for line in deletions(path.read_text())
    ]
    assert not found, "use discard or delete_before: " + ", ".join(found)


def test_no_data_file_deletes():
    found = []
    for suffix in (".sql", ".xml"):
        for path in engine_files(suffix):
            text = path.read_text()
            if DELETE.search(text) or "<delete " in text or ".unlink(" in text:
                found.append(str(path.relative_to(ROOT)))
    assert not found


def test_the_search_finds_every_way_of_deleting():
    for line in (
        "records.unlink()",
        "self.env['x'].sudo().search([]).unlink()",
        "(one | two).with_context(a=1).unlink()",
        "x = [Command.delete(1)]",
        "x = [fields.Command.delete(one.id) for one in self]",
        "cr.execute('delete from res_partner')",
        "SQL('WITH gone AS (DELETE   FROM x RETURNING id) SELECT 1')",
        "cr.execute('TRUNCATE x')",
    ):
        assert list(deletions(line)) == [1], line
    for line in (
        "super().unlink()",
        "x = [Command.unlink(one.id)]",
        "x = fields.Command.unlink(7)",
        "discard(records)",
        "x = 'deleted'",
    ):
        assert not list(deletions(line)), line
