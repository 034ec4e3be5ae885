from odoo import fields, models
from odoo.exceptions import UserError


class CobranzaContact(models.Model):
    """Contacts by which it is negotiated before a lawsuit."""

    _inherit = "cobranza.contact"

    negotiation_id = fields.Many2one(
        "cobranza.negotiation",
        "Part of the negotiation",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    def action_keep_confidential(self):
        """These were made in a negotiation: no paper for a court shows them from now
        on. UserError for those that were not made yet."""
        self.check_access("write")
        unmade = self.filtered(lambda one: not one.sent_at)
        if unmade:
            raise UserError(self.env._("%s was not made yet.", unmade[0].display_name))
        # sudo: nobody writes the field but by this button
        self.sudo()._through_gate().confidential = True
        for company in self.company_id:
            self.env["cobranza.negotiation"].sudo()._gather_said(company)
        return True
