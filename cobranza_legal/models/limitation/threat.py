"""Against whom something is time-barred: it is claimed of nobody who cannot be sued for
it, and nobody is threatened with a court."""

from odoo import models

from .reader import LimitationReader


class CobranzaDebt(models.Model):
    """Against whom a debt cannot be claimed in court any more."""

    _inherit = "cobranza.debt"

    def _barred_against(self, day=None):
        """{debt id: ids of the partners, of those who answer for it, against whom no
        action about it is left on ``day``, by default today}. A fixed number of queries
        for each company; none where the law knows no limitation."""
        return {
            debt: {partner for partner, left in found.items() if not left}
            for debt, found in self._actions_left(day).items()
        }

    def _gone_for_good(self):
        """Those of these debts about which no action is left today, against anybody."""
        found = self._actions_left()
        return self.filtered(
            lambda debt: debt.id in found and not any(found[debt.id].values())
        )

    def _actions_left(self, day=None):
        """{debt id: {id of a partner who answers for it: whether an action is left
        against it}}."""
        result = {}
        # sudo: what is barred does not depend on who asks
        for company, debts in self.sudo().grouped("company_id").items():
            claims = debts.filtered(lambda one: one.nature == "principal")
            if not (claims and company._cobranza_rules()._claim_kinds()):
                continue
            on = day or company._cobranza_today()
            for debt, answers in LimitationReader(company).answers(claims).items():
                for one in answers:
                    found = result.setdefault(debt, {})
                    left = found.get(one.partner, False)
                    found[one.partner] = left or not one.last.is_barred(on)
        return result
