"""The words for what a debtor owes on a day, the same on every screen and document."""

from odoo.tools import format_date


def figure_rows(env, figures, on):
    """[(key, label, amount)] of the kernel ``Figures`` of the day ``on`` in the
    context's language: the four that every screen and document says, and before the
    total, as a negative amount, the credits that no document has been paid with yet.
    Field labels of the debtor say the same, see ``cobranza.debtor``."""
    rows = [
        ("overdue", env._("Overdue"), figures.overdue),
        ("not_due", env._("Not yet due"), figures.not_due),
        ("charges", env._("Charges accrued"), figures.charges),
    ]
    if figures.loose:
        label = env._("Unallocated payments and credit notes")
        rows.append(("loose", label, -figures.loose))
    return [*rows, ("total", total_label(env, on), figures.total)]


def total_label(env, on):
    return env._("Total on %s", format_date(env, on) if on else "")


def say_refused(refused):
    """[words] for [(document, why nothing is added to it)]; why may name it already."""
    return [why if why.startswith(name) else f"{name}: {why}" for name, why in refused]


def span_label(env, span):
    """A kernel ``Span`` of days past due in words."""
    if span.last == 0:
        return env._("Not due")
    return days_label(env, span.first, span.last)


def days_label(env, first, last):
    """Days past due from one to another in words; None: without end."""
    if last is None:
        return env._("More than %s days", first - 1)
    return env._("%(first)s to %(last)s days", first=first, last=last)
