"""Many legal cases of one company: screens, agenda, report and the nightly work.

    make bench ARGS='cases --size 2000'

Each case is of a debtor of its own, under way, with a lawsuit before a court, a
deadline, a hearing and a cost; one has 200 deadlines, one lawyer 50 cases, another the
rest. Law and courts are those of Spain. Prints tables and writes them to .work/bench.
"""

import time
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from unittest.mock import patch

import book
import parent
import session

DAY = date(2026, 11, 23)
MORNING = datetime(2026, 12, 1, 9)
NIGHTS = {"first": DAY, "again": DAY, "a week later": DAY + timedelta(days=7)}
OWN = 50
"""Cases of the lawyer who has few."""
MANY = 200
"""Deadlines of one case."""
BATCH = 200
COLUMNS = ("cases", "what", "rows", "seconds", "cpu", "queries")
JOBS = (
    ("cobranza.case", "_share_daily", "rights"),
    ("cobranza.case", "_tell_paid", "all paid"),
    ("cobranza.power", "_tell_ending", "powers"),
    ("cobranza.court", "_refresh_names", "names of courts"),
    ("cobranza.case.mail", "_give_addresses", "mail addresses"),
    ("cobranza.proceeding", "_judge_suits_daily", "lawsuits"),
    ("cobranza.case.later", "_find", "later debts"),
    ("cobranza.insolvency.claim", "_follow", "insolvency"),
    ("cobranza.negotiation", "_gather", "negotiations"),
    ("cobranza.measure", "_tell_expiry", "measures"),
    ("cobranza.judgment", "_tell_alarm", "judgments"),
    ("cobranza.deadline", "_daily", "deadlines"),
    ("cobranza.hearing", "_daily", "hearings"),
    ("cobranza.realisation", "_name_payments", "payments of courts"),
)
"""(model, method, name in the table) of the nightly work."""


# -- what is there ---------------------------------------------------------------------


def child_prepare(registry, args):
    session.set_day(DAY)
    with session.environment(registry) as env:
        book.generate(env, round(args.size * 4.5), DAY)
        env["cobranza.run"]._cron_follow_up()
        env.cr.commit()
        env.cr.execute("ANALYZE")
        company = env["res.company"].browse(1)
        company.account_fiscal_country_id = env.ref("base.es")
        domain = company.alias_domain_id.create({"name": "creditor.example.com"})
        company.alias_domain_id = domain
        made = {"cost": [], "rows": []}
        for name, act in (
            ("people", _people),
            ("cases", _cases),
            ("lawsuits", _suits),
            ("agenda", _agenda),
        ):
            with _counted(env, name) as row:
                row["rows"] = act(env, company, args.size)
            made["rows"].append(row)
            env.cr.commit()
        env.cr.execute("ANALYZE")
    return made


def _people(env, company, _size):
    env.ref("base.group_user").implied_ids += env.ref(
        "cobranza_legal.group_legal_cases"
    )
    groups = {
        "manager": "group_collection_manager",
        "few": "group_lawyer_own",
        "many": "group_lawyer_own",
    }
    for login, group in groups.items():
        env["res.users"].create(
            {
                "name": login.capitalize(),
                "login": login,
                "email": f"{login}@creditor.example.com",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(6, 0, env.ref(f"cobranza_legal.{group}").ids)],
            }
        )
    return len(groups)


def _user(env, login):
    return env["res.users"].search([("login", "=", login)])


def _batched(records, act):
    """``act`` on so many at a time, which are written down."""
    for start in range(0, len(records), BATCH):
        act(records[start : start + BATCH])
        records.env.cr.commit()
        records.env.invalidate_all()
    return len(records)


def _cases(env, company, size):
    """Under way since a month, claimed as of that day."""
    since = DAY - timedelta(days=30)
    debtors = env["cobranza.debt"]._read_group(
        [("company_id", "=", company.id), ("nature", "=", "principal")],
        ["debtor_id"],
        ["id:recordset"],
        limit=size,
        order="debtor_id",
    )
    states = company.account_fiscal_country_id.state_ids
    few, many = (_user(env, login) for login in ("few", "many"))
    made = []

    def create(rows):
        cases = env["cobranza.case"].create(
            [
                {
                    "debtor_id": debtor.id,
                    "debt_ids": [(6, 0, debts[:3].ids)],
                    "user_id": _user(env, "manager").id,
                    "court_state_id": states[debtor.id % len(states)].id,
                }
                for debtor, debts in rows
            ]
        )
        cases._claim()
        gate = cases._through_gate()
        gate.write({"state": "open", "handed_on": since, "opened_on": since})
        for case in gate:
            case.lawyer_ids = few if len(made) < OWN else many
            made.append(case.id)
        cases._share()
        env.cr.commit()
        env.invalidate_all()

    for start in range(0, len(debtors), BATCH):
        create(debtors[start : start + BATCH])
    return len(made)


def _suits(env, company, _size):
    """Payment orders, two thirds of them served."""
    kind = env["cobranza.proceeding.type"]._on(company, DAY)
    kind = kind.filtered(lambda one: one.code == "monitorio")[:1]
    states = company.account_fiscal_country_id.state_ids
    courts = env["cobranza.court"].create(
        [
            {
                "name": f"Court of {state.name}",
                "city": state.name,
                "state_id": state.id,
                "country_id": state.country_id.id,
                "company_id": company.id,
            }
            for state in states
        ]
    )
    stages = env["cobranza.proceeding.stage"]._of_procedure(company, kind.code)

    def sue(cases):
        suits = env["cobranza.proceeding"].create(
            [
                {
                    "case_id": case.id,
                    "type_id": kind.id,
                    "court_id": courts[case.id % len(courts)].id,
                    "docket": f"{case.id}/2026",
                    "user_id": case.lawyer_ids.id,
                }
                for case in cases
            ]
        )
        for suit in suits:
            filed = DAY - timedelta(days=20)
            stage = stages[3] if suit.id % 3 else stages[0]
            suit._through_gate().write(
                {
                    "state": "filed",
                    "filed_on": filed,
                    "stage_id": stage.id,
                    "stage_on": filed,
                    **suit._frozen(),
                }
            )
        suits._judge_suits()

    return _batched(env["cobranza.case"].search([], order="id"), sue)


def _agenda(env, _company, _size):
    """A deadline, a hearing and a cost for each; many deadlines for the first one."""
    suits = env["cobranza.proceeding"].search([], order="id")
    first = suits[:1]

    def plan(some):
        vals_list = [_deadline(suit, suit.id % 40) for suit in some]
        if first in some:
            vals_list += [_deadline(first, number % 60) for number in range(MANY - 1)]
        env["cobranza.deadline"].create(vals_list)
        env["cobranza.hearing"].create(
            [
                {
                    "proceeding_id": suit.id,
                    "kind": "trial",
                    "starts_at": datetime(2026, 12, 1, 9)
                    + timedelta(days=suit.id % 90),
                    "user_id": suit.user_id.id,
                }
                for suit in some
            ]
        )
        env["cobranza.cost"].create(
            [
                {
                    "debtor_id": suit.debtor_id.id,
                    "case_id": suit.case_id.id,
                    "debt_ids": [(6, 0, suit.case_id.debt_ids.ids)],
                    "kind": "notary",
                    "day": DAY,
                    "description": "Power of attorney",
                    "amount": 60,
                    "state": "budget",
                }
                for suit in some
            ]
        )

    return _batched(suits, plan)


def _deadline(suit, days):
    return {
        "proceeding_id": suit.id,
        "name": f"Answer {days}",
        "number": 10 + days,
        "unit": "court_day",
        "who": "us",
        "from_receipt": False,
        "elapses": False,
        "start_on": DAY - timedelta(days=10),
        "user_id": suit.user_id.id,
    }


# -- what is measured ------------------------------------------------------------------


@contextmanager
def _counted(env, what):
    """A row of the table, filled in at the end; nothing is read before."""
    from odoo import sql_db

    env.flush_all()
    env.invalidate_all()
    row = {"what": what, "rows": ""}
    cpu = session.cpu_seconds(env.cr)
    queries, started = sql_db.sql_counter, time.perf_counter()
    yield row
    env.flush_all()
    row["seconds"] = round(time.perf_counter() - started, 2)
    row["queries"] = sql_db.sql_counter - queries
    row["cpu"] = round(session.cpu_seconds(env.cr) - cpu, 2)


def child_screens(registry, _args):
    """[row] for each screen, as each role; the second time that it is opened."""
    from odoo.addons.cobranza_legal.tests.common.web_client import WebClient

    session.set_day(DAY)
    with session.environment(registry) as env:
        [[crowded, _count]] = env["cobranza.deadline"]._read_group(
            [], ["case_id"], ["__count"], order="__count desc", limit=1
        )
        rows = []
        for login, name, case in (
            ("manager", "manager", crowded),
            ("few", f"lawyer of {OWN}", None),
        ):
            client = WebClient(_user(env, login))
            for what, act in _screens(client, case):
                act()
                with _counted(env, f"{name}: {what}") as row:
                    row["rows"] = act()
                rows.append(row)
        return {"rows": rows}


def _screens(client, case):
    """[(what, callable that returns how many rows there are)] of one user."""
    cases, deadlines, suits, hearings = (
        client.views(f"cobranza_legal.action_cobranza_{name}")
        for name in ("case", "deadline", "proceeding", "hearing")
    )
    live = [("state", "in", ("draft", "review", "open"))]
    running = [("state", "=", "open")]
    month = [("due_on", ">=", "2026-11-30"), ("due_on", "<=", "2027-01-03")]
    if not case:
        [case] = (
            client.user.env["cobranza.case"].with_user(client.user).search([], limit=1)
        )
    suit = case.sudo().proceeding_ids[:1]

    def asked(model, method, *args):
        with client._clean() as env:
            return getattr(env[model], method)(*args)

    return [
        ("list of cases", lambda: _list(cases, live)),
        ("cases by phase (board)", lambda: _board(cases, live, "phase")),
        ("cases by lawyer", lambda: _groups(cases, live, "lawyer_ids")),
        ("calendar of cases", lambda: _calendar(cases, live)),
        ("activities of cases", lambda: _activities(cases, live)),
        ("list of deadlines", lambda: _list(deadlines, running)),
        ("deadlines by owner", lambda: _groups(deadlines, running, "user_id")),
        ("calendar of deadlines", lambda: _calendar(deadlines, running + month)),
        ("activities of deadlines", lambda: _activities(deadlines, running)),
        ("proceedings by phase (board)", lambda: _board(suits, [], "phase")),
        ("list of proceedings", lambda: _list(suits, [])),
        ("list of hearings", lambda: _list(hearings, [])),
        ("calendar of hearings", lambda: _calendar(hearings, [])),
        ("form of a case", lambda: len([cases.form(case.id)])),
        ("its deadlines", lambda: _list(deadlines, [("case_id", "=", case.id)])),
        ("form of a proceeding", lambda: len([suits.form(suit.id)])),
        ("progress report", lambda: _report(client, case)),
        ("my day", lambda: len(asked("cobranza.case.day", "get_day")["cases"])),
        (
            "agenda (.ics)",
            lambda: asked("cobranza.deadline", "_agenda").count(b"BEGIN:VEVENT"),
        ),
    ]


def _list(opened, domain):
    return opened.call("web_search_read", domain, opened.spec("list"), limit=80)[
        "length"
    ]


def _board(opened, domain, by):
    found = opened.call(
        "web_read_group",
        domain,
        [by],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification=opened.spec("kanban"),
        unfold_read_default_limit=40,
    )
    return sum(group["__count"] for group in found["groups"])


def _groups(opened, domain, by):
    return len(opened.call("web_read_group", domain, [by], ["__count"])["groups"])


def _calendar(opened, domain):
    names = [*opened.spec("calendar"), "display_name"]
    return len(opened.call("search_read", domain, names))


def _activities(opened, domain):
    opened.client.call(
        "mail.activity", "get_activity_data", opened.model, domain, limit=100
    )
    spec = {"activity_ids": {"fields": {}}, "display_name": {}}
    return opened.call("web_search_read", domain, spec, limit=100)["length"]


def _report(client, case):
    """Without the PDF, which another program makes."""
    from odoo.addons.cobranza_legal.models.case.progress import REPORT

    with client._clean() as env:
        env["ir.actions.report"]._render_qweb_html(REPORT, case.ids)
    return 1


def child_night(registry, args):
    """[row] of one night's work, and of all of it together."""
    from odoo import sql_db

    day = NIGHTS[args.night]
    session.set_day(day)
    with session.environment(registry) as env:
        rows = []
        company = env["res.company"].browse(1)

        def watch(original, name):
            def run(records, *values):
                env.flush_all()
                cpu = session.cpu_seconds(env.cr)
                queries, started = sql_db.sql_counter, time.perf_counter()
                result = original(records, *values)
                env.flush_all()
                rows.append(
                    {
                        "what": f"{args.night}: {name}",
                        "rows": "",
                        "seconds": round(time.perf_counter() - started, 2),
                        "queries": sql_db.sql_counter - queries,
                        "cpu": round(session.cpu_seconds(env.cr) - cpu, 2),
                    }
                )
                return result

            return run

        patches = [
            patch.object(
                env.registry[model],
                method,
                watch(getattr(env.registry[model], method), name),
            )
            for model, method, name in JOBS
        ]
        for one in patches:
            one.start()
        block = company._cobranza_engine(env["cobranza.block.case"])
        with _counted(env, f"{args.night}: all") as whole:
            block._daily(company, day)
        for one in patches:
            one.stop()
        env.cr.commit()
        env.cr.execute("ANALYZE")
        return {"rows": [*rows, whole]}


# -- the parent ------------------------------------------------------------------------


class Bench(parent.Bench):
    def measure(self):
        rows = []
        self.clone(self.source, self.book)
        self.take(rows, self.child("prepare", self.book))
        self.clone(self.book, self.run)
        self.take(rows, self.child("screens", self.run))
        for night in NIGHTS:
            self.take(rows, self.child("night", self.run, night=night))
        return rows

    def take(self, rows, found):
        for row in found["rows"]:
            rows.append({"cases": self.args.size, **row})
            parent.show(COLUMNS, rows[-1], header=len(rows) == 1)


def main():
    parser = parent.parser(__doc__)
    parser.add_argument("--night", choices=tuple(NIGHTS), help=parent.argparse.SUPPRESS)
    parser.set_defaults(size=2000)
    args = parser.parse_args()
    if args.child:
        parent.answer(globals(), args)
        return
    bench = Bench(__file__, args)
    try:
        parent.save(f"cases_{args.size}", COLUMNS, bench.measure())
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
