"""Until which day debts may be claimed, from all that interrupts their limitation."""

from dataclasses import dataclass

from odoo.tools import SQL

from ...kernel.limitation import (
    Act,
    Limitation,
    Obligor,
    Reach,
    earliest,
    latest,
    limitation,
)

CLAIMS = """
    SELECT l.debt_id, e.day, e.partner_id
      FROM cobranza_contact_effect e
      JOIN cobranza_contact_line l ON l.contact_id = e.contact_id
     WHERE e.kind = 'interruption' AND e.standing = 'yes'
       AND l.debt_id = ANY(%(debts)s)
"""


WRITTEN = """
    SELECT r.cobranza_debt_id, i.kind, i.day, i.ended_on, i.partner_id
      FROM cobranza_interruption i
      JOIN cobranza_interruption_debt_rel r ON r.cobranza_interruption_id = i.id
     WHERE i.taken_back_on IS NULL AND r.cobranza_debt_id = ANY(%(debts)s)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One action against one who answers for a debt: ``partner`` id, whether it is the
    debtor itself, and its ``Limitation``: that which comes first of all kinds that the
    claim may be of, and the ``last`` of them, after which nothing is left."""

    partner: int
    is_debtor: bool
    found: Limitation
    last: Limitation

    def shown(self, day):
        """What a person has to know on a day: the first, once that is gone the last."""
        return self.last if self.found.is_barred(day) else self.found


class LimitationReader:
    """The limitation of debts of one company, by a fixed number of queries for any
    number of debts. As superuser."""

    def __init__(self, company):
        self.company = company
        self.env = company.env
        self.rules = company._cobranza_rules()

    def answers(self, debts):
        """{debt id: [``Answer``]}; none where the rules know no term."""
        terms = self.rules._limitation(debts)
        limited = debts.filtered(lambda one: terms.get(one.id))
        if not limited:
            return {one.id: [] for one in debts}
        acts = self._read_acts(limited, terms)
        answering = self._people(limited)
        result = {one.id: [] for one in debts}
        for debt in limited:
            people = answering[debt.id]
            for person in people:
                found = [
                    limitation(term, acts[debt.id], person, people)
                    for term in terms[debt.id]
                ]
                is_debtor = person.key == debt.partner_id.id
                last = latest(found)
                result[debt.id] += [
                    Answer(person.key, is_debtor, one, last[action])
                    for action, one in earliest(found).items()
                ]
        return result

    def _people(self, debts):
        """{debt id: [``Obligor``]}: the debtor, and who answers beside it today. What
        is said to the debtor reaches whoever owes the whole beside it, and heirs in its
        place (CC ES art. 1974); no guarantor who only answers for it, even one who
        waived excussion (1975), which is the strict reading."""
        answering = debts._obligors(self.company._cobranza_today())
        result = {}
        for debt in debts:
            own = debt.partner_id.id
            found = {own: True}
            for one in answering.get(debt.id, ()):
                reached = one.capacity
                solidary = reached.is_solidary or reached.takes_over_from_debtor
                found.setdefault(one.partner.id, solidary)
            result[debt.id] = [Obligor(key, solidary=one) for key, one in found.items()]
        return result

    def _read_acts(self, debts, terms):
        """{debt id: [``Act``]} of all that interrupts or suspends."""
        result = {one.id: [] for one in debts}
        debtor = {one.id: one.partner_id.id for one in debts}
        self.env["cobranza.contact.effect"].flush_model()
        self.env["cobranza.contact.line"].flush_model()
        self.env["cobranza.interruption"].flush_model()
        for debt, day, partner in self._query(CLAIMS, debts):
            self._add(result, debtor, debt, "claim", day, partner)
        kinds = self.env["cobranza.interruption.kind"]
        for debt, kind, day, ended, partner in self._query(WRITTEN, debts):
            suspends = kinds._is(kind, "suspends")
            if suspends and not ended:
                continue  # nobody knows by how many days
            how = {"runs_from": ended, "pending": not ended, "suspends": suspends}
            how = how if kinds._is(kind, "lasts") else {}
            self._add(result, debtor, debt, kind, day, partner, **how)
        for debt in debts:
            if day := debt.debtor_id.insolvent_on:
                self._add(result, debtor, debt.id, "insolvency", day, None)
        if any("part_payment" in one.moved_by for own in terms.values() for one in own):
            self._add_payments(result, debtor, debts)
        return result

    def _add_payments(self, result, debtor, debts):
        settlements = self.env["cobranza.settlement"].sudo()
        kinds = settlements._kinds(collects=True)
        paid = settlements._read_group(
            [("debt_id", "in", debts.ids), ("kind", "in", kinds)],
            ["debt_id", "date:day"],
        )
        for debt, day in paid:
            self._add(result, debtor, debt.id, "part_payment", day, None)

    def _add(self, result, debtor, debt, kind, day, partner, **how):
        """``how``: what else the ``Act`` says."""
        who = partner or debtor[debt]
        reach = self.rules._act_reach(kind)
        if reach is Reach.ALL and who != debtor[debt]:
            reach = Reach.SOLIDARY  # what concerns the debtor reaches all, not others
        result[debt].append(Act(kind, day, who, reach, **how))

    def _query(self, query, debts):
        return self.env.execute_query(SQL(query, debts=debts.ids))
