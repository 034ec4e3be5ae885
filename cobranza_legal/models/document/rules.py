from odoo import models


class CobranzaRules(models.AbstractModel):
    """Which documents a customer or a debt should have."""

    _inherit = "cobranza.rules"

    def _document_checklist(self, regime, title=None):
        """The ``cobranza.document.type`` that are asked of customers of a ``regime``
        before any debt; with a ``title``, a code of ``cobranza.debt.title``, for their
        debts of this title.

        Asked for each regime and title, never for a customer. Neutral: the rows of the
        company, those of its jurisdiction and those of any.
        """
        types = self.env["cobranza.document.type"]
        return types._asked(self.env.company, self._country(), regime, title)
