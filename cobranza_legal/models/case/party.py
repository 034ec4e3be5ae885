"""Who takes part in a proceeding: our lawyers and agents, the opponents and theirs."""

from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

from ..common.rows import Row

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class PartyCapacity:
    """``side``: ours, theirs or of the court. ``claimed``: it is claimed from.
    ``role``: as what written pieces name it: lawyer, agent, representative,
    debtor_representative; empty: they do not."""

    code: str
    label: LazyGettext = field(compare=False)
    side: str = "ours"
    claimed: bool = False
    role: str = ""


CAPACITIES = (
    PartyCapacity("lawyer", _lt("Our lawyer"), role="lawyer"),
    PartyCapacity("agent", _lt("Our agent before the court"), role="agent"),
    PartyCapacity("representative", _lt("Represents us"), role="representative"),
    PartyCapacity("expert", _lt("Our expert")),
    PartyCapacity("officer", _lt("Officer who serves papers"), side="court"),
    PartyCapacity("notary", _lt("Notary"), side="court"),
    PartyCapacity("opponent", _lt("Opponent"), side="theirs", claimed=True),
    PartyCapacity("opponent_lawyer", _lt("Lawyer of the opponent"), side="theirs"),
    PartyCapacity("opponent_agent", _lt("Agent of the opponent"), side="theirs"),
    PartyCapacity(
        "opponent_representative",
        _lt("Represents the opponent"),
        side="theirs",
        role="debtor_representative",
    ),
    PartyCapacity("third", _lt("Third party"), side="theirs"),
)


class CobranzaProceedingCapacity(models.AbstractModel):
    _name = "cobranza.proceeding.capacity"
    _inherit = "cobranza.rows"
    _description = "Capacities in a proceeding"

    def _rows(self):
        return CAPACITIES


class CobranzaProceedingParty(models.Model):
    """Somebody who takes part in a proceeding."""

    _name = "cobranza.proceeding.party"
    _inherit = "cobranza.logged.mixin"
    _description = "Party of a proceeding"
    _order = "proceeding_id, id"
    _rec_name = "partner_id"

    proceeding_id = fields.Many2one(
        "cobranza.proceeding", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="proceeding_id.company_id", store=True)
    partner_id = fields.Many2one(
        "res.partner", string="Who", required=True, ondelete="restrict", index=True
    )
    capacity = Row("cobranza.proceeding.capacity", required=True)
    note = fields.Char()

    _who_uniq = models.Constraint(
        "UNIQUE (proceeding_id, partner_id, capacity)",
        "It takes part in this capacity already.",
    )

    @api.depends("partner_id", "capacity")
    @api.depends_context("lang")
    def _compute_display_name(self):
        capacities = self.env["cobranza.proceeding.capacity"]
        for one in self:
            parts = (one.partner_id.display_name, capacities._label(one.capacity))
            one.display_name = " · ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        parties = super().create(vals_list)
        if not self._is_through_gate():  # opponents are proposed
            parties._check_worked()
            parties._tell(self.env._("Takes part"))
        return parties

    def write(self, vals):
        if self._is_through_gate():  # erasing for privacy
            return super().write(vals)
        self._check_worked()
        before = {one: one.display_name for one in self}
        result = super().write(vals)
        for one, name in before.items():
            if one.display_name != name:
                one._tell(f"{name} → {one.display_name}", named=False)
        return result

    def unlink(self):
        self._check_worked()
        self._tell(self.env._("Takes part no more"))
        return super().unlink()

    def _discardable(self):
        """Those that were proposed for what is not filed yet."""
        return self.filtered(lambda one: one.proceeding_id.state == "draft")

    def _check_worked(self):
        self.proceeding_id.case_id._check_worked()
        self.proceeding_id._expect("draft", "filed")

    def _tell(self, words, named=True):
        """A row in the history of the proceeding."""
        for one in self:
            change = f"{words}: {one.display_name}" if named else words
            one.proceeding_id._log(change)
