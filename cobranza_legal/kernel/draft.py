"""A written piece as one neutral structure, whatever file it becomes.

A template is plain text, one block a line. ``# `` is the title, ``## `` a heading,
``> `` stands at the right, ``- `` is an item, ``| name`` a table, ``---`` another page;
everything else is a paragraph, and an empty line means nothing. ``[if name]``,
``[if not name]`` and ``[end]`` stand alone on their lines and enclose what is said only
then. ``{name}`` is a value, ``**words**`` are bold.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import KernelError

TOKEN = re.compile(r"\{([a-z][a-z0-9_]*)\}|\*\*")
CONDITION = re.compile(r"\[(if|if not) ([a-z][a-z0-9_]*)\]")
MARKS = {
    "# ": ("title", "center"),
    "## ": ("heading", "left"),
    "> ": ("text", "right"),
    "- ": ("item", "left"),
}


class UnclearTemplate(KernelError, ValueError):
    """A template that cannot be filled in.

    ``kind`` is value, table, flag (a name that nobody knows), nested, open, closed
    (conditions) or bold (an odd number of marks); ``name`` what it is about; ``line``
    where, 1 is the first.
    """

    def __init__(self, kind: str, name: str = "", line: int = 0):
        self.kind = kind
        self.name = name
        self.line = line
        super().__init__(f"{kind} {name} on line {line}")

    def __reduce__(self):
        return type(self), (self.kind, self.name, self.line)


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look. ``blank``: a value that is not known, to be filled in."""

    text: str
    bold: bool = False
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """One block of words: ``kind`` is title, heading, text or item; ``align`` left,
    right or center."""

    runs: tuple[Run, ...]
    kind: str = "text"
    align: str = "left"

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells below their ``head``. ``right``: the numbers of the columns that
    stand at the right; ``total``: the last row is a sum; ``widths``: shares of the
    width, empty where every column is as wide as another; ``mono``: the numbers of the
    columns of hashes and the like, in small letters of one width. A cell ``None`` is
    not known."""

    head: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    right: frozenset[int] = frozenset()
    total: bool = False
    widths: tuple[int, ...] = ()
    mono: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Break:
    """What follows stands on another page."""


Block = Words | Table | Break


@dataclass(frozen=True, slots=True)
class Names:
    """What a template may name: ``values`` and ``tables`` with their words for people,
    and ``flags``."""

    values: Mapping[str, str]
    tables: Mapping[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known: ``values`` (None or empty: not known), ``tables`` and the
    ``flags`` that hold."""

    values: Mapping[str, str | None]
    tables: Mapping[str, Table] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """A written piece. ``missing``: the words for what is not known, in the order in
    which it lacks first."""

    title: str
    blocks: tuple[Block, ...]
    missing: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that it says, a line a block; cells are divided by tabs."""
        return "\n".join(_lines(self.blocks))


def _lines(blocks):
    for block in blocks:
        if isinstance(block, Words):
            yield block.text
        elif isinstance(block, Table):
            yield "\t".join(block.head)
            for row in block.rows:
                yield "\t".join(blank() if cell is None else cell for cell in row)


def blank(words: str = "") -> str:
    """What stands where a value is not known."""
    return f"[… {words}]" if words else "[…]"


def check(template: str, names: Names) -> None:
    """UnclearTemplate for a template that cannot be filled in with these names."""
    within, begun = None, 0
    for number, line in _numbered(template):
        found = CONDITION.fullmatch(line)
        if found and within:
            raise UnclearTemplate("nested", found[2], number)
        if found and found[2] not in names.flags:
            raise UnclearTemplate("flag", found[2], number)
        if found:
            within, begun = found[2], number
        elif line == "[end]":
            if not within:
                raise UnclearTemplate("closed", "", number)
            within = None
        else:
            _check_line(line, names, number)
    if within:
        raise UnclearTemplate("open", within, begun)


def _check_line(line, names, number):
    if line.startswith("| "):
        name = line[2:].strip()
        if name not in names.tables:
            raise UnclearTemplate("table", name, number)
        return
    tokens = list(TOKEN.finditer(line))
    for token in tokens:
        if token[1] and token[1] not in names.values:
            raise UnclearTemplate("value", token[1], number)
    if sum(1 for token in tokens if not token[1]) % 2:
        raise UnclearTemplate("bold", "", number)


def _numbered(template):
    for number, line in enumerate(template.splitlines(), 1):
        if line.strip():
            yield number, line.strip()


def fill(template: str, names: Names, facts: Facts) -> Draft:
    """The written piece that a template makes of what is known. Nothing is invented:
    what is not known is a blank that says what belongs there, and is listed.
    UnclearTemplate for names that nobody knows."""
    check(template, names)
    blocks, missing, says = [], {}, True
    for _number, line in _numbered(template):
        found = CONDITION.fullmatch(line)
        if found:
            says = (found[2] in facts.flags) == (found[1] == "if")
        elif line == "[end]":
            says = True
        elif says:
            blocks.append(_block(line, names, facts, missing))
    titles = (one.text for one in blocks if getattr(one, "kind", "") == "title")
    return Draft(next(titles, ""), tuple(blocks), tuple(missing))


def _block(line, names, facts, missing):
    if line == "---":
        return Break()
    if line.startswith("| "):
        name = line[2:].strip()
        table = facts.tables.get(name)
        if table is None or not table.rows:
            missing[names.tables[name]] = True
            runs = (Run(blank(names.tables[name]), blank=True),)
            return Words(runs)
        if any(cell is None for row in table.rows for cell in row):
            missing[names.tables[name]] = True
        return table
    for mark, (kind, align) in MARKS.items():
        if line.startswith(mark):
            runs = _runs(line[len(mark) :], names, facts, missing)
            return Words(runs, kind, align)
    return Words(_runs(line, names, facts, missing))


def _runs(line, names, facts, missing):
    runs, bold, place = [], False, 0
    for token in TOKEN.finditer(line):
        _add(runs, Run(line[place : token.start()], bold))
        place = token.end()
        if not token[1]:
            bold = not bold
            continue
        value = " ".join((facts.values.get(token[1]) or "").split())
        if not value:
            words = names.values[token[1]]
            missing[words] = True
            runs.append(Run(blank(words), bold, blank=True))
        else:
            _add(runs, Run(value, bold))
    _add(runs, Run(line[place:], bold))
    return tuple(runs)


def _add(runs, run):
    """Words of the same look go together."""
    if not run.text:
        return
    last = runs[-1] if runs else None
    if last and not last.blank and last.bold == run.bold:
        runs[-1] = Run(last.text + run.text, run.bold)
    else:
        runs.append(run)
