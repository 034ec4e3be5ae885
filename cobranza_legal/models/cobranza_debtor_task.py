from odoo import api, models
from odoo.tools import SQL

QUIET = {"mail_activity_quick_update": True, "mail_notrack": True}


class CobranzaDebtor(models.Model):
    """Tasks that a level puts before the person in charge of a debtor."""

    _inherit = "cobranza.debtor"

    @api.model
    def _raise_tasks(self, tasks, day):
        """Activities for {(debtor id, effect, label): debt ids}, in one go."""
        if not tasks:
            return self.env["mail.activity"]
        debtors = self.browse({debtor for debtor, _effect, _label in tasks})
        owners = {one.id: one._task_owner() for one in debtors}
        kind = self.env.ref("mail.mail_activity_data_todo").id
        model = self.env["ir.model"]._get_id(self._name)
        vals_list = [
            {
                "res_model_id": model,
                "res_id": debtor,
                "activity_type_id": kind,
                "summary": label,
                "note": self.env["ir.qweb"]._render(
                    "cobranza_legal.effect_task_note",
                    {"debts": self.env["cobranza.debt"].browse(debt_ids)},
                ),
                "user_id": owners[debtor].id,
                "date_deadline": day,
                "automated": True,
            }
            for (debtor, _effect, label), debt_ids in tasks.items()
        ]
        # tasks are raised for others, and without an e-mail for each
        activities = self.env["mail.activity"].sudo().with_context(**QUIET)
        return activities.create(vals_list)

    def _task_owner(self):
        """Who does what this debtor needs: its collector, else the company's. An
        archived user does nothing."""
        self.ensure_one()
        return self.user_id.filtered("active") or self.company_id._cobranza_collector()

    @api.model
    def _raise_waiting_effects(self, company):
        """The tasks of the levels that debts reached while nothing was to leave."""
        rows = self.env.execute_query(
            SQL(
                """SELECT d.debtor_id, d.id, d.level_id
                     FROM cobranza_debt d
                     JOIN cobranza_contact_line cl
                       ON cl.debt_id = d.id AND cl.level_id = d.level_id AND cl.is_step
                     JOIN cobranza_contact c ON c.id = cl.contact_id
                    WHERE d.company_id = %s AND c.state = 'planned'
                      AND c.released IS NOT TRUE""",
                company.id,
            )
        )
        tasks = {}
        for debtor, debt, level_id in rows:
            level = self.env["cobranza.policy.level"].browse(level_id)
            for effect, label in level._effects():
                tasks.setdefault((debtor, effect, label), []).append(debt)
        return self._raise_tasks(tasks, company._cobranza_today())
