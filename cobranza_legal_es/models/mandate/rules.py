from odoo import models

from odoo.addons.cobranza_legal.kernel.debit import DebitTerms
from odoo.addons.cobranza_legal.kernel.mandate import Scheme
from odoo.addons.cobranza_legal.models.mandate.rules import CreditorForm

DORMANT, NOTICE = "es.sepa.dormant.months", "es.sepa.notice.days"
REFUND, UNAUTHORISED = "es.sepa.refund.weeks", "es.sepa.unauthorised.months"

RETURN_CORE, RETURN_B2B = "es.sepa.return.core.days", "es.sepa.return.b2b.days"


CORE_ARTICLES = ("RDL 19/2018, arts. 48 y 49", "RDL 19/2018, art. 43", "EPC016-06")
B2B_ARTICLES = ("RDL 19/2018, art. 43", "EPC222-07")


PROTECTED = frozenset({"consumer", "unknown"})
"""Regimes that may not sign a mandate between businesses."""


IDENTIFIER_LENGTH = 16
"""ES, two check digits, three characters of business code and the nine of the NIF."""


class CobranzaRulesEs(models.AbstractModel):
    """SEPA in Spain: its schemes and the identifier of creditors."""

    _inherit = "cobranza.rules.es"

    def _mandate_schemes(self, on, table):
        """Core for everybody, with the refund of RDL 19/2018 arts. 48 and 49; between
        businesses for who is no consumer, without. Inactivity and notice are those of
        the rulebooks of the EPC."""
        common = {
            "currency": "EUR",
            "dormant_months": int(table.number(DORMANT, on)),
            "notice_days": int(table.number(NOTICE, on)),
            "unauthorised_months": int(table.number(UNAUTHORISED, on)),
        }
        weeks = int(table.number(REFUND, on))
        return (
            Scheme("core", refund_weeks=weeks, articles=CORE_ARTICLES, **common),
            Scheme("b2b", barred=PROTECTED, articles=B2B_ARTICLES, **common),
        )

    def _creditor_form(self, company):
        """The identifier is made of the NIF of the company."""
        return CreditorForm("ES", IDENTIFIER_LENGTH, company.vat or "")

    def _debit_terms(self, scheme, on, table):
        """Returns of Core within five banking days, between businesses within three."""
        core = scheme == "core"
        days = int(table.number(RETURN_CORE if core else RETURN_B2B, on))
        return DebitTerms(days, articles=("EPC016-06" if core else "EPC222-07",))
