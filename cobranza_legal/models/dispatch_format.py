"""The tables exchanged with a provider: UTF-8, semicolons, a header, one row a line."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal

from .csv_file import read_rows

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
