from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request


class Agenda(http.Controller):
    """A person's deadlines and hearings, for a calendar that has its link."""

    @http.route(
        "/cobranza/agenda/<string:token>.ics",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
        readonly=True,
    )
    def feed(self, token):
        """The feed of whoever the link was made for, as it may see it today; not found
        for a wrong or revoked link. It changes nothing."""
        user = request.env["res.users"]._cobranza_agenda_of(token)
        if not user:
            raise request.not_found()
        env = request.env(user=user.id, su=False)
        deadlines = env["cobranza.deadline"].with_context(
            lang=user.lang, tz=user.tz, allowed_company_ids=user.company_ids.ids
        )
        try:
            raw = deadlines._agenda()
        except (AccessError, UserError) as error:
            raise request.not_found() from error
        headers = [
            ("Content-Type", "text/calendar; charset=utf-8"),
            ("Cache-Control", "private, no-store"),
            ("X-Robots-Tag", "noindex"),
        ]
        return request.make_response(raw, headers)
