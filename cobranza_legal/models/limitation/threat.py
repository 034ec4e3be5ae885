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
        result = {}
        # sudo: what is barred does not depend on who asks
        for company, debts in self.sudo().grouped("company_id").items():
            claims = debts.filtered(lambda one: one.nature == "principal")
            if not (claims and company._cobranza_rules()._claim_kinds()):
                continue
            on = day or company._cobranza_today()
            for debt, answers in LimitationReader(company).answers(claims).items():
                left = {one.partner for one in answers if not one.last.is_barred(on)}
                result[debt] = {one.partner for one in answers} - left
        return result

    def _barred_for(self, person, day=None):
        """Those of these debts about which no action is left against ``person``."""
        gone = self._barred_against(day)
        return self.filtered(lambda debt: person.id in gone.get(debt.id, ()))
