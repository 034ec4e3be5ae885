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
        "res.company", required=True, default=lambda self: self.env.company
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
    price_ids = fields.One2many("cobranza.provider.price", "provider_id")

    _name_uniq = models.Constraint(
        "UNIQUE (company_id, name)", "A company has one carrier of a name."
    )

    def _price(self, channel):
        """What a sending by ``channel`` costs by its list; 0 when it is not there."""
        prices = self.price_ids.filtered(lambda one: one.channel == channel)
        return prices[:1].amount

    @api.model
    def _default_for(self, company, channels):
        """The first carrier of a company that has a price for one of ``channels``,
        else its only one."""
        providers = self.search([("company_id", "=", company.id)])
        priced = providers.filtered(
            lambda one: set(one.price_ids.mapped("channel")) & set(channels)
        )
        return priced[:1] or (providers if len(providers) == 1 else self.browse())


class CobranzaProviderPrice(models.Model):
    _name = "cobranza.provider.price"
    _inherit = "cobranza.gate.mixin"
    _description = "Price of a carrier"
    _order = "provider_id, channel"
    _rec_name = "channel"

    provider_id = fields.Many2one(
        "cobranza.provider", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="provider_id.company_id", store=True)
    channel = fields.Selection(selection="_selection_channel", required=True)
    currency_id = fields.Many2one(related="provider_id.currency_id")
    amount = fields.Monetary(string="Price", required=True)

    _channel_uniq = models.Constraint(
        "UNIQUE (provider_id, channel)", "A carrier has one price for each channel."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A price is not negative."
    )

    @api.model
    def _selection_channel(self):
        """The channels that are tracked."""
        channels = self.env["cobranza.policy.level"]._selection_channel()
        return [
            (code, name)
            for code, name in channels
            if self.env[f"cobranza.channel.{code}"]._is_tracked
        ]
