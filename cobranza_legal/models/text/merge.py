"""Placeholders in regulated texts: ``{{ field }}``, or ``{{ field? }}`` when the text
may do without it. No expressions: a text is data, not a program.
"""

import re

from markupsafe import Markup, escape

# An editor may have percent-encoded a placeholder inside a link.
_BLANK = r"(?:\s|%20|&nbsp;|\xa0)*"


PLACEHOLDER = re.compile(
    rf"(?:\{{\{{|%7B%7B){_BLANK}([a-z]\w*)(\??){_BLANK}(?:\}}\}}|%7D%7D)", re.IGNORECASE
)


LEFTOVER = re.compile(r"\{\{|\}\}|%7B%7B|%7D%7D", re.IGNORECASE)


class MergeError(ValueError):
    """A text cannot be merged.

    ``unknown`` are fields outside the vocabulary, ``empty`` the required ones without
    a value, ``broken`` says that braces are left that are no placeholder.
    """

    def __init__(self, unknown=(), empty=(), broken=False):
        self.unknown = tuple(unknown)
        self.empty = tuple(empty)
        self.broken = broken
        super().__init__(f"unknown {self.unknown}, empty {self.empty}, broken {broken}")


def fields_of(template):
    """The names of the merge fields of a text, in order of appearance."""
    found = PLACEHOLDER.finditer(template or "")
    return list(dict.fromkeys(match[1] for match in found))


def problems(template, vocabulary):
    """``MergeError`` for fields outside ``vocabulary`` and loose braces, or None."""
    unknown = [name for name in fields_of(template) if name not in vocabulary]
    broken = bool(LEFTOVER.search(PLACEHOLDER.sub("", template or "")))
    return MergeError(unknown=unknown, broken=broken) if unknown or broken else None


def render_html(template, values):
    """``template`` (HTML) with its placeholders replaced, as Markup.

    Values are escaped unless they are Markup. All problems raise one MergeError: a
    field that ``values`` does not know, or an empty value without ``?``.
    """
    _check(template, values)
    merged = PLACEHOLDER.sub(lambda found: _html(values[found[1]]), template or "")
    return Markup(merged)


def render_plain(template, values):
    """One line of plain text, such as a subject; errors as for ``render_html``."""
    _check(template, values)
    text = PLACEHOLDER.sub(lambda found: _plain(values[found[1]]), template or "")
    return " ".join(text.split())


def _check(template, values):
    found = problems(template, values)
    optional = {match[1] for match in PLACEHOLDER.finditer(template or "") if match[2]}
    empty = [
        name
        for name in fields_of(template)
        if name in values and name not in optional and _plain(values[name]) == ""
    ]
    if found or empty:
        found = found or MergeError()
        raise MergeError(found.unknown, empty, found.broken)


def _is_nothing(value):
    return value is None or value is False


def _html(value):
    return "" if _is_nothing(value) else str(escape(value))


def _plain(value):
    if _is_nothing(value):
        return ""
    return (value.striptags() if isinstance(value, Markup) else str(value)).strip()
