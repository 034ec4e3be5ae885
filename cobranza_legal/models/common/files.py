"""Names and contents of the files that people send to us and take from us."""

import base64
import re
import unicodedata
from urllib.parse import urlencode

LONGEST = 80
"""Letters of a name, without its extension."""


UNSAFE = re.compile(r"[^\w .,()&·-]+")


UNSAFE_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


EDGES = " ._,-"


def safe_name(name, default="file", extension=None, plain=False):
    """``name`` as the name of one file, that no system reads as a path, a device or an
    option: what is not a letter, a digit or a mild sign becomes a dash.

    ``extension`` (".pdf") takes the place of the one that the name has; without it
    that of the name stays. ``plain``: letters of ASCII and no spaces, for archives
    that old programs unpack. ``default`` is the name where nothing is left.
    """
    name = unicodedata.normalize("NFKD" if plain else "NFC", name or "")
    if plain:
        name = UNSAFE_PLAIN.sub("_", name.encode("ascii", "ignore").decode())
    else:
        name = UNSAFE.sub("-", name)
    name = name.strip(EDGES)
    stem, dot, suffix = name.rpartition(".")
    if not dot or not re.fullmatch(r"\w{1,8}", suffix):
        stem, suffix = name, ""
    suffix = f".{suffix}" if suffix else ""
    stem = re.sub(r"\.{2,}", ".", stem)[:LONGEST].strip(EDGES) or default
    return f"{stem}{suffix if extension is None else extension}"


def download_url(record, field, name):
    """Address where the browser takes the file in a binary ``field`` under ``name``.

    The name goes as a parameter: in the path a slash, as in a date, would be another
    address.
    """
    record.ensure_one()
    query = urlencode({"filename": safe_name(name), "download": "true"})
    return f"/web/content/{record._name}/{record.id}/{field}?{query}"


def uploaded(record, field="file"):
    """Bytes of the file in a binary ``field``, b"" when it is empty.

    The web client reads records with ``bin_size``, by which the field holds the size
    in words instead of the file.
    """
    record.ensure_one()
    content = record.with_context(**{"bin_size": False, f"bin_size_{field}": False})
    return base64.b64decode(content[field] or b"")
