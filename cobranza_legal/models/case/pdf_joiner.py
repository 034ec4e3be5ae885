"""Joins PDFs of any size on the disk: of each source one object at a time is in memory.

Odoo's own ``merge_pdf`` keeps all sources and the result in memory.
"""

import io
import zlib

from odoo.tools.pdf import PdfReader, generic

TAIL = 2048
"""Bytes at the end of a file in which it says that it ends."""

HARMLESS = ("/URI", "/GoTo")
"""What a link may do; programs and files stay out."""

DEEPEST = 200
"""Levels of nested values: more is no document but an attack."""

INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")

A4 = (0, 0, 595.28, 841.89)


class Unusable(Exception):
    """A file that cannot go into a PDF. ``kind`` is encrypted, broken or empty."""

    def __init__(self, kind):
        self.kind = kind
        super().__init__(kind)


def open_pdf(stream):
    """(reader, number of pages) of a PDF on the disk. Unusable for one that is
    protected, has no end or no pages, or that nobody can read."""
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - TAIL))
    if b"%%EOF" not in stream.read():
        raise Unusable("broken")
    stream.seek(0)
    try:
        reader = PdfReader(stream, strict=False)
        if reader.is_encrypted:
            raise Unusable("encrypted")
        count = len(reader.pages)
    except Unusable:
        raise
    except Exception as error:  # each library of PDFs has errors of its own
        raise Unusable("broken") from error
    if not count:
        raise Unusable("empty")
    return reader, count


class PdfJoiner:
    """Writes one PDF to ``stream``, page by page. ``total``: the number of pages that
    are stamped as ``n / total`` at the foot; None: no stamps."""

    def __init__(self, stream, total=None):
        self.stream, self.total = stream, total
        self.place, self.offsets = 0, []
        self.pages, self.marks = [], []
        self.root, self.tree, self.font = self._new(), self._new(), self._new()
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._put(
            self.font,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica"
            b" /Encoding /WinAnsiEncoding >>",
        )

    # -- parts -------------------------------------------------------------------------

    def _new(self):
        self.offsets.append(None)
        return len(self.offsets)

    def _write(self, data):
        self.stream.write(data)
        self.place += len(data)

    def _put(self, number, data):
        self.offsets[number - 1] = self.place
        self._write(b"%d 0 obj\n" % number + data + b"\nendobj\n")

    def _put_stream(self, data):
        number, data = self._new(), zlib.compress(data)
        head = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(data)
        self._put(number, head + data + b"\nendstream")
        return number

    # -- pages -------------------------------------------------------------------------

    def add(self, reader, title=None, level=0):
        """All pages of a reader; with ``title`` as a bookmark of a ``level`` (0 is the
        highest) to the first of them. Unusable for what turns out to be broken: what
        was written of it by then is reached from nowhere."""
        first, source = len(self.pages), _Source(self, reader)
        try:
            for page in reader.pages:
                self.pages.append(source.page(page, len(self.pages) + 1))
        except Exception as error:  # each library of PDFs has errors of its own
            del self.pages[first:]
            raise Unusable("broken") from error
        if title:
            self.bookmark(title, level, first)

    def bookmark(self, title, level, page):
        """A bookmark to a page that is there by now, or comes next (0 is the first)."""
        self.marks.append((title, level, page))

    # -- the end -----------------------------------------------------------------------

    def close(self, title):
        """Write what holds the pages together. ``title``: of the whole document."""
        kids = b" ".join(b"%d 0 R" % number for number in self.pages)
        count = len(self.pages)
        self._put(self.tree, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids))
        outlines = self._outlines()
        more = (
            b" /Outlines %d 0 R /PageMode /UseOutlines" % outlines if outlines else b""
        )
        self._put(
            self.root, b"<< /Type /Catalog /Pages %d 0 R%s >>" % (self.tree, more)
        )
        info = self._new()
        self._put(info, b"<< /Title %s /Producer (Odoo) >>" % _text(title))
        start = self.place
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(self.offsets) + 1))
        for offset in self.offsets:
            free = offset is None  # of a source that turned out to be broken
            row = b"0000000000 65535 f \n" if free else b"%010d 00000 n \n" % offset
            self._write(row)
        size = len(self.offsets) + 1
        roots = b"/Size %d /Root %d 0 R /Info %d 0 R" % (size, self.root, info)
        self._write(b"trailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (roots, start))

    def _outlines(self):
        """The number of the bookmarks, two levels deep; None without any."""
        marks = [one for one in self.marks if one[2] < len(self.pages)]
        if not marks:
            return None
        top, tree = self._new(), []
        for title, level, page in marks:
            node = (self._new(), title, page, [])
            (tree[-1][3] if level and tree else tree).append(node)
        self._put_marks(top, tree)
        self._put(
            top,
            b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>"
            % (tree[0][0], tree[-1][0], len(tree)),
        )
        return top

    def _put_marks(self, parent, nodes):
        for place, (number, title, page, children) in enumerate(nodes):
            parts = [b"/Title %s /Parent %d 0 R" % (_text(title), parent)]
            parts.append(b"/Dest [%d 0 R /Fit]" % self.pages[page])
            if place:
                parts.append(b"/Prev %d 0 R" % nodes[place - 1][0])
            if place + 1 < len(nodes):
                parts.append(b"/Next %d 0 R" % nodes[place + 1][0])
            if children:
                parts.append(
                    b"/First %d 0 R /Last %d 0 R /Count -%d"
                    % (children[0][0], children[-1][0], len(children))
                )
            self._put(number, b"<< %s >>" % b" ".join(parts))
            self._put_marks(number, children)


class _Source:
    """The objects of one source, which get the numbers of the whole."""

    def __init__(self, joiner, reader):
        self.joiner, self.reader = joiner, reader
        self.numbers, self.waiting, self.own = {}, [], {}
        for page in reader.pages:
            own = getattr(page, "indirect_reference", None) or page.indirect_ref
            self.own[own.idnum] = joiner._new()

    def page(self, page, number):
        """Write a page with its number at the foot; its number as an object."""
        joiner = self.joiner
        own = getattr(page, "indirect_reference", None) or page.indirect_ref
        parts = {}
        for name in page:
            if name not in (*INHERITED, "/Type", "/Parent", "/AA", "/StructParents"):
                parts[name] = self.bytes_of(page.raw_get(name))
        for name in INHERITED:
            value = _inherited(page, name)
            if value is not None and name != "/Resources":
                parts[name] = self.bytes_of(value)
        parts.setdefault("/MediaBox", _array(A4))
        resources = _inherited(page, "/Resources")
        resources = {} if resources is None else resources.get_object()
        if joiner.total is None:
            parts["/Resources"] = self.bytes_of(resources)
        else:
            parts["/Resources"] = self._with_font(resources)
            parts["/Contents"] = self._stamped(page, number)
        parts["/Type"] = b"/Page"
        parts["/Parent"] = b"%d 0 R" % joiner.tree
        joiner._put(self.own[own.idnum], _dictionary(parts))
        self.rest()
        return self.own[own.idnum]

    def rest(self):
        """Write what the objects written so far refer to."""
        while self.waiting:
            number, reference = self.waiting.pop()
            value = reference.get_object()
            data = b"null"
            # the tree of the source and its other roots stay out
            if not _is_tree(value):
                data = self.bytes_of(value)
            self.joiner._put(number, data)

    def _with_font(self, resources):
        parts, fonts = {}, {}
        for name in resources:
            if name != "/Font":
                parts[name] = self.bytes_of(resources.raw_get(name))
        known = resources.get("/Font", {})
        for name in known:
            fonts[name] = self.bytes_of(known.raw_get(name))
        fonts["/CobranzaFoot"] = b"%d 0 R" % self.joiner.font
        parts["/Font"] = _dictionary(fonts)
        return _dictionary(parts)

    def _stamped(self, page, number):
        """The contents between a saved and a restored state, and the stamp."""
        joiner, contents = self.joiner, []
        if "/Contents" in page:
            raw = page.raw_get("/Contents")
            value = raw.get_object()
            if isinstance(value, generic.ArrayObject):
                contents = [self.bytes_of(one) for one in value]
            elif isinstance(value, generic.StreamObject):
                contents = [self.bytes_of(raw)]
        box = _inherited(page, "/CropBox") or _inherited(page, "/MediaBox") or A4
        box = [float(one.get_object() if _is_ref(one) else one) for one in box]
        rotate = _inherited(page, "/Rotate") or 0
        stamp = _stamp(box, int(rotate) % 360, f"{number} / {joiner.total}")
        before = joiner._put_stream(b"q\n")
        after = joiner._put_stream(b"\nQ\n" + stamp)
        parts = [b"%d 0 R" % before, *contents, b"%d 0 R" % after]
        return b"[%s]" % b" ".join(parts)

    def bytes_of(self, value, depth=0):
        """A value as it is written, with the numbers of the whole."""
        if depth > DEEPEST:
            raise Unusable("broken")
        if _is_ref(value):
            return self._reference(value)
        if isinstance(value, generic.StreamObject):
            return self._stream(value, depth)
        if isinstance(value, generic.DictionaryObject):
            return _dictionary(self._entries(value, depth))
        if isinstance(value, (generic.ArrayObject, list, tuple)):
            parts = (self.bytes_of(one, depth + 1) for one in value)
            return b"[%s]" % b" ".join(parts)
        return _plain(value)

    def _entries(self, value, depth):
        parts = {}
        for name in value:
            own = value.raw_get(name)
            if name == "/AA" or (name == "/A" and not _is_harmless(own)):
                continue
            if name == "/Parent" and value.get("/Type") == "/Page":
                continue
            parts[name] = self.bytes_of(own, depth + 1)
        return parts

    def _stream(self, value, depth):
        data = getattr(value, "_data", b"")
        data = data.encode("latin-1") if isinstance(data, str) else data
        parts = self._entries(value, depth)
        parts["/Length"] = b"%d" % len(data)
        return _dictionary(parts) + b"\nstream\n" + data + b"\nendstream"

    def _reference(self, reference):
        if reference.idnum in self.own:
            return b"%d 0 R" % self.own[reference.idnum]
        key = reference.idnum, reference.generation
        if key not in self.numbers:
            self.numbers[key] = self.joiner._new()
            self.waiting.append((self.numbers[key], reference))
        return b"%d 0 R" % self.numbers[key]


def _is_ref(value):
    return isinstance(value, generic.IndirectObject)


def _is_tree(value):
    """Whether it is what holds the pages of a source together."""
    kinds = ("/Pages", "/Catalog", "/Page", "/StructTreeRoot", "/StructElem")
    return isinstance(value, generic.DictionaryObject) and value.get("/Type") in kinds


def _is_harmless(action):
    action = action.get_object()
    return isinstance(action, generic.DictionaryObject) and (
        action.get("/S") in HARMLESS
    )


def _inherited(page, name):
    """The value of a page, or of what it hangs from."""
    seen = 0
    while page is not None and seen < DEEPEST:
        if name in page:
            return page[name]
        page = page.get("/Parent")
        seen += 1
    return None


def _plain(value):
    """A value without parts, as the library writes it."""
    out = io.BytesIO()
    write = getattr(value, "write_to_stream", None)
    if write is None:
        return str(value).encode("latin-1")
    try:
        write(out)
    except TypeError:  # the libraries before 3 ask for the key of an encryption
        write(out, None)
    return out.getvalue()


def _dictionary(parts):
    rows = (
        _plain(generic.NameObject(name)) + b" " + own for name, own in parts.items()
    )
    return b"<< %s >>" % b" ".join(rows)


def _array(numbers):
    return b"[%s]" % b" ".join(b"%.2f" % one for one in numbers)


def _text(words):
    """Words as they stand in bookmarks: every letter is possible."""
    data = b"\xfe\xff" + words.encode("utf-16-be")
    return b"<%s>" % data.hex().encode()


SIZE = 8
WIDE = 4.45
"""Width of a digit of Helvetica in this size."""


def _stamp(box, rotate, words):
    """What writes the number of a page at its foot, at the right as it is read."""
    left, low, right, high = box
    wide = len(words) * WIDE
    width, height = right - left, high - low
    turned = {
        0: (1, 0, 0, 1, right - wide - 24, low + 12),
        90: (0, 1, -1, 0, right - 12, low + height - wide - 24),
        180: (-1, 0, 0, -1, left + wide + 24, high - 12),
        270: (0, -1, 1, 0, left + 12, high - (height - wide - 24)),
    }
    matrix = b" ".join(b"%.2f" % one for one in turned.get(rotate, turned[0]))
    back = b"-3 -3 %.2f %.2f re f" % (min(wide + 6, width), SIZE + 5)
    return b"q %s cm 1 g %s 0.25 g BT /CobranzaFoot %d Tf (%s) Tj ET Q\n" % (
        matrix,
        back,
        SIZE,
        words.encode("latin-1"),
    )
