"""A year of the own ledger replayed, as it was and under another policy.

    make bench ARGS='twin --size 100000'

The debts of a book get a year of decisions, as the engine would have written them
down: each climbs the ladder of the default policy, one in ten is on hold for a month,
three in five are paid sooner or later. Prints a table and writes it to .work/bench.
"""

from datetime import date, timedelta
from decimal import Decimal

import book
import parent
import session

DAY = date(2026, 11, 23)
FIRST = DAY - timedelta(days=364)
COLUMNS = (
    *("size", "part", "debts", "records", "steps", "letters", "wrong"),
    *("seconds", "cpu", "queries", "base_mb", "peak_mb"),
)
INSERT = """
    INSERT INTO cobranza_decision (
        debt_id, day, run_no, by_run, stopped, reason, policy_no, episode, due, claim,
        step, before_no, before_since, level_no, level_since)
    VALUES %s
"""


# -- in a process of its own -----------------------------------------------------------


def child_prepare(registry, args):
    session.set_day(DAY)
    with session.environment(registry) as env:
        book.generate(env, args.size, DAY)
        env["cobranza.run"]._cron_follow_up()
        policy = env.ref("cobranza_legal.policy_default")
        other = policy.copy({"name": "Later"})
        for level in other.level_ids:
            level.days += 10
        env.cr.execute("DELETE FROM cobranza_decision")
        env.cr.execute("UPDATE cobranza_contact SET run_id = NULL")
        runs = _runs(env, policy)
        _records(env, policy, runs)
        env.cr.commit()
        env.cr.execute("ANALYZE")


def _runs(env, policy):
    """{day: id} of a run on each day of the year."""
    from psycopg2.extras import Json

    from odoo.addons.cobranza_legal.models.policy.policy import pack_ladders

    company = env["res.company"].browse(1)
    ladders = pack_ladders(policy.sudo()._ladders(company))
    env.cr.execute("DELETE FROM cobranza_run")
    found = {}
    for number in range(365):
        day = FIRST + timedelta(days=number)
        env.cr.execute(
            """INSERT INTO cobranza_run (company_id, day, state, ladders, create_date)
               VALUES (1, %s, 'done', %s, %s) RETURNING id""",
            [day, Json(ladders), f"{day} 05:00:00"],
        )
        found[day] = env.cr.fetchone()[0]
    return found


def _records(env, policy, runs):
    """What the engine would have written down of every debt in the year."""
    from psycopg2.extras import execute_values

    from odoo.addons.cobranza_legal.kernel.replay import (
        DebtHistory,
        Run,
        Timeline,
        replay,
    )

    ladders = policy.sudo()._ladders(env["res.company"].browse(1))
    days = {level.id: level.days for level in policy.level_ids}
    timeline = Timeline([Run(run, day, ladders) for day, run in runs.items()], days)
    env.cr.execute("SELECT id FROM cobranza_debt WHERE nature = 'principal'")
    rows = []
    for (debt,) in env.cr.fetchall():
        seen = tuple(_seen(debt, policy.id, min(days.values()), runs))
        steps = replay([DebtHistory(debt, 1, seen)], timeline, FIRST, DAY)
        rows += _lines(debt, seen, {one.day: one.level for one in steps}, runs)
    with env.cr._cnx.cursor() as cursor:
        execute_values(cursor, INSERT, rows, page_size=5000)


def _seen(debt, policy, start, runs):
    """What happened to a debt: it was met, perhaps put on hold for a month, paid."""
    from odoo.addons.cobranza_legal.kernel.replay import Place, Seen

    due = FIRST + timedelta(days=20 + debt * 7919 % 330)
    met = due + timedelta(days=start)
    moments = [(met, True, False)]
    if debt % 10 == 0:
        moments += [(met + timedelta(days=on), False, on == 12) for on in (12, 42)]
    if debt % 5 < 3:
        paid = met + timedelta(days=1 + debt * 31 % 110)
        moments = [one for one in moments if one[0] < paid] + [(paid, False, True)]
    for day, by_run, stopped in moments:
        if day in runs:
            yield Seen(
                day=day,
                run=runs[day],
                by_run=by_run,
                stopped=stopped,
                due=due,
                claim=Decimal(1000),
                policy=policy,
                episode=1,
                step="done",
                before=Place(),
                after=Place(),
            )


def _lines(debt, seen, steps, runs):
    """The rows of ``cobranza_decision``: every step and every change."""
    moments = {(day, False): None for day in steps}
    moments |= {(one.day, not one.by_run): one for one in seen}
    place = (None, None)
    for (day, later), one in sorted(moments.items(), key=lambda item: item[0]):
        before = place
        moves = day in steps and not later
        if moves:
            place = (steps[day], day)
        reason = "on_hold" if one and one.stopped else "too_soon"
        if moves:
            reason = "advanced" if before[0] else "entered"
        yield (
            *(debt, day, runs[day], not later, bool(one and one.stopped), reason),
            *(seen[0].policy, 1, seen[0].due, seen[0].claim, "done"),
            *(*before, *place),
        )


def child_replay(registry, args):
    """The whole year; ``part`` 1: with another policy."""
    from odoo.addons.cobranza_legal.models.kpi.twin import Twin

    with session.environment(registry) as env:
        company = env["res.company"].browse(1)
        other = env["cobranza.policy"].search([("name", "=", "Later")])
        policy = other if args.part else other.browse()
        with session.measured(env) as cost:
            found = Twin(company, FIRST, DAY, policy).play()
        env.cr.execute("SELECT count(*) FROM cobranza_decision")
        tally = found.other if args.part else found.again
        return {
            **cost.as_dict(),
            "records": env.cr.fetchone()[0],
            "debts": found.debts,
            "steps": tally.steps,
            "letters": sum(tally.letters.values()),
            "wrong": len(found.wrong),
        }


# -- the parent ------------------------------------------------------------------------


class Bench(parent.Bench):
    def measure(self):
        self.clone(self.source, self.book)
        self.child("prepare", self.book)
        rows = []
        for part, name in enumerate(("as it was", "another policy")):
            cost = self.child("replay", self.book, part=part)
            rows.append(
                {
                    **cost,
                    "size": self.args.size,
                    "part": name,
                    "seconds": round(cost["seconds"], 2),
                    "cpu": round(cost["cpu"], 2),
                    **parent.cost_row(cost),
                }
            )
            parent.show(COLUMNS, rows[-1], header=len(rows) == 1)
        return rows


def main():
    parser = parent.parser(__doc__)
    parser.add_argument("--part", type=int, default=0, help="of the replay itself")
    args = parser.parse_args()
    if args.child:
        parent.answer(globals(), args)
        return
    bench = Bench(__file__, args)
    try:
        parent.save(f"twin_{args.size}", COLUMNS, bench.measure())
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
