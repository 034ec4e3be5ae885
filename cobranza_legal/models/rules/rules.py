from typing import NamedTuple

import pytz

from odoo import models

from ...kernel.calendars import WorkCalendar
from ..common.tax_number import identity_key

REGIMES = [
    ("consumer", "Consumer"),
    ("small_business", "Small business"),
    ("company", "Company"),
    ("public", "Public body"),
    ("unknown", "Unknown"),
]


PROTECTED = ("consumer", "small_business", "unknown")


PRIVACY_KINDS = [
    ("access", "Access"),
    ("rectification", "Rectification"),
    ("erasure", "Erasure"),
    ("objection", "Objection"),
    ("portability", "Portability"),
    ("restriction", "Restriction (block)"),
]


VIA = [
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("portal", "Debtor's page"),
    ("phone", "Phone"),
    ("person", "In person"),
    ("authority", "Through an authority"),
]
"""By which way what people ask or object to comes in, and is answered."""


class Right(NamedTuple):
    """One right of a debtor, in the environment's language; ``article`` as cited."""

    words: str
    article: str = ""


class CobranzaRules(models.AbstractModel):
    """The contract between the suite and the law of a country.

    A country addon inherits this as ``cobranza.rules.<country code>``; the company's
    fiscal country picks it (``res.company._cobranza_rules``), and everything that the
    law of a country decides is a hook here: nothing else asks for the country. The
    answers here are the neutral, strictest ones. Hooks never write and ask the database
    the same number of times for one subject and for a hundred; legal values come from
    the ``table`` that is handed in.
    """

    _name = "cobranza.rules"
    _description = "Collection rules of a country"

    def _default_policy(self):
        """The policy of a company that has chosen none."""
        return self.env.ref("cobranza_legal.policy_default", raise_if_not_found=False)

    def _country(self):
        """The jurisdiction whose texts and values apply; empty when neutral."""
        return self.env["res.country"]

    def _needed_series(self):
        """``NeededSeries`` without which these rules stop, each with the days before
        its end on which the manager is asked for the next values. Neutral: none."""
        return ()

    def _text_lang(self):
        """Code of the jurisdiction's own language, for texts that a debtor's language
        lacks. Neutral: the company's."""
        return self.env.company.partner_id.lang or "en_US"

    def _places(self, partner):
        """The ``res.country.state`` in one of which ``partner`` surely is: the hours
        and holidays of all of them hold. Empty: its state tells nothing of its
        holidays.

        Neutral: the state of its address. Countries read the postal code or the
        municipality too, where they know them, and answer all of their states for an
        address that tells nothing.
        """
        return partner.state_id

    def _timezones(self, partner):
        """Names of the time zones in one of which ``partner`` surely is, the likeliest
        first: it is contacted when all of them permit it.

        Neutral: all zones of the partner's country; without a country, that of the
        company. Overridden where it is known which state has which.
        """
        zones = pytz.country_timezones.get(partner.country_id.code or "")
        return tuple(zones or (self.env.company._cobranza_tz(),))

    def _timezone(self, partner):
        """The likeliest time zone of ``partner``: that of its days and of the moments
        that are shown."""
        return self._timezones(partner)[0]

    def _identity_key(self, partner):
        """The tax number of ``partner`` as it is compared with others, with the code of
        its country before it; "" when it tells nobody. Countries leave out numbers that
        stand for nobody."""
        return identity_key(partner.vat, partner.country_id.code or self._code())

    def _code(self):
        country = self._country() or self.env.company.account_fiscal_country_id
        return country.code or ""

    def _shares_unconfirmed(self):
        """Whether debtors with one tax number share their limits before a person has
        confirmed that they are one. Neutral: yes, as the law counts by person."""
        return True

    def _debtor_regime(self, partners):
        """{partner id: regime} of protection. Neutral: unknown, the most protected."""
        return {partner.id: "unknown" for partner in partners}

    def _regime_hints(self):
        """Names of the partner's fields that its regime is judged by: when one changes
        the debtor is judged again. Neutral: none."""
        return frozenset()

    def _protected_regimes(self):
        """The regimes whose debtors must have been told the terms of late payment
        before they contracted. Neutral: all but companies and public bodies."""
        return PROTECTED

    def _calendar(self, purpose, place, on, city=None):
        """``WorkCalendar`` for a purpose (contact, court) at a place: ``res.country.
        state``, empty for nationwide holidays only; of several, the holidays of each.
        ``city``: the municipality whose local holidays count (None: those of all of
        the place; empty: of none). Neutral: Saturdays and Sundays only."""
        return WorkCalendar(holidays=frozenset())

    def _reason_articles(self, regime, on):
        """{value of ``Reason``: article} of the law that stands behind a decision about
        a debtor of a regime on a day, in the words of the law's language.

        Only what a law says: a reason without an article is a rule of the company's
        policy. Neutral: none. Countries add theirs.
        """
        return {}

    def _ledger_accounts(self, purpose):
        """Template ids of the chart's accounts for a purpose: ``instrument`` (cheques
        and bills that wait for their day), ``protested`` (those that were not paid,
        where the chart keeps them on no receivable), ``loss`` (bad debts). They are the
        defaults of the company's settings. Neutral: none; countries name theirs."""
        return ()

    def _log_retention(self, on, table):
        """``LogRetention`` of the log of contacts. Neutral: None, no term is known and
        nothing is ever erased."""
        return None

    def _barred_erasure(self, on, table):
        """Article of the law that has data erased on a day, without anybody asking for
        it, once what they are about is time-barred. Neutral: empty, no such law."""
        return ""

    def _privacy_terms(self, kind, on, table):
        """``PrivacyTerm`` to answer a request of a kind (``PRIVACY_KINDS``) received on
        a day. Neutral: None, the person who receives it writes the deadline."""
        return None

    def _answer_term(self, via, regime, on, table):
        """``PrivacyTerm`` in which an objection is answered that came in ``via``
        (``VIA``, None: not known) on a day from a debtor of a ``regime``. Neutral:
        None, the company promises its own."""
        return None

    def _debtor_rights(self, regime, on):
        """[Right] told on the page of a debtor of a ``regime`` on the day ``on``.

        Countries add theirs by ``super()``. Neutral: what we grant to everybody.
        """
        return [
            Right(
                self.env._(
                    "You may dispute all or part of a document. What you dispute is "
                    "not claimed until we have answered."
                )
            ),
            Right(
                self.env._(
                    "You may ask for all of this in writing, free of charge, and for "
                    "the documents behind it."
                )
            ),
            Right(
                self.env._(
                    "You may have your personal data corrected and tell us how you "
                    "prefer to be contacted."
                )
            ),
        ]
