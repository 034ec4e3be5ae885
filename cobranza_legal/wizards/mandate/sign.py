from odoo import fields, models
from odoo.exceptions import UserError

from ...models.common.files import safe_name, uploaded


class CobranzaMandateSign(models.TransientModel):
    """The signature of a mandate that was given by hand or elsewhere, with the scan."""

    _name = "cobranza.mandate.sign"
    _inherit = "cobranza.dialog.mixin"
    _description = "Signature of a mandate"

    mandate_id = fields.Many2one("cobranza.mandate", required=True)
    day = fields.Date(
        "Signed on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    place = fields.Char("Signed at")
    method = fields.Selection(
        [
            ("hand", "By hand"),
            ("elsewhere", "Elsewhere: at the bank, with a trusted service"),
        ],
        string="How it was signed",
        required=True,
        default="hand",
    )
    file = fields.Binary("Scan of the signed mandate", attachment=False)
    filename = fields.Char()

    def action_confirm(self):
        """Keep the scan and make the mandate valid. UserError for a signature by hand
        without its scan: the creditor has to keep the mandate."""
        self.ensure_one()
        mandate = self.mandate_id
        mandate.check_access("write")
        if self.method == "hand" and not self.file:
            raise UserError(
                self.env._(
                    "Add the scan of the signed mandate: the creditor keeps it for as "
                    "long as a debit may be taken back."
                )
            )
        if self.file:
            file = self.env["ir.attachment"].create(
                {
                    "name": safe_name(self.filename or self.env._("Mandate")),
                    "raw": uploaded(self),
                    "res_model": mandate._name,
                    "res_id": mandate.id,
                }
            )
            mandate._through_gate().file_ids |= file
        mandate._sign(self.day, self.place, self.method)
        return {"type": "ir.actions.act_window_close"}
