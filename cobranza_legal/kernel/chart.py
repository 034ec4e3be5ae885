"""Where the lines and bars of a small chart go: plain geometry, for SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from the left edge; ``share`` of the widest, 0 to 1."""

    top: int
    width: int
    share: Decimal


def bars(values: Sequence[Decimal], width: int, height: int) -> "list[Bar]":
    """A bar for each value in a field of this size, ``height`` for each; what is not
    above 0 has no width."""
    most = max(values, default=Decimal(0))
    found = []
    for place, value in enumerate(values):
        share = max(Decimal(0), value / most) if most > 0 else Decimal(0)
        found.append(Bar(place * height, int(share * width), share))
    return found


def line(
    values: "Sequence[Decimal | None]",
    width: int,
    height: int,
    least_top: Decimal = ONE,
) -> "list[tuple[int, int]]":
    """The points (x, y from above) of a line through these values, evenly apart, in a
    field of this size that begins at 0; None leaves a gap that the line jumps.
    ``least_top``: the field reaches at least so far up."""
    known = [value for value in values if value is not None]
    top = max([*known, least_top])
    step = Decimal(width) / max(1, len(values) - 1)
    return [
        (int(place * step), int(height - height * max(Decimal(0), value) / top))
        for place, value in enumerate(values)
        if value is not None
    ]
