"""The debt statement was ``cobranza.liquidation`` and is ``cobranza.debt.statement``.

Its records are transient and their tables go. Everything that Odoo keeps of the model
keeps its id under the new name, so that what people hung from it stays: own views of
the report, its paper, its place in menus, rights that they gave.
"""

OLD, NEW = "liquidation", "debt_statement"
OLD_MODEL, NEW_MODEL = "cobranza.liquidation", "cobranza.debt.statement"
MODELS = (
    ("ir_model", "model"),
    ("ir_model_fields", "model"),
    ("ir_model_fields", "relation"),
    ("ir_act_window", "res_model"),
    ("ir_act_report_xml", "model"),
    ("ir_ui_view", "model"),
    ("ir_attachment", "res_model"),
    ("ir_filters", "model_id"),
)
"""(table, column) of what names the model."""
KEYS = (
    ("ir_ui_view", "key"),
    ("ir_act_report_xml", "report_name"),
    ("ir_act_report_xml", "report_file"),
)
"""(table, column) of what names a template of the report."""


def migrate(cr, version):
    for table in ("cobranza_debt_cobranza_liquidation_rel", "cobranza_liquidation"):
        cr.execute(f'DROP TABLE IF EXISTS "{table}"')
    cr.execute(
        r"DELETE FROM ir_model_relation WHERE name LIKE '%cobranza\_liquidation%'"
    )
    cr.execute(
        r"DELETE FROM ir_model_constraint WHERE name LIKE 'cobranza\_liquidation%'"
    )
    for table, column in MODELS:
        cr.execute(
            f'UPDATE "{table}" SET "{column}" = %s WHERE "{column}" = %s',
            [NEW_MODEL, OLD_MODEL],
        )
    for table, column in KEYS:
        cr.execute(
            f"""UPDATE "{table}" SET "{column}" = replace("{column}", %s, %s)
                 WHERE "{column}" LIKE %s""",
            [OLD, NEW, f"cobranza_legal.{OLD}%"],
        )
    cr.execute(
        """UPDATE ir_model_data SET name = replace(name, %s, %s)
            WHERE module = 'cobranza_legal' AND name LIKE %s""",
        [OLD, NEW, f"%{OLD}%"],
    )
    _views(cr)


def _views(cr):
    """Views, of whomever, that call our templates and buttons or find our styles."""
    word = rf"(cobranza_legal\.|\mo_|\maction_|\maction_cobranza_){OLD}"
    cr.execute(
        """UPDATE ir_ui_view
              SET arch_db = regexp_replace(arch_db::text, %(word)s, %(new)s, 'g')::jsonb
            WHERE arch_db::text ~ %(word)s""",
        {"word": word, "new": rf"\1{NEW}"},
    )
