"""The costs of Chile (``cobranza.cost.cl``) become those of every country."""

OLD, NEW = "cobranza_cost_cl", "cobranza_cost"
OLD_MODEL, NEW_MODEL = "cobranza.cost.cl", "cobranza.cost"
OLD_RELATION, NEW_RELATION = f"{OLD}_attachment_rel", f"{NEW}_attachment_rel"
OLD_ADDON, NEW_ADDON = "cobranza_legal_cl", "cobranza_legal"


def migrate(cr, version):
    cr.execute("SELECT to_regclass(%s), to_regclass(%s)", [OLD, NEW])
    old, new = cr.fetchone()
    if not old or new:
        return
    _rename_tables(cr)
    _fill_new_columns(cr)
    _rename_model(cr)
    _drop_screens(cr)


def _rename_tables(cr):
    for old, new in ((OLD_RELATION, NEW_RELATION), (OLD, NEW)):
        cr.execute(f'ALTER TABLE "{old}" RENAME TO "{new}"')
    cr.execute(f'ALTER TABLE "{NEW_RELATION}" RENAME COLUMN "{OLD}_id" TO "{NEW}_id"')
    for table in (NEW, NEW_RELATION):
        cr.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass", [table]
        )
        for (name,) in cr.fetchall():
            if OLD in name:
                other = name.replace(OLD, NEW)
                cr.execute(
                    f'ALTER TABLE "{table}" RENAME CONSTRAINT "{name}" TO "{other}"'
                )
        cr.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [table])
        for (name,) in cr.fetchall():
            if OLD in name:
                other = name.replace(OLD, NEW)
                cr.execute(f'ALTER INDEX "{name}" RENAME TO "{other}"')
    cr.execute(f'ALTER SEQUENCE IF EXISTS "{OLD}_id_seq" RENAME TO "{NEW}_id_seq"')


def _fill_new_columns(cr):
    """Costs were in the company's currency and of no particular kind."""
    cr.execute(f'ALTER TABLE "{NEW}" ADD kind varchar, ADD currency_id int')
    cr.execute(
        f"""UPDATE "{NEW}" cost SET kind = 'other', currency_id = c.currency_id
              FROM res_company c WHERE c.id = cost.company_id"""
    )


def _rename_model(cr):
    names = {"old": OLD_MODEL, "new": NEW_MODEL, "from": OLD_ADDON, "to": NEW_ADDON}
    names |= {"old_table": OLD, "new_table": NEW}
    names |= {"old_rel": OLD_RELATION, "new_rel": NEW_RELATION}
    for query in (
        "UPDATE ir_model SET model = %(new)s WHERE model = %(old)s",
        "UPDATE ir_model_fields SET model = %(new)s WHERE model = %(old)s",
        "UPDATE ir_model_fields SET relation = %(new)s WHERE relation = %(old)s",
        """UPDATE ir_model_fields SET relation_table = %(new_rel)s
            WHERE relation_table = %(old_rel)s""",
        """UPDATE ir_model_fields SET column1 = replace(column1, %(old_table)s,
                  %(new_table)s) WHERE relation_table = %(new_rel)s""",
        "UPDATE ir_attachment SET res_model = %(new)s WHERE res_model = %(old)s",
        "UPDATE ir_filters SET model_id = %(new)s WHERE model_id = %(old)s",
        """UPDATE ir_model_constraint SET name = replace(name, %(old_table)s,
                  %(new_table)s), module = (SELECT id FROM ir_module_module
                                             WHERE name = %(to)s)
            WHERE model = (SELECT id FROM ir_model WHERE model = %(new)s)""",
        """UPDATE ir_model_relation SET name = %(new_rel)s,
                  module = (SELECT id FROM ir_module_module WHERE name = %(to)s)
            WHERE name = %(old_rel)s""",
        """UPDATE ir_model_data SET module = %(to)s,
                  name = replace(name, %(old_table)s, %(new_table)s)
            WHERE module = %(from)s
              AND model IN ('ir.model', 'ir.model.fields', 'ir.model.constraint',
                            'ir.model.relation')
              AND (name = 'model_' || %(old_table)s
                   OR name LIKE 'field_' || %(old_table)s || '\\_\\_%%'
                   OR name LIKE 'constraint_' || %(old_table)s || '%%')""",
    ):
        cr.execute(query, names)


def _drop_screens(cr):
    """Those of Chile, before views of the same debtor are checked with them."""
    for table, model in (
        ("ir_ui_view", "ir.ui.view"),
        ("ir_act_window", "ir.actions.act_window"),
    ):
        cr.execute(
            """DELETE FROM ir_model_data WHERE module = %s AND model = %s
                AND (name LIKE %s OR name = 'view_cobranza_debtor_form')
                RETURNING res_id""",
            [OLD_ADDON, model, f"%{OLD}%"],
        )
        ids = [row[0] for row in cr.fetchall()]
        if ids:
            cr.execute(f'DELETE FROM "{table}" WHERE id = ANY(%s)', [ids])
