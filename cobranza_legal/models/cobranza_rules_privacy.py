from odoo import models

PRIVACY_KINDS = [
    ("access", "Access"),
    ("rectification", "Rectification"),
    ("erasure", "Erasure"),
    ("objection", "Objection"),
    ("portability", "Portability"),
    ("restriction", "Restriction (block)"),
]


class CobranzaRules(models.AbstractModel):
    """How long data are kept and how soon people are answered about theirs."""

    _inherit = "cobranza.rules"

    def _log_retention(self, on, table):
        """``LogRetention`` of the log of contacts. Neutral: None, no term is known and
        nothing is ever erased."""
        return None

    def _privacy_terms(self, kind, on, table):
        """``PrivacyTerm`` to answer a request of a kind (``PRIVACY_KINDS``) received on
        a day. Neutral: None, the person who receives it writes the deadline."""
        return None
