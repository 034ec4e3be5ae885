"""A company with a chart, open and part-paid overdue invoices; fed to `odoo shell`."""

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


def make_invoice(company, number):
    day = datetime.date.today() - datetime.timedelta(days=30 * number)
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "company_id": company.id,
            "partner_id": make_partner(number).id,
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
env = env(context=dict(env.context, allowed_company_ids=company.ids))
invoices = [make_invoice(company, number) for number in range(1, 6)]
pay(invoices[1], 50)
pay(invoices[2], invoices[2].amount_total)
env.cr.commit()
print(f"ledger sample: {len(invoices)} invoices, 2 payments")
