from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # whoever may merge partners; debtors are one for each
        debtors = self.env["cobranza.debtor"].sudo().with_context(active_test=False)
        found = debtors.search([("partner_id", "in", src_partners.ids)])
        found._follow_partner(dst_partner.commercial_partner_id)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        # who answers twice for the same debts does so once
        obligors = self.env["cobranza.obligor"].sudo()
        own = obligors.search([("partner_id", "=", dst_partner.id)])
        reason = self.env._("Merged with %s", dst_partner.display_name)
        own._through_gate()._join_doubles(reason)
        return result
