from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # whoever may merge partners; debtors are one for each
        debtors = self.env["cobranza.debtor"].sudo().with_context(active_test=False)
        found = debtors.search([("partner_id", "in", src_partners.ids)])
        found._follow_partner(dst_partner.commercial_partner_id)
        return super()._update_foreign_keys(src_partners, dst_partner)
