from odoo import models


class CobranzaChannelPortal(models.AbstractModel):
    """What debtors do on their own page. Nothing leaves by it."""

    _name = "cobranza.channel.portal"
    _inherit = "cobranza.channel.base"
    _description = "Debtor's page"

    _abstract_channel = False
    _is_inbound_only = True
    _default_purpose = False


class CobranzaChannelBase(models.AbstractModel):
    _inherit = "cobranza.channel.base"

    _is_inbound_only = False
    """Debtors reach us by it, we never reach them: no level and no plan uses it."""


class CobranzaPolicyLevel(models.Model):
    _inherit = "cobranza.policy.level"

    def _selection_channel(self):
        return [
            (code, label)
            for code, label in super()._selection_channel()
            if not self.env[f"cobranza.channel.{code}"]._is_inbound_only
        ]


class CobranzaContact(models.Model):
    _inherit = "cobranza.contact"

    def _selection_channel(self):
        channel = self.env["cobranza.channel.portal"]
        label = self.env["ir.model"]._get(channel._name).name
        return [*super()._selection_channel(), ("portal", label)]
