"""Where a person who acts sits: the address and the device of the HTTP request."""

from odoo import SUPERUSER_ID
from odoo.http import request

LENGTH = 120


def request_origin(env):
    """IP address and device of the person who is acting, False when nobody is: a cron,
    the mail gateway, a shell.

    The address is the one that Odoo gives, so it follows ``proxy_mode``.
    """
    if not request or env.uid == SUPERUSER_ID:
        return False
    http = request.httprequest
    agent = http.user_agent
    device = (agent.browser or "", agent.platform or "")
    parts = [http.remote_addr, " ".join(filter(None, device)) or agent.string]
    return " · ".join(part for part in parts if part)[:LENGTH] or False
