import base64
import re

from odoo import models

PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,([A-Za-z0-9+/=\s]+)")


class CobranzaChannelEmail(models.AbstractModel):
    """Pictures travel inside the message: mail clients show no data addresses."""

    _inherit = "cobranza.channel.email"

    def _payload(self, contact, values):
        server, message = super()._payload(contact, values)
        domain = values["attempt"].strip("<>").rpartition("@")[2]
        for part in list(message.walk()):
            if part.get_content_type() == "text/html":
                inline_pictures(part, domain)
        return server, message


def inline_pictures(part, domain):
    """Make every picture that the HTML of ``part`` holds a related part of its own."""
    pictures = []

    def take(found):
        name = f"picture{len(pictures) + 1}@{domain}"
        pictures.append((name, found[1], base64.b64decode(found[2])))
        return f"cid:{name}"

    html = PICTURE.sub(take, part.get_content())
    if not pictures:
        return
    part.set_content(html, subtype="html", charset="utf-8")
    for name, kind, content in pictures:
        part.add_related(content, "image", kind, cid=f"<{name}>", disposition="inline")
