from odoo import models
from odoo.tools import SQL

from ..agreement.limits import Objection
from .relief import BOOKED

MATTERS = {
    "assessments_of_losses": (
        "assessment_ids",
        ("percent", "reason", "since", "until"),
    ),
    "credit_insurance": (
        "insurance_ids",
        ("insurer_id", "policy_number", "covered", "since", "until"),
    ),
    "tax_reliefs": (
        "vat_relief_ids",
        ("move_id", "ground", "state", "base", "tax", "booked_on", "raised"),
    ),
}
"""As ``privacy.data.MATTERS``."""


class CobranzaBlockProvision(models.AbstractModel):
    """Provisions: what is expected to be lost of what is owed."""

    _name = "cobranza.block.provision"
    _inherit = "cobranza.block"
    _description = "Provisions"

    _switch = "cobranza_legal.group_provisions"
    _dialogs = (
        "cobranza.vat.relieve",
        "cobranza.vat.notify",
        "cobranza.vat.raise",
    )

    def _daily(self, company, today):
        self.env["cobranza.credit.insurance"]._ask_to_declare(company, today)
        self.env["cobranza.vat.relief"].sudo()._follow(company, today)

    def _set_aside(self, entry):
        return SQL(
            """EXISTS (SELECT 1 FROM cobranza_vat_relief aside
                        WHERE aside.id = %s.cobranza_relief_id
                          AND aside.owes = 'whole')""",
            entry,
        )

    def _settlement_records(self):
        return (("vat_relief", "move.cobranza_relief_id IS NOT NULL"),)

    def _agreement_objections(self, agreement, on):
        """More time given about what was relieved obliges to raise the tax again: that
        is done first."""
        reliefs = self.env["cobranza.vat.relief"].search(
            [
                ("move_id", "in", agreement.debt_ids.move_id.ids),
                ("state", "in", BOOKED),
            ]
        )
        return [
            Objection(
                self.env._(
                    "The tax of %s was relieved: an agreement about it obliges to "
                    "raise it again. Do that first.",
                    one.move_id.name,
                )
            )
            for one in reliefs
        ]

    def _personal_matters(self):
        return MATTERS

    def _is_to_erase(self, debtor, cutoff):
        return bool(
            debtor.assessment_ids._ended_before(cutoff).filtered(
                lambda one: one.reason != "-"
            )
        )

    def _erase_matters(self, debtor, cutoff, why):
        # what was judged, by whom and when stays: it explains what was booked
        debtor.assessment_ids._ended_before(cutoff)._through_gate().write(
            {"reason": "-"}
        )
