from odoo import api, fields, models
from odoo.exceptions import UserError


class CobranzaDebtor(models.Model):
    """The reports to credit registers of a debtor."""

    _inherit = "cobranza.debtor"

    listing_ids = fields.One2many(
        "cobranza.listing", "debtor_id", "Reports to credit registers"
    )
    listing_count = fields.Integer(
        "Number of reports", compute="_compute_listing_count"
    )

    @api.depends("listing_ids")
    def _compute_listing_count(self):
        groups = self.env["cobranza.listing"]._read_group(
            [("debtor_id", "in", self.ids)], ["debtor_id"], ["__count"]
        )
        counts = {debtor.id: count for debtor, count in groups}
        for debtor in self:
            debtor.listing_count = counts.get(debtor.id, 0)

    def action_view_listings(self):
        """Its reports to credit registers, or a new one."""
        return self._action_related("cobranza_legal.action_cobranza_listing")


class CobranzaDebt(models.Model):
    """The reports to credit registers of a debt."""

    _inherit = "cobranza.debt"

    listing_ids = fields.One2many(
        "cobranza.listing", "debt_id", "Reports to credit registers"
    )

    def action_report_to_register(self):
        """Drafts about these debts, for every register of which the company is a
        member, and the list of all reports about them. UserError where there is
        none."""
        self.env["cobranza.listing"].check_access("create")
        self.check_access("read")
        self.env["cobranza.listing"]._draft(self)
        if not self.listing_ids:
            raise UserError(
                self.env._(
                    "%s: no membership of a credit register is in force with its "
                    "number and agreement, or it is no principal.",
                    ", ".join(self.mapped("display_name")),
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_listing"
        )
        return {**action, "domain": [("debt_id", "in", self.ids)], "context": {}}
