"""Agreements are records of their own and no longer a reason of holds: holds for one
stay in force, as decisions of the company's that say so in their note."""

from odoo import SUPERUSER_ID, api

from odoo.addons.cobranza_legal.models.stop.hold import forget_hold_reason


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    forget_hold_reason(env, "agreement")
