"""Four fields of what is owed have other labels: what they were called in the languages
of the database is forgotten, so that the new words are loaded."""

RENAMED = (
    ("cobranza.debtor", ["charge_amount", "credit_amount", "total"]),
    ("cobranza.payment.split", ["owed"]),
)


def migrate(cr, version):
    for model, names in RENAMED:
        cr.execute(
            """UPDATE ir_model_fields
                  SET field_description =
                      jsonb_build_object('en_US', field_description ->> 'en_US')
                WHERE model = %s AND name = ANY(%s)""",
            (model, names),
        )
