"""The dashboard of a large book: each tab as its role reads it.

    make bench ARGS='dashboard --size 77000'

The book has about 1.3 times as many open items as ``--size`` says. Processor time of
Python and of its database backend; prints a table and writes it to .work/bench.
"""

import time
from datetime import date

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
        env.cr.execute("ANALYZE")  # the test cluster has no autovacuum
        company = env["res.company"].browse(1)
        env["cobranza.behaviour"].sudo()._daily(company, DAY)
        groups = ("collection_manager", "approver", "accountant", "lawyer_own")
        refs = [env.ref(f"cobranza_legal.group_{one}").id for one in groups]
        admin = env.ref("base.user_admin")
        admin.group_ids = [(4, one) for one in refs]
        admin.write({"company_ids": [(4, 1)], "company_id": 1})


def child_read(registry, _args):
    """[row] of the table; the first reading warms the caches of both processes."""
    session.set_day(DAY)
    with session.environment(registry) as env:
        admin = env(user=env.ref("base.user_admin").id, su=False)
        read(admin, "direction")
        parts = admin["cobranza.dashboard.direction"]
        view = admin["cobranza.dashboard"]._view({})
        stands = type_of_stands()(view)
        return [
            row(admin, "direction", lambda: read(admin, "direction")),
            row(admin, "collector", lambda: read(admin, "collector")),
            row(admin, "of it: what is open", lambda: stands.rows),
            row(admin, "of it: forecast", lambda: parts._forecast(view)),
            row(admin, "of it: funnel", lambda: parts._funnel(view, stands)),
        ]


def type_of_stands():
    from odoo.addons.cobranza_legal.models.kpi.direction import Stands

    return Stands


def read(env, tab):
    env.invalidate_all()
    return env["cobranza.dashboard"].read_tab(tab, {"company": 1, "period": "month"})


def row(env, what, act):
    from odoo import sql_db

    cpu, started = session.cpu_seconds(env.cr), time.perf_counter()
    queries = sql_db.sql_counter
    act()
    result = {
        "what": what,
        "queries": sql_db.sql_counter - queries,
        "seconds": round(time.perf_counter() - started, 2),
        "cpu": round(session.cpu_seconds(env.cr) - cpu, 2),
    }
    domain = [("account_type", "=", "asset_receivable"), ("reconciled", "=", False)]
    lines = env["account.move.line"].sudo()
    return {**result, "items": lines.search_count(domain)}


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
        parent.save("dashboard", COLUMNS, rows)
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
