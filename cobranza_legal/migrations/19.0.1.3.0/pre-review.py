"""``cobranza.debtor.check_on`` is called ``review_on``."""

OLD, NEW = "check_on", "review_on"


def migrate(cr, version):
    cr.execute(
        """SELECT array_agg(attname::text) FROM pg_attribute
            WHERE attrelid = to_regclass('cobranza_debtor')
              AND attname IN (%s, %s) AND NOT attisdropped""",
        [OLD, NEW],
    )
    [(found,)] = cr.fetchall()
    if found != [OLD]:
        return
    cr.execute(f"ALTER TABLE cobranza_debtor RENAME COLUMN {OLD} TO {NEW}")
    cr.execute(
        """UPDATE ir_model_fields SET name = %s
            WHERE model = 'cobranza.debtor' AND name = %s""",
        [NEW, OLD],
    )
    cr.execute(
        """UPDATE ir_model_data SET name = %s
            WHERE module = 'cobranza_legal' AND name = %s""",
        [f"field_cobranza_debtor__{NEW}", f"field_cobranza_debtor__{OLD}"],
    )
