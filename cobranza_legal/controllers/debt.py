from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request


class Debt(http.Controller):
    """The invoice of a debt, for whoever sees the debt."""

    @http.route("/collections/invoice/<int:debt_id>", type="http", auth="user")
    def invoice(self, debt_id):
        debt = request.env["cobranza.debt"].browse(debt_id).exists()
        if not debt:
            raise NotFound
        try:
            name, content = debt._invoice_pdf()
        except (AccessError, UserError) as error:
            raise NotFound from error
        return request.make_response(
            content,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
