"""What can be read in a piece of HTML, without a browser."""

import re
from html.parser import HTMLParser

INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "t",
        "tt",
        "u",
        "var",
        "wbr",
        "o:p",
    ]
)
SILENT = frozenset({"script", "style", "head", "template", "noscript"})
VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
SPOKEN = ("alt", "title", "aria-label", "placeholder")
HIDDEN = re.compile(
    r"display:none|visibility:(hidden|collapse)|font-size:0(?![.\d]*[1-9])|"
    r"opacity:0(?![.\d]*[1-9])|mso-hide:all|color:transparent|max-height:0(?![.\d]*[1-9])"
)
PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}|%7B%7B.*?%7D%7D", re.IGNORECASE)
TURNED = re.compile("\u202e|\u202d|\u2067|bidi-override", re.IGNORECASE)


class _Reader(HTMLParser):
    """Collects what is seen, and what is there with the hidden parts."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.seen, self.whole, self.open = [], [], []

    def _say(self, text, hidden=False):
        self.whole.append(text)
        if not hidden:
            self.seen.append(text)

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        if tag not in INLINE:
            self._say("\n")
        for name in SPOKEN:
            if attrs.get(name):
                self._say(f"\n{attrs[name]}\n")
        source = attrs.get("src", "")
        if source and not source.startswith("data:"):
            name = source.partition("?")[0].rsplit("/")[-1]
            self._say(f"\n{re.sub(r'[-_.%]', ' ', name)}\n")
        if tag in VOID:
            return
        style = re.sub(r"\s+", "", attrs.get("style", "")).lower()
        hidden = "hidden" in attrs or bool(HIDDEN.search(style))
        if hidden:
            self.whole.append(" ")
        self.open.append((tag, hidden, tag in SILENT))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag not in INLINE:
            self._say("\n")
        if tag not in (one[0] for one in self.open):
            return
        while self.open:
            name, hidden, _silent = self.open.pop()
            if hidden:
                self.whole.append(" ")
            if name == tag:
                return

    def handle_data(self, data):
        if not any(silent for _tag, _hidden, silent in self.open):
            self._say(data, any(hidden for _tag, hidden, _silent in self.open))


def readings(html: str) -> list[str]:
    """The ways in which a text may be read: what is seen; the same with the hidden
    parts, with merge fields between words, or from right to left where it is turned.
    """
    found = []
    for filler in ("", " "):
        reader = _Reader()
        reader.feed(PLACEHOLDER.sub(filler, html))
        reader.close()
        found += ["".join(reader.seen), "".join(reader.whole)]
    if TURNED.search(html):
        found += [one[::-1] for one in found[:2]]
    return list(dict.fromkeys(found))
