"""Fields get the names of the field: their columns, what Odoo keeps of them, and the
filters that people saved with them."""

NAMES = {
    "cobranza.contact": {
        "lack": "missing_data_note",
        "lack_told_on": "missing_data_notified_on",
    },
    "cobranza.debtor": {"check_on": "review_on"},
}


def migrate(cr, version):
    for model, names in NAMES.items():
        table = model.replace(".", "_")
        cr.execute(
            """SELECT attname FROM pg_attribute
                WHERE attrelid = to_regclass(%s) AND NOT attisdropped""",
            [table],
        )
        columns = {name for (name,) in cr.fetchall()}
        for old, new in names.items():
            if old in columns and new not in columns:
                _rename(cr, model, table, old, new)


def _rename(cr, model, table, old, new):
    cr.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{old}" TO "{new}"')
    cr.execute(
        "UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s",
        [new, model, old],
    )
    cr.execute(
        """UPDATE ir_model_data SET name = %s
            WHERE module = 'cobranza_legal' AND name = %s""",
        [f"field_{table}__{new}", f"field_{table}__{old}"],
    )
    word = rf"\m{old}\M"
    cr.execute(
        """UPDATE ir_filters
              SET domain = regexp_replace(domain, %(word)s, %(new)s, 'g'),
                  context = regexp_replace(context, %(word)s, %(new)s, 'g'),
                  sort = regexp_replace(sort, %(word)s, %(new)s, 'g')
            WHERE model_id = %(model)s""",
        {"word": word, "new": new, "model": model},
    )
