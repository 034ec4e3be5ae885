"""The shipped policies say for which country they are made."""

POLICIES = ["policy_cl"]


def migrate(cr, version):
    cr.execute(
        """UPDATE cobranza_policy p
              SET country_id = country.res_id
             FROM ir_model_data own, ir_model_data country
            WHERE own.module = 'cobranza_legal_cl' AND own.name = ANY(%s)
              AND own.model = 'cobranza.policy' AND p.id = own.res_id
              AND country.module = 'base' AND country.name = 'cl'
              AND p.country_id IS NULL""",
        [POLICIES],
    )
