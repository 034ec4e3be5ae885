from odoo import models


class CobranzaRules(models.AbstractModel):
    """What a creditor must say so that taking a payment gives nothing else away."""

    _inherit = "cobranza.rules"

    def _reserve_article(self):
        """The article by which a receipt without reservation loses the interest that
        is still owed, as it is cited. Countries override. Neutral: none."""
        return ""

    def _reserve_words(self):
        """The sentence that reserves the interest, in the environment's language."""
        words = self.env._(
            "The creditor expressly reserves the interest accrued until full payment, "
            "the costs and its other rights: a payment of the principal does not waive "
            "them."
        )
        article = self._reserve_article()
        return f"{words} ({article})" if article else words
