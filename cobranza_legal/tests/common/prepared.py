"""What Odoo's set-up of an accounting test makes, once in the database for each chart.

Users, partners, products, accounts and journals cost each class a thousand queries.
They are made by Odoo's own code after the company of ``scripts/test_companies.py``,
archived, and written down in a parameter; a class takes them in its transaction. A
class whose set-up differs from Odoo's makes its own, with a company of its own.
"""

import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo.models import BaseModel

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

PARAMETER = "__test__.prepared_%s"
HOOKS = (
    *("setup_independent_company", "setup_independent_user", "get_default_groups"),
    "default_env_context",
    *("collect_company_accounting_data", "_create_product", "setup_armageddon_tax"),
)
"""What a class may override of Odoo's set-up, which then is not what was prepared."""
PEOPLE = ("partner", "partner_a", "partner_b")
USERS = ("user", "simple_accountman")


def is_usual(case, common):
    """Whether the set-up of a test class between ``common`` and that of any transaction
    is Odoo's and nothing else."""
    mro = case.__mro__
    own = mro[mro.index(common) + 1 : mro.index(BaseCommon) + 1]
    odoo = [one for one in AccountTestInvoicingCommon.__mro__ if one in own]
    return all(one in odoo or "setUpClass" not in vars(one) for one in own) and all(
        getattr(case, name).__func__
        is getattr(AccountTestInvoicingCommon, name).__func__
        for name in HOOKS
    )


@contextmanager
def begun(case):
    """As long as this lasts, the set-up of any transaction does nothing for a class: it
    has had it."""
    mro = case.__mro__
    after = next(
        one for one in mro[mro.index(BaseCommon) + 1 :] if "setUpClass" in vars(one)
    )
    with patch.object(after, "setUpClass", classmethod(lambda _case: None)):
        yield


# -- making ----------------------------------------------------------------------------


def set_up(case, company):
    """Run Odoo's set-up for a class that has nothing but ``env`` (of the superuser),
    with a company of its chart."""

    def own(one):
        one.env.user.sudo().company_ids |= company
        return company.with_env(one.env)

    case.setup_independent_company = classmethod(own)
    with begun(case):
        AccountTestInvoicingCommon.setUpClass.__func__(case)
    case.env.flush_all()


def make(case, company, chart):
    """The same, and write down what it made. Nobody sees it until a class takes it."""
    env = case.env
    pricelists = env["product.pricelist"].search([])
    set_up(case, company)
    said = {
        name: _written(value)
        for name, value in vars(case).items()
        if isinstance(value, BaseModel | dict | int | None) and name[0] != "_"
    }
    key = PARAMETER % chart
    env["ir.config_parameter"].set_param(key, json.dumps(said))
    pricelists.active = True
    case.pricelist.with_env(env).active = False
    for name in PEOPLE:
        vars(case)[name].with_env(env).active = False
    main = env.ref("base.main_company")
    for name in USERS:
        user = vars(case)[name].with_env(env)
        values = {"login": f"{user.login} {chart}", "active": False}
        values |= {"company_id": main.id, "company_ids": [(6, 0, main.ids)]}
        user.write(values)


def _written(value):
    if isinstance(value, dict):
        return {name: _written(one) for name, one in value.items()}
    if not isinstance(value, BaseModel):
        return value
    return {
        "_model": value._name,
        "_ids": value.ids,
        "_company": "allowed_company_ids" in value.env.context,
        "_su": value.env.su,
    }


# -- taking ----------------------------------------------------------------------------


def take(case, company, chart):
    """Give a class that has had the set-up of a transaction what was made for its
    chart. Whether there is anything."""
    raw = case.env["ir.config_parameter"].get_param(PARAMETER % chart)
    if not raw:
        return False
    said = json.loads(raw)
    env = case.env["base"].with_context(**case.default_env_context()).env
    company = company.with_env(env)
    company.write({"name": "company_1_data", "active": True})
    users = env["res.users"].browse(one for name in USERS for one in said[name]["_ids"])
    # the companies first: one of them is its own
    users.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
    users.active = True
    env.ref("base.user_root").company_ids |= company
    people = [one for name in PEOPLE for one in said[name]["_ids"]]
    env["res.partner"].browse(people).active = True
    env["product.pricelist"].search([]).active = False
    env["product.pricelist"].browse(said["pricelist"]["_ids"]).active = True
    case.env = env(user=users[0].id)
    for name, value in said.items():
        setattr(case, name, _read(case.env, company, value))
    return True


def _read(env, company, value):
    if not isinstance(value, dict):
        return value
    if "_model" not in value:
        return {name: _read(env, company, one) for name, one in value.items()}
    records = env[value["_model"]].browse(value["_ids"])
    if value["_su"]:
        records = records.sudo()
    return records.with_company(company.id) if value["_company"] else records
