from odoo import models

from ..kernel.billing import billed_difference
from ..kernel.errors import MissingValue
from ..kernel.indexation import indexed
from ..kernel.money import Money, round_to
from ..kernel.periods import ONE_DAY
from .assessment import UsedValues
from .bridge import to_decimal, unit

ZERO = to_decimal(0)


class CobranzaCharge(models.Model):
    """What late debts grow by with an index that the contract names."""

    _inherit = "cobranza.charge"

    def _index_key(self, debt):
        """Which index a late debt follows, as the country's rules know it; None, as
        here: none."""
        return None

    def _draft_indexation(self, work):
        """From the due date to today, less what has been charged."""
        keys = {debt: self._index_key(debt) for debt in work.bases}
        debts = [debt for debt, key in keys.items() if key]
        debts = self._unblocked(work, "indexation", debts)
        if not debts:
            return
        payments, charged = self._payments(debts), self._indexation_charged(debts)
        for debt in debts:
            last, before = charged.get(debt.id, (work.due[debt], ZERO))
            if last < work.on:
                known = payments[debt.id]
                self._draft_index(work, debt, keys[debt], known, last, before)

    def _draft_index(self, work, debt, key, payments, last, before):
        name, step = debt.currency_id.name, unit(debt.currency_id)
        values = UsedValues(work.table)
        try:
            found = self._indexation(work, debt, key, payments, values)
        except MissingValue as error:
            work.lack([debt], self._message_missing(error), error)
            return
        if not found:
            return
        exact, formula, article = found
        whole = Money(round_to(exact, step), name)
        amount = billed_difference(whole, [Money(before, name)])
        if amount.amount <= 0:
            return
        work.add(
            debt,
            "indexation",
            amount,
            values,
            basis="contract",
            currency_id=debt.currency_id.id,
            formula=f"{formula} − {round_to(before, step)}" if before else formula,
            article=article,
            period_from=last + ONE_DAY,
            period_to=work.on,
        )

    def _indexation(self, work, debt, key, payments, values):
        """(unrounded adjustment, formula, article) of a debt from its due date on: each
        part of it until the day it was paid; None where the law knows no such index."""
        due, currency = work.due[debt], debt.currency_id.name
        parts = [(min(day, work.on), amount) for day, amount in payments if day > due]
        parts.append((work.on, work.bases[debt]))
        exact, formula, article = ZERO, [], ""
        for day, amount in sorted(parts):
            found = work.rules._index_values(key, due, day, values)
            if found is None:
                return None
            first, last, article = found
            step = unit(debt.currency_id)
            grown = indexed(Money(amount, currency), first, last, step)
            exact += grown.exact - amount
            formula.append(f"{round_to(amount, step)} × ({last} / {first} − 1)")
        return exact, " + ".join(formula), article

    def _indexation_charged(self, debts):
        """{debt id: (last day charged, amount charged)}, waived charges included."""
        domain = [
            ("debt_id", "in", [debt.id for debt in debts]),
            ("kind", "=", "indexation"),
            ("state", "!=", "reversed"),
        ]
        day = self.env.context.get("cobranza_as_of")
        if day:
            domain.append(("assessed_on", "<=", day))
        rows = self.sudo()._read_group(
            domain, ["debt_id"], ["period_to:max", "amount:sum"]
        )
        return {debt.id: (last, to_decimal(amount)) for debt, last, amount in rows}

    # -- by the dates of the settlements ---------------------------------------------

    def _indexations_again(self, rules, charges, positions):
        """{charge: values, or None when it falls} of those that change: the same
        periods of each debt, one after the other."""
        result = {}
        for debt, group in charges.grouped("debt_id").items():
            before = self._indexation_elsewhere(group)
            for charge in group.sorted(lambda one: (one.period_from, one.id)):
                draft = charge._index_again(rules, debt, positions, before)
                if charge.state == "waived":
                    before += to_decimal(charge.amount)
                    continue
                if charge._differs(draft):
                    result[charge] = draft
                before += to_decimal(draft["amount"] if draft else 0)
        return result

    def _index_again(self, rules, debt, positions, before):
        """The draft of this charge by what is known now, None when nothing is left."""
        work = self._start_again(rules, self.assessed_on, self, positions)
        key = self._index_key(debt)
        if key:
            last = self.period_from - ONE_DAY
            self._draft_index(work, debt, key, positions[debt].payments, last, before)
        return next(iter(work.drafts), None)

    def _indexation_elsewhere(self, charges):
        """What stands of the debt's indexation before the first of these charges."""
        domain = [
            ("debt_id", "in", charges.debt_id.ids),
            ("kind", "=", "indexation"),
            ("state", "!=", "reversed"),
            ("id", "not in", charges.ids),
            ("period_to", "<", min(charges.mapped("period_from"))),
        ]
        rows = self.sudo()._read_group(domain, [], ["amount:sum"])
        return to_decimal(rows[0][0])
