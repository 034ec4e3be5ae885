from odoo import api, fields, models


class CobranzaDebtor(models.Model):
    """The regime follows what is known of the partner, until somebody states it."""

    _inherit = "cobranza.debtor"

    regime_stated = fields.Boolean(
        string="Regime stated by hand",
        copy=False,
        tracking=True,
        help="Kept whatever the contact says. Untick it to follow the contact again.",
    )

    def write(self, vals):
        if "regime" in vals and "regime_stated" not in vals:
            vals = {**vals, "regime_stated": True}
        result = super().write(vals)
        if {"regime_stated", "partner_id"} & set(vals) and "regime" not in vals:
            self._follow_regime()
        return result

    def _follow_regime(self):
        """What the rules say of the partners; a regime stated by hand stays."""
        todo = self.filtered(lambda debtor: not debtor.regime_stated)
        for company, debtors in todo.grouped("company_id").items():
            regimes = company._cobranza_rules()._debtor_regime(debtors.partner_id)
            for debtor in debtors:
                regime = regimes[debtor.partner_id.id]
                if debtor.regime != regime:
                    debtor.write({"regime": regime, "regime_stated": False})


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if self._cobranza_regime_hints() & set(vals):
            self._cobranza_update_regime()
        return result

    @api.model
    def _cobranza_regime_hints(self):
        """The hints of all countries: a database may have companies in several."""
        names = self.env["cobranza.rules"]._inherit_children
        rules = ["cobranza.rules", *names]
        return frozenset().union(*(self.env[name]._regime_hints() for name in rules))

    def _cobranza_update_regime(self):
        """The debtors follow what is known of their partners."""
        # whoever edits contacts need not be a collector
        debtors = self.env["cobranza.debtor"].sudo().with_context(active_test=False)
        domain = [("partner_id", "in", self.commercial_partner_id.ids)]
        debtors.search(domain)._follow_regime()
