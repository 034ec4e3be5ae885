"""Who may not answer a request is kept with it: of those made before, who asked."""


def migrate(cr, version):
    cr.execute(
        """INSERT INTO cobranza_approval_involved_rel
                  (cobranza_approval_id, res_users_id)
           SELECT id, asked_by_id FROM cobranza_approval
               ON CONFLICT DO NOTHING"""
    )
