from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.case.notice import NoticeWay

_lt = LazyTranslate(__name__)


WAYS = (
    NoticeWay("cl_receptor", _lt("Chile: by a receptor, in person")),
    NoticeWay("cl_cedula", _lt("Chile: by a receptor, by a writ left (cédula)")),
    NoticeWay("cl_daily", _lt("Chile: in the daily list (estado diario)")),
)


class CobranzaNoticeWay(models.AbstractModel):
    _inherit = "cobranza.notice.way"

    def _rows(self):
        return (*super()._rows(), *WAYS)
