from odoo import models
from odoo.tools import SQL, LazyTranslate

from ...kernel.dunning import Reason
from ..common.reason import ReasonRow
from .case import LIVE, RUNNING

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


EFFECT = "hand_over"
"""Of levels of a policy."""


COVERED = """
    SELECT r.cobranza_debt_id, NULL::date, c.debtor_id, NULL::date
      FROM cobranza_case c
      JOIN cobranza_case_debt_rel r ON r.cobranza_case_id = c.id
     WHERE r.cobranza_debt_id = ANY(%s) AND c.state = ANY(%s)
"""
"""In the place of the company stands the debtor, by whose regime it is asked."""


MATTERS = {
    "legal_cases": (
        "case_ids",
        (
            *("name", "state", "handed_on", "opened_on", "closed_on", "outcome"),
            *("amount", "currency_id", "claimed_on"),
        ),
    ),
    "measures": (
        "case_ids.measure_ids",
        (
            *("kind", "asset_kind", "asset", "value", "state", "asked_on"),
            *("ordered_on", "registered_on", "ended_on", "wage_net", "wage_other"),
        ),
    ),
    "judgments": (
        "case_ids.judgment_ids",
        ("kind", "day", "state", "claimed", "granted", "firm_on", "appeal_on"),
    ),
    "money_from_courts": (
        "case_ids.realisation_ids",
        ("kind", "day", "amount", "state"),
    ),
    "negotiations": (
        "negotiation_ids",
        ("form", "answered_on", "proposal_on", "meeting_on", "ended_on", "state"),
    ),
    "deadlines": (
        "case_ids.deadline_ids",
        ("name", "article", "counts_on", "due_on", "state", "done_on"),
    ),
    "hearings": ("case_ids.hearing_ids", ("kind", "starts_at", "state", "outcome")),
}
"""As ``privacy.data.MATTERS``: what lawyers wrote is for the defence of a claim."""


class CobranzaBlockCase(models.AbstractModel):
    """Legal cases: debts that a lawyer claims."""

    _name = "cobranza.block.case"
    _inherit = "cobranza.block"
    _description = "Legal cases"

    _switch = "cobranza_legal.group_legal_cases"
    _dialogs = ("cobranza.handover",)

    def _rows_of(self, registry):
        return REASONS if registry == "cobranza.decision.reason" else ()

    def _daily(self, company, today):
        cases = self.env["cobranza.case"]
        cases._share_daily(company, today)
        cases._tell_paid(company, today)
        self.env["cobranza.negotiation"]._gather(company)
        self.env["cobranza.measure"]._tell_expiry(company, today)
        self.env["cobranza.judgment"]._tell_alarm(company, today)
        self.env["cobranza.deadline"]._daily(company, today)
        self.env["cobranza.hearing"]._daily(company, today)

    def _is_confidential_after(self, contact):
        if contact.confidential:
            return True
        parties = self.env["cobranza.negotiation.party"].sudo()  # sudo: yes or no
        invited = [("contact_id", "in", contact.ids)]
        return bool(parties.search_count(invited, limit=1))

    def _covering(self, debt_ids, day):
        self.env["cobranza.case"].flush_model(["state", "debt_ids", "debtor_id"])
        query = SQL(COVERED, list(debt_ids), list(RUNNING))
        return query, self._read_covers

    def _claimed_in_court(self, debt_ids, day):
        filed = self.env["cobranza.proceeding"].search_fetch(
            [
                ("state", "=", "filed"),
                ("filed_on", "<=", day),
                ("case_id.debt_ids", "in", debt_ids),
            ],
            ["case_id"],
        )
        return {*filed.case_id.debt_ids.ids} & {*debt_ids}

    def _read_covers(self, rows):
        debtors = self.env["cobranza.debtor"].browse({row[2] for row in rows})
        stops = {}
        for company, own in debtors.grouped("company_id").items():
            rules = company._cobranza_rules()
            stops |= {one.id: rules._case_stops_letters(one.regime) for one in own}
        return {row[0]: (IN_CASE, None) for row in rows if stops[row[2]]}

    def _propose(self, effect, debts_of):
        if effect != EFFECT:
            return super()._propose(effect, debts_of)
        ids = [debt for debts in debts_of.values() for debt in debts]
        cases = self.env["cobranza.case"]
        cases._draft(self.env["cobranza.debt"].browse(ids))
        known = [("debt_ids", "in", ids), ("state", "in", LIVE)]
        return {*cases.search(known).debt_ids.ids} & {*ids}

    def _personal_matters(self):
        return MATTERS

    def _refusals_of_erasure(self, debtor, today):
        yield from debtor.case_ids._refusals_of_erasure()
        for one in debtor.negotiation_ids.filtered(lambda row: row.state == "open"):
            yield self.env._("Negotiation under way: %s.", one.display_name)

    def _is_to_erase(self, debtor, cutoff):
        begin = debtor.company_id._cobranza_midnight(cutoff)
        cases = debtor.case_ids
        over = (cases, debtor.negotiation_ids, cases.deadline_ids, cases.hearing_ids)
        return any(records._over_before(begin) for records in over)

    def _erase_matters(self, debtor, cutoff, why):
        begin = debtor.company_id._cobranza_midnight(cutoff)
        files = debtor.case_ids._over_before(begin)._erase(why)
        files |= debtor.negotiation_ids._over_before(begin)._erase()
        files |= debtor.case_ids.deadline_ids._over_before(begin)._erase(why)
        debtor.case_ids.hearing_ids._over_before(begin)._erase(why)
        # what hangs from a record by its place alone is its evidence
        files.write({"res_model": False, "res_id": False})
        self.env.flush_all()
        files._cobranza_erase(cutoff, why, debtor.company_id)
