"""Makes the companies that test classes share; runs in Odoo's shell on a test database.

A chart of accounts takes half a second to load, and every class needs one. Each is
loaded here once, by what a class would do itself and at the moment at which its clock
stands. ``CobranzaCommon.setup_independent_company`` takes it by its external id, and
each class changes it in a transaction of its own, which is undone.
"""

from unittest.mock import patch

from odoo import fields
from odoo.sql_db import BaseCursor
from odoo.tests import freeze_time

from odoo.addons.cobranza_legal.tests.common.base import NOON, CobranzaCommon

CHARTS = {
    # chart: (addon whose tests use it, what they say of their company)
    "generic_coa": ("cobranza_legal", {}),
    "es_pymes": ("cobranza_legal_es", {"chart_template": "es_pymes"}),
    "cl": ("cobranza_legal_cl", {"country_code": "CL"}),
}


def make(env, chart, said):
    """A company with this chart, which no user may enter yet."""
    case = type("Case", (CobranzaCommon,), {"env": env, **said})
    company = case._create_company(name=f"Test company {chart}")
    users = env["res.users"].with_context(active_test=False)
    for user in users.search([("company_ids", "in", company.ids)]):
        user.company_ids -= company
    env["ir.model.data"].create(
        {
            "module": "__test__",
            "name": f"company_{chart}",
            "model": company._name,
            "res_id": company.id,
            "noupdate": True,
        }
    )
    return company


installed = env["ir.module.module"]._installed()  # noqa: F821 (the shell's)
bare = env(context=CobranzaCommon.default_env_context())  # noqa: F821
now = patch.object(BaseCursor, "now", lambda _cursor: fields.Datetime.now())
with freeze_time(NOON), now:
    made = [
        make(bare, chart, said)
        for chart, (addon, said) in CHARTS.items()
        if addon in installed
    ]
    bare.cr.commit()  # here Odoo loads the charts of countries once more
    for company in made:  # no task visits it until a class takes it
        company.active = False
    bare.cr.commit()
