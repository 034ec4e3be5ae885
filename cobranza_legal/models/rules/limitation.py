from odoo import models

from ...kernel.limitation import Reach


class CobranzaRules(models.AbstractModel):
    """When claims are time-barred."""

    _inherit = "cobranza.rules"

    def _claim_kinds(self):
        """Codes of ``cobranza.claim.kind`` that the law tells apart. Neutral: none, no
        limitation is known."""
        return ()

    def _limitation(self, debts):
        """{debt id: [kernel ``Term``]} of every action that may be brought about a
        debt: of an action whose kind of claim nobody knows, the terms of all kinds that
        may apply. What ``debts._stated_kinds()`` gives settles it. A fixed number of
        queries. Neutral: no term is known."""
        return {}

    def _act_reach(self, kind):
        """``Reach`` of what interrupts limitation (``cobranza.interruption.kind``)
        beyond whom it concerns; ``ALL`` holds of what concerns the debtor only.
        Neutral: nobody else is reached."""
        return Reach.OWN
