import logging

from odoo import api, models
from odoo.tools import SQL

from ..common.transaction import CONCURRENCY, rollback
from ..common.words import QUIET

_logger = logging.getLogger(__name__)


UPKEPT = (
    "cobranza.hold",
    "cobranza.promise",
    "cobranza.dispute",
    "cobranza.agreement",
    "cobranza.suspension",
    "cobranza.parameter",
    "cobranza.opt.out",
    "cobranza.obligor",
    "cobranza.contact",
    "cobranza.debtor",
    "cobranza.erasure",
    "cobranza.debt",
    "cobranza.late",
    "cobranza.leave",
    "cobranza.document",
)


DAILY = (
    "cobranza.document",
    "cobranza.erasure",
    "cobranza.behaviour",
    "cobranza.kpi",
    "cobranza.kpi.report",
)
"""Models with ``_daily``, as the blocks have it."""


PROPOSERS = ("cobranza.suspension",)
"""Models with ``_propose``, as the blocks have it."""


class CobranzaDebtor(models.Model):
    """The tasks that the levels of a debtor raise, and the daily upkeep of records that
    change by the passing of days."""

    _inherit = "cobranza.debtor"

    @api.model
    def _raise_effects(self, found, day):
        """What levels propose of {(debtor id, effect, label): debt ids}: drafts where
        somebody makes them, else tasks."""
        by_effect = {}
        for (debtor, effect, _label), debts in found.items():
            by_effect.setdefault(effect, {})[debtor] = debts
        own = [self.env[name] for name in PROPOSERS]
        proposers = (*own, *self.env["cobranza.block"]._live_blocks())
        taken = {
            (effect, debt)
            for effect, debts_of in by_effect.items()
            for one in proposers
            for debt in one.sudo()._propose(effect, debts_of)
        }
        tasks = {}
        for key, debts in found.items():
            rest = [debt for debt in debts if (key[1], debt) not in taken]
            if rest:
                tasks[key] = rest
        return self._raise_tasks(tasks, day)

    @api.model
    def _raise_tasks(self, tasks, day, notes=None):
        """Activities for {(debtor id, effect, label): debt ids}, in one go. ``notes``:
        {key: Markup} of those that no level asked for."""
        if not tasks:
            return self.env["mail.activity"]
        debtors = self.browse({debtor for debtor, _effect, _label in tasks})
        owners = {one.id: user for one, user in debtors._task_owners().items()}
        names = {one.id: one.display_name for one in debtors}
        kind = self.env.ref("mail.mail_activity_data_todo").id
        model, notes = self.env["ir.model"]._get_id(self._name), notes or {}
        vals_list = [
            {
                "res_model_id": model,
                "res_id": debtor,
                "res_name": names[debtor],
                "activity_type_id": kind,
                "summary": label,
                "note": notes.get((debtor, effect, label))
                or self.env["ir.qweb"]._render(
                    "cobranza_legal.effect_task_note",
                    {"debts": self.env["cobranza.debt"].browse(debt_ids)},
                ),
                "user_id": owners[debtor].id,
                "date_deadline": day,
                "automated": True,
            }
            for (debtor, effect, label), debt_ids in tasks.items()
        ]
        # tasks are raised for others, and without an e-mail for each
        activities = self.env["mail.activity"].sudo().with_context(**QUIET)
        return activities.create(vals_list)

    def _task_owner(self):
        """User who gets the tasks of this debtor: its active collector, else the
        company's (``_cobranza_collector``)."""
        self.ensure_one()
        return self._task_owners()[self]

    def _task_owners(self):
        """{debtor: its ``_task_owner``}; each company is asked once."""
        owners = {one: one.user_id.filtered("active") for one in self}
        rest = self.filtered(lambda one: not owners[one])
        others = {one: one._cobranza_collector() for one in rest.company_id}
        return {one: owner or others[one.company_id] for one, owner in owners.items()}

    @api.model
    def _raise_waiting_effects(self, company):
        """Raise what the levels propose that debts reached in proposal mode, at its
        end."""
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
        return self._raise_effects(tasks, company._cobranza_today())

    @api.model
    def _upkeep_models(self):
        """Names of the models that the daily upkeep calls, in this order.

        Each has ``_upkeep_due(company, today, limit)``, which gives at most ``limit``
        records to look at, and ``_upkeep(today)``, after which a record is no longer
        due. Another addon returns these names and its own; blocks say theirs.
        """
        blocks = self.env["cobranza.block"]._live_blocks()
        return (*UPKEPT, *(name for block in blocks for name in block._upkept()))

    @api.model
    def _cron_upkeep(self, batch=500):
        """Upkeep of every company: the debtors that are being updated, then
        ``_upkeep_models``, in batches, each committed. What a killed cron left undone
        is still due at the next one."""
        known = self.with_context(active_test=False)._read_group([], ["company_id"])
        known = self.env["res.company"].union(*(company for (company,) in known))
        # what was paid before any run is found in the books of all
        for company in known | self.env["res.company"].search([("active", "=", True)]):
            if not company._cobranza_engine(self)._judge_marked(company):
                return
            if not self._limit_safely(company):
                return
            today = company._cobranza_today()
            names = self._upkeep_models() if company in known else ("cobranza.late",)
            for name in names:
                model = company._cobranza_engine(self.env[name])
                if not self._upkeep_safely(model, company, today, batch):
                    return
            self._daily_safely(company, today)

    def _limit_safely(self, company):
        """False when the cron's time is over. An error in one company is logged, left
        for tomorrow and does not stop the others."""
        try:
            return company._cobranza_engine(self.env["cobranza.debt"])._limit_due(
                company
            )
        except CONCURRENCY:
            rollback(self.env)
        except Exception:
            rollback(self.env)
            _logger.exception("Limitation in %s", company.name)
        return True

    def _daily_safely(self, company, today):
        """What the blocks and ``DAILY`` do once a day for a company; an error is
        logged, left for tomorrow and does not stop the others."""
        own = [self.env[name] for name in DAILY]
        for block in (*own, *self.env["cobranza.block"]._live_blocks()):
            try:
                company._cobranza_engine(block)._daily(company, today)
                self.env["ir.cron"]._commit_progress()
            except CONCURRENCY:
                rollback(self.env)
            except Exception:
                rollback(self.env)
                _logger.exception("%s in %s", block._name, company.name)

    def _upkeep_safely(self, model, company, today, batch):
        """False when the cron's time is over. An error in one company is logged, left
        for tomorrow and does not stop the others."""
        progress = self.env["ir.cron"]._commit_progress
        try:
            due = model._upkeep_due(company, today, batch)
            while mine := due.try_lock_for_update():  # the rest has another worker
                mine._upkeep(today)
                due = model._upkeep_due(company, today, batch)
                if not progress(len(mine), remaining=len(due)):
                    return False
        except CONCURRENCY:
            rollback(self.env)
        except Exception:
            rollback(self.env)
            _logger.exception("Upkeep of %s in %s", model._name, company.name)
        return True
