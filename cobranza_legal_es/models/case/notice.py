from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.case.notice import NoticeWay

_lt = LazyTranslate(__name__)


WAYS = (
    NoticeWay("es_lexnet", _lt("Spain: LexNET")),
    NoticeWay("es_electronic", _lt("Spain: another electronic address")),
    NoticeWay("es_edict", _lt("Spain: edict")),
)


class CobranzaNoticeWay(models.AbstractModel):
    _inherit = "cobranza.notice.way"

    def _rows(self):
        return (*super()._rows(), *WAYS)
