"""What somebody outside sent: as it arrived, which is kept, and as it is shown."""

import xmlrpc.client

from odoo.tools import html_sanitize

ORIGINAL_KEY = "cobranza_original"


class Original:
    """An e-mail as it arrived, byte for byte."""

    __slots__ = ("content",)

    def __init__(self, message):
        if isinstance(message, xmlrpc.client.Binary):
            message = message.data
        content = message.encode() if isinstance(message, str) else message
        self.content = bytes(content)


def shown(body):
    """HTML of somebody outside without what could change the screen around it."""
    return html_sanitize(
        body,
        sanitize_attributes=True,
        strip_style=True,
        strip_classes=True,
    )
