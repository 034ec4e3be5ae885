from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.kernel.dunning import Reason
from odoo.addons.cobranza_legal.models.charge.charge import ChargeKind
from odoo.addons.cobranza_legal.models.common.approval import ApprovalKind
from odoo.addons.cobranza_legal.models.common.reason import ReasonRow
from odoo.addons.cobranza_legal.models.contact.outcome import Outcome
from odoo.addons.cobranza_legal.models.policy.level import LevelEffect
from odoo.addons.cobranza_legal.models.stop.hold import HoldReason
from odoo.addons.cobranza_legal.models.text.purpose import Purpose

_lt = LazyTranslate(__name__)
IN_ORBIT = Reason("in_orbit", 145)


class DecisionReason(models.AbstractModel):
    _inherit = "cobranza.decision.reason"

    def _rows(self):
        row = ReasonRow(
            IN_ORBIT,
            _lt("In orbit"),
            _lt("The debtor has left the planet."),
            since="orbit_on",
            details="orbit",
            ends_interest=True,
            no_turn=True,
        )
        return (*super()._rows(), row)


class HoldReasons(models.AbstractModel):
    _inherit = "cobranza.hold.reason"

    def _rows(self):
        return (*super()._rows(), HoldReason("in_orbit", _lt("In orbit"), IN_ORBIT))


class LevelEffects(models.AbstractModel):
    _inherit = "cobranza.level.effect"

    def _rows(self):
        return (*super()._rows(), LevelEffect("propose_launch", _lt("Proposes launch")))


class TextPurposes(models.AbstractModel):
    _inherit = "cobranza.text.purpose"

    def _rows(self):
        return (*super()._rows(), Purpose("orbit_notice", _lt("Notice of orbit")))


class Outcomes(models.AbstractModel):
    _inherit = "cobranza.outcome"

    def _rows(self):
        row = Outcome("orbiting", _lt("Is in orbit"), event="answered", manifest=True)
        return (*super()._rows(), row)


class ApprovalKinds(models.AbstractModel):
    _inherit = "cobranza.approval.kind"

    def _rows(self):
        group = "cobranza_legal.group_collection_manager"
        return (*super()._rows(), ApprovalKind("launch", _lt("Launch"), group=group))


class ChargeKinds(models.AbstractModel):
    _inherit = "cobranza.charge.kind"

    def _rows(self):
        return (*super()._rows(), ChargeKind("fuel", _lt("Fuel")))
