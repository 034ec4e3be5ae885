"""The figures of a day over a large book: the day that is over, and a day of the past.

    make bench ARGS='kpi --size 10000'

The floor reads what is open of every item, as every screen does. Processor time of
Python and of its database backend; prints a table and writes it to .work/bench.
"""

from datetime import date

import book
import parent
import session

DAY = date(2026, 11, 23)
PAST = date(2026, 10, 31)
COLUMNS = ("part", "rows", "seconds", "cpu", "times", "queries", "base_mb", "peak_mb")
WATCHED = ("cobranza.kpi", "_measure")
PARTS = ("the day that is over", "a day of the past", "again")


# -- in a process of its own -----------------------------------------------------------


def child_prepare(registry, args):
    session.set_day(DAY)
    with session.environment(registry) as env:
        book.generate(env, args.size, DAY)
        env["cobranza.run"].sudo()._run_company(env["res.company"].browse(1))
    with session.environment(registry) as env:
        env.cr.execute("ANALYZE")


def child_floor(registry, _args):
    from odoo.addons.cobranza_legal.models.position.reader import PositionReader

    session.set_day(DAY)
    with session.environment(registry) as env:
        company = env["res.company"].sudo().browse(1)
        with session.measured(env, *WATCHED) as cost:
            items = PositionReader(company.env, company, DAY).items()
        return {**cost.as_dict(), "rows": len(items)}


def child_play(registry, args):
    session.set_day(DAY)
    day = PAST if args.part == PARTS[1] else date(2026, 11, 22)
    with session.environment(registry) as env:
        company = env["res.company"].sudo().browse(1)
        figures = env["cobranza.kpi"].sudo()
        env.invalidate_all()
        with session.measured(env, *WATCHED) as cost:
            figures._take(company, day)
            env.flush_all()
        rows = figures.search_count([("company_id", "=", 1), ("day", "=", day)])
        return {**cost.as_dict(), "rows": rows}


# -- the parent ------------------------------------------------------------------------


class Bench(parent.Bench):
    def measure(self):
        self.clone(self.source, self.run)
        self.child("prepare", self.run)
        floor = self.child("floor", self.run)
        rows = [self.row("floor", floor, floor)]
        for part in PARTS:
            rows.append(self.row(part, self.child("play", self.run, part=part), floor))
        return rows

    def row(self, part, cost, floor):
        row = {**cost, "part": part, "times": round(cost["cpu"] / floor["cpu"], 1)}
        for name in ("seconds", "cpu"):
            row[name] = round(cost[name], 2)
        for name in ("base_mb", "peak_mb"):
            row[name] = round(cost[name])
        parent.show(COLUMNS, row, header=part == "floor")
        return row


def main():
    parser = parent.parser(__doc__)
    parser.add_argument("--part", choices=PARTS, help=parent.argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        parent.answer(globals(), args)
        return
    bench = Bench(__file__, args)
    try:
        parent.save(f"kpi_{args.size}", COLUMNS, bench.measure())
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
