"""Letters are exchanged with carriers by hand: no cron, no folder, no list of prices.

Batches, answers and the price of each sending stay as they are.
"""

CRON = "ir_cron_exchange"
ACTION = f"{CRON}_ir_actions_server"
"""The name that Odoo itself gives to the action behind a cron."""
PARAMETER = "cobranza_legal.dispatch_dir"


def migrate(cr, version):
    # the cron is noupdate data: no update of the addon removes it
    cr.execute(
        """DELETE FROM ir_model_data WHERE module = 'cobranza_legal' AND name = %s
            RETURNING res_id""",
        [CRON],
    )
    for (cron,) in cr.fetchall():
        cr.execute(
            "DELETE FROM ir_cron WHERE id = %s RETURNING ir_actions_server_id", [cron]
        )
        actions = [row[0] for row in cr.fetchall()]
        cr.execute("DELETE FROM ir_act_server WHERE id = ANY(%s)", [actions])
    cr.execute(
        "DELETE FROM ir_model_data WHERE module = 'cobranza_legal' AND name = %s",
        [ACTION],
    )
    cr.execute("DELETE FROM ir_config_parameter WHERE key = %s", [PARAMETER])
    # the table of a model that is gone is not dropped by Odoo
    cr.execute("DROP TABLE IF EXISTS cobranza_provider_price")
