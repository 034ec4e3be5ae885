from odoo import models
from odoo.tools import format_date

from odoo.addons.cobranza_legal.kernel.errors import MissingValue, NoSuchRule
from odoo.addons.cobranza_legal.kernel.negotiation import (
    NegotiationTerms,
    best,
    window,
)
from odoo.addons.cobranza_legal.models.common.words import say_error

TERMS = "es.masc"
"""Days and months of LO 1/2025, by key."""


class CobranzaRulesEs(models.AbstractModel):
    """Spain: the attempt to negotiate before most lawsuits (LO 1/2025)."""

    _inherit = "cobranza.rules.es"

    def _negotiation_terms(self, company, on):
        """``NegotiationTerms`` of LO 1/2025 arts. 7.3 and 10.4 on a day. MissingValue
        without them."""
        table = company._cobranza_legal_table(on, on)
        days, meeting, valid = (
            int(table.number(TERMS, on, key)) for key in ("silence", "meeting", "suit")
        )
        return NegotiationTerms(days, meeting, valid)

    def _negotiation_lacks(self, case, procedure, on):
        """Everybody who owes the whole was invited about all of the debts and got the
        invitation, the days have passed, and no more than a year since: LO 1/2025 arts.
        5, 7.3, 10.4. Not against a public body (art. 3.2). An attempt that nobody
        received interrupts limitation and opens nothing. Courts that are known to ask
        less are rows (``cobranza.negotiation.criterion``)."""
        if case.debtor_id.regime == "public":
            return []
        company, env = case.company_id, self.env
        try:
            terms = self._negotiation_terms(company, on)
        except (MissingValue, NoSuchRule) as error:
            return [say_error(env, error)]
        court = env["cobranza.negotiation.criterion"]._of_court(
            company, case.court_state_id, on
        )
        found = env["cobranza.negotiation"]._about(case.debt_ids)
        if not found and court.later_debts:
            found = self._negotiated_before(case.debt_ids)
        if not found:
            return [
                env._(
                    "Nobody was invited to negotiate about all of these debts "
                    "(LO 1/2025, art. 5)."
                )
            ]
        left = self._uninvited(case, found, on)
        if left and (court.everybody or not court):
            return [
                env._(
                    "Not invited to negotiate: %s. Everybody who owes the whole has to "
                    "be (LO 1/2025, art. 5).",
                    ", ".join(left.mapped("display_name")),
                )
            ]
        days = best([window(one._facts(), terms) for one in found], on)
        if days.admits(on):
            return []
        return [self._window_words(days, on)]

    def _negotiated_before(self, debts):
        """The negotiations about some of these debts, all of them periodic payments,
        of which the others fell due after the invitation."""
        kinds = set(debts._stated_kinds().values())
        if kinds != {frozenset({"periodic"})}:
            return self.env["cobranza.negotiation"]
        # sudo: as in _about
        found = self.env["cobranza.negotiation"].sudo()
        found = found.search([("debt_ids", "in", debts.ids)])
        return found.filtered(lambda one: one._covers_later(debts.sudo()))

    def _uninvited(self, case, negotiations, on):
        """Those who owe the whole beside the debtor and are in none of these."""
        owing = case.debtor_id.partner_id
        obligors = case.debt_ids._obligors(on)
        for debt in case.debt_ids:
            for one in obligors.get(debt.id, ()):
                if one.capacity.is_solidary or one.capacity.takes_over_from_debtor:
                    owing |= one.partner
        return owing - negotiations.party_ids.partner_id

    def _negotiation_notes(self, negotiation):
        """LO 1/2025 arts. 9 and 10; LEC art. 264.4 where nobody knows the address."""
        env = self.env
        parties = negotiation.party_ids
        if parties and all(parties.mapped("received_on")):
            notes = [
                env._(
                    "Made for LO 1/2025, arts. 5 and 10.2: it proves the identity of "
                    "the parties, the object, the day of reception and the access to "
                    "the whole content. Confidentiality: art. 9."
                )
            ]
        else:
            notes = [env._("Made for LO 1/2025, art. 5. Confidentiality: art. 9.")]
        if any(negotiation.party_ids.mapped("sworn_on")):
            notes.append(
                env._(
                    "That the attempt was impossible because nobody knows the domicile "
                    "is sworn in the attached statement (LEC, art. 264.4)."
                )
            )
        return notes

    def _sworn_notes(self):
        """LEC art. 264.4."""
        return [self.env._("Made for LEC, art. 264.4.")]

    def _negotiation_words(self, negotiation):
        on = negotiation.company_id._cobranza_today()
        try:
            terms = self._negotiation_terms(negotiation.company_id, on)
        except (MissingValue, NoSuchRule) as error:
            return say_error(self.env, error)
        return self._window_words(window(negotiation._facts(), terms), on)

    def _window_words(self, found, on):
        env = self.env
        if found.lacks == "nobody":
            return env._("Nobody was invited yet.")
        if found.lacks == "reception":
            people = env["res.partner"].browse(found.who)
            return env._(
                "That the invitation was received is not proven: %s (LO 1/2025, "
                "art. 10.2).",
                ", ".join(people.mapped("display_name")),
            )
        if found.lacks == "running":
            return env._(
                "It was answered: write down the proposal, the meeting or its end."
            )
        values = {
            "first": format_date(env, found.first),
            "last": format_date(env, found.last),
        }
        if on < found.first:
            return env._("May be filed from %(first)s until %(last)s.", **values)
        if on > found.last:
            return env._(
                "The year is over: it could be filed until %(last)s. Invite anew.",
                **values,
            )
        return env._("May be filed now, until %(last)s.", **values)
