"""Figures that a program wrote with a decimal point, as people write them."""

import re

from odoo.tools import get_lang

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
