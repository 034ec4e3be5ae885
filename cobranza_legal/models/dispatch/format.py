"""The tables exchanged with a provider: UTF-8, semicolons, a header, one row a line.

Reading what a provider sends: a CSV, or a ZIP of one CSV and the files it names.

Nothing is unpacked on disk, and nothing that a file says about itself is believed.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal

from ..common.csv_file import read_rows

VERSION = 1


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


PRICE = re.compile(r"\d{1,7}(?:[.,]\d{1,4})?")


DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:$|[T ]\d{2}:\d{2})")


MAX_ROWS = 20000


class BadRow(ValueError):
    """``code``: id, event, date or price; ``text``: what was there."""

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


def read_table(content):
    """[(line, {column: text})]. CsvProblem when columns are missing."""
    wanted = list(IN)
    header = content.partition(b"\n")[0].decode("utf-8-sig", "replace").lower()
    names = {one.strip().strip('"') for one in re.split("[;,]", header)}
    wanted += [one for one in OPTIONAL if one in names]
    return read_rows(content, wanted)


def read_answer(cells):
    """``Answer`` of the cells of a row. BadRow."""
    found = REFERENCE.fullmatch(cells["id"])
    if not found:
        raise BadRow("id", cells["id"])
    if cells["event"] not in EVENTS:
        raise BadRow("event", cells["event"])
    day, moment, aware = _read_moment(cells["date"])
    price = cells["price"]
    if price and not PRICE.fullmatch(price):
        raise BadRow("price", price)
    return Answer(
        contact_id=int(found[1]),
        event=cells["event"],
        day=day,
        moment=moment,
        aware=aware,
        tracking=cells["tracking"],
        price=Decimal(price.replace(",", ".")) if price else None,
        evidence=cells["evidence"],
        attempt=cells.get("attempt", ""),
        sha256=cells.get("sha256", "").lower(),
    )


def _read_moment(text):
    if not DAY.match(text):
        raise BadRow("date", text)
    try:
        if len(text) == len("2026-11-23"):
            return date.fromisoformat(text), None, False
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRow("date", text) from error
    aware = moment.tzinfo is not None
    if aware:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment.date(), moment.replace(microsecond=0), aware


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
        if name.lower().endswith(".zip") or b"\0" in content:
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
