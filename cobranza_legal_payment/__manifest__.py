{
    "name": "Debt collection: online payment",
    "summary": "Debtors pay what they owe on their own page",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Cobranza Legal contributors",
    "category": "Accounting/Collections",
    "depends": ["cobranza_legal", "account_payment"],
    "data": ["views/portal_templates.xml"],
    "auto_install": True,
}
