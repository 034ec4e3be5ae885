"""A provision run over a large book: preview, posting, and a second day.

    make bench ARGS='provision --size 10000'

The floor finds the same debts and inserts the same lines by pure SQL. Processor time of
Python and of its database backend; prints a table and writes it to .work/bench.
"""

import time
from datetime import date

import book
import parent
import session

DAY = date(2026, 11, 23)
NEXT = date(2026, 11, 24)
SCALE = "1: 5; 91: 25; 181: 50; 366: 100"
COLUMNS = ("part", "lines", "seconds", "cpu", "times", "queries", "base_mb", "peak_mb")
FLOOR = """
INSERT INTO cobranza_provision_line
       (run_id, company_id, day, debt_id, debtor_id, partner_id, move_line_id,
        document, due_on, days, bucket, first_day, document_currency_id,
        open_currency, open, base, percent, target, booked, movement, why,
        create_uid, create_date, write_uid, write_date)
SELECT %(run)s, 1, %(day)s, d.id, r.id, p.commercial_partner_id, l.id, m.name,
       l.date_maturity, %(day)s - l.date_maturity, '181 to 365 days', 181,
       l.currency_id, l.amount_residual_currency, l.amount_residual, l.amount_residual,
       50, round(l.amount_residual / 2, 2), 0, round(l.amount_residual / 2, 2),
       '181 to 365 days: 50 %%', 1, now(), 1, now()
  FROM account_move_line l
  JOIN account_move m ON m.id = l.move_id
  JOIN account_account a ON a.id = l.account_id
  JOIN res_partner p ON p.id = l.partner_id
  LEFT JOIN cobranza_debt d ON d.move_line_id = l.id
  LEFT JOIN cobranza_debtor r ON r.partner_id = p.commercial_partner_id
                             AND r.company_id = 1
 WHERE l.company_id = 1 AND a.account_type = 'asset_receivable'
   AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted' AND l.amount_residual > 0
   AND l.date_maturity < %(day)s
"""


# -- in a process of its own -----------------------------------------------------------


def child_prepare(registry, args):
    session.set_day(DAY)
    with session.environment(registry) as env:
        book.generate(env, args.size, DAY)
        company = env["res.company"].browse(1)
        accounts = {
            "cobranza_provision_account_id": ("149000", "asset_current"),
            "cobranza_provision_charge_account_id": ("694000", "expense"),
            "cobranza_provision_release_account_id": ("794000", "income_other"),
        }
        for name, (code, kind) in accounts.items():
            company[name] = env["account.account"].create(
                {"code": code, "name": name, "account_type": kind}
            )
        scale = {"name": "Bench", "code": "bench", "company_id": 1, "buckets": SCALE}
        company.cobranza_provision_scale_id = env["cobranza.provision.scale"].create(
            scale
        )
        env["cobranza.run"].sudo()._run_company(company)
    with session.environment(registry) as env:
        env.cr.execute("ANALYZE")


def child_floor(registry, _args):
    with session.environment(registry) as env:
        run = env["cobranza.provision.run"].create({"day": DAY})
        env.flush_all()
        cpu, started = session.cpu_seconds(env.cr), time.perf_counter()
        env.cr.execute(FLOOR, {"run": run.id, "day": DAY})
        count = env.cr.rowcount
        seconds = time.perf_counter() - started
        result = {"seconds": seconds, "cpu": session.cpu_seconds(env.cr) - cpu}
        env.cr.rollback()
        return {**result, "lines": count, "queries": 1, "base_mb": 0, "peak_mb": 0}


def child_play(registry, args):
    day = NEXT if args.part.startswith("next") else DAY
    session.set_day(day)
    with session.environment(registry) as env:
        runs = env["cobranza.provision.run"]
        run = runs.search([("day", "=", day)], limit=1) or runs.create({"day": day})
        env.flush_all()
        env.invalidate_all()
        with session.measured(env, *WATCHED) as cost:
            run.action_post() if "post" in args.part else run.action_compute()
            env.flush_all()
        found = {**cost.as_dict(), "lines": len(run.line_ids)}
        found["entries"] = len(run.move_id)
        return found


WATCHED = ("cobranza.provision.run", "action_draft")
PARTS = ("preview", "post", "next day, preview", "next day, post")


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
        parent.save(f"provision_{args.size}", COLUMNS, bench.measure(), ("entries",))
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
