"""What an e-mail is, from its bytes alone: who says to have sent it, to whom, what is
written in it and which files it carries, each byte for byte.

Nothing here fails: a mail that is broken is read as far as it goes, and says so.
"""

import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Literal

RECIPIENTS = (
    *("to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to"),
    *("resent-to", "resent-cc", "x-forwarded-to"),
)
"""Headers in which a server says for whom a mail is."""

Automatic = Literal["", "bounce", "reply"]
"""Why nobody wrote it: a report about a mail that could not be delivered or was read,
or an answer of a machine (RFC 3834)."""

ROBOTS = frozenset({"mailer-daemon", "postmaster"})
_ID = re.compile(r"<[^<>\s]+>")
_RESULT = re.compile(r"\b(dmarc|dkim)\s*=\s*pass\b([^;]*)", re.IGNORECASE)
_SIGNER = re.compile(r"header\.(?:d|i)\s*=\s*@?([^\s;()]+)", re.IGNORECASE)
_AUTHOR = re.compile(r"header\.from\s*=\s*@?([^\s;()]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """``content`` as it was before it was packed into the mail."""

    name: str
    mimetype: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """``sender`` is what the mail says, in small letters: no proof of who sent it.
    ``broken``: a part of it could not be read. ``results``: what servers on its way say
    of its sender, the last one first (RFC 8601)."""

    sender: str = ""
    sender_name: str = ""
    recipients: frozenset[str] = frozenset()
    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    automatic: Automatic = ""
    broken: bool = False
    results: tuple[str, ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(len(one.content) for one in self.files)

    @property
    def digest(self) -> str:
        """SHA-256 of what was written: the same for each copy of one mail, whatever
        way it took."""
        told = hashlib.sha256()
        words = (self.sender, self.message_id, self.subject, self.text, self.html)
        files = (one.content for one in self.files)
        for piece in (*(word.encode() for word in words), *files):
            told.update(hashlib.sha256(piece).digest())
        return told.hexdigest()

    def is_vouched_for(self, server: str) -> bool:
        """Whether the mail server of this name, ours, says that the sender's domain
        stands for this mail: DMARC passed, or a signature of that same domain. Only
        what the last server wrote counts: anybody writes what stands below."""
        domain = self.sender.rpartition("@")[2]
        if not (server and domain and self.results):
            return False
        name, _semicolon, results = self.results[0].partition(";")
        # the name may be followed by a version
        if [server.strip().lower()] != name.lower().split()[:1]:
            return False
        for kind, details in _RESULT.findall(re.sub(r"\([^()]*\)", " ", results)):
            pattern = _AUTHOR if kind.lower() == "dmarc" else _SIGNER
            named = pattern.search(details)
            by = named.group(1).lower().rpartition("@")[2] if named else ""
            if by == domain:
                return True
        return False


def read(content: bytes) -> Mail:
    """The mail that these bytes are."""
    try:
        message = email.message_from_bytes(content, policy=email.policy.compat32)
    except Exception:  # noqa: BLE001 whatever somebody sends is kept
        return Mail(broken=True)
    return _Reader(message).mail()


class _Reader:
    """Reads one mail; notes what cannot be read instead of failing."""

    def __init__(self, message: Message):
        self.message = message
        self.broken = bool(message.defects)
        self.words: dict[str, list[str]] = {"plain": [], "html": []}
        self.files: list[File] = []

    def mail(self) -> Mail:
        name, sender = next(iter(self._addresses("from")), ("", ""))
        recipients = {
            address
            for header in RECIPIENTS
            for _name, address in self._addresses(header)
        }
        self._unpack(self.message)
        if not (sender and recipients):
            self.broken = True
        return Mail(
            sender=sender,
            sender_name=name,
            recipients=frozenset(recipients),
            subject=" ".join(self._header("subject").split()),
            message_id=next(iter(_ID.findall(self._header("message-id"))), ""),
            references=tuple(
                _ID.findall(
                    f"{self._header('in-reply-to')} {self._header('references')}"
                )
            ),
            text=_joined(self.words["plain"]),
            html=_joined(self.words["html"]),
            files=tuple(self.files),
            automatic=self._automatic(sender),
            broken=self.broken,
            results=tuple(
                " ".join(_say(one).split())
                for one in self._all("authentication-results")
            ),
        )

    # -- headers -----------------------------------------------------------------------

    def _all(self, name: str) -> list:
        try:
            return self.message.get_all(name, [])
        except Exception:  # noqa: BLE001
            self.broken = True
            return []

    def _header(self, name: str) -> str:
        return _say(next(iter(self._all(name)), ""))

    def _addresses(self, name: str) -> list[tuple[str, str]]:
        """[(name, address)] of a header. Names are decoded after the header is taken
        apart: a comma that is written in code separates nothing."""
        raw = [
            str(one).replace("\r", " ").replace("\n", " ") for one in self._all(name)
        ]
        try:
            found = getaddresses(raw)
        except Exception:  # noqa: BLE001
            self.broken = True
            return []
        return [
            (_say(label).strip(), address.strip().lower())
            for label, address in found
            if "@" in address
        ]

    def _automatic(self, sender: str) -> Automatic:
        kind = self.message.get_content_type()
        returned = self._header("return-path").strip()
        if kind == "multipart/report" or sender.partition("@")[0] in ROBOTS:
            return "bounce"
        if returned == "<>" or self.message.get("x-failed-recipients"):
            return "bounce"
        if self._header("auto-submitted").strip().lower().startswith("auto-replied"):
            return "reply"
        if self._header("precedence").strip().lower() in ("auto_reply", "auto-reply"):
            return "reply"
        if any(self.message.get(one) for one in ("x-autoreply", "x-autorespond")):
            return "reply"
        return ""

    # -- what is in it -----------------------------------------------------------------

    def _unpack(self, part: Message) -> None:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            self._forwarded(part)
        elif part.is_multipart():
            for one in part.get_payload():
                self._unpack(one)
        elif self._is_words(part, kind):
            self.words[kind.partition("/")[2]].append(self._text(part))
        else:
            content = self._bytes(part)
            if content or part.get_filename():
                self.files.append(File(self._name(part), kind, content))

    def _is_words(self, part: Message, kind: str) -> bool:
        if kind not in ("text/plain", "text/html"):
            return False
        return (
            part.get_content_disposition() != "attachment" and not part.get_filename()
        )

    def _bytes(self, part: Message) -> bytes:
        try:
            content = part.get_payload(decode=True) or b""
        except Exception:  # noqa: BLE001
            self.broken = True
            return b""
        self.broken = self.broken or bool(part.defects)
        return content

    def _text(self, part: Message) -> str:
        content = self._bytes(part)
        for charset in _charsets(part):
            try:
                return content.decode(charset)
            except (LookupError, UnicodeDecodeError):
                continue
        self.broken = True
        return content.decode("utf-8", "replace")

    def _name(self, part: Message) -> str:
        try:
            return _say(part.get_filename() or "").strip()
        except Exception:  # noqa: BLE001
            self.broken = True
            return ""

    def _forwarded(self, part: Message) -> None:
        """A mail in the mail is a file of it."""
        inner = part.get_payload()
        try:
            content = inner[0].as_bytes() if isinstance(inner, list) else b""
        except Exception:  # noqa: BLE001
            self.broken = True
            return
        name = self._name(part) or "message.eml"
        self.files.append(File(name, "message/rfc822", content))


def _joined(words: list[str]) -> str:
    return "\n".join(words).replace("\x00", "").strip()


def _charsets(part: Message) -> Iterator[str]:
    said = part.get_content_charset()
    if said:
        yield said
    yield "utf-8"
    yield "cp1252"


def _say(value) -> str:
    """A header in words, whatever it is written in."""
    try:
        pieces = decode_header(str(value))
    except Exception:  # noqa: BLE001
        return str(value)
    words = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            words.append(piece)
            continue
        try:
            words.append(piece.decode(charset or "utf-8"))
        except (LookupError, UnicodeDecodeError):
            words.append(piece.decode("cp1252", "replace"))
    return "".join(words).replace("\x00", "").encode("utf-8", "replace").decode()
