from odoo.addons.cobranza_legal.models.common.rows import forget_rows
from odoo.addons.cobranza_legal.uninstall import forget_claims, keep_what_is_used

from .models.case.docket import CAPACITIES, POWER_TITLES
from .models.document.check import CHECKS
from .models.listing.register import ORIGINS, REGISTERS
from .models.rules.limitation import KINDS

TEXT_LANG = "es_CL"


def post_init_hook(env):
    """The legal texts speak es_CL: its dates and amounts need the language. Companies
    that have their chart already get its accounts too."""
    env["res.company"].search([])._cobranza_fill_accounts()
    lang = env["res.lang"].with_context(active_test=False)
    chilean = lang.search([("code", "=", TEXT_LANG), ("active", "=", False)])
    if chilean:
        wizard = env["base.language.install"].create(
            {"lang_ids": [(6, 0, chilean.ids)], "overwrite": False}
        )
        wizard.lang_install()


def uninstall_hook(env):
    keep_what_is_used(env, "cobranza_legal_cl")
    forget_rows(env, "cobranza.mandate.scheme", ["pac"], "other")
    forget_rows(env, "cobranza.document.check", [row.code for row in CHECKS], False)
    forget_rows(env, "cobranza.register", [row.code for row in REGISTERS], "other")
    forget_rows(env, "cobranza.listing.origin", [row.code for row in ORIGINS], False)
    parties = [row.code for row in CAPACITIES]
    forget_rows(env, "cobranza.proceeding.capacity", parties, "officer")
    titles = [row.code for row in POWER_TITLES]
    forget_rows(env, "cobranza.power.title", titles, "private")
    forget_claims(env, [row.code for row in KINDS])
