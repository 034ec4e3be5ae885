from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.mandate.scheme import SchemeRow

_lt = LazyTranslate(__name__)


class CobranzaMandateScheme(models.AbstractModel):
    """PAC: the customer signs it at its bank, which debits what the company sends."""

    _inherit = "cobranza.mandate.scheme"

    def _rows(self):
        return (*super()._rows(), SchemeRow("pac", _lt("PAC (bank account)")))
