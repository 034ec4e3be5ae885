from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.models.listing.rows import OriginRow, RegisterRow

_lt = LazyTranslate(__name__)


ARTICLE_17 = "Ley 19.628, art. 17"


REGISTERS = (
    RegisterRow(
        "cl_boletin", names=("Boletín Comercial",), label=_lt("Boletín Comercial")
    ),
    RegisterRow("cl_dicom", names=("DICOM",), label=_lt("DICOM-Equifax")),
)


ORIGINS = (
    OriginRow("cl_protested", _lt("Protested bill, promissory note or cheque")),
    OriginRow("cl_loan", _lt("Loan of a bank, a cooperative or a public body")),
    OriginRow("cl_store", _lt("Credit of a department store")),
    OriginRow("cl_decree", _lt("Credit named by a supreme decree")),
    OriginRow("cl_trade", _lt("Goods or services to a business")),
    OriginRow("cl_electricity", _lt("Electricity"), ARTICLE_17),
    OriginRow("cl_water", _lt("Water"), ARTICLE_17),
    OriginRow("cl_telephone", _lt("Telephone"), ARTICLE_17),
    OriginRow("cl_gas", _lt("Gas"), ARTICLE_17),
    OriginRow("cl_highway", _lt("Highway in concession"), ARTICLE_17),
    OriginRow("cl_education", _lt("Education, of any level"), "Ley 21.214"),
    OriginRow("cl_health", _lt("Health care"), "Ley 21.504"),
    OriginRow("cl_indap", _lt("Credit of INDAP"), ARTICLE_17),
    OriginRow(
        "cl_renegotiated", _lt("Renegotiated, novated or agreed anew"), ARTICLE_17
    ),
    OriginRow("cl_unemployment", _lt("From a time of unemployment"), ARTICLE_17),
)


class CobranzaRegister(models.AbstractModel):
    """The commercial registers of Chile."""

    _inherit = "cobranza.register"

    def _rows(self):
        return (*super()._rows(), *REGISTERS)


class CobranzaListingOrigin(models.AbstractModel):
    """What may be reported in Chile, and what never is."""

    _inherit = "cobranza.listing.origin"

    def _rows(self):
        return (*super()._rows(), *ORIGINS)
