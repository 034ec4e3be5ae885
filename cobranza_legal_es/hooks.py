from odoo.addons.cobranza_legal.models.common.rows import forget_rows
from odoo.addons.cobranza_legal.uninstall import forget_claims, keep_what_is_used

from .models.case.docket import CAPACITIES, POWER_TITLES
from .models.document.check import CHECKS
from .models.listing.register import REGISTERS
from .models.mandate.return_code import CODES
from .models.rules.limitation import KINDS


def post_init_hook(env):
    """Companies that have their chart already get its accounts too."""
    env["res.company"].search([])._cobranza_fill_accounts()


def uninstall_hook(env):
    keep_what_is_used(env, "cobranza_legal_es")
    codes = [row.code for row in CODES]
    forget_rows(env, "cobranza.debit.return.code", codes, "unknown")
    forget_rows(env, "cobranza.document.check", [row.code for row in CHECKS], False)
    forget_rows(env, "cobranza.register", [row.code for row in REGISTERS], "other")
    parties = [row.code for row in CAPACITIES]
    forget_rows(env, "cobranza.proceeding.capacity", parties, "agent")
    titles = [row.code for row in POWER_TITLES]
    forget_rows(env, "cobranza.power.title", titles, "private")
    forget_claims(env, [row.code for row in KINDS])
