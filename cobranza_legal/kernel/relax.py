"""The limits that a person has lifted for one contact."""

from collections.abc import Collection
from dataclasses import replace

from .contact import ContactRules

LIFTABLE = frozenset({"hours", "limit", "gap"})
"""What can be lifted; a situation of the debtor never can."""


def relax(rules: ContactRules, lifted: Collection[str]) -> ContactRules:
    """``rules`` without what is ``lifted``: ``hours`` (and holidays), ``limit`` (of the
    class and of the week in all), ``gap``. ValueError for anything else."""
    if unknown := set(lifted) - LIFTABLE:
        raise ValueError(f"{sorted(unknown)} cannot be lifted.")
    changes = {}
    if "hours" in lifted:
        changes |= {"hours": None, "holidays": False}
    if "limit" in lifted:
        changes |= {"limit": None}
    if "gap" in lifted:
        changes |= {"gap_days": 0}
    return replace(
        rules,
        classes=tuple(replace(group, **changes) for group in rules.classes),
        total_limit=None if "limit" in lifted else rules.total_limit,
    )
