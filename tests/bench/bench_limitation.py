"""The limitation of a large book, worked out at night under a made-up law.

    make bench ARGS='limitation --size 10000'

Every claim has two actions and a payment that may have moved them; a tenth of the
debtors has somebody who answers beside them. Prints a table and writes it to
.work/bench.
"""

from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

import book
import parent
import session

DAY = date(2026, 11, 23)
PARTS = ("first", "again", "all")
COLUMNS = (
    *("size", "part", "debts", "dated", "tasks"),
    *("seconds", "cpu", "queries", "batches", "per_batch", "base_mb", "peak_mb"),
)
MONTHS = {"executive": 4, "ordinary": 60}


# -- in a process of its own -----------------------------------------------------------


def child_prepare(registry, args):
    session.set_day(DAY)
    with session.environment(registry) as env:
        book.generate(env, args.size, DAY)
        env["cobranza.run"]._cron_follow_up()
        debtors = env["cobranza.debtor"].search([])[::10]
        people = env["res.partner"].create(
            [{"name": f"Guarantor {one.id}"} for one in debtors]
        )
        env["cobranza.obligor"].create(
            [
                {
                    "debtor_id": debtor.id,
                    "partner_id": person.id,
                    "capacity": "guarantor",
                    "since": False,
                }
                for debtor, person in zip(debtors, people, strict=True)
            ]
        )
        env.cr.commit()
        env.cr.execute("ANALYZE")


def child_first(registry, _args):
    """Nobody has looked at any of them yet: all are worked out, and told of."""
    return _limit(registry, "UPDATE cobranza_debt SET limitation_look_on = NULL")


def child_again(registry, _args):
    """The next call of the same night."""
    return _limit(registry)


def child_all(registry, _args):
    """All are looked at again, and nothing has changed."""
    return _limit(registry, "UPDATE cobranza_debt SET limitation_look_on = %s", DAY)


def _limit(registry, before="SELECT 1", *values):
    session.set_day(DAY)
    with session.environment(registry) as env, _law(env):
        env.cr.execute(before, values)
        env.cr.commit()
        company = env["res.company"].browse(1)
        debts = company._cobranza_engine(env["cobranza.debt"])
        with session.measured(env, "cobranza.debt", "_limit_safely") as cost:
            debts._limit_due(company)
        env.cr.execute(
            """SELECT count(*), count(limitation_on), count(limitation_told_on)
                 FROM cobranza_debt WHERE nature = 'principal'"""
        )
        names = ("debts", "dated", "tasks")
        return {**cost.as_dict(), **dict(zip(names, env.cr.fetchone(), strict=True))}


@contextmanager
def _law(env):
    """Rules that bar one action after a few months, the other after years."""
    from odoo.addons.cobranza_legal.kernel.limitation import Term, TermRow

    def limitation(_rules, debts):
        debts._stated_kinds()
        return {
            debt.id: [
                Term(
                    action,
                    "personal",
                    debt._due_on(),
                    (TermRow(date(1900, 1, 1), months),),
                    frozenset({"claim", "suit", "part_payment"}),
                    article="Law 4 art. 1",
                )
                for action, months in MONTHS.items()
            ]
            for debt in debts
        }

    hooks = {"_claim_kinds": lambda _rules: ("personal",), "_limitation": limitation}
    with patch.multiple(env.registry["cobranza.rules"], **hooks):
        yield


# -- the parent ------------------------------------------------------------------------


class Bench(parent.Bench):
    def measure(self):
        self.clone(self.source, self.book)
        self.child("prepare", self.book)
        self.clone(self.book, self.run)
        rows = []
        for part in PARTS:
            cost = self.child(part, self.run)
            rows.append(
                {
                    **cost,
                    "size": self.args.size,
                    "part": part,
                    "seconds": round(cost["seconds"], 2),
                    "cpu": round(cost["cpu"], 2),
                    **parent.cost_row(cost),
                }
            )
            parent.show(COLUMNS, rows[-1], header=len(rows) == 1)
        return rows


def main():
    args = parent.parser(__doc__).parse_args()
    if args.child:
        parent.answer(globals(), args)
        return
    bench = Bench(__file__, args)
    try:
        parent.save(f"limitation_{args.size}", COLUMNS, bench.measure())
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
