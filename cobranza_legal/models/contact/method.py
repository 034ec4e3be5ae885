"""How what a contact is about is paid."""

from decimal import Decimal
from functools import cached_property

from markupsafe import Markup

from ...kernel.epc import is_iban
from ..common.method import Methods
from ..common.money import to_decimal

PAYMENT = "cobranza_payment"
"""Context key: the ``LetterPayment`` of the contact that is being merged; no client can
hand one in."""


class LetterPayment:
    """How what a ``contact`` is about is paid, as its recipient may know it: by what a
    block knows of, the rest by transfer. What it reads is read once."""

    def __init__(self, contact):
        self.contact, self.env = contact, contact.env
        self.wanted = contact._wanted_fields()

    @classmethod
    def of(cls, contact):
        """That of the merge under way, else a new one."""
        known = contact.env.context.get(PAYMENT)
        return known if isinstance(known, cls) else cls(contact)

    @cached_property
    def methods(self):
        """``Methods`` of what the contact is about. A text that asks for a transfer in
        its own words, and leaves no place to say how else it is paid, tells only what
        is not asked for, and what did not work."""
        contact, lines = self.contact, self._lines()
        if not lines:
            return Methods()
        found = contact.debtor_id._payment_methods(lines, contact._current_recipient())
        if "payment_method" in self.wanted or contact._is_statement():
            return found
        return Methods(
            tuple(
                one for one in found.found if one.free or not any(one.amounts.values())
            )
        )

    def _lines(self):
        """The journal items that carry what it is about."""
        if not self.contact._is_statement():
            return self.contact.line_ids.debt_id.move_line_id
        items = self.contact.debtor_id._told_items()
        lines = [item.line for item in items if item.open > 0]
        return self.env["account.move.line"].browse(lines)

    @property
    def beside(self):
        """[sentence] that stand under the documents, where the text has no place of its
        own for them."""
        return [] if "payment_method" in self.wanted else self.methods.words

    @cached_property
    def transfer(self):
        """What of the claimed total is to be transferred, a Decimal in the currency of
        the claim; not negative."""
        contact, methods = self.contact, self.methods
        total = contact._claimed_total()
        if not methods:
            return total
        debtor = contact.debtor_id
        if contact._is_statement():
            section = debtor._section(contact._claimed_currency())
            return debtor._to_transfer(section, methods)
        for line in contact.line_ids:
            amount = methods.amount(line.debt_id.move_line_id.id)
            total -= min(amount, to_decimal(line.amount))
        return max(total, Decimal(0))

    def words(self):
        """The paragraphs of how it is paid; empty when something is to be transferred
        and nobody has said to which account."""
        said = [Markup("<p>%s</p>") % one for one in self.methods.words]
        if self.transfer or not said:
            account = self.contact._paid_to()
            if not account:
                return Markup()
            said.append(self._transfer_words(account))
        return Markup().join(said)

    def _transfer_words(self, account):
        contact, rest = self.contact, ""
        if self.transfer != contact._claimed_total():
            currency = contact._claimed_currency()
            rest = contact._format_amount(float(self.transfer), currency)
        return self.say_transfer(account.acc_number, contact._payment_reference(), rest)

    def say_transfer(self, number, reference, rest=""):
        """To which account and with which words something is to be transferred, as
        Markup: all, or the amount ``rest``."""
        if rest:
            title = self.env._("Details for the transfer of the rest, %s:", rest)
        else:
            title = self.env._("Details for the transfer:")
        if is_iban("".join(number.split()).upper()):
            account = self.env._("IBAN: %s", number)
        else:
            account = self.env._("Account: %s", number)
        return Markup("<p>%s</p><ul><li>%s</li><li>%s</li></ul>") % (
            title,
            account,
            self.env._("Reference: %s", reference),
        )
