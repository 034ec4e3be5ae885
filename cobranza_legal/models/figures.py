"""Figures that a program wrote with a decimal point, as people write them."""

import re

from odoo.tools import format_amount, get_lang

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
