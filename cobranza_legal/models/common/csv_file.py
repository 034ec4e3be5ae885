"""Tables that users hand over: the kernel reads them, and here its errors get words.
And tables that are handed to users."""

import csv
import io
import re

from odoo.exceptions import UserError

from ...kernel.errors import UnreadableTable
from ...kernel.table import read_table


def read_file(env, content, columns, optional=()):
    """[(line, {column: text})] of the bytes of a CSV file, as ``kernel.table`` reads
    it. UserError that names the line or the columns."""
    try:
        return read_table(content, columns, optional)
    except UnreadableTable as error:
        raise UserError(say_table(env, error)) from error


def say_table(env, error):
    """What an ``UnreadableTable`` means, in the user's language."""
    words = {
        "encoding": env._("The file is no text: save it as CSV in UTF-8."),
        "nul": env._(
            "Line %s: it holds signs that are no text; save the file as CSV in UTF-8.",
            error.line,
        ),
        "quote": env._("Line %s: a quotation mark is not closed.", error.line),
        "missing": env._("The file lacks the columns: %s", error.detail),
        "double": env._("The file has the column “%s” twice.", error.detail),
        "cells": env._("Line %s: it has more cells than the header.", error.line),
    }
    return words[error.kind]


def say_cell(env, error):
    """What an ``UnclearText`` in a column of a table means."""
    words = {
        "day": env._(
            "%(column)s: “%(text)s” is not a day; write 2026-01-09.",
            column=error.column,
            text=error.text,
        ),
        "number": env._(
            "%(column)s: “%(text)s” is not a number; write 39643.59.",
            column=error.column,
            text=error.text,
        ),
        "ambiguous": env._(
            "%(column)s: “%(text)s” may be thousands or decimals; write it without "
            "thousands points, or with all its decimals.",
            column=error.column,
            text=error.text,
        ),
        "digits": env._(
            "%(column)s: “%(text)s” has too many digits.",
            column=error.column,
            text=error.text[:40],
        ),
    }
    return words[error.kind]


def read_choice(env, choices, text):
    """The code of [(code, label)] that the text of a cell says, by itself or by its
    label; UserError that names the codes."""
    text = text.strip().casefold()
    for code, label in choices:
        if text in (code.casefold(), label.casefold()):
            return code
    known = ", ".join(code for code, _label in choices)
    raise UserError(env._("“%(text)s” is none of: %(known)s.", text=text, known=known))


FORMULA = ("=", "+", "-", "@", "\t", "\r")


PHONE = re.compile(r"\+[0-9 ()-]+")
"""A number, which machines read too: as a formula it does nothing."""


def csv_bytes(columns, rows):
    """A CSV that spreadsheets read as text: no cell is taken for a formula."""

    def cell(value):
        text = "" if value is None or value is False else str(value)
        risky = text.startswith(FORMULA) and not PHONE.fullmatch(text)
        return f"'{text}" if risky else text

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[cell(row[name]) for name in columns] for row in rows])
    return ("\ufeff" + out.getvalue()).encode()
