{
    "name": "Scratch block",
    "summary": "Adds one of each to the registries; for tests/slow only",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "cobranza",
    "depends": ["cobranza_legal"],
    "data": [
        "security/ir.model.access.csv",
        "data/text.xml",
        "views/page.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
