from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.document.rows import CheckRow

_lt = LazyTranslate(__name__)


CHECKS = (CheckRow("es_nif", _lt("DNI, NIE or NIF (Spain)"), "es.nif"),)


class CobranzaDocumentCheck(models.AbstractModel):
    """The numbers of identity documents."""

    _inherit = "cobranza.document.check"

    def _rows(self):
        return (*super()._rows(), *CHECKS)
