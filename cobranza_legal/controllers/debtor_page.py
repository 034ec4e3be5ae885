import secrets

from werkzeug.exceptions import HTTPException

from odoo.exceptions import UserError
from odoo.http import Controller, content_disposition, request, route

from ..models.portal.forms import contact_ways, refused_ways

PRIVATE = {
    "X-Robots-Tag": "noindex, nofollow, noarchive, nosnippet",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'; base-uri 'self'; "
    "form-action 'self'; object-src 'none'",
}
"""What no machine on the way keeps, shows or passes on."""
FILE_POLICY = "default-src 'none'; sandbox"
PAGE = "/my/collections/<string:key>"
# website=False: nobody else's header, language switch, cookies or counters of visits
# get to see an address that opens a debtor's page
COMMON = {"type": "http", "auth": "public", "sitemap": False}


class DebtorPage(Controller):
    """The debtor's page, read only: opening it, or letting a mail scanner open it,
    changes nothing.

    ``key`` is the token of a link, or the number of a debtor for the portal users of
    its partner. Whatever opens nothing gets the same answer.
    """

    @route("/my/collections", type="http", auth="user", sitemap=False)
    def my_collections(self, **_kw):
        """The debtors of a portal user: one for each company to which it owes."""
        debtors = self._own_debtors()
        if len(debtors) == 1:
            return request.redirect(debtors.access_url)
        own = [debtor._portal_own() for debtor in debtors]
        values = {"debtors": own, "company": request.env.company.sudo()}
        return self._private(request.render("cobranza_legal.portal_choose", values))

    @route(PAGE, methods=["GET"], **COMMON)
    def page(self, key, **_kw):
        return self._guarded(key, self._page)

    @route(f"{PAGE}/file/<string:ref>", methods=["GET"], **COMMON)
    def file(self, key, ref, **_kw):
        return self._guarded(key, lambda debtor, _key: self._file(debtor, ref))

    @route(f"{PAGE}/invoice/<string:ref>", methods=["GET"], **COMMON)
    def invoice(self, key, ref, **_kw):
        """The invoice under the token of this page, which ends with it; for portal
        users its page of Odoo, which they may open without any token."""

        def answer(debtor, key):
            return self._invoice(debtor, key, ref)

        return self._guarded(key, answer)

    @route(f"{PAGE}/done/<string:ref>", methods=["GET"], **COMMON)
    def done(self, key, ref, **_kw):
        return self._guarded(key, lambda debtor, key: self._done(debtor, key, ref))

    # -- who comes -------------------------------------------------------------------

    def _guarded(self, key, answer):
        """``answer(debtor, key)`` if ``key`` opens a debtor's page, whatever else came
        from the visitor's address; who tries too many keys that open nothing waits."""
        debtor = self._debtor(key)
        if debtor:
            request.update_context(lang=debtor.env.lang)
            return self._private(answer(debtor, key))
        if key.isdigit() and request.env.user._is_public():
            return request.redirect(f"/web/login?redirect=/my/collections/{key}")
        allowed = self._count("miss", f"ip:{request.httprequest.remote_addr}")
        return self._refuse(404 if allowed else 429)

    def _debtor(self, key):
        """The debtor that ``key`` opens for this visitor, as superuser, else none."""
        debtors = request.env["cobranza.debtor"]
        if not key.isdigit():
            return debtors._portal_by_token(key)
        if request.env.user._is_public():
            return debtors
        found = debtors._portal_number(request.env.user, int(key))
        return found._portal_own() if found else found

    def _own_debtors(self):
        return request.env["cobranza.debtor"]._portal_of_user(request.env.user)

    # Hits are counted in their own transaction: what they count may fail.
    def _count(self, kind, *sources):
        with request.env.registry.cursor() as cr:
            hits = request.env["cobranza.portal.hit"].with_env(
                request.env(cr=cr, su=True)
            )
            return hits._allow(kind, *sources)

    # -- answers ---------------------------------------------------------------------

    def _private(self, response):
        for name, value in PRIVATE.items():
            response.headers.setdefault(name, value)
        return response

    def _refuse(self, status):
        """The same words for whatever opens nothing, in the visitor's language."""
        values = {"status": status, "company": None}
        response = request.render("cobranza_legal.portal_refused", values)
        response.status_code = status
        if status == 429:
            response.headers["Retry-After"] = "600"
        return self._private(response)

    def _values(self, debtor, key, **values):
        rules = debtor.company_id._cobranza_rules().with_env(debtor.env)
        page = debtor._portal_page()
        return {
            "debtor": debtor,
            "company": debtor.company_id,
            "page": page,
            "doc": page.doc,
            "base": f"/my/collections/{key}",
            "rights": rules._debtor_rights(debtor.regime, page.on),
            "files": page.files(),
            "ways": contact_ways(debtor.env),
            "refused_ways": refused_ways(debtor.env),
            "nonce": secrets.token_urlsafe(24),
            "said": {},
            "error": None,
            "failed": None,
            "is_user": key.isdigit(),
            **values,
        }

    def _page(self, debtor, key, **values):
        return request.render(
            "cobranza_legal.portal_debtor", self._values(debtor, key, **values)
        )

    def _file(self, debtor, ref):
        page = debtor._portal_page()
        found = page.files().get(ref)
        if not found:
            return self._refuse(404)
        try:
            name, content, mimetype = page.content(found)
        except (UserError, HTTPException):
            return self._refuse(404)
        headers = [
            ("Content-Type", mimetype),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
            ("Content-Security-Policy", FILE_POLICY),
        ]
        return request.make_response(content, headers)

    def _invoice(self, debtor, key, ref):
        found = debtor._portal_files().get(ref)
        if not found or found.kind != "invoice":
            return self._refuse(404)
        if key.isdigit():
            return request.redirect(found.record.access_url)
        return request.redirect(f"/my/collections/{key}/file/{ref}")

    def _done(self, debtor, key, ref):
        contact = debtor._portal_done(ref)
        if not contact:
            return self._refuse(404)
        values = {
            "debtor": debtor,
            "company": debtor.company_id,
            "contact": contact,
            "base": f"/my/collections/{key}",
        }
        return request.render("cobranza_legal.portal_done", values)
