"""The tables exchanged with a provider: UTF-8, semicolons, a header, one row a line.

Reading what a provider sends: a CSV, or a ZIP of one CSV and the files it names.

Nothing is unpacked on disk, and nothing that a file says about itself is believed.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from ...kernel.errors import UnreadableTable
from ...kernel.table import decode, read_cell, read_table
from ...kernel.typed import read_amount, read_moment

OUT = (
    "id",
    "attempt",
    "channel",
    "recipient",
    "company",
    "street",
    "street2",
    "zip",
    "city",
    "state",
    "country",
    "email",
    "document",
    "sha256",
    "pages",
)


IN = ("id", "tracking", "event", "date", "price", "evidence")


OPTIONAL = ("attempt", "sha256")


EVENTS = (
    "posted",
    "delivered",
    "refused",
    "notice_left",
    "uncollected",
    "unknown_address",
    "returned",
    "content_certified",
    "bounced",
    "rejected",
)


REFERENCE = re.compile(r"C0*([1-9]\d{0,9})", re.IGNORECASE)


MAX_ROWS = 20000


class BadRow(ValueError):
    """``code``: id or event; ``text``: what was there."""

    def __init__(self, code, text):
        self.code = code
        self.text = text
        super().__init__(f"{code}: {text}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One row. ``day`` without ``moment``: the hour is not told. ``moment`` is UTC when
    the row names its offset (``aware``), else local time of the debtor."""

    contact_id: int
    event: str
    day: date
    moment: "datetime | None"
    aware: bool
    tracking: str
    price: "Decimal | None"
    evidence: str
    attempt: str
    sha256: str


def write_table(rows):
    """Bytes of the table that leaves, from {column: value} of each letter."""
    out = io.StringIO()
    writer = csv.DictWriter(out, OUT, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _plain(row.get(name)) for name in OUT})
    return out.getvalue().encode("utf-8")


def _plain(value):
    """One line that no spreadsheet takes for a formula."""
    text = " ".join(str(value or "").split())
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def read_answers(content):
    """[(line, {column: text})] of the table that comes back. UnreadableTable."""
    return read_table(content, IN, OPTIONAL)


def read_answer(cells, decimals):
    """``Answer`` of the cells of a row, whose price has so many ``decimals``.

    BadRow; UnclearText for a date or price that is none or may be read in two ways.
    """
    found = REFERENCE.fullmatch(cells["id"])
    if not found:
        raise BadRow("id", cells["id"])
    if cells["event"] not in EVENTS:
        raise BadRow("event", cells["event"])
    day, moment, aware = read_cell(cells, "date", read_moment)
    price = None
    if cells["price"]:
        price = read_cell(cells, "price", partial(read_amount, decimals=decimals))
    return Answer(
        contact_id=int(found[1]),
        event=cells["event"],
        day=day,
        moment=moment,
        aware=aware,
        tracking=cells["tracking"],
        price=price,
        evidence=cells["evidence"],
        attempt=cells["attempt"],
        sha256=cells["sha256"].lower(),
    )


MAX_FILE = 64 * 1024**2
"""Bytes of the file that arrives."""


MAX_MEMBER = 16 * 1024**2


MAX_TOTAL = 256 * 1024**2


MAX_MEMBERS = 5000


NAME = re.compile(r"[\w][\w .()+-]{0,120}")


KINDS = ("pdf", "xml", "p7m", "p7s", "asc", "png", "jpg", "jpeg", "tif", "tiff", "eml")
"""Of the files that may be evidence."""


SYMLINK = 0o120000


class BadArchive(Exception):
    """``code``: size, zip, members, name, kind, double, encrypted, csv."""

    def __init__(self, code, detail=""):
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}")


def read_archive(content, name=""):
    """(bytes of the CSV, {name: bytes of the other files}). BadArchive."""
    if len(content) > MAX_FILE:
        raise BadArchive("size", name)
    if not content.startswith(b"PK\x03\x04"):
        try:
            decode(content)
        except UnreadableTable as error:
            raise BadArchive("zip", name) from error
        if name.lower().endswith(".zip"):
            raise BadArchive("zip", name)
        return content, {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = dict(_members(archive))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise BadArchive("zip", str(error)) from error
    tables = [one for one in files if one.lower().endswith(".csv")]
    if len(tables) != 1:
        raise BadArchive("csv", name)
    return files.pop(tables[0]), files


def _members(archive):
    infos, total, seen = archive.infolist(), 0, set()
    if len(infos) > MAX_MEMBERS:
        raise BadArchive("members", str(len(infos)))
    for info in infos:
        _check_member(info)
        if info.filename.lower() in seen:
            raise BadArchive("double", info.filename)
        seen.add(info.filename.lower())
        with archive.open(info) as stream:
            # the header may lie about the size
            content = stream.read(MAX_MEMBER + 1)
        total += len(content)
        if len(content) > MAX_MEMBER or total > MAX_TOTAL:
            raise BadArchive("size", info.filename)
        yield info.filename, content


def _check_member(info):
    name = info.filename
    if not NAME.fullmatch(name) or ".." in name:
        raise BadArchive("name", name)
    if (info.external_attr >> 16) & 0o170000 == SYMLINK:
        raise BadArchive("name", name)
    if info.flag_bits & 1:
        raise BadArchive("encrypted", name)
    if name.rpartition(".")[2].lower() not in (*KINDS, "csv"):
        raise BadArchive("kind", name)
