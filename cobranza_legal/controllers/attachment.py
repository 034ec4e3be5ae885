from odoo import http
from odoo.http import request

from odoo.addons.mail.controllers.attachment import AttachmentController

from ..models.contact.mail import is_ours


class CobranzaAttachment(AttachmentController):
    """Files that are added in the chatter of our records, which Odoo hangs from no
    record until the message is sent."""

    @http.route()
    def mail_attachment_upload(self, ufile, thread_id, thread_model, **kwargs):
        if is_ours(thread_model):
            request.update_context(image_no_postprocess=True)
        return super().mail_attachment_upload(ufile, thread_id, thread_model, **kwargs)
