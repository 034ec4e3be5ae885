from odoo import http

from ..contact_log import send_archive


class CasePapers(http.Controller):
    """Archives about cases, for whoever asked for them."""

    @http.route("/collections/dossier/<int:export_id>", type="http", auth="user")
    def dossier(self, export_id):
        return send_archive("cobranza.case.dossier", export_id)

    @http.route("/collections/batch/<int:export_id>", type="http", auth="user")
    def batch(self, export_id):
        return send_archive("cobranza.case.batch", export_id)
