"""A small but varied book, and the crons that play on it; all of it runs in children.

Monday 2026-11-16: the first run, its e-mails leave. Monday 2026-11-23, noon in UTC, is
the day on which everything is interrupted.
"""

import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

EARLIER = "2026-11-16 12:00:00"
NOON = "2026-11-23 12:00:00"
NEXT_DAY = "2026-11-24 12:00:00"
LEVELS = (
    {"days": 5, "channel": "email", "text_purpose": "reminder", "waits": False},
    {"days": 12, "channel": "email", "text_purpose": "formal_demand", "waits": False},
    {"days": 25, "channel": "call", "text_purpose": "call_script", "waits": False},
    {
        "days": 40,
        "channel": "letter",
        "text_purpose": "formal_demand",
        "phase": "formal",
        "charge": True,
        "waits": False,
    },
    {"days": 60, "channel": "manual", "phase": "prejudicial", "hand_over": True},
)
LATE = (4, 9, 14, 16, 35, 50, 70)
"""Days late on the interrupted Monday, in turn."""
DEBTORS = 16
PAYERS = 6
"""Customers who pay by direct debit."""
KEPT = {"debits": ("cobranza.mandate", "cobranza.debit")}
"""{name of a play: the models of which it plays the upkeep}"""
TOLD = "2026-10-20 12:00:00"
PRESENTED = "2026-11-04 12:00:00"
COLLECTED = "2026-11-05"


@contextmanager
def clock(env, moment=NOON):
    """Odoo's day and the rules of a country that charges 40 for each late document, and
    debits as SEPA does."""
    from freezegun import freeze_time

    from odoo.addons.cobranza_legal.kernel.compensation import FixedCompensation
    from odoo.addons.cobranza_legal.kernel.debit import DebitTerms
    from odoo.addons.cobranza_legal.kernel.mandate import Scheme
    from odoo.addons.cobranza_legal.kernel.money import Money

    rules = env.registry["cobranza.rules"]
    currency = env.company.currency_id.name
    fixed = [FixedCompensation("compensation", Money(Decimal(40), currency), "Art. 1")]

    scheme = Scheme("core", currency, dormant_months=36, notice_days=14)

    def regimes(_rules, partners):
        return {one.id: "company" if one.is_company else "unknown" for one in partners}

    def compensations(_rules, regime, _on, _table):
        return fixed if regime == "company" else []

    with (
        patch.object(rules, "_debtor_regime", regimes),
        patch.object(rules, "_fixed_compensations", compensations),
        patch.object(rules, "_mandate_schemes", lambda *_args: (scheme,)),
        patch.object(rules, "_debit_terms", lambda *_args: DebitTerms(5)),
        freeze_time(moment),
    ):
        yield


@contextmanager
def permitting(env, weekly):
    """A law that permits so many contacts in seven days."""
    rules = env.registry["cobranza.rules"]
    own = rules._contact_rules

    def generous(self, regime, on, table):
        found = own(self, regime, on, table)
        classes = tuple(replace(one, limit=weekly) for one in found.classes)
        return replace(found, classes=classes)

    with patch.object(rules, "_contact_rules", generous):
        yield


# -- the book ----------------------------------------------------------------------


def build(env, port):
    """Company, policy, partners, invoices of the past and the first run."""
    with clock(env, EARLIER):
        found(env, port)
        env.ref("cobranza_legal.ir_cron_upkeep").code = "model._cron_upkeep(batch=2)"
        env.ref("cobranza_legal.ir_cron_bill").code = "model._cron_bill(batch=2)"
        partners = make_partners(env, DEBTORS)
        for number in range(21):
            make_invoice(env, partners, number)
        env.cr.commit()
        trigger(env, "follow_up")
        trigger(env, "send")


def found(env, port):
    """A company that is live, its policy and its mail server."""
    company = env.company
    company.partner_id.tz = "Europe/Madrid"
    levels = [(0, 0, {"name": f"Day {level['days']}", **level}) for level in LEVELS]
    policy = env["cobranza.policy"].create(
        {"name": "Step by step", "entry": "age", "level_ids": levels}
    )
    company.write(
        {
            "name": "Creditor Ltd",
            "email": "claims@creditor.example.com",
            "cobranza_mode": "automatic",
            "cobranza_bank_guard_days": 0,
            "cobranza_sent_check": "never",
            "cobranza_policy_id": policy.id,
            "cobranza_user_id": env.ref("base.user_admin").id,
        }
    )
    set_billing(env, company)
    env["ir.mail_server"].create(
        {
            "name": "Sink",
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_encryption": "none",
            "smtp_authentication": "login",
        }
    )


def set_billing(env, company):
    """Compensations become journal entries, every day."""
    journals = env["account.journal"]
    accounts = env["account.account"].with_company(company)
    vals = {"code": "759999", "name": "Compensations", "account_type": "income_other"}
    env["cobranza.charge.form"].create(
        {
            "company_id": company.id,
            "kind": "compensation",
            "basis": "law",
            "form": "entry",
            "journal_id": journals.search(
                [("company_id", "=", company.id), ("type", "=", "general")], limit=1
            ).id,
            "account_id": accounts.create(vals).id,
        }
    )
    company.cobranza_bill_when = "run"


def make_partners(env, count, varied=True):
    values = []
    for number in range(count):
        name = f"Debtor {number:02}"
        email = f"debtor{number:02}@example.com"
        values.append(
            {
                "name": name,
                "email": False if varied and number == 7 else email,
                "phone": "+34 600 000 000",
                "street": "1 High Street",
                "city": "Springfield",
                "is_company": not varied or number % 4 != 3,
                "lang": "en_US",
            }
        )
    return env["res.partner"].create(values)


def make_invoice(env, partners, number, due=None):
    """A posted invoice; late by one of LATE on the interrupted Monday."""
    late = timedelta(days=LATE[number % len(LATE)])
    due = date.fromisoformat(due) if due else date(2026, 11, 23) - late
    other = env.ref("base.EUR")
    if other == env.company.currency_id:
        other = env.ref("base.USD")
    other.active = True
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partners[number % len(partners)].id,
            "currency_id": other.id if number % 5 == 4 else env.company.currency_id.id,
            "invoice_date": due - timedelta(days=30),
            "invoice_date_due": due,
            "invoice_line_ids": [
                (0, 0, {"name": "x", "price_unit": 100 + number, "tax_ids": []})
            ],
        }
    )
    move.action_post()
    return move


def build_crowd(env, port, debtors, each):
    """So many contacts, each about one invoice, all of them planned for now."""
    with clock(env):
        found(env, port)
        env.company.cobranza_policy_id.entry = "first"
        env.company.cobranza_contact_gap = 0  # the law's limit alone
        partners = make_partners(env, debtors, varied=False)
        for number in range(debtors * each):
            make_invoice(env, partners, number % debtors, due="2026-11-10")
        debts = make_debts(env, partners)
        level = env.company.cobranza_policy_id.level_ids[0]
        env["cobranza.contact"]._plan(
            [
                {
                    "company_id": env.company.id,
                    "debtor_id": debt.debtor_id.id,
                    "currency_id": debt.currency_id.id,
                    "channel": "email",
                    "level_id": level.id,
                    "text_purpose": "reminder",
                    "automatic": True,
                    "lines": [
                        (debt.id, level.id, 1, 1, debt.amount_residual_currency, 0)
                    ],
                }
                for debt in debts
            ]
        )
        env.flush_all()
        env.cr.execute("UPDATE cobranza_contact SET planned_at = %s", [NOON])


def make_debts(env, partners):
    """The debts of every invoice, of debtors who may be written to by machines."""
    debtors = env["cobranza.debtor"].create(
        [{"partner_id": one.id, "company_id": env.company.id} for one in partners]
    )
    debtors.regime = "company"
    owners = {debtor.partner_id: debtor for debtor in debtors}
    terms = env["account.move.line"].search([("display_type", "=", "payment_term")])
    return env["cobranza.debt"].create(
        [
            {
                "company_id": env.company.id,
                "debtor_id": owners[term.partner_id].id,
                "partner_id": term.partner_id.id,
                "currency_id": term.currency_id.id,
                "move_id": term.move_id.id,
                "document": term.move_id.name,
                "original_due_date": term.date_maturity,
                "original_amount": term.amount_currency,
                "move_line_id": term.id,
                "policy_id": env.company.cobranza_policy_id.id,
            }
            for term in terms
        ]
    )


def build_debits(env, port):
    """Two debits that were paid, two of which the bank says nothing and two that missed
    their day; of the last two the mandates end and will end."""
    with clock(env, TOLD):
        moves = found_debits(env, port, COLLECTED)
        early, late = moves[:4], moves[4:]
        late.cobranza_no_debit = True
        first = fill_batch(env, COLLECTED)
        late.cobranza_no_debit = False
        second = fill_batch(env, COLLECTED)
        (first | second).debit_ids._tell(date(2026, 10, 20))
    with clock(env, PRESENTED):
        first.action_present()
        for debit in first.debit_ids.sorted("document")[:2]:
            pay(env, debit, debit.amount)
        assert second.debit_ids.move_id == late and first.debit_ids.move_id == early
        mandates = second.debit_ids.mandate_id
        for mandate, day in zip(mandates, ("2026-11-20", "2026-12-10"), strict=True):
            mandate._through_gate().expires_on = day


def build_notices(env, port):
    """The letters that tell of debits to come: planned and released, none has left."""
    with clock(env):
        found_debits(env, port, "2026-12-23")
        fill_batch(env, "2026-12-23").action_notify()


def found_debits(env, port, due):
    """Customers with a valid mandate, each with an invoice due on a day."""
    found(env, port)
    env.ref("cobranza_legal.ir_cron_upkeep").code = "model._cron_upkeep(batch=2)"
    group = env.ref("cobranza_legal.group_direct_debit")
    env.ref("base.group_user").implied_ids += group
    env.company.cobranza_creditor_identifier = "ES11000B12345674"
    partners = make_partners(env, PAYERS, varied=False)
    partners.with_company(env.company).cobranza_direct_debit = True
    moves = env["account.move"]
    for number, partner in enumerate(partners):
        moves |= make_invoice(env, partner, number * 5, due)
        account = env["res.partner.bank"].create(
            {"partner_id": partner.id, "acc_number": iban(number)}
        )
        mandate = env["cobranza.mandate"].create(
            {
                "partner_id": partner.id,
                "scheme": "core",
                "bank_account_id": account.id,
                "user_id": env.ref("base.user_admin").id,
            }
        )
        mandate._sign(date(2026, 1, 10), "Springfield", "import")
    return moves


def iban(number):
    account = f"{number:020d}"
    digits = 98 - int(f"{account}142800") % 97  # ES = 14 28
    return f"ES{digits:02d}{account}"


def fill_batch(env, due):
    batch = env["cobranza.debit.batch"].create({"scheme": "core", "due_until": due})
    batch.action_fill()
    return batch


def complicate(env):
    """More invoices, and what stops or settles some debts."""
    with clock(env):
        domain = [("name", "like", "Debtor %")]
        partners = env["res.partner"].search(domain, order="name")
        for number in range(21, 42):
            make_invoice(env, partners, number)
        debtors = {
            one.partner_id.name: one for one in env["cobranza.debtor"].search([])
        }
        add_holds(env, debtors)
        add_promises(env, debtors)
        dispute(env, debtors["Debtor 05"])
        pay(env, debtors["Debtor 06"].debt_ids[0], 30)
        debtors["Debtor 12"].insolvent_on = "2026-11-20"


def add_holds(env, debtors):
    days = {
        "Debtor 01": {"date_from": "2026-11-17", "date_to": "2026-11-20"},
        "Debtor 02": {"date_from": "2026-11-18", "date_to": "2026-12-20"},
        "Debtor 03": {"date_from": "2026-11-19", "date_to": "2026-11-22"},
        "Debtor 04": {"date_from": "2026-11-23"},
        "Debtor 09": {"date_from": "2026-12-01"},
    }
    for name, span in days.items():
        values = {"debtor_id": debtors[name].id, "reason": "internal", **span}
        env["cobranza.hold"].create(values)


def add_promises(env, debtors):
    """Broken, kept in part, kept, and one that is still open."""
    for number, (name, day, paid) in enumerate(
        (
            ("Debtor 00", "2026-11-18", 0),
            ("Debtor 10", "2026-11-19", 20),
            ("Debtor 11", "2026-12-10", None),
            ("Debtor 06", "2026-11-20", 50),
            ("Debtor 02", "2026-11-17", 0),
        )
    ):
        debt = debtors[name].debt_ids.filtered(lambda debt: not debt.settled)[-1]
        env["cobranza.promise"].create(
            {
                "debtor_id": debtors[name].id,
                "debt_ids": [(6, 0, debt.ids)],
                "amount": 50 + number if paid != 50 else 50,
                "made_on": "2026-11-16",
                "promised_on": day,
            }
        )
        if paid:
            pay(env, debt, paid)


def dispute(env, debtor):
    debt = debtor.debt_ids.filtered(lambda debt: not debt.settled)[0]
    env["cobranza.dispute"].create(
        {"debtor_id": debtor.id, "debt_id": debt.id, "amount": 40, "reason": "quality"}
    )


def pay(env, debt, amount):
    wizard = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=debt.move_id.ids
    )
    values = {"amount": amount, "payment_date": "2026-11-17"}
    values["currency_id"] = debt.currency_id.id
    wizard.create(values)._create_payments()


# -- the crons ---------------------------------------------------------------------


def trigger(env, name):
    """The cron as the scheduler runs it."""
    answer = env.ref(f"cobranza_legal.ir_cron_{name}").method_direct_trigger()
    if answer is not True:
        raise RuntimeError(answer)


def play(env, name, reaper=None, moment=NOON, batch=6):
    """A cron of the interrupted Monday, perhaps with somebody who kills it."""
    from odoo.addons.cobranza_legal.models.contact import (
        sending as cobranza_contact_send,
    )
    from odoo.addons.cobranza_legal.models.run import run as cobranza_run

    cobranza_run.BATCH, cobranza_contact_send.BATCH = batch, 3
    if reaper:
        reaper.watch()
    with clock(env, moment), looking_after(env, name):
        trigger(env, "upkeep" if name in KEPT else name)


@contextmanager
def looking_after(env, name):
    """The upkeep of these models alone: to kill it costs a copy of the database for
    each of its commits."""
    debtors = env.registry["cobranza.debtor"]
    kept = KEPT.get(name) or env["cobranza.debtor"]._upkeep_models()
    with patch.object(debtors, "_upkeep_models", lambda _self: kept):
        yield


def send_often(env, moment, start, times=20, batch=3, weekly=1):
    """A sender that comes back by itself, whoever else is sending; begins at ``start``,
    in seconds of the real clock."""
    from odoo.addons.cobranza_legal.models.contact import (
        sending as cobranza_contact_send,
    )

    cobranza_contact_send.BATCH = batch
    time.sleep(max(0, start - time.time()))
    with clock(env, moment), permitting(env, weekly):
        for _time in range(times):
            env["cobranza.contact"]._cron_send()
            env.cr.commit()
            time.sleep(0.05)
