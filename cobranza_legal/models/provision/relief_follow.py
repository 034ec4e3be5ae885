from odoo import api, models
from odoo.exceptions import UserError

from ...kernel.provision import ZERO
from ..common.money import to_decimal
from .relief import BOOKED
from .relief_entry import customers_tax
from .taken_back import match_back, reversals, stands


class CobranzaVatRelief(models.Model):
    """What is done with the entries of a relief by hand: it follows the books."""

    _inherit = "cobranza.vat.relief"

    @api.model
    def _follow_entries(self, entries):
        """These entries were posted or taken out of the books beside the buttons. A
        relief whose entry was taken back ends; tax that was raised again counts as far
        as its entries stand. UserError for one that would take back again what has
        ended. As superuser."""
        for one in (entries | entries.reversed_entry_id).cobranza_relief_id:
            if not one.entry_id:
                continue  # a button is booking it
            if one.state in BOOKED:
                one._follow_entry()
            elif stands(one.entry_id) and not one.raised:
                raise UserError(
                    self.env._(
                        "%s has ended: its entry stays as it is.", one.display_name
                    )
                )

    def _follow_entry(self):
        entry = self.entry_id
        if not stands(entry):
            self.write({"to_raise": 0, "raise_reason": False, "raise_by": False})
            words = self.env._("Its entry was taken back by hand: %s", entry.name)
            self._set_state("restored", words)
            if entry.state == "posted":
                self._match_back(entry)
            self._tell(self.company_id._cobranza_today())
            return
        raises = self.move_ids - entry
        total = sum((customers_tax(one) for one in raises.filtered(stands)), ZERO)
        if total < to_decimal(self.raised):
            self.raised = float(total)
            for one in raises.filtered(lambda one: one.state == "posted"):
                self._match_back(one)
            self._tell(self.company_id._cobranza_today())

    def _match_back(self, entry):
        back = reversals(entry)
        items = entry.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        if back:
            match_back(items, back)
