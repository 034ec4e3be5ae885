"""What every bench does outside Odoo: databases, a process for each part, tables."""

import argparse
import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import session

ROOT = Path(__file__).resolve().parents[2]
OUT = Path(os.environ.get("COBRANZA_WORK") or ROOT / ".work") / "bench"


class Bench:
    """``script`` is the file whose ``child_*`` functions run in a process each."""

    def __init__(self, script, args):
        self.script = script
        self.args = args
        self.source = os.environ["COBRANZA_DB"]
        self.book = f"{self.source}_book"
        self.run = f"{self.source}_run"
        self.floor = f"{self.source}_floor"

    def child(self, what, db, **options):
        command = [sys.executable, self.script, "--child", what, "--db", db]
        for name, value in {"size": self.args.size, **options}.items():
            command += [f"--{name}", str(value)]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(out.stdout.strip().splitlines()[-1])

    def clone(self, source, target):
        self.drop(target)
        subprocess.run(["createdb", "-T", source, target], check=True)

    def drop(self, db):
        command = ["dropdb", "--if-exists", "--force", db]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)

    def clean(self):
        for db in (self.run, self.floor, *([] if self.args.keep else [self.book])):
            self.drop(db)


def cost_row(cost):
    """The columns that say what a part cost."""
    batches = cost["batches"]
    inside = sum(queries for queries, _seconds in batches)
    return {
        "queries": cost["queries"],
        "batches": len(batches),
        "per_batch": round(inside / len(batches), 1) if batches else "",
        "base_mb": round(cost["base_mb"]),
        "peak_mb": round(cost["peak_mb"]),
        "each": batches,
    }


def show(columns, row, header):
    sys.stdout.write(table(columns, [row], header))
    sys.stdout.flush()


def table(columns, rows, header=True):
    """The rows as a Markdown table."""
    lines = []
    if header:
        lines.append("| " + " | ".join(columns) + " |")
        lines.append("|" + "---|" * len(columns))
    for row in rows:
        lines.append("| " + " | ".join(str(row[name]) for name in columns) + " |")
    return "\n".join(lines) + "\n"


def save(name, columns, rows, more=()):
    """Table, spreadsheet (with the columns of ``more``) and every batch."""
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.md").write_text(table(columns, rows), encoding="utf-8")
    with (OUT / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [*columns, *more], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    (OUT / f"{name}.json").write_text(json.dumps(rows, indent=1))


def parser(description):
    """With the arguments that every bench takes."""
    result = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = int(os.environ.get("N") or 10_000)
    result.add_argument("--size", type=int, default=default, help="overdue items")
    result.add_argument("--keep", action="store_true", help="keep the book's database")
    result.add_argument("--child", help=argparse.SUPPRESS)
    result.add_argument("--db", help=argparse.SUPPRESS)
    return result


def answer(children, args):
    """In a child: do its part and print what came of it."""
    result = children[f"child_{args.child}"](session.registry_of(args.db), args)
    sys.stdout.write(json.dumps(result) + "\n")
