"""Words and domains that several nouns share."""

from odoo.tools import format_date

from ...kernel.errors import GapError, MissingValue, NoSlot, OverlapError

WAITING = [("state", "=", "planned"), ("released", "=", False)]


QUIET = {"mail_activity_quick_update": True, "mail_notrack": True}


def say_error(env, error):
    """What a ``KernelError`` means, in the user's language."""
    if isinstance(error, MissingValue):
        name = f"{error.code}[{error.key}]" if error.key else error.code
        return env._(
            "The legal value %(name)s of %(day)s is missing: load it in the legal "
            "parameters.",
            name=name,
            day=format_date(env, error.on) or "—",
        )
    if isinstance(error, NoSlot):
        return env._("No permitted moment for a contact was found within a year.")
    if isinstance(error, OverlapError):
        return env._("Two values cover the same day (%s).", error)
    if isinstance(error, GapError):
        return env._("There are days without a value (%s).", error)
    return str(error)


NATURES = [("principal", "Principal"), ("charge", "Charge"), ("cost", "Cost")]


POLICY_REASONS = [
    ("invoice", "Chosen on the document"),
    ("partner", "Chosen on the partner"),
    ("category", "Chosen on a tag of the partner"),
    ("company", "Default of the company"),
]
