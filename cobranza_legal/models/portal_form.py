"""Forms of the debtor's page: what is read of them, and what they lead to."""

import re
from datetime import date, timedelta
from decimal import Decimal

from odoo.tools import format_amount, format_date
from odoo.tools.misc import get_lang

from ..kernel.errors import UnclearAmount
from ..kernel.typed_amount import read_amount

SAMPLE = 1500
"""Shows how an amount is written, with its thousands."""
TEXT_LENGTH = 3000
LINE_LENGTH = 200
SPACE = re.compile(r"[^\S\n]+")


class FormError(Exception):
    """What the debtor has to correct, in its language."""


class PortalForm:
    """One form of the debtor's page, sent by a debtor.

    ``judge`` says whether it can be done (FormError) and writes nothing; ``apply`` does
    what it asks, once it has been logged as a ``contact``. Only the values that a form
    names are read.
    """

    code = ""
    outcome = False
    takes_files = False

    def __init__(self, debtor, values):
        self.debtor = debtor
        self.env = debtor.env
        self.company = debtor.company_id
        self.today = self.company._cobranza_today()
        self.values = values

    def judge(self):
        raise NotImplementedError

    def subject(self):
        """What the debtor did, in one line."""
        raise NotImplementedError

    def rows(self):
        """[(label, text)] of what the debtor said."""
        raise NotImplementedError

    def task(self, env):
        """What somebody of ours has to do now, in the language of ``env``."""
        raise NotImplementedError

    def next_step(self):
        """What the debtor may expect, in its language."""
        return self.env._("We will answer by %s.", self.day_text(self.answer_on))

    def apply(self, contact):
        """Do it; the record that the files belong to, or None."""
        return None

    # -- reading ---------------------------------------------------------------------

    @property
    def answer_on(self):
        return self.today + timedelta(days=self.company.cobranza_portal_answer_days)

    def text(self, name, length=TEXT_LENGTH):
        """Text without control characters and runs of blanks, at most so long."""
        raw = str(self.values.get(name) or "").replace("\r\n", "\n")
        clean = "".join(one for one in raw if one == "\n" or one.isprintable())
        clean = SPACE.sub(" ", clean).strip()
        if len(clean) > length:
            raise FormError(
                self.env._("The text is too long: %s characters at most.", length)
            )
        return clean

    def choice(self, name, options):
        """One of ``options`` {code: label}."""
        value = self.values.get(name)
        if value not in options:
            raise FormError(self.env._("Please choose one of the options."))
        return value

    def amount(self, name, currency):
        """A positive Decimal that the currency can hold, as the debtor writes it."""
        raw = str(self.values.get(name) or "")
        lang = get_lang(self.env)
        signs = (currency.symbol, currency.name)
        places = currency.decimal_places
        try:
            value = read_amount(raw, places, lang.thousands_sep or "", signs)
        except UnclearAmount:
            value = Decimal(0)
        if not value or value != Decimal(str(currency.round(float(value)))):
            raise FormError(
                self.env._(
                    "Please write the amount in figures, such as %s.",
                    self.money(SAMPLE, currency),
                )
            )
        return value

    def day(self, name, first, last):
        """A day between two days."""
        try:
            value = date.fromisoformat(str(self.values.get(name) or ""))
        except ValueError:
            raise FormError(self.env._("Please choose a day.")) from None
        if not first <= value <= last:
            raise FormError(
                self.env._(
                    "Please choose a day from %(first)s to %(last)s.",
                    first=self.day_text(first),
                    last=self.day_text(last),
                )
            )
        return value

    def debt(self, name, *, required=True):
        """One of the debts of the page, by its reference; else an empty record."""
        ref = self.values.get(name) or ""
        debts = self.debtor._portal_debts()
        found = {self.debtor._portal_ref("debt", one): one for one in debts}.get(ref)
        if found is None and (ref or required):
            raise FormError(self.env._("Please choose one of the documents."))
        return debts.browse() if found is None else found

    # -- saying ----------------------------------------------------------------------

    def money(self, amount, currency):
        return format_amount(self.env, float(amount), currency)

    def day_text(self, day):
        return format_date(self.env, day)
