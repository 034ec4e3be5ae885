"""The follow-up over a large book, next to the same rows by pure SQL.

    make bench N=10000            or   make bench ARGS='--size 10000 --keep'

Prints a table and writes it, with every batch, to .work/bench.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import book
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
ROOT = Path(__file__).resolve().parents[2]
OUT = Path(os.environ.get("COBRANZA_WORK") or ROOT / ".work") / "bench"
ACTS_DONE = """
UPDATE cobranza_contact SET state = 'sent', sent_at = %s WHERE state = 'planned';
UPDATE cobranza_debtor SET check_on = NULL;
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


class Bench:
    def __init__(self, args):
        self.args = args
        self.source = os.environ["COBRANZA_DB"]
        self.book = f"{self.source}_book"
        self.run = f"{self.source}_run"
        self.floor = f"{self.source}_floor"

    def child(self, what, db, day="first day"):
        command = [sys.executable, __file__, "--child", what, "--db", db, "--day", day]
        command += ["--size", str(self.args.size)]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(out.stdout.strip().splitlines()[-1])

    def clone(self, source, target):
        self.drop(target)
        subprocess.run(["createdb", "-T", source, target], check=True)

    def drop(self, db):
        command = ["dropdb", "--if-exists", "--force", db]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)

    def measure(self):
        self.clone(self.source, self.book)
        self.child("prepare", self.book)
        self.clone(self.book, self.run)
        rows = []
        for day in DAYS:
            if day == "all escalate":
                self.child("done", self.run)
            self.clone(self.run, self.floor)
            floor = self.child("floor", self.floor, day)
            self.drop(self.floor)
            cost = self.child("run", self.run, day)
            rows.append(self.row(day, cost, floor))
            sys.stdout.write(table(rows[-1:], header=len(rows) == 1))
            sys.stdout.flush()
        return rows

    def row(self, day, cost, floor):
        batches = cost["batches"]
        inside = sum(queries for queries, _seconds in batches)
        return {
            "size": self.args.size,
            "day": day,
            "items": cost["items"],
            "written": cost["written"],
            "floor_written": floor["written"],
            **ratio("seconds", "floor", "ratio", cost, floor),
            **ratio("cpu", "floor_cpu", "cpu_ratio", cost, floor),
            "queries": cost["queries"],
            "batches": len(batches),
            "per_batch": round(inside / len(batches), 1) if batches else "",
            "base_mb": round(cost["base_mb"]),
            "peak_mb": round(cost["peak_mb"]),
            "each": batches,
        }

    def clean(self):
        for db in (self.run, self.floor, *([] if self.args.keep else [self.book])):
            self.drop(db)


def ratio(key, floor_name, ratio_name, cost, floor):
    """What the run took, what the floor took, and how many times that is."""
    return {
        key: round(cost[key], 2),
        floor_name: round(floor[key], 2),
        ratio_name: round(cost[key] / floor[key], 2),
    }


def table(rows, header=True):
    """The rows as a Markdown table."""
    lines = []
    if header:
        lines.append("| " + " | ".join(COLUMNS) + " |")
        lines.append("|" + "---|" * len(COLUMNS))
    for row in rows:
        lines.append("| " + " | ".join(str(row[name]) for name in COLUMNS) + " |")
    return "\n".join(lines) + "\n"


def save(size, rows):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"follow_up_{size}.md").write_text(table(rows), encoding="utf-8")
    with (OUT / f"follow_up_{size}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [*COLUMNS, "floor_written"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    (OUT / f"follow_up_{size}.json").write_text(json.dumps(rows, indent=1))


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    default = int(os.environ.get("N") or 10_000)
    parser.add_argument("--size", type=int, default=default)
    parser.add_argument("--keep", action="store_true", help="keep the book's database")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--db", help=argparse.SUPPRESS)
    parser.add_argument("--day", default="first day", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    args = parse()
    if args.child:
        registry = session.registry_of(args.db)
        result = globals()[f"child_{args.child}"](registry, args)
        sys.stdout.write(json.dumps(result) + "\n")
        return
    bench = Bench(args)
    try:
        save(args.size, bench.measure())
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
