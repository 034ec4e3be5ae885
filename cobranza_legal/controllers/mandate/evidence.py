from odoo import http

from ..contact_log import send_archive


class MandateEvidence(http.Controller):
    """The evidence of a mandate, for whoever asked for it."""

    @http.route("/collections/mandate/<int:export_id>", type="http", auth="user")
    def archive(self, export_id):
        return send_archive("cobranza.mandate.evidence", export_id)
