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
SPOKEN = ("alt", "title", "aria-label", "placeholder")
PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}|%7B%7B.*?%7D%7D", re.IGNORECASE)


class _Reader(HTMLParser):
    """Collects words: those between tags, of pictures and of what is shown on them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.words, self.silent = [], []

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        if tag not in INLINE:
            self.words.append("\n")
        for name in SPOKEN:
            if attrs.get(name):
                self.words.append(f"\n{attrs[name]}\n")
        source = attrs.get("src", "")
        if source and not source.startswith("data:"):
            name = source.partition("?")[0].rsplit("/")[-1]
            self.words.append(f"\n{re.sub(r'[-_.%]', ' ', name)}\n")
        if tag in SILENT:
            self.silent.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag not in INLINE:
            self.words.append("\n")
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


def reading(html: str) -> str:
    """The text of a piece of HTML; merge fields stand between words."""
    reader = _Reader()
    reader.feed(PLACEHOLDER.sub(" ", html))
    reader.close()
    return "".join(reader.words)
