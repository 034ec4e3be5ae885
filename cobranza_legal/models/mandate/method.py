"""What letters, documents and the page tell of debits and mandates."""

from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ...kernel.epc import is_iban
from ..common.method import PaymentMethod
from ..common.money import to_decimal
from .choice import OWN, MandateChooser

SHOWN = 4
"""Characters of an account that whoever reads it recognises it by, at either end."""


def masked(number):
    """An account number of which only the ends can be read, of a short one that is no
    IBAN only the last characters; empty for none."""
    text = "".join((number or "").split())
    if len(text) <= 2 * SHOWN:
        return text[-SHOWN:].rjust(len(text), "•")
    country = f"{text[:SHOWN]} " if is_iban(text.upper()) else ""
    return f"{country}•••• {text[-SHOWN:]}"


class MethodTeller:
    """How the open items of one debtor are paid, as far as mandates and debits know it,
    for one reader. ``debtor`` and ``lines`` as superuser; a fixed number of queries.

    The debtor and who represents it read everything that is about an account of the
    debtor's, the payer what is about its own. Of an account of somebody else they learn
    that a debit is made, not from which account nor that it came back; whoever else
    reads, such as a guarantor, learns nothing.
    """

    def __init__(self, debtor, lines, reader):
        self.env, self.debtor, self.lines = debtor.env, debtor, lines
        self.company = debtor.company_id
        self.today = self.company._cobranza_today()
        self.reader = reader
        self.is_on = self.env["cobranza.block.mandate"]._is_on()
        self.covered = {}
        people = reader | reader.commercial_partner_id
        self.is_own = bool(
            debtor.partner_id & people or debtor.representative_id & people
        )
        self.is_payer = bool(debtor.payer_id & people)

    def methods(self):
        """[PaymentMethod] of what is debited, and of what is to be. Switched off, of
        what covers its debt alone: nothing else is debited any more."""
        if not (self.is_own or self.is_payer):
            return []
        last = self._last_debits()
        if last:
            items = [debit.move_line_id.id for debit in last.values()]
            debits = self.env["cobranza.debit"]
            self.covered = debits._covering_items(items, self.today)
        if not self.is_on:
            covering = {
                line: debit
                for line, debit in last.items()
                if debit.move_line_id.id in self.covered
            }
            return [one for one in self._of_debits(covering) if one]
        found = [
            *self._of_debits(last),
            *self._of_mandates(self.lines.filtered(lambda line: line.id not in last)),
        ]
        return [one for one in found if one]

    # -- debits ------------------------------------------------------------------------

    def _last_debits(self):
        """{journal item id: its newest debit that was not taken out}, also of the items
        that carried the same debt before."""
        # read for all debtors at hand at once: most letters are about no debit
        if not self.debtor.debit_ids:
            return {}
        former = {line.id: line.id for line in self.lines}
        for debt in self.env["cobranza.debt"]._of_lines(self.lines):
            for line in debt.former_line_ids:
                former.setdefault(line.id, debt.move_line_id.id)
        debits = self.env["cobranza.debit"].search(
            [("move_line_id", "in", list(former)), ("state", "!=", "cancelled")],
            order="id",
        )
        return {former[debit.move_line_id.id]: debit for debit in debits}

    def _of_debits(self, last):
        """One method for each day, account and state of the debits of these items."""
        groups = {}
        for line, debit in last.items():
            try:
                key = self._kind(debit), debit.mandate_id, self._day(debit)
            except UserError:  # a legal value lacks: nobody knows the day
                continue
            groups.setdefault(key, {})[line] = debit
        for (kind, mandate, day), debits in groups.items():
            if kind == "mandate":
                if not self.is_on:
                    continue
                lines = self.lines.browse(list(debits))
                yield from self._of_mandates(lines)
            elif kind:
                yield getattr(self, f"_tell_{kind}")(debits, mandate, day)

    def _kind(self, debit):
        """What is told of a debit: "coming", "made" (its day has come), "back", "error"
        (ours), "mandate" (its mandate is good, nothing else); "" for nothing."""
        if debit.state in ("planned", "notified"):
            late = debit.state == "notified" and debit.collect_on < self.today
            good = debit.mandate_id.state in ("valid", "exhausted")
            return "coming" if good and not late else "mandate"
        if debit.state == "presented":
            if debit.collect_on > self.today:
                return "coming"
            # its money may have come without our knowing while the bank's entries
            # are too old to tell
            return "made" if debit.move_line_id.id in self.covered else ""
        if debit.state in ("returned", "refunded"):
            if debit.own_error:
                return "mandate" if debit.answered_on else "error"
            return "back"
        return ""

    def _day(self, debit):
        """The day that is told: of a planned one the first that leaves its notice."""
        told = debit.state == "planned"
        return debit._told_day(self.today) if told else debit.collect_on

    def _tell_coming(self, debits, mandate, day):
        said, account = self._said(debits, day), self._account(mandate)
        if account:
            words = self.env._(
                "%(amount)s (%(documents)s) will be charged to your account "
                "%(account)s on %(day)s. You need not make any transfer for it.",
                account=account,
                **said,
            )
        else:
            words = self.env._(
                "%(amount)s (%(documents)s) will be collected by direct debit on "
                "%(day)s. No transfer is needed for it.",
                **said,
            )
        free = all(debit.state != "planned" for debit in debits.values())
        note = self.env._("Direct debit on %s", said["day"])
        return PaymentMethod(self._amounts(debits), words, note, free)

    def _tell_made(self, debits, mandate, day):
        said, account = self._said(debits, day), self._account(mandate)
        if account:
            words = self.env._(
                "%(amount)s (%(documents)s) were charged to your account "
                "%(account)s on %(day)s and have not reached us yet. You need not make "
                "any transfer for it.",
                account=account,
                **said,
            )
        else:
            words = self.env._(
                "%(amount)s (%(documents)s) were presented for direct debit on %(day)s "
                "and have not reached us yet. No transfer is needed for it.",
                **said,
            )
        note = self.env._("Direct debit of %s", said["day"])
        return PaymentMethod(self._amounts(debits), words, note, True)

    def _tell_error(self, debits, mandate, day):
        words = self.env._(
            "The direct debit of %(day)s (%(documents)s) could not be made by an error "
            "of ours. Nothing is asked for until it is mended.",
            **{name: self._said(debits, day)[name] for name in ("day", "documents")},
        )
        return PaymentMethod(self._amounts(debits), words, "", True)

    def _tell_back(self, debits, mandate, day):
        """Why it came back is not told: others may read a letter, and banks keep it."""
        if not self._may_know(mandate):
            return None
        said = self._said(debits, day)
        amounts = dict.fromkeys(debits, to_decimal(0))
        if any(debit.state == "refunded" for debit in debits.values()):
            words = self.env._(
                "The direct debit of %(day)s for %(amount)s (%(documents)s) was "
                "refunded by the bank. Please pay it by transfer.",
                **said,
            )
        else:
            words = self.env._(
                "The direct debit of %(day)s for %(amount)s (%(documents)s) was "
                "returned by the bank. Please pay it by transfer.",
                **said,
            )
        note = self.env._("Direct debit of %s returned", said["day"])
        return PaymentMethod(amounts, words, note)

    def _said(self, debits, day):
        records = list(debits.values())
        names = dict.fromkeys(debit.document for debit in records)
        total = sum(debit.amount for debit in records)
        currency = records[0].currency_id
        return {
            "day": format_date(self.env, day),
            "amount": formatLang(self.env, total, currency_obj=currency),
            "documents": ", ".join(names),
        }

    @staticmethod
    def _amounts(debits):
        return {line: to_decimal(debit.amount) for line, debit in debits.items()}

    # -- mandates ----------------------------------------------------------------------

    def _of_mandates(self, lines):
        """One method for each mandate by which these items are to be debited, though
        they are not yet. What is overdue is to be paid by transfer as well: nobody
        knows whether it will be debited at all."""
        lines = lines.filtered(
            lambda line: (
                (line.date_maturity or self.today) >= self.today
                and line.move_id._cobranza_is_debited()
            )
        )
        wanted = {(self.debtor.partner_id.id, one.currency_id.name) for one in lines}
        if not wanted:
            return
        try:
            choices = MandateChooser(self.env, self.company, self.today).choices(wanted)
        except UserError:  # a legal value lacks: nothing may be debited today
            return
        for (_partner, currency), choice in sorted(choices.items()):
            if choice.candidate:
                mine = lines.filtered(
                    lambda line, name=currency: line.currency_id.name == name
                )
                model, number = choice.candidate.key
                yield self._tell_mandate(mine, self.env[model].browse(number))

    def _tell_mandate(self, lines, mandate):
        documents = ", ".join(dict.fromkeys(lines.move_id.mapped("name")))
        account = self._account(mandate)
        if account:
            words = self.env._(
                "%(documents)s: paid by direct debit from your account %(account)s. "
                "You need not make any transfer for it.",
                documents=documents,
                account=account,
            )
        else:
            words = self.env._(
                "%(documents)s: paid by direct debit. No transfer is needed for it.",
                documents=documents,
            )
        amounts = {line.id: to_decimal(line.amount_residual_currency) for line in lines}
        return PaymentMethod(amounts, words, self.env._("By direct debit"))

    # -- who reads ---------------------------------------------------------------------

    def _holder(self, mandate):
        """Whose account it is; the debtor where the mandate names none."""
        own = mandate._name == OWN
        account = mandate.bank_account_id if own else mandate.partner_bank_id
        return account.partner_id.commercial_partner_id or self.debtor.partner_id

    def _may_know(self, mandate):
        """Whether the reader may know what a bank does with the account of a mandate:
        its holder, and who represents the debtor when it is the debtor's."""
        holder = self._holder(mandate)
        if holder == self.debtor.partner_id:
            return self.is_own
        return self.reader.commercial_partner_id == holder

    def _account(self, mandate):
        """The masked account of a mandate, empty where the reader may not know it."""
        if not self._may_know(mandate):
            return ""
        if mandate._name != OWN:
            return masked(mandate.partner_bank_id.acc_number)
        return masked(mandate.account_number or mandate.bank_account_id.acc_number)
