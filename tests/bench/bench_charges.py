"""A large book assessed and billed under a made-up law.

    make bench ARGS='charges --size 10000 --form entry'

Every overdue debt bears a fee, a fixed compensation and interest; then the cron bills
them all. Prints a table and writes it, with every batch, to .work/bench.
"""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from unittest.mock import patch

import book
import parent
import session

DAY = date(2026, 11, 23)
KINDS = ("fee", "compensation", "interest")
PARTS = ("assess", "assess again", "bill", "bill again")
COLUMNS = (
    "size",
    "part",
    "debts",
    "charges",
    "documents",
    "seconds",
    "cpu",
    "queries",
    "batches",
    "per_batch",
    "most",
    "base_mb",
    "peak_mb",
)


# -- in a process of its own -------------------------------------------------------


def child_prepare(registry, args):
    session.set_day(DAY)
    with session.environment(registry) as env:
        book.generate(env, args.size, DAY)
        env["cobranza.run"]._cron_follow_up()
        _set_forms(env, args.form)
        env.cr.commit()
        env.cr.execute("ANALYZE")


def child_assess(registry, _args):
    session.set_day(DAY)
    with session.environment(registry) as env, _law(env):
        model = env["cobranza.charge"]
        batches = list(_batches(env))
        with session.measured(env, "cobranza.charge", "_assess") as cost:
            for batch in batches:
                model._assess(env["cobranza.debt"].browse(batch), DAY)
                env.cr.commit()
        env.cr.execute("ANALYZE")
        return {**cost.as_dict(), **_counts(env)}


def child_bill(registry, _args):
    session.set_day(DAY)
    with session.environment(registry) as env:
        with session.measured(env, "cobranza.charge", "_bill_safely") as cost:
            env["cobranza.charge"]._cron_bill()
        env.cr.execute("UPDATE res_company SET cobranza_billed_on = NULL")
        _check_billed(env)
        return {**cost.as_dict(), **_counts(env)}


def _set_forms(env, form):
    company = env["res.company"].browse(1)
    company.cobranza_bill_when = "run"
    needed = "general" if form == "entry" else "sale"
    journal = env["account.journal"].search(
        [("type", "=", needed), ("company_id", "=", company.id)], limit=1
    )
    account = env["account.account"].search(
        [("account_type", "=", "income"), ("company_ids", "in", company.ids)], limit=1
    )
    env["cobranza.charge.form"].create(
        [
            {
                "company_id": company.id,
                "kind": kind,
                "form": form,
                "journal_id": journal.id,
                "account_id": account.id,
            }
            for kind in KINDS
        ]
    )


@contextmanager
def _law(env):
    """Rules that charge a tiered fee, a compensation and a yearly rate."""
    from odoo.addons.cobranza_legal.kernel.compensation import FixedCompensation
    from odoo.addons.cobranza_legal.kernel.fees import FeeTerms, Tier
    from odoo.addons.cobranza_legal.kernel.interest import InterestTerms
    from odoo.addons.cobranza_legal.kernel.money import Money
    from odoo.addons.cobranza_legal.kernel.periods import Series

    currency = env.company.currency_id.name
    fee = FeeTerms(
        tiers=(
            Tier(Decimal(10), Decimal("0.09")),
            Tier(Decimal(50), Decimal("0.06")),
            Tier(None, Decimal("0.03")),
        ),
        unit_value=Decimal(1000),
        wait_days=20,
        reduction=Decimal(0),
        currency=currency,
        rounding_unit=Decimal("0.01"),
        article="Law 1 art. 37",
    )
    interest = InterestTerms(series=Series.flat(Decimal(10)), article="Law 2 art. 7")
    money = Money(Decimal(40), currency)
    compensation = FixedCompensation("compensation", money, "Law 3 art. 8")
    answers = {
        "_fee_terms": fee,
        "_interest_terms": interest,
        "_fixed_compensations": [compensation],
    }
    hooks = {
        name: lambda *_args, answer=answer: answer for name, answer in answers.items()
    }
    with patch.multiple(env.registry["cobranza.rules"], **hooks):
        yield


def _batches(env):
    """Ids of the debts, about as many in each as a run takes, whole debtors."""
    from odoo.addons.cobranza_legal.models.run.run import BATCH

    env.cr.execute(
        "SELECT array_agg(id ORDER BY id) FROM cobranza_debt WHERE nature = 'principal'"
        " GROUP BY debtor_id ORDER BY debtor_id"
    )
    batch = []
    for (debts,) in env.cr.fetchall():
        if batch and len(batch) + len(debts) > BATCH:
            yield batch
            batch = []
        batch = batch + debts
    yield batch


def _counts(env):
    env.cr.execute(
        """SELECT (SELECT count(*) FROM cobranza_debt WHERE nature = 'principal'),
                  count(*), count(DISTINCT bill_move_id) FROM cobranza_charge"""
    )
    return dict(zip(("debts", "charges", "documents"), env.cr.fetchone(), strict=True))


def _check_billed(env):
    env.cr.execute(
        "SELECT count(*), max(bill_failure) FROM cobranza_charge "
        "WHERE state = 'assessed' AND amount > 0"
    )
    left, why = env.cr.fetchone()
    if left:
        raise SystemExit(f"{left} charges were not billed: {why}")


# -- the parent --------------------------------------------------------------------


class Bench(parent.Bench):
    def measure(self):
        form = self.args.form
        self.clone(self.source, self.book)
        self.child("prepare", self.book, form=form)
        self.clone(self.book, self.run)
        rows = []
        for part in PARTS:
            cost = self.child(part.split()[0], self.run, form=form)
            each = [queries for queries, _seconds in cost["batches"]]
            rows.append(
                {
                    **cost,
                    "size": self.args.size,
                    "part": part,
                    "seconds": round(cost["seconds"], 2),
                    "cpu": round(cost["cpu"], 2),
                    **parent.cost_row(cost),
                    "most": max(each, default=0),
                }
            )
            parent.show(COLUMNS, rows[-1], header=len(rows) == 1)
        return rows


def main():
    parser = parent.parser(__doc__)
    parser.add_argument("--form", choices=("entry", "invoice"), default="entry")
    args = parser.parse_args()
    if args.child:
        parent.answer(globals(), args)
        return
    bench = Bench(__file__, args)
    try:
        name = f"charges_{args.form}_{args.size}"
        parent.save(name, COLUMNS, bench.measure())
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
