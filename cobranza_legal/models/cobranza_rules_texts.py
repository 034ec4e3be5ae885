from odoo import models

from ..kernel.wording import Objection, forbidden


class CobranzaRules(models.AbstractModel):
    """What may be written to a debtor, and what has to be."""

    _inherit = "cobranza.rules"

    def _text_objections(self, text, regime, on):
        """List of ``Objection`` to a ``Wording`` for debtors of a regime on a day:
        words and layouts that the law forbids, each with its article.

        Asked of a text when it is approved, and of what was merged when it leaves.
        Neutral: none; countries override.
        """
        return []

    def _objections_by(self, terms, allowed, messages, text, on):
        """The objections to ``text`` by a table of ``Term``; ``messages`` is {reason:
        words for people}. One objection for each term."""
        return [
            Objection(words, messages[term.reason], term.article)
            for term, words in forbidden(text, terms, allowed, on)
        ]

    def _needed_contents(self, purpose, regime, on):
        """Tuple of ``Needed``: what a text of a purpose has to say to debtors of a
        regime. Asked at approval and, with the values, before it leaves. Neutral: none;
        countries override."""
        return ()

    def _needed_labels(self):
        """{``Needed.what``: words for people}. Countries add theirs."""
        return {}
