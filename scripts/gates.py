#!/usr/bin/env python3
"""The gates of the layout, from the repository's root: gates.py [-v] [--record].

A figure above its number in scripts/gates.json is a fault (exit 1); a figure below it
asks to be recorded: the numbers only fall.

1 A method, field or attribute of a model is defined once in one addon.
2 A model has one home, its package (models/x and wizards/x are one). Elsewhere in its
  addon it has one class a package, in LEAVES only. A model of Odoo has one class a
  package, and what overrides Odoo (super) stands in one file of the addon.
3 No view or template changes one of its own addon. A variant (mode="primary") may, and
  a view of a block (views/<block>) that of the core, which does not know it.
4 Nobody asks which country the rules are of; an addon of no country asks for none at
  all; an ormcache names the company.
5 Packages by noun; views, wizards, report and tests have no folder that models has not.
6 An addon names only itself and the addons of ours that its manifest reaches
  (module_x settings, which offer an addon, apart). In the base no package but its own
  names a model of a block (BLOCKS): blocks hook into the core, never the other way.
7 A field of ours in a view of Odoo says for whom it is (groups).
8 No slice in disguise: a mixin with one heir, a plain class as base of a model.
9 A model has few classes in an addon (USUAL); for the largest a number that only
  falls (MOST). The one class that a block hangs on a model of the core is not counted.

A reason may excuse a line: "# gate 4: <reason>" on it or above it; in a view
<!-- gate 3: <reason> --> inside the record. All reasons are listed at the end.
"""

import ast
import collections
import json
import pathlib
import re
import sys
from xml.etree import ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
RATCHET = ROOT / "scripts" / "gates.json"
ADDONS = {
    p.parent.name: ast.literal_eval(p.read_text())
    for p in sorted(ROOT.glob("cobranza_legal*/__manifest__.py"))
}
BLOCKS = {
    "mandate",
    "case",
    "listing",
    "agency",
    "provision",
}  # packages that the core must not know
LARGE = 12  # flat modules from which an addon needs packages
LEAVES = {
    "portal",
    "privacy",
    "position",
    "run",
    "agreement",
    "limitation",
    "kpi",
    "contact",
    "charge",
    "stop",
    "matter",
    "dispatch",
    "obligor",
    "document",
    "suspension",
    "mandate",
    "case",
    "listing",
    "agency",
    "provision",
}
FOLDERS = {"common", "setup", "data", "static", "tours", "fixtures"}
FREE = {"_name", "_inherit", "_inherits"}
USUAL = 6  # classes of one model in one addon
MOST = {
    "cobranza.contact": 12,
    "cobranza.debtor": 15,
    "cobranza.debt": 10,
    "cobranza.rules": 8,
}  # may only fall
MODELS = {"Model", "AbstractModel", "TransientModel"}
problems = collections.defaultdict(list)
excused = []


def own(addon):
    """The addon, and every addon of ours that its manifest reaches."""
    found, todo = set(), [addon]
    while todo:
        name = todo.pop()
        if name in ADDONS and name not in found:
            found.add(name)
            todo += ADDONS[name].get("depends", [])
    return found


def say(gate, place, what, lines=(), number=0):
    for line in lines[max(0, number - 2) : number]:
        reason = re.search(rf"# gate {gate[0]}: (.+)", line)
        if reason:
            excused.append(f"{place}: {gate}: {reason[1]}")
            return
    problems[gate].append(f"{place}: {what}")


def assignments(body):
    """(name, value, line) of x = …, x: T = …, also under if."""
    for item in body:
        if isinstance(item, ast.Assign):
            for target in item.targets:
                if isinstance(target, ast.Name):
                    yield target.id, item.value, item.lineno
        elif (
            isinstance(item, ast.AnnAssign)
            and isinstance(item.target, ast.Name)
            and item.value is not None
        ):
            yield item.target.id, item.value, item.lineno
        elif isinstance(item, ast.If):
            yield from assignments([*item.body, *item.orelse])


def methods(body):
    for item in body:
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            said = {ast.unparse(one).rsplit(".", 1)[-1] for one in item.decorator_list}
            if not said & {"setter", "deleter", "overload"}:
                yield item
        elif isinstance(item, ast.If):
            yield from methods([*item.body, *item.orelse])


class Model:
    """One class statement that defines or extends a model."""

    def __init__(self, addon, path, node, lines):
        self.addon, self.path, self.node, self.lines = addon, path, node, lines
        given = {name: value for name, value, _line in assignments(node.body)}
        self.name = self._read(given.get("_name"))
        inherit = self._read(given.get("_inherit"))
        self.parents = [inherit] if isinstance(inherit, str) else list(inherit or [])
        self.defines = bool(self.name) and self.name not in self.parents
        self.name = self.name or (self.parents or [None])[0]
        self.abstract = any(
            ast.unparse(base).endswith("AbstractModel") for base in node.bases
        )
        self.package = self._noun(path)
        self.place = f"{path}:{node.lineno}"

    @staticmethod
    def _noun(path):
        """models/debt/x.py and wizards/debt/y.py are one package, debt."""
        return "/".join((path.parts[0], *(path.parts[2:-1] or path.parts[1:-1])))

    def _read(self, value):
        if value is None:
            return None
        try:
            return ast.literal_eval(value)
        except ValueError:
            say(
                "1 unreadable",
                f"{self.path}:{value.lineno}",
                "_name and _inherit are literals",
                self.lines,
                value.lineno,
            )
            return None

    def members(self):
        yield from ((one.name, one.lineno) for one in methods(self.node.body))
        yield from (
            (name, line)
            for name, _value, line in assignments(self.node.body)
            if name not in FREE
        )


def sources(addon):
    for path in sorted((ROOT / addon).rglob("*.py")):
        if not {"tests", "migrations", "demo"} & set(
            path.relative_to(ROOT / addon).parts
        ):
            text = path.read_text()
            yield path.relative_to(ROOT), ast.parse(text), text.splitlines()


def check_members(found):
    places, homes = collections.defaultdict(list), collections.defaultdict(set)
    for one in found:
        if one.defines:
            homes[one.name].add(one.place)
        for name, line in one.members():
            places[one.name, name].append((one, line))
    for name, where in homes.items():
        if len(where) > 1:
            say("2 two homes", name, ", ".join(sorted(where)))
    for (model, name), where in sorted(places.items()):
        if len(where) > 1:
            at = ", ".join(f"{one.path}:{line}" for one, line in where)
            last, line = where[-1]
            say("1 defined twice", f"{model}.{name}", at, last.lines, line)


def in_block(package):
    return package.rsplit("/", 1)[-1] in BLOCKS


def check_homes(found):
    """Where the classes of each model stand in one addon."""
    models = collections.defaultdict(list)
    for one in found:
        models[one.name].append(one)
    for model, group in sorted(models.items()):
        home = next((one.package for one in group if one.defines), None)
        own = [one for one in group if one.package == home or not in_block(one.package)]
        if len(own) > MOST.get(model, USUAL):
            say("9 many slices", model, f"{len(own)} classes in this addon")
        packages = collections.Counter(one.package for one in group)
        for one in {one.package: one for one in group}.values():
            leaf = one.package.rsplit("/", 1)[-1]
            if one.package == home:
                continue
            if packages[one.package] > 1:
                what = f"{packages[one.package]} classes in {one.package}"
            elif home and leaf not in LEAVES | {"models", "wizards"}:
                what = f"{leaf} is no leaf"
            else:
                continue
            say("2 outside its package", model, what, one.lines, one.node.lineno)
        if home is None and not model.startswith("cobranza."):
            check_core_overrides(model, group)


def check_core_overrides(model, group):
    """What changes Odoo (a method that calls super) stands in one file of an addon."""
    files = {}
    for one in group:
        if any("super()" in ast.unparse(item) for item in methods(one.node.body)):
            files[str(one.path)] = one
    if len(files) > 1:
        last = [*files.values()][-1]
        what = ", ".join(files)
        say(
            "2 overrides of Odoo in many files",
            model,
            what,
            last.lines,
            last.node.lineno,
        )


def check_bases(found):
    for one in found:
        for base in map(ast.unparse, one.node.bases):
            if base.rsplit(".", 1)[-1] not in MODELS:
                what = f"{one.name} is made of {base}"
                say("8 slice in disguise", one.place, what, one.lines, one.node.lineno)


def check_heirs(everything):
    heirs = collections.defaultdict(set)
    for one in everything:
        for parent in one.parents:
            if parent != one.name:
                heirs[parent].add(one.name)
    for one in everything:
        if (
            one.defines
            and one.abstract
            and one.name.endswith("mixin")
            and len(heirs[one.name]) == 1
        ):
            say(
                "8 slice in disguise",
                one.place,
                f"{one.name} has one heir: {', '.join(heirs[one.name])}",
                one.lines,
                one.node.lineno,
            )


def check_country(addon, path, tree, lines):
    land = bool(ADDONS[addon].get("countries"))  # may ask where a partner lives
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            text = [ast.unparse(side) for side in sides]
            named = any(re.search(r"rules(\(\))?\._name$", side) for side in text)
            coded = any(
                re.search(
                    r"country\w*(\.code|_code)$|country_id\.code$|^country_code$", side
                )
                for side in text
            )
            const = [
                c.value
                for side in sides
                for c in ast.walk(side)
                if isinstance(c, ast.Constant) and isinstance(c.value, str)
            ]
            if named or (coded and not land and any(len(c) == 2 for c in const)):
                say(
                    "4 asks which country",
                    f"{path}:{node.lineno}",
                    ast.unparse(node),
                    lines,
                    node.lineno,
                )
        elif isinstance(node, ast.Call) and re.search(
            r"rules(\(\))?\._name\.(ends|starts)with$", ast.unparse(node.func)
        ):
            say(
                "4 asks which country",
                f"{path}:{node.lineno}",
                ast.unparse(node),
                lines,
                node.lineno,
            )
        elif isinstance(node, ast.FunctionDef):
            for deco in node.decorator_list:
                said = ast.unparse(deco)
                if re.match(r"(tools\.)?ormcache\b", said) and "company" not in said:
                    say(
                        "4 cache without company",
                        f"{path}:{deco.lineno}",
                        said,
                        lines,
                        deco.lineno,
                    )


def check_names(addon, path, text, lines):
    said = re.findall(r"(?:odoo\.addons\.|[\"'(,\s])(cobranza_legal\w*)[.\"']", text)
    for name in sorted(set(said) & set(ADDONS)):
        if name not in own(addon):
            number = next(n for n, line in enumerate(lines, 1) if name in line)
            say(
                "6 names what it does not stand on",
                f"{path}:{number}",
                name,
                lines,
                number,
            )


def views(addon):
    """(path, id, parent, primary, node) of each view record and template."""
    for path in sorted((ROOT / addon).rglob("*.xml")):
        if "static" in path.parts:
            continue
        try:
            tree = ElementTree.parse(
                path,
                ElementTree.XMLParser(
                    target=ElementTree.TreeBuilder(insert_comments=True)
                ),
            )
        except ElementTree.ParseError as error:
            problems["0 not XML"].append(f"{path}: {error}")
            continue
        for node in tree.iter("record"):
            if node.get("model") == "ir.ui.view":
                fields = {one.get("name"): one for one in node.iter("field")}
                mode = fields.get("mode")
                parent = fields.get("inherit_id")
                yield (
                    path,
                    node.get("id"),
                    parent is not None and parent.get("ref"),
                    mode is not None and mode.text == "primary",
                    node,
                )
        for node in tree.iter("template"):
            yield (
                path,
                node.get("id"),
                node.get("inherit_id"),
                node.get("primary") == "True",
                node,
            )


def check_views(addon, found):
    def full(ref):
        return ref if "." in ref else f"{addon}.{ref}"

    mine = {full(xmlid) for _path, xmlid, *_rest in found if xmlid}
    for path, xmlid, parent, primary, node in found:
        if not parent or primary:
            continue
        if path.parent.name in BLOCKS and full(parent) in mine:
            continue
        excuse = next(
            (
                m[1]
                for c in node.iter(ElementTree.Comment)
                if (m := re.search(r"gate \d: (.+)", c.text or ""))
            ),
            None,
        )
        if excuse:
            excused.append(f"{path}: {xmlid}: {excuse.strip()}")
        elif full(parent) in mine:
            problems["3 changes a view of its own addon"].append(f"{path}: {parent}")
        elif full(parent).split(".")[0] not in ADDONS and node.tag == "record":
            check_groups(path, xmlid, node)


def check_groups(path, xmlid, node):
    above = {child: parent for parent in node.iter() for child in parent}
    model = next(
        (one.text for one in node.iter("field") if one.get("name") == "model"), ""
    )
    if (
        model == "res.config.settings"
        or node.find("field[@name='group_ids']") is not None
    ):
        return
    for one in node.iter("field"):
        name = one.get("name") or ""
        if one in above and not re.search("cobranza", name):
            continue
        up, said = one, False
        while up is not None and not said:
            said, up = bool(up.get("groups")), above.get(up)
        if name != "arch" and re.search("cobranza", name) and not said:
            problems["7 a field in Odoo's view without groups"].append(
                f"{path}: {xmlid}: {name}"
            )


def check_blocks(found, files):
    """Nobody in the base but the block itself names a model of a block."""
    homes = {
        one.name: noun
        for one in found
        if one.defines and (noun := one.package.rsplit("/", 1)[-1]) in BLOCKS
    }
    for path, tree, lines in files:
        noun = Model._noun(path).rsplit("/", 1)[-1]
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            home = homes.get(node.value)
            if home and home != noun:
                place = f"{path}:{node.lineno}"
                say("6 core names a block", place, node.value, lines, node.lineno)


def check_packages(addon):
    folder = ROOT / addon / "models"
    nouns = {p.name for p in folder.glob("*/") if p.name != "__pycache__"} | FOLDERS
    for kind in ("models", "wizards"):
        flat = [
            p for p in (ROOT / addon / kind).glob("*.py") if p.name != "__init__.py"
        ]
        if flat and (addon == "cobranza_legal" or len(flat) > LARGE):
            problems["5 flat modules"].append(f"{addon}/{kind}: {len(flat)}")
    if nouns != FOLDERS:
        for kind in ("wizards", "views", "report", "tests"):
            for path in (ROOT / addon / kind).glob("*/"):
                if path.name not in nouns and path.name != "__pycache__":
                    problems["5 a folder that is no noun"].append(str(path))


def main():
    everything = []
    for addon in ADDONS:
        found, files = [], list(sources(addon))
        for path, tree, lines in files:
            check_country(addon, path, tree, lines)
            check_names(addon, path, (ROOT / path).read_text(), lines)
            found += [
                Model(addon, path, node, lines)
                for node in tree.body
                if isinstance(node, ast.ClassDef)
            ]
        found = [one for one in found if one.name]
        everything += found
        check_members(found)
        check_homes(found)
        check_bases(found)
        check_views(addon, list(views(addon)))
        check_packages(addon)
        if addon == "cobranza_legal":
            check_blocks(found, files)
        for path in sorted((ROOT / addon).rglob("*.xml")):
            text = path.read_text()
            check_names(addon, path, text, text.splitlines())
    check_heirs(everything)
    return judge({gate: len(lines) for gate, lines in sorted(problems.items())})


def judge(figures):
    """Prints the faults, and compares their number by gate with the recorded one."""
    if "--record" in sys.argv:
        RATCHET.write_text(json.dumps(figures, indent=2) + "\n")
    allowed = json.loads(RATCHET.read_text()) if RATCHET.exists() else {}
    wrong = [
        f"gate {gate}: {figures.get(gate, 0)}, recorded {allowed.get(gate, 0)}"
        for gate in sorted({*figures, *allowed})
        if figures.get(gate, 0) != allowed.get(gate, 0)
    ]
    for gate, lines in sorted(problems.items()):
        if "-v" in sys.argv or figures[gate] > allowed.get(gate, 0):
            say_out(f"gate {gate}: {len(lines)}", *(f"    {line}" for line in lines))
    if "-v" in sys.argv:
        say_out(*(f"excused {line}" for line in excused))
    if any(figures.get(gate, 0) < number for gate, number in allowed.items()):
        say_out("A figure fell: record it with scripts/gates.py --record")
    say_out(*wrong)
    told = "; ".join(f"{gate} {number}" for gate, number in figures.items())
    say_out(told or "all gates hold")
    return bool(wrong)


def say_out(*lines):
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    sys.exit(main())
