from odoo import models


class CobranzaRules(models.AbstractModel):
    """The law behind what is decided about a debt."""

    _inherit = "cobranza.rules"

    def _reason_articles(self, regime, on):
        """{value of ``Reason``: article} of the law that stands behind a decision about
        a debtor of a regime on a day, in the words of the law's language.

        Only what a law says: a reason without an article is a rule of the company's
        policy. Neutral: none. Countries add theirs.
        """
        return {}
