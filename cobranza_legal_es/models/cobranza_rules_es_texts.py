from odoo import models

from odoo.addons.cobranza_legal.kernel.wording import Needed

from . import wording

PERSONS = ("consumer", "small_business", "unknown")
"""Natural persons, and those who may be: the self-employed too."""

DEMANDS = ("formal_demand", "certified_letter", "certified_email", "burofax")
DEMANDS += ("register_demand", "last_notice", "guarantor_letter")
ACTIONS = ("acciones legales", "legal action")
DEFERMENT = ("aplazamiento", "deferment")
NEGOTIATE = ("invitamos a negociar", "invite you to negotiate")
MASC = "LO 1/2025, arts. 5 y 10"
REGISTER = "LO 3/2018 (LOPDGDD), art. 20.1.c"
CLAIM = "Código Civil, arts. 1100 y 1973"
INTERNAL = "Procedimiento de gestión de cobros, fase 2"
"""The company's own rule for the certified letter, as it was ordered."""


class CobranzaRulesEs(models.AbstractModel):
    """What is written to debtors in Spain."""

    _inherit = "cobranza.rules.es"

    def _text_objections(self, text, regime, on):
        """For natural persons: nothing that looks judicial, threatens with the criminal
        law or tells others. Companies and public bodies: none.

        RGPD, art. 5.1.f; Código Penal, arts. 172 ter and 173.
        """
        if regime not in PERSONS:
            return []
        messages = {
            "look": self.env._("it makes a letter look as if it came from a court"),
            "crime": self.env._("it threatens with the criminal law"),
            "others": self.env._("it tells others of the debt, or threatens to"),
            "open": self.env._("others can read here that there is a debt"),
        }
        return self._objections_by(wording.TERMS, wording.LAWFUL, messages, text, on)

    def _needed_contents(self, purpose, regime, on):
        """Creditor; in a demand the debt, its total and the term (CC 1100, 1973); in a
        certified letter its four contents; in the burofax the invitation to negotiate
        (LO 1/2025); in a demand with warning the registers by name (LOPDGDD 20.1.c).
        """
        needed = [Needed("creditor", "", ("company_name",))]
        if purpose in DEMANDS:
            needed += [
                Needed("debts", CLAIM, ("debts_table",)),
                Needed("total", CLAIM, ("total",)),
                Needed("deadline", CLAIM, ("deadline",)),
            ]
        if purpose in ("certified_letter", "certified_email"):
            needed += [
                Needed("actions", INTERNAL, words=ACTIONS),
                Needed("deferment", INTERNAL, words=DEFERMENT),
            ]
        if purpose == "burofax":
            needed.append(Needed("negotiate", MASC, words=NEGOTIATE))
        if purpose == "register_demand":
            needed.append(Needed("register", REGISTER, ("register_warning",)))
        return tuple(needed)

    def _needed_labels(self):
        return {
            **super()._needed_labels(),
            "creditor": self.env._("who the creditor is"),
            "debts": self.env._("the table of what is owed"),
            "total": self.env._("the total claimed"),
            "deadline": self.env._("the day until which to pay"),
            "actions": self.env._("the warning of legal action"),
            "deferment": self.env._("that a deferment may be asked for in writing"),
            "negotiate": self.env._("the invitation to negotiate"),
            "register": self.env._(
                "the warning with the names of the credit registers (settings: credit "
                "registers; from the legal minimum on)"
            ),
        }
