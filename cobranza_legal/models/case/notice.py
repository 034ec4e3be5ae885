"""By which way a court tells something, and what hearings are for: one row each."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class NoticeWay:
    """A way of serving a notice; from when it counts says the law
    (``cobranza.rules._notice_rule``)."""

    code: str
    label: LazyGettext = field(compare=False)


class CobranzaNoticeWay(models.AbstractModel):
    """How notices of courts are served; countries add the ways of their law."""

    _name = "cobranza.notice.way"
    _inherit = "cobranza.rows"
    _description = "Ways of serving a notice"

    def _rows(self):
        return (
            NoticeWay("person", _lt("In person")),
            NoticeWay("post", _lt("By post")),
            NoticeWay("electronic", _lt("By electronic means")),
            NoticeWay("hearing", _lt("At a hearing")),
        )


@dataclass(frozen=True, slots=True)
class HearingKind:
    """What a hearing is for."""

    code: str
    label: LazyGettext = field(compare=False)


class CobranzaHearingKind(models.AbstractModel):
    """What hearings are for; countries may add theirs."""

    _name = "cobranza.hearing.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of hearings"

    def _rows(self):
        return (
            HearingKind("preliminary", _lt("Preliminary hearing")),
            HearingKind("conciliation", _lt("Conciliation")),
            HearingKind("evidence", _lt("Evidence")),
            HearingKind("trial", _lt("Trial")),
            HearingKind("auction", _lt("Auction")),
            HearingKind("other", _lt("Another hearing")),
        )
