from odoo import models


class CobranzaCharge(models.Model):
    _inherit = "cobranza.charge"

    def _interest_key(self, debt):
        if debt.company_id._cobranza_rules()._name != "cobranza.rules.es":
            return super()._interest_key(debt)
        return debt.debtor_id._l10n_es_interest_key(debt)

    def _interest_basis(self, key):
        if getattr(key, "kind", None) in ("legal_plus", "contract"):
            return "contract"
        return super()._interest_basis(key)

    def _draft_interest(self, work):
        """Also says whose agreed interest is not charged because nobody was told."""
        super()._draft_interest(work)
        if work.rules._name != "cobranza.rules.es":
            return
        for debt in work.bases:
            if self._interest_key(debt).kind == "uninformed":
                work.refuse([debt], work.rules._terms_missing(debt))
