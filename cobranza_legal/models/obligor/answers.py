"""Who answers for which debts on a day."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL, format_amount

from ..common.money import to_decimal
from .capacity import DEBTOR

ZERO = Decimal(0)

DEBTS = """
    SELECT b.id, b.parent_id, b.debtor_id, r.partner_id, r.deceased_on <= %(day)s
      FROM cobranza_debt b
      JOIN cobranza_debtor r ON r.id = b.debtor_id
     WHERE %(which)s
     ORDER BY b.id
"""

OBLIGORS = """
    SELECT o.id, o.debtor_id, o.partner_id, o.capacity, o.limit_amount::text,
           o.share::text, array_remove(array_agg(rel.cobranza_debt_id), NULL),
           ARRAY(SELECT freed.cobranza_debt_id FROM cobranza_obligor_freed_rel freed
                  WHERE freed.cobranza_obligor_id = o.id)
      FROM cobranza_obligor o
 LEFT JOIN cobranza_obligor_debt_rel rel ON rel.cobranza_obligor_id = o.id
     WHERE o.debtor_id = ANY(%(debtors)s)
       AND (o.since IS NULL OR o.since <= %(day)s)
       AND (o.until IS NULL OR o.until >= %(day)s)
       AND (o.ended_on IS NULL OR o.ended_on > %(day)s)
       AND (o.end_reason IS NULL OR o.end_reason <> ALL(%(never)s))
       AND NOT EXISTS (SELECT 1 FROM cobranza_debtor_beneficiary_rel n
                        WHERE n.cobranza_debtor_id = o.debtor_id
                          AND n.res_partner_id = o.partner_id)
     GROUP BY o.id
     ORDER BY o.id
"""


class Answer(NamedTuple):
    """``partner`` answers for a debt in a ``capacity`` (a row). ``obligor``: its
    record, empty for the debtor itself. ``limit``: Decimal in the currency of the
    record, 0 for none. ``share``: Decimal in percent, 0 for the whole or where no share
    is known."""

    partner: object
    capacity: object
    obligor: object
    limit: Decimal = ZERO
    share: Decimal = ZERO

    def words(self):
        """Who answers, as what and how far, in the user's language."""
        env = self.obligor.env
        name = self.partner.sudo().display_name  # sudo: whoever sees the debt
        parts = [env["cobranza.obligor.capacity"]._label(self.capacity.code)]
        if self.limit:
            currency = self.obligor.sudo().currency_id
            parts.append(
                env._("up to %s", format_amount(env, float(self.limit), currency))
            )
        if self.share:
            parts.append(f"{self.share.normalize():f} %")
        return f"{name} ({', '.join(parts)})"


class Answers:
    """Reads past record rules: two queries, however many debts there are."""

    def __init__(self, env, day):
        self.env, self.day = env, day
        self.capacities = env["cobranza.obligor.capacity"]

    def of_debtors(self, debtors, debts=None):
        """{debt id: [Answer]} of all debts of ``debtors`` that are not void, or of
        those of them that are among ``debts``."""
        which = SQL("b.debtor_id = ANY(%s) AND b.void_reason IS NULL", debtors.ids)
        if debts is not None:
            which = SQL(
                "b.debtor_id = ANY(%s) AND b.id = ANY(%s)", debtors.ids, debts.ids
            )
        return self._read(which)

    def of_debts(self, debts):
        """{debt id: [Answer]}."""
        return self._read(SQL("b.id = ANY(%s)", debts.ids))

    def _read(self, which):
        self.env["cobranza.debt"].flush_model(["debtor_id", "parent_id", "void_reason"])
        self.env["cobranza.debtor"].flush_model(["partner_id", "deceased_on"])
        self.env["cobranza.obligor"].flush_model()
        rows = self.env.execute_query(SQL(DEBTS, day=self.day, which=which))
        found = self._read_obligors({row[2] for row in rows})
        result = {}
        for debt, parent, debtor, partner, is_dead in rows:
            others = [
                answer
                for named, freed, answer in found[debtor]
                if (not named or debt in named or parent in named)
                and not (debt in freed or parent in freed)
            ]
            heirs = [one for one in others if one.capacity.takes_over_from_debtor]
            if not is_dead:
                others = [one for one in others if one not in heirs]
            own = [] if is_dead and heirs else [self._of_debtor(partner)]
            result[debt] = [*own, *others]
        return result

    def _of_debtor(self, partner):
        return Answer(
            self.env["res.partner"].browse(partner),
            self.capacities._row(DEBTOR),
            self.env["cobranza.obligor"],
        )

    def _read_obligors(self, debtors):
        """{debtor id: [(ids of the debts that are named, of those that it was freed of,
        Answer)]}."""
        found = defaultdict(list)
        if not debtors:
            return found
        query = SQL(
            OBLIGORS,
            debtors=list(debtors),
            day=self.day,
            never=self.env["cobranza.obligor.end"]._where(never=True),
        )
        rows = self.env.execute_query(query)
        ids = [row[0] for row in rows]
        people = [row[2] for row in rows]
        obligors = self.env["cobranza.obligor"].browse(ids)
        partners = self.env["res.partner"].browse(people)
        unknown = self.capacities._row("guarantor")
        for obligor, partner, row in zip(obligors, partners, rows, strict=True):
            _id, debtor, _partner, capacity, limit, share, named, freed = row
            answer = Answer(
                partner,
                self.capacities._row(capacity) or unknown,
                obligor,
                to_decimal(limit or "0"),
                to_decimal(share or "0"),
            )
            found[debtor].append((frozenset(named), frozenset(freed), answer))
        return found
