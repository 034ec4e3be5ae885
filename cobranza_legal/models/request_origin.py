"""Where a person who acts sits: the address and the device of the HTTP request."""

from odoo import SUPERUSER_ID
from odoo.http import request

LENGTH = 120
VISITOR = "cobranza_visitor"
"""Context key: id of the public or portal user for whom OdooBot acts."""


def as_house(records):
    """``records`` as superuser; as OdooBot for public and portal users. These may be of
    another company, and Odoo refuses to show a record whose author nobody may read."""
    if not records.env.user.share:
        return records.sudo()
    visitor = {VISITOR: records.env.uid}
    return records.with_user(SUPERUSER_ID).with_context(**visitor)


def visitor(env):
    """The user who came: whoever acts, or for whom OdooBot acts."""
    return env["res.users"].sudo().browse(env.context.get(VISITOR) or env.uid)


def request_origin(env):
    """IP address and device of the person who is acting, False when nobody is: a cron,
    the mail gateway, a shell.

    The address is the one that Odoo gives, so it follows ``proxy_mode``.
    """
    if not request or visitor(env).id == SUPERUSER_ID:
        return False
    http = request.httprequest
    agent = http.user_agent
    device = (agent.browser or "", agent.platform or "")
    parts = [http.remote_addr, " ".join(filter(None, device)) or agent.string]
    return " · ".join(part for part in parts if part)[:LENGTH] or False
