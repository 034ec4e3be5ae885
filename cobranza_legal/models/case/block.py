from odoo import models
from odoo.tools import SQL, LazyTranslate

from ...kernel.dunning import Reason
from ..common.reason import ReasonRow
from ..kpi.tab import Tab
from .case import LIVE, RUNNING
from .figures import DIMENSIONS, INDICATORS, INPUTS
from .rules import NO_SUIT

_lt = LazyTranslate(__name__)


IN_CASE = Reason("in_case", 85)
"""A lawyer has it: graver than a hold, less than what takes it out of follow-up."""


IN_SUIT = Reason("in_suit", 135)
"""It is before a court: graver than a lawyer's having it; only that the debtor is sued,
insolvent or dead weighs more."""


REASONS = (
    ReasonRow(
        IN_CASE,
        _lt("In a legal case"),
        _lt("A lawyer claims it: the ladder leaves it alone."),
        details="covered",
        keeps_data=True,
        tone="info",
    ),
    ReasonRow(
        IN_SUIT,
        _lt("Claimed in a lawsuit"),
        _lt("It is before a court: nothing is asked of the debtor out of it."),
        details="covered",
        keeps_data=True,
        no_turn=True,
        tone="info",
    ),
)


LAWYERS = ("cobranza_legal.group_lawyer_own",)


TABS = (
    Tab(
        "lawyer",
        _lt("My cases"),
        LAWYERS,
        "case_day",
        "cobranza.case.day",
        "_read_tab",
    ),
)


EFFECT = "hand_over"
"""Of levels of a policy."""


COVERED = """
    SELECT r.cobranza_debt_id, NULL::date, c.debtor_id, MIN(p.filed_on)
      FROM cobranza_case c
      JOIN cobranza_case_debt_rel r ON r.cobranza_case_id = c.id
      LEFT JOIN (cobranza_proceeding p
                 JOIN cobranza_proceeding_type t
                   ON t.id = p.type_id AND t.nature <> ALL(%s))
             ON p.case_id = c.id AND p.state = 'filed'
     WHERE r.cobranza_debt_id = ANY(%s) AND (c.state = ANY(%s) OR p.id IS NOT NULL)
     GROUP BY r.cobranza_debt_id, c.id
"""
"""In the place of the company stands the debtor, by whose regime it is asked; the day
is that on which a lawsuit was filed."""


MATTERS = {
    "legal_cases": (
        "case_ids",
        (
            *("name", "state", "handed_on", "opened_on", "closed_on", "outcome"),
            *("amount", "currency_id", "claimed_on"),
        ),
    ),
    "case_mails": (
        "case_ids.mail_ids",
        ("case_id", "sender", "sender_name", "received_on", "state", "content_hash"),
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
    "proceedings": (
        "proceeding_ids",
        (
            *("type_id", "court_id", "docket", "nig", "state", "stage_id", "filed_on"),
            *("ended_on", "outcome", "amount", "currency_id"),
        ),
    ),
    "negotiations": (
        "negotiation_ids",
        ("form", "answered_on", "proposal_on", "meeting_on", "ended_on", "state"),
    ),
    "lawsuits": (
        "case_ids.proceeding_ids.defendant_ids",
        ("proceeding_id", "sued_on", "served_on"),
    ),
    "unpaid_since_a_lawsuit": (
        "case_ids.later_ids",
        ("document", "due_on", "amount", "currency_id", "found_on", "state"),
    ),
    "claims_in_insolvency": (
        "insolvency_claim_ids",
        ("name", "state", "published_on", "due_on", "sent_on", "amount", "currency_id"),
    ),
    "deadlines": (
        "case_ids.deadline_ids",
        ("name", "article", "counts_on", "due_on", "state", "done_on"),
    ),
    "hearings": ("case_ids.hearing_ids", ("kind", "starts_at", "state")),
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
        rows = {
            "cobranza.dashboard.tab": TABS,
            "cobranza.decision.reason": REASONS,
            "cobranza.kpi.dimension": DIMENSIONS,
            "cobranza.kpi.indicator": INDICATORS,
            "cobranza.kpi.input": INPUTS,
        }
        return rows.get(registry, ())

    def _daily(self, company, today):
        cases = self.env["cobranza.case"]
        cases._share_daily(company, today)
        cases._tell_paid(company, today)
        cases.sudo()._tell_agreed(company, today)
        self.env["cobranza.power"]._tell_ending(company, today)
        self.env["cobranza.court"]._refresh_names(company, today)
        self.env["cobranza.case.mail"]._give_addresses(company)
        self.env["cobranza.proceeding"]._judge_suits_daily(company)
        self.env["cobranza.case.later"].sudo()._find(company, today)
        self.env["cobranza.insolvency.claim"].sudo()._follow(company, today)
        self.env["cobranza.negotiation"]._gather(company)
        self.env["cobranza.measure"]._tell_expiry(company, today)
        self.env["cobranza.judgment"]._keep_enforcements(company)
        self.env["cobranza.deadline"]._daily(company, today)
        self.env["cobranza.hearing"]._daily(company, today)
        self.env["cobranza.realisation"]._name_payments(company)

    def _insolvency_published(self, debtors):
        claims = self.env["cobranza.insolvency.claim"]
        domain = [("debtor_id", "in", debtors.ids), ("published_on", "!=", False)]
        return {
            debtor.id: day
            for debtor, day in claims._read_group(
                domain, ["debtor_id"], ["published_on:min"]
            )
        }

    def _takes_mail(self, content):
        return self.env["cobranza.case.mail"]._receive(content)

    def _is_confidential_after(self, contact):
        if contact.confidential:
            return True
        parties = self.env["cobranza.negotiation.party"].sudo()  # sudo: yes or no
        invited = [("contact_id", "in", contact.ids)]
        return bool(parties.search_count(invited, limit=1))

    def _covering(self, debt_ids, day):
        self.env["cobranza.case"].flush_model(["state", "debt_ids", "debtor_id"])
        self.env["cobranza.proceeding"].flush_model(
            ["state", "case_id", "type_id", "filed_on"]
        )
        self.env["cobranza.proceeding.type"].flush_model(["nature"])
        query = SQL(COVERED, list(NO_SUIT), list(debt_ids), list(RUNNING))
        return query, self._read_covers

    def _claimed_in_court(self, debt_ids, day):
        return {*self._claimed_since(debt_ids, day)}

    def _claimed_since(self, debt_ids, day):
        filed = self.env["cobranza.proceeding"].search_fetch(
            [
                ("state", "=", "filed"),
                ("filed_on", "<=", day),
                ("type_id.nature", "not in", NO_SUIT),
                ("case_id.debt_ids", "in", debt_ids),
            ],
            ["case_id", "filed_on"],
        )
        asked, found = {*debt_ids}, {}
        for suit in filed.sorted("filed_on", reverse=True):
            claimed = asked.intersection(suit.case_id.debt_ids.ids)
            found |= dict.fromkeys(claimed, suit.filed_on)
        return found

    def _debts_written_off(self, debts, words):
        known = [("debt_ids", "in", debts.ids), ("state", "in", RUNNING)]
        self.env["cobranza.case"].search(known)._tell_written_off(debts, words)

    def _contested_in_court(self, debt_ids, day):
        contested = self.env["cobranza.proceeding"].search_fetch(
            [
                ("contested_on", "<=", day),
                ("state", "in", ("filed", "ended")),
                ("case_id.debt_ids", "in", debt_ids),
            ],
            ["case_id"],
        )
        return {*contested.case_id.debt_ids.ids} & {*debt_ids}

    def _read_covers(self, rows):
        debtors = self.env["cobranza.debtor"].browse({row[2] for row in rows})
        case, suit = set(), set()
        for company, own in debtors.grouped("company_id").items():
            rules = company._cobranza_rules()
            for regime, some in own.grouped("regime").items():
                if rules._case_stops_letters(regime):
                    case |= set(some.ids)
                if rules._suit_stops(regime).claimed:
                    suit |= set(some.ids)
        found = {}
        for debt, _until, debtor, filed in rows:
            if filed and debtor in suit:
                found[debt] = (IN_SUIT, None)
            elif debtor in case:
                found.setdefault(debt, (IN_CASE, None))
        return found

    def _costs_of_suits(self, costs):
        return costs.filtered("proceeding_id")

    def _costs_awarded(self, costs):
        return costs.filtered(lambda one: one.case_id and one._is_awarded())

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
        for one in debtor.insolvency_claim_ids:
            if one.state in ("open", "sent"):
                yield self.env._("Claim in an insolvency: %s.", one.display_name)

    def _is_to_erase(self, debtor, cutoff):
        begin = debtor.company_id._cobranza_midnight(cutoff)
        cases = debtor.case_ids
        over = (cases, debtor.negotiation_ids, cases.deadline_ids, cases.hearing_ids)
        over = (*over, debtor.insolvency_claim_ids)
        return any(records._over_before(begin) for records in over)

    def _erase_matters(self, debtor, cutoff, why):
        begin = debtor.company_id._cobranza_midnight(cutoff)
        files = debtor.case_ids._over_before(begin)._erase(why)
        files |= debtor.negotiation_ids._over_before(begin)._erase()
        debtor.insolvency_claim_ids._over_before(begin)._erase()
        files |= debtor.case_ids.deadline_ids._over_before(begin)._erase(why)
        debtor.case_ids.hearing_ids._over_before(begin)._erase(why)
        # what hangs from a record by its place alone is its evidence
        files.write({"res_model": False, "res_id": False})
        self.env.flush_all()
        files._cobranza_erase(cutoff, why, debtor.company_id)
