from odoo import models
from odoo.tools import SQL, LazyTranslate

from ...kernel.dunning import Reason
from ..common.reason import ReasonRow
from .case import RUNNING

_lt = LazyTranslate(__name__)


IN_CASE = Reason("in_case", 85)
"""A lawyer has it: graver than a hold, less than what takes it out of follow-up."""


REASONS = (
    ReasonRow(
        IN_CASE,
        _lt("In a legal case"),
        _lt("A lawyer claims it: the ladder leaves it alone."),
        details="covered",
        keeps_data=True,
        tone="info",
    ),
)


COVERED = """
    SELECT r.cobranza_debt_id, d.company_id, d.regime
      FROM cobranza_case c
      JOIN cobranza_case_debt_rel r ON r.cobranza_case_id = c.id
      JOIN cobranza_debtor d ON d.id = c.debtor_id
     WHERE r.cobranza_debt_id = ANY(%s) AND c.state = ANY(%s)
"""


MATTERS = {
    "legal_cases": (
        "case_ids",
        (
            *("name", "state", "handed_on", "opened_on", "closed_on", "outcome"),
            *("amount", "currency_id", "claimed_on"),
        ),
    ),
    "negotiations": (
        "negotiation_ids",
        ("form", "answered_on", "proposal_on", "meeting_on", "ended_on", "state"),
    ),
}
"""As ``privacy.data.MATTERS``: what lawyers wrote is for the defence of a claim."""


class CobranzaBlockCase(models.AbstractModel):
    """Legal cases: debts that a lawyer claims."""

    _name = "cobranza.block.case"
    _inherit = "cobranza.block"
    _description = "Legal cases"

    _switch = "cobranza_legal.group_legal_cases"

    def _rows_of(self, registry):
        return REASONS if registry == "cobranza.decision.reason" else ()

    def _daily(self, company, today):
        cases = self.env["cobranza.case"]
        cases._share_daily(company, today)
        cases._tell_paid(company, today)
        self.env["cobranza.negotiation"]._gather(company)

    def _covering(self, debt_ids, day):
        cases = self.env["cobranza.case"]
        cases.flush_model(["state", "debt_ids", "debtor_id"])
        self.env["cobranza.debtor"].flush_model(["regime", "company_id"])
        query = SQL(COVERED, list(debt_ids), list(RUNNING))
        stops, found = {}, {}
        for debt, company, regime in self.env.execute_query(query):
            if (company, regime) not in stops:
                rules = self.env["res.company"].browse(company)._cobranza_rules()
                stops[company, regime] = rules._case_stops_letters(regime)
            if stops[company, regime]:
                found[debt] = IN_CASE, None
        return found

    def _personal_matters(self):
        return MATTERS

    def _refusals_of_erasure(self, debtor, today):
        yield from debtor.case_ids._refusals_of_erasure()
        for one in debtor.negotiation_ids.filtered(lambda row: row.state == "open"):
            yield self.env._("Negotiation under way: %s.", one.display_name)

    def _is_to_erase(self, debtor, cutoff):
        begin = debtor.company_id._cobranza_midnight(cutoff)
        return bool(debtor.case_ids._over_before(begin))

    def _erase_matters(self, debtor, cutoff, why):
        begin = debtor.company_id._cobranza_midnight(cutoff)
        files = debtor.case_ids._over_before(begin)._erase(why)
        # what hangs from a record by its place alone is its evidence
        files.write({"res_model": False, "res_id": False})
        self.env.flush_all()
        files._cobranza_erase(cutoff, why, debtor.company_id)
