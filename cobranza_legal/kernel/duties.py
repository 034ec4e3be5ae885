"""What the law asks a creditor to do after a contact, and when it falls due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class FollowUpDuty:
    """One act owed after a contact.

    ``key`` names it: one contact has each duty once. It falls due on the day
    ``due_on`` and is done by ``channel`` with the text of ``purpose`` (empty: no text).
    ``condition``: ``silence`` (the debtor has not answered since), ``unreceived`` (the
    contact has not been received), ``always``. ``automatic``: a machine may do it.
    """

    key: str
    due_on: date
    channel: str
    purpose: str = ""
    article: str = ""
    condition: Literal["silence", "unreceived", "always"] = "always"
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """What happened after a contact: the debtor ``answered`` in any way, the contact
    was ``received``, and the keys of the duties that are ``done`` or planned."""

    answered: bool
    received: bool
    done: frozenset[str] = frozenset()


def standing(
    duties: Iterable[FollowUpDuty], facts: DutyFacts
) -> tuple[FollowUpDuty, ...]:
    """The duties that still have to be done, in order of their day."""
    met = {
        "silence": not facts.answered,
        "unreceived": not facts.received,
        "always": True,
    }
    found = [
        duty for duty in duties if duty.key not in facts.done and met[duty.condition]
    ]
    return tuple(sorted(found, key=lambda duty: (duty.due_on, duty.key)))
