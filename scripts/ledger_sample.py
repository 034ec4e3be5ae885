"""A company with a branch and a chart, open and part-paid overdue invoices, and what
the addons make of them in a first run; fed to `odoo shell`."""

# ruff: noqa: F821
import datetime

from odoo import Command
from odoo.tests import Form


def make_company():
    country = env.ref("base.es")
    company = env["res.company"].create({"name": "Sample", "country_id": country.id})
    env.user.write({"company_ids": [Command.link(company.id)]})
    env["account.chart.template"].try_loading("es_pymes", company, install_demo=False)
    return company


def make_branch(company):
    branch = env["res.company"].create({"name": "Branch", "parent_id": company.id})
    env.user.write({"company_ids": [Command.link(branch.id)]})
    return branch


def make_invoice(company, number, partner=None):
    day = datetime.date.today() - datetime.timedelta(days=30 * number)
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "company_id": company.id,
            "partner_id": (partner or make_partner(number)).id,
            "invoice_date": day,
            "invoice_date_due": day,
            "invoice_line_ids": [
                Command.create({"name": "x", "price_unit": 100 * number})
            ],
        }
    )
    move.action_post()
    return move


def make_partner(number):
    return env["res.partner"].create(
        {"name": f"Sample {number}", "email": f"sample{number}@example.com"}
    )


def pay(move, amount):
    wizard = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=move.ids
    )
    with Form(wizard) as form:
        form.amount = amount
    form.record.action_create_payments()


company = make_company()
branch = make_branch(company)
env.cr.commit()  # Odoo gives it its chart before it commits
env = env(context=dict(env.context, allowed_company_ids=[company.id, branch.id]))
invoices = [make_invoice(company, number) for number in range(1, 6)]
of_branch = [
    make_invoice(branch, 3, invoices[0].partner_id),  # a debtor of both
    make_invoice(branch, 6),
]
pay(invoices[1], 50)
pay(invoices[2], invoices[2].amount_total)
pay(of_branch[1], 60)
policies = env["cobranza.policy"].with_context(active_test=False)
company.cobranza_policy_id = policies.search([("level_ids", "!=", False)], limit=1)
env.cr.commit()
env.ref("cobranza_legal.ir_cron_follow_up").method_direct_trigger()
env.cr.commit()  # it ran in a transaction of its own, which this one does not see
for debtor in env["cobranza.debtor"].search([("partner_id.name", "like", "Sample %")]):
    env["cobranza.hold"].create({"debtor_id": debtor.id, "reason": "internal"})
objected = env["cobranza.debt"].search(
    [("company_id", "in", env.companies.ids), ("settled", "=", False)], limit=1
)
env["cobranza.dispute"].create(
    {"debtor_id": objected.debtor_id.id, "debt_id": objected.id, "reason": "price"}
)
env.cr.commit()
debts = env["cobranza.debt"].search_count([("company_id", "in", env.companies.ids)])
if not debts:
    raise RuntimeError("the first run finds no debt in the sample")
print(f"ledger sample: {len(invoices + of_branch)} invoices, 3 payments, {debts} debts")
