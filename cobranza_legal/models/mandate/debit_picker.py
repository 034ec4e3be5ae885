"""Which items may be debited on a day, and why the others are left out."""

from odoo.tools import format_date

from ...kernel.dunning import Reason
from ..position.reader import PositionReader
from .block import SILENT
from .choice import OWN, MandateChooser, say_choice
from .debit import LIVE

HARMLESS = {Reason.DIRECT_DEBIT, Reason.PROMISED, SILENT}
"""What stops letters but no debit: who promised to pay may be debited on that day."""


OFFERED = ("offered", "signed")
"""States of agreements that do not cover their debts yet, and may in a moment."""


class DebitPicker:
    """Reads for a company, as superuser, by a fixed number of queries for any number of
    items. ``scheme``: the code of the only one that is debited."""

    def __init__(self, env, company, scheme):
        self.company = company.sudo()
        self.env = self.company._cobranza_engine(env["cobranza.debit"].sudo()).env
        self.scheme, self.today = scheme, company._cobranza_today()
        self.left_out = []

    # -- what is chosen ----------------------------------------------------------------

    def pick(self, until, earliest=None):
        """[values of new debits] of what is due until a day, collected from
        ``earliest`` on at the soonest. ``left_out`` tells [(document, customer,
        why)] of what is not."""
        items = self._items(until)
        choices = self._choices(items)
        stops = self.stops(items)
        promised = self._promised(items)
        customers = self.env["res.partner"].browse({item.partner for item in items})
        names = {partner.id: partner.name or "" for partner in customers}
        result, used = [], self._in_use()
        for item in items:
            mandate, why = self._mandate(item, choices, used)
            if not (mandate or why):
                continue  # of another scheme
            why = why or stops.get(item.line)
            if why:
                self.left_out.append((item.document, names[item.partner], why))
            else:
                days = (item.due, earliest, promised.get(item.debt))
                day = max(filter(None, days))
                result.append(self._values(item, mandate, day))
        return result

    def leave_out(self, debits, why):
        """Tell that ``debits`` are not presented after all, and why."""
        self.left_out += [
            (debit.document, debit.debtor_id.partner_id.name or "", why)
            for debit in debits
        ]

    def _items(self, until):
        """The open items of invoices of whoever pays by direct debit, not debited
        yet."""
        partners = self._partners()
        if not partners:
            return []
        reader = PositionReader(self.env, self.company, self.today)
        items = [
            item
            for item in reader.items(partners.ids, coming=True)
            if item.open > 0 and item.kind == "invoice" and item.due <= until
        ]
        taken, excluded = self._taken(items), self._excluded(items)
        self._tell_silent(taken.values())
        return [
            item
            for item in items
            if item.line not in taken and item.move not in excluded
        ]

    def _partners(self):
        """Whoever pays by direct debit."""
        return (
            self.env["res.partner"]
            .with_company(self.company)
            .search([("cobranza_direct_debit", "=", True)])
            .commercial_partner_id
        )

    def _in_use(self, debits=()):
        """Ids of the mandates for one debit only that have one, but for ``debits``."""
        found = self.env["cobranza.debit"].search_fetch(
            [
                ("company_id", "=", self.company.id),
                ("mandate_id.kind", "=", "one_off"),
                ("state", "in", LIVE),
                ("id", "not in", [debit.id for debit in debits]),
            ],
            ["mandate_id"],
        )
        return set(found.mandate_id.ids)

    def _taken(self, items):
        """{item: its live debit}."""
        debits = self.env["cobranza.debit"].search_fetch(
            [
                ("move_line_id", "in", [item.line for item in items]),
                ("state", "in", LIVE),
                ("reopened_on", "=", False),
            ],
            [
                "move_line_id",
                "state",
                "return_until",
                "collect_on",
                "document",
                "scheme",
            ],
        )
        return {debit.move_line_id.id: debit for debit in debits}

    def _tell_silent(self, debits):
        """Tell of those that were presented, do not come back any more and were never
        paid: they are left out until somebody says what became of them."""
        for debit in debits:
            if debit.scheme == self.scheme and debit._is_silent(self.today):
                why = self.env._(
                    "Debited on %(day)s, neither paid nor returned: record what became "
                    "of it",
                    day=format_date(self.env, debit.collect_on),
                )
                self.leave_out(debit, why)

    def _excluded(self, items):
        moves = self.env["account.move"].search(
            [
                ("id", "in", [item.move for item in items]),
                ("cobranza_no_debit", "=", True),
            ]
        )
        return set(moves.ids)

    def _choices(self, items):
        wanted = {(item.partner, self._currency(item)) for item in items}
        return MandateChooser(self.env, self.company, self.today).choices(wanted)

    def _currency(self, item):
        return self.env["res.currency"].browse(item.currency).name

    def _mandate(self, item, choices, used):
        """(the mandate that it is debited by, why it is not): both empty for one of
        another scheme."""
        choice = choices[item.partner, self._currency(item)]
        if not choice.candidate:
            return None, say_choice(self.env, choice)
        model, number = choice.candidate.key
        if model != OWN:
            return None, self.env._("Its mandate is kept by another application")
        mandate = self.env[OWN].browse(number)
        if mandate.scheme != self.scheme:
            return None, ""
        if mandate.kind == "one_off":
            if number in used:
                return None, self.env._("Its mandate is for one debit only")
            used.add(number)
        return mandate, ""

    def _values(self, item, mandate, due):
        agreed = mandate._notice()
        scheme = mandate._scheme()
        notice = (scheme.notice_days or 0) if agreed is None else agreed
        terms = self.company._cobranza_debit_terms(self.scheme)
        day = terms.collect_on(due, self.today, notice)
        return {
            "debtor_id": mandate.debtor_id.id,
            "mandate_id": mandate.id,
            "scheme": mandate.scheme,
            "move_line_id": item.line,
            "move_id": item.move,
            "document": item.document,
            "currency_id": item.currency,
            "amount": float(item.open),
            "due_on": item.due,
            "collect_on": day,
            "notify_by": scheme.notify_by(day, agreed),
            "user_id": self.env.uid,
        }

    def _promised(self, items):
        """{debt id: day} of what was promised for a day."""
        debts = [item.debt for item in items if item.debt]
        promises = self.env["cobranza.promise"].search(
            [("debt_ids", "in", debts), ("state", "=", "open")]
        )
        return {
            debt.id: promise.promised_on
            for promise in promises
            for debt in promise.debt_ids
        }

    # -- what stops a debit ------------------------------------------------------------

    def open_items(self, debits):
        """The items of ``debits`` of which something is open."""
        lines = set(debits.move_line_id.ids)
        reader = PositionReader(self.env, self.company, self.today)
        partners = debits.debtor_id.partner_id
        items = reader.items(partners, coming=True) if partners else []
        return [item for item in items if item.line in lines and item.open > 0]

    def stops(self, items, again=False):
        """{line id: why, in words} of the items that are not to be debited now: what
        stops the debtor or the debt, an agreement that it may sign, money that is not
        allocated yet and, unless it is presented ``again``, an earlier debit that came
        back."""
        partners = {item.partner for item in items}
        debtors = self.env["cobranza.debtor"].search_fetch(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "in", list(partners)),
            ],
            ["partner_id"],
        )
        by_partner = {debtor.partner_id.id: debtor.id for debtor in debtors}
        runs = self.company._cobranza_engine(self.env["cobranza.run"])
        book = runs._book(self.company, self.today).collect(debtors.ids)
        rows = {
            row.line: (*row.blockers, *([Reason.DISPUTED] if row.disputed else ()))
            for row in book.rows
            if row.line
        }
        back = {} if again else self._came_back(items)
        offered = self._offered(items)
        result = {}
        for item in items:
            debtor = by_partner.get(item.partner)
            found = (
                *book.debtor_blockers.get(debtor, ()),
                *rows.get(item.line, ()),
            )
            why = self._say(item, found, book.credits.get((debtor, item.currency)))
            why = why or back.get(item.line) or offered.get(item.debt)
            if why:
                result[item.line] = why
        return result

    def _offered(self, items):
        """{debt id: why, in words} of what the debtor may pay in instalments as soon as
        it signs."""
        debts = [item.debt for item in items if item.debt]
        agreements = self.env["cobranza.agreement"].search(
            [("debt_ids", "in", debts), ("state", "in", OFFERED)], order="id"
        )
        return {
            debt.id: self.env._(
                "The payment agreement %s was offered about it", agreement.name
            )
            for agreement in agreements
            for debt in agreement.debt_ids
        }

    def stops_again(self, debits, items):
        """{line id: why, in words} of planned debits that are not to be presented after
        all: what has become known since they were picked."""
        by_line = {item.line: item for item in items}
        result = self.stops(items, again=True)
        excluded, promised = self._excluded(items), self._promised(items)
        partners, used = set(self._partners().ids), self._in_use(debits)
        for debit in debits.sorted(lambda one: (one.collect_on, one.id)):
            item, mandate = by_line.get(debit.move_line_id.id), debit.mandate_id
            if not item or item.line in result:
                continue
            why = ""
            if item.move in excluded or item.partner not in partners:
                why = self.env._("It is not to be paid by direct debit any more")
            elif debit.debtor_id.regime in mandate._scheme().barred:
                why = self.env._("Its debtor may not be debited by that scheme")
            elif promised.get(item.debt, debit.collect_on) > debit.collect_on:
                why = self.env._("Its payment was promised for a later day")
            elif mandate.id in used:
                why = self.env._("Its mandate is for one debit only")
            elif mandate.kind == "one_off":
                used.add(mandate.id)
            if why:
                result[item.line] = why
        return result

    def _say(self, item, blockers, credits):
        grave = [one for one in blockers if one not in HARMLESS]
        if grave:
            gravest = max(grave, key=lambda one: one.gravity)
            return self.env["cobranza.decision.reason"]._label(gravest)
        if item.blocked:
            return self.env["cobranza.decision.reason"]._label(Reason.BLOCKED_PAYMENT)
        if credits or item.hinted:
            return self.env._("Payments or credit notes wait to be allocated")
        return ""

    def _came_back(self, items):
        """{line id: why} of what came back before or was paid and is open again, but
        for our own errors that are mended: a person presents it again."""
        debits = self.env["cobranza.debit"].search_fetch(
            [
                ("move_line_id", "in", [item.line for item in items]),
                "|",
                ("reopened_on", "!=", False),
                "&",
                ("state", "in", ("returned", "refunded")),
                *("|", ("own_error", "=", False), ("answered_on", "=", False)),
            ],
            ["move_line_id", "return_code", "returned_on", "reopened_on"],
        )
        codes = self.env["cobranza.debit.return.code"]
        return {
            debit.move_line_id.id: self.env._(
                "Came back on %(day)s: %(why)s",
                day=format_date(self.env, debit.returned_on),
                why=codes._label(debit.return_code),
            )
            if debit.returned_on
            else self.env._(
                "Paid by a direct debit, and open again since %s",
                format_date(self.env, debit.reopened_on),
            )
            for debit in debits
        }
