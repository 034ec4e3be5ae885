from collections import defaultdict
from decimal import Decimal

from odoo import models

from odoo.addons.cobranza_legal.kernel.deadlines import Term, Unit
from odoo.addons.cobranza_legal.kernel.fees import FeeTerms, Tier, percent_terms
from odoo.addons.cobranza_legal.kernel.imputation import ImputationOrder, Preference
from odoo.addons.cobranza_legal.kernel.interest import DayCount, InterestTerms
from odoo.addons.cobranza_legal.kernel.money import Money
from odoo.addons.cobranza_legal.kernel.penalty import PenaltyLimit
from odoo.addons.cobranza_legal.kernel.periods import Series, add_months
from odoo.addons.cobranza_legal.kernel.rates import Breach, RateLimit
from odoo.addons.cobranza_legal.models.charge.charge import STANDING
from odoo.addons.cobranza_legal.models.common.money import to_decimal, unit
from odoo.addons.cobranza_legal.models.rules.charge import (
    ChargeForm,
    ChartAccount,
    RecoverableCost,
)

from ..law import law
from .interest_key import to_key

ARTICLE_2_BIS = "Ley 19.983, art. 2 bis"


ARTICLE_2_TER = "Ley 19.983, art. 2 ter"


ARTICLE_2_N3 = "Ley 19.983, art. 2 N° 3: no menos que el interés corriente"


ARTICLE_AGREED = "CC, art. 1545; Ley 18.010, arts. 11 y 16: interés convenido"


ARTICLE_8 = "Ley 18.010, arts. 6, 6 bis y 8: reducido al interés corriente"


ARTICLE_PENALTY = "CC, arts. 1535, 1537 y 1544: cláusula penal por simple retardo"


ARTICLE_INDEX = "Ley 18.010, art. 3: reajuste convenido"


VAT = ("ITAX_19",)


NO_DOCUMENT = (
    "Oficios SII 1304/2019, 2011/2020 y 1040/2021: sin IVA ni documento tributario"
)


CLAIM_DAYS = "cl.insolvency"
"""Working days to verify a credit, by kind of proceedings."""


INSOLVENCY = {
    "liquidation": "Ley 20.720, arts. 136 y 137",
    "renegotiation": "Ley 20.720, art. 264 N° 3",
}
"""What ends interest: a liquidation values the claim on the day of its resolution, in a
renegotiation the interest of late payment stops."""


TAXED = "DL 825, art. 15 N° 1: base imponible del IVA; nota de débito"


class CobranzaRulesCl(models.AbstractModel):
    """What late payment costs in Chile: Ley 19.983 for whom the consumer law does not
    protect, the collection fee of Ley 19.496 art. 37 and the free notice that it
    presumes for whom it does; what of it bears VAT, and on account of what a payment
    is received.
    """

    _inherit = "cobranza.rules.cl"

    def _interest_key(self, debt):
        """``InterestKey`` by the debtor's own terms, the company's or the law."""
        return debt.debtor_id._l10n_cl_interest_key(debt)

    def _interest_basis(self, key):
        """An agreed rate rests on the contract."""
        if to_key(key).kind == "contract":
            return "contract"
        return super()._interest_basis(key)

    def _insolvency_ends_interest(self, debtor):
        """Liquidation and renegotiation end it (Ley 20.720 arts. 136, 137, 264 N° 3).
        No article says so of a reorganisation: by setting it runs on."""
        runs_on = debtor.company_id.l10n_cl_interest_in_reorganisation
        if debtor.insolvency_kind == "reorganisation" and runs_on:
            return None
        return INSOLVENCY.get(debtor.insolvency_kind, "")

    def _insolvency_claim_term(self, kind, on, table):
        """Working days, Monday to Saturday (Ley 20.720 art. 7), from the publication in
        the Boletín Concursal: 30 in a liquidation (170), 15 in a reorganisation (70).
        Of a kind that nobody knows the shorter; a renegotiation has none."""
        if kind == "renegotiation":
            return None
        known = {"liquidation": "170", "reorganisation": "70"}
        kinds = [kind] if kind in known else known
        days, article = min(
            (int(table.number(CLAIM_DAYS, on, one)), known[one]) for one in kinds
        )
        return Term(
            days,
            Unit.WORKING_DAY,
            article=f"Ley 20.720, arts. 7 y {article}",
        )

    def _index_key(self, debt):
        """The index that the debtor's contract or the company's terms name."""
        return debt.debtor_id._l10n_cl_index_key()

    def _interest_terms(self, regime, terms, on, table):
        """Companies and public bodies owe current interest of not indexed operations of
        200 to 5,000 UF, whatever the invoice's size, from the day after it fell due, by
        years of 360 days. Ley 19.983 arts. 2 bis and 2 quáter; Ley 18.010 art. 11.

        An agreed rate binds as far as the law lets it. ``terms`` is an ``InterestKey``
        or the name of its kind.
        """
        key = to_key(terms)
        if key.kind == "contract":
            return self._agreed_terms(regime, key, table)
        if key.kind == "statutory" and regime in law.BUSINESS:
            series = table.series(law.INTEREST_CURRENT, law.INVOICE_SEGMENT)
            return InterestTerms(
                series=series,
                day_count=DayCount.ACT_360,
                article=ARTICLE_2_BIS,
                rounding_unit=Decimal(1),
            )
        return None

    def _agreed_terms(self, regime, key, table):
        """A yearly rate of the contract, by years of 360 days; beyond the highest that
        could be agreed on the day of the contract for an operation of its size it is
        reduced to the current interest of that day. Between companies not less than the
        interest of Ley 19.983. Ley 18.010 arts. 6, 6 bis, 8, 11, 16, 26; Ley 19.983
        art. 2 N° 3."""
        day = key.agreed_on
        segment = law.SEGMENTS.key(key.amount, table.number(law.UF, day))
        highest = table.number(law.INTEREST_MAX, day, segment)
        current = highest
        if key.rate > highest:
            current = table.number(law.INTEREST_CURRENT, day, segment)
        cap = RateLimit(
            Series.flat(highest),
            breach=Breach.INSTEAD,
            instead=Series.flat(current),
            agreed_on=day,
            article=ARTICLE_8,
        )
        floor = None
        if regime in law.BUSINESS:
            series = table.series(law.INTEREST_CURRENT, law.INVOICE_SEGMENT)
            floor = RateLimit(series, article=ARTICLE_2_N3)
        return InterestTerms(
            series=Series.flat(key.rate),
            day_count=DayCount.ACT_360,
            article=ARTICLE_AGREED,
            rounding_unit=Decimal(1),
            cap=cap,
            floor=floor,
        )

    def _commission_terms(self, regime, currency, on, table):
        """1 % of what is unpaid, by the recovery of a late invoice, of companies and
        public bodies. Ley 19.983 art. 2 ter."""
        if regime not in law.BUSINESS:
            return None
        return percent_terms(
            table.number(law.B2B_COMMISSION, on),
            currency.name,
            rounding_unit=unit(currency),
            article=ARTICLE_2_TER,
        )

    def _index_values(self, key, since, on, table):
        """The UF of both days, or the IPC of the months before theirs, each on the one
        before. Ley 18.010 arts. 3 and 25."""
        if key == "uf":
            return table.number(law.UF, since), table.number(law.UF, on), ARTICLE_INDEX
        ratio, month = Decimal(1), since.replace(day=1)
        while month < on.replace(day=1):
            # the index of a month is known in the next one
            ratio *= 1 + table.number(law.IPC, month) / 100
            month = add_months(month, 1)
        return Decimal(1), ratio, ARTICLE_INDEX

    def _penalty_limit(self, regime):
        """An enormous penalty is cut at double the principal, itself included. CC arts.
        1538, 1544."""
        return PenaltyLimit(article=ARTICLE_PENALTY)

    def _recoverable_costs(self, kind, regime):
        """Never of the protected: the fee of Ley 19.496 art. 37 covers them all. Of
        others only what the contract says, as the commission of Ley 19.983 pays for the
        recovery. What a lawsuit costs is set by the court (CPC art. 471)."""
        if kind == "court_fee":
            return RecoverableCost(False, article=self._suit_cost_article())
        if regime in law.PROTECTED:
            return RecoverableCost(False, article=law.ARTICLE_37)
        return RecoverableCost(
            True, "contract", article="CC, art. 1545", needs_agreement=True
        )

    def _suit_cost_article(self):
        return "CPC, art. 471"

    def _charge_blockers(self, kind, debts, on):
        """Ley 19.983 is about invoices in pesos, and adds nothing to a debt that has
        been charged the fee of Ley 19.496 art. 37."""
        found = super()._charge_blockers(kind, debts, on)
        late = debts.filtered(lambda debt: self._rests_on_invoices(kind, debt))
        fees = self._charged_with(late, ["fee"])
        for debt in late:
            if not self._is_invoice(debt):
                found[debt.id] = self.env._(
                    "%s is no invoice in pesos: neither interest nor commission of Ley "
                    "19.983.",
                    debt.display_name,
                )
            elif debt.id in fees:
                found[debt.id] = self.env._(
                    "%s bears the collection fee of Ley 19.496: neither interest nor "
                    "commission of Ley 19.983 besides.",
                    debt.display_name,
                )
        for debt in debts - late:
            why = self._agreement_blocker(kind, debt)
            if why:
                found[debt.id] = why
        return found

    def _agreement_blocker(self, kind, debt):
        """Why what was agreed about late payment does not bind this debt, or None."""
        if debt.currency_id.name != "CLP":
            return self.env._(
                "%s is not in pesos: what was agreed on late payment is for pesos.",
                debt.display_name,
            )
        interest = debt.debtor_id._l10n_cl_interest_key(debt).kind != "none"
        if kind == "indexation" and interest:
            return self.env._(
                "%s bears interest of operations that are not indexed: no indexation "
                "besides.",
                debt.display_name,
            )
        if kind == "penalty" and interest:
            return self.env._(
                "%s bears late interest: no penalty besides, which stands for the same "
                "damage (CC, art. 1543).",
                debt.display_name,
            )
        return self._terms_missing(debt)

    def _fee_blockers(self, debts, on):
        """{debt id: message}: the terms were not informed at contracting, interest or
        commission of Ley 19.983 has been charged, or (mode "incurred") there is no
        proof of costs. Ley 19.496 art. 37, letter f)."""
        found = super()._fee_blockers(debts, on) | self._fee_refusals(debts, on)
        charged = self._charged_with(debts, ["interest", "commission"], basis="law")
        for debt in debts:
            if debt.id in charged and debt.id not in found:
                found[debt.id] = self.env._(
                    "%s bears interest or commission of Ley 19.983: no collection fee "
                    "of Ley 19.496 besides.",
                    debt.display_name,
                )
        if self.env.company.l10n_cl_fee_mode == "incurred":
            proven = self._costs_left(debts, on)
            for debt in debts:
                if debt.id not in found and proven[debt.debtor_id.id] <= 0:
                    found[debt.id] = self.env._(
                        "No proven collection costs of %s are left to charge.",
                        debt.debtor_id.display_name,
                    )
        return found

    def _fee_refusals(self, debts, on):
        """The terms were not informed at contracting."""
        found = super()._fee_refusals(debts, on)
        return found | {
            debt.id: why for debt in debts if (why := self._terms_missing(debt))
        }

    def _fee_incurred(self, debts, on):
        """By setting, the proven costs of this debtor that no fee has taken yet: in the
        mode "costs incurred" the fee of Ley 19.496 art. 37 is the lower of the costs
        out of court and the legal ceiling."""
        company = self.env.company
        if company.l10n_cl_fee_mode != "incurred":
            return super()._fee_incurred(debts, on)
        left = self._costs_left(debts, on)[debts[0].debtor_id.id]
        return Money(max(left, to_decimal(0)), company.currency_id.name)

    def _costs_left(self, debts, on):
        """{debtor id: proven costs until ``on`` less the fees that stand}."""
        debtors = debts.debtor_id
        left = defaultdict(lambda: to_decimal(0))
        # sudo: what may be charged does not depend on who asks
        costs = self.env["cobranza.cost"].sudo()
        domain = [
            ("debtor_id", "in", debtors.ids),
            ("day", "<=", on),
            ("state", "=", "final"),
            ("currency_id.name", "=", "CLP"),
        ]
        for cost in costs.search(domain)._chargeable():
            left[cost.debtor_id.id] += to_decimal(cost.amount)
        fees = self._standing_fees(debtors, "amount:sum")
        for debtor, amount in fees:
            left[debtor.id] -= to_decimal(amount)
        return left

    def _cost_evidence(self, costs):
        """Those that a fee of the mode "costs incurred" rests on."""
        if self.env.company.l10n_cl_fee_mode != "incurred":
            return super()._cost_evidence(costs)
        last = dict(self._standing_fees(costs.debtor_id, "assessed_on:max"))
        # sudo: whoever records costs need not see what they belong to
        chargeable = costs.sudo()._chargeable().sudo(False)
        return chargeable.filtered(
            lambda cost: (
                cost.debtor_id in last
                and last[cost.debtor_id] >= (cost._origin or cost).day
            )
        )

    def _standing_fees(self, debtors, aggregate):
        """[(debtor, aggregate of its fees that stand)]."""
        domain = [
            ("debtor_id", "in", debtors.ids),
            ("kind", "=", "fee"),
            ("state", "in", STANDING),
        ]
        # sudo: what may be charged does not depend on who asks, and whoever records
        # costs may not read every charge
        charges = self.env["cobranza.charge"].sudo()
        return charges._read_group(domain, ["debtor_id"], [aggregate])

    def _penalty_clause(self, debt, base):
        """A percentage of what is overdue, or an amount for the document, of which
        each instalment bears its part. CC arts. 1535 to 1544."""
        debtor = debt.debtor_id
        source = debtor if debtor.l10n_cl_penalty else debt.company_id
        value = to_decimal(source.l10n_cl_penalty_value)
        if source.l10n_cl_penalty == "none" or not value:
            return None
        if source.l10n_cl_penalty == "percent":
            return base * (value / 100)
        move = debt.move_id
        whole = move.is_invoice(include_receipts=True) and move.amount_total
        part = to_decimal(debt.original_amount) / to_decimal(
            whole or debt.original_amount
        )
        return Money(value * min(part, 1), base.currency)

    def _rests_on_invoices(self, kind, debt):
        """Whether this charge would rest on Ley 19.983."""
        if kind != "interest":
            return kind == "commission"
        return debt.debtor_id._l10n_cl_interest_key(debt).kind == "statutory"

    def _is_invoice(self, debt):
        move = debt.move_id
        if debt.currency_id.name != "CLP" or move.move_type != "out_invoice":
            return False
        document = move.l10n_latam_document_type_id
        return not document or document.code in law.INVOICES

    def _charged_with(self, debts, kinds, **values):
        """Ids of the debts with a charge of these kinds that was not reversed."""
        if not debts:
            return set()
        domain = [
            ("debt_id", "in", debts.ids),
            ("kind", "in", kinds),
            ("state", "!=", "reversed"),
            *((name, "=", value) for name, value in values.items()),
        ]
        # sudo: what may be charged does not depend on who asks
        charges = self.env["cobranza.charge"].sudo()
        return {debt.id for (debt,) in charges._read_group(domain, ["debt_id"])}

    def _fee_terms(self, regime, on, table):
        """Progressive ceiling in UF of the day ``on``, once the waiting days are over;
        None for companies and public bodies. Ley 19.496 art. 37.

        MissingValue names the day whose UF is not known: nothing is carried forward.
        """
        if regime not in law.PROTECTED:
            return None
        rates = [table.number(law.FEE_RATE, on, key) for key in "123"]
        limits = [table.number(law.FEE_TIER, on, key) for key in "12"]
        tiers = zip([*limits, None], rates, strict=True)
        return FeeTerms(
            tiers=tuple(Tier(up_to, rate) for up_to, rate in tiers),
            unit_value=table.number(law.UF, on),
            wait_days=int(table.number(law.FEE_WAIT, on)),
            reduction=table.number_or_none(law.FEE_PENALTY, on) or 0,
            currency="CLP",
            rounding_unit=Decimal(1),
            article=law.ARTICLE_37,
        )

    def _terms_article(self):
        """Ley 19.496, art. 37: informed when contracting."""
        return law.ARTICLE_37

    def _protected_regimes(self):
        """Consumers and small businesses, and whom nobody has classified."""
        return law.PROTECTED

    def _free_notice_proof(self, debts, on):
        """{debt id: contact}: the first free contact about this instalment that
        reached the debtor within the days after its due date ("gestión útil").

        Ley 19.496 art. 37: "dentro de los primeros quince días siguientes a cada
        vencimiento impago"; no such days before 2013, and then nothing is proven.
        """
        table = self.env.company._cobranza_legal_table(on, on)
        days = table.number_or_none(law.FEE_USEFUL_DAYS, on) or 0
        # evidence does not depend on who assesses
        lines = self.env["cobranza.contact.line"].sudo()
        purposes = self.env["cobranza.text.purpose"]
        found = lines.search(
            [
                ("debt_id", "in", debts.ids),
                ("contact_id.state", "=", "sent"),
                ("contact_id.direction", "=", "outbound"),
                ("contact_id.text_purpose", "in", purposes._where(free=True)),
                "|",
                ("level_id", "=", False),
                ("level_id.charge", "=", False),
            ]
        )
        received = self._received_on(found.contact_id)
        result = {}
        for line in found.sorted(lambda line: (line.contact_id.sent_at, line.id)):
            debt, day = line.debt_id, received.get(line.contact_id.id)
            due = debt._due_on()
            if day and 1 <= (day - due).days <= days:
                result.setdefault(debt.id, line.contact_id)
        return result

    def _charge_form(self, kind, basis, regime=None):
        """Ley 19.983 arts. 2 bis and 2 ter: an entry without tax document. Agreed
        interest and indexation: a debit note, taxed as the sale was (DL 825 art. 15
        N° 1). The fee of Ley 19.496 art. 37: memo, nothing settles whether it bears
        VAT, so that the accountant has to choose."""
        account = self._charge_account(kind)
        if kind in ("interest", "commission") and basis == "law":
            return ChargeForm(
                "entry", account, VAT, label=account.name, article=NO_DOCUMENT
            )
        if kind in ("interest", "indexation", "deferral") and basis == "contract":
            return ChargeForm(
                "debit_note", account, VAT, label=account.name, article=TAXED
            )
        return ChargeForm("memo", account, VAT, label=account.name)

    def _charge_account(self, kind):
        """Accounts that the chart of Chile lacks, at codes that it leaves free."""
        if kind in ("interest", "indexation", "deferral"):
            return ChartAccount(
                "320222", "320222", self.env._("Late interest of customers")
            )
        if kind == "commission":
            return ChartAccount(
                "320223", "320223", self.env._("Commission of 1% (Ley 21.131)")
            )
        return ChartAccount(
            "320247", "320247", self.env._("Recovery of collection costs")
        )

    def _imputation_order(self, regime):
        """Interest before capital, unless the creditor consents; what is due before
        what is not, and then as the debtor says: it may not prefer a debt that is not
        due. Nothing said and all due: the oldest (CC arts. 1595 to 1597)."""
        return ImputationOrder(
            (Preference.DUE, Preference.OLDEST, Preference.LISTED),
            due_only=True,
            article="CC, arts. 1595 a 1597",
        )

    def _reserve_article(self):
        """CC, art. 1595; Ley 18.010, art. 17."""
        return "CC, art. 1595; Ley 18.010, art. 17"
