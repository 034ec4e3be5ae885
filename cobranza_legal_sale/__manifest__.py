{
    "name": "Debt collection: quotations",
    "summary": "Quotations tell what is overdue; none is confirmed while blocked",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Cobranza Legal contributors",
    "category": "Accounting/Collections",
    "depends": ["cobranza_legal", "sale"],
    "data": [
        "views/cobranza_suspension_views.xml",
        "views/sale_order_views.xml",
    ],
    "auto_install": True,
}
