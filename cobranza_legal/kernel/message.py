"""Messages of plain text: what a merged text says without its markup, and how many SMS
it takes."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic characters of SMS, 3GPP TS 23.038 §6.2.1."""
GSM_7_LONG = frozenset("\f^{}\\[~]|€")
"""Those that take two places."""
ROOM = {"gsm7": (160, 153), "ucs2": (70, 67)}
"""Units of a message alone, and of each part of a longer one."""

LINES = frozenset({"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "table", "hr"})
SILENT = frozenset({"style", "script", "head", "title"})
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class SmsSize:
    """``units`` are characters of the alphabet: 7 bits, or UTF-16 where it lacks one.
    ``parts`` is how many messages are paid."""

    alphabet: Literal["gsm7", "ucs2"]
    units: int
    parts: int


class _Plain(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self.silent, self.links = [], 0, []

    def handle_starttag(self, tag, attrs):
        if tag in SILENT:
            self.silent += 1
        elif tag == "br" or tag in LINES:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        if tag == "a":
            self.links.append((dict(attrs).get("href") or "", len(self.parts)))

    def handle_endtag(self, tag):
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in LINES:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "a" and self.links:
            address, start = self.links.pop()
            self._end_link(address, "".join(self.parts[start:]).strip())

    def _end_link(self, address, words):
        """The address of a link, unless the words are it."""
        if address.startswith(("http://", "https://")) and address != words:
            self.parts.append(f" {address}" if words else address)

    def handle_data(self, data):
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def plain_text(html: str) -> str:
    """The words of ``html``: a line for each paragraph, row and item, links with their
    address, no markup and no invisible characters."""
    parser = _Plain()
    parser.feed(html or "")
    parser.close()
    text = "".join(parser.parts).replace("\u200b", "").replace("\xa0", " ")
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def sms_size(text: str) -> SmsSize:
    """How much room ``text`` takes as SMS."""
    if all(one in GSM_7 or one in GSM_7_LONG for one in text):
        alphabet, widths = "gsm7", [2 if one in GSM_7_LONG else 1 for one in text]
    else:
        alphabet, widths = "ucs2", [2 if ord(one) > 0xFFFF else 1 for one in text]
    single, part = ROOM[alphabet]
    units = sum(widths)
    return SmsSize(alphabet, units, 1 if units <= single else _parts(widths, part))


def _parts(widths: "list[int]", room: int) -> int:
    """Parts of ``room`` units; a character of two is never cut."""
    parts, left = 1, room
    for width in widths:
        if width > left:
            parts, left = parts + 1, room
        left -= width
    return parts
