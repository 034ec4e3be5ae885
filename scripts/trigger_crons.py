"""Runs the follow-up as its crons do; fed to `odoo shell`, which gives `env`."""

CRONS = ("ir_cron_follow_up", "ir_cron_send", "ir_cron_upkeep")

for name in CRONS:
    cron = env.ref(f"cobranza_legal.{name}", raise_if_not_found=False)  # noqa: F821
    if cron:
        cron.method_direct_trigger()
        env.cr.commit()  # noqa: F821
        print(f"cron {name}: done")
    else:
        print(f"cron {name}: not there yet")
