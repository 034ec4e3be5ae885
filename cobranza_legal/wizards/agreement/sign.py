from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.files import safe_name, uploaded


class CobranzaAgreementProofMixin(models.AbstractModel):
    """A dialog that takes the scan of something that was signed about an agreement."""

    _name = "cobranza.agreement.proof.mixin"
    _inherit = "cobranza.dialog.mixin"
    _description = "Dialog with a signed paper"

    agreement_id = fields.Many2one("cobranza.agreement", required=True)
    day = fields.Date(
        "Signed on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    file = fields.Binary("Scan of what was signed", attachment=False)
    filename = fields.Char()

    def _keep_scan(self):
        """The scan as a file of the agreement. UserError without it."""
        self.ensure_one()
        self.agreement_id.check_access("write")
        if not self.file:
            raise UserError(self.env._("Add the scan of what was signed."))
        return self.env["ir.attachment"].create(
            {
                "name": safe_name(self.filename or self.env._("Agreement")),
                "raw": uploaded(self),
                "res_model": "cobranza.agreement",
                "res_id": self.agreement_id.id,
            }
        )


class CobranzaAgreementSign(models.TransientModel):
    """The signature of an agreement that was given by hand, with the scan."""

    _name = "cobranza.agreement.sign"
    _inherit = "cobranza.agreement.proof.mixin"
    _description = "Signature of a payment agreement"

    def action_confirm(self):
        agreement = self.agreement_id
        file = self._keep_scan()
        agreement._through_gate().scan_ids |= file
        agreement._sign(self.day, "hand")
        return {"type": "ir.actions.act_window_close"}


class CobranzaAgreementConsentDialog(models.TransientModel):
    """The written consent of a guarantor to an agreement."""

    _name = "cobranza.agreement.consent.dialog"
    _inherit = "cobranza.agreement.proof.mixin"
    _description = "Consent of a guarantor to an agreement"

    unheard_ids = fields.Many2many(
        "cobranza.obligor", compute="_compute_unheard_ids", string="Not consented yet"
    )
    obligor_id = fields.Many2one(
        "cobranza.obligor",
        "Guarantor",
        required=True,
        domain="[('id', 'in', unheard_ids)]",
    )

    @api.depends("agreement_id")
    def _compute_unheard_ids(self):
        for dialog in self:
            agreement = dialog.agreement_id
            dialog.unheard_ids = agreement._unheard() if agreement else False

    def action_confirm(self):
        file = self._keep_scan()
        self.agreement_id._consent(self.obligor_id, self.day, file)
        return {"type": "ir.actions.act_window_close"}

    def action_send_link(self):
        """Ask the guarantor to read and sign it on a page of its own."""
        self.ensure_one()
        self.agreement_id._ask_consent(self.obligor_id)
        return {"type": "ir.actions.act_window_close"}


class CobranzaAgreementPaperSign(models.TransientModel):
    """The signature of a paper of an agreement that was given by hand, with the scan:
    a promissory note."""

    _name = "cobranza.agreement.paper.sign"
    _inherit = "cobranza.agreement.proof.mixin"
    _description = "Signature of a paper of an agreement"

    agreement_id = fields.Many2one(related="paper_id.agreement_id", required=False)
    paper_id = fields.Many2one("cobranza.agreement.paper", required=True)

    def action_confirm(self):
        file = self._keep_scan()
        # sudo: papers are written here only
        self.paper_id.sudo()._signed_by_hand(self.day, file)
        return {"type": "ir.actions.act_window_close"}
