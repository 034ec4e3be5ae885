from odoo import models

from .closing import Closing

MATTERS = {
    "assessments_of_losses": (
        "assessment_ids",
        ("percent", "reason", "since", "until"),
    ),
    "credit_insurance": (
        "insurance_ids",
        ("insurer_id", "policy_number", "covered", "since", "until"),
    ),
}
"""As ``privacy.data.MATTERS``."""


class CobranzaBlockProvision(models.AbstractModel):
    """Provisions: what is expected to be lost of what is owed."""

    _name = "cobranza.block.provision"
    _inherit = "cobranza.block"
    _description = "Provisions"

    _switch = "cobranza_legal.group_provisions"

    def _daily(self, company, today):
        self.env["cobranza.credit.insurance"]._ask_to_declare(company, today)

    def _closing_checks(self, company, day):
        return Closing(company, day).checks()

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
