from typing import NamedTuple

from odoo import models


class Right(NamedTuple):
    """One right of a debtor, in the environment's language; ``article`` as cited."""

    words: str
    article: str = ""


class CobranzaRules(models.AbstractModel):
    """What a debtor is told about its rights."""

    _inherit = "cobranza.rules"

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
