from dataclasses import replace
from datetime import time

from odoo import models

from odoo.addons.cobranza_legal.kernel.contact import ContactClass, ContactRules, Window
from odoo.addons.cobranza_legal.kernel.delivery import DeliveryRules
from odoo.addons.cobranza_legal.kernel.duties import FollowUpDuty
from odoo.addons.cobranza_legal.kernel.effects import Effect, EffectRule
from odoo.addons.cobranza_legal.kernel.wording import Needed, says
from odoo.addons.cobranza_legal.models.case.rules import SuitStop

from ..text import text as wording
from .rules import CONTACT_ARTICLE

WORKDAYS = range(5)


def to_time(hours):
    """A time of day from hours as a float: 9.5 is half past nine."""
    minutes = round(hours * 60)
    return time(minutes // 60, minutes % 60)


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


NOT_TAKEN = frozenset({"refused", "uncollected"})


LOST = frozenset({"uncollected", "unknown_address", "returned"})
"""Answers of a carrier after which the debtor has not had the letter in hand."""


ON_RECORD = frozenset(
    (
        *("accepted", "posted", "delivered", "notice_left"),
        *("refused", "uncollected", "returned"),
    )
)
"""Events after which it is on record that somebody tried to reach the debtor."""


OTHER_WAYS = ("certified_email", "email")


DUTY_ARTICLE = "LO 1/2025, art. 10.2; Código Civil, art. 1973; LEC, art. 264.4.º"


PERSONS = ("consumer", "small_business", "unknown")
"""Natural persons, and those who may be: the self-employed too."""


ACTIONS = ("acciones legales", "legal action")


DEFERMENT = ("aplazamiento", "deferment")


NEGOTIATE = ("invitamos a negociar", "invite you to negotiate")


MASC = "LO 1/2025, arts. 5 y 10"


REGISTER = "LO 3/2018 (LOPDGDD), art. 20.1.c"


CLAIM = "Código Civil, arts. 1100 y 1973"


ATTEMPT = "LO 1/2025, art. 7.1"


RELIEF = "LIVA, art. 80.Cuatro"


EFFECTS = {
    "mora": EffectRule("mora", "Código Civil, art. 1100", asks="demands"),
    "interruption": EffectRule("interruption", "Código Civil, art. 1973"),
    "attempt": EffectRule("interruption", ATTEMPT, says="negotiate", needs="attempt"),
    "invitation": EffectRule(
        "invitation", "LO 1/2025, art. 10.2", says="negotiate", needs="content"
    ),
    "register_warning": EffectRule("register_warning", REGISTER, says="register"),
    "vat_proof": EffectRule("vat_proof", RELIEF, asks="demands", needs="content"),
}


PUBLIC = {
    "invitation": "LO 1/2025, art. 3.2",
    "vat_proof": "LIVA, art. 80.Cuatro.A.4.ª: certificado del interventor o tesorero",
}
"""What is not asked of claims against public bodies."""


INTERNAL = "Procedimiento de gestión de cobros, fase 2"
"""The company's own rule for the certified letter, as it was ordered."""


class CobranzaRulesEs(models.AbstractModel):
    """Spain: when debtors are contacted and who is not, what proves that they received
    a contact, who may lift a limit, what a letter that came back obliges to, and what
    is written to debtors.
    """

    _inherit = "cobranza.rules.es"

    def _contact_rules(self, regime, on, table):
        """Monday to Friday, no holidays, by default 9 to 21 h and two contacts in seven
        days; whom nobody has classified gets one, and none by a machine."""
        company = self.env.company
        window = Window(
            to_time(company.l10n_es_contact_from), to_time(company.l10n_es_contact_to)
        )
        unknown = regime == "unknown"
        contacts = ContactClass(
            name="contacts",
            channels=self._channel_codes("voice", "remote"),
            limit=1 if unknown else company.l10n_es_contact_weekly,
            hours=dict.fromkeys(WORKDAYS, window),
            holidays=True,
        )
        paper = ContactClass("paper", self._channel_codes("paper"), None)
        return ContactRules(
            classes=(contacts, paper),
            calendar=self._calendar("contact", self.env["res.country.state"], on),
            automatic=not unknown,
            article=CONTACT_ARTICLE,
        )

    def _delivery_rules(self, channel, on):
        """E-mail, SMS and calls prove no reception. A certified letter proves its
        delivery, a burofax with certified text also what it says, with the files of
        the carrier; a certified e-mail at an address agreed or used before. What the
        debtor refused or did not collect at the address of the contract counts where
        the company says so: courts generally take it as received, no article does."""
        rules, presumed = RULES.get(channel), self.env.company.l10n_es_refused_received
        if rules and presumed and channel in self._channel_codes("paper"):
            return replace(rules, at_agreed=NOT_TAKEN)
        return rules

    def _shares_unconfirmed(self):
        """By the company's setting, by default yes: no law counts contacts."""
        return self.env.company.l10n_es_unconfirmed_person

    def _protected_from_overrides(self):
        """Hours and number of contacts are the company's own policy: a manager may lift
        them for businesses of any size. Consumers and whom nobody has classified stay
        protected."""
        return ("consumer", "unknown")

    def _follow_up_duties(self, contacts):
        """Also: a letter that was not collected, or whose address is not known, is
        tried again another way, since a demand counts when the debtor could read it.

        By e-mail where the debtor has an address; else a person looks for a domicile,
        and says so under oath if there is none.
        """
        found = super()._follow_up_duties(contacts)
        for contact in contacts:
            if contact._channel_model()._class_kind != "paper":
                continue
            lost = [one for one in contact.event_ids if one.kind in LOST]
            if not lost:
                continue
            day = contact._local_day(max(one.moment for one in lost))
            found.setdefault(contact.id, []).append(
                FollowUpDuty(
                    key="second_attempt",
                    due_on=day,
                    channel=self._other_way(contact),
                    purpose=contact.text_purpose,
                    article=DUTY_ARTICLE,
                    condition="silence",
                )
            )
        return found

    def _effect_rules(self, contact):
        """Default by demand (CC 1100), interruption by a claim that was received (CC
        1973) or, of an invitation to negotiate, by its attempt if that is on record
        (LO 1/2025, art. 7.1), the invitation itself with proof of reception and content
        (10.2), the warning of registers (LOPDGDD 20.1.c) and the proof for the VAT
        relief (LIVA 80)."""
        names = [
            "mora",
            "attempt" if self._attempted(contact) else "interruption",
            *("invitation", "register_warning", "vat_proof"),
        ]
        return [EFFECTS[name] for name in names]

    def _attempted(self, contact):
        """Whether it invites to negotiate, by a channel of which a third party proves
        the attempt, and something of that is written down that does not say that it
        went nowhere. Public bodies are outside of that law (LO 1/2025, art. 3.2)."""
        rules = RULES.get(contact.channel)
        if contact.debtor_id.regime == "public" or not (rules and rules.evidence):
            return False
        kinds = {event.kind for event in contact.event_ids._standing()}
        on_record = kinds & ON_RECORD and not kinds & rules.refuting
        return bool(on_record) and "negotiate" in self._said(contact)

    def _contact_effects(self, contacts):
        """Of public bodies no attempt to negotiate and no demand for the VAT relief is
        asked."""
        found = super()._contact_effects(contacts)
        for contact in contacts.filtered(lambda one: one.debtor_id.regime == "public"):
            found[contact.id] = [
                Effect(one.kind, "no", "exempt", article=PUBLIC[one.kind])
                if one.kind in PUBLIC
                else one
                for one in found[contact.id]
            ]
        return found

    def _said(self, contact):
        """Whether it invites to negotiate and names the credit registers, by its words
        as they left."""
        found = {"negotiate"} if says(contact.body or "", NEGOTIATE) else set()
        if contact.text_purpose == "register_demand":  # never leaves without them
            found.add("register")
        return frozenset(found)

    def _other_way(self, contact):
        recipient = contact._current_recipient()
        for code in OTHER_WAYS:
            name = f"cobranza.channel.{code}"
            if name in self.env and self.env[name]._address(recipient):
                return code
        return "manual"

    def _merge_values(self, contact, values):
        """Tax numbers without prefix, months, the terms of interest and the warning of
        credit registers."""
        return contact._l10n_es_merge_values(values)

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
        if self.env["cobranza.text.purpose"]._is(purpose, "demand"):
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

    def _suit_stops(self, regime):
        """What is claimed before a court is left to it. No rule forbids to ask for what
        is not."""
        return SuitStop(claimed=True, everything=False)


class CobranzaChannelManual(models.AbstractModel):
    _inherit = "cobranza.channel.manual"

    def _task_summary(self, contact):
        if contact.duty_key != "second_attempt":
            return super()._task_summary(contact)
        return self.env._(
            "Find a domicile of %s: the letter did not arrive and there is no e-mail",
            contact.debtor_id.display_name,
        )
