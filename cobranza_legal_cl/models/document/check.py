from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.document.rows import CheckRow

_lt = LazyTranslate(__name__)


CHECKS = (CheckRow("cl_rut", _lt("RUT (Chile)"), "cl.rut"),)


class CobranzaDocumentCheck(models.AbstractModel):
    """The numbers of identity documents."""

    _inherit = "cobranza.document.check"

    def _rows(self):
        return (*super()._rows(), *CHECKS)
