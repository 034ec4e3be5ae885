"""A direct debit under way is what covers a debt, and no longer a reason of holds:
holds for it stay in force, as decisions of the company's that say so in their note."""

from odoo import SUPERUSER_ID, api

from odoo.addons.cobranza_legal.models.common.rows import forget_rows

OLD, NEW = "direct_debit", "internal"


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    lang = env.company.partner_id.lang or "en_US"
    reasons = env["cobranza.decision.reason"].with_context(lang=lang)
    words = reasons._label(OLD)
    cr.execute(
        """UPDATE cobranza_hold
              SET note = concat_ws(E'\\n', nullif(trim(note), ''), %s)
            WHERE reason = %s""",
        [words, OLD],
    )
    forget_rows(env, "cobranza.hold.reason", [OLD], NEW)
    for quote in ("'", '"'):  # the web client writes double ones
        old, new = (f"{quote}{code}{quote}" for code in (OLD, NEW))
        cr.execute(
            """UPDATE ir_filters SET domain = replace(domain, %s, %s)
                WHERE model_id = 'cobranza.hold' AND domain LIKE %s""",
            [old, new, f"%{old}%"],
        )
    env.invalidate_all()
