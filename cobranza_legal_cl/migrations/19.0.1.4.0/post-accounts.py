from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """The accounts of cheques, bills and bad debts of the chart become settings."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.company"].search([])._cobranza_fill_accounts()
