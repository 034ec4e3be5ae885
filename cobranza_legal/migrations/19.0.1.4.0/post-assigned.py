"""Lawyers of own cases see the debts that they are assigned to, and no longer whatever
debtor they are responsible for: those that they saw stay theirs."""

from odoo import SUPERUSER_ID, api

from odoo.addons.cobranza_legal.models.company.company import OWN, WIDE


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    lawyers = env.ref(OWN).all_user_ids
    for group in WIDE:
        lawyers -= env.ref(group).all_user_ids
    debtors = env["cobranza.debtor"].with_context(active_test=False)
    for debtor in debtors.search([("user_id", "in", lawyers.ids)]):
        for debts in debtor.debt_ids.grouped("assigned_user_ids").values():
            debts._assign(debts[:1].assigned_user_ids | debtor.user_id)
