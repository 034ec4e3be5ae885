from odoo.http import request, route

from ..models.portal.acts import MAX_FILES, MAX_TOTAL, UploadError, read_uploads
from ..models.portal.forms import FORMS, FormError
from .debtor_page import COMMON, PAGE, DebtorPage

ROOM = 256 * 1024
"""Bytes of a form besides its files."""


class DebtorPageForm(DebtorPage):
    """What a debtor does on its page: by POST, with the token against forgery."""

    @route(
        f"{PAGE}/send/<any({','.join(FORMS)}):form>",
        methods=["POST"],
        max_content_length=MAX_TOTAL + ROOM,
        **COMMON,
    )
    def send(self, key, form, **values):
        def answer(debtor, key):
            link = f"user:{request.env.uid}" if key.isdigit() else f"link:{key}"
            if not self._count("act", link):
                return self._refuse(429)
            return self._send(debtor, key, form, values)

        return self._guarded(key, answer)

    def _send(self, debtor, key, form, values):
        ref = str(values.pop("nonce", ""))
        files = request.httprequest.files.getlist("files")
        said = {name: one for name, one in values.items() if isinstance(one, str)}
        try:
            uploads = read_uploads(files)
            debtor._portal_act(form, said, uploads, ref)
        except UploadError as error:
            return self._again(debtor, key, form, said, self._why(debtor, error))
        except FormError as error:
            return self._again(debtor, key, form, said, str(error))
        base = f"/my/collections/{key}"
        return request.redirect(f"{base}/done/{ref}", code=303)

    def _again(self, debtor, key, form, said, error):
        """The page once more, with what was written and what is to be corrected."""
        response = self._page(debtor, key, failed=form, said=said, error=error)
        response.status_code = 422
        return response

    def _why(self, debtor, error):
        env = debtor.env
        if error.reason == "many":
            return env._("Please send at most %s files.", MAX_FILES)
        if error.reason == "large":
            return env._(
                "%s is too large: 5 MB each, 15 MB in all, at most.", error.name
            )
        return env._(
            "%s cannot be taken: please send PDF, JPG or PNG files.", error.name
        )
