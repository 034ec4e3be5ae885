from decimal import Decimal

from odoo import models

from odoo.addons.cobranza_legal.kernel.fee_terms import percent_terms
from odoo.addons.cobranza_legal.kernel.interest import DayCount, InterestTerms
from odoo.addons.cobranza_legal.kernel.penalty import PenaltyLimit
from odoo.addons.cobranza_legal.kernel.periods import Series, add_months
from odoo.addons.cobranza_legal.kernel.rates import Breach, RateLimit
from odoo.addons.cobranza_legal.models.bridge import unit
from odoo.addons.cobranza_legal.models.recoverable_cost import RecoverableCost

from . import law
from .interest_key import to_key

ARTICLE_2_BIS = "Ley 19.983, art. 2 bis"
ARTICLE_2_TER = "Ley 19.983, art. 2 ter"
ARTICLE_2_N3 = "Ley 19.983, art. 2 N° 3: no menos que el interés corriente"
ARTICLE_AGREED = "CC, art. 1545; Ley 18.010, arts. 11 y 16: interés convenido"
ARTICLE_8 = "Ley 18.010, arts. 6, 6 bis y 8: reducido al interés corriente"
ARTICLE_PENALTY = "CC, arts. 1535, 1537 y 1544: cláusula penal por simple retardo"
ARTICLE_INDEX = "Ley 18.010, art. 3: reajuste convenido"


class CobranzaRulesCl(models.AbstractModel):
    """What a late invoice costs whom the consumer law does not protect: Ley 19.983."""

    _inherit = "cobranza.rules.cl"

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
            return RecoverableCost(False, article="CPC, art. 471")
        if regime in law.PROTECTED:
            return RecoverableCost(False, article=law.ARTICLE_37)
        return RecoverableCost(
            True, "contract", article="CC, art. 1545", needs_agreement=True
        )

    def _charge_blockers(self, kind, debts, on):
        """Ley 19.983 is about invoices in pesos, and adds nothing to a debt that has
        been charged the fee of Ley 19.496 art. 37."""
        found = super()._charge_blockers(kind, debts, on)
        late = debts.filtered(lambda one: self._rests_on_invoices(kind, one))
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
        """Nor is the fee added to what bears interest or commission of Ley 19.983."""
        found = super()._fee_blockers(debts, on)
        charged = self._charged_with(debts, ["interest", "commission"], basis="law")
        for debt in debts:
            if debt.id in charged and debt.id not in found:
                found[debt.id] = self.env._(
                    "%s bears interest or commission of Ley 19.983: no collection fee "
                    "of Ley 19.496 besides.",
                    debt.display_name,
                )
        return found

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
