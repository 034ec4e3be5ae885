"""What is known of debts that are, or may be, reported to a credit register: read for
all at once."""

from collections import defaultdict
from typing import NamedTuple

from odoo.tools import SQL

from ...kernel.listing import Demand, ListingFacts, ListingTerms, guards
from ...kernel.owed import ZERO
from ...kernel.wording import says
from ..agreement.agreement import RUNNING
from ..common.money import to_decimal
from ..contact.effect import MADE
from ..debt.cover import INSTRUMENT
from ..obligor.answers import Answers
from ..position.claims import read_net

WARNING = "register_warning"
"""The effect of contacts by which a register was named."""


NATURAL = ("consumer", "unknown")
"""Regimes of natural persons, and of those who may be."""


PRIVATE = ("erasure", "objection", "restriction")
"""Kinds of requests that stop a report unless they were denied."""


NOWHERE = ListingTerms(known=False)
"""Of a register that is not of this country."""


LETTERS = """
    SELECT l.debt_id, c.id, e.kind, e.standing, e.day, e.partner_id
      FROM cobranza_contact_line l
      JOIN cobranza_contact c ON c.id = l.contact_id
 LEFT JOIN cobranza_contact_effect e ON e.contact_id = c.id AND e.kind = %s
     WHERE l.debt_id = ANY(%s) AND c.direction = 'outbound' AND c.state = ANY(%s)
     ORDER BY c.id
"""


AGREED = """
    SELECT r.cobranza_debt_id, bool_or(a.state = ANY(%s)),
           bool_or(a.signed_on IS NOT NULL)
      FROM cobranza_agreement a
      JOIN cobranza_agreement_debt_rel r ON r.cobranza_agreement_id = a.id
     WHERE r.cobranza_debt_id = ANY(%s)
     GROUP BY r.cobranza_debt_id
"""


class Judged(NamedTuple):
    """The guards of one listing, and what they were judged by. Without ``terms`` its
    register is not known here, and nothing holds."""

    facts: ListingFacts
    terms: ListingTerms
    guards: tuple

    @property
    def unmet(self):
        """{code: ``Guard``} of those that do not hold."""
        return {guard.code: guard for guard in self.guards if not guard.met}


class ListingReader:
    """Facts of the listings of one company. Reads past record rules: whether a debt may
    be reported does not depend on who looks."""

    def __init__(self, env, rules, on):
        self.env, self.rules, self.on = env(su=True), rules, on

    def judge(self, listings):
        listings = listings.with_env(self.env)
        if not listings:
            return {}
        company = listings.company_id
        company.ensure_one()
        table = company._cobranza_legal_table(self.on, self.on)
        terms = {
            code: self.rules._listing_terms(code, self.on, table) or NOWHERE
            for code in set(listings.mapped("register"))
        }
        self._read(company, listings)
        result = {}
        for one in listings:
            facts, own = self._facts(company, one), terms[one.register]
            result[one.id] = Judged(facts, own, guards(facts, own, self.on))
        return result

    # -- reading -----------------------------------------------------------------------

    def _read(self, company, listings):
        debts = listings.debt_id
        self.answers = Answers(self.env, self.on).of_debts(debts)
        self.owed = read_net(self.env, company, debts, self.on)
        covered = self.env["cobranza.debt"]._covered(debts.ids, self.on)
        self.covered = {
            debt for debt, (reason, _until) in covered.items() if reason == INSTRUMENT
        }
        self.letters = self._read_letters(debts)
        self.agreed = self._read_agreed(debts)
        disputes = self.env["cobranza.dispute"].search(
            [("debt_id", "in", debts.ids), ("state", "in", ("open", "upheld"))]
        )
        self.disputed = set(disputes.debt_id.ids)
        self.contested = set()
        for block in self.env["cobranza.block"]._blocks():
            self.contested |= block._contested_in_court(debts.ids, self.on)
        self.private = self._read_private(company, listings)
        members = self.env["cobranza.register.membership"]
        self.members = members._in_force(company, self.on)

    def _read_letters(self, debts):
        """{debt id: [(contact, standing and day of its warning, whom it concerns)]},
        the first first."""
        for model in ("contact", "contact.line", "contact.effect"):
            self.env[f"cobranza.{model}"].flush_model()
        query = SQL(LETTERS, WARNING, debts.ids, list(MADE))
        found, rows = defaultdict(list), self.env.execute_query(query)
        contacts = self.env["cobranza.contact"].browse({row[1] for row in rows})
        contacts.fetch(["text_purpose", "body", "sent_at", "erased_on"])
        purposes = self.env["cobranza.text.purpose"]
        self.words, self.received = {}, {}
        demands = contacts.filtered(
            lambda one: purposes._is(one.text_purpose, "demand") and one.sent_at
        )
        receptions = self.rules._received_on(demands) if demands else {}
        for one in demands:
            sent = one._letter_day()
            until = one._deadline(sent)
            self.received[one.id] = Demand(sent, receptions.get(one.id), until)
        for debt, contact, _kind, standing, day, partner in rows:
            found[debt].append((contacts.browse(contact), standing, day, partner))
        return found

    def _read_agreed(self, debts):
        """{debt id: (whether an agreement about it runs, whether one ever did)}."""
        self.env["cobranza.agreement"].flush_model()
        query = SQL(AGREED, list(RUNNING), debts.ids)
        return {debt: rest for debt, *rest in self.env.execute_query(query)}

    def _read_private(self, company, listings):
        """Ids of the commercial partners who have asked that nothing is told."""
        requests = self.env["cobranza.privacy.request"].search(
            [
                ("company_id", "=", company.id),
                ("kind", "in", PRIVATE),
                ("state", "in", ("received", "answered")),
                ("debtor_ids", "in", listings.debtor_id.ids),
            ]
        )
        people = self.env["res.partner"].union(*(one._partners() for one in requests))
        return {*people.ids, *people.commercial_partner_id.ids}

    # -- one listing -------------------------------------------------------------------

    def _facts(self, company, one):
        debt, debtor, person = one.debt_id, one.debtor_id, one.partner_id
        owed, compared = self.owed.get(debt.id, (ZERO, ZERO))
        if debt.id in self.covered:  # it stands on another account meanwhile
            owed = to_decimal(debt.amount_residual_currency)
            compared = to_decimal(debt.amount_residual)
        runs, ever = self.agreed.get(debt.id, (False, False))
        answers = self.answers.get(debt.id, ())
        own = self._same(person, debtor.partner_id, one)
        member = self.members.get(one.register)
        number = one._number_of(person)
        warned, warning_sent, demand = self._told(one, own)
        origin = self.env["cobranza.listing.origin"]._row(one.origin)
        return ListingFacts(
            number=number,
            changed=bool(one.reported_number and one.reported_number != number),
            answers=any(self._same(person, answer.partner, one) for answer in answers),
            natural=not person.is_company or (own and debtor.regime in NATURAL),
            principal=debt.nature == "principal",
            posted=not (debt.void_reason or debt._is_ceded(self.on)),
            owed=owed,
            compared=compared,
            covered=debt.id in self.covered,
            due=debt._due_on(),
            stops=frozenset(self._stops(one, own, runs)),
            warned_on=warned,
            warning_sent=warning_sent,
            demand=demand,
            member=bool(member),
            lender=bool(member and member.lender),
            stated=origin is not None,
            barred=bool(origin and origin.never),
            renegotiated=ever,
            consented=bool(one.consent_on and one.consent_file_ids),
            title=debt.title or ("invoice" if debt.move_id.is_invoice(True) else ""),
            approved=to_decimal(one.approved_amount) if one.approved_on else None,
        )

    @staticmethod
    def _same(person, other, one):
        """Whether two contacts are one person: a merge of debtors leaves both."""
        number = one._number_of(person)
        return person == other or bool(number and number == one._number_of(other))

    def _stops(self, one, own, runs):
        debtor = one.debtor_id
        if one.debt_id.id in self.disputed:
            yield "dispute"
        if debtor.authority_claim_on or one.debt_id.id in self.contested:
            yield "suit"
        if runs:
            yield "agreement"
        if debtor.insolvent_on and own:
            yield "insolvency"
        if debtor.deceased_on and own:
            yield "death"
        if one.partner_id.id in self.private:
            yield "privacy"

    def _told(self, one, own):
        """(day since which it is warned, whether a warning is on its way, the demand
        that ends first) of the person: letters to somebody else are not counted, nor
        are demands of before the letter that warned, where the contract does not."""
        contract = one.contract_on if one.contract_file_ids else None
        warnings, sent, demands = [], False, []
        names = self.env["cobranza.register"]._row(one.register).names
        for contact, standing, day, partner in self.letters.get(one.debt_id.id, ()):
            concerns = partner or one.debtor_id.partner_id.id
            if concerns != one.partner_id.id and not (own and not partner):
                continue
            if standing in ("yes", "waiting") and self._names(contact, names):
                sent = True
                if standing == "yes":
                    warnings.append((day, contact.sent_at))
            if contact.id in self.received:
                demands.append((contact.sent_at, self.received[contact.id]))
        days = [contract] if contract else []
        warned = min(days + [day for day, _left in warnings], default=None)
        if warnings and not contract:
            since = min(left for _day, left in warnings)
            demands = [one for one in demands if one[0] >= since]
        return warned, sent, self._best([demand for _left, demand in demands])

    def _names(self, contact, names):
        """Whether the words of a letter, as it left, name the register."""
        key = contact.id, names
        if key not in self.words:
            self.words[key] = says(contact.body or "", names)
        return self.words[key]

    @staticmethod
    def _best(demands):
        """The demand whose term ends first; else the last that left."""
        ended = [one for one in demands if one.ends()]
        if ended:
            return min(ended, key=lambda one: one.ends())
        return max(demands, key=lambda one: one.sent, default=None)
