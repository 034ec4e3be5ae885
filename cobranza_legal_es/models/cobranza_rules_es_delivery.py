from dataclasses import replace

from odoo import models

from odoo.addons.cobranza_legal.kernel.delivery import DeliveryRules

PAPER = DeliveryRules(
    proving=frozenset({"delivered"}),
    # a letter comes back after a refusal too: only a wrong address refutes
    refuting=frozenset({"unknown_address"}),
    article="CC, art. 1973",
)
CERTIFIED = replace(PAPER, evidence=True, article="CC, art. 1973: acuse de recibo")
BUROFAX = replace(
    CERTIFIED,
    content=frozenset({"content_certified"}),
    article="CC, art. 1973; LO 1/2025, art. 10.2",
)
ELECTRONIC = DeliveryRules(
    proving=frozenset(),
    at_agreed=frozenset({"delivered"}),
    refuting=frozenset({"bounced"}),
    evidence=True,
    content=frozenset({"content_certified"}),
    article="LEC, art. 326; Reglamento (UE) 910/2014, arts. 43 y 44",
)
RULES = {
    "letter": PAPER,
    "certified_letter": CERTIFIED,
    "burofax": BUROFAX,
    "certified_email": ELECTRONIC,
}
ON_PAPER = frozenset({"letter", "certified_letter", "burofax"})
NOT_TAKEN = frozenset({"refused", "uncollected"})


class CobranzaRulesEs(models.AbstractModel):
    """Spain: what proves that the debtor received a contact."""

    _inherit = "cobranza.rules.es"

    def _delivery_rules(self, channel, on):
        """E-mail, SMS and calls prove no reception. A certified letter proves its
        delivery, a burofax with certified text also what it says, with the files of
        the carrier; a certified e-mail at an address agreed or used before. What the
        debtor refused or did not collect at the address of the contract counts where
        the company says so: courts generally take it as received, no article does."""
        rules, presumed = RULES.get(channel), self.env.company.l10n_es_refused_received
        if presumed and channel in ON_PAPER:
            return replace(rules, at_agreed=NOT_TAKEN)
        return rules
