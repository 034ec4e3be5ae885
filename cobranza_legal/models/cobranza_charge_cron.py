import logging

from odoo import api, fields, models
from odoo.tools import SQL

from .commit import CONCURRENCY, rollback
from .kernel_words import say_error

_logger = logging.getLogger(__name__)

BATCH = 100
"""Debtors in a batch; each batch is a transaction."""

DEBTORS = """
    SELECT DISTINCT c.debtor_id FROM cobranza_charge c
      JOIN cobranza_charge_form f ON f.company_id = c.company_id
       AND f.kind = c.kind AND f.basis = c.basis AND f.form <> 'memo'
     WHERE c.company_id = %s AND c.state = 'assessed' AND c.bill_move_id IS NULL
       AND c.amount > 0 AND c.debtor_id > %s
     ORDER BY c.debtor_id LIMIT %s
"""


class CobranzaCharge(models.Model):
    """Automatic billing, where a company wants it.

    A charge and its document are committed together, batch by batch, so that a killed
    cron goes on where it was.
    """

    _inherit = "cobranza.charge"

    bill_failure = fields.Char("Why it was not billed", readonly=True, copy=False)

    @api.model
    def _cron_bill(self, batch=None):
        """Bill what is assessed in the companies whose day it is, ``batch`` debtors
        at a time."""
        batch = batch or BATCH
        for company in self.env["res.company"].search(
            [("cobranza_bill_when", "!=", "never")]
        ):
            if not company._cobranza_bills_today(company._cobranza_today()):
                continue
            try:
                if not company._cobranza_engine(self)._bill_everything(company, batch):
                    return
            except CONCURRENCY:
                rollback(self.env)
                _logger.info("Billing of %s meets another transaction", company.name)
                # a cron wakes itself up
                self.env.ref("cobranza_legal.ir_cron_bill").sudo()._trigger()

    def _bill_everything(self, company, batch):
        """Batch by batch of debtors; False when the cron's time is over."""
        progress = self.env["ir.cron"]._commit_progress
        last = 0
        while debtors := self._debtors_to_bill(company, last, batch):
            self._bill_safely(company, debtors)
            last = debtors[-1]
            left = self._debtors_to_bill(company, last, batch)
            if not progress(len(debtors), remaining=len(left)):
                return False
        company.cobranza_billed_on = company._cobranza_today()
        progress(0, remaining=0)
        return True

    def _debtors_to_bill(self, company, after, limit):
        """Ids of the debtors with charges to bill, in a stable order."""
        for name in ("cobranza.charge", "cobranza.charge.form"):
            self.env[name].flush_model()
        rows = self.env.execute_query(SQL(DEBTORS, company.id, after, limit))
        return [row[0] for row in rows]

    def _bill_safely(self, company, debtors):
        """Bill what the forms of the company allow, and what no other worker has.

        A debtor whose documents cannot be made does not keep the others from being
        billed; why is kept on its charges.
        """
        try:
            charges = self._locked_to_bill(company, debtors)
            charges._bill()
            charges.filtered("bill_failure")._through_gate().write(
                {"bill_failure": False}
            )
            self.env.flush_all()
        except CONCURRENCY:
            raise
        except Exception as error:
            rollback(self.env)
            if len(debtors) > 1:
                for debtor in debtors:
                    self._bill_safely(company, [debtor])
                    self.env["ir.cron"]._commit_progress(0)
                return
            _logger.exception("Debtor %s is not billed", debtors[0])
            charges = self._locked_to_bill(company, debtors)
            charges._through_gate().write({"bill_failure": say_error(self.env, error)})

    def _locked_to_bill(self, company, debtors):
        """The charges of these debtors that can be billed, locked; those that another
        transaction holds are left to it."""
        domain = [
            ("company_id", "=", company.id),
            ("debtor_id", "in", debtors),
            ("state", "=", "assessed"),
            ("bill_move_id", "=", False),
        ]
        # sudo: the cron bills for the company
        charges = self.sudo().search(domain)._billable()
        ready = charges.filtered(lambda one: not one.bill_problem)
        return ready.filtered(lambda one: one.bill_form != "memo").try_lock_for_update()
