"""What was known on a past day and is not in the ledger any more."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ..common.money import to_decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Change:
    """What one entry settled of a debt on a day by what was known then, more than by
    the ledger now; less where it is negative. ``amount`` in the debt's currency,
    ``own`` in the company's. ``undone`` are the ids of the settlements that were
    undone. ``debits`` and ``credits`` are the ids of the items that carry the debt and
    of those of the entry, as far as they were open then or are now."""

    debt: int
    amount: Decimal
    own: Decimal
    undone: tuple[int, ...]
    debits: tuple[int, ...]
    credits: tuple[int, ...]

    def apply(self, opened, currencies):
        """Change ``opened`` {item: [open, open in company currency]}; ``currencies``
        are those of the items."""
        debits = [line for line in self.debits if line in opened]
        if not debits:
            return
        credits = [line for line in self.credits if line in opened]
        if self.amount < 0 or not self.amount:
            self._move(opened[debits[0]], -self.amount, -self.own)
            for line in credits[:1]:
                self._move(opened[line], self.amount, self.own)
            return
        left, left_own = self.amount, self.own
        for line in debits:
            part = min(left, max(ZERO, opened[line][0]))
            own = self.own * part / self.amount
            self._move(opened[line], -part, -own)
            left, left_own = left - part, left_own - own
        self._use(opened, credits, currencies, currencies[debits[0]], left_own)

    def _use(self, opened, credits, currencies, currency, unused):
        """Take what was put back off what the entry has open now."""
        own = self.own - unused
        for line in credits:
            free, free_own = opened[line]
            part_own = min(own, max(ZERO, -free_own))
            if part_own:
                part = -free * part_own / -free_own
                if currencies[line] == currency and own == self.own:
                    part = min(self.amount, -free)
                self._move(opened[line], part, part_own)
                own -= part_own

    @staticmethod
    def _move(found, amount, own):
        found[0] += amount
        found[1] += own


class KnownThen:
    """The ``Change`` of the debts of a ``PositionReader`` for its day."""

    def __init__(self, reader):
        self.reader = reader
        self.env = reader.env
        self.on = reader.on

    def changes(self, ids):
        """[Change] of the commercial partners ``ids``, of all for None; in a fixed
        number of queries, one where nothing was undone."""
        groups = self._read_undone(ids)
        ledger = self._read_ledger(groups)
        found = []
        for (debt, _entry), rows in groups.items():
            settled = [row for row in rows if row.undone_on > self.on]
            amount = sum((to_decimal(row.amount_currency) for row in settled), ZERO)
            own = sum((to_decimal(row.amount) for row in settled), ZERO)
            counted = ledger.get((debt.id, rows[0].move_id.id), ())
            again = any(row.redone_on and row.redone_on > self.on for row in rows)
            if again:
                amount -= sum(
                    (to_decimal(one.amount_currency) for one in counted), ZERO
                )
                own -= sum((to_decimal(one.amount) for one in counted), ZERO)
            if amount or own:
                found.append(self._change(debt, rows, counted, amount, own))
        return found

    def _read_undone(self, ids):
        """{(debt, entry or its name): [what was undone or done again after the day]};
        not what the ledger tells by itself, because the item by which the payment came
        back is there."""
        domain = [
            *[("company_id", "=", self.reader.company.sudo().root_id.id)],
            *[("date", "<=", self.on), ("made_on", "<=", self.on)],
            *["|", ("undone_on", ">", self.on), ("redone_on", ">", self.on)],
        ]
        if ids is not None:
            domain.append(("debt_id.partner_id", "in", ids))
        groups = defaultdict(list)
        undone = self.env["cobranza.settlement.undone"].sudo()
        for row in undone.search(domain, order="date, id"):
            told = row.return_line_id.parent_state == "posted" and not row.redone_on
            if not told:
                groups[row.debt_id, row.move_id or row.document].append(row)
        return groups

    def _read_ledger(self, groups):
        """{(debt id, entry id): settlements of the ledger until the day}."""
        entries = {row.move_id.id for rows in groups.values() for row in rows}
        if not any(entries):
            return {}
        found = defaultdict(list)
        domain = [
            ("debt_id", "in", [debt.id for debt, _entry in groups]),
            ("move_id", "in", list(entries)),
            ("partial_id.max_date", "<=", self.on),
        ]
        for one in self.env["cobranza.settlement"].sudo().search(domain):
            found[one.debt_id.id, one.move_id.id].append(one)
        return found

    def _change(self, debt, rows, counted, amount, own):
        debits, credits = debt.line_ids.ids, rows[0].move_id.line_ids
        credits = credits.filtered(lambda line: line.balance < 0).ids
        if amount < 0:
            matches = [one.partial_id for one in counted]
            debits = [one.debit_move_id.id for one in matches]
            there = {row.partial_no for row in rows} & {one.id for one in matches}
            credits = [] if there else [one.credit_move_id.id for one in matches]
        return Change(
            debt=debt.id,
            amount=amount,
            own=own,
            undone=tuple(row.id for row in rows),
            debits=tuple(dict.fromkeys(debits)),
            credits=tuple(dict.fromkeys(credits)),
        )
