"""Files that debtors send: what is accepted is judged by the content."""

from typing import NamedTuple

from .files import safe_name

MAX_FILES = 5
MAX_SIZE = 5 * 1024 * 1024
MAX_TOTAL = 15 * 1024 * 1024
"""Bytes of one file, and of all of a form."""
ACCEPT = ".pdf,.jpg,.jpeg,.png"
SIGNATURES = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)


class UploadError(ValueError):
    """``reason``: many, large or kind; ``name`` the file, made safe."""

    def __init__(self, reason, name=""):
        self.reason = reason
        self.name = name
        super().__init__(f"{reason} {name}")


class Upload(NamedTuple):
    name: str
    mimetype: str
    content: bytes


def read_uploads(files):
    """[Upload] of the werkzeug ``files`` of a form. UploadError for the first that is
    not accepted: nothing is kept then."""
    files = [file for file in files if file and file.filename]
    if len(files) > MAX_FILES:
        raise UploadError("many")
    uploads, total = [], 0
    for file in files:
        file.stream.seek(0)  # the request may be served again after a conflict
        content = file.stream.read(MAX_SIZE + 1)
        total += len(content)
        if len(content) > MAX_SIZE or total > MAX_TOTAL:
            raise UploadError("large", _name(file.filename))
        uploads.append(_judge(file.filename, content))
    return uploads


def _judge(filename, content):
    for signature, mimetype, extension in SIGNATURES:
        if content.startswith(signature):
            return Upload(_name(filename, extension), mimetype, content)
    raise UploadError("kind", _name(filename))


def _name(filename, extension=None):
    """The last part of a path, with the true ``extension``."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return safe_name(last, extension=extension)
