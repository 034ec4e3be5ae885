from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import Command, fields, models

from ...kernel.compensation import costs_beyond
from ...kernel.fees import fee_on
from ...kernel.money import Money, allocate, round_to
from ...kernel.penalty import penalty
from ..common.money import to_decimal, to_money, unit
from .assessment import UsedValues, percents

COST_GROUPS = "cobranza_legal.group_collector,cobranza_legal.group_accountant"


@dataclass(slots=True)
class Spent:
    """What was spent on one document, with one legal basis and in one currency."""

    found: object
    costs: list = field(default_factory=list)
    parts: list[Decimal] = field(default_factory=list)


class CobranzaCharge(models.Model):
    """Commission and agreed penalty, once for each debt, and proven costs of
    collection where the law lets the debtor be charged for them: each document bears
    its part of every cost, beyond its fixed compensation where the law says so, less
    what it has been charged before.
    """

    _inherit = "cobranza.charge"

    cost_ids = fields.Many2many(
        "cobranza.cost",
        "cobranza_charge_cost_rel",
        "charge_id",
        "cost_id",
        string="Costs",
        readonly=True,
        groups=COST_GROUPS,
    )

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
                free = group.filtered(lambda debt, c=charged: debt.id not in c)
                for debt in self._unblocked(work, "commission", free):
                    self._draft_commission(work, debt, terms, values)

    def _redraft_commission(self, work):
        """Draft the commission of every debt of ``work`` as if it were their day."""
        for regime, debts in work.by_regime().items():
            records = self.env["cobranza.debt"].concat(*debts)
            for currency, group in records.grouped("currency_id").items():
                terms, values = self._ask_law(
                    work, "_commission_terms", group, regime, currency
                )
                for debt in group if terms else ():
                    self._draft_commission(work, debt, terms, values)

    def _draft_commission(self, work, debt, terms, values):
        fee = fee_on(terms, Money(work.bases[debt], terms.currency))
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

    def _draft_penalties(self, work):
        agreed = [debt for debt in work.bases if self._clause_of(work, debt)]
        if not agreed:
            return
        charged = self._charged(work, "penalty")
        free = [debt for debt in agreed if debt.id not in charged]
        for debt in self._unblocked(work, "penalty", free):
            self._draft_penalty(work, debt)

    def _redraft_penalty(self, work):
        """Draft the penalty of every debt of ``work`` as if it were their day."""
        for debt in work.bases:
            self._draft_penalty(work, debt)

    @staticmethod
    def _clause_of(work, debt):
        base = Money(work.bases[debt], debt.currency_id.name)
        return work.rules._penalty_clause(debt, base)

    def _draft_penalty(self, work, debt):
        """What the law lets be asked for; nothing where it knows no limit."""
        limit = work.rules._penalty_limit(debt.debtor_id.regime)
        clause = self._clause_of(work, debt)
        if not clause or not limit:
            return
        base = Money(work.bases[debt], debt.currency_id.name)
        step = unit(debt.currency_id)
        found = penalty(clause, base, work.due[debt], work.on, step, limit)
        if not found.amount.amount:
            return
        asked = found.amount + found.cut
        formula = f"{asked.amount} − {found.cut.amount}"
        work.add(
            debt,
            "penalty",
            found.amount,
            UsedValues(work.table),
            basis="contract",
            currency_id=debt.currency_id.id,
            formula=formula if found.cut.amount else str(asked.amount),
            article=limit.article,
        )

    def _draft_costs(self, work):
        """After the compensations of the same assessment."""
        debts = self.env["cobranza.debt"].concat(*work.bases)
        # sudo: what may be charged does not depend on who asks
        costs = self.env["cobranza.cost"].sudo()
        domain = [
            ("debtor_id", "in", debts.debtor_id.ids),
            ("day", "<=", work.on),
            ("debt_ids", "!=", False),
            ("state", "=", "final"),
        ]
        costs = costs.search(domain, order="day, id")._chargeable()
        if not costs:
            return
        carriers = {}
        for debt in sorted(work.bases, key=lambda debt: (debt.instalment_no, debt.id)):
            carriers.setdefault(self._document_key(debt), debt)
        spent = self._spent(work, costs, carriers)
        charged, paid = self._costs_charged(work, debts)
        for (key, basis, currency), one in spent.items():
            compensation = paid[key, currency] if one.found.beyond_compensation else 0
            money = self._recoverable_part(one, currency, to_decimal(compensation))
            money -= Money(charged[key, basis, currency], currency.name)
            if money.amount > 0:
                self._draft_cost(work, carriers[key], one, money, currency, basis)

    def _spent(self, work, costs, carriers):
        """{(document, basis, currency): ``Spent``} of what the law lets be charged."""
        result = {}
        for cost in costs:
            found = work.rules._recoverable_costs(cost.kind, cost.debtor_id.regime)
            agreed = cost.debtor_id.costs_agreed or not found.needs_agreement
            if not found.allowed or not agreed:
                continue
            keys = list(dict.fromkeys(self._document_key(one) for one in cost.debt_ids))
            amount = to_money(cost.amount, cost.currency_id)
            amount = min(amount, found.cap) if found.cap else amount
            parts = allocate(amount, [Decimal(1)] * len(keys), unit(cost.currency_id))
            for key, part in zip(keys, parts, strict=True):
                if key not in carriers:
                    continue
                why = found.needs_agreement and work.rules._terms_missing(carriers[key])
                if why:
                    work.refuse([carriers[key]], why)
                    continue
                place = key, found.basis, cost.currency_id
                one = result.setdefault(place, Spent(found))
                one.costs.append(cost)
                one.parts.append(part.amount)
        return result

    def _costs_charged(self, work, debts):
        """({(document, basis, currency): costs charged}, {(document, currency):
        compensation}), what this assessment adds included."""
        charged, paid = defaultdict(Decimal), defaultdict(Decimal)
        charges = self.sudo().search(
            [
                "|",
                ("move_id", "in", debts.move_id.ids),
                ("debt_id", "in", debts.ids),
                ("kind", "in", ("cost", "compensation")),
                ("state", "!=", "reversed"),
            ]
        )
        for charge in charges:
            key, currency = self._document_key(charge.debt_id), charge.currency_id
            amount = to_decimal(charge.amount)
            if charge.kind == "cost":
                charged[key, charge.basis, currency] += amount
            else:
                paid[key, currency] += amount
        for draft in work.drafts:
            if draft["kind"] == "compensation":
                debt = self.env["cobranza.debt"].browse(draft["debt_id"])
                currency = self.env["res.currency"].browse(draft["currency_id"])
                paid[self._document_key(debt), currency] += to_decimal(draft["amount"])
        return charged, paid

    @staticmethod
    def _recoverable_part(spent, currency, compensation):
        proven = Money(sum(spent.parts, Decimal(0)), currency.name)
        return costs_beyond(Money(compensation, currency.name), proven)

    def _draft_cost(self, work, debt, spent, money, currency, basis):
        step = unit(currency)
        total = " + ".join(str(round_to(part, step)) for part in spent.parts)
        less = round_to(sum(spent.parts, Decimal(0)) - money.amount, step)
        work.add(
            debt,
            "cost",
            money,
            UsedValues(work.table),
            basis=basis,
            currency_id=currency.id,
            formula=f"{total} − {less}" if less else total,
            article=spent.found.article,
            cost_ids=[Command.set([cost.id for cost in spent.costs])],
        )
