"""The follow-up over a large book, next to the same rows by pure SQL.

    make bench ARGS='follow_up --size 10000 --keep'

Prints a table and writes it, with every batch, to .work/bench.
"""

import argparse
from datetime import date, timedelta

import book
import parent
import session
import sql_floor

FIRST = date(2026, 11, 23)
DAYS = {
    "first day": FIRST,
    "unchanged day": FIRST + timedelta(days=1),
    "all escalate": FIRST + timedelta(days=10),
}
FLOORS = {
    "first day": sql_floor.first_day,
    "unchanged day": sql_floor.unchanged,
    "all escalate": sql_floor.all_escalate,
}
ACTS_DONE = """
UPDATE cobranza_contact SET state = 'sent', sent_at = %s WHERE state = 'planned';
UPDATE cobranza_debtor SET review_on = NULL;
"""
COUNTED = (
    "cobranza_debtor",
    "cobranza_debt",
    "cobranza_contact",
    "cobranza_contact_line",
)
COLUMNS = (
    "size",
    "day",
    "items",
    "written",
    "seconds",
    "floor",
    "ratio",
    "cpu",
    "floor_cpu",
    "cpu_ratio",
    "queries",
    "batches",
    "per_batch",
    "base_mb",
    "peak_mb",
)


# -- in a process of its own -------------------------------------------------------


def child_prepare(registry, args):
    session.set_day(FIRST)
    with session.environment(registry) as env:
        book.generate(env, args.size, FIRST)


def child_run(registry, args):
    session.set_day(DAYS[args.day])
    with session.environment(registry) as env:
        before = counts(env.cr)
        with session.measured(env) as cost:
            env["cobranza.run"]._cron_follow_up()
        after = counts(env.cr)
        run = env["cobranza.run"].search([], limit=1)
        if run.state == "failed":
            raise SystemExit(run.state_reason)
    return {**cost.as_dict(), **written(before, after), "items": after["cobranza_debt"]}


def child_floor(registry, args):
    with session.environment(registry) as env:
        before = counts(env.cr)
        result = FLOORS[args.day](env.cr, DAYS[args.day])
        return {**result, **written(before, counts(env.cr))}


def child_done(registry, _args):
    """The acts of the level have been done: everybody goes on."""
    with session.environment(registry) as env:
        env.cr.execute(ACTS_DONE, [FIRST])


def counts(cr):
    result = {}
    for table in COUNTED:
        cr.execute(f"SELECT count(*) FROM {table}")
        [result[table]] = cr.fetchone()
    return result


def written(before, after):
    return {"written": sum(after[table] - before[table] for table in COUNTED)}


# -- the parent --------------------------------------------------------------------


class Bench(parent.Bench):
    def measure(self):
        self.clone(self.source, self.book)
        self.child("prepare", self.book)
        self.clone(self.book, self.run)
        rows = []
        for day in DAYS:
            if day == "all escalate":
                self.child("done", self.run)
            self.clone(self.run, self.floor)
            floor = self.child("floor", self.floor, day=day)
            self.drop(self.floor)
            cost = self.child("run", self.run, day=day)
            rows.append(self.row(day, cost, floor))
            parent.show(COLUMNS, rows[-1], header=len(rows) == 1)
        return rows

    def row(self, day, cost, floor):
        return {
            "size": self.args.size,
            "day": day,
            "items": cost["items"],
            "written": cost["written"],
            "floor_written": floor["written"],
            **ratio("seconds", "floor", "ratio", cost, floor),
            **ratio("cpu", "floor_cpu", "cpu_ratio", cost, floor),
            **parent.cost_row(cost),
        }


def ratio(key, floor_name, ratio_name, cost, floor):
    """What the run took, what the floor took, and how many times that is."""
    return {
        key: round(cost[key], 2),
        floor_name: round(floor[key], 2),
        ratio_name: round(cost[key] / floor[key], 2),
    }


def main():
    parser = parent.parser(__doc__)
    parser.add_argument("--day", default="first day", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        parent.answer(globals(), args)
        return
    bench = Bench(__file__, args)
    try:
        name = f"follow_up_{args.size}"
        parent.save(name, COLUMNS, bench.measure(), ["floor_written"])
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
