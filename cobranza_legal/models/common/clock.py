"""Moments of the database (naive UTC) on the clock of a company or a debtor.

A file of its own: it is needed before any model is defined.
"""

import pytz


def to_local(moment, zone):
    """A naive UTC moment as naive local time of ``zone`` (a pytz zone or its name)."""
    return pytz.utc.localize(moment).astimezone(_zone(zone)).replace(tzinfo=None)


def to_utc(moment, zone):
    """A naive local moment of ``zone`` as naive UTC."""
    return _zone(zone).localize(moment).astimezone(pytz.utc).replace(tzinfo=None)


def _zone(zone):
    return pytz.timezone(zone) if isinstance(zone, str) else zone
