import secrets

from odoo.http import request, route

from ..models.portal.forms import FormError
from .debtor_page import COMMON, PAGE, DebtorPage

SIGN = f"{PAGE}/sign/<string:ref>"


class DebtorPageSign(DebtorPage):
    """Where a debtor signs what was put into writing for it. To look changes nothing;
    what is sent names the words that were shown, by their hash."""

    @route(SIGN, methods=["GET"], **COMMON)
    def sign(self, key, ref, **_kw):
        return self._guarded(key, lambda debtor, key: self._sign(debtor, key, ref))

    def _sign(self, debtor, key, ref):
        page = debtor._portal_page()
        document = page.signable(ref)
        if not document:
            return self._refuse(404)
        user = request.env.user
        person = debtor.partner_id if user._is_public() else user.partner_id
        values = {
            "debtor": debtor,
            "company": debtor.company_id,
            "document": document,
            "ref": ref,
            "file_ref": page.ref("unsigned", document),
            "base": f"/my/collections/{key}",
            "nonce": secrets.token_urlsafe(24),
            "signer": person.name,
            "send_label": debtor.env._("Sign"),
            "is_user": key.isdigit(),
        }
        return request.render("cobranza_legal.portal_sign", values)

    @route(
        f"{SIGN}/<string:shown>/<string:nonce>",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
    )
    def signed(self, key, ref, shown, nonce, name="", signature="", **_kw):
        """What Odoo's signature widget sends, and what it understands: an error in
        words, or where to go next."""
        debtor = self._debtor(key)
        if not debtor:
            self._count("miss", f"ip:{request.httprequest.remote_addr}")
            return {"error": request.env._("This page is not available.")}
        request.update_context(lang=debtor.env.lang)
        link = f"user:{request.env.uid}" if key.isdigit() else f"link:{key}"
        if not self._count("act", link):
            return {"error": debtor.env._("Please wait a moment.")}
        values = {
            "document": ref,
            "shown": shown,
            "name": name,
            "signature": signature,
        }
        try:
            debtor._portal_act("sign", values, [], nonce)
        except FormError as error:
            return {"error": str(error)}
        done = f"/my/collections/{key}/done/{nonce}"
        return {"force_refresh": True, "redirect_url": done}
