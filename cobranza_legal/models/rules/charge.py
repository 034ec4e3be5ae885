from dataclasses import dataclass
from datetime import date

from odoo import models
from odoo.tools import format_date

from ...kernel.imputation import ImputationOrder, Preference
from ...kernel.money import Money
from ...kernel.periods import Period

FORMS = [
    ("memo", "Memo only: in the ledger when it is paid"),
    ("entry", "Journal entry"),
    ("invoice", "Customer invoice"),
    ("debit_note", "Debit note of the document"),
]


INVOICES = ("invoice", "debit_note")


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """An income account of a chart template.

    ``refs`` are its ids in the templates (``account.<company>_<ref>``), ``prefix`` the
    beginning of its code, ``code`` and ``name`` what it is created with where the chart
    has none.
    """

    prefix: str
    code: str
    name: str
    refs: tuple[str, ...] = ()
    account_type: str = "income_other"


@dataclass(frozen=True, slots=True)
class ChargeForm:
    """``form`` is a key of FORMS; ``taxes`` are ids in the chart templates, of which
    the first that the company has is used on invoices and debit notes; ``label`` names
    the product; ``article`` says why it is billed so."""

    form: str
    account: ChartAccount | None = None
    taxes: tuple[str, ...] = ()
    label: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class RecoverableCost:
    """``allowed``: may be charged, on ``basis`` (law, contract), up to ``cap`` for each
    cost (None: all that is proven), with ``needs_agreement`` only if the contract says
    so; ``beyond_compensation``: only what the fixed compensation of the document does
    not pay. ``article`` says why, also why not.
    """

    allowed: bool
    basis: str = "law"
    cap: "Money | None" = None
    article: str = ""
    needs_agreement: bool = False
    beyond_compensation: bool = False


@dataclass(frozen=True, slots=True)
class InterestSpan:
    """What bounds the interest of one debt: ``ends_on`` is the last day that earns
    (None: no end), on the days of ``suspended`` none runs; ``article`` says why it
    ends."""

    ends_on: "date | None" = None
    suspended: tuple[Period, ...] = ()
    article: str = ""

    def until(self, day):
        """``day``, or the last day that earns if that comes before."""
        return min(day, self.ends_on) if self.ends_on else day


class CobranzaRules(models.AbstractModel):
    """What late payment costs, on which terms, how it is billed, and on account of what
    a payment is received.
    """

    _inherit = "cobranza.rules"

    def _fee_terms(self, regime, on, table):
        """``FeeTerms`` of the statutory collection fee: tiers, bands or a fixed sum, a
        waiting time and what an unproven notice takes off. Neutral: None, no fee."""
        return None

    def _fee_blockers(self, debts, on):
        """{debt id: message} of why the fee of a debt may not be charged on a day."""
        return {}

    def _fee_refusals(self, debts, on):
        """{debt id: message}: those of ``_fee_blockers`` that also take back a fee that
        has been charged, when they come to be: it should never have been. Neutral:
        none."""
        return {}

    def _fee_incurred(self, debts, on):
        """The costs incurred, as Money, that limit the fee of these debts of one
        debtor on a day; None charges the full ceiling. Neutral: None."""
        return None

    def _cost_evidence(self, costs):
        """Those of ``costs`` (``cobranza.cost``) that charges rest on without naming
        them, so that they may not change any more. Neutral: none."""
        return costs.browse()

    def _free_notice_proof(self, debts, on):
        """{debt id: contact that proves the free notice in time}; missing = unproven.
        Neutral: the notice is not known, nothing is proven."""
        return {}

    def _interest_key(self, debt):
        """Which late interest a debt bears, as ``_interest_terms`` takes it: a
        hashable value, equal for debts of equal terms. Neutral: "statutory"."""
        return "statutory"

    def _interest_terms(self, regime, terms, on, table):
        """``InterestTerms`` of late payment for ``terms`` (an ``_interest_key``).
        Neutral: None, contractual charges only."""
        return None

    def _interest_basis(self, key):
        """What interest of an ``_interest_key`` rests on, which decides how it is
        billed: "law" or "contract". Neutral: the law."""
        return "law"

    def _interest_refusal(self, debt):
        """Why interest that was agreed for a debt is not charged, in words, to be told
        on the debt; None: nothing to tell. Neutral: None."""
        return None

    def _interest_warnings(self, debtors, on):
        """{debtor id: what is wrong on a day with the interest agreed with a debtor,
        in words}. Neutral: none."""
        return {}

    def _interest_spans(self, debts):
        """{debt id: ``InterestSpan``} of the debts whose interest ends, or was
        suspended: with the insolvency of the debtor as ``_insolvency_ends_interest``
        says, and for us with the cession. Both days still earn. The death of the debtor
        ends nothing: the heirs owe it. A cheque or bill suspends it while it covers the
        debt, unless the company has decided otherwise."""
        found = {}
        covered = debts._covered_spans(debts.ids)
        for debt in debts:
            debtor, ends = debt.debtor_id, []
            if debtor.insolvent_on:
                article = self._insolvency_ends_interest(debtor)
                if article is not None:
                    ends.append((debtor.insolvent_on, article))
            if debt.ceded_on:
                ends.append((debt.ceded_on, ""))
            suspended = tuple(Period(*span) for span in covered.get(debt.id, ()))
            if ends or suspended:
                day, article = min(ends, default=(None, ""))
                found[debt.id] = InterestSpan(day, suspended, article)
        return found

    def _insolvency_ends_interest(self, debtor):
        """The article by which the insolvency proceedings of a debtor, of its
        ``insolvency_kind`` (which may not be known), end the interest on the day on
        which they were opened; None where interest runs on. Neutral: it ends, by no
        article."""
        return ""

    def _fixed_compensations(self, regime, on, table):
        """List of ``FixedCompensation`` for each late document. Neutral: none."""
        return []

    def _commission_terms(self, regime, currency, on, table):
        """``FeeTerms``, in ``currency``, of the commission that the law grants once on
        what is unpaid of an overdue debt. Neutral: None, no commission."""
        return None

    def _index_key(self, debt):
        """Which index a late debt follows, as ``_index_values`` takes it. Neutral:
        None, it follows none."""
        return None

    def _index_values(self, key, since, on, table):
        """(value on ``since``, value on ``on``, article) of the index of a ``key`` that
        contracts name; only their ratio counts. Neutral: None, no index is known."""
        return None

    def _penalty_clause(self, debt, base):
        """The penalty agreed for paying a debt late of which ``base``, Money, is
        overdue, as Money. Neutral: None, no penalty was agreed."""
        return None

    def _penalty_limit(self, regime):
        """``PenaltyLimit`` of a penalty agreed for paying late. Neutral: None, no
        penalty is charged."""
        return None

    def _charge_blockers(self, kind, debts, on):
        """{debt id: message} of why a ``kind`` of charge (interest, commission,
        indexation, penalty) may not be made on debts whose terms would allow it. The
        fee has its own hook. Neutral: nothing stops it."""
        return {}

    def _recoverable_costs(self, kind, regime):
        """``RecoverableCost`` of a kind of cost (``cobranza.cost.kind``) for a regime,
        out of court: costs of a lawsuit are never asked about. Neutral: none is passed
        on to anybody."""
        return RecoverableCost(False)

    def _suit_cost_article(self):
        """The article by which a court says who bears what a lawsuit costs. Neutral:
        none is known; without an award the debtor owes nothing of it anywhere."""
        return ""

    def _terms_article(self):
        """The article that asks for informed terms. Neutral: none."""
        return ""

    def _terms_missing(self, debt):
        """Why nothing may be charged by the terms of late payment on a debt, or None:
        they were not told its debtor before contracting, or nothing proves it.

        Countries ask it for the charges that need informed terms; the company's
        setting says how much has to be known.
        """
        unknown = self._terms_unknown(debt.debtor_id)
        if unknown or not self._terms_needed(debt.debtor_id):
            return unknown
        told = debt.debtor_id.terms_informed_on
        contract = debt.move_id.invoice_date or debt.original_due_date
        if not contract or told <= contract:
            return None
        message = self.env._(
            "%(debtor)s was informed of the terms of late payment on %(day)s, after "
            "contracting %(document)s",
            debtor=debt.debtor_id.display_name,
            day=format_date(self.env, told),
            document=debt.display_name,
        )
        return self._with_terms_article(message)

    def _terms_unknown(self, debtor):
        """Why the terms of late payment bind no debt of this debtor, or None."""
        if not self._terms_needed(debtor):
            return None
        message = None
        if not debtor.terms_informed_on:
            message = self.env._(
                "%s has not been informed of the terms of late payment",
                debtor.display_name,
            )
        elif (
            self.env.company.cobranza_terms_required == "file"
            # whoever asks need not be able to open the files
            and not debtor.sudo().terms_file_ids
        ):
            message = self.env._(
                "There is no file that proves that %s was informed of the terms of "
                "late payment",
                debtor.display_name,
            )
        return message and self._with_terms_article(message)

    def _terms_needed(self, debtor):
        return self._terms_needed_of(debtor.regime)

    def _terms_needed_of(self, regime):
        """Whether customers of a regime must have been told the terms of late payment,
        by the law and the setting of the company."""
        required = self.env.company.cobranza_terms_required
        return required != "none" and regime in self._protected_regimes()

    def _with_terms_article(self, message):
        article = self._terms_article()
        return f"{message} ({article})." if article else f"{message}."

    def _charge_form(self, kind, basis, regime=None):
        """``ChargeForm`` that a company starts from for a kind of charge that rests on
        ``basis`` (law, contract); ``regime`` is None for the company's own default.

        Neutral: memo only, until the accountant chooses.
        """
        return ChargeForm("memo")

    def _imputation_order(self, regime):
        """The kernel ``ImputationOrder`` of the payments of debtors of a regime.

        Neutral: what is due before what is not, then the oldest; of each debt its
        costs, fees, interest and then its principal.
        """
        return ImputationOrder((Preference.DUE, Preference.OLDEST, Preference.LISTED))

    def _reserve_article(self):
        """The article by which a receipt without reservation loses the interest that
        is still owed, as it is cited. Countries override. Neutral: none."""
        return ""

    def _reserve_words(self):
        """The sentence that reserves the interest, in the environment's language."""
        words = self.env._(
            "The creditor expressly reserves the interest accrued until full payment, "
            "the costs and its other rights: a payment of the principal does not waive "
            "them."
        )
        article = self._reserve_article()
        return f"{words} ({article})" if article else words
