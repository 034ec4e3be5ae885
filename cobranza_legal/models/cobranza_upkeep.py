import logging

from odoo import api, models

from .commit import CONCURRENCY, rollback

_logger = logging.getLogger(__name__)


class CobranzaDebtor(models.Model):
    """The daily upkeep of what time alone changes."""

    _inherit = "cobranza.debtor"

    @api.model
    def _upkeep_models(self):
        """Models with ``_upkeep_due(company, today, limit)`` and ``_upkeep(today)``.

        Later addons append theirs. Once upkept, a record is due no more.
        """
        return ["cobranza.hold", "cobranza.promise", "cobranza.parameter"]

    @api.model
    def _cron_upkeep(self, batch=500):
        """Expire holds, judge promises and ask for the legal values that run out, a
        batch in each transaction.

        What a killed cron left undone is still due at the next one.
        """
        companies = self.with_context(active_test=False)._read_group([], ["company_id"])
        for (company,) in companies:
            today = company._cobranza_today()
            for name in self._upkeep_models():
                model = company._cobranza_engine(self.env[name])
                if not self._upkeep_safely(model, company, today, batch):
                    return

    def _upkeep_safely(self, model, company, today, batch):
        """False when the cron's time is over. What breaks in one company is left for
        tomorrow and does not stop the others."""
        progress = self.env["ir.cron"]._commit_progress
        try:
            while due := model._upkeep_due(company, today, batch):
                due = due.try_lock_for_update()
                if not due:
                    break  # another worker has them
                due._upkeep(today)
                left = model._upkeep_due(company, today, batch)
                if not progress(len(due), remaining=len(left)):
                    return False
        except CONCURRENCY:
            rollback(self.env)
        except Exception:
            rollback(self.env)
            _logger.exception("Upkeep of %s in %s", model._name, company.name)
        return True
