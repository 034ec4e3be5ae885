"""Reading a user's CSV file with an error for every bad line."""

import csv
import io


class CsvProblem(Exception):
    """Something is wrong with the file as a whole; the message is for the user."""


def decode(content):
    """Text of a file in UTF-8, with or without mark, or in Windows-1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_rows(content, columns):
    """[(line number, {column: text})] of a CSV file with a header.

    ``content`` are bytes; the separator is a semicolon, else a comma. ``columns`` must
    all be in the header, in any order; others are ignored. Empty lines are skipped.
    CsvProblem with the missing columns.
    """
    text = decode(content)
    header = text.partition("\n")[0]
    separator = ";" if ";" in header else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    missing = [name for name in columns if name not in names]
    if missing:
        raise CsvProblem("; ".join(missing))
    rows = []
    for row in reader:
        values = {name: (row[names[name]] or "").strip() for name in columns}
        if any(values.values()):
            rows.append((reader.line_num, values))
    return rows
