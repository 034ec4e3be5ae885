from odoo import models

from odoo.addons.cobranza_legal.kernel.wording import Needed

from . import law, wording

SHORT = ("sms_reminder", "whatsapp")
SENTENCE = ("persiga la ejecucion de", "seeks to enforce against")
RIGHTS = ("derecho a recibir por escrito", "right to receive in writing")
FEES = ("gastos de cobranza", "collection fees")
ARTICLE = law.ARTICLE_37


class CobranzaRulesCl(models.AbstractModel):
    """What is written to debtors: Ley 19.496, art. 37; Ley 19.983."""

    _inherit = "cobranza.rules.cl"

    def _text_objections(self, text, regime, on):
        """For consumers, micro and small businesses and whom nobody has classified:
        nothing that is, looks like or refers to what a court does, no registers, and
        nothing that tells others of the debt. Companies and public bodies: none.

        Ley 19.496, art. 37; Ley 20.416, art. 9 N° 2.
        """
        if regime not in law.PROTECTED:
            return []
        allowed = (*wording.SENTENCES, *wording.LAWFUL)
        return self._objections_by(
            wording.TERMS, allowed, self._objection_messages(), text, on
        )

    def _objection_messages(self):
        return {
            "look": self.env._("it makes a letter look as if it came from a court"),
            "suit": self.env._(
                "it speaks of court proceedings that have not been started, or of what "
                "could follow from them"
            ),
            "register": self.env._("it mentions commercial registers"),
            "act": self.env._("it refers to what a court writes, decides or does"),
            "crime": self.env._("it threatens with the criminal law"),
            "others": self.env._("it threatens to tell others, or the employer"),
            "open": self.env._("others can read here that there is a debt"),
        }

    def _needed_contents(self, purpose, regime, on):
        """The seven contents of Ley 19.496, art. 37, and its sentence, to whom it
        protects; a short message says who writes, where the rest is, and the sentence.
        To others, what Ley 19.983 rests on: creditor, documents, total, how to pay."""
        who = Needed("creditor", ARTICLE, ("company_name",))
        sentence = Needed("sentence", ARTICLE, words=SENTENCE)
        where = Needed("channels", ARTICLE, ("l10n_cl_channels", "portal_url"))
        if regime not in law.PROTECTED:
            return (Needed("creditor", "", ("company_name",)),)
        if purpose in SHORT:
            return (who, where, sentence)
        vat = Needed("creditor_vat", ARTICLE, ("company_vat",))
        pay = Needed("payment", ARTICLE, ("l10n_cl_payment",))
        if purpose == "statement":
            return (who, vat, pay, where, sentence)
        return (
            who,
            vat,
            Needed("debts", ARTICLE, ("l10n_cl_debts",)),
            Needed("interest", ARTICLE, ("l10n_cl_interest",)),
            Needed("fee", ARTICLE, ("l10n_cl_fee",), FEES),
            pay,
            *([] if purpose == "call_script" else [self._rights()]),
            Needed("channels", ARTICLE, ("l10n_cl_channels",)),
            sentence,
        )

    @staticmethod
    def _rights():
        return Needed("rights", ARTICLE, words=RIGHTS)

    def _needed_labels(self):
        return {
            **super()._needed_labels(),
            "creditor": self.env._("who the creditor is"),
            "creditor_vat": self.env._("the creditor's tax number (company form)"),
            "debts": self.env._("contracts, dates and amounts owed"),
            "interest": self.env._("the interest, its rate and period"),
            "fee": self.env._("the collection fee, its amount and origin"),
            "payment": self.env._(
                "how and where it can be paid (bank account in settings)"
            ),
            "rights": self.env._("the debtor's rights"),
            "channels": self.env._(
                "how to reach the creditor (phone, e-mail of the company)"
            ),
            "sentence": self.env._(
                "that it is no proceeding against the debtor's property"
            ),
        }
