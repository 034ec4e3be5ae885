from odoo import api, fields, models
from odoo.exceptions import ValidationError

ROLES = [
    ("invoice", "Invoice contact"),
    ("dunning", "Collection contact"),
    ("legal", "Legal contact"),
    ("guarantor", "Each guarantor"),
]


class CobranzaPolicyLevel(models.Model):
    """To whom a level writes, and how when its own way is closed."""

    _inherit = "cobranza.policy.level"

    recipient_role = fields.Selection(
        ROLES,
        string="Writes to",
        help="Empty: the legal contact in the judicial phase, else the collection "
        "contact. A debtor without that contact is written to by its invoice contact "
        "or address; each guarantor gets a contact of its own.",
    )
    fallback_channel = fields.Selection(
        selection="_selection_channel",
        string="Else by",
        help="The way to go when the recipient cannot be reached by the channel: no "
        "address, an address that failed, or an opt-out. Empty: somebody gets a task.",
    )

    def _recipient_role(self):
        """The role of whom a contact of this level goes to; also of no level."""
        if self.recipient_role:
            return self.recipient_role
        return "legal" if self.phase == "judicial" else "dunning"

    @api.constrains("channel", "fallback_channel")
    def _check_fallback(self):
        for level in self:
            if level.fallback_channel and level.fallback_channel == level.channel:
                raise ValidationError(
                    self.env._(
                        "%s: the other way is the same as the first one.", level.name
                    )
                )


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def _guarantors(self):
        """Who answers for the debt and may be written to about it, by id."""
        self.ensure_one()
        return (self.guarantor_ids - self.beneficiary_ids).sorted("id")
