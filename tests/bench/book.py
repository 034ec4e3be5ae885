"""A realistic book of overdue items, written by SQL over rows that Odoo made itself.

About 3.5 overdue items a debtor; a tenth of the invoices in three instalments, one in
seven in a second currency, one item in eight part paid, one debtor in twenty with an
unallocated payment; paid history, items not yet due, blocked invoices, held debtors.
"""

from datetime import timedelta

import odoo.init  # noqa: F401  (odoo.fields needs it)
from odoo.fields import Command

FIRST_LEVEL = 5
OLDEST = 400
HELD = 0.03


def generate(env, size, day):
    """Fill the books of the first company with about ``size`` overdue items."""
    company = env["res.company"].browse(1)
    other = _settings(env, company)
    templates = {**_templates(env, company, day), "other": other.id}
    env.cr.execute("SELECT setseed(0.42)")
    _partners(env.cr, templates, debtors=max(1, round(size / 3.5)))
    _documents(env.cr, size, day)
    _moves(env.cr, templates)
    _terms(env.cr, templates, day)
    _payments(env.cr, templates, day)
    env.invalidate_all(flush=False)
    _holds(env, company, day)
    env.cr.commit()
    # the test cluster has no autovacuum
    env.cr.execute("ANALYZE")
    env.cr.commit()


def _settings(env, company):
    other = env.ref("base.EUR")
    if other == company.currency_id:
        other = env.ref("base.USD")
    other.active = True
    env["res.currency.rate"].create(
        {
            "currency_id": other.id,
            "company_id": company.id,
            "name": "2020-01-01",
            "rate": 0.9,
        }
    )
    company.write(
        {
            "email": "claims@creditor.example.com",
            "cobranza_mode": "automatic",
            "cobranza_sent_check": "never",
            "cobranza_policy_id": env.ref("cobranza_legal.policy_default").id,
        }
    )
    return other


def _templates(env, company, day):
    """{what: id} of rows made by the ORM, whose columns are copied."""
    partner = env["res.partner"].create(
        {
            "name": "Template",
            "is_company": True,
            "email": "template@example.com",
            "phone": "+1 555 0100",
            "street": "1 High Street",
            "city": "Springfield",
            "zip": "12345",
            "country_id": env.ref("base.us").id,
            "lang": "en_US",
        }
    )
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": day,
            "invoice_date_due": day + timedelta(days=365),
            "invoice_line_ids": [
                Command.create({"name": "x", "price_unit": 100, "tax_ids": []})
            ],
        }
    )
    move.action_post()
    term = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    payment = env["account.move"].create(
        {
            "journal_id": bank.id,
            "date": day,
            "line_ids": [
                Command.create({**vals, "partner_id": partner.id})
                for vals in (
                    {"account_id": bank.default_account_id.id, "debit": 100},
                    {"account_id": term.account_id.id, "credit": 100},
                )
            ],
        }
    )
    payment.action_post()
    env.flush_all()
    return {
        "partner": partner.id,
        "move": move.id,
        "term": term.id,
        "product": (move.line_ids - term).id,
        "payment": payment.id,
        "bank_line": payment.line_ids[0].id,
        "credit_line": payment.line_ids[1].id,
    }


def _copy(cr, table, template, source, **overrides):
    """One row of ``table`` for each row of ``source`` (alias ``s``): the columns of the
    template (alias ``t``), but for the expressions in ``overrides``."""
    cr.execute(
        """SELECT column_name FROM information_schema.columns
            WHERE table_name = %s AND table_schema = 'public'""",
        [table],
    )
    columns = [name for (name,) in cr.fetchall() if name != "id" or "id" in overrides]
    values = [overrides.get(name, f't."{name}"') for name in columns]
    cr.execute(
        f"""INSERT INTO {table} ({", ".join(f'"{name}"' for name in columns)})
            SELECT {", ".join(values)} FROM {source} s, {table} t
             WHERE t.id = %s ORDER BY s.n""",
        [template],
    )


def _partners(cr, templates, debtors):
    cr.execute(
        """CREATE TEMP TABLE b_partner AS
           SELECT n, nextval('res_partner_id_seq')::int AS id, random() AS dice
             FROM generate_series(1, %s) n""",
        [debtors],
    )
    _copy(
        cr,
        "res_partner",
        templates["partner"],
        "b_partner",
        id="s.id",
        commercial_partner_id="s.id",
        name="'Debtor ' || s.n",
        complete_name="'Debtor ' || s.n",
        email="CASE WHEN s.dice < 0.95 THEN 'debtor' || s.n || '@example.com' END",
        email_normalized="CASE WHEN s.dice < 0.95 "
        "THEN 'debtor' || s.n || '@example.com' END",
        street="s.n || ' High Street'",
    )
    cr.execute(
        """CREATE TEMP TABLE b_child AS
           SELECT n, id AS parent, nextval('res_partner_id_seq')::int AS id
             FROM b_partner WHERE dice < 0.2"""
    )
    _copy(
        cr,
        "res_partner",
        templates["partner"],
        "b_child",
        id="s.id",
        parent_id="s.parent",
        commercial_partner_id="s.parent",
        name="'Accounts of ' || s.n",
        complete_name="'Debtor ' || s.n || ', Accounts of ' || s.n",
        is_company="FALSE",
        type="'invoice'",
        email="'accounts' || s.n || '@example.com'",
        email_normalized="'accounts' || s.n || '@example.com'",
    )


def _documents(cr, size, day):
    """One row for each invoice: overdue, not yet due, or paid history."""
    cr.execute(
        """CREATE TEMP TABLE b_move AS
           WITH place AS (
               SELECT n, kind, random() AS instalments, random() AS currency,
                      1 + floor(random() * (SELECT count(*)
                                              FROM b_partner))::int AS who,
                      round((50 + 1950 * random() ^ 2)::numeric, 2) AS amount,
                      random() AS age, random() AS blocked
                 FROM (SELECT row_number() OVER () AS n, kind
                         FROM (SELECT 'overdue' AS kind
                                 FROM generate_series(1, %(overdue)s)
                                UNION ALL SELECT 'future'
                                 FROM generate_series(1, %(future)s)
                                UNION ALL SELECT 'paid'
                                 FROM generate_series(1, %(paid)s)) k) kinds)
           SELECT place.n, nextval('account_move_id_seq')::int AS id, kind,
                  CASE WHEN instalments < 0.1 THEN 3 ELSE 1 END AS parts,
                  currency < 0.15 AS foreign_currency, blocked < 0.02 AS blocked,
                  3 * round(amount / 3, 2) AS amount,
                  coalesce(c.id, p.id) AS partner,
                  %(day)s::date
                  + CASE WHEN kind = 'future' THEN 10 + floor(60 * age)
                         ELSE - %(first)s - floor((%(oldest)s - %(first)s) * age ^ 2)
                    END::int AS due
             FROM place
             JOIN b_partner p ON p.n = place.who
             LEFT JOIN b_child c ON c.n = place.who AND place.n %% 2 = 0""",
        {
            "overdue": round(size / 1.13),
            "future": round(size * 0.3),
            "paid": size,
            "day": day,
            "first": FIRST_LEVEL,
            "oldest": OLDEST,
        },
    )


def _moves(cr, templates):
    money = {
        "currency_id": f"CASE WHEN s.foreign_currency THEN {templates['other']} "
        "ELSE t.currency_id END",
    }
    _copy(
        cr,
        "account_move",
        templates["move"],
        "b_move",
        id="s.id",
        name="'B/' || s.n",
        payment_reference="'B/' || s.n",
        sequence_prefix="'B/'",
        sequence_number="s.n",
        partner_id="s.partner",
        commercial_partner_id="(SELECT p.commercial_partner_id FROM res_partner p "
        "WHERE p.id = s.partner)",
        invoice_date_due="s.due",
        invoice_date="s.due - 30",
        date="s.due - 30",
        amount_total="s.amount",
        amount_residual="CASE WHEN s.kind = 'paid' THEN 0 ELSE s.amount END",
        payment_state="CASE WHEN s.kind = 'paid' THEN 'paid' "
        "WHEN s.blocked THEN 'blocked' ELSE 'not_paid' END",
        **money,
    )
    _copy(
        cr,
        "account_move_line",
        templates["product"],
        "b_move",
        move_id="s.id",
        partner_id="s.partner",
        move_name="'B/' || s.n",
        date="s.due - 30",
        invoice_date="s.due - 30",
        credit="s.amount",
        balance="-s.amount",
        amount_currency="-s.amount",
        price_unit="s.amount",
        price_subtotal="s.amount",
        price_total="s.amount",
        **money,
    )


def _terms(cr, templates, day):
    """The receivable items, instalments a month apart. None reaches the first level in
    the days after ``day``, so that a day exists on which nothing happens."""
    cr.execute(
        """CREATE TEMP TABLE b_term AS
           SELECT row_number() OVER () AS n,
                  nextval('account_move_line_id_seq')::int AS id, m.id AS move,
                  m.n AS no, m.partner, m.foreign_currency, m.kind, m.due - 30 AS made,
                  m.due + 30 * part
                  + CASE WHEN m.due + 30 * part > %(day)s::date - %(first)s
                         THEN 20 ELSE 0 END AS due,
                  round(m.amount / m.parts, 2) AS amount,
                  CASE WHEN m.kind = 'paid' THEN 0
                       WHEN random() < 0.125 THEN 0.4 ELSE 1 END AS left_open,
                  random() AS dice
             FROM b_move m, generate_series(0, m.parts - 1) part""",
        {"day": day, "first": FIRST_LEVEL},
    )
    residual = "round(s.amount * s.left_open, 2)"
    _copy(
        cr,
        "account_move_line",
        templates["term"],
        "b_term",
        id="s.id",
        move_id="s.move",
        partner_id="s.partner",
        move_name="'B/' || s.no",
        date="s.made",
        invoice_date="s.made",
        date_maturity="s.due",
        debit="CASE WHEN s.foreign_currency THEN round(s.amount / 0.9, 2) "
        "ELSE s.amount END",
        balance="CASE WHEN s.foreign_currency THEN round(s.amount / 0.9, 2) "
        "ELSE s.amount END",
        amount_currency="s.amount",
        amount_residual=f"CASE WHEN s.foreign_currency THEN round({residual} / 0.9, 2) "
        f"ELSE {residual} END",
        amount_residual_currency=residual,
        reconciled="s.left_open = 0",
        no_followup="s.dice < 0.02",
        currency_id=f"CASE WHEN s.foreign_currency THEN {templates['other']} "
        "ELSE t.currency_id END",
    )


def _payments(cr, templates, day):
    """Part payments with their reconciliation, and payments that nobody allocated."""
    cr.execute(
        """CREATE TEMP TABLE b_pay AS
           SELECT row_number() OVER () AS n,
                  nextval('account_move_id_seq')::int AS move,
                  nextval('account_move_line_id_seq')::int AS id, *
             FROM (SELECT term.id AS term, term.partner, term.amount * 0.6 AS amount,
                          term.foreign_currency
                     FROM b_term term WHERE left_open NOT IN (0, 1)
                    UNION ALL
                   SELECT NULL, id, round((20 + 500 * dice)::numeric, 2), FALSE
                     FROM b_partner WHERE dice > 0.95) source"""
    )
    currency = (
        f"CASE WHEN s.foreign_currency THEN {templates['other']} ELSE t.currency_id END"
    )
    made = {"date": f"DATE '{day - timedelta(days=1)}'", "move_name": "'BP/' || s.n"}
    _copy(
        cr,
        "account_move",
        templates["payment"],
        "b_pay",
        id="s.move",
        name="'BP/' || s.n",
        sequence_prefix="'BP/'",
        sequence_number="s.n",
        partner_id="s.partner",
        date=made["date"],
        amount_total="s.amount",
    )
    _copy(
        cr,
        "account_move_line",
        templates["bank_line"],
        "b_pay",
        move_id="s.move",
        debit="s.amount",
        balance="s.amount",
        amount_currency="s.amount",
        **made,
    )
    _copy(
        cr,
        "account_move_line",
        templates["credit_line"],
        "b_pay",
        id="s.id",
        move_id="s.move",
        partner_id="s.partner",
        credit="s.amount",
        balance="-s.amount",
        amount_currency="-s.amount",
        currency_id=currency,
        amount_residual="CASE WHEN s.term IS NULL THEN -s.amount ELSE 0 END",
        amount_residual_currency="CASE WHEN s.term IS NULL THEN -s.amount ELSE 0 END",
        reconciled="s.term IS NOT NULL",
        **made,
    )
    cr.execute(
        """INSERT INTO account_partial_reconcile
                  (debit_move_id, credit_move_id, company_id, debit_currency_id,
                   credit_currency_id, amount, debit_amount_currency,
                   credit_amount_currency, max_date)
           SELECT p.term, p.id, l.company_id, l.currency_id, l.currency_id, p.amount,
                  p.amount, p.amount, %s
             FROM b_pay p JOIN account_move_line l ON l.id = p.term""",
        [day],
    )


def _holds(env, company, day):
    """Debtors who are known already, because somebody holds them."""
    env.cr.execute("SELECT id FROM b_partner WHERE dice < %s", [HELD])
    debtors = env["cobranza.debtor"].create(
        [
            {"company_id": company.id, "partner_id": partner}
            for (partner,) in env.cr.fetchall()
        ]
    )
    env["cobranza.hold"].create(
        [
            {"debtor_id": one.id, "reason": "internal", "date_from": day, "begun": True}
            for one in debtors
        ]
    )
    env.flush_all()
