{
    "name": "Debt collection: deadlines in the calendar",
    "summary": "Deadlines and hearings of legal cases in Odoo's calendar",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Cobranza Legal contributors",
    "category": "Accounting/Collections",
    "depends": ["cobranza_legal", "calendar"],
    "auto_install": True,
}
