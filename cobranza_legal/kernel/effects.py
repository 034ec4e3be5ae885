"""What a contact brings about in law, by what it said and what became of it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from .delivery import Reception

MAY_STILL = frozenset({"nothing", "waiting", "no_evidence"})
"""Of a reception: it is not proven, and may be yet."""


@dataclass(frozen=True, slots=True)
class EffectRule:
    """What the law asks of a contact for one effect.

    ``kind``: code of the effect. ``asks``: the contact ``claims`` debts at all,
    ``demands`` a sum by a day, or neither (empty). ``says``: what its content has to
    say, empty: nothing more. ``needs``: it was attempted, it was received, or what was
    received is proven by its content, too. ``given``: the law gives a letter this
    effect; else no letter has it, and ``article`` says why.
    """

    kind: str
    article: str
    asks: Literal["", "claims", "demands"] = "claims"
    says: str = ""
    needs: Literal["attempt", "reception", "content"] = "reception"
    given: bool = True


@dataclass(frozen=True, slots=True)
class EffectFacts:
    """A contact that was made: whether it ``claims`` debts and ``demands`` them by a
    day, what it ``says`` (codes), on which day it was ``attempted``, and its
    ``reception``."""

    claims: bool
    demands: bool
    says: frozenset[str]
    attempted: date
    reception: Reception


@dataclass(frozen=True, slots=True)
class Effect:
    """``standing``: the effect is there since ``day``, it is not, or not yet. ``why``:
    achieved, no_effect (the law gives none), no_claim, no_demand, not_said, reception
    (that of the contact says why), content (nothing proves what was received), or a
    code of the country."""

    kind: str
    standing: Literal["yes", "no", "waiting"]
    why: str
    day: "date | None" = None
    article: str = ""


def effect(rule: EffectRule, facts: EffectFacts) -> Effect:
    """Whether a contact has an effect, and since when: the day of the attempt where
    that is enough, else the day on which it was received."""
    kind, article = rule.kind, rule.article
    if not rule.given:
        return Effect(kind, "no", "no_effect", article=article)
    if rule.asks == "claims" and not facts.claims:
        return Effect(kind, "no", "no_claim", article=article)
    if rule.asks == "demands" and not (facts.claims and facts.demands):
        return Effect(kind, "no", "no_demand", article=article)
    if rule.says and rule.says not in facts.says:
        return Effect(kind, "no", "not_said", article=article)
    if rule.needs == "attempt":
        return Effect(kind, "yes", "achieved", facts.attempted, article)
    found = facts.reception
    if found.day is None:
        standing = "waiting" if found.code in MAY_STILL else "no"
        return Effect(kind, standing, "reception", article=article)
    if rule.needs == "content" and not found.content:
        return Effect(kind, "waiting", "content", article=article)
    return Effect(kind, "yes", "achieved", found.day, article)
