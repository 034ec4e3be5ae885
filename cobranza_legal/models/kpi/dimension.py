"""By what figures are split: one row for each dimension."""

from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Dimension:
    """``model``: of whose records the key of a split is the id; with ``choice``: of
    whose field of this name it is a choice. Neither: the key says it itself.
    ``person``: the key is a user, who sees this split."""

    code: str
    label: LazyGettext = field(compare=False)
    model: str = ""
    choice: str = ""
    person: bool = False


DIMENSIONS = (
    Dimension("collector", _lt("Collector"), model="res.users", person=True),
    Dimension("channel", _lt("Channel"), "cobranza.contact", "channel"),
    Dimension("phase", _lt("Phase"), "cobranza.policy.level", "phase"),
    Dimension("bucket", _lt("Days past due")),
    Dimension("week", _lt("Week from")),
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
        if row is None or not row.model:
            return {key: key for key in keys}
        # sudo: names of what is counted, for whoever may read the figure
        model = self.env[row.model].sudo()
        if row.choice:
            labels = dict(model._fields[row.choice]._description_selection(self.env))
            return {key: labels.get(key, key or self.env._("None")) for key in keys}
        ids = {int(key) for key in keys if key.isdigit()}
        there = {str(one.id): one.display_name for one in model.browse(ids).exists()}
        return {key: there.get(key) or self.env._("None") for key in keys}

    @api.model
    def _user_of(self, split):
        """The id of the user whom a split is about; None: it is about nobody."""
        code, _colon, key = split.partition(":")
        return int(key) if self._is(code, "person") and key.isdigit() else None
