from odoo import api, fields, models

from ...kernel.lifecycle import CUSTODY
from ...models.common.files import safe_name, uploaded
from ...models.document.custody import KINDS


class CobranzaDocumentOriginal(models.TransientModel):
    """Where the original of a paper title goes, and against which receipt."""

    _name = "cobranza.document.original"
    _inherit = "cobranza.dialog.mixin"
    _description = "Hand over an original"

    document_id = fields.Many2one("cobranza.document", required=True)
    holder = fields.Char(related="document_id.holder", string="Held now by")
    kind = fields.Selection(
        KINDS,
        string="What happens",
        required=True,
        compute="_compute_kind",
        store=True,
        precompute=True,
        readonly=False,
    )
    holder_id = fields.Many2one("res.partner", string="Handed to")
    court = fields.Char(help="And the number of the docket, if there is one.")
    day = fields.Date(
        "On", required=True, default=lambda self: self.env.company._cobranza_today()
    )
    file = fields.Binary("Receipt", attachment=False)
    filename = fields.Char()
    note = fields.Char("Remarks")

    @api.depends("document_id")
    def _compute_kind(self):
        """What usually comes next."""
        codes = [code for code, _label in KINDS]
        for dialog in self:
            custody = dialog.document_id.custody or CUSTODY.initial
            after = [code for code in codes if CUSTODY.allows(custody, code)]
            dialog.kind = after[0] if after else False

    def action_confirm(self):
        """Write it down. UserError as ``cobranza.document._move_original``; nothing is
        kept then."""
        self.ensure_one()
        document = self.document_id
        document.check_access("write")
        receipt = self.env["ir.attachment"]
        if self.file:
            # sudo: whoever may do this may keep the file, and nothing else
            receipt = receipt.sudo().create(
                {
                    "name": safe_name(self.filename or self.env._("Receipt")),
                    "raw": uploaded(self),
                    "res_model": document._name,
                    "res_id": document.id,
                }
            )
        document._move_original(
            self.kind, self.day, self.holder_id, self.court, receipt, self.note
        )
        return {"type": "ir.actions.act_window_close"}
