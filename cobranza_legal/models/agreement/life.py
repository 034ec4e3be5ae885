import logging
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...kernel.agreement import Paid, accelerate
from ...kernel.dunning import Reason
from ...kernel.money import Money
from ..common.money import to_decimal, unit
from ..common.transaction import CONCURRENCY, apart
from ..common.words import QUIET
from .agreement import RUNNING
from .document import BREACH

_logger = logging.getLogger(__name__)

JUDGED = ("active", "breached", "completed")


KEPT = (*RUNNING, "completed")


FOREVER = date(2999, 12, 31)
"""No end is known yet."""


COVERED = """
    SELECT r.cobranza_debt_id, COALESCE(a.cure_until, a.last_on)
      FROM cobranza_agreement a
      JOIN cobranza_agreement_debt_rel r ON r.cobranza_agreement_id = a.id
     WHERE r.cobranza_debt_id = ANY(%s) AND a.state = ANY(%s)
       AND a.last_on IS NOT NULL
"""


SPANS = """
    SELECT r.cobranza_debt_id,
           CASE WHEN a.rate > 0 THEN a.requested_on ELSE a.signed_on END AS since,
           a.ended_on
      FROM cobranza_agreement a
      JOIN cobranza_agreement_debt_rel r ON r.cobranza_agreement_id = a.id
     WHERE r.cobranza_debt_id = ANY(%s) AND a.signed_on IS NOT NULL
       AND (a.default_interest = 'suspended' OR a.state = ANY(%s))
     ORDER BY r.cobranza_debt_id, since
"""


class CobranzaAgreement(models.Model):
    """What the days and the money make of an agreement that runs."""

    _inherit = "cobranza.agreement"

    check_on = fields.Date(
        readonly=True,
        copy=False,
        help="Next day on which it is looked at, if nothing is paid before.",
    )
    _check_idx = models.Index(
        "(company_id, check_on) WHERE state IN ('active', 'breached')"
    )

    # -- judging -----------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Agreements that run and whose day to be looked at has come."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("active", "breached")),
                ("check_on", "<=", today),
            ],
            limit=limit,
            order="check_on, id",
        )

    def _upkeep(self, today):
        self.with_context(**QUIET)._judge_safely(today)

    def _judge_safely(self, today):
        """Judge these agreements; what cannot be judged is logged, looked at again
        another day, and stops neither the others nor whoever books a payment. A fault
        is looked for one by one only when there is one."""
        try:
            with apart(self.env):
                self._judge(today)
            return
        except CONCURRENCY:
            raise
        except Exception:
            if len(self) == 1:
                _logger.exception("Agreement %s cannot be judged", self.name)
                tomorrow = fields.Date.add(today, days=1)
                self._through_gate().check_on = tomorrow
                return
        for agreement in self:
            agreement._judge_safely(today)

    @api.model
    def _judge_again(self, debts):
        """What settles these debts has changed: their agreements are judged by it."""
        domain = [("debt_ids", "in", debts.ids), ("state", "in", JUDGED)]
        # sudo: whoever books a payment need not see agreements
        agreements = self.sudo().search(domain)
        for company, group in agreements.grouped("company_id").items():
            group = group.with_context(**QUIET)
            group._judge_safely(company._cobranza_today())

    def _judge(self, today):
        """Charge the interest that was earned, and say where these agreements stand on
        ``today``: completed, running, broken, or due at once."""
        settled = self._settled_on(today)
        earned = self.instalment_ids.filtered(
            lambda row: (
                row.nominal_on <= today
                and row.agreement_id.state in RUNNING
                and row.agreement_id._bears_interest(
                    row.nominal_on, settled.get(row.agreement_id.id)
                )
            )
        )
        self._charge_interest(earned, today)
        filled, matched = self._filled(), self._filled(loose=False)
        told = self._told()
        for agreement in self:
            whole = all(
                matched.get(row.id, (0, None))[1] for row in agreement.instalment_ids
            )
            paid = {
                row: filled.get(row.id, (0, None)) for row in agreement.instalment_ids
            }
            missed = agreement.instalment_ids.filtered(
                lambda row, paid=paid: row.due_on < today and not paid[row][1]
            )
            still = agreement.instalment_ids.filtered(
                lambda row, paid=paid: not paid[row][1]
            ).sorted("number")
            agreement._stand(today, missed, still, whole, told.get(agreement.id))

    def _bears_interest(self, day, settled_on):
        """Whether the interest of an instalment of ``day`` is owed: not once the debts
        were settled before, nor in an insolvency that ends interest."""
        if settled_on and settled_on < day:
            return False
        debtor = self.debtor_id.sudo()  # what its state of affairs is is no secret
        if not debtor.insolvent_on or debtor.insolvent_on >= day:
            return True
        rules = self.company_id._cobranza_rules()
        return rules._insolvency_ends_interest(debtor) is None

    def _stand(self, today, missed, still, whole, told):
        """Its state on ``today``: ``missed`` of its instalments are overdue, ``still``
        are not paid; ``whole`` says that what settles its debts pays all, without money
        that nobody has allocated; ``told`` when the notice of its breach left."""
        values = {
            "missed_count": len(missed),
            "next_on": still[:1].due_on,
            "check_on": self._next_look(today, missed, still, whole),
        }
        if any(self[name] != value for name, value in values.items()):
            self._through_gate().write(values)
        if whole:
            self._complete(today)
        elif self.state == "completed":
            words = self.env._("A payment came back")
            self._set_state("active", words, ended_on=False)
        if self.state == "breached" and not missed:
            words = self.env._("What was missed is paid")
            self._set_state("active", words, breached_on=False, cure_until=False)
        # with nothing left that could still be paid in time no more can be missed
        hopeless = missed and missed == still
        if self.state == "active" and (hopeless or len(missed) >= max(self.missed, 1)):
            self._break(today, missed)
        if self.state == "breached" and not self.cure_until:
            self._cure_from_notice(told)
        if (
            self.state == "breached"
            and self.cure_until
            and self.cure_until < today
            and not self._bank_behind()
        ):
            self._accelerate(today)

    def _bank_behind(self):
        """Whether the bank may still tell of what was paid in the days to cure: its
        newest entry is no newer than they are. Nobody waits where the company does not
        wait for its bank, or keeps none here."""
        if self.company_id.cobranza_bank_guard_days <= 0:
            return False
        newest = self.env["cobranza.contact"]._newest_bank_day(self.company_id)
        return bool(newest and newest <= self.cure_until)

    def _next_look(self, today, missed, still, whole):
        """The next day on which something happens by itself: a day of an instalment has
        passed, or its interest is earned. While something is missed every day: money
        may come without an entry, and the days to cure pass."""
        days = {
            fields.Date.add(row.due_on, days=1) for row in still if row.due_on >= today
        }
        days |= {row.nominal_on for row in still if row.nominal_on > today}
        if missed or not (days or whole):
            return fields.Date.add(today, days=1)
        return min(days, default=False)

    def _complete(self, today):
        if self.state == "completed":
            return
        self._set_state(
            "completed",
            self.env._("Everything is paid"),
            ended_on=today,
            check_on=False,
            breached_on=False,
            cure_until=False,
        )

    def _break(self, today, missed):
        words = self.env._(
            "%(count)s instalments missed, %(amount)s in all",
            count=len(missed),
            amount=self._say(sum(row.amount - row.paid for row in missed)),
        )
        self._set_state("breached", words, breached_on=today, cure_until=False)
        self._raise_task(
            self.env._("Agreement broken: send the notice, the days to pay begin then"),
            today,
        )

    def _told(self):
        """{agreement id: datetime} of the first notice of each breach of these that
        has left; one that came back tells nobody. One query."""
        broken = self.filtered(lambda one: one.breached_on and not one.cure_until)
        if not broken:
            return {}
        notices = self.env["cobranza.contact"].search(
            [
                ("debtor_id", "in", broken.debtor_id.ids),
                ("text_purpose", "=", BREACH),
                ("state", "=", "sent"),
            ],
            order="sent_at",
        )
        found = {}
        for agreement in broken:
            begun = agreement.company_id._cobranza_midnight(agreement.breached_on)
            found[agreement.id] = next(
                (
                    one.sent_at
                    for one in notices
                    if one.sent_at >= begun
                    and one.debtor_id == agreement.debtor_id
                    and (one.agreement_id or agreement) == agreement
                    and "bounced" not in one.event_ids.mapped("kind")
                ),
                None,
            )
        return found

    def _cure_from_notice(self, sent_at):
        """The days in which what was missed may be paid begin when the debtor was
        told."""
        if sent_at:
            told = self.company_id._cobranza_local(sent_at).date()
            until = fields.Date.add(told, days=self.cure_days)
            self._through_gate().cure_until = until

    def _accelerate(self, today):
        """Everything is due at once, without interest that was not earned: the debts go
        on at the level on which they stood."""
        self._charge_earned(today)
        self._set_state(
            "accelerated",
            self.env._("What was missed was not paid in time"),
            ended_on=today,
            check_on=False,
        )
        self._raise_task(self.env._("Agreement over: everything is due"), today)

    def _charge_earned(self, today):
        """Charge what was earned until ``today`` and is not charged yet: the interest
        of the instalments whose day has come, and of the days of the one in course."""
        rows = self.instalment_ids.sorted("number")
        course = rows.filtered(lambda row: row.nominal_on > today)[:1]
        settled = self._settled_on(today).get(self.id)
        before = rows.filtered(lambda row: row.nominal_on <= today)
        earned = before.filtered(
            lambda row: self._bears_interest(row.nominal_on, settled)
        )
        self._charge_interest(earned, today)
        if not course.interest or not self._bears_interest(today, settled):
            return
        nothing = [Paid(Money(to_decimal(0), self.currency_id.name), None)] * len(rows)
        found = accelerate(
            self._kernel_rows(),
            nothing,
            nothing,
            self.requested_on,
            today,
            unit(self.currency_id),
        )
        whole = sum(to_decimal(row.interest) for row in before)
        self._charge_interest(course, today, found.interest.amount - whole)

    def _raise_task(self, summary, day):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            day,
            summary,
            user_id=(
                self.user_id.filtered("active") or self.debtor_id._task_owner()
            ).id,
            automated=True,
        )

    def _on_state(self, target, reason):
        result = super()._on_state(target, reason)
        if target in (*RUNNING, "completed", "accelerated", "superseded"):
            # late interest runs, or does not
            self.debtor_id.sudo()._redecide_later(
                self.env._("A payment agreement has begun or ended")
            )
        self._on_papers(target)
        return result

    # -- what it covers ----------------------------------------------------------------

    @api.model
    def _covering(self, debt_ids, day):
        """{debt id: (``Reason.AGREEMENT``, until)} of the debts whose agreement runs:
        they are left alone until its last payment, or until what was missed may be
        paid no more. One query. Run as superuser."""
        self.flush_model()
        rows = self.env.execute_query(SQL(COVERED, list(debt_ids), list(RUNNING)))
        return {debt: (Reason.AGREEMENT, max(until, day)) for debt, until in rows}

    @api.model
    def _interest_spans(self, debt_ids):
        """{debt id: [(first day, last day)]} on which no late interest runs because an
        agreement does: from the day after it was signed, or after its own interest
        began, to its last one. One that forgives it on completion only suspends it
        while it is kept. One query. Run as superuser."""
        self.flush_model()
        rows = self.env.execute_query(SQL(SPANS, list(debt_ids), list(KEPT)))
        found = {}
        for debt, since, ended in rows:
            span = fields.Date.add(since, days=1), ended or FOREVER
            if span[0] <= span[1]:
                found.setdefault(debt, []).append(span)
        return found

    # -- replacing ---------------------------------------------------------------------

    def action_replace(self):
        """A draft over what is open now, which replaces this one when it is signed."""
        self.ensure_one()
        self.check_access("write")
        self._expect("active", "breached", "accelerated")
        debts = self.debt_ids.filtered(lambda debt: not debt.settled)
        if not debts:
            raise UserError(self.env._("%s: nothing is open.", self.display_name))
        new = self._through_gate().create(
            {
                "debtor_id": self.debtor_id.id,
                "debt_ids": [fields.Command.set(debts.ids)],
                "requested_by": self.requested_by,
                "replaced_id": self.id,
            }
        )
        return new._behind_gate().get_formview_action()
