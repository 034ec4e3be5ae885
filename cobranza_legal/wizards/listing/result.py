from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.dialog import open_act
from ...models.common.gate import CONTEXT_KEY, GATE
from ...models.listing.entry import ANSWERS


class CobranzaListingResult(models.TransientModel):
    """What a register has answered, with its file; or why a report is given up or has
    to go."""

    _name = "cobranza.listing.result"
    _inherit = "cobranza.dialog.mixin"
    _description = "Answer of a register, or reason of an act"

    act = fields.Selection(
        [
            ("answer", "Answer of the register"),
            ("cancel", "Give up the report"),
            ("remove", "Ask for its removal"),
        ],
        required=True,
        readonly=True,
        default="answer",
    )
    listing_ids = fields.Many2many("cobranza.listing", string="Reports", required=True)
    answer = fields.Selection(ANSWERS)
    day = fields.Date(default=lambda self: self.env.company._cobranza_today())
    reason = fields.Char("In words")
    file_ids = fields.Many2many("ir.attachment", string="File of the register")

    @api.model
    def _ask(self, act, listings):
        """The action that opens the dialog for an act about ``listings``."""
        return open_act(self, act, listing_ids=listings.ids)

    def action_confirm(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if self.act == "answer":
            self._answer(reason)
        elif not reason:
            raise UserError(self.env._("Give the reason."))
        elif self.act == "cancel":
            self.listing_ids._give_up(reason)
        else:
            self.listing_ids._remove(reason)
        return {"type": "ir.actions.act_window_close"}

    def _answer(self, reason):
        if not (self.answer and self.day):
            raise UserError(self.env._("Say what the register answered, and when."))
        if len(self.file_ids) != 1:
            raise UserError(
                self.env._("Add the file of the register: one, that proves its answer.")
            )
        if self.answer == "rejected" and not reason:
            raise UserError(self.env._("Say why the register rejected it."))
        # one file answers about many: it belongs to the first, which all may read
        place = {"res_model": "cobranza.listing", "res_id": self.listing_ids[0].id}
        # sudo: the file of this dialog becomes evidence of the report
        self.file_ids.sudo().with_context(**{CONTEXT_KEY: GATE}).write(place)
        self.listing_ids._answered(self.answer, self.day, reason, self.file_ids)
