"""Scripts and styles that pages and PDFs of the tests ask for, made once: what a test
makes is undone with it. In Odoo's shell."""

PAGES = (
    *("web.assets_web", "web.assets_frontend", "web.assets_frontend_minimal"),
    *("web.assets_frontend_lazy", "web.assets_tests", "web.report_assets_common"),
    "web.report_assets_pdf",
)
PRINTED = ("web.report_assets_common", "web.report_assets_pdf")

qweb = env["ir.qweb"]  # noqa: F821 (the shell's)
for bundle in PAGES:
    qweb._get_asset_bundle(bundle, css=False, js=True).js()
    qweb._get_asset_bundle(bundle, css=True, js=False).css()
for bundle in PRINTED:
    qweb._get_asset_bundle(bundle, css=True, js=False, autoprefix=True).css()
env.cr.commit()  # noqa: F821
