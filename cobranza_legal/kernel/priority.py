"""The order of the collector's worklist."""

from dataclasses import dataclass
from decimal import Decimal

MONTH = 30
BROKEN = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Priority:
    """``score`` = overdue × (1 + days late of the oldest ÷ 30) × (1 + broken ÷ 2), and
    zero when nothing can be done: whoever can be worked comes first."""

    overdue: Decimal
    days_late: int
    broken_promises: int
    workable: bool = True

    @property
    def score(self) -> Decimal:
        if not self.workable:
            return Decimal(0)
        age = 1 + Decimal(max(0, self.days_late)) / MONTH
        return max(Decimal(0), self.overdue) * age * (1 + BROKEN * self.broken_promises)

    def parts(self) -> dict[str, str]:
        """The inputs as text, to be shown beside the score."""
        return {
            "overdue": str(self.overdue),
            "days_late": str(self.days_late),
            "broken_promises": str(self.broken_promises),
        }
