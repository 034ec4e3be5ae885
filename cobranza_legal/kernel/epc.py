"""The code that a SEPA bank's app reads to fill in a transfer.

European Payments Council, EPC069-12 version 2.1 (2012, 2017).
"""

import re
from decimal import Decimal

from .errors import KernelError

IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
HIGHEST = Decimal("999999999.99")
NAME, TEXT = 70, 140
"""The most characters of the beneficiary's name and of the remittance information."""


class NoTransferCode(KernelError):
    """The code cannot hold this transfer: its amount, its account or its text."""


def transfer_code(
    name: str, iban: str, amount: Decimal, text: str = "", bic: str = ""
) -> str:
    """The text of the QR code (error correction M) of a transfer in euros.

    Version 002, where the BIC may be empty inside the EEA. ``name`` and ``text`` are
    cut to what fits. NoTransferCode without name, for a number that is no IBAN, and for
    an amount outside 0.01 to 999,999,999.99 or with more than two decimals.
    """
    name, text = _line(name)[:NAME], _line(text)[:TEXT]
    iban = "".join(iban.split()).upper()
    if not name or not is_iban(iban):
        raise NoTransferCode("A transfer needs a beneficiary and an IBAN.")
    if not 0 < amount <= HIGHEST or amount != round(amount, 2):
        raise NoTransferCode(f"A transfer code cannot ask for {amount}.")
    lines = ["BCD", "002", "1", "SCT", bic, name, iban, f"EUR{amount:.2f}"]
    return "\n".join([*lines, "", "", text]).rstrip("\n")


def is_iban(number: str) -> bool:
    """Whether the check digits of ``number`` (capitals, no spaces) are right; ISO
    13616-1, ISO 7064 MOD 97-10. The lengths of the countries are not looked at."""
    if not IBAN.fullmatch(number):
        return False
    turned = number[4:] + number[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def in_fours(number: str) -> str:
    """An account number as people read it: an IBAN in groups of four, any other as it
    is."""
    if not is_iban(number):
        return number
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _line(text: str) -> str:
    return " ".join(text.split())
