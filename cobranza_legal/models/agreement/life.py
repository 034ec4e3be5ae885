from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...kernel.agreement import Paid, accelerate
from ...kernel.dunning import Reason
from ...kernel.money import Money
from ..common.money import to_decimal, unit
from ..common.words import QUIET
from .agreement import RUNNING
from .document import BREACH

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
    SELECT r.cobranza_debt_id, a.signed_on, a.ended_on
      FROM cobranza_agreement a
      JOIN cobranza_agreement_debt_rel r ON r.cobranza_agreement_id = a.id
     WHERE r.cobranza_debt_id = ANY(%s) AND a.signed_on IS NOT NULL
       AND (a.default_interest = 'suspended' OR a.state = ANY(%s))
     ORDER BY r.cobranza_debt_id, a.signed_on
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
        self.with_context(**QUIET)._judge(today)

    @api.model
    def _judge_again(self, debts):
        """What settles these debts has changed: their agreements are judged by it."""
        domain = [("debt_ids", "in", debts.ids), ("state", "in", JUDGED)]
        # sudo: whoever books a payment need not see agreements
        agreements = self.sudo().search(domain)
        for company, group in agreements.grouped("company_id").items():
            group._judge(company._cobranza_today())

    def _judge(self, today):
        """Charge the interest that was earned, and say where these agreements stand on
        ``today``: completed, running, broken, or due at once."""
        earned = self.instalment_ids.filtered(
            lambda row: row.nominal_on <= today and row.agreement_id.state in RUNNING
        )
        self._charge_interest(earned, today)
        filled = self._filled()
        for agreement in self:
            paid = {
                row: filled.get(row.id, (0, None)) for row in agreement.instalment_ids
            }
            missed = agreement.instalment_ids.filtered(
                lambda row, paid=paid: row.due_on < today and not paid[row][1]
            )
            still = agreement.instalment_ids.filtered(
                lambda row, paid=paid: not paid[row][1]
            ).sorted("number")
            agreement._stand(today, missed, still)

    def _stand(self, today, missed, still):
        """Its state on ``today``: ``missed`` of its instalments are overdue, ``still``
        are not paid."""
        values = {
            "missed_count": len(missed),
            "next_on": still[:1].due_on,
            "check_on": self._next_look(today, missed, still),
        }
        if any(self[name] != value for name, value in values.items()):
            self._through_gate().write(values)
        if not still:
            self._complete(today)
        elif self.state == "completed":
            words = self.env._("A payment came back")
            self._set_state("active", words, ended_on=False)
        if self.state == "breached" and not missed and still:
            words = self.env._("What was missed is paid")
            self._set_state("active", words, breached_on=False, cure_until=False)
        if self.state == "active" and len(missed) >= max(self.missed, 1):
            self._break(today, missed)
        if self.state == "breached" and not self.cure_until:
            self._cure_from_notice(today)
        if self.state == "breached" and self.cure_until and self.cure_until < today:
            self._accelerate(today)

    def _next_look(self, today, missed, still):
        """The next day on which something happens by itself: a day of an instalment has
        passed, or its interest is earned. While something is missed every day: money
        may come without an entry, and the days to cure pass."""
        days = {
            fields.Date.add(row.due_on, days=1) for row in still if row.due_on >= today
        }
        days |= {row.nominal_on for row in still if row.nominal_on > today}
        return fields.Date.add(today, days=1) if missed else min(days, default=False)

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

    def _cure_from_notice(self, today):
        """The days in which what was missed may be paid begin when the debtor was
        told."""
        notice = self.env["cobranza.contact"].search(
            [
                ("debtor_id", "=", self.debtor_id.id),
                ("text_purpose", "=", BREACH),
                ("state", "=", "sent"),
                ("sent_at", ">=", self.company_id._cobranza_midnight(self.breached_on)),
            ],
            order="sent_at",
            limit=1,
        )
        if notice:
            told = self.company_id._cobranza_local(notice.sent_at).date()
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
        """Charge the interest of the days of the instalment in course."""
        rows = self.instalment_ids.sorted("number")
        course = rows.filtered(lambda row: row.nominal_on > today)[:1]
        if not course or not course.interest:
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
        before = rows.filtered(lambda row: row.nominal_on <= today)
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
        agreement does: from the day after it was signed to its last one. One that
        forgives it on completion only suspends it while it is kept. One query. Run as
        superuser."""
        self.flush_model()
        rows = self.env.execute_query(SQL(SPANS, list(debt_ids), list(KEPT)))
        found = {}
        for debt, signed, ended in rows:
            span = fields.Date.add(signed, days=1), ended or FOREVER
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
