from odoo.addons.cobranza_legal.uninstall import keep_what_is_used


def uninstall_hook(env):
    keep_what_is_used(env, "cobranza_legal_es")
