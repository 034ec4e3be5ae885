"""The guarantors of a debtor are records of who answers for its debts. Of those that
were named nobody knows as what, for which debts and by which deed they answer: they are
taken over as simple guarantors of every debt, not known to be signed."""

from odoo import SUPERUSER_ID, api
from odoo.tools.sql import table_exists

OLD = "cobranza_debtor_guarantor_rel"


def migrate(cr, version):
    if not table_exists(cr, OLD):
        return
    now = cr.now()
    cr.execute(
        """INSERT INTO cobranza_obligor (
               debtor_id, company_id, partner_id, capacity, currency_id, user_id,
               limit_amount, share, accepts_extensions, state, begun,
               create_uid, create_date, write_uid, write_date)
           SELECT d.id, d.company_id, g.res_partner_id, 'guarantor', c.currency_id,
                  COALESCE(d.user_id, 1), 0, 0, false, 'open', true, 1, %s, 1, %s
             FROM cobranza_debtor_guarantor_rel g
             JOIN cobranza_debtor d ON d.id = g.cobranza_debtor_id
             JOIN res_company c ON c.id = d.company_id
            WHERE g.res_partner_id <> d.partner_id
            ORDER BY d.id, g.res_partner_id""",
        [now, now],
    )
    cr.execute("DROP TABLE cobranza_debtor_guarantor_rel")
    cr.execute("DELETE FROM ir_model_relation WHERE name = %s", [OLD])
    cr.execute(
        r"""UPDATE ir_filters
              SET domain = regexp_replace(domain, '\mguarantor_ids\M',
                                          'obligor_ids.partner_id', 'g')
            WHERE (model_id LIKE 'cobranza.%%' OR model_id = 'res.partner')
              AND model_id NOT LIKE 'cobranza.agreement%%'
              AND domain ~ '\mguarantor_ids\M'"""
    )
    # who works on the debts sees them: the rows were made without the model
    env = api.Environment(cr, SUPERUSER_ID, {})
    obligors = env["cobranza.obligor"].search([])
    env.add_to_compute(obligors._fields["assigned_user_ids"], obligors)
    env.flush_all()
