"""Finds forbidden words and layouts in what a debtor will read, however they are
written: accents, case, split by markup or invisible characters, look-alike letters."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

from .html_words import readings

_LIKE = (
    ("аɑαᴀ", "a"), ("вβʙ", "b"), ("сϲᴄ", "c"), ("ԁᴅđ", "d"), ("еεᴇ", "e"),
    ("ɢ", "g"), ("һнʜ", "h"), ("іιıɪ", "i"), ("јᴊ", "j"), ("кκᴋ", "k"),
    ("ӏʟł", "l"), ("мμᴍ", "m"), ("пηɴո", "n"), ("оοᴏøօ", "o"), ("рρᴘ", "p"),
    ("ԛ", "q"), ("гʀ", "r"), ("ѕꜱ", "s"), ("тτᴛ", "t"), ("υᴜս", "u"), ("νᴠѵ", "v"),
    ("ԝѡᴡ", "w"), ("хχ", "x"), ("уγʏ", "y"), ("ᴢ", "z"),
)  # fmt: skip
LOOKALIKES = {ord(one): plain for many, plain in _LIKE for one in many}
DIGITS = str.maketrans("0345789@$€", "oeastbgase")
FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
"""Letters and signs of no width, besides those that Unicode calls formats."""
CUT = "\u2020"
"""Stands where an allowed sentence was: what is on its sides does not meet."""
SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][\s.\-_*·]+){3,}[^\W_](?![^\W_])")
SEPARATED = re.compile(r"(?<=[^\W_])[-‐‑–_.*·'’~/\\|+,:]+(?=[^\W_])")
BROKEN = re.compile(r"(?<=[^\W_])-\s*\n\s*(?=[^\W_])")
SIGNS = re.compile(r"(?<=[^\W\d_])[@$€!|](?=[^\W\d_])")
RUN = 60
"""The most letters of a run of spaced ones that are looked at."""


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase that is not written. ``*`` at the end of a word stands for any ending.

    ``reason`` is the key of the message, ``since`` the first day of the law that
    forbids it (None: always), ``outside`` says that it is only forbidden where people
    other than the debtor can read it: a subject, a message on a locked screen.
    """

    words: str
    reason: str
    article: str
    since: date | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Objection:
    """Words that may not be said to a debtor, why not, and the article."""

    words: str
    message: str
    article: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What a debtor will read: HTML, or plain text, and its subject.

    ``open_subject`` and ``open_body`` say whether others can read that part without
    opening anything. ``names`` are no words of ours: the debtor's name and address.
    """

    body: str
    subject: str = ""
    open_subject: bool = True
    open_body: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Needed:
    """Something that a text has to say: by one of these merge fields, with a value, or
    by one of these phrases."""

    what: str
    article: str
    fields: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def fold(text: str) -> str:
    """``text`` without accents, case, invisible characters and foreign look-alikes."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKD", text).translate(LOOKALIKES)
    return "".join(one for one in text if not _invisible(one))


def _invisible(char: str) -> bool:
    return char in FILLERS or unicodedata.category(char) in ("Mn", "Me", "Cf")


def forbidden(
    wording: Wording, terms: Iterable[Term], allowed: Iterable[str], on: date
) -> list[tuple[Term, str]]:
    """[(term, the words found)] of what ``wording`` may not say on a day; each term
    once. ``allowed`` are sentences in which the words may stand, exactly as they are.
    """
    kept = _phrases((*allowed, *wording.names))
    whole = [_spaced(one, kept) for one in _all_readings(wording)]
    seen = [_spaced(one, kept) for one in _open_readings(wording)]
    found = []
    for term in terms:
        if term.since and on < term.since:
            continue
        hit = _search(_pattern(term.words), seen if term.outside else whole)
        if hit:
            found.append((term, hit))
    return found


def says(html: str, phrases: Iterable[str]) -> bool:
    """Whether one of these phrases can be seen in a text."""
    seen = f" {' '.join(tokens(fold(readings(html)[0])))} "
    return any(_pattern(one).search(seen) for one in phrases)


def tokens(folded: str) -> list[str]:
    return re.findall(rf"[^\W_]+|{CUT}", folded)


def _all_readings(wording: Wording) -> set[str]:
    return {fold(one) for part in (wording.subject, wording.body)
            for one in readings(part or "")}  # fmt: skip


def _open_readings(wording: Wording) -> set[str]:
    parts = [wording.subject] * wording.open_subject + [
        wording.body
    ] * wording.open_body
    return {fold(one) for part in parts for one in readings(part or "")}


def _search(pattern: re.Pattern, spaced: list[str]) -> str | None:
    hits = (pattern.search(one) for one in spaced)
    return next((hit[0].strip() for hit in hits if hit), None)


@lru_cache(maxsize=4096)
def _pattern(words: str) -> re.Pattern:
    parts = [
        re.escape(fold(one.removesuffix("*"))) + (r"\w*" if one.endswith("*") else "")
        for one in words.split()
    ]
    return re.compile(rf" {' '.join(parts)}(?= )")


def _phrases(texts: Iterable[str]) -> list[str]:
    """The allowed phrases as they stand among other words, longest first."""
    found = {
        " ".join(tokens(way))
        for one in texts
        for way in (fold(one), SEPARATED.sub("", fold(one)))
    }
    return sorted(found - {""}, key=len, reverse=True)


def _spaced(folded: str, kept: list[str]) -> str:
    """The words of a text, and those that it may be read as, each between spaces."""
    plain = _without(tokens(folded), kept)
    joined = BROKEN.sub("", folded)
    words = [plain, _without(tokens(SEPARATED.sub("", joined)), kept)]
    words.append(_without(tokens(SIGNS.sub(_letter, folded)), kept))
    words += [" ".join(_pieces(run[0])) for run in SPACED.finditer(folded)]
    found = f" {f' {CUT} '.join(words)} "
    return found + f" {CUT} ".join(_read_digits(found)) + " "


def _letter(sign: re.Match) -> str:
    return {"!": "i", "|": "l"}.get(sign[0]) or sign[0].translate(DIGITS)


def _without(words: list[str], kept: list[str]) -> str:
    text = f" {' '.join(words)} "
    for phrase in kept:
        text = text.replace(f" {phrase} ", f" {CUT} ")
    return text.strip()


def _pieces(run: str) -> list[str]:
    """Every word that could be meant by letters with spaces between them."""
    letters = "".join(tokens(run))[:RUN]
    size = len(letters)
    return [letters[i:j] for i in range(size) for j in range(i + 4, size + 1)]


def _read_digits(text: str) -> list[str]:
    """The text with the digits among letters read as letters, 1 as both i and l."""
    mixed = re.compile(r"(?=\w*[^\W\d_])(?=\w*\d)\w+")
    if not mixed.search(text):
        return []
    ways = [DIGITS | {ord("1"): like} for like in "il"]
    return [mixed.sub(partial(_as_letters, way), text) for way in ways]


def _as_letters(way: dict, word: re.Match) -> str:
    return word[0].translate(way)
