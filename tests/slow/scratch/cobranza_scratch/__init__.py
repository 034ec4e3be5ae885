from . import models
from odoo.addons.cobranza_legal.models.common.rows import forget_rows


def uninstall_hook(env):
    for registry, code, fallback in (
        ("cobranza.decision.reason", "in_orbit", "no_policy"),
        ("cobranza.hold.reason", "in_orbit", "other"),
        ("cobranza.text.purpose", "orbit_notice", "other"),
        ("cobranza.outcome", "orbiting", "answered"),
        ("cobranza.approval.kind", "launch", "other"),
        ("cobranza.charge.kind", "fuel", "fee"),
    ):
        forget_rows(env, registry, [code], fallback)
