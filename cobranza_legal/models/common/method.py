"""How open items are paid where they are not asked for by transfer."""

from dataclasses import dataclass
from decimal import Decimal

READER = "cobranza_reader"
"""Context key: id of the partner who gets a document that is being printed."""

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """What a block says of how some items of a debtor are paid.

    ``amounts``: {journal item id: Decimal, in the currency of the item} of what is not
    to be transferred; an item with nothing of it is to be paid by transfer after all.
    ``words``: a sentence for letters, documents and the page; ``note``: the few words
    beside each document, "" for none. ``free``: nothing is asked meanwhile, their
    charges neither.
    """

    amounts: dict[int, Decimal]
    words: str
    note: str = ""
    free: bool = False


@dataclass(frozen=True, slots=True)
class Methods:
    """The ``PaymentMethod`` of some items, as documents ask for them."""

    found: tuple[PaymentMethod, ...] = ()

    def __bool__(self):
        return bool(self.found)

    @property
    def words(self):
        """[sentence], each once."""
        return list(dict.fromkeys(one.words for one in self.found))

    def note(self, line):
        """The few words beside the document of a journal item id; "" for none."""
        return next((one.note for one in self.found if line in one.amounts), "")

    def amount(self, line):
        """Of a journal item id, what is not to be transferred."""
        return sum((one.amounts.get(line, ZERO) for one in self.found), ZERO)

    def is_free(self, line):
        """Whether the charges of a journal item id are not asked for either."""
        return any(one.free and line in one.amounts for one in self.found)
