from odoo import fields, models
from odoo.exceptions import UserError

from .listing import REPORTED

SWITCH = "cobranza_legal.group_registers"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_cobranza_registers = fields.Boolean("Registers", implied_group=SWITCH)

    def set_values(self):
        """Registers are not switched off while they know a debt: what changes about it
        has to be told the same day."""
        if not self.group_cobranza_registers:
            # sudo: of every company, for the switch is one for all
            known = self.env["cobranza.listing"].sudo()
            count = known.search_count(
                [("state", "in", (*REPORTED, "removal_requested"))]
            )
            if count:
                raise UserError(
                    self.env._(
                        "%s debts are in credit registers: ask for their removal and "
                        "record the answers before you switch registers off.",
                        count,
                    )
                )
        return super().set_values()
