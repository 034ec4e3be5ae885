from odoo import fields, models

from .res_company import INTERNAL


class ResCompany(models.Model):
    """How contacts are planned, and who answers for them."""

    _inherit = "res.company"

    cobranza_contact_gap = fields.Integer(
        string="Days between contacts",
        default=1,
        help="What is planned for one debtor in one kind of channel is never closer "
        "than these days: 1 means not twice on a day. The law of the country may ask "
        "for more. Calls and letters that a person decides on are not held back.",
        groups=INTERNAL,
    )

    _cobranza_contact_gap_positive = models.Constraint(
        "CHECK (cobranza_contact_gap >= 0)",
        "The days between contacts cannot be negative.",
    )

    def _cobranza_collector(self):
        """Whoever does what no collector of a debtor does: the company's collector, who
        switched the company on, else its first collection manager."""
        self.ensure_one()
        named = (self.cobranza_user_id | self.cobranza_live_by_id).filtered("active")
        if named:
            return named[:1]
        # whoever meets the fault may not read the users of a group
        group = self.env.ref("cobranza_legal.group_collection_manager").sudo()
        managers = group.all_user_ids.filtered(
            lambda user: user.active and self in user.company_ids
        )
        return managers.sorted("id")[:1].sudo(self.env.su)
