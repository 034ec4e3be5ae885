"""Amounts of money in words."""

import re
from decimal import Decimal

from num2words import num2words

from odoo.tools import get_lang

MILLION = 1_000_000
JOINED = {"es": " con ", "en": " and "}
BAR = "|"


def amount_words(currency, amount):
    """An amount in the language of the currency's environment: "Mil euros con diez
    céntimos". Odoo's own words for a currency that the library does not know."""
    lang = get_lang(currency.env).code
    value = Decimal(f"{amount:.{currency.decimal_places}f}")
    try:
        # a bar, so that hundredths can be told apart and left out
        words = num2words(
            value, lang=lang, to="currency", currency=currency.name, separator=BAR
        )
    except NotImplementedError:
        return currency.amount_to_text(float(value))
    whole, _bar, part = (text.strip() for text in words.partition(BAR))
    if lang[:2] == "es" and value and not int(value) % MILLION:
        whole = re.sub(r"(illón|illones) (?=\S+$)", r"\1 de ", whole)
    if value != int(value):
        whole += JOINED.get(lang[:2], ", ") + part
    return whole[:1].upper() + whole[1:]
