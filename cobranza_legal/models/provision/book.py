"""How the accounts of provisions rolled forward between two days, by what has moved
them, and tied to the ledger."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo.tools import SQL, LazyTranslate

from ...kernel.money import round_to
from ...kernel.provision import ZERO, shared_out
from ..common.money import to_decimal, unit
from .rules import DOUBTFUL, LOSS, SUED

_lt = LazyTranslate(__name__)

OPENING, CHARGE, COLLECTED = "opening", "charge", "collected"
WRITTEN_OFF, JUDGED, RECOVERY = "written_off", "judged", "recovery"
EXCHANGE = "exchange"
MOVED, OTHER = "moved", "other"
KINDS = [
    (OPENING, _lt("Opening balance")),
    (CHARGE, _lt("Charged to the result")),
    (COLLECTED, _lt("Released by collection")),
    (WRITTEN_OFF, _lt("Released by write-off")),
    (JUDGED, _lt("Released otherwise")),
    (RECOVERY, _lt("Paid after all")),
    (EXCHANGE, _lt("Exchange")),
    (MOVED, _lt("Reclassified")),
    (OTHER, _lt("Not from runs")),
]
"""What moves an account of provisions."""


SETTLED_AS = {"write_off": WRITTEN_OFF, "exchange": EXCHANGE}
"""{kind of settlement: why the allowance was released}; all others are collected."""


CREDITS = ("allowance", "release", "recovery")
"""Roles of accounts whose balance is shown as a credit."""


MEASURES = {
    "allowance": ("allowance", 1),
    "charge": ("cost", 1),
    "release": ("cost", -1),
    LOSS: ("cost", 1),
    "recovery": ("cost", -1),
    DOUBTFUL: ("doubtful", 1),
    SUED: ("doubtful", 1),
}
"""{role: (measure that adds up over accounts, sign of what its account shows)}."""


OPEN = """
    SELECT l.account_id, COALESCE(sum(l.balance), 0)::text FROM account_move_line l
     WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND l.date < %(before)s AND l.date >= %(first)s
     GROUP BY l.account_id
"""


ENTRIES = """
    SELECT l.account_id, l.move_id, r.commercial_partner_id, sum(l.balance)::text,
           bool_or(j.type IN ('bank', 'cash', 'credit')),
           bool_or(j.id = c.currency_exchange_journal_id)
      FROM account_move_line l
      JOIN account_journal j ON j.id = l.journal_id
      JOIN res_company c ON c.id = %(company)s
      LEFT JOIN res_partner r ON r.id = l.partner_id
     WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND l.date BETWEEN %(since)s AND %(until)s
     GROUP BY l.account_id, l.move_id, r.commercial_partner_id
"""


class Moved(NamedTuple):
    """``amount`` is what moved an account, in the direction in which it is shown."""

    account: int
    kind: str
    partner: "int | None"
    move: "int | None"
    amount: object


class ProvisionBook:
    """The accounts of provisions of a company, its branches included, from one day to
    another, both included. As superuser, in a fixed number of queries for each run."""

    def __init__(self, company, since, until):
        self.env, self.company = company.env, company
        self.since, self.until = since, until
        self.step = unit(company.currency_id)
        self.roles = {}
        for role, account in company._cobranza_provision_accounts().items():
            if account:
                self.roles.setdefault(account, role)

    def moved(self):
        """[``Moved``] that add up to what the ledger says at the end."""
        if not self.roles:
            return []
        self.env["account.move.line"].flush_model()
        entries = self._read_entries()
        by_move = defaultdict(list)
        for account, move, partner, amount, *marks in entries:
            by_move[move].append((account, partner, amount, marks))
        found = self._openings()
        runs, known = self._read_runs(list(by_move))
        for move, items in by_move.items():
            if move in runs:
                found += self._of_run(move, items, *runs[move])
            else:
                found += self._of_entry(move, items, known.get(move))
        return [one for one in found if one.amount]

    def closing(self):
        """{account id: what the ledger says on the last day}, read on its own."""
        return self._balances(self.until + timedelta(days=1))

    def measures(self, moved):
        """{measure: amount} of a ``Moved``: what may be added up over accounts."""
        name, sign = MEASURES[self.roles[self._account(moved.account)]]
        return {name: float(sign * moved.amount)}

    # -- the ledger --------------------------------------------------------------------

    def _shown(self, account, balance):
        role = self.roles[self._account(account)]
        return -balance if role in CREDITS else balance

    def _account(self, key):
        return self.env["account.account"].browse(key).sudo()

    def _balances(self, before):
        """{account id: its balance before a day}; of accounts of profit and loss since
        the year in which the book begins."""
        found = {account.id: ZERO for account in self.roles}
        year = self.company.compute_fiscalyear_dates(self.since)["date_from"]
        lasting = [one.id for one in self.roles if one.include_initial_balance]
        yearly = [one.id for one in self.roles if not one.include_initial_balance]
        for accounts, first in ((lasting, self.since.min), (yearly, year)):
            query = SQL(
                OPEN,
                accounts=accounts,
                tree=self.company._cobranza_tree(),
                before=before,
                first=first,
            )
            for account, balance in self.env.execute_query(query):
                found[account] = self._shown(account, to_decimal(balance))
        return found

    def _read_entries(self):
        query = SQL(
            ENTRIES,
            company=self.company.id,
            accounts=[one.id for one in self.roles],
            tree=self.company._cobranza_tree(),
            since=self.since,
            until=self.until,
        )
        return [
            (account, move, partner, self._shown(account, to_decimal(amount)), *marks)
            for account, move, partner, amount, *marks in self.env.execute_query(query)
        ]

    def _openings(self):
        """Each account's balance before the first day; that of the allowance by debtor,
        as the last run before has it."""
        found = []
        runs = self.env["cobranza.provision.run"]
        last = runs.search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
                ("day", "<", self.since),
            ],
            order="day desc",
            limit=1,
        )
        for account, balance in self._balances(self.since).items():
            if self.roles[self._account(account)] == "allowance":
                for partner, target in self._by_partner(last):
                    balance -= target
                    found.append(Moved(account, OPENING, partner, None, target))
            found.append(Moved(account, OPENING, None, None, balance))
        return found

    def _by_partner(self, run):
        sums = defaultdict(lambda: ZERO)
        for line in run.line_ids:
            sums[line.partner_id.id or None] += to_decimal(line.target)
        return sums.items()

    # -- entries of runs ---------------------------------------------------------------

    def _read_runs(self, moves):
        """({entry: (run, 1 or -1 when it takes back)} of the entries that book runs,
        {entry: (kind, amounts by debtor)} of the others that somebody knows)."""
        own = self.env["cobranza.provision.run"]
        names = (
            *("move_id", "reverse_move_id", "reclass_move_id"),
            *("reclass_back_move_id", "reclass_undone_move_ids"),
        )
        domain = ["|"] * (len(names) - 1) + [(name, "in", moves) for name in names]
        runs, known = {}, {}
        for run in own.search(domain):
            runs[run.move_id.id] = run, 1
            runs[run.reverse_move_id.id] = run, -1
            for name in names[2:]:
                known |= dict.fromkeys(run[name].ids, (MOVED, {}))
        for block in self.env["cobranza.block"]._blocks():
            known |= block._kinds_of_entries(moves)
        runs.pop(False, None)
        return runs, known

    def _of_run(self, move, items, run, sign):
        """What an entry of a run moved, by why: that of its lines, and what the entry
        says beyond them."""
        booked = defaultdict(lambda: ZERO)
        for account, _partner, amount, _marks in items:
            booked[account] += amount
        sums = self._sums_of(run)
        for account, amount in booked.items():
            left = amount
            for (partner, kind), part in sums.items():
                shown = self._shown_part(account, kind, part) * sign
                left -= shown
                yield Moved(account, kind, partner, move, shown)
            yield Moved(account, OTHER, None, move, left)

    def _shown_part(self, account, kind, part):
        """How a part of the movement of a run shows on an account: all on that of the
        allowance, charges on the expense, releases on the income."""
        role = self.roles[self._account(account)]
        if role == "allowance":
            return part
        both = self._both
        if role == "charge":
            return part if both or kind == CHARGE else ZERO
        if role == "release":
            return -part if kind != CHARGE else ZERO
        return ZERO

    @property
    def _both(self):
        """Whether charges and releases have one account."""
        return "release" not in self.roles.values()

    def _sums_of(self, run):
        """{(debtor, kind): what the lines of a run change}."""
        sums = defaultdict(lambda: ZERO)
        lines = run.line_ids.filtered("movement")
        whys = self._whys(run, lines)
        for line in lines:
            if not line.due_on:
                continue  # what no run has booked
            for kind, part in whys[line]:
                sums[line.partner_id.id or None, kind] += part
        return sums

    def _whys(self, run, lines):
        """{line: [(kind, part of its movement)]}."""
        less = lines.filtered(lambda one: one.movement < 0)
        settled = self._settled(run, less.debt_id)
        before = self._open_before(run, less)
        found = {}
        for line in lines:
            movement = to_decimal(line.movement)
            parts = settled.get(line.debt_id.id) if line.debt_id else None
            if movement > 0:
                found[line] = [(CHARGE, movement)]
            elif parts:
                found[line] = shared_out(movement, parts, self.step)
            elif to_decimal(line.open) < before.get(line, ZERO):
                found[line] = [(COLLECTED, movement)]
            else:
                found[line] = [(JUDGED, movement)]
        return found

    def _settled(self, run, debts):
        """{debt id: {kind: amount}} of what was settled since the run before."""
        settlements = self.env["cobranza.settlement"]
        carried = settlements._kinds(carries=True)
        domain = [
            ("debt_id", "in", debts.ids),
            ("date", "<=", run.day),
            ("kind", "not in", list(carried)),
        ]
        if run.previous_id:
            domain.append(("date", ">", run.previous_id.day))
        found = defaultdict(lambda: defaultdict(lambda: ZERO))
        for debt, kind, amount in settlements._read_group(
            domain, ["debt_id", "kind"], ["amount:sum"]
        ):
            name = SETTLED_AS.get(kind, COLLECTED)
            found[debt.id][name] += round_to(to_decimal(amount), self.step)
        return found

    def _open_before(self, run, lines):
        """{line: what was open of it at the run before}."""
        known = {}
        for one in run.previous_id.line_ids:
            for key in filter(None, (one.debt_id, one.move_line_id)):
                known[key] = to_decimal(one.open)
        return {
            line: known.get(line.debt_id) or known.get(line.move_line_id) or ZERO
            for line in lines
        }

    # -- other entries -----------------------------------------------------------------

    def _of_entry(self, move, items, known):
        kind, whose = known or (OTHER, {})
        for account, partner, amount, (is_bank, is_exchange) in items:
            role = self.roles[self._account(account)]
            if known:
                yield from self._told(account, kind, partner, move, amount, whose)
                continue
            why = OTHER
            if is_exchange:
                why = EXCHANGE
            elif is_bank and role in (DOUBTFUL, SUED):
                why = COLLECTED
            yield Moved(account, why, partner, move, amount)

    def _told(self, account, kind, partner, move, amount, whose):
        """An item of an entry that a record has booked: by debtor, if it has none and
        the record's amounts are all of it."""
        if partner or sum(whose.values(), ZERO) != abs(amount):
            yield Moved(account, kind, partner, move, amount)
            return
        sign = 1 if amount > 0 else -1
        for one, part in whose.items():
            yield Moved(account, kind, one, move, sign * part)
