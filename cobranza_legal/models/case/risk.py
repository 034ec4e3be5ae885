"""How risky it is to sue, and from which probability on it pays."""

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import LazyTranslate
from odoo.tools.misc import formatLang
from odoo.tools.translate import LazyGettext

from ...kernel.risk import CaseFacts, Light, SuitTerms, break_even, signals
from ..common.money import to_decimal
from ..common.title import INVOICE, UNTITLED
from .reading import CaseReading
from .verdict import CLOSED, CaseVerdict

_lt = LazyTranslate(__name__)

PROOFS = ("none", "bare", "documented", "executive")
"""How much a title proves, least first: the weakest of a case decides."""
SIGNED = ("delivery_note", "invoice_receipt")
"""Codes of documents by which an invoice is more than our own paper."""
LIGHTS = [("green", "Green"), ("amber", "Amber"), ("red", "Red")]
COST_FIELDS = ("lawyer", "share", "agent", "months", "yearly")
OF_RISK = (
    *("debt_ids", "line_ids.amount_now", "proceeding_type_id"),
    *(f"suit_{name}" for name in COST_FIELDS),
)
"""Fields of a case by which its risk is judged."""


REASONS: dict[str, LazyGettext] = {
    "no_title": _lt("Nobody has said what proves some of the debts."),
    "no_original": _lt("The original of a paper title is not with us."),
    "disputed": _lt("The debtor disputes all of it."),
    "bare": _lt("Nothing that the debtor has signed proves some of the debts."),
    "lacking": _lt("Documents that are required lack."),
    "disputed_part": _lt("The debtor disputes a part of it."),
    "liquidation": _lt("The debtor is in liquidation."),
    "insolvent": _lt("Insolvency proceedings are open."),
    "deceased": _lt("The debtor has died."),
    "unreachable": _lt("Neither address, telephone nor e-mail is known."),
    "returned_often": _lt("Payments came back, and none has been made for long."),
    "returned": _lt("A payment came back in the last year."),
    "broken": _lt("A promise or an agreement was broken in the last year."),
    "silent": _lt("The debtor has neither paid nor answered for long."),
    "barred": _lt("Some of it is time-barred."),
    "last_days": _lt("An action is lost within a month."),
    "near": _lt("An action is lost within half a year."),
}
"""The codes of ``kernel.risk`` in words."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What the figures of a case say: ``even`` the break-even probability (None: a suit
    brings nothing), ``odds`` that of the company for these lights (None: not known)."""

    lights: tuple
    even: object
    odds: object
    terms: SuitTerms
    brings: object

    @property
    def worst(self):
        return max(one.light for one in self.lights)


class CaseRisk:
    """Facts, lights and break-even of one case today. As superuser. ``reading``: what
    was read of it and others."""

    def __init__(self, case, reading=None):
        self.verdict = CaseVerdict(case, reading=reading)
        self.case, self.reading = self.verdict.case, self.verdict.reading
        self.env, self.company = self.case.env, self.verdict.company
        self.today, self.debts = self.verdict.day, self.verdict.debts
        self.debtor = self.case.debtor_id

    def advice(self):
        lights = signals(self.facts())
        amount, terms = to_decimal(self.case.amount_now), self.terms()
        names = {Light.GREEN: "green", Light.AMBER: "amber", Light.RED: "red"}
        worst = names[max(one.light for one in lights)]
        odds = self.company[f"cobranza_odds_{worst}"]
        return Advice(
            lights,
            break_even(amount, terms),
            to_decimal(odds) / 100 if odds else None,
            terms,
            terms.brings(amount),
        )

    def terms(self):
        """The costs of the case, with the court fee of the procedure that is chosen, or
        else of the first one that is not closed."""
        case = self.case
        ways = [one for one in self.verdict.known_ways() if one.standing != CLOSED]
        chosen = [one for one in ways if one.procedure == case.proceeding_type_id]
        way = (chosen or ways or [None])[0]
        return SuitTerms(
            fee=way.fee if way else to_decimal(0),
            lawyer=to_decimal(case.suit_lawyer),
            share=to_decimal(case.suit_share) / 100,
            agent=to_decimal(case.suit_agent),
            months=case.suit_months,
            yearly=to_decimal(case.suit_yearly) / 100,
        )

    # -- facts -------------------------------------------------------------------------

    def facts(self):
        """``kernel.risk.CaseFacts``."""
        debtor, reading = self.debtor, self.reading
        partner = debtor.partner_id
        answered = reading.last_answer.get(debtor)
        return CaseFacts(
            self._proof(),
            lacking=len(self.verdict._missing_documents()),
            originals=len(self.verdict._missing_originals()),
            disputed=self._disputed(),
            liquidation=debtor.insolvency_kind == "liquidation",
            insolvent=bool(debtor.insolvent_on),
            deceased=bool(debtor.deceased_on),
            reachable=bool(partner.email or partner.phone or partner.street),
            returned=reading.returned[debtor],
            broken=reading.broken[debtor],
            paid_days=self._days(reading.last_paid.get(debtor)),
            answered_days=self._days(
                answered and self.company._cobranza_local(answered).date()
            ),
            loss_days=self._loss_days(),
        )

    def _days(self, day):
        return (self.today - day).days if day else None

    def _proof(self):
        titles = self.env["cobranza.debt.title"]
        found = []
        for debt, title in self.verdict.titles.items():
            row = titles._row(title) if title != UNTITLED else None
            proof = row.proof if row else "none"
            signed = debt.document_ids.filtered(
                lambda one: one.type_id.code in SIGNED and one.state == "checked"
            )
            if title == INVOICE and signed:
                proof = "documented"
            found.append(proof)
        return min(found, key=PROOFS.index, default="none")

    def _disputed(self):
        """The part of the principal that is disputed, 0 to 1."""
        found = self.reading.disputed
        total, disputed = to_decimal(0), to_decimal(0)
        for debt in self.debts:
            owed = to_decimal(debt.amount_residual_currency)
            total += owed
            if debt.id in found:
                amount, whole = found[debt.id]
                disputed += owed if whole else min(to_decimal(amount), owed)
        return disputed / total if total else to_decimal(0)

    def _loss_days(self):
        over = self.debts.filtered(
            lambda one: one.claimable_until and one.claimable_until < self.today
        )
        if over:
            return (min(over.mapped("claimable_until")) - self.today).days
        days = [day for day in self.debts.mapped("limitation_on") if day]
        return (min(days) - self.today).days if days else None

    # -- words -------------------------------------------------------------------------

    def words(self):
        """Values of the template ``cobranza_legal.case_risk``."""
        advice = self.advice()
        say, terms = self._say, advice.terms
        titles = (
            self.env._("Title and proof"),
            self.env._("Solvency and answers"),
            self.env._("Time"),
        )
        return {
            "lights": [
                {
                    "title": title,
                    "light": one.light.name.lower(),
                    "why": [self.env._(REASONS[code]) for code in one.reasons],
                }
                for title, one in zip(titles, advice.lights, strict=True)
            ],
            "rows": [
                (self.env._("Owed now"), say(self.case.amount_now)),
                (self.env._("Court fee"), say(terms.fee)),
                (self.env._("Lawyer"), say(terms.lawyer)),
                (self.env._("Procurador or receptor"), say(terms.agent)),
                (
                    self.env._("Worth today if it is won, after the lawyer's part"),
                    say(advice.brings),
                ),
            ],
            "known": terms.is_said,
            "even": advice.even is not None and self._percent(advice.even),
            "never": advice.even is None or advice.even > 1,
            "advice": self._advice_words(advice),
        }

    def _advice_words(self, advice):
        """Whether to sue, because; empty where the company has not said how often it
        wins with such lights, or what a suit costs."""
        if advice.odds is None or not advice.terms.is_said or advice.even is None:
            return ""
        values = {
            "odds": self._percent(advice.odds),
            "even": self._percent(advice.even),
        }
        if advice.odds >= advice.even:
            return self.env._(
                "Sue: with such lights the company expects to win %(odds)s of its "
                "suits, and this one pays from %(even)s on.",
                **values,
            )
        return self.env._(
            "Do not sue: with such lights the company expects to win %(odds)s of its "
            "suits, and this one only pays from %(even)s on.",
            **values,
        )

    def _say(self, amount):
        currency = self.company.currency_id
        return formatLang(self.env, float(amount), currency_obj=currency)

    def _percent(self, share):
        return f"{formatLang(self.env, float(share) * 100, digits=1)} %"


class CobranzaCase(models.Model):
    """The risk of a case: three lights, and when a suit pays."""

    _inherit = "cobranza.case"

    proceeding_type_id = fields.Many2one(
        "cobranza.proceeding.type",
        string="Procedure",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="By which it is to be claimed. Empty: not chosen.",
    )
    suit_lawyer = fields.Monetary(
        "Lawyer's fee", compute="_compute_suit", store=True, readonly=False
    )
    suit_share = fields.Float(
        "Lawyer's part (%)", compute="_compute_suit", store=True, readonly=False
    )
    suit_agent = fields.Monetary(
        "Procurador or receptor", compute="_compute_suit", store=True, readonly=False
    )
    suit_months = fields.Integer(
        "Months until money comes", compute="_compute_suit", store=True, readonly=False
    )
    suit_yearly = fields.Float(
        "Money is worth a year (%)",
        compute="_compute_suit",
        store=True,
        readonly=False,
    )
    risk = fields.Html("Why", compute="_compute_risk", sanitize=False)
    risk_light = fields.Selection(
        LIGHTS,
        string="Risk",
        compute="_compute_risk_light",
        help="The worst of its lights.",
    )
    break_even = fields.Float(
        "Pays from (%)",
        compute="_compute_risk_light",
        digits=(16, 1),
        help="The probability of winning from which on a suit pays what it costs. "
        "Zero: nobody has said what it costs.",
    )

    @api.depends("company_id")
    def _compute_suit(self):
        for case in self.filtered(lambda one: one.state == "draft"):
            for name in COST_FIELDS:
                case[f"suit_{name}"] = case.company_id[f"cobranza_suit_{name}"]

    @api.depends(*OF_RISK)
    def _compute_risk_light(self):
        """A fixed number of queries: lists show it."""
        self.update({"risk_light": False, "break_even": 0})
        for case, reading in CaseReading.of(self.filtered("debt_ids")):
            advice = CaseRisk(case, reading).advice()
            case.risk_light = advice.worst.name.lower()
            known = advice.terms.is_said
            case.break_even = float(advice.even or 0) * 100 if known else 0

    @api.depends(*OF_RISK)
    @api.depends_context("lang")
    def _compute_risk(self):
        self.risk = False
        for case, reading in CaseReading.of(self.filtered("debt_ids")):
            case.risk = self.env["ir.qweb"]._render(
                "cobranza_legal.case_risk", CaseRisk(case, reading).words()
            )
