from odoo import models

from ..kernel.fee_terms import terms_fee
from ..kernel.money import Money
from .assessment import Assessment
from .bridge import to_decimal
from .cobranza_charge_assess import percents


class CobranzaCharge(models.Model):
    """A commission on what is unpaid of an overdue debt, once for each."""

    _inherit = "cobranza.charge"

    def _draft_commissions(self, work):
        charged = None
        for regime, debts in work.by_regime().items():
            records = self.env["cobranza.debt"].concat(*debts)
            for currency, group in records.grouped("currency_id").items():
                terms, values = self._ask_law(
                    work, "_commission_terms", group, regime, currency
                )
                if not terms:
                    continue
                if charged is None:
                    charged = self._charged(work, "commission")
                free = group.filtered(lambda one, c=charged: one.id not in c)
                for debt in self._unblocked(work, "commission", free):
                    self._draft_commission(work, debt, terms, values)

    def _draft_commission(self, work, debt, terms, values):
        fee = terms_fee(terms, Money(work.bases[debt], terms.currency))
        if not fee.amount.amount:
            return
        work.add(
            debt,
            "commission",
            fee.amount,
            values,
            currency_id=debt.currency_id.id,
            rate_text=percents(part.rate * 100 for part in fee.parts),
            formula=fee.formula,
            article=terms.article,
        )

    def _unblocked(self, work, kind, debts):
        """Those of ``debts`` that nothing in the law keeps from a kind of charge; the
        others are refused with the reason, until it is gone."""
        if not debts:
            return []
        records = self.env["cobranza.debt"].concat(*debts)
        blockers = work.rules._charge_blockers(kind, records, work.on)
        for debt in debts:
            if debt.id in blockers:
                work.refuse([debt], blockers[debt.id])
        return [debt for debt in debts if debt.id not in blockers]

    # -- by the dates of the settlements ---------------------------------------------

    def _shares_again(self, rules, charges, positions):
        """{charge: values, or None when it falls} of those whose base the dates do not
        bear out."""
        result = {}
        changed = charges.filtered(
            lambda one: (
                one.state != "waived"
                and one._base_by_dates(positions[one.debt_id]) != one._base_charged()
            )
        )
        groups = changed.grouped(lambda one: (one.kind, one.assessed_on))
        for (kind, on), group in groups.items():
            bases = {
                one.debt_id: one._base_by_dates(positions[one.debt_id]) for one in group
            }
            work = self._shares_on(rules, kind, on, group, bases)
            drafts = {draft["debt_id"]: draft for draft in work.drafts}
            for charge in group:
                draft = drafts.get(charge.debt_id.id)
                if draft or not charge.outdated:
                    result[charge] = draft
            lacking = group.debt_id.filtered(lambda one, w=work: one.id in w.lacking)
            lacking.write({"charge_stale": True})
        return result

    def _shares_on(self, rules, kind, on, charges, bases):
        """The assessment, as if it were their day, of what these were charged on."""
        bases = {debt: base for debt, base in bases.items() if base > 0}
        due = {one: one.date_maturity or one.original_due_date for one in bases}
        covered = {
            one.debt_id: to_decimal((one.origin_id or one).covered) for one in charges
        }
        company = rules.env.company
        table = company._cobranza_legal_table(min(due.values(), default=on), on)
        work = Assessment(company, rules, on, table, bases, due, covered)
        if kind == "penalty":
            for debt in bases:
                self._draft_penalty(work, debt)
            return work
        groups = charges.grouped(lambda one: (one.debtor_id.regime, one.currency_id))
        for (regime, currency), mine in groups.items():
            debts = mine.debt_id.filtered(lambda one: one in bases)
            terms, values = self._ask_law(
                work, "_commission_terms", debts, regime, currency
            )
            for debt in debts if terms else ():
                self._draft_commission(work, debt, terms, values)
        return work
