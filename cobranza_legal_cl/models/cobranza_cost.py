from odoo import models

from odoo.addons.cobranza_legal.models.cobranza_charge import STANDING


class CobranzaCost(models.Model):
    """In the mode "costs incurred" the fee of Ley 19.496 art. 37 is the lower of the
    costs out of court and the legal ceiling."""

    _inherit = "cobranza.cost"

    def _evidence(self):
        """Also those that a fee of that mode rests on."""
        rest = super()._evidence()
        chilean = self.filtered(
            lambda one: (
                one.company_id._cobranza_rules()._name == "cobranza.rules.cl"
                and one.company_id.l10n_cl_fee_mode == "incurred"
            )
        )
        if not chilean:
            return rest
        domain = [
            ("debtor_id", "in", chilean.debtor_id.ids),
            ("kind", "=", "fee"),
            ("state", "in", STANDING),
        ]
        # sudo: whoever records costs may not read every charge
        last = dict(
            self.env["cobranza.charge"]
            .sudo()
            ._read_group(domain, ["debtor_id"], ["assessed_on:max"])
        )
        return rest | chilean.filtered(
            lambda one: (
                one.debtor_id in last
                and last[one.debtor_id] >= (one._origin or one).day
            )
        )
