"""Reading what a provider sends: a CSV, or a ZIP of one CSV and the files it names.

Nothing is unpacked on disk, and nothing that a file says about itself is believed.
"""

import io
import re
import zipfile

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
