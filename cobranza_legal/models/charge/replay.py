"""What was due for the days late of debts that were paid, whenever it is found out.

The assessment of the days on which the payments came: what is due once, on the first
payment after the due date; what runs by the day, until the last one.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ...kernel.periods import ONE_DAY
from .assessment import Assessment
from .correct import read_balances

ZERO = Decimal(0)
ONCE = ("_draft_compensations", "_draft_commissions", "_draft_penalties")
RUNNING = ("_draft_interest", "_draft_indexation")


@dataclass(slots=True)
class PaidLate:
    """``due`` and ``days`` of one debt: its due date, and those after it on which the
    debtor paid, in order. ``late``: what was not paid on the due date. ``drafts``:
    values of the charges that nobody made; ``lacking``: a legal value is missing."""

    due: date
    days: tuple[date, ...] = ()
    late: Decimal = ZERO
    drafts: list[dict] = field(default_factory=list)
    lacking: bool = False


class Replay:
    """The charges that the days late of ``debts`` (principals of one company, as
    superuser) ask for and that have not been made; nothing is written.

    A fixed number of queries, and of assessments for each day on which one was paid.
    ``until``: only what was paid by that day counts; None: all that is known.
    """

    def __init__(self, debts, until=None):
        self.debts = debts.filtered(lambda debt: debt.nature == "principal")
        self.env = debts.env
        self.charges = debts.env["cobranza.charge"]
        self.company = debts.company_id
        self.until = until
        self.used = set()
        self.missing = {}
        self.documents = set()

    def collect(self):
        """{debt: ``PaidLate``} of all debts, those that were paid in time too."""
        days = self._days_late()
        balances = read_balances(self.debts)
        result = {}
        for debt in self.debts:
            due = debt.date_maturity or debt.original_due_date
            late = max(ZERO, balances[debt].claim(due, due, ZERO))
            result[debt] = PaidLate(due, days[debt.id], late)
        open_to = {
            debt: one
            for debt, one in result.items()
            if one.days and not self._is_ended(debt, one.days[0])
        }
        self._assess(open_to, balances, 0, ONCE)
        self._assess(open_to, balances, -1, RUNNING)
        return result

    def _days_late(self):
        """{debt id: days after its due date on which the debtor paid}."""
        due = {
            debt.id: debt.date_maturity or debt.original_due_date for debt in self.debts
        }
        settlements = self.env["cobranza.settlement"].sudo()
        domain = [
            ("debt_id", "in", self.debts.ids),
            ("kind", "in", settlements._kinds(collects=True)),
        ]
        if self.until:
            domain.append(("date", "<=", self.until))
        days = defaultdict(set)
        for row in settlements.search(domain):
            if row.date > due[row.debt_id.id]:
                days[row.debt_id.id].add(row.date)
        return defaultdict(
            tuple, {debt: tuple(sorted(one)) for debt, one in days.items()}
        )

    def _is_ended(self, debt, day):
        """Whether something had ended its interest when it was paid."""
        ends = [debt.ceded_on] + [
            debt.debtor_id[row.since]
            for row in self.env["cobranza.decision.reason"]._by_code().values()
            if row.since and row.ends_interest
        ]
        return any(one and one <= day for one in ends)

    def _assess(self, paid, balances, place, steps):
        """Add the drafts of ``steps`` as of the day at ``place`` of those on which each
        was paid."""
        by_day = defaultdict(list)
        for debt, one in paid.items():
            by_day[one.days[place]].append(debt)
        for day, debts in sorted(by_day.items()):
            work = self._start(day, debts, paid, balances)
            if not work:
                continue
            for step in steps:
                getattr(self.charges, step)(work)
            self._keep(work.drafts, paid)
            for debt in work.bases:
                paid[debt].lacking |= debt.id in work.lacking
            self.used |= work.used
            self.missing |= work.missing

    def _keep(self, drafts, paid):
        """Give each draft to its debt; what is due once for a document stands once,
        whichever of its instalments were paid on other days."""
        for draft in drafts:
            document = draft["move_id"], draft["kind"]
            if draft.get("per_document"):
                if document in self.documents:
                    continue
                self.documents.add(document)
            debt = self.env["cobranza.debt"].browse(draft["debt_id"])
            paid[debt].drafts.append(draft)

    def _start(self, day, debts, paid, balances):
        """The ``Assessment`` of a day, as it stood before the payments of that day."""
        before = day - ONE_DAY
        claims = {debt: balances[debt].claim(before, day, ZERO) for debt in debts}
        bases = {debt: claim for debt, claim in claims.items() if claim > 0}
        if not bases:
            return None
        due = {debt: paid[debt].due for debt in bases}
        return Assessment(
            self.company,
            self.company._cobranza_rules(),
            day,
            self.charges._table_of(self.company, due, bases, day),
            bases,
            due,
            paid_until=before,
        )
