"""What is owed, read from a large book: all of it, an ordinary debtor, a large one.

    make bench ARGS='reader --size 85000 --keep'

The book has about 1.3 times as many open items as ``--size`` says. Processor time of
Python and of its database backend; prints a table and writes it to .work/bench.
"""

import time
from datetime import date, timedelta

import book
import parent
import session

DAY = date(2026, 11, 23)
LARGE = 5000
ORDINARY = 50
GROW = """
UPDATE account_move_line SET partner_id = %(partner)s
 WHERE id IN (SELECT id FROM account_move_line
               WHERE reconciled IS NOT TRUE AND amount_residual > 0
               ORDER BY id LIMIT %(items)s)
"""
COLUMNS = ("what", "items", "cpu", "seconds", "queries")


# -- in a process of its own -----------------------------------------------------------


def child_prepare(registry, args):
    session.set_day(DAY)
    with session.environment(registry) as env:
        book.generate(env, args.size, DAY)
        large = env["res.partner"].create({"name": "Large", "is_company": True})
        env.cr.execute(GROW, {"partner": large.id, "items": LARGE})
        env.cr.execute("ANALYZE account_move_line")


def child_read(registry, _args):
    """[row] of the table; the first reading warms the caches of both processes."""
    with session.environment(registry) as env:
        company = env["res.company"].browse(1)
        large = env["res.partner"].search([("name", "=", "Large")]).ids
        env.cr.execute(
            """SELECT p.id FROM res_partner p JOIN account_move_line l
                   ON l.partner_id = p.id WHERE l.reconciled IS NOT TRUE
                  AND l.date_maturity IS NOT NULL AND p.id <> ALL(%s)
                  AND p.id = p.commercial_partner_id
                GROUP BY p.id ORDER BY p.id DESC LIMIT %s""",
            [large, ORDINARY],
        )
        ordinary = [[one] for (one,) in env.cr.fetchall()]
        before = DAY - timedelta(days=60)
        return [
            row(env, company, "whole book", [None]),
            row(env, company, "whole book, 60 days ago", [None], before),
            row(env, company, f"{ORDINARY} debtors, one by one", ordinary),
            row(env, company, "all debtors of a batch", [[one for [one] in ordinary]]),
            row(env, company, "large debtor", [large]),
            row(env, company, "large debtor, 60 days ago", [large], before),
        ]


def row(env, company, what, readings, day=DAY):
    from odoo import sql_db

    from odoo.addons.cobranza_legal.models.position.reader import PositionReader

    PositionReader(env, company, day).items(readings[0])
    cpu, started = session.cpu_seconds(env.cr), time.perf_counter()
    queries, items = sql_db.sql_counter, 0
    for partners in readings:
        items += len(PositionReader(env, company, day).items(partners))
    return {
        "what": what,
        "items": items,
        "queries": sql_db.sql_counter - queries,
        "seconds": round(time.perf_counter() - started, 3),
        "cpu": round(session.cpu_seconds(env.cr) - cpu, 3),
    }


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
        parent.save("reader", COLUMNS, rows)
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
