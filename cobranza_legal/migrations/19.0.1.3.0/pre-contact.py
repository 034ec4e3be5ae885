"""Fields of ``cobranza.contact`` get the names of the field."""

NAMES = {"lack": "missing_data_note", "lack_told_on": "missing_data_notified_on"}


def migrate(cr, version):
    cr.execute(
        """SELECT attname FROM pg_attribute
            WHERE attrelid = to_regclass('cobranza_contact') AND NOT attisdropped"""
    )
    columns = {name for (name,) in cr.fetchall()}
    for old, new in NAMES.items():
        if old not in columns or new in columns:
            continue
        cr.execute(f"ALTER TABLE cobranza_contact RENAME COLUMN {old} TO {new}")
        cr.execute(
            """UPDATE ir_model_fields SET name = %s
                WHERE model = 'cobranza.contact' AND name = %s""",
            [new, old],
        )
        cr.execute(
            """UPDATE ir_model_data SET name = %s
                WHERE module = 'cobranza_legal' AND name = %s""",
            [f"field_cobranza_contact__{new}", f"field_cobranza_contact__{old}"],
        )
