"""What an agreement would be on some terms, before anybody asks for it."""

from dataclasses import dataclass
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from .agreement import MOST

COUNTS = (2, 3, 4, 5, 6, 9, 12, 18, 24, 36)
"""Instalments among which a debtor chooses on its page."""


SOONEST, LATEST = timedelta(0), timedelta(days=31)
"""From today to the first payment of a plan that is chosen there."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """``rows`` of the kernel, empty where ``problem`` says what is wrong with the
    terms; ``objections`` of the terms of the company and of the law; ``agreement`` the
    record that was never written."""

    agreement: object
    rows: tuple = ()
    objections: tuple = ()
    problem: str = ""

    @property
    def is_within(self):
        """Whether it is agreed to without asking anybody."""
        return bool(self.rows) and not self.objections

    @property
    def says(self):
        """What stands against it, in words; empty for nothing."""
        return self.problem or "\n".join(one.words for one in self.objections)

    @property
    def instalment(self):
        """The greatest of its sums, a Decimal."""
        return max((row.amount.amount for row in self.rows), default=0)

    @property
    def total(self):
        return sum(row.amount.amount for row in self.rows)

    @property
    def interest(self):
        return sum(row.interest.amount for row in self.rows)

    @property
    def last_on(self):
        return max((row.due for row in self.rows), default=False)


class Simulator:
    """Simulations of one debtor over ``debts``, by default what is open of it in its
    currency, in no other agreement, and what no block objects to, as one that is being
    debited. Nothing is written."""

    def __init__(self, debtor, debts=None):
        debtor.ensure_one()
        self.debtor, self.env = debtor, debtor.env
        self.agreements = self.env["cobranza.agreement"]
        self.today = debtor.company_id._cobranza_today()
        self.debts = self._open() if debts is None else debts

    def _open(self):
        debts = self.debtor.open_debt_ids
        debts = debts.filtered(
            lambda debt: (
                debt.currency_id == self.debtor.currency_id and not debt.settled
            )
        )
        live = self.agreements._live_about(debts)
        return self._free(debts - live.debt_ids - live._back_debts())

    def _free(self, debts):
        """Those of ``debts`` to which no block objects."""
        # sudo: what blocks know of debts bars it for whoever does not see it too
        blocks = self.env["cobranza.block"].sudo()._blocks()

        def is_free(some):
            agreement = self.agreements.sudo().new(
                {"debt_ids": [Command.set(some.ids)]}
            )
            return not any(
                block._agreement_objections(agreement, self.today) for block in blocks
            )

        if not debts or is_free(debts):
            return debts
        return debts.filtered(is_free)

    def simulate(self, **terms):
        """``Simulated`` on these ``terms``, fields of an agreement; the others are
        those that a new one has."""
        count = terms.get("count") or 1
        if not 0 < count <= MOST:
            words = self.env._("From 1 to %s instalments, please.", MOST)
            return Simulated(self.agreements, problem=words)
        agreement = self.agreements.new(self._values(terms))
        try:
            rows = tuple(agreement._schedule(agreement._whole()))
            agreement.instalment_ids = [
                Command.clear(),
                *(Command.create(agreement._row_values(row)) for row in rows),
            ]
            objections = tuple(agreement._objections_said())
        except UserError as error:
            return Simulated(agreement, problem=str(error))
        return Simulated(agreement, rows, objections)

    def _values(self, terms):
        lines = [
            Command.create(
                {"debt_id": debt.id, "amount": debt.amount_residual_currency}
            )
            for debt in self.debts
        ]
        return {
            "debtor_id": self.debtor.id,
            "debt_ids": [Command.set(self.debts.ids)],
            "line_ids": lines,
            "requested_on": self.today,
            "first_on": self.agreements._default_first_on(),
            **terms,
        }

    # -- on the debtor's page ----------------------------------------------------------

    def first_days(self):
        """(first, last) day on which the first payment may be chosen."""
        return self.today + SOONEST, self.today + LATEST

    def within(self, first_on):
        """{number of instalments: ``Simulated``} of the plans that are agreed to
        without asking anybody, from a first payment on."""
        if not self.debts:
            return {}
        plans = {
            count: self.simulate(count=count, first_on=first_on) for count in COUNTS
        }
        return {count: plan for count, plan in plans.items() if plan.is_within}

    def request(self, plan, contact, grounds):
        """The agreement that the debtor asks for in ``contact``, on the terms of a
        ``plan``: somebody of ours accepts it. UserError where it is not within the
        terms after all. Run as superuser."""
        terms = plan.agreement
        agreement = self.agreements.create(
            {
                "debtor_id": self.debtor.id,
                "debt_ids": [Command.set(self.debts.ids)],
                "requested_by": "page",
                "contact_id": contact.id,
                "grounds": grounds,
                "count": terms.count,
                "first_on": terms.first_on,
                "user_id": self.debtor._task_owner().id,
            }
        )
        agreement._check_complete()
        against = [one.words for one in agreement._objections_said()]
        if against:  # written down it is not what was simulated
            raise UserError("\n".join(against))
        agreement._set_state("requested", was_requested=True)
        return agreement

    def first_default(self):
        """The first payment that is proposed: a month from now."""
        return min(fields.Date.add(self.today, months=1), self.first_days()[1])
