from odoo import models
from odoo.tools import format_date


class CobranzaRules(models.AbstractModel):
    """What late payment costs a protected debtor rests on terms told at contracting."""

    _inherit = "cobranza.rules"

    def _terms_article(self):
        """The article that asks for informed terms. Neutral: none."""
        return ""

    def _terms_missing(self, debt):
        """Why nothing may be charged by the terms of late payment on a debt, or None:
        they were not told its debtor before contracting, or nothing proves it.

        Countries ask it for the charges that need informed terms; the company's
        setting says how much has to be known.
        """
        unknown = self._terms_unknown(debt.debtor_id)
        if unknown or not self._terms_needed(debt.debtor_id):
            return unknown
        told = debt.debtor_id.terms_informed_on
        contract = debt.move_id.invoice_date or debt.original_due_date
        if not contract or told <= contract:
            return None
        message = self.env._(
            "%(debtor)s was informed of the terms of late payment on %(day)s, after "
            "contracting %(document)s",
            debtor=debt.debtor_id.display_name,
            day=format_date(self.env, told),
            document=debt.display_name,
        )
        return self._with_terms_article(message)

    def _terms_unknown(self, debtor):
        """Why the terms of late payment bind no debt of this debtor, or None."""
        if not self._terms_needed(debtor):
            return None
        message = None
        if not debtor.terms_informed_on:
            message = self.env._(
                "%s has not been informed of the terms of late payment",
                debtor.display_name,
            )
        elif (
            self.env.company.cobranza_terms_required == "file"
            # whoever asks need not be able to open the files
            and not debtor.sudo().terms_file_ids
        ):
            message = self.env._(
                "There is no file that proves that %s was informed of the terms of "
                "late payment",
                debtor.display_name,
            )
        return message and self._with_terms_article(message)

    def _terms_needed(self, debtor):
        required = self.env.company.cobranza_terms_required
        return required != "none" and debtor.regime in self._protected_regimes()

    def _with_terms_article(self, message):
        article = self._terms_article()
        return f"{message} ({article})." if article else f"{message}."
