import secrets

from odoo.http import content_disposition, request, route

from ..models.portal.forms import FormError
from ..models.portal.guarantor import GuarantorAct
from .debtor_page import COMMON, FILE_POLICY, DebtorPage

GUARANTEE = "/my/guarantee/<string:key>"


class GuarantorPage(DebtorPage):
    """The page of a guarantor: what it consents to, and its signature. It tells nothing
    else of the debtor; to look changes nothing. ``key`` is the token of its link."""

    @route(GUARANTEE, methods=["GET"], **COMMON)
    def guarantee(self, key, **_kw):
        return self._guaranteed(key, self._consent)

    @route(f"{GUARANTEE}/file", methods=["GET"], **COMMON)
    def guarantee_file(self, key, **_kw):
        return self._guaranteed(key, self._consent_file)

    def _guaranteed(self, key, answer):
        paper = request.env["cobranza.agreement.paper"]._by_token(key)
        if paper:
            request.update_context(lang=paper.env.lang)
            return self._private(answer(paper, key))
        allowed = self._count("miss", f"ip:{request.httprequest.remote_addr}")
        return self._refuse(404 if allowed else 429)

    def _consent(self, paper, key):
        nonce, base = secrets.token_urlsafe(24), f"/my/guarantee/{key}"
        values = {
            "paper": paper,
            "company": paper.company_id,
            "base": base,
            "file_url": f"{base}/file",
            "call_url": f"{base}/{paper.document_hash}/{nonce}",
            "signer": paper.obligor_id.partner_id.name,
            "send_label": paper.env._("Sign"),
        }
        return request.render("cobranza_legal.portal_guarantee", values)

    def _consent_file(self, paper, _key):
        document = paper.signed_file_id or paper.document_file_id
        is_pdf = document.mimetype == "application/pdf"
        name = f"{paper.document_subject}{'.pdf' if is_pdf else '.html'}"
        headers = [
            ("Content-Type", document.mimetype),
            ("Content-Length", len(document.raw)),
            ("Content-Disposition", content_disposition(name)),
            ("Content-Security-Policy", FILE_POLICY),
        ]
        return request.make_response(document.raw, headers)

    @route(
        f"{GUARANTEE}/<string:shown>/<string:nonce>",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
    )
    def guarantee_signed(self, key, shown, nonce, name="", signature="", **_kw):
        """What Odoo's signature widget sends, and what it understands."""
        paper = request.env["cobranza.agreement.paper"]._by_token(key)
        if not paper:
            self._count("miss", f"ip:{request.httprequest.remote_addr}")
            return {"error": request.env._("This page is not available.")}
        request.update_context(lang=paper.env.lang)
        if not self._count("act", f"link:{key}"):
            return {"error": paper.env._("Please wait a moment.")}
        values = {"shown": shown, "name": name, "signature": signature}
        try:
            GuarantorAct(paper).send("consent", values, [], nonce)
        except FormError as error:
            return {"error": str(error)}
        return {"force_refresh": True, "redirect_url": f"/my/guarantee/{key}"}
