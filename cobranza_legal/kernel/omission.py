"""What goes with a value that a text does without: its label and one separator."""

import re

GAP = "\ue000"
"""Stands in a text where an optional value is empty."""


_BLANK = r"(?:\s|&nbsp;|\xa0)*"


_SEPARATOR = "[,·]"


_STEPS = (
    # "NIF ": the short name of the number that is not known
    (rf"((?:^|[,(>·]){_BLANK})[A-ZÑ]{{2,4}}{_BLANK}{GAP}", rf"\1{GAP}"),
    # brackets with nothing in them
    (rf"{_BLANK}\({_BLANK}{GAP}{_BLANK}(?:{_SEPARATOR}{_BLANK}{GAP}{_BLANK})*\)", ""),
    # in a list: with the separator before, else with the one after
    (rf"{_BLANK}{_SEPARATOR}{_BLANK}{GAP}(?={_BLANK}[,.;:·)<])", ""),
    (rf"((?:^|[(>:]){_BLANK}){GAP}{_BLANK}{_SEPARATOR}{_BLANK}", r"\1"),
    # a line of its own that has but a name: "Identifier: "
    (rf"{_BLANK}<br\s*/?>[^<>:.]{{1,60}}:{_BLANK}{GAP}{_BLANK}(?=<(?:br|/))", ""),
    # a line of an address; what stands under a title is left for a pen
    (
        rf"(?<!</strong>)(?<!</b>){_BLANK}<br\s*/?>{_BLANK}{GAP}{_BLANK}(?=<(?:br|/))",
        "",
    ),
    # a word less: one blank less
    (rf"(?:\s|&nbsp;|\xa0)+{GAP}(?={_BLANK}[,.;:)<])", ""),
    (rf"{GAP} ", ""),
    (GAP, ""),
)
_COMPILED = tuple((re.compile(pattern), new) for pattern, new in _STEPS)


def close_gaps(text: str) -> str:
    """``text``, plain or HTML, without its marks ``GAP`` and without what is there for
    their values only: "Ana, NIF GAP, GAP, deudora" is "Ana, deudora"."""
    if GAP not in text:
        return text
    for pattern, new in _COMPILED:
        text = pattern.sub(new, text)
    return text
