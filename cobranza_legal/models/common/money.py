"""The only place where Odoo's amounts become the kernel's money, and back.

Amounts of money in words.

Figures that a program wrote with a decimal point, as people write them.
"""

import re
from decimal import Decimal

from num2words import num2words

from odoo.tools import format_amount, get_lang

from ...kernel.money import Money


def unit(currency):
    """The smallest amount of a currency: Decimal('0.01') for EUR, 1 for CLP."""
    return Decimal(str(currency.rounding)).normalize()


def to_decimal(amount):
    """A Monetary value as the Decimal that it shows; None counts as zero."""
    return Decimal(str(amount or 0))


def to_money(amount, currency):
    return Money(to_decimal(amount), currency.name)


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


# not inside words, numbers of articles or days: "Ley 19.496-b", "2026-11-02"
NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:\.\d+)?(?![\w-]|[.,]\d)")


def say_figures(env, text):
    """``text`` with its plain decimals (27205.11) in the format of the context's
    language (27.205,11 in Spanish); no digit is lost or rounded."""
    lang = env["res.lang"].browse(get_lang(env).id)

    def say(found):
        whole, _point, part = found[0].partition(".")
        whole = lang.format("%d", int(whole), grouping=True)
        return f"{whole}{lang.decimal_point}{part}" if part else whole

    return NUMBER.sub(say, text or "")


def say_amount(env, amount, currency):
    """``amount`` (Decimal or float) with its currency, for documents: what is negative
    has its minus sign before all, as in −2.178,00 € and −$ 50.000."""
    amount = currency.round(float(amount))
    text = format_amount(env, abs(amount), currency)
    return f"\N{MINUS SIGN}{text}" if amount < 0 else text
