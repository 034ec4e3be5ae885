import secrets

from odoo.exceptions import UserError
from odoo.http import request, route

from ..models.portal.forms import FormError
from .debtor_page import COMMON, PAGE, DebtorPage

SIGN = f"{PAGE}/sign/<string:ref>"
ANSWERS = "cobranza_answers"
"""Key of the session: {reference of a document: what was written into it}, until it is
signed. Nothing of it is in the database before, nor in an address."""
LINE = 200
"""Characters of an answer that are looked at."""


class DebtorPageSign(DebtorPage):
    """Where a debtor signs what was put into writing for it. To look changes nothing;
    what is sent names the words that were shown, by their hash. A document that asks
    something is shown once more with the answers in it, and signed as it is then."""

    @route(SIGN, methods=["GET"], **COMMON)
    def sign(self, key, ref, **_kw):
        return self._guarded(key, lambda debtor, key: self._sign(debtor, key, ref))

    @route(SIGN, methods=["POST"], **COMMON)
    def answer(self, key, ref, **values):
        """What the debtor wrote into a document: it is shown with it, to be signed."""

        def answer(debtor, key):
            if not self._count("act", self._link(key)):
                return self._refuse(429)
            return self._sign(debtor, key, ref, values)

        return self._guarded(key, answer)

    def _sign(self, debtor, key, ref, said=None):
        page = debtor._portal_page()
        document = page.signable(ref)
        if not document:
            return self._refuse(404)
        asks = document._document_asks()
        if said is not None:
            said = {one.name: str(said.get(one.name) or "")[:LINE] for one in asks}
        words, error = self._read(document, asks, said)
        if words and asks:
            self._keep(ref, said)
        user = request.env.user
        person = debtor.partner_id if user._is_public() else user.partner_id
        values = {
            "debtor": debtor,
            "company": debtor.company_id,
            "document": document,
            "asks": asks,
            "said": said or {},
            "error": error,
            "words": words,
            "ref": ref,
            "file_ref": page.ref("unsigned", document),
            "base": f"/my/collections/{key}",
            "nonce": secrets.token_urlsafe(24),
            "signer": person.name,
            "send_label": debtor.env._("Sign"),
            "is_user": key.isdigit(),
        }
        response = request.render("cobranza_legal.portal_sign", values)
        response.status_code = 422 if error else 200
        return response

    def _read(self, document, asks, said):
        """(the words to be signed, None while something is asked; what is to be
        corrected)."""
        if asks and said is None:
            return None, None
        try:
            return document._document_shown(said)[1], None
        except UserError as error:
            return None, str(error)

    def _keep(self, ref, said):
        request.session[ANSWERS] = {**request.session.get(ANSWERS, {}), ref: said}

    def _link(self, key):
        return f"user:{request.env.uid}" if key.isdigit() else f"link:{key}"

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
        if not self._count("act", self._link(key)):
            return {"error": debtor.env._("Please wait a moment.")}
        answers = request.session.get(ANSWERS, {})
        values = {
            "document": ref,
            "shown": shown,
            "name": name,
            "signature": signature,
            "answers": answers.get(ref),
        }
        try:
            debtor._portal_act("sign", values, [], nonce)
        except FormError as error:
            return {"error": str(error)}
        if ref in answers:
            request.session[ANSWERS] = {
                one: said for one, said in answers.items() if one != ref
            }
        done = f"/my/collections/{key}/done/{nonce}"
        return {"force_refresh": True, "redirect_url": done}
