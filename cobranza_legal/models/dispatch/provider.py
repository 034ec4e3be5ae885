from odoo import api, fields, models


class CobranzaProvider(models.Model):
    """Who carries what is tracked: a post office, a burofax or a trust service."""

    _name = "cobranza.provider"
    _inherit = "cobranza.gate.mixin"
    _description = "Carrier of certified letters"
    _order = "sequence, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    partner_id = fields.Many2one(
        "res.partner", string="Vendor", help="Who invoices its services."
    )
    tracking_url = fields.Char(
        string="Tracking address",
        help="Where a sending is followed; {number} stands for its number.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    _name_uniq = models.Constraint(
        "UNIQUE (company_id, name)", "A company has one carrier of a name."
    )

    @api.model
    def _default_for(self, company, channels):
        """The carrier that last took a contact of ``company`` by one of ``channels``
        (codes), else its only one, else none."""
        domain = [
            ("company_id", "=", company.id),
            ("channel", "in", list(channels)),
            ("provider_id.active", "=", True),
        ]
        last = self.env["cobranza.contact"].search(domain, order="id desc", limit=1)
        providers = self.search([("company_id", "=", company.id)])
        return last.provider_id or (providers if len(providers) == 1 else self.browse())
