from odoo import api, fields, models

from .cobranza_policy_level import PHASES
from .res_company import STAFF


class ResPartner(models.Model):
    _inherit = "res.partner"

    cobranza_policy_id = fields.Many2one(
        "cobranza.policy",
        string="Collection policy",
        company_dependent=True,
        groups=STAFF,
    )
    cobranza_debtor_ids = fields.One2many("cobranza.debtor", "partner_id", groups=STAFF)
    cobranza_debtor_id = fields.Many2one(
        "cobranza.debtor",
        compute="_compute_cobranza_debtor",
        string="Debtor",
        groups=STAFF,
    )
    cobranza_phase = fields.Selection(
        PHASES,
        compute="_compute_cobranza_debtor",
        string="Collection phase",
        groups=STAFF,
    )
    cobranza_overdue = fields.Monetary(
        compute="_compute_cobranza_debtor",
        string="Overdue in collection",
        groups=STAFF,
    )

    @api.depends("cobranza_debtor_ids")
    @api.depends_context("company", "uid")
    def _compute_cobranza_debtor(self):
        debtors = self.env["cobranza.debtor"]
        if debtors.has_access("read"):
            domain = [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
            debtors = debtors.search(domain)
        by_partner = {debtor.partner_id.id: debtor for debtor in debtors}
        none = debtors.browse()
        for partner in self:
            debtor = by_partner.get(partner.commercial_partner_id.id, none)
            partner.cobranza_debtor_id = debtor
            partner.cobranza_phase = debtor.phase
            partner.cobranza_overdue = debtor.overdue

    def write(self, vals):
        result = super().write(vals)
        if {"cobranza_policy_id", "category_id"} & set(vals):
            self.env["cobranza.debtor"]._touch_partners(self)
        if {"parent_id", "is_company"} & set(vals):
            self._cobranza_follow_commercial()
        return result

    def _cobranza_follow_commercial(self):
        """Debtors stay commercial partners when contacts change their company."""
        # whoever may edit contacts
        debtors = self.env["cobranza.debtor"].sudo().with_context(active_test=False)
        for debtor in debtors.search([("partner_id", "in", self.ids)]):
            commercial = debtor.partner_id.commercial_partner_id
            if commercial != debtor.partner_id:
                debtor._follow_partner(commercial)

    def action_cobranza_debtor(self):
        self.ensure_one()
        return self.cobranza_debtor_id.get_formview_action()


class ResPartnerCategory(models.Model):
    _inherit = "res.partner.category"

    cobranza_policy_id = fields.Many2one(
        "cobranza.policy",
        string="Collection policy",
        company_dependent=True,
        groups=STAFF,
    )

    def write(self, vals):
        result = super().write(vals)
        if "cobranza_policy_id" in vals:
            self.env["cobranza.debtor"]._touch_partners(self.partner_ids)
        return result
