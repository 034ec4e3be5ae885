from markupsafe import Markup

from odoo import models
from odoo.tools import format_date, format_list

from odoo.addons.cobranza_legal.models.common.money import to_decimal
from odoo.addons.cobranza_legal.models.text.text import fields_of

REGISTER_MINIMUM = "es.register.minimum"


class CobranzaContact(models.Model):
    """What texts of Spain say beside the common merge fields."""

    _inherit = "cobranza.contact"

    def _merge_values(self):
        return {"register_warning": "", **super()._merge_values()}

    def _l10n_es_merge_values(self, values):
        """{merge field: value} of a creditor in Spain."""
        return {
            "company_vat": self._l10n_es_nif(values["company_vat"]),
            "debtor_vat": self._l10n_es_nif(values["debtor_vat"]),
            "month": self._l10n_es_months() or values["month"],
            "legal_terms": self._l10n_es_legal_terms(),
            "register_warning": self._l10n_es_register_warning(),
        }

    @staticmethod
    def _l10n_es_nif(vat):
        """The number as Spaniards write it, without the prefix of the Union."""
        return (vat or "").removeprefix("ES")

    def _l10n_es_months(self):
        """The months of all debts claimed; with its year, that of another year than the
        oldest, whose year stands apart."""
        days = sorted({self._due(debt).replace(day=1) for debt in self._text_debts()})
        names = [
            format_date(
                self.env,
                day,
                date_format="MMMM" if day.year == days[0].year else "MMMM y",
            )
            for day in days
        ]
        return format_list(self.env, names) if names else ""

    def _l10n_es_legal_terms(self):
        """Which interest runs, and by which article; nothing unless it runs on every
        debt that the text speaks of."""
        debtor = self.debtor_id
        keys = {debtor._l10n_es_interest_key(debt) for debt in self._text_debts()}
        if debtor.regime == "unknown" or len(keys) != 1:
            return ""
        [key] = keys
        if key.kind == "statutory":
            text = self.env._(
                "The unpaid amounts bear the late interest of article 7 of Ley 3/2004, "
                "without need of demand (article 5), and each unpaid invoice the fixed "
                "compensation for collection costs of its article 8."
            )
        elif key.kind == "legal_plus":
            text = self.env._(
                "The unpaid amounts bear, as agreed, the legal interest plus %s points "
                "(articles 1101 and 1108 of the Civil Code).",
                f"{key.points.normalize():f}",
            )
        elif key.kind == "contract":
            text = self.env._(
                "The unpaid amounts bear the late interest agreed, %s %% a year.",
                f"{key.rate.normalize():f}",
            )
        else:
            return ""
        return Markup("<p>%s</p>") % text

    def _l10n_es_register_warning(self):
        """LOPDGDD art. 20.1.c: names the registers; never those that the company does
        not belong to, nor for less than the minimum of its DA 6.ª."""
        company = self.company_id
        registers = company.l10n_es_credit_registers
        wanted = fields_of(self.env.context.get("cobranza_template"))
        if not registers or "register_warning" not in wanted:
            return ""
        today = company._cobranza_today()
        table = company._cobranza_legal_table(today, today)
        own = self.currency_id._convert(
            self.amount, company.currency_id, company, today
        )
        if to_decimal(own) < table.number(REGISTER_MINIMUM, today):
            return ""
        return self._l10n_es_register_words(registers)

    def _l10n_es_register_words(self, registers):
        text = self.env._(
            "If the debt is certain, due and undisputed and is not paid in this term, "
            "your data on its non-payment may be reported to the credit information "
            "systems %s (article 20 of Ley Orgánica 3/2018).",
            registers,
        )
        return Markup("<p>%s</p>") % text
