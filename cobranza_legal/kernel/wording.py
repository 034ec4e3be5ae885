"""Finds forbidden words in what a debtor will read, whatever accents, capitals, markup
or hyphens they are written with.

It warns a writer who means well; it is no defence against one who disguises words.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from .html_words import reading

CUT = "\u2020"
"""Stands where an allowed sentence was: what is on its sides does not meet."""
HYPHEN = re.compile(r"(?<=[^\W_])[-\u2010\u2011](?=[^\W_])")


PAY_ONLY = tuple(
    f"{how} {whom}"
    for how in ("solo", "solamente", "unicamente", "exclusivamente")
    for whom in (
        *("a la agencia", "a esta agencia", "a nuestra agencia"),
        *("a la empresa de cobranza", "a esta empresa de cobranza"),
        *("a traves de la agencia", "por medio de la agencia", "al mandatario"),
    )
) + (
    *("no pague al acreedor", "no pague directamente", "no puede pagar directamente"),
    *("no podra pagar directamente", "no debe pagar directamente"),
    *("pay only the agency", "only to the agency", "only the agency may be paid"),
    *("exclusively to the agency", "do not pay the creditor"),
    *("do not pay us directly", "may not pay us directly"),
)
"""How a text would say that only somebody else may be paid: a debtor may always pay its
creditor."""


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
    """``text`` without accents, case and what has no width, such as soft hyphens."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKD", text)
    return "".join(
        one for one in text if unicodedata.category(one) not in ("Mn", "Me", "Cf")
    )


def forbidden(
    wording: Wording, terms: Iterable[Term], allowed: Iterable[str], on: date
) -> list[tuple[Term, str]]:
    """[(term, the words found)] of what ``wording`` may not say on a day; each term
    once. ``allowed`` are sentences in which the words may stand, exactly as they are.
    """
    kept = _phrases((*allowed, *wording.names))
    subject = _words(reading(wording.subject or ""), kept)
    body = _words(reading(wording.body or ""), kept)
    whole = f"{subject} {CUT} {body}"
    seen = f"{subject if wording.open_subject else ' '} {CUT} "
    seen += body if wording.open_body else " "
    found = []
    for term in terms:
        if term.since and on < term.since:
            continue
        hit = _pattern(term.words).search(seen if term.outside else whole)
        if hit:
            found.append((term, hit[0].strip()))
    return found


def says(html: str, phrases: Iterable[str]) -> bool:
    """Whether one of these phrases stands in a text."""
    words = f" {' '.join(tokens(fold(reading(html))))} "
    return any(_pattern(one).search(words) for one in phrases)


def tokens(folded: str) -> list[str]:
    return re.findall(rf"[^\W_]+|{CUT}", folded)


@lru_cache(maxsize=4096)
def _pattern(words: str) -> re.Pattern:
    parts = [
        re.escape(fold(one.removesuffix("*"))) + (r"\w*" if one.endswith("*") else "")
        for one in words.split()
    ]
    return re.compile(rf" {' '.join(parts)}(?= )")


def _ways(text: str) -> list[list[str]]:
    """The words of a text, with compounds of hyphens in parts and joined."""
    folded = fold(text)
    return [tokens(folded), tokens(HYPHEN.sub("", folded))]


def _phrases(texts: Iterable[str]) -> list[str]:
    """The allowed phrases as they stand among other words, longest first."""
    found = {" ".join(words) for one in texts for words in _ways(one)}
    return sorted(found - {""}, key=len, reverse=True)


def _words(text: str, kept: list[str]) -> str:
    """The words of a text between spaces, without the allowed phrases."""
    ways = []
    for words in _ways(text):
        way = f" {' '.join(words)} "
        for phrase in kept:
            way = way.replace(f" {phrase} ", f" {CUT} ")
        ways.append(way)
    return f" {CUT} ".join(ways)
