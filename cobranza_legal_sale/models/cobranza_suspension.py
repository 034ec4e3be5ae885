from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.cobranza_legal.models.suspension.suspension import (
    CobranzaSuspension as Suspension,
)


class CobranzaSuspension(models.Model):
    """A suspension may block bookings: no quotation of the customer is confirmed while
    it is in force."""

    _inherit = "cobranza.suspension"

    _logged = (*Suspension._logged, "blocks_bookings")

    blocks_bookings = fields.Boolean(
        "Blocks new orders",
        default=True,
        help="While it is in force no quotation of this customer is confirmed. The "
        "notice says so.",
    )

    @api.model
    def _scope_fields(self):
        return (*super()._scope_fields(), "blocks_bookings")

    def _scope(self):
        words = super()._scope()
        if not self.blocks_bookings:
            return words
        line = self.env._("We take no new orders or bookings meanwhile.")
        return words + Markup("<p>%s</p>") % line

    def _summary(self):
        words = super()._summary()
        if not self.blocks_bookings:
            return words
        return " · ".join(filter(None, (words, self.env._("no new orders"))))

    @api.model
    def _blocking_bookings(self, partners, companies):
        """Those in force that block bookings of any of these customers in any of these
        companies; one query."""
        # sudo: whoever sells need not see debtors
        return self.sudo().search(
            [
                ("state", "=", "in_force"),
                ("blocks_bookings", "=", True),
                ("debtor_id.partner_id", "in", partners.ids),
                ("company_id", "in", companies.ids),
            ]
        )
