from odoo import api, models


class CobranzaDebtor(models.Model):
    """The daily upkeep of what time alone changes."""

    _inherit = "cobranza.debtor"

    @api.model
    def _upkeep_models(self):
        """Models with ``_upkeep_due(company, today, limit)`` and ``_upkeep(today)``.

        Later addons append theirs. Once upkept, a record is due no more.
        """
        return ["cobranza.hold", "cobranza.promise"]

    @api.model
    def _cron_upkeep(self, batch=500):
        """Expire holds and judge promises, a batch in each transaction.

        What a killed cron left undone is still due at the next one.
        """
        progress = self.env["ir.cron"]._commit_progress
        companies = self.with_context(active_test=False)._read_group([], ["company_id"])
        for (company,) in companies:
            today = company._cobranza_today()
            for name in self._upkeep_models():
                model = company._cobranza_engine(self.env[name])
                while due := model._upkeep_due(company, today, batch):
                    due = due.try_lock_for_update()
                    if not due:
                        break  # another worker has them
                    due._upkeep(today)
                    left = model._upkeep_due(company, today, batch)
                    if not progress(len(due), remaining=len(left)):
                        return
