from odoo import api, fields, models

from ...models.common.files import uploaded


class CobranzaDispatchMake(models.TransientModel):
    """Hand letters over to a provider, in one batch."""

    _name = "cobranza.dispatch.make"
    _inherit = "cobranza.dialog.mixin"
    _description = "New batch for a provider"

    contact_ids = fields.Many2many("cobranza.contact", readonly=True)
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True
    )
    provider_id = fields.Many2one(
        "cobranza.provider",
        compute="_compute_provider_id",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )
    count = fields.Integer(string="Letters", compute="_compute_count")

    @api.depends("contact_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.contact_ids.company_id[:1] or self.env.company

    @api.depends("contact_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.contact_ids)

    @api.depends("contact_ids")
    def _compute_provider_id(self):
        for wizard in self:
            wizard.provider_id = self.env["cobranza.provider"]._default_for(
                wizard.company_id, wizard.contact_ids.mapped("channel")
            )

    def action_confirm(self):
        self.ensure_one()
        batch = self.contact_ids._hand_over_to(self.provider_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": batch._name,
            "res_id": batch.id,
            "views": [(False, "form")],
        }


class CobranzaDispatchUpload(models.TransientModel):
    """Read a file of a provider that somebody has received."""

    _name = "cobranza.dispatch.upload"
    _inherit = "cobranza.dialog.mixin"
    _description = "Upload of a provider's answers"

    provider_id = fields.Many2one(
        "cobranza.provider",
        required=True,
        default=lambda self: self._default_provider(),
    )
    file = fields.Binary(string="CSV or ZIP", required=True, attachment=False)
    filename = fields.Char()

    @api.model
    def _default_provider(self):
        company = self.env.company._cobranza_creditor()
        return self.env["cobranza.provider"]._default_for(company, ())

    def action_confirm(self):
        self.ensure_one()
        self.provider_id.check_access("read")
        # sudo: answers are evidence, which nobody writes by hand
        answer = (
            self.env["cobranza.dispatch.answer"]
            .sudo()
            ._read_file(
                self.provider_id.sudo(),
                self.filename or self.env._("Answers"),
                uploaded(self),
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": answer._name,
            "res_id": answer.id,
            "views": [(False, "form")],
        }
