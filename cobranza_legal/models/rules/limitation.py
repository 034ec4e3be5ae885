from odoo import models

from ...kernel.limitation import Reach
from ...kernel.wording import Objection, Term, forbidden
from ..common.reason import BARRED

COURT = """demanda|demandar*|demandado*|demandamos|demandemos|juicio*|judicial*
judicializ*|accion legal|acciones legales|accion* civil*|accion ejecutiva|via legal
via ejecutiva|tribunal*|juzgado*|litig*|monitorio*|embarg*|mandamiento*|sentencia*
subasta*|remate*|querell*|procurador*|nuestros abogados|nuestras abogadas
nuestro abogado|nuestra abogada|manos de abogado*|lawsuit*|sue|sued|suing|court|courts
judge*|litigation|legal action*|legal proceeding*|legal steps|bailiff*|seiz*|garnish*
our lawyers|our lawyer|our solicitors|our attorneys"""


COURT_TERMS = tuple(
    Term(words, "court", "") for words in COURT.replace("\n", "|").split("|")
)
"""In the languages of the texts that are shipped."""


COURT_ALLOWED = (
    *("sin embargo", "a su juicio", "a nuestro juicio", "a juicio de"),
    *("extra judicial", "out of court"),
)


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

    def _court_words(self):
        """(tuple of ``Term``, sentences in which they may stand): words that threaten
        with a court. Neutral: those of the languages that are shipped."""
        return COURT_TERMS, COURT_ALLOWED

    def _barred_objections(self, text, regime, on):
        """List of ``Objection`` to a ``Wording`` about something of which whoever reads
        it cannot be sued any more: to what threatens with a court."""
        terms, allowed = self._court_words()
        article = self._reason_articles(regime, on).get(BARRED.value, "")
        message = self.env._(
            "it threatens with a court, and what it may be about is time-barred"
        )
        return [
            Objection(words, message, article)
            for _term, words in forbidden(text, terms, (*allowed, *text.names), on)
        ]

    def _barred_claims(self, contacts):
        """{contact id: debts} that these contacts claim of somebody who cannot be sued
        for them any more. A fixed number of queries."""
        if not self._claim_kinds():
            return {}
        claims = contacts.filtered(lambda one: one.line_ids and not one.of_balance)
        whose = {one: one._obligor() or one.debtor_id.partner_id for one in claims}
        debts = claims.line_ids.debt_id.browse()
        for contact, person in whose.items():
            # sudo: of all that it claims, whoever looks
            own = contact.sudo().line_ids.debt_id.filtered("limitation_look_on")
            if person == contact.debtor_id.partner_id:
                today = contact.company_id._cobranza_today()
                own = own.filtered(
                    lambda debt, today=today: (
                        debt.claimable_until and debt.claimable_until < today
                    )
                )
            debts |= own
        gone = debts._barred_against() if debts else {}
        found = {
            contact.id: contact.sudo().line_ids.debt_id.filtered(
                lambda debt, person=person: person.id in gone.get(debt.id, ())
            )
            for contact, person in whose.items()
        }
        return {contact: debts for contact, debts in found.items() if debts}
