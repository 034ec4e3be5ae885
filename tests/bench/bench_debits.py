"""Many mandates, each with an invoice that is due: what a batch of them costs, and what
they cost the daily run.

    make bench ARGS='debits --size 20000'

Everybody is debited on one day, and nobody pays. Prints a table and writes it to
.work/bench.
"""

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

import book
import parent
import session

TOLD = date(2026, 11, 23)
PRESENTED = date(2026, 12, 22)
DUE = date(2026, 12, 23)
PARTS = {
    "take in": TOLD,
    "tell": TOLD,
    "present": PRESENTED,
    "follow up": date(2026, 12, 28),
    "upkeep, nothing to do": date(2026, 12, 28),
    "upkeep, none was paid": date(2027, 1, 11),
    "upkeep again": date(2027, 1, 11),
    "mandates: alarm and task": date(2029, 12, 20),
    "mandates expire": date(2029, 12, 24),
}
"""{part: the day on which it is played}, one after the other in one database."""
COLUMNS = (
    "size",
    "part",
    "seconds",
    "cpu",
    "queries",
    "batches",
    "per_batch",
    "base_mb",
    "peak_mb",
)


# -- in a process of its own -------------------------------------------------------


@contextmanager
def _law(env):
    """Debits as SEPA has them, in the currency of the company."""
    from odoo.addons.cobranza_legal.kernel.debit import DebitTerms
    from odoo.addons.cobranza_legal.kernel.mandate import Scheme

    scheme = Scheme(
        "core",
        env.company.currency_id.name,
        dormant_months=36,
        notice_days=14,
        refund_weeks=8,
        unauthorised_months=13,
    )
    hooks = {
        "_mandate_schemes": lambda *_args: (scheme,),
        "_debit_terms": lambda *_args: DebitTerms(5),
    }
    with patch.multiple(env.registry["cobranza.rules"], **hooks):
        yield


@contextmanager
def _played(registry, day):
    session.set_day(day)
    with session.environment(registry) as env, _law(env):
        yield env
        env.cr.commit()
        env.cr.execute("ANALYZE")


def child_prepare(registry, args):
    with _played(registry, TOLD) as env:
        templates = _templates(env)
        _copies(env.cr, templates, args.size)
        env.invalidate_all(flush=False)


def _templates(env):
    """{what: id} of rows made by the ORM: a customer, what it owes and its mandate."""
    company = env["res.company"].browse(1)
    company.cobranza_creditor_identifier = "ES11000B12345674"
    company.cobranza_mode = "automatic"
    group = env.ref("cobranza_legal.group_direct_debit")
    env.ref("base.group_user").implied_ids += group
    partner = env["res.partner"].create(
        {"name": "Template", "is_company": True, "email": "template@example.com"}
    )
    partner.with_company(company).cobranza_direct_debit = True
    account = env["res.partner.bank"].create(
        {"partner_id": partner.id, "acc_number": "ES9121000418450200051332"}
    )
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": DUE - timedelta(days=33),
            "invoice_date_due": DUE,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                (0, 0, {"name": "x", "price_unit": 50, "tax_ids": []})
            ],
        }
    )
    move.action_post()
    mandate = env["cobranza.mandate"].create(
        {"partner_id": partner.id, "scheme": "core", "bank_account_id": account.id}
    )
    mandate._sign(date(2026, 1, 10), "Sevilla", "import")
    env.flush_all()
    term = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
    return {
        "res_partner": partner.id,
        "res_partner_bank": account.id,
        "cobranza_debtor": mandate.debtor_id.id,
        "cobranza_mandate": mandate.id,
        "account_move": move.id,
        "term": term.id,
        "product": (move.line_ids - term).id,
    }


def _copies(cr, templates, size):
    """So many more of each."""
    cr.execute(
        """CREATE TEMP TABLE b_payer AS
           SELECT n, nextval('res_partner_id_seq')::int AS partner,
                  nextval('res_partner_bank_id_seq')::int AS account,
                  nextval('cobranza_debtor_id_seq')::int AS debtor,
                  nextval('account_move_id_seq')::int AS move
             FROM generate_series(1, %s) n""",
        [size - 1],
    )
    number = "'ES91' || lpad(s.n::text, 20, '0')"
    rows = {
        "res_partner": {
            "id": "s.partner",
            "commercial_partner_id": "s.partner",
            "name": "'Payer ' || s.n",
            "complete_name": "'Payer ' || s.n",
            "email": "'payer' || s.n || '@example.com'",
            "email_normalized": "'payer' || s.n || '@example.com'",
        },
        "res_partner_bank": {
            "id": "s.account",
            "partner_id": "s.partner",
            "acc_number": number,
            "sanitized_acc_number": number,
        },
        "cobranza_debtor": {"id": "s.debtor", "partner_id": "s.partner"},
        "cobranza_mandate": {
            "debtor_id": "s.debtor",
            "bank_account_id": "s.account",
            "account_number": number,
            "reference": "'B' || s.n",
        },
        "account_move": {
            "id": "s.move",
            "name": "'B/' || s.n",
            "payment_reference": "'B/' || s.n",
            "sequence_prefix": "'B/'",
            "sequence_number": "s.n",
            "partner_id": "s.partner",
            "commercial_partner_id": "s.partner",
        },
    }
    for table, values in rows.items():
        book._copy(cr, table, templates[table], "b_payer", **values)
    for line in ("term", "product"):
        values = {"move_id": "s.move", "partner_id": "s.partner"}
        values["move_name"] = "'B/' || s.n"
        book._copy(cr, "account_move_line", templates[line], "b_payer", **values)


def child_play(registry, args):
    part, day = args.part, PARTS[args.part]
    with _played(registry, day) as env:
        batch = env["cobranza.debit.batch"].search([], limit=1)
        if part == "take in":
            batch = batch.create({"scheme": "core", "due_until": DUE})
        acts = {
            "take in": batch.action_fill,
            "tell": lambda: batch.debit_ids._tell(TOLD),
            "present": batch.action_present,
            "follow up": env["cobranza.run"]._cron_follow_up,
        }
        act = acts.get(part, env["cobranza.debtor"]._cron_upkeep)
        mandates = part.startswith("mandates")
        watched = ("cobranza.mandate" if mandates else "cobranza.debit", "_upkeep")
        if part == "follow up":
            watched = ()
        with session.measured(env, *watched) as cost:
            act()
            env.flush_all()
        return {**cost.as_dict(), **_found(env)}


def _found(env):
    """What came of it, said beside the table."""
    counts = {}
    for table in ("cobranza_debit", "cobranza_mandate"):
        env.cr.execute(f"SELECT state, count(*) FROM {table} GROUP BY 1")
        counts[table] = dict(env.cr.fetchall())
    env.cr.execute("SELECT count(*) FROM mail_activity")
    [counts["tasks"]] = env.cr.fetchone()
    return {"found": counts}


# -- the parent --------------------------------------------------------------------


class Bench(parent.Bench):
    def measure(self):
        self.clone(self.source, self.run)
        self.child("prepare", self.run)
        rows = []
        for part in PARTS:
            cost = self.child("play", self.run, part=part)
            rows.append(
                {
                    **cost,
                    "size": self.args.size,
                    "part": part,
                    "seconds": round(cost["seconds"], 2),
                    "cpu": round(cost["cpu"], 2),
                    **parent.cost_row(cost),
                }
            )
            parent.show(COLUMNS, rows[-1], header=len(rows) == 1)
        return rows


def main():
    parser = parent.parser(__doc__)
    parser.add_argument("--part", choices=tuple(PARTS), help=parent.argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        parent.answer(globals(), args)
        return
    bench = Bench(__file__, args)
    try:
        parent.save(f"debits_{args.size}", COLUMNS, bench.measure(), more=("found",))
    finally:
        bench.clean()


if __name__ == "__main__":
    main()
