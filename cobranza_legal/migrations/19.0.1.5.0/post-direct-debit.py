"""A direct debit under way is what covers a debt, and no longer a reason of holds:
holds for it stay in force, as decisions of the company's that say so in their note."""

from odoo import SUPERUSER_ID, api

from odoo.addons.cobranza_legal.models.stop.hold import forget_hold_reason


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    forget_hold_reason(env, "direct_debit")
