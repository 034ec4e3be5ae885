"""The ageing of a large book, and how its debtors pay: read, shown, printed.

    make bench ARGS='ageing --size 77000'

The book has about 1.3 times as many open items as ``--size`` says. Processor time of
Python and of its database backend; prints a table and writes it to .work/bench.
"""

import time
from datetime import date, timedelta

import book
import parent
import session

DAY = date(2026, 11, 23)
COLUMNS = ("what", "items", "cpu", "seconds", "queries")


# -- in a process of its own -----------------------------------------------------------


def child_prepare(registry, args):
    session.set_day(DAY)
    with session.environment(registry) as env:
        book.generate(env, args.size, DAY)
        company = env["res.company"].browse(1)
        env["cobranza.run"].sudo()._run_company(company)
    with session.environment(registry) as env:
        env.cr.execute("ANALYZE")


def child_read(registry, _args):
    """[row] of the table; the first reading warms the caches of both processes."""
    session.set_day(DAY)
    with session.environment(registry) as env:
        before = DAY - timedelta(days=60)
        behaviour = env["cobranza.behaviour"].sudo()
        company = env["res.company"].browse(1)
        rows = [
            row(env, "today", lambda: show(env, DAY)),
            row(env, "60 days ago", lambda: show(env, before)),
            row(env, "60 days ago, as known then", lambda: show(env, before, "then")),
        ]
        shown = show(env, DAY)
        env.flush_all()
        env.invalidate_all()
        rows.append(row(env, "table by debtor", lambda: table(shown)))
        rows.append(row(env, "behaviour", lambda: behaviour._daily(company, DAY)))
        again = row(env, "behaviour again", lambda: behaviour._daily(company, DAY))
        return [*rows, again]


def show(env, day, basis="ledger"):
    ageing = env["cobranza.ageing"].create({"on": day, "basis": basis})
    ageing.action_show()
    return ageing


def table(ageing):
    ageing._matrix("partner_id", most=25)
    return ageing


def row(env, what, act):
    from odoo import sql_db

    cpu, started = session.cpu_seconds(env.cr), time.perf_counter()
    queries = sql_db.sql_counter
    found = act()
    env.flush_all()
    result = {
        "what": what,
        "queries": sql_db.sql_counter - queries,
        "seconds": round(time.perf_counter() - started, 2),
        "cpu": round(session.cpu_seconds(env.cr) - cpu, 2),
    }
    count = sum(found.bucket_ids.mapped("item_count")) if found else 0
    return {**result, "items": count}


# -- the parent ------------------------------------------------------------------------


def main():
    args = parent.parser(__doc__).parse_args()
    if args.child:
        parent.answer(globals(), args)
        return
    bench = parent.Bench(__file__, args)
    try:
        bench.clone(bench.source, bench.book)
        bench.child("prepare", bench.book)
        rows = bench.child("read", bench.book)
        parent.show(COLUMNS, rows[0], header=True)
        for one in rows[1:]:
            parent.show(COLUMNS, one, header=False)
        parent.save("ageing", COLUMNS, rows)
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
