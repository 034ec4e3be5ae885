from datetime import time

from odoo import models
from odoo.tools import format_date

from odoo.addons.cobranza_legal.kernel.attachment import (
    AssetOrder,
    ExtraPay,
    WageRule,
    WageScale,
)
from odoo.addons.cobranza_legal.kernel.deadlines import (
    GraceRule,
    Must,
    NoticeRule,
    SuspensionRule,
    Term,
    Unit,
)
from odoo.addons.cobranza_legal.kernel.errors import MissingValue, NoSuchRule
from odoo.addons.cobranza_legal.kernel.fees import Tier
from odoo.addons.cobranza_legal.kernel.interest import InterestTerms
from odoo.addons.cobranza_legal.kernel.judgment import (
    EnforcementTerm,
    JudgmentTerms,
    Part,
)
from odoo.addons.cobranza_legal.kernel.negotiation import (
    NegotiationTerms,
    best,
    window,
)
from odoo.addons.cobranza_legal.models.common.money import to_decimal
from odoo.addons.cobranza_legal.models.common.words import say_error

from ..rules.charge import COMMERCIAL_YEAR, LEGAL
from .docket import NIG

SMI, WAGE_RATE, WAGE_REDUCTION = "es.smi", "es.wages.rate", "es.wages.reduction"


POINTS, ENFORCEMENT = "es.judgment.points", "es.enforcement"


PRECAUTIONARY = "es.precautionary"


STEPS = 6
"""Of LEC art. 607, each as wide as a minimum wage, the last without end."""


ASSETS = (
    *("money", "short_credit", "jewels", "rents", "fruits", "movable"),
    *("real_estate", "wages", "long_credit"),
)
"""LEC art. 592.2, best first."""


REALISATION = (Part.INTEREST, Part.PRINCIPAL, Part.DEFAULT, Part.AFTER, Part.COSTS)
"""LEC art. 654.3: agreed interest, principal, default interest, costs."""

TERMS = "es.masc"
"""Days and months of LO 1/2025, by key."""


COURT_TERMS = "es.court.terms"
"""Hours and days of the LEC, by key."""


class CobranzaRulesEs(models.AbstractModel):
    """Spain: the attempt to negotiate before most lawsuits (LO 1/2025), and how files
    of the courts are numbered."""

    _inherit = "cobranza.rules.es"

    def _has_general_number(self):
        """The NIG, beside the number of the *autos* of each court."""
        return True

    def _general_number_problem(self, number):
        """A NIG has nineteen digits."""
        if NIG.fullmatch("".join(number.split())):
            return ""
        return self.env._(
            "“%s” is no NIG: it has nineteen digits, such as 2807900220260001234.",
            number,
        )

    def _power_words(self, company, day):
        """LEC, arts. 23, 24 y 31: above 2,000 a procurador acts by a power, before a
        notary or apud acta."""
        return self.env._(
            "No power of %(company)s is in force on %(day)s (LEC, art. 24): record the "
            "notarial or apud acta one.",
            company=company,
            day=day,
        )

    def _insolvency_bars(self, procedure, kind):
        """No execution begins after the declaration (TRLC arts. 142 y 143)."""
        barred = super()._insolvency_bars(procedure, kind)
        return barred if barred is None else "TRLC, arts. 142 y 143"

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

    # -- measures, judgments, what they bring ------------------------------------------

    def _asset_order(self, on):
        """LEC art. 592.2, unless creditor and debtor agreed otherwise."""
        return AssetOrder(ASSETS, "LEC, art. 592.2")

    def _wage_rule(self, company, on, table):
        """The steps of LEC art. 607 over the minimum wage of a month; what an extra pay
        and the reduction of 607.4 do, as the company reads them."""
        last = STEPS - 1
        steps = tuple(
            Tier(
                None if at == last else to_decimal(at + 1),
                table.number(WAGE_RATE, on, str(at + 1)),
            )
            for at in range(STEPS)
        )
        least, most = (
            table.number(WAGE_REDUCTION, on, key) for key in ("least", "most")
        )
        # sudo: who works a measure out need not read the settings
        company = company.sudo()
        return WageRule(
            WageScale("EUR", steps, article="LEC, art. 607"),
            table.number(SMI, on, "month"),
            extra_pay=ExtraPay(company.l10n_es_wage_extra),
            points=company.l10n_es_wage_reduction == "points",
            lowest=least,
            highest=most,
        )

    def _measure_duties(self, measure, on, table):
        """What was ordered before the suit lapses without it (LEC art. 730.2)."""
        if not measure.before_suit:
            return []
        days = int(table.number(PRECAUTIONARY, on, "suit"))
        words = self.env._("File the suit, or the measure lapses")
        return [(words, Term(days, article="LEC, art. 730.2"))]

    def _realisation_order(self, on):
        """LEC art. 654.3, not CC art. 1173; what it does not name comes last."""
        return REALISATION, "LEC, art. 654.3"

    def _judgment_interest(self, judgment, table):
        """Legal interest plus two points on all that was granted but the costs, from
        the day of the judgment, or the rate that it names. LEC arts. 576, 816.2."""
        named = self._named_interest(judgment)
        legal = InterestTerms(
            series=table.series(LEGAL),
            spread=table.number(POINTS, judgment.day),
            article="LEC, art. 576",
            refused=COMMERCIAL_YEAR,
        )
        return JudgmentTerms(
            order=REALISATION,
            bearing=frozenset(Part) - {Part.COSTS, Part.AFTER},
            interest=named or legal,
            article="LEC, art. 576",
        )

    def _judgment_terms(self, judgment, table):
        """Twenty court days before it may be enforced (LEC art. 548), but for the
        decree of a payment order that nobody opposed (art. 816.1); five years to
        enforce it (art. 518); 30 % for interest and costs (art. 575.1)."""

        def number(key):
            return table.number(ENFORCEMENT, judgment.day, key)

        wait = Term(
            int(number("wait")), Unit.COURT_DAY, Must.ELAPSE, article="LEC, art. 548"
        )
        unopposed = (
            judgment.kind == "decree"
            and judgment.proceeding_id.procedure_code == "monitorio"
        )
        return {
            **super()._judgment_terms(judgment, table),
            "voluntary": None if unopposed else wait,
            "enforcement": EnforcementTerm(
                int(number("years")) * 12, int(number("alarm")) * 12, "LEC, art. 518"
            ),
            "ceiling": number("share"),
        }

    # -- terms before courts -----------------------------------------------------------

    def _notice_rule(self, way, on, table):
        """Through LexNET a notice was received on the working day after it came, and
        what comes after 15:00 came on the next one (LEC art. 151.2). Who has to use
        another electronic way and opens nothing is served after three working days
        (art. 162.2)."""
        if way == "es_lexnet":
            until = table.get(COURT_TERMS, on, "notice_until")
            hour = time(int(until.value))
            return NoticeRule(next_working=True, until=hour, article=until.article)
        if way == "es_electronic":
            unread = table.get(COURT_TERMS, on, "unread")
            return NoticeRule(unread_days=int(unread.value), article=unread.article)
        return super()._notice_rule(way, on, table)

    def _grace_rule(self, on, table):
        """Until 15:00 of the working day after the last one (LEC art. 135.5)."""
        days = table.get(COURT_TERMS, on, "grace_days")
        at = time(int(table.number(COURT_TERMS, on, "grace_until")))
        return GraceRule(days=int(days.value), at=at, article=days.article)

    def _suspension_rule(self, on, table):
        """Sixty days together (LEC art. 19.4)."""
        days = table.get(COURT_TERMS, on, "suspension_days")
        return SuspensionRule(days=int(days.value), article=days.article)

    def _term_rolls(self, unit, must):
        """LEC art. 133.4: always."""
        return True
