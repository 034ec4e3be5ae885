{
    "name": "Debt collection: letters by Odoo's post",
    "summary": "Printed letters are posted by Odoo's Snailmail, each at most once",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Cobranza Legal contributors",
    "category": "Accounting/Collections",
    "depends": ["cobranza_legal", "snailmail"],
    "data": [
        "security/snailmail_rules.xml",
        "views/cobranza_contact_views.xml",
    ],
    "auto_install": True,
}
