"""Whether customers pay by direct debit is kept under another name, and mandates that
were asked for keep the account and the creditor that they were asked for."""

from odoo.tools.sql import column_exists, rename_column

OLD, NEW = "cobranza_direct_debit", "cobranza_direct_debit_own"


def migrate(cr, version):
    known = column_exists(cr, "res_partner", OLD)
    if known and not column_exists(cr, "res_partner", NEW):
        rename_column(cr, "res_partner", OLD, NEW)
    if column_exists(cr, "cobranza_mandate", "account_number"):
        cr.execute(
            """UPDATE cobranza_mandate m
                  SET creditor_name = c.name,
                      account_number = (SELECT b.sanitized_acc_number
                                          FROM res_partner_bank b
                                         WHERE b.id = m.bank_account_id)
                 FROM res_company c
                WHERE c.id = m.company_id AND m.state = 'requested'
                  AND m.creditor_name IS NULL"""
        )
