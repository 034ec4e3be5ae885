from odoo import api, fields, models
from odoo.exceptions import UserError


class CobranzaAgencyHandover(models.TransientModel):
    """To which agency debts are handed over, until when and for what commission:
    debtors or debts of a list, several at once."""

    _name = "cobranza.agency.handover"
    _inherit = "cobranza.dialog.mixin"
    _description = "Handover to a collection agency"

    agency_id = fields.Many2one(
        "cobranza.agency", default=lambda self: self._usual_agency()
    )
    until = fields.Date(help="Empty: until they are taken back.")
    commission = fields.Float(
        "Commission (%)", compute="_compute_commission", store=True, readonly=False
    )
    debt_ids = fields.Many2many(
        "cobranza.debt",
        string="Debts",
        domain="[('nature', '=', 'principal'), ('void_reason', '=', False)]",
        default=lambda self: self._chosen_debts(),
    )
    note = fields.Text("For our own people")

    @api.model
    def _usual_agency(self):
        """The first one of the company whose debts these are; of several companies
        none, each has its own."""
        companies = self._chosen_debts().company_id
        company = companies or self.env.company._cobranza_creditor()
        agencies = self.env["cobranza.agency"]
        if len(company) > 1:
            return agencies
        return agencies._of_day(company, company._cobranza_today())[:1]

    @api.model
    def _chosen_debts(self):
        """What can be handed over of the debtors or debts on the screen."""
        open_ones = self.env["cobranza.debt"]._chosen_open()
        return self.env["cobranza.placement"]._free_debts(open_ones)

    @api.depends("agency_id")
    def _compute_commission(self):
        for dialog in self:
            dialog.commission = dialog.agency_id.commission

    def action_prepare(self):
        """Drafts, to be looked at before."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_placement"
        )
        domain = [("id", "in", self._prepared().ids)]
        return {**action, "domain": domain, "context": {}}

    def action_hand_over(self):
        self.ensure_one()
        return self._prepared().action_place()

    def _prepared(self):
        placements = self.env["cobranza.placement"]
        placements._check_manager()
        if not self.debt_ids:
            raise UserError(self.env._("Nothing is open that could be handed over."))
        values = {"until": self.until, "note": self.note}
        if self.agency_id:  # else each agency's own
            values["commission"] = self.commission
        made = placements._draft(self.debt_ids, self.agency_id, **values)
        left = self.debt_ids - made.debt_ids
        if left:
            raise UserError(
                self.env._(
                    "%s cannot be handed over: it is paid, covered, or in another "
                    "handover.",
                    ", ".join(left.mapped("display_name")),
                )
            )
        return made
