"""A ZIP of evidence that is written as it goes, and its list of hashes."""

import csv
import hashlib
import io
import json
import zipfile

from ..models.files import safe_name

FORMULA = ("=", "+", "-", "@", "\t", "\r")
SUMS = "SHA256SUMS"


class TooLarge(Exception):
    """The files are more than an archive may hold."""


def csv_bytes(columns, rows):
    """A CSV that spreadsheets read as text: no cell is taken for a formula."""

    def cell(value):
        text = "" if value is None or value is False else str(value)
        return f"'{text}" if text.startswith(FORMULA) else text

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[cell(row[name]) for name in columns] for row in rows])
    return ("\ufeff" + out.getvalue()).encode()


class LogArchive:
    """Files go straight to the ZIP: one at a time is in memory.

    ``most`` bytes at most; TooLarge beyond. Names that collide get a number.
    """

    def __init__(self, stream, folder, most):
        self.zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)
        self.folder, self.most = folder, most
        self.size, self.sums = 0, {}

    def add(self, path, content):
        """Add bytes under a path of safe parts; gives back the path taken."""
        self.size += len(content)
        if self.size > self.most:
            raise TooLarge(self.size)
        path = self._free(path)
        self.sums[path] = hashlib.sha256(content).hexdigest()
        self.zip.writestr(f"{self.folder}/{path}", content)
        return path

    def add_json(self, path, data):
        text = json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True)
        return self.add(path, text.encode() + b"\n")

    def _free(self, path):
        parts = [safe_name(part, plain=True) for part in path.split("/")]
        path, number = "/".join(parts), 1
        while path in self.sums:
            number += 1
            stem, dot, suffix = parts[-1].rpartition(".")
            last = f"{stem}-{number}.{suffix}" if dot else f"{parts[-1]}-{number}"
            path = "/".join([*parts[:-1], last])
        return path

    def close(self):
        """Write the list of hashes, as sha256sum reads it."""
        lines = [f"{digest}  {path}\n" for path, digest in sorted(self.sums.items())]
        self.zip.writestr(f"{self.folder}/{SUMS}", "".join(lines))
        self.zip.close()
