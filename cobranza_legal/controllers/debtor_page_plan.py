from datetime import date

from odoo.http import request, route

from .debtor_page import COMMON, PAGE
from .debtor_page_form import DebtorPageForm


class DebtorPagePlan(DebtorPageForm):
    """Where a debtor sees what it could pay each month, within the terms of the
    company, and asks for one of these plans. To look changes nothing."""

    @route(f"{PAGE}/plan", methods=["GET"], **COMMON)
    def plan(self, key, **values):
        return self._guarded(key, lambda debtor, key: self._plan(debtor, key, values))

    def _plan(self, debtor, key, said, error=None):
        page = debtor._portal_page()
        if not page.simulates:
            return self._refuse(404)
        simulator = page.simulator
        first, last = simulator.first_days()
        try:
            chosen = date.fromisoformat(str(said.get("first") or ""))
        except ValueError:
            chosen = simulator.first_default()
        chosen = min(max(chosen, first), last)
        values = {
            "first": first,
            "last": last,
            "chosen": chosen,
            "plans": simulator.within(chosen),
            "currency": debtor.currency_id,
        }
        values |= self._values(debtor, key, page=page, said=said, error=error)
        response = request.render("cobranza_legal.portal_plan", values)
        response.status_code = 422 if error else 200
        return response

    def _again(self, debtor, key, form, said, error):
        """A plan that was chosen is corrected where it was chosen."""
        if form == "plan" and said.get("count") and debtor._portal_page().simulates:
            return self._plan(debtor, key, said, error)
        return super()._again(debtor, key, form, said, error)
