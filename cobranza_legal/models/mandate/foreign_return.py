"""Returns that another application has booked: the OCA's addon for returned payments.

Nothing of theirs is written; where it is not installed nothing is asked.
"""

import logging
import re
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..common.transaction import CONCURRENCY, apart
from .return_code import BACK

_logger = logging.getLogger(__name__)


OCA_LINE = "payment.return.line"
DONE = "done"
"""State of a return of the OCA's that is booked."""
QUEUE = "cobranza_legal.foreign_returns"
"""Key of the companies in which this transaction took money off debits."""
LOOK_BACK = relativedelta(months=14)
"""How long ago a return may have been booked, to be looked at for the first time."""
NAMED = 5
"""Candidates that a task names."""


@dataclass(frozen=True, slots=True)
class Booked:
    """One line of a return that another application has booked. ``number``: of the
    line. ``payments``: ids of the items of the payments that came back; ``items``: ids
    of what these had settled, empty for money that was allocated to nothing.
    ``partners``: ids of the commercial partners who had paid. ``amount`` in company
    currency; ``words``: what the bank gave to find the document by."""

    number: int
    name: str
    day: date
    code: str
    reason: str
    note: str
    amount: float
    cost: float
    payments: frozenset
    items: frozenset
    partners: frozenset
    words: tuple

    def names(self, document):
        """Whether it says the name of a document, as a word by itself."""
        whole = re.compile(rf"(?<!\w){re.escape(document)}(?!\w)")
        return any(whole.search(words) for words in self.words)


class ForeignReturns:
    """The booked returns of a company, and its debits that came back by them. It reads
    as superuser, by a fixed number of queries, and writes as the return dialog does."""

    def __init__(self, env, company, today=None):
        company = company.sudo()._cobranza_creditor()
        self.company = company
        self.debits = company._cobranza_engine(
            env(user=SUPERUSER_ID, su=True)["cobranza.debit"]
        )
        self.env = self.debits.env
        self.today = today or company._cobranza_today()

    @classmethod
    def look_later(cls, env, lines):
        """Money was taken off these journal items: if debits are to collect them, look
        before this transaction ends whether a return did it."""
        if OCA_LINE not in env or not lines:
            return
        debits = env["cobranza.debit"].sudo()
        debits.flush_model(["state", "move_line_id"])
        found = debits.search(
            [("move_line_id", "in", lines.ids), ("state", "in", BACK)]
        )
        queue = env.cr.precommit.data.setdefault(QUEUE, {})
        if found and not queue:
            clean = env(user=SUPERUSER_ID, su=True, context={})
            env.cr.precommit.add(lambda: cls._look_now(clean))
        for company in found.company_id:
            queue.setdefault(company.id, set()).update(lines.ids)

    @classmethod
    def _look_now(cls, env):
        queue = env.cr.precommit.data.pop(QUEUE, {})
        for company in env["res.company"].browse(sorted(queue)):
            cls(env, company).take(sorted(queue[company.id]))

    def take(self, payments=None):
        """Record each booked return once, and tell of those that were cancelled. With
        ``payments`` (ids of journal items) only what came back of these: whoever books
        waits for no more. A fault of ours keeps nobody from booking: it is logged, and
        they are looked at again tomorrow."""
        if OCA_LINE not in self.env:
            return
        try:
            with apart(self.env):
                if payments is None:
                    self._tell_cancelled()
                self.record(self._booked(payments))
        except CONCURRENCY:
            raise
        except Exception:
            _logger.exception("Booked returns in %s", self.company.name)

    # -- what was booked ---------------------------------------------------------------

    def _booked(self, payments=None):
        """[Booked] of the lines that are not looked at yet, as ``take`` says."""
        touched = [] if payments is None else [("move_line_ids", "in", payments)]
        lines = self.env[OCA_LINE].search(
            [
                *touched,
                ("return_id.state", "=", DONE),
                ("return_id.company_id", "in", self.company._cobranza_tree()),
                ("return_id.date", "<=", self.today),
                ("return_id.date", ">", self.today - LOOK_BACK),
                ("id", "not in", list(self._known())),
            ],
            order="id",
        )
        settled = self._settled(lines)
        return [self._read(line, settled) for line in lines]

    def _known(self):
        """{number of a line: the debits that know it}."""
        result = {}
        for debit in self.debits.search(
            [("company_id", "=", self.company.id), ("foreign_returns", "!=", False)]
        ):
            for number in debit.foreign_returns.split():
                result.setdefault(int(number), self.debits.browse())
                result[int(number)] |= debit
        return result

    def _settled(self, lines):
        """{(item of a payment, entry of its return): ids of the items that it had
        settled}, as the addon notes them where it matches the two."""
        partials = self.env["account.partial.reconcile"].search(
            [
                ("credit_move_id", "in", lines.move_line_ids.ids),
                ("debit_move_id.move_id", "in", lines.return_id.move_id.ids),
            ]
        )
        return {
            (one.credit_move_id, one.debit_move_id.move_id): (
                one.origin_returned_move_ids.ids
            )
            for one in partials
        }

    def _read(self, line, settled):
        entry = line.return_id.move_id
        items = (settled.get((one, entry), ()) for one in line.move_line_ids)
        reason = line.reason_id
        texts = (line.reference, line.concept, *line.move_line_ids.mapped("name"))
        return Booked(
            number=line.id,
            name=line.return_id.name or "",
            day=line.return_id.date,
            code=reason.code or "",
            reason=reason.name or "",
            note=line.reason_additional_information or "",
            amount=line.amount,
            cost=line.expense_amount,
            payments=frozenset(line.move_line_ids.ids),
            items=frozenset(item for ids in items for item in ids),
            partners=frozenset(line.move_line_ids.partner_id.commercial_partner_id.ids),
            words=tuple(filter(None, texts)),
        )

    # -- whose they are ----------------------------------------------------------------

    def record(self, booked):
        """Record what came back by these ``Booked`` lines, as the dialog would; of
        those that may be of several debits, or fit none, somebody is asked."""
        if not booked:
            return
        debits, groups = self._debits(booked), {}
        for one in booked:
            found, certain = self._match(one, debits)
            if found and certain:
                debits -= found
                key = self._code(one), one.day, self._note(one)
                groups.setdefault(key, []).append((one, found))
            elif found:
                self._ask(one, found)
        for key, rows in groups.items():
            self._record_alike(key, rows)

    def _record_alike(self, key, rows):
        """Record [(``Booked``, its debits)] that came back on one day, with one note
        and code. One that fails undoes none of the others: it is logged, and somebody
        is asked to record it."""
        code, day, note = key
        try:
            with apart(self.env):
                self.debits.union(*(mine for _one, mine in rows))._come_back(
                    code, day, note
                )
                for one, mine in rows:
                    mine._know_return(one.number)
                    mine._claim_undone(one.payments)
        except CONCURRENCY:
            raise
        except Exception as error:
            if len(rows) > 1:
                for row in rows:
                    self._record_alike(key, [row])
                return
            [(one, mine)] = rows
            _logger.exception("Booked return %s in %s", one.name, self.company.name)
            self._ask_failed(one, mine, error)

    def _debits(self, booked):
        """The debits that may have come back by one of these lines: of its items, paid
        by its payments, or of who had paid."""
        items = {item for one in booked for item in one.items}
        payments = {item for one in booked for item in one.payments}
        partners = {partner for one in booked for partner in one.partners}
        return self.debits.search(
            [
                ("company_id", "=", self.company.id),
                ("state", "in", BACK),
                *("|", "|", ("move_line_id", "in", list(items))),
                ("money_line_ids", "in", list(payments)),
                ("debtor_id.partner_id", "in", list(partners)),
            ]
        )

    def _match(self, one, debits):
        """(debits that it may be of, whether it is of all of them)."""
        debits = debits.filtered(lambda debit: debit.presented_on <= one.day)
        found = debits.filtered(
            lambda debit: (
                debit.move_line_id.id in one.items
                or one.payments & set(debit.money_line_ids.ids)
            )
        )
        if found or one.items:  # what settled something else is none of ours
            return self._by_amount(one, found)
        theirs = debits.filtered(
            lambda debit: debit.debtor_id.partner_id.id in one.partners
        )
        # what it names is what it is about, even if nothing of it fits
        named = theirs.filtered(lambda debit: one.names(debit.document))
        found = (named or theirs).filtered(lambda debit: debit._may_come_back(one.day))
        same = found.filtered(lambda debit: self._is_amount(one, debit))
        if len(same) == 1:
            return same, True
        return found or named, False

    def _by_amount(self, one, found):
        """The same of debits whose items or money it is about."""
        if self._is_amount(one, found):
            return found, True
        same = found.filtered(lambda debit: self._is_amount(one, debit))
        return (same, True) if len(same) == 1 else (found, False)

    def _is_amount(self, one, debits):
        """Whether it is what these debits were to collect; their items decide alone
        where these are in another currency."""
        own = self.company.currency_id
        if debits.currency_id - own:
            return bool(one.items)
        total = sum(debits.mapped("amount"))
        return not own.compare_amounts(total, one.amount)

    # -- in our words ------------------------------------------------------------------

    def _code(self, one):
        codes = self.env["cobranza.debit.return.code"]
        return one.code if codes._row(one.code) else "unknown"

    def _note(self, one):
        """What else the application says, for the note of the return."""
        parts = [one.name]
        if self._code(one) != one.code:
            parts += [one.code, one.reason]
        parts.append(one.note)
        if one.cost:
            parts.append(
                self.env._("the bank charged %s", self._amount(one.cost)),
            )
        return " · ".join(filter(None, parts))

    def _amount(self, amount):
        return format_amount(self.env, amount, self.company.currency_id)

    def _ask(self, one, debits):
        """A task that names the candidates; once for each line."""
        debits._know_return(one.number)
        debits._ask(
            self.env._(
                "%(name)s booked as returned: %(amount)s, %(reason)s. Which direct "
                "debit came back? %(candidates)s",
                name=one.name,
                amount=self._amount(one.amount),
                reason=" ".join(filter(None, (one.code, one.reason))) or "–",
                candidates=self._candidates(debits),
            )
        )

    def _ask_failed(self, one, debits, error):
        """A task for what could not be recorded, once for each line."""
        debits._know_return(one.number)
        debits._ask(
            self.env._(
                "%(name)s booked as returned: %(candidates)s could not be recorded as "
                "come back. Record it by hand.",
                name=one.name,
                candidates=self._candidates(debits),
            ),
            str(error) if isinstance(error, UserError) else "",
        )

    @staticmethod
    def _candidates(debits):
        names = [debit.display_name for debit in debits[:NAMED]]
        return "; ".join([*names, "…"] if len(debits) > NAMED else names)

    def _tell_cancelled(self):
        """What is no longer booked as returned was put right there: somebody does the
        same here. Booked again, it is looked at again."""
        known = self._known()
        if not known:
            return
        booked = self.env[OCA_LINE].search(
            [("id", "in", list(known)), ("return_id.state", "=", DONE)]
        )
        told = self.debits.browse()
        for number in set(known) - set(booked.ids):
            debits = known[number]
            debits._forget_return(number)
            told |= debits.filtered("return_code")
        if told:
            told._log(self.env._("Its return was cancelled in the accounting"))
            told._ask(
                self.env._(
                    "The return of a direct debit was cancelled in the accounting: "
                    "look at what followed from it, such as its mandate, a dispute or "
                    "a second presentation"
                )
            )
