"""Sessions at the desk and claims of debtors are no more: Odoo forgets their models but
leaves their tables, which hold nothing that is evidence."""


def migrate(cr, version):
    for table in (
        "cobranza_session_line",
        "cobranza_session",
        "cobranza_debtor_claim",
    ):
        cr.execute(f'DROP TABLE IF EXISTS "{table}"')
