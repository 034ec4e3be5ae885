"""Errors of the kernel. Every one says what is missing or forbidden, and for when."""

from datetime import date


class KernelError(Exception):
    """Base of every error raised by the kernel."""


class MissingValue(KernelError):
    """A legal value is needed on a day for which no row exists.

    Raised instead of extrapolating or defaulting. ``code`` and ``key`` name the
    parameter, ``on`` the first day without a value (None: it has no value at all).
    """

    text = "No value of %(name)s on %(day)s."

    def __init__(self, code: str, on: "date | None", key: str = ""):
        self.code = code
        self.on = on
        self.key = key
        name = f"{code}[{key}]" if key else code
        day = on.isoformat() if on else "any day"
        super().__init__(self.text % {"name": name, "day": day})

    def __reduce__(self):
        return type(self), (self.code, self.on, self.key)


class NoSuchRule(MissingValue):
    """The row exists and says that the law has no such rule on that day."""

    text = "The law has no %(name)s on %(day)s."


class OverlapError(KernelError):
    """Two rows of the same parameter, key and rank cover the same day."""


class GapError(KernelError):
    """Rows of a period parameter leave days between them without a value."""


class CurrencyMismatch(KernelError, TypeError):
    """Amounts of different currencies were combined or ordered."""


class IllegalTransition(KernelError):
    """A state change that is not an edge of the lifecycle."""

    def __init__(self, lifecycle: str, source: str, target: str):
        self.lifecycle = lifecycle
        self.source = source
        self.target = target
        super().__init__(f"{lifecycle}: {source} → {target} is not allowed.")

    def __reduce__(self):
        return type(self), (self.lifecycle, self.source, self.target)


class NoSlot(KernelError):
    """No permitted moment for a contact within the horizon searched."""


class RefusedTerms(KernelError):
    """What was agreed is something that the jurisdiction does not accept."""


class RefusedDayCount(RefusedTerms):
    """The day count agreed is one that the jurisdiction does not accept."""


class RefusedSchedule(KernelError):
    """Instalments that repay nothing, or not in order.

    ``kind`` is nothing (no amount or no days), grace (nobody pays principal), interest
    (a sum does not even pay the interest), small (a row pays no principal), early (all
    is repaid before the last row) or long; ``number`` the row, 1 the first.
    """

    def __init__(self, kind: str, number: int = 0):
        self.kind = kind
        self.number = number
        super().__init__(f"{kind}: instalment {number}")

    def __reduce__(self):
        return type(self), (self.kind, self.number)


class InvalidPeriod(KernelError, ValueError):
    """A period, window or set of balances whose days make no sense."""


class UnclearText(KernelError, ValueError):
    """What was typed is no day or number, or may be read in two ways.

    ``kind`` is day, number, ambiguous or digits; ``text`` what was there, and
    ``column`` the one of a table in which it was, if any.
    """

    def __init__(self, kind: str, text: str, column: str = ""):
        self.kind = kind
        self.text = text
        self.column = column
        super().__init__(f"{kind}: {text}")

    def __reduce__(self):
        return type(self), (self.kind, self.text, self.column)


class UnreadableTable(KernelError, ValueError):
    """A file is no table, or not the one that is needed.

    ``kind`` is encoding, nul, quote, missing, double or cells; ``detail`` the columns
    that it is about, ``line`` where it is (1 is the first).
    """

    def __init__(self, kind: str, detail: str = "", line: int = 1):
        self.kind = kind
        self.detail = detail
        self.line = line
        super().__init__(f"{kind} {detail} on line {line}")

    def __reduce__(self):
        return type(self), (self.kind, self.detail, self.line)
