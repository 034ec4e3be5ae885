import logging
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...kernel.lifecycle import SUSPENSION
from ..common.judging import is_deferring, is_judging, judging
from ..common.transaction import CONCURRENCY, commit, is_rehearsed, rollback
from ..company.company import NOT_OWN

_logger = logging.getLogger(__name__)


LIMIT = 2000
"""Debts that are judged again in the transaction that touched them; more are marked."""


QUEUE = "cobranza_legal.redecide"
"""Key of the debtors whose inputs this transaction has changed, in the data of its
pre-commit: {company id: {debtor id: {why their charges are judged again: None}}}."""


MARK = """
    UPDATE cobranza_debtor
       SET judge_since = COALESCE(judge_since, %(now)s), review_on = NULL,
           judge_reason = CASE
               WHEN %(why)s = '' OR judge_reason LIKE '%%' || %(why)s || '%%'
                   THEN judge_reason
               ELSE concat_ws('; ', NULLIF(judge_reason, ''), %(why)s) END
     WHERE active AND %(condition)s
"""


TOUCH = """
    WITH found AS (SELECT id, company_id FROM cobranza_debtor WHERE %(condition)s),
         marked AS (UPDATE cobranza_debtor r
                       SET review_on = NULL, contact_left = r.contact_left OR %(left)s
                      FROM found
                     WHERE r.id = found.id AND (r.review_on IS NOT NULL
                           OR %(left)s AND r.contact_left IS NOT TRUE))
    SELECT id, company_id FROM found
"""


WEIGHTS = """
    SELECT r.id, r.judge_reason, r.judge_since IS NOT NULL, count(d.id),
           COALESCE(bool_or(d.charge_stale), FALSE),
           EXISTS (SELECT 1 FROM cobranza_suspension s
                    WHERE s.debtor_id = r.id AND s.state <> ALL(%(over)s))
      FROM cobranza_debtor r
      LEFT JOIN cobranza_debt d ON d.debtor_id = r.id AND d.nature = 'principal'
       AND (d.charge_stale OR d.reason IS NULL OR d.reason NOT IN ('settled', 'void'))
     WHERE r.id = ANY(%(ids)s) AND r.active GROUP BY r.id ORDER BY r.id
"""


class ToJudge(NamedTuple):
    """Debtors of a company that are judged again: {id: why its charges are judged
    again, or empty}; ids of those that are being updated, of those of whom settlements
    were undone, and of those of whom a suspension of services is under way."""

    reasons: dict
    marked: list
    stale: list
    suspended: list


class CobranzaDebtor(models.Model):
    """Judge again: what was decided and charged follows what it was made from.

    A debtor's own inputs queue it (``_redecide_later``): before the transaction ends
    its charges are judged by the law again, then its debts are decided, without moving
    a level or planning anything. What touches many (settings, legal values, texts,
    holidays, policies) marks them (``_judge_in_batches``): nothing leaves and nothing
    is billed until the upkeep has judged them, or somebody opens them.
    """

    _inherit = "cobranza.debtor"

    judge_since = fields.Datetime(
        readonly=True,
        copy=False,
        string="Being updated since",
        help="Something that it was judged by has changed: nothing leaves and nothing "
        "is billed until it has been judged again.",
    )
    judge_reason = fields.Char(
        readonly=True, copy=False, string="Why it is judged again", groups=NOT_OWN
    )
    contact_left = fields.Boolean(
        readonly=True,
        copy=False,
        groups=NOT_OWN,
        help="A contact has left since it was judged: the sender, or whoever comes "
        "first, judges it with the others of its batch.",
    )
    _left_idx = models.Index("(company_id, id) WHERE contact_left")
    _judge_idx = models.Index("(company_id, id) WHERE judge_since IS NOT NULL")

    # -- a debtor's own inputs ---------------------------------------------------------

    def _redecide_later(self, why=None):
        """Decide about these debtors again before this transaction ends; with ``why``,
        in words, their charges are judged again too."""
        ids = set(self.ids)
        if not why:  # of those that wait for it already nothing is asked
            queue = self.env.cr.precommit.data.get(QUEUE, {})
            ids = ids.difference(*queue.values())
        if ids:
            self._redecide_where(SQL("id = ANY(%s)", sorted(ids)), why)

    @api.model
    def _redecide_of_partners(self, partners, why=None):
        """As ``_redecide_later`` for the debtors of these partners, in all
        companies."""
        if partners:
            partners.flush_model(["commercial_partner_id"])
            commercial = SQL(
                "SELECT commercial_partner_id FROM res_partner WHERE id = ANY(%s)",
                partners.ids,
            )
            self._redecide_where(SQL("partner_id = ANY(ARRAY(%s))", commercial), why)

    @api.model
    def _redecide_where(self, condition, why=None):
        """As ``_redecide_later`` for the debtors that meet an SQL condition on their
        table. Whatever happens, the next run looks at them too."""
        if is_judging(self.env):
            return  # the engine's own writes are no touches
        names = ["review_on", "contact_left"]
        self.flush_model(names)
        left = is_deferring(self.env) and not why
        found = self.env.execute_query(SQL(TOUCH, condition=condition, left=left))
        self.invalidate_model(names, flush=False)
        if not found or left or is_rehearsed(self.env):
            return
        data = self.env.cr.precommit.data
        queue = data.setdefault(QUEUE, {})
        if not queue:
            clean = self.env(user=SUPERUSER_ID, su=True, context={})
            self.env.cr.precommit.add(clean["cobranza.debtor"]._redecide_queued)
        for debtor, company in found:
            reasons = queue.setdefault(company, {}).setdefault(debtor, {})
            reasons |= {why: None} if why else {}

    def _forget_touches(self, company):
        """What was queued for these debtors is done by the run; charges that wait to be
        judged again are not."""
        queue = self.env.cr.precommit.data.get(QUEUE, {}).get(company.id, {})
        for debtor in self.ids:
            if not queue.get(debtor, True):
                del queue[debtor]

    def _redecide_queued(self):
        """Judge what this transaction has touched; of more than LIMIT debts it only
        says that they are being updated. Runs before the commit."""
        queue = self.env.cr.precommit.data.pop(QUEUE, {})
        for company_id, touched in sorted(queue.items()):
            company = self.env["res.company"].browse(company_id)
            found, weight = self._to_judge(touched)
            if not self.env.registry.ready or weight > LIMIT:
                self._judge_in_batches(found.reasons)
            elif found.reasons:
                self._redecide_safely(company, found)

    @api.model
    def _to_judge(self, touched):
        """(``ToJudge`` of those of {debtor id: words why its charges are judged again}
        that are followed, how many debts of theirs are looked at). One query."""
        self.flush_model(["active", "judge_reason", "judge_since"])
        names = ["debtor_id", "nature", "charge_stale", "reason"]
        self.env["cobranza.debt"].flush_model(names)
        self.env["cobranza.suspension"].flush_model(["debtor_id", "state"])
        found, weight = ToJudge({}, [], [], []), 0
        query = SQL(WEIGHTS, ids=list(touched), over=list(SUSPENSION.final))
        for debtor, known, marked, debts, stale, live in self.env.execute_query(query):
            words = [*touched[debtor], *filter(None, [known])]
            found.reasons[debtor] = "; ".join(words)
            found.marked.extend([debtor] * marked)
            found.stale.extend([debtor] * stale)
            found.suspended.extend([debtor] * live)
            weight += debts
        return found, weight

    def _redecide_safely(self, company, found):
        """Judge what a ``ToJudge`` says of a company; a fault of ours never keeps
        anybody from booking: they are marked instead. What others have put off until
        now is done first: its faults are theirs."""
        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                self._redecide(company, found)
        except CONCURRENCY:
            raise
        except Exception:
            _logger.exception("Debtors %s cannot be judged now", list(found.reasons))
            self._judge_in_batches(found.reasons)

    def _redecide(self, company, found):
        """Charges first, then the decision of all debts of the debtors of a
        ``ToJudge``."""
        engine = company._cobranza_engine(judging(self.sudo()))
        charges = engine.env["cobranza.charge"]
        why = {engine.browse(one): text for one, text in found.reasons.items() if text}
        changed = engine.browse(found.marked).union(*why)
        if changed:
            engine.env["cobranza.contact.effect"]._derive_of(changed)
        if why:
            charges._judge_again(why)
        if found.stale:
            charges._recompute_stale(engine.browse(found.stale))
        debtors = engine.browse(found.reasons)
        engine.env["cobranza.debt"]._limit_debtors(company, debtors)
        engine.env["cobranza.run"]._redecide(company, debtors)
        if found.suspended:
            suspended = engine.browse(found.suspended)
            engine.env["cobranza.suspension"]._judge_debtors(company, suspended)
        for block in engine.env["cobranza.block"]._live_blocks():
            block._debtors_judged(debtors)

    def _judge_charges_of_marked(self):
        """The charges of those of these debtors that are being updated, and the end of
        what was queued for them: the run is about to decide."""
        why = {one: one.judge_reason for one in self if one.judge_reason}
        if why:
            self.env["cobranza.charge"]._judge_again(why)
        for company, debtors in self.grouped("company_id").items():
            debtors._forget_touches(company)

    # -- what touches many -------------------------------------------------------------

    @api.model
    def _judge_in_batches(self, reasons):
        """Mark {debtor id: why its charges are judged again, or empty}."""
        groups = {}
        for debtor, why in reasons.items():
            groups.setdefault(why, []).append(debtor)
        for why, ids in groups.items():
            self._judge_in_batches_where(SQL("id = ANY(%s)", ids), why)

    @api.model
    def _judge_in_batches_of_companies(self, companies, why=""):
        """Mark all debtors of these companies; empty: of all."""
        condition = SQL("company_id = ANY(%s)", companies.ids) if companies else None
        self._judge_in_batches_where(condition or SQL("TRUE"), why)

    @api.model
    def _judge_in_batches_where(self, condition, why=""):
        """Mark the debtors that meet an SQL condition on their table: they are being
        updated, and the upkeep starts at once. ``why``, in words: their charges are
        judged again too."""
        if is_judging(self.env):
            return
        names = ["judge_since", "judge_reason", "review_on"]
        self.flush_model([*names, "active"])
        values = {"now": fields.Datetime.now(), "why": why or ""}
        self.env.cr.execute(SQL(MARK, condition=condition, **values))
        marked = self.env.cr.rowcount
        self.invalidate_model(names, flush=False)
        if marked and self.env.registry.ready and not is_rehearsed(self.env):
            # whoever changes a setting wakes the engine up
            cron = self.env.ref("cobranza_legal.ir_cron_upkeep", False)
            if cron:  # who deletes it judges at the next run
                cron.sudo()._trigger()

    @api.model
    def _judge_marked(self, company, limit=LIMIT):
        """Judge the marked debtors of a company, about ``limit`` debts a batch, each
        committed: False when the cron's time is over. A debtor that breaks stays marked
        and does not stop the others."""
        progress, broken = self.env["ir.cron"]._commit_progress, []
        while batch := self._marked(company, limit, broken):
            debtors = self.browse(batch).try_lock_for_update(allow_referencing=True)
            if not debtors:
                return True  # another worker has them
            try:
                self._judge_now(company, debtors)
            except CONCURRENCY:
                rollback(self.env)
            except Exception:
                rollback(self.env)
                if len(batch) == 1:
                    _logger.exception("Debtor %s cannot be judged", batch)
                    broken += batch
                else:
                    limit = 1
                continue
            if not progress(len(debtors), remaining=1):
                return False
        return True

    @api.model
    def _judge_left(self, company, limit=500):
        """Judge the debtors of a company whose contacts have left since, committed.
        Those whose judgement breaks are marked instead."""
        domain = [("company_id", "=", company.id), ("contact_left", "=", True)]
        domain.append(("judge_since", "=", False))
        left = self.search(domain, limit=limit, order="id")
        left = left.try_lock_for_update(allow_referencing=True)
        if left:
            self._redecide_safely(company, left._why_marked())
            commit(self.env)

    @api.model
    def _marked(self, company, limit, besides):
        """Ids of marked debtors, one or more, whose debts are no more than ``limit`` in
        all."""
        self.flush_model(["judge_since", "contact_left"])
        query = SQL(
            """SELECT r.id, (SELECT count(*) FROM cobranza_debt d
                              WHERE d.debtor_id = r.id)
                 FROM cobranza_debtor r
                WHERE r.company_id = %s AND r.active
                  AND (r.judge_since IS NOT NULL OR r.contact_left)
                  AND r.id <> ALL(%s)
                ORDER BY r.id LIMIT %s""",
            company.id,
            besides,
            min(limit, LIMIT),
        )
        batch, size = [], 0
        for debtor, weight in self.env.execute_query(query):
            if batch and size + weight > limit:
                break
            batch.append(debtor)
            size += weight
        return batch

    def _judge_now(self, company, debtors):
        """Judge these marked debtors of a company; they may leave again."""
        self._redecide(company, debtors._why_marked())

    def _why_marked(self):
        """``ToJudge`` of these debtors, for what they were marked for."""
        return self._to_judge(dict.fromkeys(self.ids, ()))[0]

    def _judge_if_marked(self):
        """Judge these debtors now if they are marked: somebody looks at them."""
        # sudo: whoever may look need not be able to decide
        marked = self.sudo().filtered(lambda one: one.judge_since or one.contact_left)
        if not marked or self.env.cr.readonly:
            return
        for company, debtors in marked.grouped("company_id").items():
            found = debtors._why_marked()
            if found.reasons:
                debtors._redecide_safely(company, found)

    def web_read(self, specification):
        """A debtor that is being updated is judged when somebody opens it."""
        if len(self) == 1 and self.has_access("read"):
            self._judge_if_marked()
        return super().web_read(specification)
