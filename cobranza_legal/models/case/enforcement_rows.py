"""What may be taken, how a court decides, and of what a sum is: one row for each."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """``attaches``: it takes the asset for the debt, in the order of the law.
    ``precautionary``: it secures it before the judgment, and asks for a bond."""

    code: str
    label: LazyGettext = field(compare=False)
    attaches: bool = False
    precautionary: bool = True


MEASURES = (
    MeasureKind(
        "attachment", _lt("Attachment of assets"), attaches=True, precautionary=False
    ),
    MeasureKind(
        "precautionary_attachment", _lt("Precautionary attachment"), attaches=True
    ),
    MeasureKind("retention", _lt("Retention of assets")),
    MeasureKind("prohibition", _lt("Prohibition of acts and contracts")),
    MeasureKind("seizure", _lt("Seizure with a custodian")),
    MeasureKind("intervener", _lt("Appointment of an intervener")),
    MeasureKind("annotation", _lt("Entry of the claim in a register")),
    MeasureKind("other", _lt("Other measure")),
)


class CobranzaMeasureKind(models.AbstractModel):
    _name = "cobranza.measure.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of measures"

    def _rows(self):
        return MEASURES


@dataclass(frozen=True, slots=True)
class AssetKind:
    """``wages``: what of it may be attached is worked out by the month."""

    code: str
    label: LazyGettext = field(compare=False)
    wages: bool = False


ASSETS = (
    AssetKind("money", _lt("Money and bank accounts")),
    AssetKind("short_credit", _lt("Credits and securities that are soon money")),
    AssetKind("jewels", _lt("Jewels and art")),
    AssetKind("rents", _lt("Rents in money")),
    AssetKind("fruits", _lt("Interest and fruits")),
    AssetKind("movable", _lt("Movables, shares")),
    AssetKind("real_estate", _lt("Real estate")),
    AssetKind("wages", _lt("Wages and pensions"), wages=True),
    AssetKind("long_credit", _lt("Credits and securities at long term")),
    AssetKind("other", _lt("Other assets")),
)


class CobranzaAssetKind(models.AbstractModel):
    _name = "cobranza.asset.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of assets"

    def _rows(self):
        return ASSETS


@dataclass(frozen=True, slots=True)
class JudgmentKind:
    """``appeals``: it may be appealed against before it is firm."""

    code: str
    label: LazyGettext = field(compare=False)
    appeals: bool = True


JUDGMENTS = (
    JudgmentKind("judgment", _lt("Judgment")),
    JudgmentKind("order", _lt("Order of the judge")),
    JudgmentKind("decree", _lt("Decree of the clerk of the court")),
    JudgmentKind("settlement", _lt("Settlement that the court approved"), False),
)


class CobranzaJudgmentKind(models.AbstractModel):
    _name = "cobranza.judgment.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of judgments"

    def _rows(self):
        return JUDGMENTS


@dataclass(frozen=True, slots=True)
class ClaimPart:
    """As ``kernel.judgment.Part``. ``granted``: a judgment grants it; else it accrues
    afterwards. ``of_line``: field of a case's line that tells it; empty: none."""

    code: str
    label: LazyGettext = field(compare=False)
    granted: bool = True
    of_line: str = ""


PARTS = (
    ClaimPart("principal", _lt("Principal"), of_line="principal"),
    ClaimPart("interest", _lt("Agreed interest")),
    ClaimPart("default", _lt("Default interest"), of_line="interest"),
    ClaimPart("fees", _lt("Other charges"), of_line="fees"),
    ClaimPart("costs", _lt("Costs and expenses"), of_line="costs"),
    ClaimPart("after", _lt("Interest since the judgment"), granted=False),
)


class CobranzaClaimPart(models.AbstractModel):
    _name = "cobranza.claim.part"
    _inherit = "cobranza.rows"
    _description = "Parts of what is claimed"

    def _rows(self):
        return PARTS


@dataclass(frozen=True, slots=True)
class RealisationKind:
    code: str
    label: LazyGettext = field(compare=False)


REALISATIONS = (
    RealisationKind("remitted", _lt("Money that was attached")),
    RealisationKind("wages", _lt("Wages that were withheld")),
    RealisationKind("auction", _lt("Auction")),
    RealisationKind("adjudication", _lt("Asset taken in payment")),
    RealisationKind("deposit", _lt("Deposited with the court")),
    RealisationKind("other", _lt("Something else")),
)


class CobranzaRealisationKind(models.AbstractModel):
    _name = "cobranza.realisation.kind"
    _inherit = "cobranza.rows"
    _description = "Ways in which money comes from a court"

    def _rows(self):
        return REALISATIONS
