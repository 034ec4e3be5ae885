"""Tables that people and their programs hand over, read strictly."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from .errors import UnclearText, UnreadableTable

T = TypeVar("T")

SEPARATORS = (";", "\t", "|", ",")
"""By precedence: where another sign separates, commas stand in numbers."""
SEPARATOR_LINE = re.compile(r'"?sep=([;\t|,])"?', re.IGNORECASE)
"""The first line by which a spreadsheet is told the separator."""
QUOTED = re.compile(r'"[^"]*"')
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(content: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16, with or without mark, or in the Latin
    letters of Windows; lines end with a line feed alone.

    UnreadableTable("encoding") for bytes that are no letters in any of these, and
    ("nul", line) for a file that is no text.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            text = _decoded(content[len(mark) :], encoding)
            break
    else:
        text = _decoded(content, *_guesses(content))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise UnreadableTable("nul", line=text[: text.index("\0")].count("\n") + 1)
    return text


def _guesses(content):
    """Encodings to be tried of a file without a mark."""
    if 2 * content[1::2].count(0) > len(content[1::2]):
        return ("utf-16-le",)
    if 2 * content[::2].count(0) > len(content[::2]):
        return ("utf-16-be",)
    return "utf-8", "cp1252"


def _decoded(content, *encodings):
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableTable("encoding")


def read_cells(content: bytes) -> list[tuple[int, list[str]]]:
    """[(line, cells)] of a CSV file: the number of the line on which each row starts,
    and its cells without blanks around. Rows without a word are left out.

    The separator is the one that a first line ``sep=;`` names, else the first of
    semicolon, tabulator, bar and comma that stands in the first row outside of quotes.
    UnreadableTable for what is no such file, with the line.
    """
    text = decode(content)
    first, feed, rest = text.partition("\n")
    told = SEPARATOR_LINE.fullmatch(first.strip(" "))
    if told:
        separator, text = told[1], feed + rest
    else:
        separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows, line = [], 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableTable("quote", line=line) from error
    return rows


def _separator(text):
    line = next((one for one in text.split("\n") if one.strip()), "")
    bare = QUOTED.sub("", line)
    return next((one for one in SEPARATORS if one in bare), ";")


def used(cells: Sequence[str]) -> Sequence[str]:
    """``cells`` without the empty ones at the end, which spreadsheets add."""
    size = len(cells)
    while size and not cells[size - 1]:
        size -= 1
    return cells[:size]


def read_table(
    content: bytes, columns: Iterable[str], optional: Iterable[str] = ()
) -> list[tuple[int, dict[str, str]]]:
    """[(line, {column: text})] of a CSV file with a header, as :func:`read_cells`.

    ``columns`` must all be in the header, in any order and whatever their capitals;
    those of ``optional`` that are missing are empty, and others are ignored. Cells that
    are missing at the end of a row are empty. UnreadableTable("missing") with the
    columns that are missing, ("double") with one that the header holds twice, and
    ("cells", line) for a row that is longer than its header.
    """
    columns, optional = tuple(columns), tuple(optional)
    rows = read_cells(content)
    line, header = rows[0] if rows else (1, [])
    names = [name.casefold() for name in used(header)]
    missing = [name for name in columns if name.casefold() not in names]
    if missing:
        raise UnreadableTable("missing", "; ".join(missing), line)
    wanted = [name for name in (*columns, *optional) if name.casefold() in names]
    for name in wanted:
        if names.count(name.casefold()) > 1:
            raise UnreadableTable("double", name, line)
    places = {name: names.index(name.casefold()) for name in wanted}
    table = []
    for line, row in rows[1:]:
        cells = used(row)
        if len(cells) > len(names):
            raise UnreadableTable("cells", line=line)
        found = dict.fromkeys((*columns, *optional), "")
        for name, place in places.items():
            found[name] = cells[place] if place < len(cells) else ""
        table.append((line, found))
    return table


def read_cell(cells: Mapping[str, str], column: str, read: Callable[[str], T]) -> T:
    """What ``read`` makes of the text in a column; its UnclearText names the column."""
    try:
        return read(cells[column])
    except UnclearText as error:
        raise UnclearText(error.kind, error.text, column) from error
