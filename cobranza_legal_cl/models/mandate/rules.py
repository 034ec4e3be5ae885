from odoo import models

from odoo.addons.cobranza_legal.kernel.mandate import Scheme


class CobranzaRulesCl(models.AbstractModel):
    """Direct debits in Chile."""

    _inherit = "cobranza.rules.cl"

    def _mandate_schemes(self, on, table):
        """PAC, presented by hand. No law sets terms for it: they are those of the
        contract with the bank."""
        return (Scheme("pac", currency="CLP", has_file=False),)
