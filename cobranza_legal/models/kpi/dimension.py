"""By what figures are split: one row for each dimension."""

from collections.abc import Callable
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_date
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


def _say_bucket(env, key):
    """A bucket is called by its first day past due; 0 is not due."""
    if key == "credit":
        return env._("Unallocated payments and credit notes")
    return env._("From %s days", key) if int(key) else env._("Not due")


def _say_week(env, key):
    return format_date(env, fields.Date.to_date(key))


@dataclass(frozen=True, slots=True)
class Dimension:
    """``model``: of whose records the key of a split is the id; with ``choice``: of
    whose field of this name it is a choice; with neither, ``say`` is a function of the
    environment and the key that gives the words. ``person``: the key is a user, who
    sees this split."""

    code: str
    label: LazyGettext = field(compare=False)
    model: str = ""
    choice: str = ""
    person: bool = False
    say: "Callable | None" = field(default=None, compare=False)


DIMENSIONS = (
    Dimension("collector", _lt("Collector"), model="res.users", person=True),
    Dimension("channel", _lt("Channel"), "cobranza.contact", "channel"),
    Dimension("phase", _lt("Phase"), "cobranza.policy.level", "phase"),
    Dimension("bucket", _lt("Days past due"), say=_say_bucket),
    Dimension("week", _lt("Week from"), say=_say_week),
)


class CobranzaKpiDimension(models.AbstractModel):
    """Dimensions of splits; blocks add theirs."""

    _name = "cobranza.kpi.dimension"
    _inherit = "cobranza.rows"
    _description = "Dimensions of figures"

    def _rows(self):
        return DIMENSIONS

    @api.model
    def _words_of(self, splits):
        """{split: in words, in the user's language} of these splits."""
        keys = {part.partition(":")[::2] for one in splits for part in one.split("|")}
        words = {}
        for code in {code for code, _key in keys}:
            found = self._words(
                self._row(code), {key for one, key in keys if one == code}
            )
            words |= {f"{code}:{key}": word for key, word in found.items()}
        return {
            one: " · ".join(words.get(part, part) for part in one.split("|"))
            for one in splits
        }

    def _words(self, row, keys):
        """{key: in words} of the keys of one dimension."""
        if row is None:
            return {key: key for key in keys}
        if row.say:
            return {key: row.say(self.env, key) for key in keys}
        # sudo: names of what is counted, for whoever may read the figure
        model = self.env[row.model].sudo()
        if row.choice:
            labels = dict(model._fields[row.choice]._description_selection(self.env))
            labels |= {"": self.env._("None"), "none": self.env._("None")}
            return {key: labels.get(key, key) for key in keys}
        ids = {int(key) for key in keys if key.isdigit()}
        there = {str(one.id): one.display_name for one in model.browse(ids).exists()}
        return {key: there.get(key) or self.env._("None") for key in keys}

    @api.model
    def _user_of(self, split):
        """The id of the user whom a split is about; None: it is about nobody."""
        code, _colon, key = split.partition(":")
        return int(key) if self._is(code, "person") and key.isdigit() else None
