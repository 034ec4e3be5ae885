"""Makes the companies that test classes share; runs in Odoo's shell on a test database.

A chart of accounts takes half a second to load, and every class needs one; users,
partners, products and accounts beside it cost a thousand queries. All is made here once
for each chart, by what a class would do itself and at the moment at which its clock
stands. ``CobranzaCommon.setUpClass`` takes it (``tests/common/prepared.py``), and each
class changes it in a transaction of its own, which is undone.
"""

from unittest.mock import patch

from odoo import fields
from odoo.sql_db import BaseCursor
from odoo.tests import freeze_time

from odoo.addons.cobranza_legal.tests.common import prepared
from odoo.addons.cobranza_legal.tests.common.base import NOON, CobranzaCommon

CHARTS = {
    # chart: (addon whose tests use it, what they say of their company)
    "generic_coa": ("cobranza_legal", {}),
    "es_pymes": ("cobranza_legal_es", {"chart_template": "es_pymes"}),
    "cl": ("cobranza_legal_cl", {"country_code": "CL"}),
}


def make(env, chart, said):
    """A class with a company of its own on this chart."""
    case = type("Case", (CobranzaCommon,), {"env": env, **said})
    company = case._create_company(name=f"Test company {chart}")
    env["ir.model.data"].create(
        {
            "module": "__test__",
            "name": f"company_{chart}",
            "model": company._name,
            "res_id": company.id,
            "noupdate": True,
        }
    )
    return case, company


def leave(env, company):
    """No user may enter it yet, and no task visits it until a class takes it."""
    users = env["res.users"].with_context(active_test=False)
    for user in users.search([("company_ids", "in", company.ids)]):
        user.company_ids -= company
    company.active = False


installed = env["ir.module.module"]._installed()  # noqa: F821 (the shell's)
bare = env(context=CobranzaCommon.default_env_context())  # noqa: F821
now = patch.object(BaseCursor, "now", lambda _cursor: fields.Datetime.now())
with freeze_time(NOON), now:
    made = {
        chart: make(bare, chart, said)
        for chart, (addon, said) in CHARTS.items()
        if addon in installed
    }
    bare.cr.commit()  # here Odoo loads the charts of countries once more
    for chart, (case, company) in made.items():
        prepared.make(case, company, chart)
        leave(bare, company)
    bare.cr.commit()
